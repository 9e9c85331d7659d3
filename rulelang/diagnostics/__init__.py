"""What is wrong, where, and what to do: diagnostics as values. Rendering is in `rendering`, codes in `catalogue`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import Enum

from attrs import frozen

from rulelang.source import Place


class Severity(Enum):
    """How bad: an error stops the run; a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Label:
    """A place and what to say of it."""

    place: Place
    text: str = ""


@frozen
class Fix:
    """A replacement for a place; only a `certain` one may be applied without asking."""

    place: Place
    replacement: str
    certain: bool = False


@frozen
class Diagnostic:
    """One cause, one message, in the author's words.

    `code` names its page under docs/diagnostics; `others` are further places that matter, such as the first of
    two declarations; `hint` says what to do; `example` shows the right form or what a limit means in dates.
    """

    code: str
    message: str
    label: Label | None = None
    others: tuple[Label, ...] = ()
    hint: str | None = None
    example: str | None = None
    fix: Fix | None = None
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class RulesError(Exception):
    """The rules or the command line are wrong. Carries every diagnostic found in one run."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(
            "; ".join(d.message for d in self.diagnostics if d.is_error) or "the rules are wrong"
        )

    def __str__(self) -> str:
        """Return every message with its place and what to do, as the command line shows them."""
        from rulelang.diagnostics.rendering import render_all

        return render_all(self.diagnostics)


def did_you_mean(wrong: str, known: Iterable[str], limit: int = 2) -> tuple[str, ...]:
    """Return the names most like a wrong one, best first; nothing where none is near."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(wrong.casefold(), by_folded, n=limit, cutoff=0.6)
    return tuple(by_folded[name] for name in near)


def and_list(names: Iterable[str], quote: str = "`") -> str:
    """Return "`a`, `b` and `c`"."""
    return _joined(names, "and", quote)


def or_list(names: Iterable[str], quote: str = "`") -> str:
    """Return "`a`, `b` or `c`"."""
    return _joined(names, "or", quote)


def listed(names: Iterable[str], limit: int) -> str:
    """Return "`a`, `b` and `c`"; a list of more than `limit` is cut and says how many more there are."""
    every = list(names)
    if len(every) > limit:
        return ", ".join(f"`{name}`" for name in every[:limit]) + f" and {len(every) - limit} more"
    return and_list(every)


def _joined(names: Iterable[str], word: str, quote: str) -> str:
    *most, last = [f"{quote}{name}{quote}" for name in names] or [""]
    return f"{', '.join(most)} {word} {last}" if most else last
