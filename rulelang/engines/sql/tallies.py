"""The rows that a counting query gives, as tallies: outcomes by id, of all cases and of each group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import define, field

from rulelang.engines.sql.clocks import LATE_UNIT, OVERDUE_UNIT, ClockResult
from rulelang.engines.sql.lowering import (
    GROUP,
    JUDGED,
    NOT_YET_BEGUN,
    OUT_OF_SCOPE,
    SET_ASIDE,
    STATUS,
    Counter,
    Lowered,
)
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.planning.decisions import Why
from rulelang.scoring.tally import ItemCounts, Tally, TimescaleCounts
from rulelang.truth import NA

Row = Mapping[str, Any]
ITEM_KEYS = {outcome: outcome.key for outcome in ItemOutcome}
CLOCK_KEYS = {outcome: outcome.key for outcome in TimescaleOutcome}


@define
class Counted:
    """What a query counted: cases by what became of them, tallies of all and by group, sums of further columns."""

    lowered: Lowered
    statuses: dict[int, int] = field(factory=lambda: dict.fromkeys(range(4), 0))
    groups: dict[Any, Tally] = field(factory=dict)
    more: dict[str, int] = field(factory=dict)
    noteworthy: int = 0
    # The validations of cases that are judged in nothing else.
    beside: Tally = field(factory=Tally)

    @property
    def read(self) -> int:
        return sum(self.statuses.values())

    @property
    def judged(self) -> int:
        return self.statuses[JUDGED]

    @property
    def set_aside(self) -> int:
        return self.statuses[SET_ASIDE]

    @property
    def not_yet_begun(self) -> int:
        return self.statuses[NOT_YET_BEGUN]

    @property
    def out_of_scope(self) -> int:
        return self.statuses[OUT_OF_SCOPE]

    @property
    def tally(self) -> Tally:
        """The counts over all groups."""
        counters = self.lowered.counters()
        nothing = tally_of(self.lowered, dict.fromkeys((one.name for one in counters), 0), 0, counters)
        return sum(self.groups.values(), nothing) + self.beside


def count_rows(lowered: Lowered, rows: Iterable[Row], more: Sequence[str] = ()) -> Counted:
    """Return what the rows of a counting query say; `more` names further columns, to be added up over all rows."""
    counted = Counted(lowered)
    # Of no case at all there is no row.
    counted.more.update(dict.fromkeys(more, 0))
    counters = lowered.counters()
    for row in rows:
        cases = int(row["cases"])
        status = int(row[STATUS])
        counted.statuses[status] += cases
        for name in more:
            counted.more[name] = counted.more.get(name, 0) + int(row[name] or 0)
        if status == JUDGED:
            counted.noteworthy += int(row.get("noteworthy") or 0) + _left_calendar(lowered, row)
            group = group_of(lowered, row)
            tally = tally_of(lowered, row, cases, counters)
            counted.groups[group] = counted.groups[group] + tally if group in counted.groups else tally
        elif status != SET_ASIDE and lowered.plan.validations:
            counted.beside += validations_of(lowered, tally_of(lowered, row, cases, counters))
    return counted


def validations_of(lowered: Lowered, tally: Tally) -> Tally:
    """Return the counts of the validations alone, as of no case judged."""
    return Tally(0, {id_: tally.items[id_] for id_ in lowered.plan.validations})


def group_of(lowered: Lowered, row: Row) -> Any:
    """Return the value that a row's cases have in common; None where nothing is recorded."""
    if lowered.group is None:
        return None
    if row.get(f"{GROUP}_na"):
        return NA
    value, den = row[GROUP], row.get(f"{GROUP}_den")
    if value is None or den is None:
        return value
    exact = Fraction(int(value), int(den))
    return int(exact) if exact.denominator == 1 else exact


