"""Scripts for those who work on rulelang: not part of the package, and never imported by it."""
