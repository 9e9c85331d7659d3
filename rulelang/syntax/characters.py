"""Characters that do not show what they are: hidden directions, and letters of another alphabet in a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rulelang.diagnostics import Diagnostic, Label, Severity
from rulelang.source import Place, SourceFile, Span

_HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Texts and comments may be in any language; only names are compared letter by letter.
_NAME = re.compile(r'"[^"\n]*"|#[^\n]*|([^\W\d]\w*)')
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE")


def suspicious_characters(file: SourceFile) -> list[Diagnostic]:
    """Return a warning for each place where a text is not what it seems."""
    return [*_hidden(file), *_mixed(file)]


def _hidden(file: SourceFile) -> Iterator[Diagnostic]:
    for found in _HIDDEN.finditer(file.text):
        name = unicodedata.name(found.group()).lower()
        yield Diagnostic(
            "hidden-direction",
            f"an invisible character here changes the direction of the text ({name})",
            Label(Place(file, Span(*found.span()))),
            hint="What you see may not be what is judged: delete it.",
            severity=Severity.WARNING,
        )


def _mixed(file: SourceFile) -> Iterator[Diagnostic]:
    for found in _NAME.finditer(file.text):
        word = found.group(1)
        if word is None or word.isascii():
            continue
        letters = {char: _alphabet(char) for char in word if char.isalpha()}
        if len(set(letters.values())) < 2:
            continue
        odd = next(char for char, alphabet in letters.items() if alphabet != "LATIN")
        yield Diagnostic(
            "mixed-script",
            f"`{word}` mixes letters of two alphabets",
            Label(Place(file, Span(*found.span())), f"`{odd}` is {unicodedata.name(odd).lower()}"),
            hint="It looks like another name but is not: type it again.",
            severity=Severity.WARNING,
        )


def _alphabet(char: str) -> str:
    name = unicodedata.name(char, "").split(" ")[0]
    return name if name in _ALPHABETS else "LATIN"
