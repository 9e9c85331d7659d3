"""Text that is safe in a spreadsheet: what would run as a formula is made plain. For every CSV that is written."""

from __future__ import annotations

import re

# What begins a formula, in full-width form too; and what only looks like one: a signed number, a lone dash.
_FORMULA = re.compile(r"[=+\-@\t\n＝＋－＠]")
_HARMLESS = re.compile(r"[+-]?[0-9]*\.?[0-9]*")


def inert(text: str | None) -> str | None:
    """Put an apostrophe before text that a spreadsheet would run as a formula; numbers stay as they are."""
    if not text:
        return text
    # Half a character, which JSON can hold, can't be written as UTF-8; a bare carriage return isn't quoted.
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text
