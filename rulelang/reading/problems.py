"""Data problems: what they are, and the collector that counts all of them and lists the first hundred."""

from __future__ import annotations

import csv
from collections.abc import Callable
from enum import Enum
from typing import Any, TextIO

from attrs import frozen

from rulelang.diagnostics import Severity
from rulelang.reading.spreadsheets import inert

LISTED = 100


class ProblemKind(Enum):
    """What is wrong with a cell or a row. The value is its stable code."""

    UNREADABLE = "unreadable"
    BLANK_REQUIRED = "blank-required"
    NO_KEY = "no-key"
    DUPLICATE_KEY = "duplicate-key"
    RAGGED_ROW = "ragged-row"
    ORPHAN = "orphan"
    PARENT_SET_ASIDE = "parent-set-aside"
    NESTED_SHAPE = "nested-shape"
    UNKNOWN_FIELD = "unknown-field"
    TIME_DROPPED = "time-dropped"
    TIME_ASSUMED = "time-assumed"
    # Found while judging.
    BEYOND_CALENDAR = "beyond-calendar"
    ENDS_BEFORE_START = "ends-before-start"
    EARLY_EVENT = "early-event"

    @property
    def severity(self) -> Severity:
        """An error costs a row, a warning a cell, a note nothing."""
        if self in _NOTES:
            return Severity.NOTE
        return Severity.WARNING if self in _WARNINGS else Severity.ERROR


_NOTES = (ProblemKind.TIME_DROPPED, ProblemKind.TIME_ASSUMED)
_WARNINGS = (
    ProblemKind.UNREADABLE,
    ProblemKind.BLANK_REQUIRED,
    ProblemKind.UNKNOWN_FIELD,
    ProblemKind.BEYOND_CALENDAR,
    ProblemKind.ENDS_BEFORE_START,
    ProblemKind.EARLY_EVENT,
)


@frozen
class DataProblem:
    """A cell or a row that could not be taken as it stands.

    `problem` is a plain sentence that leaves out where and what, which `file`, `row`, `column` and `value`
    say; `row` is None for a case given by itself.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    problem: str
    kind: ProblemKind
    key: str | None = None

    @property
    def severity(self) -> Severity:
        return self.kind.severity

    def __str__(self) -> str:
        place = [self.file] if self.row is None else [self.file, f"row {self.row}"]
        place += [f"`{self.column}`"] if self.column else []
        value = f' "{self.value}"' if self.value else ""
        return f"{', '.join(place)}:{value} {self.problem}"


@frozen
class ProblemTotal:
    """How often one kind of problem came up in one column of one file."""

    kind: str
    file: str
    column: str | None
    count: int
    is_note: bool


class Problems:
    """Collects data problems: counts every one, keeps the first `limit`, hands each to `sink` if any.

    Notes are kept apart from the rest, so that they never crowd out what needs repair.
    """

    def __init__(self, sink: Callable[[DataProblem], None] | None = None, limit: int = LISTED) -> None:
        self._sink = sink
        self._limit = limit
        self._first: list[DataProblem] = []
        self._first_notes: list[DataProblem] = []
        self._counts: dict[tuple[ProblemKind, str, str | None], int] = {}

    def add(self, problem: DataProblem) -> None:
        """Count a problem and keep it if it is among the first."""
        # `reviews[2].completed` counts with the other rows of `reviews.completed`.
        column = problem.column
        if column and "[" in column:
            column = _without_positions(column)
        place = (problem.kind, problem.file, column)
        self._counts[place] = self._counts.get(place, 0) + 1
        first = self._first_notes if problem.severity is Severity.NOTE else self._first
        if len(first) < self._limit:
            first.append(problem)
        if self._sink is not None:
            self._sink(problem)

    @property
    def handed_on(self) -> bool:
        """Whether each problem is handed to a sink, so that each has to be met."""
        return self._sink is not None

    def settle(self, kind: ProblemKind, file: str, column: str | None, count: int) -> None:
        """Say how many there are of one kind in one column, when only the first of them were added."""
        self._counts[(kind, file, column)] = count

    def clear(self) -> None:
        """Forget everything, before the same data are read in another way."""
        self._first.clear()
        self._first_notes.clear()
        self._counts.clear()

    @property
    def listed(self) -> tuple[DataProblem, ...]:
        """The first problems in the order met, then notes where there is room."""
        return tuple((self._first + self._first_notes)[: self._limit])

    @property
    def totals(self) -> tuple[ProblemTotal, ...]:
        """How many of each kind in each column of each file, in the order first met."""
        return tuple(
            ProblemTotal(kind.value, file, column, count, kind.severity is Severity.NOTE)
            for (kind, file, column), count in self._counts.items()
        )

    @property
    def total(self) -> int:
        """How many there are, notes left out."""
        return sum(one.count for one in self.totals if not one.is_note)

    def count(self, kind: ProblemKind) -> int:
        """Return how many there are of one kind."""
        return sum(count for (each, _, _), count in self._counts.items() if each is kind)


def _without_positions(column: str) -> str:
    return ".".join(part.split("[", 1)[0] for part in column.split("."))


PROBLEM_COLUMNS = ("file", "row", "column", "value", "problem", "kind", "severity", "key")


def csv_sink(stream: TextIO) -> Callable[[DataProblem], None]:
    """Write a heading and return a sink that writes every problem as a row of CSV (`--problems PATH`).

    The stream is opened by the caller with `newline=""`. Text that a spreadsheet would take for a formula
    gets a leading apostrophe.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(PROBLEM_COLUMNS)

    def write(one: DataProblem) -> None:
        texts = (one.column, one.value, one.problem, one.kind.value, one.severity.value, one.key)
        writer.writerow([inert(one.file), one.row, *map(inert, texts)])

    return write


def shown(cell: Any) -> str | None:
    """Return a cell as an analyst would see it; None where it is blank."""
    if cell is None:
        return None
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return float.__repr__(cell)
    if isinstance(cell, list | tuple | dict):
        text = str(cell)
        return text if len(text) <= 80 else text[:77] + "…"
    return str(cell)
