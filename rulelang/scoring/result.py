"""The result of a run: what was judged, as at when, counts and scores, and all that a reader must be told.

Views of it are reporting's. Parts judged apart are put together by `merged`, from their counts alone (M10).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from attrs import evolve, field, frozen

from rulelang.diagnostics import Severity
from rulelang.model.structure import PackStructure
from rulelang.reading.problems import LISTED, DataProblem, ProblemTotal
from rulelang.scoring.limits import Populations, added
from rulelang.scoring.ratings import GivenRating
from rulelang.scoring.scores import Scorecard, score
from rulelang.scoring.tally import Population, Tally, total


class FileLine(Protocol):
    """What became of the rows of one file: read = used + set aside."""

    @property
    def file(self) -> str: ...
    @property
    def read(self) -> int: ...
    @property
    def used(self) -> int: ...
    @property
    def set_aside(self) -> int: ...


@frozen
class DataProblems:
    """Data problems: counted in full, the first hundred listed, notes only where there is room."""

    listed: tuple[DataProblem, ...] = ()
    counts: tuple[ProblemTotal, ...] = ()

    @property
    def total(self) -> int:
        """How many there are, notes left out."""
        return sum(one.count for one in self.counts if not one.is_note)

    def __add__(self, other: DataProblems) -> DataProblems:
        sums: dict[tuple[str, str, str | None, bool], int] = {}
        for one in (*self.counts, *other.counts):
            key = (one.kind, one.file, one.column, one.is_note)
            sums[key] = sums.get(key, 0) + one.count
        counts = tuple(
            ProblemTotal(kind, file, column, n, note) for (kind, file, column, note), n in sums.items()
        )
        # Notes never crowd out what needs repair.
        listed = sorted((*self.listed, *other.listed), key=lambda one: one.severity is Severity.NOTE)
        return DataProblems(tuple(listed[:LISTED]), counts)


@frozen
class Group:
    """The cases with one value of the field that the run was split by; None: nothing was recorded."""

    value: str | None
    tally: Tally
    scorecard: Scorecard


@frozen(kw_only=True)
class Result:
    """What a run found. `tally` is over all cases; `scorecard` follows from it and is never given.

    `parameters` are those given at the run, with their values as text, and `ratings` those that it gives for the
    whole; `grouped_by` is the field of `--by`.
    """

    structure: PackStructure
    as_at: dt.date | dt.datetime
    population: Population
    tally: Tally
    files: tuple[FileLine, ...] = ()
    grouped_by: str | None = None
    groups: tuple[Group, ...] = ()
    problems: DataProblems = DataProblems()
    notes: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    ratings: tuple[tuple[str, GivenRating], ...] = ()
    populations: Populations = field(factory=dict)
    scorecard: Scorecard = field(init=False, repr=False)

    @scorecard.default
    def _scored(self) -> Scorecard:
        return score(self.structure, self.tally, dict(self.ratings))


class MergeError(ValueError):
    """The parts don't belong to one run; the message says in what they differ."""


def groups_of(structure: PackStructure, tallies: Mapping[str | None, Tally]) -> tuple[Group, ...]:
    """Score each group apart, in the order of their values: numbers by size, what has no value last."""
    return tuple(
        Group(value, tallies[value], score(structure, tallies[value]))
        for value in sorted(tallies, key=_reading_order)
    )


def merged(parts: Sequence[Result]) -> Result:
    """Put the results of parts together, as if their cases had been judged in one run (M10).

    The rows of one key must all be in one part. Raises MergeError unless rules, as-at date, parameters and
    grouping are the same in every part. What was unique in a part is not known to be unique in all of them: such rows
    count as not checked.
    """
    if not parts:
        raise MergeError("There is nothing to merge: give at least one result.")
    first = parts[0]
    for other in parts[1:]:
        _same_run(first, other)
    return evolve(
        first,
        population=sum((part.population for part in parts), Population()),
        tally=_undecided(first.structure, total(part.tally for part in parts), len(parts)),
        files=tuple(file for part in parts for file in part.files),
        groups=_merged_groups(parts),
        problems=sum((part.problems for part in parts), DataProblems()),
        populations=added(part.populations for part in parts),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _merged_groups(parts: Iterable[Result]) -> tuple[Group, ...]:
    tallies: dict[str | None, Tally] = {}
    structure: PackStructure | None = None
    for part in parts:
        structure = part.structure
        for group in part.groups:
            tallies[group.value] = tallies.get(group.value, Tally()) + group.tally
    if structure is not None:
        tallies = {value: _undecided(structure, one, 2) for value, one in tallies.items()}
    return groups_of(structure, tallies) if structure else ()


def _undecided(structure: PackStructure, tally: Tally, parts: int) -> Tally:
    """Return the counts of parts together: what passed because its part holds no other such row is not known."""
    compared = [one.id for one in structure.validations if one.compared and one.id in tally.items]
    if parts == 1 or not compared:
        return tally
    items = dict(tally.items)
    for id_ in compared:
        one = items[id_]
        items[id_] = evolve(one, met=0, unknown=one.unknown + one.met)
    return evolve(tally, items=items)


def _same_run(first: Result, other: Result) -> None:
    compared = (
        ("rules", first.structure, other.structure),
        ("as-at date", first.as_at, other.as_at),
        ("parameters", first.parameters, other.parameters),
        ("given ratings", first.ratings, other.ratings),
        ("field they are split by", first.grouped_by, other.grouped_by),
    )
    differing = [what for what, one, another in compared if one != another]
    if differing:
        raise MergeError(
            f"These results can't be added: they differ in their {' and their '.join(differing)}. "
            "Judge all parts with the same rules, as at the same date."
        )


def _reading_order(value: str | None) -> tuple[bool, list[tuple[int, int, str]], str]:
    """Sort `team 2` before `team 10`, letter case aside, and nothing recorded last."""
    if value is None:
        return True, [], ""
    parts = re.findall(r"[0-9]+|[^0-9]+", value.casefold())
    keys = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
    return False, keys, value
