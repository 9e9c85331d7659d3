"""From a plan to queries: what each case comes to, and the counts of a whole export in one pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from rulelang.engines.sql.building import Step as MadeStep
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.clocks import ClockResult
from rulelang.engines.sql.conditions import OF_OUTCOME
from rulelang.engines.sql.judging import ITEM_OUTCOMES, OF_ITEM, ItemResult, Judging
from rulelang.engines.sql.layout import ASIDE, Layout, repeated_column
from rulelang.engines.sql.values import Val
from rulelang.model.expressions import Expression
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.planning.decisions import Why
from rulelang.planning.plan import Plan
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Column,
    Lambda,
    Literal,
    Member,
    Node,
    Variable,
    absent,
    all_of,
    any_of,
    call,
    case,
    negation,
    there,
    whole,
)
from rulelang.query.statements import LookUp, Query, Repeated, Step
from rulelang.types import DurationType

JUDGED, SET_ASIDE, NOT_YET_BEGUN, OUT_OF_SCOPE = range(4)
STATUS = "__status"
GROUP = "__group"


@frozen
class Wanted:
    """What a query is asked besides the rules: which cases, split by what."""

    as_at: dt.date
    as_at_moment: dt.datetime
    where: Expression | None = None
    by: Expression | None = None
    given: Mapping[str, Any] = field(factory=dict)


@frozen
class Counter:
    """A column of the tally and what it counts: an item or a timescale by its number in the plan, and which outcome.

    `line` is the number of the line of a timescale that decided; outcomes of its items follow from it.
    """

    name: str
    node: Node
    item: int | None = None
    timescale: int | None = None
    outcome: ItemOutcome | TimescaleOutcome | None = None
    line: int | None = None


@frozen
class Lowered:
    """A plan as a query over one layout: the steps, and where each outcome is read."""

    plan: Plan
    wanted: Wanted
    steps: tuple[Step, ...]
    items: tuple[ItemResult, ...]
    clocks: tuple[ClockResult, ...]
    group: Val | None
    # Look-ups of calendars: columns of the table of each, and columns held as lists.
    due_columns: Mapping[str, tuple[str, ...]]
    lists: tuple[tuple[str, str], ...]
    # Whether anything must be said of the data of a case besides its outcomes.
    noteworthy: Node = FALSE
    # Whether rows are told apart by their places in their lists.
    placed: bool = True
    # As much of that as has to be counted: plain limits tell what left their calendar anyway.
    counted_noteworthy: Node = FALSE
    # What goes through the rows beforehand: which values stand more than once.
    repeated: tuple[Repeated, ...] = ()

    # --- case by case ------------------------------------------------------------------------------------------

    def outcomes(self, source: str, key: tuple[str, ...]) -> Query:
        """Return the query for the outcome of every timescale and item of every case, by their numbers."""
        columns: list[tuple[str, Node]] = [(name, Column(name)) for name in key]
        columns.append((STATUS, Column(STATUS)))
        for plan, clock in zip(self.plan.timescales, self.clocks, strict=True):
            columns.append((f"timescale {plan.timescale.name}", clock.outcome))
        for item, result in zip(self.plan.items, self.items, strict=True):
            columns.append((f"item {item.item.id}", result.each if result.each is not None else result.code))
        return self._query(source, columns, None)

    def values(self, source: str, key: tuple[str, ...], value: Val) -> Query:
        """Return the query for one value of every case."""
        columns: list[tuple[str, Node]] = [(name, Column(name)) for name in key]
        columns += [("value", value.sql), ("na", value.na), ("bad", value.bad)]
        columns += [("den", value.den)] if value.den is not None else []
        return self._query(source, columns, None)

    # --- counts ------------------------------------------------------------------------------------------------

    def counters(self) -> list[Counter]:
        """Return the columns of the tally. The outcome that is left over is the rest of the cases."""
        found: list[Counter] = []
        for number, clock in enumerate(self.clocks):
            found += _of_clock(number, clock)
        for number, item in enumerate(self.items):
            if item.follows is None:
                found += _of_item(number, item)
        return found

    def tally(self, source: str, more: tuple[tuple[str, str], ...] = ()) -> Query:
        """Return the query that counts: a row for each status and group; `more` are aggregates as text."""
        columns: list[tuple[str, Node]] = [(STATUS, Column(STATUS))]
        if self.group is not None:
            columns.append((GROUP, self.group.sql))
            columns += [(f"{GROUP}_na", self.group.na)] if self.group.na != FALSE else []
            columns += [(f"{GROUP}_den", self.group.den)] if self.group.den is not None else []
        grouped = len(columns)
        columns.append(("cases", call("count")))
        columns += [(one.name, one.node) for one in self.counters()]
        if self.counted_noteworthy != FALSE:
            columns.append(("noteworthy", call("count_if", self.counted_noteworthy)))
        return evolve(self._query(source, columns, grouped), added=more)

    def judged(self, source: str, key: tuple[str, ...], only: Node = TRUE) -> Query:
        """Return the query for the keys of the cases that are judged, or of those of which a test holds."""
        query = self._query(source, [(name, Column(name)) for name in key], None)
        return evolve(query, where=all_of(call("eq", Column(STATUS), whole(JUDGED)), only))

    def remarkable(self, source: str, key: tuple[str, ...]) -> Query:
        """Return the query for the keys of the judged cases of whose data something must be said."""
        return self.judged(source, key, self.noteworthy)

    def repeating(self, source: str, key: tuple[str, ...]) -> Query:
        """Return the query for the keys of the cases of which some value stands more than once."""
        found = any_of(
            *(
                call("gt", call("list_length", Column(one.name)), whole(0))
                if one.listed
                else Column(one.name)
                for one in self.repeated
            )
        )
        query = self._query(source, [(name, Column(name)) for name in key], None)
        return evolve(query, steps=(), beside=(), where=found)

    def _query(self, source: str, columns: list[tuple[str, Node]], grouped: int | None) -> Query:
        beside = ("look_ups",) if self.lists else ()
        return Query(source, self.steps, tuple(columns), grouped, beside, repeated=self.repeated)


def lower(
    plan: Plan,
    layout: Layout,
    wanted: Wanted,
    *,
    aside: bool = False,
    value: Expression | None = None,
    packed: bool = False,
) -> tuple[Lowered, Val | None]:
    """Return a plan as a query over rows of a layout; `aside` says that some rows may be set aside.

    With `value` also the value of that expression. `packed` counts plain time limits three in a sum, for an engine
    whose tables of calendars know the as-at date. Raises Unsupported for what one query cannot do.
    """
    if wanted.by is not None and isinstance(wanted.by.type, DurationType):
        raise Unsupported("a split by a length of time")
    maker = Judging(plan, layout, wanted.as_at, wanted.as_at_moment, dict(wanted.given), packed)
    maker.begin()
    items = maker.judge()
    in_scope = all_of(maker.holds(plan.inspected), maker.holds(wanted.where))
    status = case(
        *([(Column(ASIDE), whole(SET_ASIDE))] if aside else []),
        (negation(maker.begun()), whole(NOT_YET_BEGUN)),
        (negation(in_scope), whole(OUT_OF_SCOPE)),
        otherwise=whole(JUDGED),
    )
    maker.named(status if not isinstance(status, Literal) else call("coalesce", status), STATUS)
    group = maker.val(wanted.by) if wanted.by is not None else None
    found = maker.val(value) if value is not None else None
    codes = [_kept_code(maker, number, one) for number, one in enumerate(items)]
    clocks = tuple(maker.clocks[one.timescale.name] for one in plan.timescales)
    counted = any_of(*(test for one in clocks for _, test in _problems_of(one)), *maker.noted)
    plain = (all_of(there(one.plain.start), absent(one.plain.due)) for one in clocks if one.plain is not None)
    noteworthy = any_of(counted, *plain)
    block = maker.blocks[0]
    lowered = Lowered(
        plan,
        wanted,
        tuple(_step(one) for one in block.steps),
        tuple(codes),
        clocks,
        group,
        _due_columns(block.steps),
        tuple(maker.lists),
        noteworthy,
        maker.placed,
        counted,
        _repeated(plan, layout, aside),
    )
    return lowered, found


def _repeated(plan: Plan, layout: Layout, aside: bool) -> tuple[Repeated, ...]:
    """Return what has to be known of the whole file: the values that more than one of its rows has."""
    key = plan.schema.case.key
    named = Column(key.name) if key is not None and key.name in layout.fields else None
    used = negation(Column(ASIDE)) if aside else TRUE
    return tuple(
        Repeated(repeated_column(number), _values(one.path, one.name), bool(one.path), named, used)
        for number, one in enumerate(plan.compared)
        if layout.holds(one.path, one.name)
    )


def _values(path: tuple[str, ...], name: str) -> Node:
    """Return the values of a field of the rows at the end of a path of lists, in one list; of the case the column."""
    if not path:
        return Column(name)
    inner = [Variable(f"u{depth}") for depth in range(len(path))]
    found: Node = Member(inner[-1], name)
    for depth in reversed(range(len(path))):
        listed = Column(path[0]) if depth == 0 else Member(inner[depth - 1], path[depth])
        found = call("list_map", listed, Lambda((f"u{depth}",), found))
        found = call("list_flatten", found) if depth < len(path) - 1 else found
    return found


def _problems_of(clock: ClockResult) -> tuple[tuple[object, Node], ...]:
    """Return what a clock says of the data; of a plain limit an event before the start says it, whatever the line."""
    if clock.plain is None:
        return clock.problems
    return ((Why.IN_TIME, call("lt", clock.plain.event, clock.plain.start)),)


def _kept_code(maker: Judging, number: int, item: ItemResult) -> ItemResult:
    """Keep the outcome of an item by its number where its tests could hold of more than one."""
    if item.each is not None or item.follows is not None or item.apart:
        return item
    code = maker.named(item.code, f"item_{number}") if item.tests else OF_ITEM[item.rest]
    # Of lines that come to the same outcome apart from one another, the outcome is counted once.
    outcomes = dict.fromkeys(one for one, _ in item.tests)
    tests = tuple((one, call("eq", code, OF_ITEM[one])) for one in outcomes)
    return evolve(item, tests=tests)


def _step(step: MadeStep) -> Step:
    look_ups = tuple(
        LookUp(table_of(calendar), "day", day, tuple(taken.items()))
        for (calendar, day), taken in step.joins.items()
    )
    return Step(tuple(step.values.items()), look_ups)


def table_of(calendar: str) -> str:
    """Return the name of the table of a calendar's days."""
    return f"days of {calendar}"


