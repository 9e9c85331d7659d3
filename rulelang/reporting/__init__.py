"""Views of a result: text for a terminal, JSON and CSV for programs. Nothing here prints or opens a file."""
