"""Rule text and places in it: files, spans, offset to line and column. Knows nothing of the language."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from pathlib import Path

import attrs
from attrs import frozen


@frozen
class Span:
    """A half-open stretch of a source file, in characters from its start."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """Return the smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


NOWHERE = Span(0, 0)


@attrs.define(frozen=True, slots=False, eq=True, hash=True)
class SourceFile:
    """The text of one rule file, with the name it is shown under."""

    name: str
    text: str

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offsets at which each line begins."""
        starts = [0]
        starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")
        return tuple(starts)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return the text of a 1-based line, without its line end."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] - 1 if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    def slice(self, span: Span) -> str:
        """Return the author's own characters."""
        return self.text[span.start : span.end]


@frozen
class Place:
    """A span in a named file."""

    file: SourceFile
    span: Span

    @property
    def text(self) -> str:
        return self.file.slice(self.span)

    def __str__(self) -> str:
        line, column = self.file.line_and_column(self.span.start)
        return f"{self.file.name}:{line}:{column}"


def read_source(path: Path, name: str | None = None) -> SourceFile:
    """Read a rule file as UTF-8, with or without a byte-order mark; line ends become newlines.

    Raises OSError when it cannot be read and UnicodeDecodeError when it is not UTF-8.
    """
    text = path.read_bytes().decode("utf-8-sig")
    return SourceFile(name or str(path), text.replace("\r\n", "\n").replace("\r", "\n"))
