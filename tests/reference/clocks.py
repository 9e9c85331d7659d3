"""The outcome of a timescale (M4 to M7), the lines of each table in their order."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from attrs import frozen

from rulelang.model.expressions import Expression, Rows
from rulelang.model.pack import DateSource, PauseSource, Timescale, TimescaleKind
from rulelang.outcomes import TimescaleOutcome
from rulelang.truth import NA, UNREADABLE
from rulelang.types import Duration, Unit
from tests.reference import counting
from tests.reference.cells import reads_unreadable
from tests.reference.logic import conjunction, is_absent
from tests.reference.seeing import AsAtView, Sight
from tests.reference.values import Values

_T = TimescaleOutcome
NO_LIMIT = "no limit holds"
# There is no due date yet: a pause is open on it.
NEVER = dt.date.max


@frozen
class Clock:
    """What one clock came to. An unknown says whether `applies` is missing or something could not be read."""

    outcome: TimescaleOutcome
    applies_missing: bool = False
    unreadable: bool = False
    due: dt.date | None = None


@frozen
class Pause:
    """A stretch of days, both in; `last` is None while it is still open."""

    first: dt.date
    last: dt.date | None


@frozen(eq=False)
class ClockReader:
    """Judges the clocks of one timescale in one case."""

    timescale: Timescale
    values: Values

    @property
    def as_at(self) -> AsAtView:
        return self.values.as_at

    def clock(self, sight: Sight, counts: Any = True) -> Clock:
        """Return the outcome of the clock of a case, or of the row in sight.

        Where it is missing whether the row counts, so is whether the time limit applies to it.
        """
        timescale, as_at = self.timescale, self.as_at
        start, start_without_view = self._read_twice(timescale.start, sight)
        read, _ = self._read_twice(timescale.until, sight)
        # Worked out of what is in sight, an end may still lie ahead: it has not been reached.
        until: Any = None if as_at.lies_before(read) else read
        begins = start
        if timescale.counting_from is not None:
            begins = self._date(timescale.counting_from, sight)
        sight = sight.on_clock(counting.day_of(begins) if isinstance(begins, dt.date) else None)
        applies = conjunction((counts, self.values.truth(timescale.applies, sight)))
        limit = self._limit(sight)
        unreadable = limit is UNREADABLE or self._reads_unreadable(sight)
        # M4, line 1.
        not_applicable = Clock(_T.NOT_APPLICABLE, unreadable=unreadable)
        if applies is False or applies is NA:
            return not_applicable
        if as_at.lies_before(start_without_view):
            return not_applicable
        if _both_dates(until, start) and as_at.order(until, start) < 0:
            return not_applicable
        if limit == NO_LIMIT:
            return not_applicable
        # M4, line 2.
        if is_absent(applies):
            unreadable = unreadable or applies is UNREADABLE
            return Clock(_T.UNKNOWN, applies_missing=True, unreadable=unreadable)
        if unreadable or limit is None or (timescale.start is not None and start is None):
            return Clock(_T.UNKNOWN, unreadable=unreadable)
        if begins is None and timescale.counting_from is not None:
            return Clock(_T.UNKNOWN)
        known = [one for one in self._dates(timescale.event, sight) if isinstance(one, dt.date)]
        try:
            match timescale.kind:
                case TimescaleKind.SINGLE:
                    return self._single(begins, until, known, sight)
                case TimescaleKind.RECURRING:
                    return Clock(self._recurring(begins, until, known, sight))
                case TimescaleKind.FREQUENCY:
                    return Clock(self._frequency(begins, until, known, sight))
        except counting.Unanswerable:
            return Clock(_T.UNKNOWN, unreadable=True)

    def _read_twice(self, node: Any, sight: Sight) -> tuple[Any, Any]:
        """Read a start or an end with the as-at rule and without it (M2)."""
        if node is None:
            return None, None
        read, without_view = self._date(node, sight), self._date(node, sight.unviewed())
        return (None if self.as_at.lies_before(without_view) else read), without_view

    def _date(self, node: Any, sight: Sight) -> Any:
        """Return a date, UNREADABLE, or None where it is missing or N/A."""
        value = self.values.value(node, sight)
        return None if value is NA else value

    def _reads_unreadable(self, sight: Sight) -> bool:
        """Say whether the start, the end, an event, a pause or a restart could not be read (M1)."""
        timescale, values = self.timescale, self.values
        ends = (timescale.counting_from, timescale.extension, timescale.earliest)
        for node in (timescale.start, timescale.until, timescale.target, timescale.every, *ends):
            if node is not None and reads_unreadable(values, node, sight):
                return True
        listed = [(one.rows, [one.value]) for one in (timescale.event, *timescale.restarts)]
        listed += [(one.rows, [one.first, one.last]) for one in timescale.pauses]
        return any(self._row_unreadable(rows, nodes, sight) for rows, nodes in listed)

    def _row_unreadable(self, rows: Rows | None, nodes: list[Expression], sight: Sight) -> bool:
        if rows is None:
            return any(reads_unreadable(self.values, node, sight) for node in nodes)
        members = self.values.members(rows, sight)
        return any(
            holds is UNREADABLE or any(reads_unreadable(self.values, node, inner) for node in nodes)
            for inner, holds in members
        )

    def _limit(self, sight: Sight) -> Any:
        """Return the length of time, None where missing, or the due date that was recorded."""
        timescale = self.timescale
        if timescale.target is not None:
            return self._date(timescale.target, sight)
        if timescale.every is not None:
            return self._date(timescale.every, sight)
        if timescale.phases:
            return timescale.phases
        if not timescale.limits:
            return self._date(timescale.earliest, sight)
        missing: list[Any] = []
        for limit in timescale.limits:
            holds = self.values.truth(limit.condition, sight)
            if is_absent(holds):
                # Which limit holds hangs on all that its condition reads.
                bad = limit.condition is not None and reads_unreadable(self.values, limit.condition, sight)
                missing.append(UNREADABLE if bad else holds)
            if holds is True:
                return missing[0] if missing else self._length(limit.length, sight)
        return missing[0] if missing else NO_LIMIT

    def _length(self, node: Expression, sight: Sight) -> Any:
        return UNREADABLE if reads_unreadable(self.values, node, sight) else self._date(node, sight)

    def _dates(self, source: DateSource, sight: Sight) -> list[Any]:
        if source.rows is None:
            return [self.values.value(source.value, sight)]
        members = self.values.members(source.rows, sight)
        return [self.values.value(source.value, inner) for inner, holds in members if holds is True]

    # --- M4 ------------------------------------------------------------------------------------------------

    def _single(self, start: Any, until: Any, events: list[dt.date], sight: Sight) -> Clock:
        event, timescale = self._earliest(events), self.timescale
        first = None
        if timescale.earliest is not None:
            first = self._date(timescale.earliest, sight)
            if not isinstance(first, dt.date):
                return Clock(_T.UNKNOWN, unreadable=first is UNREADABLE)
        has_last = timescale.target is not None or bool(timescale.limits)
        due = self._moved_on(self._due_of_single(start, event, sight), sight) if has_last else None
        if has_last and (due is None or due is UNREADABLE):
            return Clock(_T.UNKNOWN, unreadable=due is UNREADABLE)
        if event is not None and first is not None and self.as_at.order(event, first) < 0:
            return Clock(_T.LATE, due=due)
        if due is None:
            return Clock(_T.ON_TIME if event else _T.NOT_APPLICABLE if until else _T.NOT_YET_DUE)
        if event is not None and self._by(event, due):
            return Clock(_T.ON_TIME, due=due)
        if until is not None and self._by(until, due):
            return Clock(_T.NOT_APPLICABLE, due=due)
        if event is not None:
            return Clock(_T.LATE, due=due)
        if due != NEVER and self._passed(due):
            return Clock(_T.OVERDUE, due=due)
        return Clock(_T.NOT_YET_DUE, due=due)

    def _moved_on(self, due: Any, sight: Sight) -> Any:
        """Return the later of the due date and the agreed one, moved off a closed day."""
        timescale = self.timescale
        agreed = self._date(timescale.extension, sight) if timescale.extension is not None else None
        if not isinstance(due, dt.date) or due == NEVER:
            return due
        if isinstance(agreed, dt.date):
            both_moments = isinstance(agreed, dt.datetime) == isinstance(due, dt.datetime)
            order = self.as_at.order(agreed, due)
            due = agreed if order > 0 or (order == 0 and not both_moments) else due
        if timescale.moving is not None and not isinstance(due, dt.datetime):
            calendar = self.values.pack.calendars[timescale.calendar]
            while not counting.is_open(due, calendar):
                due = counting.next_day(due, timescale.moving.value)
        return due

    def _earliest(self, events: list[dt.date]) -> dt.date | None:
        earliest = None
        for one in events:
            if earliest is None or self.as_at.order(one, earliest) < 0:
                earliest = one
        return earliest

    def _by(self, event: dt.date, due: dt.date) -> bool:
        return due == NEVER or self.as_at.order(event, due) <= 0

    def _passed(self, due: dt.date) -> bool:
        if isinstance(due, dt.datetime):
            return self.as_at.moment > counting.moment(due, self.as_at.zone)
        return self.as_at.day > due

    def _due_of_single(self, start: Any, event: dt.date | None, sight: Sight) -> Any:
        if self.timescale.target is not None:
            return self._date(self.timescale.target, sight)
        pauses = self._pauses(sight)
        restarts = [
            one
            for source in self.timescale.restarts
            for one in self._dates(source, sight)
            if isinstance(one, dt.date)
        ]
        while restarts:
            restart = self._earliest(restarts)
            assert restart is not None
            restarts.remove(restart)
            if self.as_at.order(restart, start) <= 0 or (event and self.as_at.order(restart, event) >= 0):
                continue
            begun_by_then = [one for one in pauses if one.first <= counting.day_of(restart)]
            running = self._due(start, sight, begun_by_then)
            if is_absent(running):
                return running
            if self._by(restart, running):
                start = restart
        return self._due(start, sight, pauses)

    def _due(self, start: dt.date, sight: Sight, pauses: list[Pause]) -> Any:
        """Return the due date of a clock that starts then, None or UNREADABLE where its limit is."""
        length = self._limit(sight)
        if not isinstance(length, Duration):
            return UNREADABLE if length is UNREADABLE else None
        return self._paused_due(start, length, pauses, self.timescale.counted)

    # --- pauses --------------------------------------------------------------------------------------------

    def _pauses(self, sight: Sight) -> list[Pause]:
        pauses = []
        for source in self.timescale.pauses:
            for inner in self._pause_sights(source, sight):
                first, last = self.values.value(source.first, inner), self.values.value(source.last, inner)
                if not isinstance(first, dt.date) or self.as_at.lies_before(first):
                    continue
                if not isinstance(last, dt.date) or self.as_at.lies_before(last):
                    pauses.append(Pause(counting.day_of(first), None))
                elif self.as_at.order(first, last) <= 0:
                    pauses.append(Pause(counting.day_of(first), counting.day_of(last)))
        return pauses

    def _pause_sights(self, source: PauseSource, sight: Sight) -> list[Sight]:
        if source.rows is None:
            return [sight]
        return [inner for inner, holds in self.values.members(source.rows, sight) if holds is True]

    def _paused_due(self, start: dt.date, length: Duration, pauses: list[Pause], counted: bool) -> dt.date:
        """Return the last day, or moment, of an unpaused time; NEVER where a pause is open on it.

        `counted` says that the first day counts (`beginning with`).
        """
        if length.unit is Unit.WORKING_DAYS:
            return self._nth_unpaused_working_day(start, length.amount, pauses, counted)
        first = counting.day_of(start)
        if not counted:
            due = counting.due(start, length, None, self.as_at.zone)
            first = counting.next_day(first)
        else:
            due = counting.due_beginning_with(start, length, None)
        day = first
        while day <= counting.day_of(due):
            if self._open_on(day, pauses):
                return NEVER
            if self._paused_on(day, pauses):
                due = _a_day_later(due)
            day = counting.next_day(day)
        return due

    def _nth_unpaused_working_day(
        self, start: dt.date, left: int, pauses: list[Pause], counted: bool
    ) -> dt.date:
        calendar = self.values.pack.calendars[self.timescale.calendar]
        day = counting.day_of(start)
        counting.is_open(day, calendar)
        if left == 0:
            return day
        if not counted:
            day = counting.next_day(day)
        while True:
            if self._open_on(day, pauses):
                return NEVER
            if counting.is_open(day, calendar) and not self._paused_on(day, pauses):
                left -= 1
            if left == 0:
                return day
            day = counting.next_day(day)

    def _open_on(self, day: dt.date, pauses: list[Pause]) -> bool:
        return any(one.last is None and one.first <= day for one in pauses)

    def _paused_on(self, day: dt.date, pauses: list[Pause]) -> bool:
        return any(one.first <= day and (one.last is None or day <= one.last) for one in pauses)

    # --- M5 ------------------------------------------------------------------------------------------------

    def _recurring(self, start: dt.date, until: Any, events: list[dt.date], sight: Sight) -> TimescaleOutcome:
        as_at, pauses = self.as_at, self._pauses(sight)
        inside = [one for one in events if as_at.order(one, start) >= 0 and not as_at.lies_before(one)]
        if until is not None:
            inside = [one for one in inside if as_at.order(one, until) <= 0]
        had_event = bool(inside)
        # The clock of the first round begins with the start; later ones run from an event.
        deadline = first = self._deadline(start, sight, pauses, self.timescale.counted)
        broken = False
        while inside:
            event = self._earliest(inside)
            assert event is not None
            inside.remove(event)
            broken = broken or not self._by(event, deadline)
            deadline = self._deadline(event, sight, pauses, False)
        if (
            deadline != NEVER
            and self._passed(deadline)
            and (until is None or as_at.order(until, deadline) > 0)
        ):
            return _T.OVERDUE
        if broken:
            return _T.LATE
        if had_event:
            return _T.ON_TIME
        if until is not None and self._by(until, first):
            return _T.NOT_APPLICABLE
        return _T.NOT_YET_DUE

    def _deadline(self, anchor: dt.date, sight: Sight, pauses: list[Pause], counted: bool) -> dt.date:
        assert self.timescale.every is not None
        length = self.values.value(self.timescale.every, sight.on_clock(counting.day_of(anchor)))
        return self._paused_due(anchor, length, pauses, counted)

    # --- M6 ------------------------------------------------------------------------------------------------

    def _frequency(self, start: dt.date, until: Any, events: list[dt.date], sight: Sight) -> TimescaleOutcome:
        days = [counting.day_of(one) for one in events]
        last_of_all = self.as_at.day
        if until is not None:
            last_of_all = min(last_of_all, counting.day_of(until))
        began = (
            counting.day_of(start) if self.timescale.counted else counting.next_day(counting.day_of(start))
        )
        pauses = [
            attrs.evolve(one, first=max(one.first, began))
            for one in self._pauses(sight)
            if one.last is None or one.last >= began
        ]
        kept: list[bool] = []
        phase_start = counting.day_of(start)
        for phase in self.timescale.phases:
            number = 0
            while phase.periods is None or number < phase.periods:
                first = self._after_periods(phase_start, phase.period, number)
                number += 1
                last = counting.next_day(self._after_periods(phase_start, phase.period, number), -1)
                if last > last_of_all:
                    break
                if not any(one.first <= last and (one.last is None or one.last >= first) for one in pauses):
                    kept.append(sum(first <= day <= last for day in days) >= phase.events)
            if phase.periods is not None:
                phase_start = self._after_periods(phase_start, phase.period, phase.periods)
        if not kept:
            return _T.NOT_YET_DUE
        return _T.ON_TIME if all(kept) else _T.LATE

    def _after_periods(self, start: dt.date, period: Duration, number: int) -> dt.date:
        return counting.due(start, attrs.evolve(period, amount=period.amount * number), None, None)


def _a_day_later(due: dt.date) -> dt.date:
    try:
        return due + counting.ONE_DAY
    except OverflowError:
        raise counting.Unanswerable from None


def _both_dates(left: Any, right: Any) -> bool:
    return isinstance(left, dt.date) and isinstance(right, dt.date)
