"""Why an export cannot be read at all: one error that carries every reason found (exit code 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rulelang.diagnostics import Diagnostic, Label
from rulelang.diagnostics import listed as cut_list
from rulelang.source import Place


class ReadingError(Exception):
    """The data cannot be read, so nothing is judged. Carries every diagnostic found in one run."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(one.message for one in self.diagnostics))


def failure(
    code: str, message: str, *lines: str | None, place: Place | None = None, label: str = ""
) -> Diagnostic:
    """Return a diagnostic; `lines` say what to do, one a line, and None is left out."""
    hint = "\n".join(line for line in lines if line)
    return Diagnostic(code, message, Label(place, label) if place else None, hint=hint or None)


def cannot_read(code: str, message: str, *lines: str | None) -> ReadingError:
    """Return the error for a single reason."""
    return ReadingError([failure(code, message, *lines)])


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Return the names that a file offers; a long list is cut and says so."""
    return cut_list(names, limit)
