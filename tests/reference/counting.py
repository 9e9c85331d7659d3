"""Counting time as M3 says it, day by day: slow, and plain enough to be checked by eye.

Which days are working days is the calendar's; everything else is worked out here.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from zoneinfo import ZoneInfo

from rulelang.calendars import WorkingCalendar
from rulelang.types import Duration, Unit

ONE_DAY = dt.timedelta(days=1)


class Unanswerable(Exception):
    """A count that leaves its calendar, or the years that there are."""


def day_of(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def next_day(day: dt.date, step: int = 1) -> dt.date:
    try:
        return day + step * ONE_DAY
    except OverflowError:
        raise Unanswerable from None


def is_open(day: dt.date, calendar: WorkingCalendar) -> bool:
    if not calendar.first <= day <= calendar.last:
        raise Unanswerable
    if day in calendar.openings:
        return True
    return day.weekday() not in calendar.weekend and day not in calendar.holidays


def working_day_after(day: dt.date, count: int, calendar: WorkingCalendar) -> dt.date:
    """Return the n-th working day strictly after a day; before it where n is negative; itself where 0."""
    step = 1 if count > 0 else -1
    is_open(day, calendar)  # a day that the calendar does not know begins no count
    while count:
        day = next_day(day, step)
        if is_open(day, calendar):
            count -= step
    return day


def working_days_from(first: dt.date, last: dt.date, calendar: WorkingCalendar) -> int:
    if last < first:
        return -working_days_from(last, first, calendar)
    is_open(first, calendar)
    is_open(last, calendar)
    count = 0
    while first < last:
        first = next_day(first)
        count += is_open(first, calendar)
    return count


def months_later(day: dt.date, months: int) -> dt.date:
    """Keep the day of the month, clipped to the month's end."""
    month0 = day.year * 12 + (day.month - 1) + months
    for number in (day.day, 30, 29, 28):
        if number > day.day:
            continue
        try:
            return dt.date(month0 // 12, month0 % 12 + 1, number)
        except ValueError:
            continue
    raise Unanswerable


def months_from(first: dt.date, last: dt.date, size: int = 1) -> int:
    """Return the largest n with first + n months (of so many months each) on or before last."""
    count = (last.year - first.year + 1) * 12 // size + 1
    while months_later(first, count * size) > last:
        count -= 1
    return count


def moment(local: dt.datetime, zone: ZoneInfo | None) -> dt.datetime:
    """Return a local time as one that may be compared and subtracted.

    Of a time that occurs twice the first; of one that does not exist the next that does.
    """
    if zone is None:
        return local
    for seconds in range(4 * 3600):
        here = local if not seconds else local.replace(microsecond=0) + dt.timedelta(seconds=seconds)
        utc = here.replace(tzinfo=zone).astimezone(dt.UTC)
        if utc.astimezone(zone).replace(tzinfo=None) == here:
            return utc.replace(tzinfo=None)
    raise Unanswerable


def elapsed(local: dt.datetime, minutes: int, zone: ZoneInfo | None) -> dt.datetime:
    """Return the local time so many elapsed minutes later, with its `fold` where it occurs twice."""
    try:
        later = moment(local, zone) + dt.timedelta(minutes=minutes)
    except OverflowError:
        raise Unanswerable from None
    return later if zone is None else later.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)


def minutes_from(first: dt.datetime, last: dt.datetime, zone: ZoneInfo | None) -> Fraction:
    return Fraction((moment(last, zone) - moment(first, zone)) // dt.timedelta(microseconds=1), 60_000_000)


def due(start: dt.date, length: Duration, calendar: WorkingCalendar | None, zone: ZoneInfo | None) -> dt.date:
    """Return `start + length`: a moment for hours and minutes, otherwise a date."""
    amount = length.amount
    match length.unit:
        case Unit.HOURS | Unit.MINUTES:
            assert isinstance(start, dt.datetime)
            return elapsed(start, amount * 60 if length.unit is Unit.HOURS else amount, zone)
        case Unit.WORKING_DAYS:
            assert calendar is not None
            return working_day_after(day_of(start), amount, calendar)
        case Unit.DAYS | Unit.WEEKS:
            return next_day(day_of(start), amount * 7 if length.unit is Unit.WEEKS else amount)
        case Unit.MONTHS | Unit.YEARS:
            return months_later(day_of(start), amount * 12 if length.unit is Unit.YEARS else amount)


def due_beginning_with(start: dt.date, length: Duration, calendar: WorkingCalendar | None) -> dt.date:
    """Return the last day of a time whose first day is `start`."""
    first = day_of(start)
    match length.unit:
        case Unit.WORKING_DAYS:
            assert calendar is not None
            left = length.amount - is_open(first, calendar)
            return working_day_after(first, left, calendar)
        case Unit.DAYS | Unit.WEEKS:
            return next_day(due(first, length, None, None), -1)
        case _:
            corresponding = due(first, length, None, None)
            return next_day(corresponding, -1) if corresponding.day == first.day else corresponding
