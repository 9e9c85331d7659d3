"""Tokens, and the lexer, which asks the parser what can stand here: a word is a keyword where it can be one.

Mistakes in single words and marks (`=`, curly quotes, `5 business days`) are put right here and noted, so
that the rest of the clause is still read; `slips` knows which there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from rulelang.source import Span
from rulelang.syntax.tables import END, Table

if TYPE_CHECKING:
    from rulelang.syntax.slips import Slip


@attrs.define
class Token:
    """A word, a phrase, a value or a mark, with its place."""

    type: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@frozen
class Misread(Exception):
    """Nothing that can stand here was found at `position`."""

    position: int


_SPACE = re.compile(r"(?:\s+|#[^\n]*)+")
_WORD = re.compile(r"`[^\W\d]\w*`|[^\W\d]\w*")
# Longest and most particular first.
_DIGITS = ("DATETIME", "DATE", "TIME", "DURATION", "ORDINAL_OF", "NUMBER")
_MARKS = {
    "(": "LPAR", ")": "RPAR", ",": "COMMA", ".": "DOT", "%": "PERCENT",
    "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "OVER", ">": "GT", "<": "LT", ">=": "GE", "<=": "LE",
}  # fmt: skip
# Terminals that look like words but are not phrases of the table's `words`; tried first where they can stand.
_WORDLIKE = ("UNIT", "NOT_APPLICABLE")

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

Viable = Callable[[str], bool]


@attrs.define
class Reading:
    """How a text with mistakes is read: its slips, and what is `meant` at places complained of."""

    slips: list[Slip] = attrs.field(factory=list)
    meant: dict[int, Token] = attrs.field(factory=dict)


class Lexer:
    """Finds the next token of a text, given what the parser can take."""

    def __init__(self, table: Table) -> None:
        self._row_pattern = re.compile(table.patterns["ROW"])
        self._string = re.compile(table.patterns["STRING"])
        self._number = re.compile("|".join(f"(?P<{name}>{table.patterns[name]})" for name in _DIGITS))
        self._wordlike = {name: re.compile(table.patterns[name]) for name in _WORDLIKE}
        self._words = table.words
        self._phrases: dict[str, tuple[re.Pattern[str], list[tuple[re.Pattern[str], str]]]] = {}

    def next(self, text: str, position: int, end: int, row: dict[str, int], viable: Viable) -> Token:
        """Return the next token that fits `row`, the terminals that the parser's state can take.

        `viable` is asked only where two readings fit the row. Raises Misread.
        """
        space = _SPACE.match(text, position, end)
        if space:
            position = space.end()
        if position >= end:
            return Token(END, "", end, end)
        token = self._token(text, position, end, row, viable)
        if token is None:
            raise Misread(position)
        return token

    def next_with_slips(
        self, text: str, position: int, end: int, row: dict[str, int], viable: Viable, reading: Reading
    ) -> Token:
        """Return the next token, read as it was meant; every slip is noted in `reading`. Raises Misread."""
        # Only a text with a mistake is read this way, so the tables of slips are not loaded for others.
        from rulelang.syntax.slips import find_early_slip, find_slip

        while True:
            space = _SPACE.match(text, position, end)
            if space:
                position = space.end()
            if position >= end:
                return Token(END, "", end, end)
            if position in reading.meant:
                return reading.meant[position]
            slip = find_early_slip(text, position, end, viable)
            if slip is None:
                token = self._token(text, position, end, row, viable)
                if token is not None and viable(token.type):
                    return token
                slip = self._capitals(text, position, end, row, viable) or find_slip(
                    text, position, end, viable
                )
                if slip is None:
                    if token is None:
                        raise Misread(position)
                    return token
            reading.slips.append(slip)
            if slip.terminal is not None:
                return Token(slip.terminal, slip.replacement, slip.span.start, slip.span.end)
            position = slip.span.end

    def _capitals(
        self, text: str, position: int, end: int, row: dict[str, int], viable: Viable
    ) -> Slip | None:
        word = _WORD.match(text, position, end)
        if word is None or not word.group().isascii() or word.group() == word.group().lower():
            return None
        from rulelang.syntax.slips import Slip

        # Only ASCII letters are lowered, so that every place stays where it is.
        line_end = text.find("\n", position, end)
        line = text[position : end if line_end < 0 else line_end].translate(_LOWER)
        token = self._word(line, 0, len(line), row, viable)
        if token is None or token.type == "NAME" or not viable(token.type):
            return None
        span = Span(position, position + token.end)
        wrong = text[span.start : span.end]
        message = f"`{wrong}` is written in small letters: `{token.text}`"
        return Slip("capital-letters", message, span, token.type, token.text)

    def _token(self, text: str, position: int, end: int, row: dict[str, int], viable: Viable) -> Token | None:
        char = text[position]
        if char.isalpha() or char in "_`":
            return self._word(text, position, end, row, viable)
        if char.isdecimal() and char.isascii():
            found = self._number.match(text, position, end)
            return Token(str(found.lastgroup), found.group(), position, found.end()) if found else None
        if char == '"':
            found = self._string.match(text, position, end)
            return Token("STRING", found.group(), position, found.end()) if found else None
        if char == "|" and "ROW" in row:
            found = self._row_pattern.match(text, position, end)
            return Token("ROW", found.group(), position, found.end()) if found else None
        for width in (2, 1):
            mark = text[position : min(position + width, end)]
            if mark in _MARKS:
                return Token(_MARKS[mark], mark, position, position + len(mark))
        return None

    def _word(self, text: str, position: int, end: int, row: dict[str, int], viable: Viable) -> Token | None:
        for name, pattern in self._wordlike.items():
            if name in row:
                found = pattern.match(text, position, end)
                if found:
                    return Token(name, found.group(), position, found.end())
        word = _WORD.match(text, position, end)
        if word is None:
            return None
        name_token = Token("NAME", word.group(), position, word.end())
        phrases = self._words.get(word.group())
        if phrases is None:
            return name_token
        together, each = self._compiled(word.group(), phrases)
        longest = together.match(text, position, end)
        if longest is None:
            return name_token
        keyword = Token(str(longest.lastgroup), longest.group(), position, longest.end())
        if keyword.type in row and (("NAME" not in row and len(each) == 1) or viable(keyword.type)):
            return keyword
        for pattern, terminal in each:
            if terminal in row and (found := pattern.match(text, position, end)) and viable(terminal):
                return Token(terminal, found.group(), position, found.end())
        # No reading is possible: the keyword makes the better message.
        return name_token if "NAME" in row and viable("NAME") else keyword

    def _compiled(
        self, word: str, phrases: list[list[str]]
    ) -> tuple[re.Pattern[str], list[tuple[re.Pattern[str], str]]]:
        made = self._phrases.get(word)
        if made is None:
            together = re.compile("|".join(f"(?P<{terminal}>{pattern})" for pattern, terminal in phrases))
            made = together, [(re.compile(pattern), terminal) for pattern, terminal in phrases]
            self._phrases[word] = made
        return made
