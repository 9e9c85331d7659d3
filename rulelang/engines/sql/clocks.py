"""Timescales as nodes of a query: the facts of a clock, then the lines of the plan that decide (M4 to M7)."""

from __future__ import annotations

from attrs import evolve, frozen

from rulelang.engines.sql.building import DueColumn
from rulelang.engines.sql.conditions import OF_OUTCOME
from rulelang.engines.sql.deciding import Facts
from rulelang.engines.sql.gathering import NO_LIST
from rulelang.engines.sql.limits import Limits
from rulelang.engines.sql.values import Val
from rulelang.model.expressions import Call, Const, DefineValue, Expression, FieldValue
from rulelang.model.pack import GuardedLimit, Timescale, TimescaleKind
from rulelang.outcomes import TimescaleOutcome
from rulelang.planning.decisions import Line, Slot, Why
from rulelang.planning.nature import counts_time
from rulelang.planning.plan import TimescalePlan
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Lambda,
    Member,
    Node,
    Struct,
    Variable,
    absent,
    all_of,
    any_of,
    call,
    case,
    date,
    negation,
    surely,
    surely_not,
    there,
    whole,
)
from rulelang.types import DATE, DateTimeType, DateType, Duration, Type, Unit


@frozen
class PlainLimit:
    """A time limit of which nothing but a start, one fixed limit and an event need be known, for counting.

    `packed` is 1 for each case on time, LATE for each late, OVERDUE for each overdue, so that one sum holds three
    counts. What has a start and no due date left its calendar. `event` is read without the as-at rule.
    """

    start: Node
    due: Node
    event: Node
    packed: Node


# Three counts in one sum of 64 bits a case: enough for two thousand million cases.
LATE_UNIT, OVERDUE_UNIT = 1 << 31, 1 << 62


@frozen
class ClockResult:
    """What a timescale comes to in a case.

    `outcome` is its number (see OF_OUTCOME), `line` the number of the line that decided it, `bad` whether it reads
    something unreadable, `applies_missing` whether it is missing whether it applies. With one clock for each row,
    `each` is a list of structs of the same, with the rows.
    """

    outcome: Node
    bad: Node
    applies_missing: Node
    line: Node | None = None
    lines: tuple[tuple[int, Line], ...] = ()
    each: Node | None = None
    due: Node | None = None
    event: Node | None = None
    start: Node | None = None
    problems: tuple[tuple[Why | str, Node], ...] = ()
    plain: PlainLimit | None = None


