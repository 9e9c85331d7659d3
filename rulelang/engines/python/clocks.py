"""Timescales as Python: the facts of a clock worked out, then the lines of the plan that decide (M4 to M7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import define, field

from rulelang.calendars import counting
from rulelang.engines.python import runtime
from rulelang.engines.python.conditions import FALSE, TRUE, Tests, all_of, any_of, not_of
from rulelang.engines.python.emitting import INDENT
from rulelang.engines.python.listing import Listing
from rulelang.model.expressions import Const, Expression, FieldValue, ParameterValue, Rows
from rulelang.model.pack import DateSource, Timescale, TimescaleKind
from rulelang.outcomes import TimescaleOutcome
from rulelang.planning.decisions import (
    Ahead,
    ClockIs,
    Compare,
    Every,
    Flag,
    Holds,
    Known,
    Line,
    Order,
    Slot,
    State,
    Test,
    following,
)
from rulelang.planning.plan import TimescalePlan
from rulelang.types import DATE, DATETIME, DateTimeType, Duration, Type, Unit


@define
class Facts:
    """The names of a clock's facts in the generated code. A slot that is not there is never up."""

    truths: dict[Slot, Tests] = field(factory=dict)
    dates: dict[Slot, tuple[str, Type | None]] = field(factory=dict)
    ahead: dict[Slot, tuple[str, Type]] = field(factory=dict)
    flags: dict[Slot, str] = field(factory=dict)
    # Dates that are there once the lines before have passed, so that nothing asks again.
    sure: set[Slot] = field(factory=lambda: {Slot.AS_AT})
    clock: str | None = None
    # Pairs of which the first, if it is there, is after the second.
    later: set[tuple[Slot, Slot]] = field(factory=set)
    # Names of values that may have left the calendar.
    counted: list[str] = field(factory=list)
    # A due date that need not be worked out before it is asked for: its name and text.
    deferred: tuple[str, str] | None = None
    # What the full variant remembers besides: due, event and so on, by their part in the reason.
    extra: dict[str, str] = field(factory=dict)


