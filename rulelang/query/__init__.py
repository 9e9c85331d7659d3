"""The nodes of a query before any dialect, and the dialects that write them. Knows no rules."""
