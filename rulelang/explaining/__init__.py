"""Reasons in words: why an item or a timescale came to its outcome, with the dates and values that decided."""
