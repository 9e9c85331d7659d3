"""Diagnostics as text: the author's own line, the place under it, the other place, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from rulelang.diagnostics import Diagnostic, Label

# Characters of an author's line that are shown.
LONGEST_LINE = 160


def render(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """Return one diagnostic as lines of text, without a final newline."""
    paint = _Paint(colour)
    lines = [paint.head(diagnostic)]
    labels = ([diagnostic.label] if diagnostic.label else []) + list(diagnostic.others)
    width = max((len(str(_line_of(label))) for label in labels), default=1)
    last_file = None
    for number, label in enumerate(labels):
        lines += _excerpt(label, width, paint, primary=number == 0, last_file=last_file)
        last_file = label.place.file.name
    margin = " " * (width + 1)
    if diagnostic.example:
        lines += [f"{margin}{paint.dim('|')}"]
        lines += [f"{margin}{paint.dim('|')} {line}".rstrip() for line in diagnostic.example.splitlines()]
    if diagnostic.hint:
        lines += _hint(diagnostic.hint, margin, paint)
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return diagnostics one after the other, a blank line between."""
    return "\n\n".join(render(diagnostic, colour=colour) for diagnostic in diagnostics)


def _line_of(label: Label) -> int:
    return label.place.file.line_and_column(label.place.span.start)[0]


def _excerpt(label: Label, width: int, paint: _Paint, *, primary: bool, last_file: str | None) -> list[str]:
    file = label.place.file
    line, column = file.line_and_column(label.place.span.start)
    text, column = _shortened(file.line_text(line), column)
    bar = paint.dim("|")
    margin = " " * (width + 1)
    lines = []
    if primary or file.name != last_file:
        lines.append(f"{' ' * width}{paint.dim('-->')} {file.name}:{line}:{column}")
    lines.append(f"{margin}{bar}")
    lines.append(f"{paint.dim(str(line).rjust(width))} {bar} {text}".rstrip())
    length = max(1, min(label.place.span.end - label.place.span.start, len(text) - column + 1))
    mark = ("^" if primary else "-") * length
    # Tabs before the place are kept, so that the mark stands under it whatever a tab's width.
    lead = "".join("\t" if char == "\t" else " " for char in text[: column - 1])
    lines.append(f"{margin}{bar} {lead}{paint.mark(mark, primary)} {label.text}".rstrip())
    return lines


def _hint(hint: str, margin: str, paint: _Paint) -> list[str]:
    first, *rest = hint.splitlines()
    return [f"{margin}{paint.dim('=')} {first}", *(f"{margin}  {line}".rstrip() for line in rest)]


def _shortened(text: str, column: int) -> tuple[str, int]:
    """Cut a very long line to a window about the place, so that the mark can be seen under it."""
    if len(text) <= LONGEST_LINE:
        return text, column
    start = max(0, min(column - 1 - LONGEST_LINE // 3, len(text) - LONGEST_LINE))
    window = text[start : start + LONGEST_LINE]
    if start:
        window = f"…{window[1:]}"
    if start + LONGEST_LINE < len(text):
        window = f"{window[:-1]}…"
    return window, column - start


class _Paint:
    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def head(self, diagnostic: Diagnostic) -> str:
        word = f"{diagnostic.severity.value}[{diagnostic.code}]"
        tint = {"error": "1;31", "warning": "1;33", "note": "1;36"}[diagnostic.severity.value]
        return f"{self._sgr(word, tint)}{self._sgr(': ' + diagnostic.message, '1')}"

    def mark(self, text: str, primary: bool) -> str:
        return self._sgr(text, "1;31" if primary else "1;34")

    def dim(self, text: str) -> str:
        return self._sgr(text, "2")

    def _sgr(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text
