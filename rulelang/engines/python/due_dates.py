"""Due dates as generated code counts them: pauses, restarts, and what compares with a due date (M4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from rulelang.calendars import WorkingCalendar
from rulelang.calendars.counting import (
    NO_DUE_DATE_YET,
    ONE_DAY,
    add_duration,
    day_of,
    last_day_beginning_with,
    moment,
)
from rulelang.types import Duration, Unit

# First and last day of a pause, both in; None is still open.
Pause = tuple[dt.date, dt.date | None]


def by(event: dt.date, due: dt.date, zone: ZoneInfo | None) -> bool:
    """Say whether an event came on or before a due date or moment, whichever it is."""
    if isinstance(event, dt.datetime) and isinstance(due, dt.datetime):
        return moment(event, zone) <= moment(due, zone)
    return day_of(event) <= day_of(due)


def past(as_at: dt.date, as_at_moment: dt.datetime, due: dt.date, zone: ZoneInfo | None) -> bool:
    """Say whether the as-at date lies after a due date or moment."""
    if isinstance(due, dt.datetime):
        return moment(as_at_moment, zone) > moment(due, zone)
    return as_at > due


def pause_days(pauses: list[tuple[Any, Any]], odd: list[Any] | None = None) -> list[Pause]:
    """Return pauses by their days; one that ends before it starts is left out and noted as odd."""
    days = [(day_of(first), day_of(last) if last is not None else None) for first, last in pauses]
    good = [pause for pause in days if pause[1] is None or pause[1] >= pause[0]]
    if odd is not None:
        odd.extend(pause for pause in days if pause not in good)
    return good


def union_of(pauses: Iterable[Pause], start: dt.date) -> list[Pause]:
    """Join pauses that touch or overlap, clipped to begin no earlier than `start`; in order."""
    joined: list[Pause] = []
    for begun, last in sorted(pauses, key=lambda pause: pause[0]):
        first = max(begun, start)
        if last is not None and last < first:
            continue
        if joined and (joined[-1][1] is None or first <= joined[-1][1] + ONE_DAY):
            before = joined[-1]
            if before[1] is not None and (last is None or last > before[1]):
                joined[-1] = (before[0], last)
            continue
        joined.append((first, last))
    return joined


def _not_yet(due: dt.date) -> dt.date:
    """Return that there is no due date yet, in the terms of a date or a moment."""
    return _as_moment(NO_DUE_DATE_YET) if isinstance(due, dt.datetime) else NO_DUE_DATE_YET


def _as_moment(value: dt.date) -> dt.datetime:
    """Return a date or datetime so that both sort together."""
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min)


def paused_due(
    start: dt.date,
    length: Duration,
    counted: bool,
    calendar: WorkingCalendar | None,
    zone: ZoneInfo | None,
    pauses: Iterable[Pause],
) -> dt.date:
    """Return the due date with the paused days left out, or NO_DUE_DATE_YET where a pause is open on it (M4)."""
    day = day_of(start)
    stretches = union_of(pauses, day if counted else day + ONE_DAY)
    if length.unit is Unit.WORKING_DAYS:
        assert calendar is not None
        return _unpaused_working_days(day, length.amount, counted, calendar, stretches)
    due = last_day_beginning_with(start, length) if counted else add_duration(start, length, calendar, zone)
    base, moved = due, 0
    while True:
        through = 0
        for first, last in stretches:
            if first > day_of(due):
                break
            if last is None:
                return _not_yet(due)
            through += (min(last, day_of(due)) - first).days + 1
        if through == moved:
            return due
        moved = through
        due = base + moved * ONE_DAY


def _unpaused_working_days(
    day: dt.date, amount: int, counted: bool, calendar: WorkingCalendar, stretches: list[Pause]
) -> dt.date:
    """Count unpaused working days after a day, or from it on where `counted`; the day before may be unknown."""
    itself = calendar.is_working_day(day) if counted else False
    due = calendar.add(day, amount - itself)
    for first, last in stretches:
        if first > due:
            break
        if last is None:
            return NO_DUE_DATE_YET
        # The working days of the pause do not count: as many more follow it.
        used = calendar.count(day, first - ONE_DAY) + itself if first > day else 0
        day, amount, itself = last, amount - max(used, 0), False
        due = calendar.add(day, amount)
    return due


def moved_on(
    due: dt.date | None,
    agreed: dt.date | None,
    step: int,
    calendar: WorkingCalendar | None,
    zone: ZoneInfo | None,
    paused: bool = False,
) -> dt.date | None:
    """Return the later of a due date and an agreed one, moved off a closed day by `step` working days (M4).

    A date stands for its whole day; only a `paused` clock can be one that has no due date yet. Raises OutsideSpan
    where the calendar does not know the day.
    """
    if due is None:
        return None
    if agreed is not None:
        due = _later(due, agreed, zone)
    if step == 0 or isinstance(due, dt.datetime) or (paused and due == NO_DUE_DATE_YET):
        return due
    assert calendar is not None
    return due if calendar.is_working_day(due) else calendar.add(due, step)


def _later(due: dt.date, agreed: dt.date, zone: ZoneInfo | None) -> dt.date:
    if isinstance(due, dt.datetime) and isinstance(agreed, dt.datetime):
        return agreed if moment(agreed, zone) > moment(due, zone) else due
    if isinstance(due, dt.datetime):
        return agreed if agreed >= due.date() else due
    return max(due, day_of(agreed))


def restarted(
    start: dt.date,
    length: Duration,
    counted: bool,
    calendar: WorkingCalendar | None,
    zone: ZoneInfo | None,
    pauses: list[Pause],
    restarts: Iterable[dt.date],
    event: dt.date | None,
) -> tuple[dt.date, dt.date]:
    """Return the start that counts and its due date, after restarts.

    A restart counts only on or before the running due date, with the pauses begun by then, and before the event.
    """
    for again in sorted(restarts, key=_as_moment):
        if day_of(again) < day_of(start) or (event is not None and by(event, again, zone)):
            continue
        begun = [pause for pause in pauses if pause[0] <= day_of(again)]
        if by(again, paused_due(start, length, counted, calendar, zone, begun), zone):
            start = again
    return start, paused_due(start, length, counted, calendar, zone, pauses)
