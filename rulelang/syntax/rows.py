"""The rows of a table in an example: a row is one line, and its cells stand between bars."""

from __future__ import annotations

import re

from rulelang.syntax.tokens import Token

_CELL = re.compile(r'((?:"[^"\n]*"|[^|"\n])*)(\||$)')
_KINDS = re.compile(
    r"""(?P<DATETIME>[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)
      | (?P<DATE>[0-9]{4}-[0-9]{2}-[0-9]{2})
      | (?P<MONTH>[0-9]{4}-[0-9]{2})
      | (?P<TIME>[0-9]?[0-9]:[0-9]{2})
      | (?P<DURATION>[0-9]+\s+(working\s+days?|days?|weeks?|months?|years?|hours?|minutes?))
      | (?P<NUMBER>[0-9]+(\.[0-9]+)?)
      | (?P<NEGATIVE>-\s*[0-9]+(\.[0-9]+)?)
      | (?P<STRING>"(?:[^"\n]|"")*")
      | (?P<YES>yes) | (?P<NO>no) | (?P<EMPTY>missing)
      | (?P<WORDS>not\ applicable|not\ yet\ due|on\ time)
      | (?P<NAME>`[^\W\d]\w*`|[^\W\d]\w*)""",
    re.VERBOSE,
)


def row_cells(row: Token) -> list[Token]:
    """Return a row's cells as tokens; EMPTY is a missing value, and ODD what no cell can hold."""
    text = row.text.rstrip()
    body = text[1:-1] if len(text) > 1 and text.endswith("|") else text[1:]
    cells = []
    position = 0
    while True:
        found = _CELL.match(body, position)
        if found is None:  # a text without its closing quote: the rest of the line
            cells.append(_cell(body[position:], row.start + 1 + position))
            return cells
        cells.append(_cell(found.group(1), row.start + 1 + position))
        if not found.group(2):
            return cells
        position = found.end()


def _cell(text: str, start: int) -> Token:
    inner = text.strip()
    start += len(text) - len(text.lstrip()) if inner else 0
    end = start + max(len(inner), 1)
    if not inner:
        return Token("EMPTY", "", start, end)
    if inner == "N/A":
        return Token("WORDS", "not applicable", start, end)
    found = _KINDS.fullmatch(inner)
    return Token(str(found.lastgroup) if found else "ODD", inner, start, end)
