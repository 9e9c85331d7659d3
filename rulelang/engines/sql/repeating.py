"""Recurring time limits as nodes of a query: rounds, over lists of days (M5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import frozen

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.deciding import Facts
from rulelang.engines.sql.gathering import NO_LIST
from rulelang.engines.sql.pausing import Counted, Pausing
from rulelang.engines.sql.spans import fixed, usable
from rulelang.engines.sql.values import Lengths
from rulelang.model.expressions import ClockDay, Const, FieldValue, ParameterValue
from rulelang.model.pack import Timescale
from rulelang.planning.decisions import Slot
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Column,
    Lambda,
    Member,
    Node,
    Variable,
    absent,
    all_of,
    any_of,
    call,
    case,
    date,
    moment,
    negation,
    surely,
    there,
    whole,
)
from rulelang.types import DATE, DATETIME, DateTimeType, Duration, Unit

DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7}
# A day up to which no length of days or weeks leaves the years.
FAR_ENOUGH = dt.date(9000, 1, 1)


@frozen
class Rounds:
    """What rounds are followed by: days, or moments where they are of hours.

    `deadline` gives that of the round from an event on (or from the start), and whether its length is known.
    """

    first: Node
    events: Node
    as_at: Node
    until: Node | None
    deadline: Callable[[Node, bool], tuple[Node, Node]]


class Repeating(Pausing):
    """Makes rounds."""

    def _end(self, facts: Facts) -> Node:
        """Return the last day that counts: the as-at date, or the end of the duty where that is earlier."""
        if Slot.UNTIL not in facts.ahead:
            return date(self.as_at)
        until = self._until_day(facts)
        return self.keep(call("least", until, date(self.as_at)), "end")

    def _until_day(self, facts: Facts) -> Node:
        value, type_ = facts.ahead[Slot.UNTIL]
        if not isinstance(type_, DateTimeType):
            return value
        # An end that is a moment is there only once it has been reached (M2).
        return self.keep(case((self.reached(value, type_), call("date_of", value))), "until")

    def _days(self, one: Timescale, first: Node, last: Node) -> Node:
        """Return the days of the events from a first to a last day, in order."""
        source = one.event
        plain = self._plain_days(one)
        if plain is not None:
            # What lies from the first to the last day is there, and does not lie ahead.
            day = Variable("__d")
            within = all_of(call("ge", day, first), call("le", day, last))
            return self.keep(call("list_filter", plain, Lambda(("__d",), within)), "days")
        moments = isinstance(source.value.type, DateTimeType)
        listed = self.dates_of(source)
        day = Variable("__d")
        if listed == NO_LIST:
            # What is counted on from a day of no type could be any of the things that days are added to.
            listed = call("no_dates")
        elif moments:
            listed = call("list_map", listed, Lambda(("__d",), call("date_of", day)))
        within = all_of(call("ge", day, first), call("le", day, last))
        return self.keep(call("list_filter", listed, Lambda(("__d",), within)), "days")

    def _plain_days(self, one: Timescale) -> Node | None:
        """Return the days of a list of which nothing but one date is asked, before any is left out."""
        rows, value = one.event.rows, one.event.value
        if rows is None or len(rows.steps) != 1 or rows.where is not None or rows.but is not None:
            return None
        (step,) = rows.steps
        layout = self.layout_of(step.parent).lists.get(step.list)
        of_row = isinstance(value, FieldValue) and value.var == step.var and value.type == DATE
        if (
            layout is None
            or not of_row
            or not isinstance(value, FieldValue)
            or value.name not in layout.fields
        ):
            return None
        if not value.viewed or step.dated not in (None, value.name):
            return None
        gathered = layout.fields[value.name].gathered
        if gathered is not None and self.row(step.parent) is None:
            return Column(gathered)
        row = f"__r{step.var.depth}"
        field = Lambda((row,), Member(Variable(row), value.name))
        return call("list_map", self.column(step.parent, step.list), field)

    # --- rounds (M5) -------------------------------------------------------------------------------------------

    def recurring(self, one: Timescale, facts: Facts, beyond: list[Node]) -> None:
        """Follow the rounds of a recurring time limit: deadlines run from the start, then from each event."""
        assert one.every is not None
        pauses, _odd = self.pauses(one)
        if isinstance(one.every, Const) and one.every.value.unit.counts_moments:
            self._follow(one, facts, beyond, self._rounds_of_moments(one, facts, pauses))
        else:
            self._follow(one, facts, beyond, self._rounds_of_days(one, facts, pauses))

    def _rounds_of_days(self, one: Timescale, facts: Facts, pauses: Node | None) -> Rounds:
        start, start_type = facts.counting or facts.dates[Slot.START]
        first = self.keep(call("date_of", start) if isinstance(start_type, DateTimeType) else start, "first")
        days = self.keep(call("list_sort", self._days(one, first, self._end(facts))), "events")
        until = self._until_day(facts) if Slot.UNTIL in facts.ahead else None

        def deadline(anchor: Node, is_first: bool) -> tuple[Node, Node]:
            lengths = self._round(one, anchor)
            if any(length.unit.counts_moments for length in usable(lengths, DATE)):
                raise Unsupported("rounds whose length is in hours in some cases")
            how = Counted(one.calendar, one.counted and is_first)
            if pauses is None:
                return self.limit_due(anchor, DATE, lengths, how), lengths.there
            return self.paused_due(anchor, DATE, lengths, how, pauses), lengths.there

        return Rounds(first, days, date(self.as_at), until, deadline)

    def _rounds_of_moments(self, one: Timescale, facts: Facts, pauses: Node | None) -> Rounds:
        """Rounds of hours or minutes go by moments; an end that is a date compares by its date."""
        assert isinstance(one.every, Const)
        first = self.keep(self.moment(facts.dates[Slot.START][0]), "first")
        as_at = moment(self.as_at_moment)
        end, until = as_at, None
        if Slot.UNTIL in facts.ahead:
            value, type_ = facts.ahead[Slot.UNTIL]
            if isinstance(type_, DateTimeType):
                until = self.keep(case((self.reached(value, type_), self.moment(value))), "until")
                last = until
            else:
                until = self.moment(self.keep(call("first_moment", value), "until"))
                last = self.moment(self.keep(call("last_moment", value), "until"))
            end = self.keep(call("least", last, as_at), "end")
        as_moment = self.function("t", self.moment)
        dates = self.dates_of(one.event)
        listed = call("no_moments") if dates == NO_LIST else call("list_map", dates, as_moment)
        at = Variable("__t")
        within = all_of(call("ge", at, first), call("le", at, end))
        events = self.keep(call("list_sort", call("list_filter", listed, Lambda(("__t",), within))), "events")
        length: Duration = one.every.value
        minutes = length.amount * (60 if length.unit is Unit.HOURS else 1)
        lengths = fixed(length)

        def deadline(anchor: Node, _first: bool) -> tuple[Node, Node]:
            if pauses is None:
                return call("add_minutes", anchor, whole(minutes)), TRUE
            local = self.local(self.keep(anchor, "anchor"))
            due = self.paused_due(local, DATETIME, lengths, Counted(one.calendar, False), pauses)
            return self.moment(self.keep(due, "due")), TRUE

        return Rounds(first, events, as_at, until, deadline)

    def _follow(self, one: Timescale, facts: Facts, beyond: list[Node], rounds: Rounds) -> None:
        first_due, known = rounds.deadline(rounds.first, True)
        first_due = self.keep(first_due, "first_due")
        count = self.keep(call("list_length", rounds.events), "rounds")
        some = self.keep_flag(call("is_true", call("gt", count, whole(0))))
        last = case((some, call("list_at", rounds.events, count)), otherwise=rounds.first)
        last_due, _ = rounds.deadline(self.keep(last, "last"), False)
        if one.counted:
            last_due = case((negation(some), first_due), otherwise=last_due)
        last_due = self.keep(last_due, "last_due")
        broken, left = self._broken(one, rounds, first_due)
        missing = self.keep_flag(all_of(there(rounds.first), negation(known)))
        if not self._cannot_leave(one):
            left = any_of(absent(first_due), absent(last_due), left)
            beyond.append(self.keep_flag(all_of(there(rounds.first), known, left)))
        passed = call("gt", rounds.as_at, last_due)
        if rounds.until is not None:
            passed = all_of(passed, any_of(absent(rounds.until), call("gt", rounds.until, last_due)))
            ended = all_of(call("le", rounds.until, rounds.as_at), call("le", rounds.until, first_due))
            facts.flags[Slot.ENDED_BY_FIRST] = ended
        last_broken = self.keep_flag(surely(passed))
        facts.flags[Slot.LAST_BROKEN] = last_broken
        facts.flags[Slot.SOME_BROKEN] = any_of(last_broken, broken)
        facts.flags[Slot.ANY_EVENT] = some
        facts.flags[Slot.LIMIT_MISSING] = any_of(missing, absent(last_due))
        facts.due = last_due

    def _broken(self, one: Timescale, rounds: Rounds, first_due: Node) -> tuple[Node, Node]:
        """Return whether an event came after its deadline, and whether a deadline between two left its calendar."""
        first, days = rounds.first, rounds.events
        plain = self._plain(one)
        if plain is not None:
            day, place = Variable("__d"), Variable("__i")
            before = call("list_at", days, call("subtract", place, whole(1)))
            before = case((call("eq", place, whole(1)), first), otherwise=before)
            late = call("gt", day, call("add_days", before, whole(plain)))
            found = call("list_filter", days, Lambda(("__d", "__i"), late))
            return self.keep_flag(call("is_true", call("gt", call("list_length", found), whole(0)))), FALSE

        def code(day: Node, place: Node) -> Node:
            before = self.keep(call("list_at", days, call("subtract", place, whole(1))), "before")
            due, _ = rounds.deadline(before, False)
            due = self.keep(case((call("eq", place, whole(1)), first_due), otherwise=due), "due")
            return case((absent(due), whole(2)), (call("gt", day, due), whole(1)), otherwise=whole(0))

        codes = self.keep(call("list_map", days, self.function("day place", code)), "kept")

        def any_code(number: int) -> Node:
            found = call("list_filter", codes, Lambda(("__c",), call("eq", Variable("__c"), whole(number))))
            return self.keep_flag(call("is_true", call("gt", call("list_length", found), whole(0))))

        return any_code(1), any_code(2)

    def _plain(self, one: Timescale) -> int | None:
        """Return the days of each round where they are the same in all and nothing is paused."""
        if one.pauses or one.counted or not isinstance(one.every, Const):
            return None
        length: Duration = one.every.value
        return length.amount * DAYS_IN[length.unit] if length.unit in DAYS_IN else None

    def _cannot_leave(self, one: Timescale) -> bool:
        plain = self._plain(one)
        return plain is not None and plain < 10_000 and self.as_at < FAR_ENOUGH

    def _round(self, one: Timescale, anchor: Node) -> Lengths:
        """Return the length of the round that starts on a day: a parameter used bare has its value on that day."""
        every = one.every
        assert every is not None
        if isinstance(every, ParameterValue) and isinstance(every.day, ClockDay):
            before, self.clock_day = self.clock_day, anchor
            try:
                return self._length_parameter(every)
            finally:
                self.clock_day = before
        return self.lengths(every)
