"""The last day of a single time limit as nodes of a query: its limit, restarts, extension and closed days (M4)."""

from __future__ import annotations

from rulelang.calendars.counting import NO_DUE_DATE_YET
from rulelang.engines.sql.deciding import Facts
from rulelang.engines.sql.pausing import Counted
from rulelang.engines.sql.periods import Periods
from rulelang.engines.sql.spans import end_type
from rulelang.engines.sql.values import Length, Lengths
from rulelang.model.pack import DateSource, GuardedLimit, Timescale
from rulelang.planning.decisions import Slot
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Node,
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
)
from rulelang.types import DateTimeType, Type


class Limits(Periods):
    """Makes the dates of single time limits."""

    def _event(self, source: DateSource) -> Node:
        """Return the event: of a list, the earliest. A row whose condition is missing does not count as one."""
        if source.rows is None:
            return self.val(source.value).sql
        return self.first_of(source)

    def single(self, one: Timescale, facts: Facts, beyond: list[Node]) -> None:
        event = self._event(one.event)
        facts.dates[Slot.EVENT] = (event, one.event.value.type)
        facts.event = event
        missing: Node = FALSE
        if one.target is not None or one.limits:
            due, type_ = self._due_date(one, facts, beyond)
            due, type_ = self._moved_on(one, due, type_, beyond)
            facts.dates[Slot.DUE] = (due, type_)
            facts.due = due
            missing = absent(due)
        if one.earliest is not None:
            first = self.keep(self.val(one.earliest).sql, "earliest")
            facts.dates[Slot.EARLIEST] = (first, one.earliest.type)
            missing = any_of(missing, absent(first))
        facts.flags[Slot.LIMIT_MISSING] = missing

    def _due_date(self, one: Timescale, facts: Facts, beyond: list[Node]) -> tuple[Node, Type]:
        if one.target is not None:
            return self.val(one.target).sql, one.target.type
        assert facts.counting is not None
        lengths = self._limit(one.limits, facts)
        due = self._due(one, lengths, facts)
        start, type_ = facts.counting
        beyond.append(all_of(there(start), lengths.there, absent(due)))
        return due, end_type(lengths, type_)

    def _moved_on(self, one: Timescale, due: Node, type_: Type, beyond: list[Node]) -> tuple[Node, Type]:
        """Take the later of the due date and the agreed one, and move it off a closed day."""
        if one.extension is not None:
            agreed, kind = self.keep(self.val(one.extension).sql, "agreed"), one.extension.type
            if isinstance(type_, DateTimeType) and not isinstance(kind, DateTimeType):
                # A date stands for its whole day.
                agreed = self.keep(call("last_moment", agreed), "agreed")
            due = self.keep(due, "due")
            later = self.in_order("lt", due, type_, agreed, type_)
            due = self.keep(case((surely(later), agreed), otherwise=due), "due")
        if one.moving is None:
            return due, type_
        due = self.keep(due, "due")
        working = self.looked_up(one.calendar, "working", due)
        # Only a clock with pauses can have no due date yet.
        none_yet = call("eq", due, date(NO_DUE_DATE_YET)) if one.pauses else FALSE
        moved = case(
            (any_of(none_yet, working), due),
            (negation(working), self.due(one.calendar, due, one.moving.value)),
        )
        moved = self.keep(moved, "due")
        beyond.append(all_of(there(due), absent(moved)))
        return moved, type_

    def _limit(self, limits: tuple[GuardedLimit, ...], facts: Facts) -> Lengths:
        """Choose the limit: read in order, and one in doubt leaves it missing (M4)."""
        known: list[Length] = []
        undecided: Node = TRUE
        closed = False
        for limit in limits:
            lengths = self.lengths(limit.length)
            if limit.condition is None:
                known += lengths.only_if(undecided)
                closed = True
                break
            guard = self.val(limit.condition)
            sql = self.keep(guard.sql, "guard")
            known += lengths.only_if(all_of(undecided, surely(sql)))
            undecided = all_of(undecided, any_of(surely_not(sql), guard.na))
        if not closed:
            facts.flags[Slot.NO_LIMIT_HOLDS] = undecided
        return Lengths(tuple(known))

    def _due(self, one: Timescale, lengths: Lengths, facts: Facts) -> Node:
        assert facts.counting is not None
        start, type_ = facts.counting
        how = Counted(one.calendar, one.counted)
        pauses, _odd = self.pauses(one)
        if not one.restarts:
            if pauses is None:
                return self.limit_due(start, type_, lengths, how)
            return self.paused_due(start, type_, lengths, how, pauses)
        none = call("no_pauses") if pauses is None else pauses

        def due(of: Node, begun: Node) -> Node:
            if pauses is None:
                return self.limit_due(of, type_, lengths, how)
            return self.paused_due(of, type_, lengths, how, begun)

        event = facts.dates[Slot.EVENT]
        again = self.restarted(one, facts.counting, event, (due, end_type(lengths, type_)), none)
        # The start that the reader knows, unless a restart took its place.
        facts.start = again if one.counting_from is None else self._known_start(again, start, facts)
        return due(again, none)

    def _known_start(self, again: Node, counting: Node, facts: Facts) -> Node:
        known, type_ = facts.dates[Slot.START]
        day = call("date_of", known) if isinstance(type_, DateTimeType) else known
        return self.keep(case((call("eq", again, counting), day), otherwise=again), "start")
