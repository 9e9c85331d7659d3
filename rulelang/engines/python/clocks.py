"""Timescales as Python: the facts of a clock worked out, then the lines of the plan that decide (M4 to M7)."""

from __future__ import annotations

from rulelang.engines.python import repeating, runtime
from rulelang.engines.python.conditions import FALSE, TRUE, all_of, any_of, not_of
from rulelang.engines.python.deciding import Facts
from rulelang.engines.python.limits import Limits
from rulelang.model.expressions import ClockDay, Const, Expression, FieldValue, ParameterValue, Rows
from rulelang.model.pack import GuardedLimit, Timescale, TimescaleKind
from rulelang.outcomes import TimescaleOutcome
from rulelang.planning.decisions import Line, Slot, State
from rulelang.planning.plan import TimescalePlan
from rulelang.types import DateTimeType


class Clocks(Limits):
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
        in_doubt = may_be_in_doubt(one)
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
        due, event = (
            facts.dates.get(Slot.DUE, ("None", None))[0],
            facts.dates.get(Slot.EVENT, ("None", None))[0],
        )
        start, until = (facts.dates.get(slot, ("None", None))[0] for slot in (Slot.START, Slot.UNTIL))
        start = facts.extra.get("start", start)
        extra = facts.extra.get("counts", "None")
        return ", ".join((start, facts.extra.get("due", due), facts.extra.get("event", event), until, extra))

    # --- facts -------------------------------------------------------------------------------------------------

    def _facts(self, one: Timescale) -> Facts:
        facts = Facts()
        if one.applies is not None:
            facts.truths[Slot.APPLIES] = self.tests(one.applies)
        if one.start is not None:
            self._dated(one.start, Slot.START, facts)
            if one.counting_from is not None:
                facts.counting = self.clean(one.counting_from)
            self._clock_day(facts)
        if one.until is not None:
            self._dated(one.until, Slot.UNTIL, facts)
        match one.kind:
            case TimescaleKind.SINGLE:
                self.single(one, facts)
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
            raw = self.clean(node)
        # A field that is not ahead is the same in both views.
        alike = isinstance(node, FieldValue | Const)
        seen = raw if alike else self.clean(node)
        if slot is Slot.UNTIL and not alike:
            tests = [(f"{one} is not None", not_of(self._after_as_at(one, node.type))) for one in (raw, seen)]
            reached = all_of(*(test for pair in tests for test in pair))
            seen = raw = self.keep(f"{seen} if {reached} else None", "e")
        facts.ahead[slot] = (raw, node.type)
        facts.dates[slot] = (seen, node.type)

    def _clock_day(self, facts: Facts) -> None:
        name, type_ = facts.dates[Slot.START]
        if facts.counting is not None:
            self.clock_day = facts.counting
        elif isinstance(type_, DateTimeType):
            self.clock_day = self.keep(f"{name} and {name}.date()")
        else:
            self.clock_day = name

    # --- recurring (M5) ----------------------------------------------------------------------------------------

    def _recurring(self, one: Timescale, facts: Facts) -> None:
        assert one.every is not None
        start = facts.counting or facts.dates[Slot.START][0]
        events = self.all_events(one.event)
        until = self._reached_end(facts)
        step = self._step(one)
        moments = self._every_is_elapsed(one.every)
        rounds = self.function(repeating.elapsed_rounds if moments else repeating.rounds)
        as_at = f"as_at_moment, {self._zone_name()}" if moments else "as_at"
        pauses = self.pauses(one)
        text = f"{rounds}({start}, {events}, {step}, {until}, {as_at}, {pauses}, {one.counted})"
        no_start = self.constant(repeating.NO_START, "K")
        name = self.keep(f"{no_start} if {start} is None else {text}", "k", timed=True)
        facts.counted.append(name)
        if self.full:
            self.add(f"if {name} is None: {name} = {self.constant(repeating.LENGTH_MISSING, 'K')}")
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
            return self.constant(repeating.Rounds((), (one.every.value,), calendar), "N", key=key)
        if not isinstance(one.every, ParameterValue) or not isinstance(one.every.day, ClockDay | None):
            return f"{self.function(repeating.Rounds)}((), ({self.clean(one.every)},), {self.calendar(one)})"
        parameter = self.plan.parameters[one.every.name]
        if parameter.given:
            return (
                f"{self.function(repeating.Rounds)}((), (given[{parameter.name!r}],), {self.calendar(one)})"
            )
        days = tuple(since for since, _ in parameter.editions)
        values = tuple(value for _, value in parameter.editions)
        return self.constant(repeating.Rounds(days, values, calendar), "N", key=key)

    # --- a frequency (M6) --------------------------------------------------------------------------------------

    def _frequency(self, one: Timescale, facts: Facts) -> None:
        start = facts.counting or facts.dates[Slot.START][0]
        events = self.all_events(one.event)
        until = self._reached_end(facts)
        phases = self.constant(tuple((p.events, p.period, p.periods) for p in one.phases))
        pauses = self.pauses(one)
        given = f"{start}, {events}, {phases}, {until}, as_at, {pauses}, {one.counted}"
        text = f"{self.function(repeating.periods)}({given})"
        none = self.constant(repeating.NO_PERIOD, "K")
        name = self.keep(f"{none} if {start} is None else {text}", "k", timed=True)
        facts.counted.append(name)
        if self.full:
            self.add(f"if {name} is None: {name} = {none}")
        facts.flags[Slot.ANY_PERIOD] = f"{name}[0]"
        facts.flags[Slot.ALL_KEPT] = f"{name}[0] == {name}[1]"
        facts.extra.update(counts=name)

    # --- what cannot be read -----------------------------------------------------------------------------------

    def _unreadable(self, one: Timescale, facts: Facts) -> None:
        """Raise the flag where the start, limit, event, a listed event or the end cannot be read (M1).

        So is a time limit of which it is missing whether it applies, where what that asks cannot be read: what asks
        for its outcome reads that.
        """
        ends = (one.counting_from, one.extension, one.earliest)
        parts = (one.start, one.target, one.every, one.until, *ends)
        tests = [self.unreadable(node) for node in parts if node is not None]
        tests.append(self._limit_unreadable(one.limits))
        if one.applies is not None:
            tests.append(all_of(not_of(any_of(*facts.truths[Slot.APPLIES])), self.unreadable(one.applies)))
        for source in (one.event, *one.restarts):
            tests.append(self.unreadable_rows(source.rows, source.value, listed=True))
        for pause in one.pauses:
            tests.append(self.unreadable_rows(pause.rows, pause.first, pause.last, listed=True))
        tests += [f"{name}_b" for name, _ in facts.dates.values() if name in self.timed]
        tests += [f"{name}_b" for name in facts.counted if name in self.timed]
        facts.flags[Slot.UNREADABLE] = self.keep(any_of(*tests), "u")

    def _limit_unreadable(self, limits: tuple[GuardedLimit, ...]) -> str:
        """Return the test that a guard that is needed, or the limit it chooses, cannot be read."""
        if not limits:
            return FALSE
        first, *others = limits
        length = self.unreadable(first.length)
        if first.condition is None:
            return length
        yes, no, na = self.tests(first.condition)
        rest = self._limit_unreadable(tuple(others))
        # Guards are read in order, up to the first that is not no; one that is decided reads nothing in vain.
        doubt = all_of(not_of(any_of(yes, no, na)), self.unreadable(first.condition))
        return any_of(doubt, all_of(yes, length), all_of(any_of(no, na), rest))

    def unreadable_rows(self, rows: Rows | None, *values: Expression, listed: bool = False) -> str:
        raise NotImplementedError


def may_be_in_doubt(one: Timescale) -> bool:
    """Say whether it may be missing whether a timescale applies, or whether a row has a clock."""
    return one.applies is not None or (one.clock_for is not None and one.clock_for.where is not None)


_NOT_APPLICABLE = TimescaleOutcome.NOT_APPLICABLE