def tally_of(lowered: Lowered, row: Row, cases: int, counters: Sequence[Counter]) -> Tally:
    """Return the counts of a row: what no counter counts is the rest of its cases."""
    by_line: dict[int, dict[int, int]] = {}
    clocks: list[dict[TimescaleOutcome, int]] = [dict.fromkeys(TimescaleOutcome, 0) for _ in lowered.clocks]
    items: list[dict[ItemOutcome, int]] = [dict.fromkeys(ItemOutcome, 0) for _ in lowered.items]
    for one in counters:
        number = int(row[one.name] or 0)
        if one.line is None and one.outcome is None:
            continue
        if one.line is not None:
            assert one.timescale is not None
            by_line.setdefault(one.timescale, {})[one.line] = number
        else:
            _add(one, number, clocks, items)
    for number, clock in enumerate(lowered.clocks):
        if clock.plain is not None:
            by_line[number] = _lines_of_plain(clock, number, row, cases)
    _rest_of_clocks(lowered, by_line, clocks, cases)
    _rest_of_items(lowered, by_line, items, cases)
    plan = lowered.plan
    return Tally(
        cases,
        {
            one.item.id: ItemCounts(**{ITEM_KEYS[outcome]: n for outcome, n in counts.items()})
            for one, counts in zip(plan.items, items, strict=True)
        },
        {
            one.timescale.name: TimescaleCounts(**{CLOCK_KEYS[outcome]: n for outcome, n in counts.items()})
            for one, counts in zip(plan.timescales, clocks, strict=True)
        },
    )


def _left_calendar(lowered: Lowered, row: Row) -> int:
    """Return how many due dates of plain limits left their calendar."""
    plain = [number for number, clock in enumerate(lowered.clocks) if clock.plain is not None]
    return sum(int(row[f"t{number}_starts"]) - int(row[f"t{number}_dues"]) for number in plain)


def _lines_of_plain(clock: ClockResult, number: int, row: Row, cases: int) -> dict[int, int]:
    """Return the counts of a plain limit by the lines that decide; what is left is not yet due."""
    packed = int(row[f"t{number}_packed"] or 0)
    starts, dues = int(row[f"t{number}_starts"]), int(row[f"t{number}_dues"])
    counts = {
        Why.UNREADABLE: starts - dues,
        Why.START_MISSING: cases - starts,
        Why.LIMIT_MISSING: 0,
        Why.IN_TIME: packed % LATE_UNIT,
        Why.TOO_LATE: packed // LATE_UNIT % LATE_UNIT,
        Why.NOTHING_YET_OVERDUE: packed // OVERDUE_UNIT,
    }
    return {line: counts[decided.why] for line, decided in clock.lines[:-1]}


def _add(
    one: Counter,
    number: int,
    clocks: list[dict[TimescaleOutcome, int]],
    items: list[dict[ItemOutcome, int]],
) -> None:
    if one.item is not None:
        assert isinstance(one.outcome, ItemOutcome)
        items[one.item][one.outcome] += number
    else:
        assert one.timescale is not None
        assert isinstance(one.outcome, TimescaleOutcome)
        clocks[one.timescale][one.outcome] += number


def _rest_of_clocks(
    lowered: Lowered,
    by_line: dict[int, dict[int, int]],
    clocks: list[dict[TimescaleOutcome, int]],
    cases: int,
) -> None:
    for number, clock in enumerate(lowered.clocks):
        if clock.line is None:
            rest = cases - sum(clocks[number].values())
            clocks[number][TimescaleOutcome.NOT_APPLICABLE] += rest
            continue
        lines = by_line.setdefault(number, {})
        last, _ = clock.lines[-1]
        lines[last] = cases - sum(lines.values())
        for line, decided in clock.lines:
            assert isinstance(decided.outcome, TimescaleOutcome)
            clocks[number][decided.outcome] += lines[line]


def _rest_of_items(
    lowered: Lowered,
    by_line: dict[int, dict[int, int]],
    items: list[dict[ItemOutcome, int]],
    cases: int,
) -> None:
    names = [one.timescale.name for one in lowered.plan.timescales]
    for number, item in enumerate(lowered.items):
        if item.follows is not None:
            lines = by_line[names.index(item.follows)]
            for line, outcome in item.by_line:
                items[number][outcome] += lines[line]
        elif item.each is None:
            items[number][item.rest] += cases - sum(items[number].values())