def _due_columns(steps: list[MadeStep]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for step in steps:
        for (calendar, _), taken in step.joins.items():
            found.setdefault(calendar, {}).update(dict.fromkeys(taken.values()))
    return {calendar: tuple(columns) for calendar, columns in found.items()}


def _of_clock(number: int, clock: ClockResult) -> list[Counter]:
    if clock.plain is not None:
        plain = clock.plain
        parts = (("starts", call("count_known", plain.start)), ("dues", call("count_known", plain.due)))
        counters = [Counter(f"t{number}_{name}", node, timescale=number) for name, node in parts]
        return [*counters, Counter(f"t{number}_packed", call("sum", plain.packed), timescale=number)]
    if clock.line is not None:
        return [
            Counter(
                f"t{number}_line_{line}", call("count_if", call("eq", clock.line, whole(line))),
                timescale=number, line=line,
            )
            for line, _ in clock.lines[:-1]
        ]  # fmt: skip
    return [
        Counter(
            f"t{number}_{outcome.key}", call("count_if", call("eq", clock.outcome, code)),
            timescale=number, outcome=outcome,
        )
        for outcome, code in OF_OUTCOME.items()
        if outcome is not TimescaleOutcome.NOT_APPLICABLE
    ]  # fmt: skip


def _of_item(number: int, item: ItemResult) -> list[Counter]:
    if item.each is None:
        return [
            Counter(f"i{number}_{outcome.key}", call("count_if", test), item=number, outcome=outcome)
            for outcome, test in item.tests
        ]
    found = []
    for outcome in ITEM_OUTCOMES:
        same = Lambda(("__o",), call("eq", Variable("__o"), OF_ITEM[outcome]))
        many = call("list_length", call("list_filter", item.each, same))
        found.append(Counter(f"i{number}_{outcome.key}", call("sum", many), item=number, outcome=outcome))
    return found