class Clocks(Limits):
    """Makes timescales."""

    def timescale(self, plan: TimescalePlan) -> ClockResult:
        """Return what a timescale comes to."""
        one = plan.timescale
        if one.clock_for is None:
            return self._clock_of_case(plan)
        return self._clocks_of_rows(plan)

    def _clock_of_case(self, plan: TimescalePlan) -> ClockResult:
        one = plan.timescale
        facts = self._facts(one)
        plain = self._plain_limit(plan, facts)
        if plain is None:
            # A plain limit tells by its counts what left the calendar.
            self.noted += facts.beyond
        tests = self.tests(plan.lines, facts)
        line = self.named(self._first(tests, [whole(number) for _, number, _ in tests]), f"{one.name}_line")
        outcome = self.named(self._of_line(line, tests), f"{one.name}_outcome")
        return ClockResult(
            outcome,
            facts.flags[Slot.UNREADABLE],
            self._applies_missing(facts),
            line,
            tuple((number, line_) for _, number, line_ in tests),
            None,
            facts.due,
            facts.event,
            facts.start,
            self._problems(one, facts, line, tests),
            plain,
        )

    def _plain_limit(self, plan: TimescalePlan, facts: Facts) -> PlainLimit | None:
        """Return how a plain limit is counted: late and overdue are both past, which the calendar's table knows."""
        one = plan.timescale
        if not self.packed:
            return None
        limit = one.limits[0].length if len(one.limits) == 1 and one.limits[0].condition is None else None
        others = (one.applies, one.until, one.target, *one.pauses, *one.restarts)
        event, start = one.event.value, one.start
        fields = isinstance(event, FieldValue) and isinstance(start, FieldValue) and one.event.rows is None
        if (
            not fields
            or not isinstance(limit, Const)
            or any(part is not None for part in others)
            or one.counted
            or not one.is_plain
        ):
            return None
        assert start is not None
        length: Duration = limit.value
        readable = self.bad(event) == FALSE and self.bad(start) == FALSE
        dates = isinstance(event.type, DateType) and isinstance(start.type, DateType)
        if not readable or not dates or length.unit is not Unit.WORKING_DAYS or Slot.START in facts.ahead:
            return None
        day, column = facts.dates[Slot.START][0], DueColumn(one.calendar, length.amount)
        with self.unviewed():
            done = self.val(event).sql
        seen = call("le", done, date(self.as_at))
        cap = self.joined(one.calendar, column.cap, day)
        late = case((seen, wide_count(LATE_UNIT)), otherwise=wide_count(OVERDUE_UNIT))
        packed = case(
            (call("le", done, cap), wide_count(1)),
            (self.joined(one.calendar, column.past, day), late),
            otherwise=wide_count(0),
        )
        return PlainLimit(day, cap, done, packed)

    def _first(self, tests: list[tuple[Node, int, Line]], values: list[Node]) -> Node:
        """Return the value beside the first test that holds; the last one always does."""
        *others, (_, _, _) = tests
        whens = [(test, value) for (test, _, _), value in zip(others, values, strict=False)]
        return case(*whens, otherwise=values[-1])

    def _of_line(self, line: Node, tests: list[tuple[Node, int, Line]]) -> Node:
        """Return the outcome by the line that decided it."""
        by_outcome: dict[object, list[int]] = {}
        for _, number, one in tests:
            by_outcome.setdefault(one.outcome, []).append(number)
        if len(by_outcome) == 1:
            return OF_OUTCOME[next(iter(by_outcome))]  # type: ignore[index]
        *most, (last, _) = by_outcome.items()
        whens = [(call("in", line, *map(whole, numbers)), OF_OUTCOME[one]) for one, numbers in most]  # type: ignore[index]
        return case(*whens, otherwise=OF_OUTCOME[last])  # type: ignore[index]

    def _applies_missing(self, facts: Facts) -> Node:
        applies = facts.truths.get(Slot.APPLIES)
        if applies is None:
            return FALSE
        return self.keep_flag(all_of(absent(applies.sql), negation(applies.na)))

    def _problems(
        self, timescale: Timescale, facts: Facts, line: Node, tests: list[tuple[Node, int, Line]]
    ) -> tuple[tuple[Why | str, Node], ...]:
        """Return what the clock says of the data: an end before the start, an event before it, counts beyond."""
        found: list[tuple[Why | str, Node]] = []
        for _, number, one in tests:
            if one.problem:
                found.append((one.why, call("eq", line, whole(number))))
            told = one.why is Why.IN_TIME and not timescale.early_events_count
            if told and facts.start is not None and facts.event is not None:
                event_type = facts.dates[Slot.EVENT][1] if Slot.EVENT in facts.dates else DATE
                start_type = facts.dates[Slot.START][1] if Slot.START in facts.dates else DATE
                early = self.in_order("lt", facts.event, event_type, facts.start, start_type)
                if isinstance(event_type, DateTimeType) and isinstance(start_type, DateTimeType):
                    early = call("lt", call("date_of", facts.event), call("date_of", facts.start))
                found.append((Why.IN_TIME, all_of(call("eq", line, whole(number)), early)))
        return tuple(found)

    # --- one clock for each row (M7) ---------------------------------------------------------------------------

    def _clocks_of_rows(self, plan: TimescalePlan) -> ClockResult:
        one = plan.timescale
        assert one.clock_for is not None
        rows = one.clock_for
        self.note_parents(rows)
        seen: list[tuple[bool, bool, bool]] = []

        def clock(yes: Node, _may: Node) -> Node:
            facts = self._facts(one)
            if yes != TRUE and rows.where is not None:
                # Whether the row counts is missing, as if whether it applies were (M7 says unknown).
                applies = facts.truths.get(Slot.APPLIES, Val(TRUE))
                where = self.val(rows.where)
                sql = case((surely(where.sql), applies.sql), (surely_not(applies.sql), FALSE))
                facts.truths[Slot.APPLIES] = evolve(applies, sql=self.keep(sql, "applies"))
            tests = self.tests(plan.lines, facts)
            line = self.keep(self._first(tests, [whole(number) for _, number, _ in tests]), "line")
            missing = self._applies_missing(facts)
            bad = facts.flags[Slot.UNREADABLE]
            remark = any_of(bad, *(test for _, test in self._problems(one, facts, line, tests)))
            seen.append((missing != FALSE, bad != FALSE, remark != FALSE))
            fields = [
                ("o", self._of_line(line, tests)),
                ("l", line),
                ("m", missing),
                ("x", bad),
                ("e", remark),
            ]
            fields += [(f"__r{step.var.depth}", Variable(f"__r{step.var.depth}")) for step in rows.steps]
            return Struct(tuple(fields))

        listed = self.rows(rows, clock)
        element = Variable("__k")
        if listed == NO_LIST:
            return ClockResult(OF_OUTCOME[TimescaleOutcome.NOT_APPLICABLE], FALSE, FALSE, each=NO_LIST)
        each = self.keep(listed, f"{one.name}_each")
        codes = call("list_map", each, Lambda(("__k",), Member(element, "o")))
        worst = call("coalesce", call("list_min", codes), OF_OUTCOME[TimescaleOutcome.NOT_APPLICABLE])
        outcome = self.named(worst, f"{one.name}_outcome")
        missing, bad, remark = seen[0]
        if remark:
            self.noted.append(self._any_member(each, "e"))
        return ClockResult(
            outcome,
            self._any_member(each, "x") if bad else FALSE,
            self._any_member(each, "m") if missing else FALSE,
            each=each,
        )

    def _any_member(self, each: Node, name: str) -> Node:
        found = call("list_filter", each, Lambda(("__k",), call("is_true", Member(Variable("__k"), name))))
        return self.keep_flag(call("is_true", call("gt", call("list_length", found), whole(0))))

    # --- facts -------------------------------------------------------------------------------------------------

    def _facts(self, one: Timescale) -> Facts:
        facts = Facts()
        beyond: list[Node] = []
        if one.applies is not None:
            applies = self.val(one.applies)
            facts.truths[Slot.APPLIES] = evolve(applies, sql=self.keep(applies.sql, "applies"))
        if one.start is not None:
            self._dated(one.start, Slot.START, facts)
            facts.start = facts.dates[Slot.START][0]
            facts.counting = self._counted_from(one, facts, beyond)
            start, type_ = facts.counting
            day = call("date_of", start) if isinstance(type_, DateTimeType) else start
            self.clock_day = self.keep(day, "clock_day")
        if one.until is not None:
            self._dated(one.until, Slot.UNTIL, facts)
            beyond.append(self._left_calendar(one.until))
        match one.kind:
            case TimescaleKind.SINGLE:
                self.single(one, facts, beyond)
            case TimescaleKind.RECURRING:
                self.recurring(one, facts, beyond)
            case TimescaleKind.FREQUENCY:
                self.frequency(one, facts)
        facts.flags[Slot.UNREADABLE] = self.keep_flag(any_of(self._unreadable(one), *beyond))
        facts.beyond = tuple(beyond)
        return facts

    def _counted_from(self, one: Timescale, facts: Facts, beyond: list[Node]) -> tuple[Node, Type]:
        """Return from when time is counted: the start, or the day to which it moves."""
        if one.counting_from is None or one.start is None:
            return facts.dates[Slot.START]
        moved = self.val(one.counting_from).sql
        # Read with the as-at rule, as what is moved is: a start that lies ahead leaves no calendar.
        beyond.append(all_of(there(self.val(one.start).sql), absent(moved)))
        return self.keep(moved, "counting"), one.counting_from.type

    def _dated(self, node: Expression, slot: Slot, facts: Facts) -> None:
        """Work out a start or an end, with and without the as-at rule (M2)."""
        with self.unviewed():
            raw = self.keep(self.val(node).sql, "dated")
        alike = isinstance(node, FieldValue | Const)
        seen = raw if alike else self.keep(self.val(node).sql, "dated")
        if slot is Slot.UNTIL and not alike:
            reached = all_of(*(self.reached(one, node.type) for one in (raw, seen)))
            seen = raw = self.keep(case((reached, seen)), "until")
        if not (slot is Slot.START and self.begun_by(node)):
            facts.ahead[slot] = (raw, node.type)
        facts.dates[slot] = (seen, node.type)

    def _left_calendar(self, node: Expression) -> Node:
        """Return whether an end, which is read without the as-at rule, is a count that left its calendar."""
        while isinstance(node, DefineValue):
            node = self.plan.defines[node.record, node.name].value
        if not isinstance(node, Call) or not counts_time(node):
            return FALSE
        with self.unviewed():
            return self.val(node).bad

    def begun_by(self, node: Expression) -> bool:
        """Say whether a date is the one from which a case is there: of a case that is judged it is not ahead."""
        return isinstance(node, FieldValue) and node.var.depth == 0 and node.name == self.plan.begun

    # --- what cannot be read -----------------------------------------------------------------------------------

    def _unreadable(self, one: Timescale) -> Node:
        """Return whether the start, limit, event, a listed event or the end cannot be read (M1)."""
        ends = (one.counting_from, one.extension, one.earliest)
        nodes = (one.start, one.target, one.every, one.until, *ends)
        tests = [self.bad(node) for node in nodes if node is not None]
        tests.append(self._limit_unreadable(one.limits))
        if one.applies is not None:
            # What asks for the outcome reads this too.
            applies = self.val(one.applies)
            tests.append(all_of(absent(applies.sql), negation(applies.na), applies.bad))
        for source in (one.event, *one.restarts):
            tests.append(self.unreadable_rows(source.rows, source.value, listed=True))
        for pause in one.pauses:
            tests.append(self.unreadable_rows(pause.rows, pause.first, pause.last, listed=True))
        return any_of(*tests)

    def _limit_unreadable(self, limits: tuple[GuardedLimit, ...]) -> Node:
        """Return whether a guard that is needed, or the limit it chooses, cannot be read."""
        if not limits:
            return FALSE
        first, *others = limits
        length = self.lengths(first.length).bad
        if first.condition is None:
            return length
        guard = self.val(first.condition)
        sql = self.keep(guard.sql, "guard")
        rest = self._limit_unreadable(tuple(others))
        doubt = all_of(absent(sql), negation(guard.na), guard.bad)
        return any_of(doubt, all_of(surely(sql), length), all_of(any_of(surely_not(sql), guard.na), rest))


def wide_count(value: int) -> Node:
    """Return a number of the three that a sum packs together."""
    return call("big", whole(value))
