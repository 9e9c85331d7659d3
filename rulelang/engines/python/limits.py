"""The last day of a single time limit as Python: its limit, pauses, restarts, extension and closed days (M4)."""

from __future__ import annotations

from rulelang.calendars import counting
from rulelang.engines.python import due_dates
from rulelang.engines.python.conditions import FALSE, TRUE, any_of, not_of
from rulelang.engines.python.deciding import Deciding, Facts
from rulelang.model.expressions import Const, Expression
from rulelang.model.pack import DateSource, Timescale
from rulelang.planning.decisions import Slot
from rulelang.planning.nature import may_be_na
from rulelang.types import DATE, DATETIME, DateTimeType, Duration, Type


class Limits(Deciding):
    """Writes the dates of single time limits."""

    def event(self, source: DateSource) -> str:
        """Return the event: of a list, the earliest."""
        if source.rows is None:
            return self.clean(source.value)
        found = self.gather(source.rows, [source.value], skip_missing=True)
        key = f", key=lambda t: {self.moment('t')}" if isinstance(source.value.type, DateTimeType) else ""
        # A row whose condition is missing does not count as an event.
        return self.keep(f"min({found.sure}{key}, default=None)")

    def all_events(self, source: DateSource) -> str:
        if source.rows is None:
            name = self.clean(source.value)
            return self.keep(f"[] if {name} is None else [{name}]")
        # A row whose condition is missing does not count as an event.
        return self.gather(source.rows, [source.value], skip_missing=True).sure

    # --- single (M4) -------------------------------------------------------------------------------------------

    def single(self, one: Timescale, facts: Facts) -> None:
        facts.dates[Slot.EVENT] = (self.event(one.event), one.event.value.type)
        self._last_day(one, facts)
        if one.extension is not None or one.moving is not None:
            self._moved_on(one, facts)
        if one.earliest is not None:
            first = self.clean(one.earliest)
            facts.dates[Slot.EARLIEST] = (first, one.earliest.type)
            missing = any_of(facts.flags.get(Slot.LIMIT_MISSING, FALSE), f"{first} is None")
            facts.flags[Slot.LIMIT_MISSING] = missing
            facts.extra["counts"] = first

    def _moved_on(self, one: Timescale, facts: Facts) -> None:
        """Take the later of the due date and the agreed one, and move it off a closed day."""
        due, type_ = facts.dates[Slot.DUE]
        # What left its calendar before it was moved is still said: only the moved date takes its place.
        facts.counted.append(due)
        agreed = self.clean(one.extension) if one.extension is not None else "None"
        step = one.moving.value if one.moving is not None else 0
        given = f"{due}, {agreed}, {step}, {self.calendar(one)}, {self._zone_name()}, {bool(one.pauses)}"
        later = self.keep(f"{self.function(due_dates.moved_on)}({given})", "d", timed=True)
        # Which of the two it is, a date or a moment, is known where both are alike.
        alike = one.extension is None or one.extension.type == type_
        facts.dates[Slot.DUE] = (later, type_ if alike else None)
        facts.flags[Slot.LIMIT_MISSING] = f"{later} is None"

    def _last_day(self, one: Timescale, facts: Facts) -> None:
        if one.target is not None:
            name = self.clean(one.target)
            facts.dates[Slot.DUE] = (name, one.target.type)
            facts.flags[Slot.LIMIT_MISSING] = f"{name} is None"
            return
        if not one.limits:
            return
        start = facts.counting or facts.dates[Slot.START][0]
        event = facts.dates[Slot.EVENT][0]
        plain = not one.pauses and not one.restarts
        if plain and len(one.limits) == 1 and one.limits[0].condition is None:
            self._one_limit(one, one.limits[0].length, start, facts)
            return
        self._guarded(one, start, event, facts)

    def _one_limit(self, one: Timescale, length: Expression, start: str, facts: Facts) -> None:
        if isinstance(length, Const):
            text = self._due(one, length.value, start)
            if not self.full and one.is_plain:
                # Asked for in this decision alone, so that the next one may use the name again.
                due = "due__"
                facts.deferred = (due, text)
                facts.sure.add(Slot.DUE)
                facts.dates[Slot.DUE] = (due, self._due_type(length.value))
                return
            due = self.keep(f"None if {start} is None else {text}", "d", timed=True)
            facts.dates[Slot.DUE] = (due, self._due_type(length.value))
        else:
            due = self._counted_due(one, start, facts.dates[Slot.EVENT][0], self.clean(length), facts)
            facts.dates[Slot.DUE] = (due, None)
        facts.flags[Slot.LIMIT_MISSING] = f"{due} is None"

    def _due_type(self, length: Duration) -> Type:
        return DATETIME if length.unit.counts_moments else DATE

    def _due(self, one: Timescale, length: Duration, start: str) -> str:
        """Return the text of the due date of a fixed limit."""
        assert one.start is not None
        if not one.counted:
            return self.later(start, one.counting_from or one.start, length, one.calendar)
        length_name, calendar = self.constant(length), self.calendar(one)
        return f"{self.function(counting.last_day_beginning_with)}({start}, {length_name}, {calendar})"

    def _counted(self, one: Timescale, start: str, length: str) -> str:
        """Return the text of the due date of a limit known only case by case."""
        calendar = self.calendar(one)
        if one.counted:
            return f"{self.function(counting.last_day_beginning_with)}({start}, {length}, {calendar})"
        return f"{self.function(counting.add_duration)}({start}, {length}, {calendar}, {self._zone_name()})"

    def calendar(self, one: Timescale) -> str:
        calendar = self.plan.calendars.get(one.calendar)
        return "None" if calendar is None else self.constant(calendar, "C", key=("calendar", one.calendar))

    def _guarded(self, one: Timescale, start: str, event: str, facts: Facts) -> None:
        """Choose the limit, then count it: limits are read in order, and one in doubt leaves it missing (M4)."""
        length = self.fresh("l")
        nothing = self.fresh("n")
        guards = [
            (
                self.tests(limit.condition) if limit.condition is not None else (TRUE, FALSE, FALSE),
                self.clean(limit.length),
            )
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
            self._due_type(limit.length.value) if isinstance(limit.length, Const) else None
            for limit in one.limits
        }
        return types.pop() if len(types) == 1 else None

    def _counted_due(self, one: Timescale, start: str, event: str, length: str, facts: Facts) -> str:
        missing = f"{start} is None or {length} is None"
        if not one.pauses and not one.restarts:
            return self.keep(f"None if {missing} else {self._counted(one, start, length)}", "d", timed=True)
        pauses = self.pauses(one)
        calendar, zone = self.calendar(one), self._zone_name()
        if not one.restarts:
            counting_on = f"{start}, {length}, {one.counted}, {calendar}, {zone}, {pauses}"
            text = f"{self.function(due_dates.paused_due)}({counting_on})"
            return self.keep(f"None if {missing} else {text}", "d", timed=True)
        restarts = " + ".join(self.all_events(source) for source in one.restarts)
        text = (
            f"{self.function(due_dates.restarted)}({start}, {length}, {one.counted}, {calendar}, {zone}, {pauses}, "
            f"{restarts}, {event})"
        )
        both = self.keep(f"(None, None) if {missing} else {text}", "d", timed=True)
        facts.counted.append(both)
        if self.full:
            self.add(f"if {both} is None: {both} = (None, None)")
        # The start that the reader knows, unless a restart took its place.
        known = facts.dates[Slot.START][0]
        again = (
            f"{both}[0] or {start}"
            if facts.counting is None
            else f"{both}[0] if {both}[0] != {start} else {known}"
        )
        facts.extra["start"] = f"({again})"
        return self.keep(f"{both}[1]", "d")

    def pauses(self, one: Timescale) -> str:
        """Return the name of the list of pauses that are there on the as-at date (M2)."""
        if not one.pauses:
            return "()"
        parts = []
        for pause in one.pauses:
            if pause.rows is None:
                first, last = self.clean(pause.first), self.clean(pause.last)
                parts.append(self.keep(f"[] if {first} is None else [({first}, {last})]", "p"))
            else:
                parts.append(self.gather(pause.rows, [pause.first, pause.last], skip_missing=True).sure)
        text = parts[0] if len(parts) == 1 else self.keep(" + ".join(parts), "p")
        days = self.function(due_dates.pause_days)
        return self.keep(f"{days}({text}{', odd' if self.full else ''})", "p")

    def clean(self, node: Expression) -> str:
        """Return a value with N/A as missing: a date or a length that is N/A is none."""
        name = self.value(node)
        return self.keep(f"None if {name} is NA else {name}") if may_be_na(node, self.plan) else name
