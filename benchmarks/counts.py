"""What every way of judging in bulk comes to, to compare them by: counts by area, and accounts of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import astuple, field, frozen

if TYPE_CHECKING:
    from rulelang import Result
    from rulelang.scoring.tally import Tally

# Met, not met, excused, not relevant, not yet due, unknown.
# On time, late, overdue, not yet due, not applicable, unknown.
Six = tuple[int, int, int, int, int, int]


@frozen
class Counts:
    """The outcomes of one area: six numbers for each item and each timescale."""

    judged: int
    items: Mapping[str, Six]
    timescales: Mapping[str, Six]


@frozen
class Found:
    """The counts by area, and the accounts of the rows and cells that were not as they should be."""

    read: int
    set_aside: int
    not_yet_begun: int
    areas: Mapping[str | None, Counts]
    # How many problems of each kind each column has.
    problems: Mapping[tuple[str, str], int] = field(factory=dict)


def added(one: Counts, other: Counts, sign: int = 1) -> Counts:
    """Add the counts of two lots of cases, or take one from the other."""

    def six(first: Mapping[str, Six], second: Mapping[str, Six]) -> dict[str, Six]:
        pairs = ((name, zip(numbers, second[name], strict=True)) for name, numbers in first.items())
        return {name: tuple(a + sign * b for a, b in pair) for name, pair in pairs}  # type: ignore[misc]

    return Counts(
        one.judged + sign * other.judged, six(one.items, other.items), six(one.timescales, other.timescales)
    )


def without(
    areas: Mapping[str | None, Counts], others: Mapping[str | None, Counts]
) -> dict[str | None, Counts]:
    """Take the counts of rows that are set aside from the counts of all; an area without any row left is no area."""
    left = {area: added(one, others[area], -1) if area in others else one for area, one in areas.items()}
    return {area: counts for area, counts in left.items() if counts.judged}


def of_result(result: Result) -> Found:
    """Return what our own result came to."""
    areas = {group.value: _counts(group.tally) for group in result.groups}
    people = result.population
    problems = {(one.kind, one.column or ""): one.count for one in result.problems.counts if not one.is_note}
    return Found(people.read, people.set_aside, people.not_yet_begun, areas, problems)


def _counts(tally: Tally) -> Counts:
    items = {key.partition(".")[2]: astuple(one) for key, one in tally.items.items()}
    clocks = {key: astuple(one) for key, one in tally.timescales.items()}
    return Counts(tally.judged, items, clocks)


def differing(one: Found, other: Found) -> Iterable[str]:
    """Say in what two ways differ, for a message."""
    for name in ("read", "set_aside", "not_yet_begun", "problems"):
        if getattr(one, name) != getattr(other, name):
            yield f"{name}: {getattr(one, name)} and {getattr(other, name)}"
    for area in {*one.areas, *other.areas}:
        mine, theirs = one.areas.get(area), other.areas.get(area)
        if mine is None or theirs is None or mine.judged != theirs.judged:
            yield f"area {area}: {mine and mine.judged} and {theirs and theirs.judged} cases"
            continue
        for kind in ("items", "timescales"):
            pair = getattr(mine, kind), getattr(theirs, kind)
            yield from (
                f"area {area}, {name}: {six} and {pair[1].get(name)}"
                for name, six in pair[0].items()
                if six != pair[1].get(name)
            )
