"""The pages of the documentation as the tests read them: fenced blocks, and tables of expressions and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"^\| expression \| answer \|\n\|[-| ]+\|\n((?:\|.*\n)+)", re.MULTILINE)
OUTCOMES = re.compile(r"^\| `(\w+)` where \| as at \| outcome \|\n\|[-| ]+\|\n((?:\|.*\n)+)", re.MULTILINE)
DECLARES = re.compile(
    r"(pack|choice|record|calendar|codes|period|parameter|define|timescale|section|criterion|bands|example)\b"
)


@frozen
class Block:
    """A fenced block: its kind, the words after it, its text, and the line where the text begins."""

    kind: str
    words: tuple[str, ...]
    text: str
    line: int
    # Where the text stands in the page, for writing it anew.
    start: int
    end: int


@frozen
class Table:
    """A table of expressions with their answers."""

    rows: tuple[tuple[str, str], ...]
    line: int


@frozen
class OutcomeTable:
    """What becomes of a timescale: rows of what the case has more, the as-at date and the outcome."""

    timescale: str
    rows: tuple[tuple[str, str, str], ...]
    line: int


Part = Block | Table | OutcomeTable


def pages() -> list[Path]:
    """Return every page but those of the diagnostics, which have tests of their own."""
    docs = ROOT / "docs"
    found = [path for path in sorted(docs.rglob("*.md")) if path.parent != docs / "diagnostics"]
    return [ROOT / "README.md", *found]


def run_here(path: Path) -> bool:
    """Say whether the blocks of a page are run here: the transcripts of the command line are run by tests/cli."""
    return path.name != "command-line.md"


def parts_of(text: str) -> list[Part]:
    """Return the blocks and tables of a page in their order."""
    found: list[tuple[int, Part]] = [*_blocks(text), *_tables(text), *_outcome_tables(text)]
    return [part for _, part in sorted(found, key=lambda one: one[0])]


def _blocks(text: str) -> Iterator[tuple[int, Block]]:
    for match in FENCE.finditer(text):
        kind, *words = match[1].split() or [_kind_of(match[2])]
        line = text.count("\n", 0, match.start(2)) + 1
        if not match[1] and kind == "rules":
            words = ["fragment"]
        yield match.start(), Block(kind, tuple(words), match[2], line, match.start(2), match.end(2))


def _kind_of(text: str) -> str:
    """Return what a block without a kind holds."""
    if text.startswith("rulelang "):
        return "console"
    return "rules" if DECLARES.match(text) else "text"


def _tables(text: str) -> Iterator[tuple[int, Table]]:
    for match in TABLE.finditer(text):
        pairs = tuple((row[0], row[1]) for row in _rows(match[1]))
        yield match.start(), Table(pairs, text.count("\n", 0, match.start(1)) + 1)


def _outcome_tables(text: str) -> Iterator[tuple[int, OutcomeTable]]:
    for match in OUTCOMES.finditer(text):
        rows = tuple((row[0], row[1], row[2]) for row in _rows(match[2]))
        yield match.start(), OutcomeTable(match[1], rows, text.count("\n", 0, match.start(2)) + 1)


def _rows(text: str) -> Iterator[list[str]]:
    for row in text.splitlines():
        yield [cell.strip().strip("`") for cell in row.strip().strip("|").split(" | ")]
