"""Recurring time limits and frequencies as generated code follows them: rounds (M5) and periods (M6)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from rulelang.calendars import WorkingCalendar
from rulelang.calendars.counting import (
    ONE_DAY,
    add_duration,
    day_of,
    last_day_beginning_with,
    moment,
)
from rulelang.engines.python.due_dates import Pause, paused_due, union_of
from rulelang.engines.python.runtime import edition
from rulelang.types import Duration, Unit

DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7}


# --- rounds (M5) ---------------------------------------------------------------------------------------------------


@frozen
class Rounds:
    """How long each round of a recurring time limit is: one length, or editions of a parameter by first day."""

    days: tuple[dt.date, ...]
    lengths: tuple[Duration | None, ...]
    calendar: WorkingCalendar | None = None
    # The same lengths where they are so many days, which is faster to add.
    _spans: tuple[dt.timedelta | None, ...] = field(init=False, eq=False)

    @_spans.default
    def _in_days(self) -> tuple[dt.timedelta | None, ...]:
        return tuple(
            dt.timedelta(days=one.amount * DAYS_IN[one.unit])
            if one is not None and one.unit in DAYS_IN
            else None
            for one in self.lengths
        )

    def plain_deadline(self, anchor: dt.date, _first: bool) -> dt.date | None:
        """Return the deadline where nothing is paused and the first day does not count."""
        at = bisect_right(self.days, anchor) - 1 if self.days else 0
        if at < 0:
            return None
        span = self._spans[at]
        return anchor + span if span is not None else self.deadline(anchor, False, ())

    def deadline(self, anchor: dt.date, counted: bool, pauses: Sequence[Pause]) -> dt.date | None:
        """Return the deadline of the round that starts on a day; None where no length is in force."""
        length = edition(self.days, self.lengths, anchor) if self.days else self.lengths[0]
        if length is None:
            return None
        if pauses:
            return paused_due(anchor, length, counted, self.calendar, None, pauses)
        if counted:
            return last_day_beginning_with(anchor, length, self.calendar)
        return add_duration(anchor, length, self.calendar)


# Whether the last deadline is broken with nothing since, whether any is, whether there was an event, whether the
# duty ended by the first deadline, whether a length is missing; then the first broken deadline (else the running
# one), how many are broken, and the event that broke it (else the last one).
Followed = tuple[bool, bool, bool, bool, bool, dt.date | None, int, dt.date | None]
NO_START: Followed = (False, False, False, False, False, None, 0, None)
LENGTH_MISSING: Followed = (False, False, False, False, True, None, 0, None)


def rounds(
    start: dt.date,
    events: list[dt.date],
    lengths: Rounds,
    until: dt.date | None,
    as_at: dt.date,
    pauses: Sequence[Pause] = (),
    counted: bool = False,
) -> Followed:
    """Follow the rounds of a recurring time limit (M5), by dates."""
    days = [day_of(event) for event in events]
    end = day_of(until) if until is not None else None
    if not pauses and not counted:
        return _followed(day_of(start), days, lengths.plain_deadline, end, as_at)
    return _followed(
        day_of(start), days, lambda day, first: lengths.deadline(day, counted and first, pauses), end, as_at
    )


def elapsed_rounds(
    start: dt.datetime,
    events: list[dt.datetime],
    lengths: Rounds,
    until: dt.date | None,
    as_at: dt.datetime,
    zone: ZoneInfo | None,
    pauses: Sequence[Pause] = (),
    counted: bool = False,
) -> Followed:
    """Follow the rounds of a time limit in hours or minutes, by moments; what is returned is local time again."""
    length = lengths.lengths[0]
    assert length is not None
    assert not counted
    elapsed = dt.timedelta(minutes=length.amount * (60 if length.unit is Unit.HOURS else 1))
    end = last = None
    if until is not None:
        # A moment beside a date compares by its date: a deadline on that day is not before the end (M3).
        last = moment(last_moment(until), zone)
        end = (
            last if isinstance(until, dt.datetime) else moment(dt.datetime.combine(until, dt.time.min), zone)
        )

    def deadline(at: dt.datetime, _first: bool) -> dt.datetime:
        if not pauses:
            return at + elapsed
        due = paused_due(_local(at, zone) or at, length, False, None, zone, pauses)
        return moment(due, zone) if isinstance(due, dt.datetime) else dt.datetime.max

    found = _followed(
        moment(start, zone), [moment(event, zone) for event in events], deadline, end, as_at, last
    )
    return (*found[:5], _local(found[5], zone), found[6], _local(found[7], zone))


def last_moment(value: dt.date) -> dt.datetime:
    """Return a moment as it is, and of a day its last."""
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.max)


def _local(at: dt.date | None, zone: ZoneInfo | None) -> dt.date | None:
    if zone is None or not isinstance(at, dt.datetime):
        return at
    return at.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)


def _followed(
    start: Any,
    events: list[Any],
    deadline: Callable[[Any, bool], Any],
    until: Any,
    as_at: Any,
    last: Any = None,
) -> Followed:
    last = until if last is None else last
    end = as_at if last is None or last > as_at else last
    anchor, broken, any_event = start, 0, False
    shown_due = shown_event = None
    limit = first = deadline(anchor, True)
    for event in sorted(events):
        if event < start or event > end:
            continue
        if limit is None:
            return LENGTH_MISSING
        any_event = True
        if event > limit:
            if not broken:
                shown_due, shown_event = limit, event
            broken += 1
        anchor = event
        limit = deadline(anchor, False)
    if limit is None:
        return LENGTH_MISSING
    last_broken = as_at > limit and (until is None or until > limit)
    if last_broken:
        shown_due, shown_event = limit, None
        broken += 1
    elif not broken:
        shown_due, shown_event = limit, anchor if any_event else None
    ended = until is not None and until <= as_at and until <= first
    return last_broken, broken > 0, any_event, ended, False, shown_due, broken, shown_event


# --- periods (M6) --------------------------------------------------------------------------------------------------

# Complete periods, those kept, the first day of the first that was not, the events in it.
Counted = tuple[int, int, dt.date | None, int]
NO_PERIOD: Counted = (0, 0, None, 0)
PhaseOf = tuple[int, Duration, int | None]


def periods(
    start: dt.date,
    events: list[dt.date],
    phases: Sequence[PhaseOf],
    until: dt.date | None,
    as_at: dt.date,
    pauses: Sequence[Pause] = (),
    counted: bool = False,
) -> Counted:
    """Count the complete periods of a frequency and those kept (M6).

    Returns (complete, kept, first day of the first period not kept, events in it). A period is complete when its
    last day is on or before both the end of the duty and the as-at date; one with a paused day is left out.
    """
    end = as_at if until is None or day_of(until) > as_at else day_of(until)
    if not pauses and all(period.unit in DAYS_IN for _, period, _ in phases):
        return _periods_of_days(start, events, phases, day_of(end))
    pauses = union_of(pauses, day_of(start) if counted else day_of(start) + ONE_DAY)
    days = sorted(day_of(event) for event in events)
    complete = kept = 0
    broken: dt.date | None = None
    broken_events = 0
    phase_start = day_of(start)
    for needed, period, number in phases:
        k = 0
        first = phase_start
        while number is None or k < number:
            after = add_duration(phase_start, Duration(period.amount * (k + 1), period.unit))
            if after - ONE_DAY > day_of(end):
                return complete, kept, broken, broken_events
            if not _paused_in(pauses, first, after - ONE_DAY):
                complete += 1
                held = bisect_right(days, after - ONE_DAY) - bisect_right(days, first - ONE_DAY)
                if held >= needed:
                    kept += 1
                elif broken is None:
                    broken, broken_events = first, held
            first, k = after, k + 1
        phase_start = first
    return complete, kept, broken, broken_events


def _periods_of_days(
    start: dt.date, events: list[dt.date], phases: Sequence[PhaseOf], end: dt.date
) -> Counted:
    """Count periods of so many days: the same as above, by numbers of days instead of dates."""
    first, last = start.toordinal(), end.toordinal()
    days = [event.toordinal() for event in events]
    complete = kept = 0
    broken: dt.date | None = None
    broken_events = 0
    for needed, period, number in phases:
        length = period.amount * DAYS_IN[period.unit]
        whole = max((last - first + 1) // length, 0)
        if number is not None and whole > number:
            whole = number
        held = [0] * whole
        after = first + whole * length
        for day in days:
            if first <= day < after:
                held[(day - first) // length] += 1
        enough = sum(1 for count in held if count >= needed)
        if broken is None and enough < whole:
            at = next(k for k, count in enumerate(held) if count < needed)
            broken, broken_events = dt.date.fromordinal(first + at * length), held[at]
        complete += whole
        kept += enough
        if number is None or whole < number:
            break
        first = after
    return complete, kept, broken, broken_events


def _paused_in(pauses: Sequence[Pause], first: dt.date, last: dt.date) -> bool:
    return any(begin <= last and (end is None or end >= first) for begin, end in pauses)
