"""What is wrong with a command line itself, as opposed to rules or data: said in plain words, exit code 2."""

from __future__ import annotations

from collections.abc import Iterable


class WrongCommand(Exception):
    """The command cannot be carried out as it was given; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


def unknown_words(words: str, known: Iterable[str]) -> str:
    """Say that words of a command line are not understood, and which option was probably meant."""
    first = words.split(maxsplit=1)[0].partition("=")[0]
    if not first.startswith("-"):
        return f"too much was given: {words}; what has blanks in it stands in quotes"
    return f"there is no option {first}{_meant(first, known)}"


def unknown_word(word: str, known: Iterable[str], what: str) -> str:
    """Say that a word is none of those that may stand there."""
    every = list(known)
    offer = _meant(word, every) or f"; there are: {', '.join(every)}"
    return f"there is no {what} `{word}`{offer}"


def _meant(wrong: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
