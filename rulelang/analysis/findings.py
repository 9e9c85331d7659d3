"""Where the checker puts what it finds, and the places of what the author wrote."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from attrs import define, field

from rulelang.diagnostics import Diagnostic, Fix, Label, Severity, did_you_mean, listed, or_list
from rulelang.source import Place


@define
class Findings:
    """Diagnostics in the order found."""

    diagnostics: list[Diagnostic] = field(factory=list)

    def error(
        self,
        code: str,
        message: str,
        place: Place | None,
        label: str = "",
        *,
        others: Iterable[tuple[Place | None, str]] = (),
        hint: str | None = None,
        example: str | None = None,
        fix: Fix | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a diagnostic; `others` are further places with what to say of them."""
        more = tuple(Label(where, text) for where, text in others if where is not None)
        primary = Label(place, label) if place is not None else None
        self.diagnostics.append(Diagnostic(code, message, primary, more, hint, example, fix, severity))

    def warning(
        self,
        code: str,
        message: str,
        place: Place | None,
        label: str = "",
        *,
        hint: str | None = None,
        others: Iterable[tuple[Place | None, str]] = (),
        example: str | None = None,
    ) -> None:
        """Add what is legal but looks like a slip."""
        self.error(
            code, message, place, label, others=others, hint=hint, example=example, severity=Severity.WARNING
        )

    def note(self, code: str, message: str, place: Place | None, *, hint: str | None = None) -> None:
        """Add what an author may want to know."""
        self.error(code, message, place, hint=hint, severity=Severity.NOTE)

    @property
    def has_errors(self) -> bool:
        return any(one.is_error for one in self.diagnostics)


def nearest(wrong: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names most like a wrong one; a second one only where it is about as near as the first."""
    near = did_you_mean(wrong, known)
    if len(near) < 2:
        return near
    first, second = (SequenceMatcher(None, wrong.casefold(), name.casefold()).ratio() for name in near)
    return near if first - second < 0.1 else near[:1]


def meant(wrong: str, known: Iterable[str]) -> str:
    """Return "did you mean `x`?", or nothing."""
    return did_you_mean_one_of(nearest(wrong, known))


def did_you_mean_one_of(near: tuple[str, ...]) -> str:
    """Return "did you mean `x` or `y`?", or nothing."""
    return f"did you mean {or_list(near)}?" if near else ""


def offered(known: Iterable[str], limit: int = 8) -> str:
    """Return the names there are, for a hint; a long list is cut and says so."""
    return listed(known, limit)


def there_are(what: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """Return "The timescales are `a` and `b`." for a hint; `otherwise` where there are none."""
    names = list(known)
    if not names:
        return otherwise
    return f"The only one there is: `{names[0]}`." if len(names) == 1 else f"The {what} are {offered(names)}."


def an(word: str) -> str:
    """Return a word with its article: "a review", "an item"."""
    return f"an {word}" if word.lstrip('`"')[:1].lower() in "aeio" else f"a {word}"