class Clocks(Listing):
    """Writes timescales."""

    def timescale(self, plan: TimescalePlan, fused: tuple[tuple[str, tuple[Line, ...]], ...] = ()) -> None:
        """Write a timescale: its outcome in `o_NAME`, and in the full variant what decided in `c_NAME`.

        `fused` are the names and lines of items that follow from it alone.
        """
        one = plan.timescale
        out, kept = f"o_{one.name}", f"c_{one.name}"
        if one.clock_for is None:
            facts = self._clock(plan, out, kept, fused=fused)
            if self.full:
                self.add(f"x_{one.name} = {facts.flags[Slot.UNREADABLE]}")
            return
        name = one.name
        in_doubt = one.applies is not None or one.clock_for.where is not None
        self.add(f"{out}_each = []" + (f"; m_{name}_each = []" if in_doubt else ""))
        if self.full:
            self.add(f"{kept} = []; x_{name}_each = []")
        with self.each(one.clock_for):
            yes, no, na = self.where(one.clock_for)
            if any_of(no, na) != FALSE:
                self.add(f"if {any_of(no, na)}: continue")
            facts = self._clock(plan, "o", "c", doubtful=not_of(yes))
            self.add(f"{out}_each.append(o)")
            if in_doubt:
                missing = self._holds(facts.truths.get(Slot.APPLIES), (State.MISSING,))
                self.add(f"m_{name}_each.append({missing})")
            if self.full:
                self.add(f"{kept}.append((c, {self.row(one.clock_for.var)}))")
                self.add(f"x_{name}_each.append({facts.flags[Slot.UNREADABLE]})")
        worst = self.function(runtime.worst)
        self.add(f"{out} = {worst}({out}_each) if {out}_each else {self.constant(_NOT_APPLICABLE, 'T')}")
        if in_doubt:
            self.add(f"m_{name} = True in m_{name}_each")
        if self.full:
            self.add(f"x_{name} = True in x_{name}_each")

    def _clock(
        self,
        plan: TimescalePlan,
        out: str,
        kept: str,
        doubtful: str = FALSE,
        fused: tuple[tuple[str, tuple[Line, ...]], ...] = (),
    ) -> Facts:
        one = plan.timescale
        facts = self._facts(one)
        if doubtful != FALSE:
            # Whether the row counts is missing, as if whether it applies were (M7 says unknown).
            yes, no, na = facts.truths.get(Slot.APPLIES, (TRUE, FALSE, FALSE))
            facts.truths[Slot.APPLIES] = (all_of(yes, not_of(doubtful)), no, na)
        remembered = self._remembered(facts) if self.full else None
        self.decide(plan.lines, facts, out, kept if self.full else None, remembered, fused)
        return facts

    def _remembered(self, facts: Facts) -> str:
        due, event = facts.dates.get(Slot.DUE, ("None", None))[0], facts.dates.get(Slot.EVENT, ("None", None))[0]
        start, until = (facts.dates.get(slot, ("None", None))[0] for slot in (Slot.START, Slot.UNTIL))
        start = facts.extra.get("start", start)
        extra = facts.extra.get("counts", "None")
        return ", ".join((start, facts.extra.get("due", due), facts.extra.get("event", event), until, extra))

    # --- lines -------------------------------------------------------------------------------------------------

    def decide(
        self,
        lines: tuple[Line, ...],
        facts: Facts,
        out: str,
        kept: str | None,
        remembered: str | None,
        fused: tuple[tuple[str, tuple[Line, ...]], ...] = (),
    ) -> None:
        """Write a decision: the first line whose test holds; lines that cannot hold are left out.

        `fused` are items that follow from the timescale alone, with their lines: decided in the same branch.
        """
        tests = []
        for number, line in enumerate(lines):
            test = self.test(line.test, facts)
            if test != FALSE:
                tests.append((test, number, line))
            self._learn(line.test, facts)
            if test == TRUE:
                break
        if kept is None and not fused:
            # Lines just before the last that come to the same need no test of their own.
            while len(tests) > 1 and tests[-2][2].outcome is tests[-1][2].outcome:
                del tests[-2]
        self._chain(tests, facts, lambda number, line: self._branch(number, line, out, kept, remembered, fused))

    def _branch(
        self,
        number: int,
        line: Line,
        out: str,
        kept: str | None,
        remembered: str | None,
        fused: tuple[tuple[str, tuple[Line, ...]], ...],
    ) -> list[str]:
        written = [f"{out} = {self.constant(line.outcome, 'T')}"]
        if kept is not None:
            written.append(f"{kept} = ({number}, {remembered})" if remembered else f"{kept} = {number}")
        for name, item_lines in fused:
            decided = following(item_lines, line)
            written.append(f"{name} = {self.constant(decided.outcome, 'T')}")
        return written

    def _learn(self, test: Test, facts: Facts) -> None:
        """Note what is certain once a line's test has failed, so that no later line asks again."""
        match test:
            case Known(slot=slot, absent=True):
                facts.sure.add(slot)
            case Flag(slot=Slot.LIMIT_MISSING):
                facts.sure.add(Slot.DUE)
            case Compare(left=left, order=Order.BY, right=right):
                facts.later.add((left, right))

    def _chain(
        self, tests: list[tuple[str, int, Line]], facts: Facts, branch: Callable[[int, Line], list[str]]
    ) -> None:
        """Write `if`, `elif`, `else`; a due date is worked out just before the first test that asks for it."""
        word, pad = "if", ""
        for at, (test, number, line) in enumerate(tests):
            if facts.deferred is not None and facts.deferred[0] in test:
                name, text = facts.deferred
                facts.deferred = None
                if word == "elif":
                    self.add(f"{pad}else:")
                    word, pad = "if", pad + INDENT
                self.add(f"{pad}{name} = {text}")
            after = tests[at + 1] if at + 1 < len(tests) else None
            if after is not None and line.test == EVENT_BY_DUE and after[2].test == EVENT_AFTER_DUE:
                # In time or late: whether there is an event is asked once.
                self.add(f"{pad}{word} {after[0]}:")
                (event, e_type), (due, d_type) = facts.dates[Slot.EVENT], facts.dates[Slot.DUE]
                order = self._order(event, e_type, "<=", due, d_type)
                self._written(f"{pad}{INDENT}if {order}:", branch(number, line), pad + INDENT)
                self._written(f"{pad}{INDENT}else:", branch(after[1], after[2]), pad + INDENT)
                word = "elif"
                continue
            if at > 0 and tests[at - 1][2].test == EVENT_BY_DUE and line.test == EVENT_AFTER_DUE:
                continue
            head = "else:" if test == TRUE and word == "elif" else f"{word} {test}:"
            self._written(f"{pad}{head}", branch(number, line), pad)
            word = "elif"

    def _written(self, head: str, lines: list[str], pad: str) -> None:
        self.add(head)
        for line in lines:
            self.add(f"{pad}{INDENT}{line}")

    def test(self, test: Test, facts: Facts) -> str:
        """Return the Python test of a line's test."""
        match test:
            case Holds(slot=slot, states=states):
                return self._holds(facts.truths.get(slot), states)
            case Flag(slot=slot):
                return facts.flags.get(slot, FALSE)
            case Known(slot=slot, absent=absent):
                there = self._there(slot, facts)
                return not_of(there) if absent else there
            case Ahead(slot=slot, yet=yet):
                return self._ahead(slot, yet, facts)
            case Compare():
                return self._ordered(test, facts)
            case ClockIs(outcome=outcome):
                return FALSE if facts.clock is None else f"{facts.clock} is {self.constant(outcome, 'T')}"
            case Every(tests=tests):
                return all_of(*(self.test(one, facts) for one in tests))

    def _holds(self, tests: Tests | None, states: tuple[State, ...]) -> str:
        if tests is None:
            return FALSE
        yes, no, na = tests
        missing = not_of(any_of(yes, no, na))
        by_state = {State.YES: yes, State.NO: no, State.NA: na, State.MISSING: missing}
        return any_of(*(by_state[state] for state in states))

    def _there(self, slot: Slot, facts: Facts) -> str:
        if slot in facts.sure:
            return TRUE
        if slot not in facts.dates:
            return TRUE if slot is Slot.START else FALSE
        return f"{facts.dates[slot][0]} is not None"

    def _ahead(self, slot: Slot, yet: bool, facts: Facts) -> str:
        if slot not in facts.ahead:
            return FALSE
        name, type_ = facts.ahead[slot]
        later = self._after_as_at(name, type_)
        there = f"{name} is not None"
        return all_of(there, later) if yet else all_of(there, not_of(later))

    def _after_as_at(self, name: str, type_: Type) -> str:
        if isinstance(type_, DateTimeType):
            return f"{self.moment(name)} > as_at_moment"
        return f"{name} > as_at"

    def _ordered(self, test: Compare, facts: Facts) -> str:
        pairs = {**facts.dates, Slot.AS_AT: ("as_at", DATE)}
        if test.left not in pairs or test.right not in pairs:
            return FALSE
        there = all_of(*(self._there(slot, facts) for slot in (test.left, test.right)))
        if test.order is Order.AFTER and (test.left, test.right) in facts.later:
            return there
        (a, a_type), (b, b_type) = pairs[test.left], pairs[test.right]
        return all_of(there, self._order(a, a_type, test.order.value, b, b_type))

    def _order(self, a: str, a_type: Type | None, symbol: str, b: str, b_type: Type | None) -> str:
        """Return a comparison of two dates or moments; a type of None is known only case by case."""
        if a == "as_at" and isinstance(b_type, DateTimeType):
            return f"as_at_moment {symbol} {self.moment(b)}"
        if a_type is None or b_type is None:
            if a == "as_at":
                return f"{self.function(runtime.past)}(as_at, as_at_moment, {b}, {self._zone_name()})"
            by = f"{self.function(runtime.by)}({a}, {b}, {self._zone_name()})"
            return by if symbol == "<=" else not_of(by) if symbol == ">" else not_of(
                f"{self.function(runtime.by)}({b}, {a}, {self._zone_name()})"
            )
        a_moment, b_moment = isinstance(a_type, DateTimeType), isinstance(b_type, DateTimeType)
        if a_moment and b_moment:
            return f"{self.moment(a)} {symbol} {self.moment(b)}"
        return f"{a}{'.date()' if a_moment else ''} {symbol} {b}{'.date()' if b_moment else ''}"

    # --- facts -------------------------------------------------------------------------------------------------

    def _facts(self, one: Timescale) -> Facts:
        facts = Facts()
        if one.applies is not None:
            facts.truths[Slot.APPLIES] = self.tests(one.applies)
        if one.start is not None:
            self._dated(one.start, Slot.START, facts)
            self._clock_day(one.start, facts)
        if one.until is not None:
            self._dated(one.until, Slot.UNTIL, facts)
        match one.kind:
            case TimescaleKind.SINGLE:
                self._single(one, facts)
            case TimescaleKind.RECURRING:
                self._recurring(one, facts)
            case TimescaleKind.FREQUENCY:
                self._frequency(one, facts)
        if self.full:
            self._unreadable(one, facts)
        return facts

    def _dated(self, node: Expression, slot: Slot, facts: Facts) -> None:
        """Work out a start or an end, with and without the as-at rule (M2)."""
        with self.unviewed():
            raw = self.value(node)
        facts.ahead[slot] = (raw, node.type)
        # A field that is not ahead is the same in both views.
        seen = raw if isinstance(node, FieldValue | Const) or slot is Slot.UNTIL else self.value(node)
        facts.dates[slot] = (seen, node.type)

    def _clock_day(self, start: Expression, facts: Facts) -> None:
        name, type_ = facts.dates[Slot.START]
        if isinstance(type_, DateTimeType):
            self.clock_day = self.keep(f"{name} and {name}.date()")
        else:
            self.clock_day = name

    def _event(self, source: DateSource) -> str:
        """Return the event: of a list, the earliest."""
        if source.rows is None:
            return self.value(source.value)
        found = self.gather(source.rows, [source.value], skip_missing=True)
        key = f", key=lambda t: {self.moment('t')}" if isinstance(source.value.type, DateTimeType) else ""
        # A row whose condition is missing does not count as an event.
        return self.keep(f"min({found.sure}{key}, default=None)")

    def _all_events(self, source: DateSource) -> str:
        if source.rows is None:
            name = self.value(source.value)
            return self.keep(f"[] if {name} is None else [{name}]")
        # A row whose condition is missing does not count as an event.
        return self.gather(source.rows, [source.value], skip_missing=True).sure

    # --- single (M4) -------------------------------------------------------------------------------------------

    def _single(self, one: Timescale, facts: Facts) -> None:
        facts.dates[Slot.EVENT] = (self._event(one.event), one.event.value.type)
        if one.target is not None:
            name = self.value(one.target)
            facts.dates[Slot.DUE] = (name, one.target.type)
            facts.flags[Slot.LIMIT_MISSING] = f"{name} is None"
            return
        start = facts.dates[Slot.START][0]
        event = facts.dates[Slot.EVENT][0]
        plain = not one.pauses and not one.restarts
        if plain and len(one.limits) == 1 and one.limits[0].condition is None:
            self._one_limit(one, one.limits[0].length, start, facts)
            return
        self._guarded(one, start, event, facts)

    def _one_limit(self, one: Timescale, length: Expression, start: str, facts: Facts) -> None:
        if isinstance(length, Const):
            text = self._due(one, length.value, start)
            if not self.full:
                due = self.fresh("d")
                facts.deferred = (due, text)
                facts.sure.add(Slot.DUE)
                facts.dates[Slot.DUE] = (due, self._due_type(one, length.value))
                return
            due = self.keep(f"None if {start} is None else {text}", "d", timed=True)
            facts.dates[Slot.DUE] = (due, self._due_type(one, length.value))
            if self.full:
                facts.flags[Slot.LIMIT_MISSING] = f"{due} is None"
            return
        name = self.value(length)
        due = self.keep(f"None if {start} is None or {name} is None else {self._counted(one, start, name)}", "d",
                        timed=True)
        facts.dates[Slot.DUE] = (due, None)
        facts.flags[Slot.LIMIT_MISSING] = f"{due} is None"

    def _due_type(self, one: Timescale, length: Duration) -> Type:
        return DATETIME if length.unit.counts_moments else DATE

    def _due(self, one: Timescale, length: Duration, start: str) -> str:
        """Return the text of the due date of a fixed limit."""
        assert one.start is not None
        if not one.counted:
            return self.later(start, one.start, length, one.calendar)
        if length.unit is Unit.WORKING_DAYS:
            table = self.plan.calendars[one.calendar].due_table(length.amount)
            day = f"{start}.date()" if isinstance(one.start.type, DateTimeType) else start
            eve = self.constant(dt.timedelta(days=1), "D")
            return f"{self.constant(table, 'W', key=(one.calendar, length.amount))}[{day} - {eve}]"
        return f"{self.function(counting.last_day_beginning_with)}({start}, {self.constant(length)})"

    def _counted(self, one: Timescale, start: str, length: str) -> str:
        """Return the text of the due date of a limit known only case by case."""
        calendar = self._calendar(one)
        if one.counted:
            return f"{self.function(counting.last_day_beginning_with)}({start}, {length}, {calendar})"
        return f"{self.function(counting.add_duration)}({start}, {length}, {calendar}, {self._zone_name()})"

    def _calendar(self, one: Timescale) -> str:
        calendar = self.plan.calendars.get(one.calendar)
        return "None" if calendar is None else self.constant(calendar, "C", key=("calendar", one.calendar))

    def _guarded(self, one: Timescale, start: str, event: str, facts: Facts) -> None:
        """Choose the limit, then count it: limits are read in order, and one in doubt leaves it missing (M4)."""
        length = self.fresh("l")
        nothing = self.fresh("n")
        guards = [
            (self.tests(limit.condition) if limit.condition is not None else (TRUE, FALSE, FALSE), self.value(limit.length))
            for limit in one.limits
        ]
        self.add(f"{length} = None; {nothing} = False")
        closed = False
        for number, ((yes, no, na), name) in enumerate(guards):
            word = "if" if number == 0 else "elif"
            if yes == TRUE:
                self.add(f"{length} = {name}" if number == 0 else f"else: {length} = {name}")
                closed = True
                break
            self.add(f"{word} {yes}: {length} = {name}")
            doubt = not_of(any_of(no, na))
            if doubt != FALSE:
                self.add(f"elif {doubt}: pass")
        if not closed:
            self.add(f"else: {nothing} = True")
            facts.flags[Slot.NO_LIMIT_HOLDS] = nothing
        due = self._counted_due(one, start, event, length, facts)
        facts.dates[Slot.DUE] = (due, self._common_due_type(one))
        facts.flags[Slot.LIMIT_MISSING] = f"{due} is None"

    def _common_due_type(self, one: Timescale) -> Type | None:
        types = {
            self._due_type(one, limit.length.value) if isinstance(limit.length, Const) else None for limit in one.limits
        }
        return types.pop() if len(types) == 1 else None

    def _counted_due(self, one: Timescale, start: str, event: str, length: str, facts: Facts) -> str:
        missing = f"{start} is None or {length} is None"
        if not one.pauses and not one.restarts:
            return self.keep(f"None if {missing} else {self._counted(one, start, length)}", "d", timed=True)
        pauses = self.pauses(one)
        calendar, zone = self._calendar(one), self._zone_name()
        if not one.restarts:
            text = f"{self.function(runtime.paused_due)}({start}, {length}, {one.counted}, {calendar}, {zone}, {pauses})"
            return self.keep(f"None if {missing} else {text}", "d", timed=True)
        restarts = " + ".join(self._all_events(source) for source in one.restarts)
        text = (
            f"{self.function(runtime.restarted)}({start}, {length}, {one.counted}, {calendar}, {zone}, {pauses}, "
            f"{restarts}, {event})"
        )
        both = self.keep(f"(None, None) if {missing} else {text}", "d", timed=True)
        facts.counted.append(both)
        if self.full:
            self.add(f"if {both} is None: {both} = (None, None)")
        facts.extra["start"] = f"({both}[0] or {start})"
        return self.keep(f"{both}[1]", "d")

    def pauses(self, one: Timescale) -> str:
        """Return the name of the list of pauses that are there on the as-at date (M2)."""
        if not one.pauses:
            return "()"
        parts = []
        for pause in one.pauses:
            if pause.rows is None:
                first, last = self.value(pause.first), self.value(pause.last)
                parts.append(self.keep(f"[] if {first} is None else [({first}, {last})]", "p"))
            else:
                parts.append(self.gather(pause.rows, [pause.first, pause.last], skip_missing=True).sure)
        text = parts[0] if len(parts) == 1 else self.keep(" + ".join(parts), "p")
        days = self.function(runtime.pause_days)
        return self.keep(f"{days}({text}{', odd' if self.full else ''})", "p")

    # --- recurring (M5) ----------------------------------------------------------------------------------------

    def _recurring(self, one: Timescale, facts: Facts) -> None:
        assert one.every is not None
        start, start_type = facts.dates[Slot.START]
        events = self._all_events(one.event)
        until = self._reached_end(facts)
        step = self._step(one)
        moments = self._every_is_elapsed(one.every)
        rounds = self.function(runtime.elapsed_rounds if moments else runtime.rounds)
        as_at = f"as_at_moment, {self._zone_name()}" if moments else "as_at"
        pauses = self.pauses(one) if one.pauses else "()"
        text = f"{rounds}({start}, {events}, {step}, {until}, {as_at}, {pauses}, {one.counted})"
        empty = "(False, False, False, False, False, None, 0, None)"
        name = self.keep(f"{empty} if {start} is None else {text}", "k", timed=True)
        facts.counted.append(name)
        if self.full:
            self.add(f"if {name} is None: {name} = (False, False, False, False, True, None, 0, None)")
        slots = (Slot.LAST_BROKEN, Slot.SOME_BROKEN, Slot.ANY_EVENT, Slot.ENDED_BY_FIRST, Slot.LIMIT_MISSING)
        facts.flags.update({slot: f"{name}[{at}]" for at, slot in enumerate(slots)})
        facts.extra.update(due=f"{name}[5]", event=f"{name}[7]", counts=f"{name}[6]")

    def _reached_end(self, facts: Facts) -> str:
        """Return the end of the duty; one that is a moment is there only once it has been reached (M2)."""
        if Slot.UNTIL not in facts.ahead:
            return "None"
        name, type_ = facts.ahead[Slot.UNTIL]
        if not isinstance(type_, DateTimeType):
            return name
        return self.keep(f"None if {name} is None or {self.moment(name)} > as_at_moment else {name}", "e")

    def _every_is_elapsed(self, every: Expression) -> bool:
        return isinstance(every, Const) and every.value.unit.counts_moments

    def _step(self, one: Timescale) -> str:
        """Return the name of what gives the length of a round from the day it starts, or a fixed length."""
        assert one.every is not None
        calendar = self.plan.calendars.get(one.calendar)
        key = (one.calendar, one.every)
        if isinstance(one.every, Const):
            return self.constant(runtime.Rounds((), (one.every.value,), calendar), "N", key=key)
        if not isinstance(one.every, ParameterValue):
            return f"{self.function(runtime.Rounds)}((), ({self.value(one.every)},), {self._calendar(one)})"
        parameter = self.plan.parameters[one.every.name]
        if parameter.given:
            return f"{self.function(runtime.Rounds)}((), (given[{parameter.name!r}],), {self._calendar(one)})"
        days = tuple(since for since, _ in parameter.editions)
        values = tuple(value for _, value in parameter.editions)
        return self.constant(runtime.Rounds(days, values, calendar), "N", key=key)

    # --- a frequency (M6) --------------------------------------------------------------------------------------

    def _frequency(self, one: Timescale, facts: Facts) -> None:
        start, _ = facts.dates[Slot.START]
        events = self._all_events(one.event)
        until = self._reached_end(facts)
        phases = self.constant(tuple((p.events, p.period, p.periods) for p in one.phases))
        pauses = self.pauses(one) if one.pauses else "()"
        text = f"{self.function(runtime.periods)}({start}, {events}, {phases}, {until}, as_at, {pauses})"
        name = self.keep(f"(0, 0, None, 0) if {start} is None else {text}", "k", timed=True)
        facts.counted.append(name)
        if self.full:
            self.add(f"if {name} is None: {name} = (0, 0, None, 0)")
        facts.flags[Slot.ANY_PERIOD] = f"{name}[0]"
        facts.flags[Slot.ALL_KEPT] = f"{name}[0] == {name}[1]"
        facts.extra.update(counts=name)

    # --- what cannot be read -----------------------------------------------------------------------------------

    def _unreadable(self, one: Timescale, facts: Facts) -> None:
        """Raise the flag where the start, limit, event, a listed event or the end cannot be read (M1)."""
        parts = [one.start, one.target, one.every, one.until, *(limit.length for limit in one.limits)]
        parts += [limit.condition for limit in one.limits]
        nodes = [part for part in parts if part is not None]
        tests = [self.unreadable(node) for node in nodes]
        for source in (one.event, *one.restarts):
            tests.append(self.unreadable_rows(source.rows, source.value))
        for pause in one.pauses:
            tests += [self.unreadable_rows(pause.rows, value) for value in (pause.first, pause.last)]
        tests += [f"{name}_b" for name, _ in facts.dates.values() if name in self.timed]
        tests += [f"{name}_b" for name in facts.counted if name in self.timed]
        facts.flags[Slot.UNREADABLE] = self.keep(any_of(*tests), "u")

    def unreadable_rows(self, rows: Rows | None, value: Expression) -> str:
        raise NotImplementedError



_NOT_APPLICABLE = TimescaleOutcome.NOT_APPLICABLE
EVENT_BY_DUE = Compare(Slot.EVENT, Order.BY, Slot.DUE)
EVENT_AFTER_DUE = Compare(Slot.EVENT, Order.AFTER, Slot.DUE)
