"""rulelang: inspection criteria and time limits written as sentences, applied to case records, scored."""
