"""Where the checker puts what it finds, and the places of what the author wrote."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from rulelang.diagnostics import Diagnostic, Fix, Label, Severity, did_you_mean, or_list
from rulelang.source import Place, SourceFile, Span


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
        self, code: str, message: str, place: Place | None, label: str = "", *, hint: str | None = None,
        others: Iterable[tuple[Place | None, str]] = (),
    ) -> None:
        self.error(code, message, place, label, others=others, hint=hint, severity=Severity.WARNING)

    @property
    def has_errors(self) -> bool:
        return any(one.is_error for one in self.diagnostics)


def place(file: SourceFile, span: Span) -> Place:
    return Place(file, span)


def meant(wrong: str, known: Iterable[str]) -> str:
    """Return "did you mean `x`?", or nothing."""
    near = did_you_mean(wrong, known)
    return f"did you mean {or_list(near)}?" if near else ""


def offered(known: Iterable[str], limit: int = 8) -> str:
    """Return the names there are, for a hint; a long list is cut and says so."""
    names = list(known)
    if len(names) <= limit:
        return or_list(names)
    return ", ".join(f"`{name}`" for name in names[:limit]) + f" and {len(names) - limit} more"
