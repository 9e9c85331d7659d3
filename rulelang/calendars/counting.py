"""Counting time (M3): adding durations to dates and moments, counting between them. Working days are the calendar's."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rulelang.types import Duration, Unit

if TYPE_CHECKING:
    from rulelang.calendars import WorkingCalendar

ONE_DAY = dt.timedelta(days=1)
# A due date that has not come about: a pause is open on it (M4).
# A day before the last of all, so that it can still be told in any time zone.
NO_DUE_DATE_YET = dt.date(9999, 12, 30)


def day_of(value: dt.date) -> dt.date:
    """Return the date of a date or datetime."""
    return value.date() if isinstance(value, dt.datetime) else value


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month, so many months on, clipped to the month's end (M3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_duration(
    start: dt.date, length: Duration, calendar: WorkingCalendar | None = None, zone: ZoneInfo | None = None
) -> dt.date:
    """Return a date or moment so long after another; before it where the amount is negative.

    Hours and minutes need a datetime and give one; every other unit counts from the date and gives a date.
    Raises OutsideSpan where the count leaves the calendar, OverflowError or ValueError where it leaves the years
    1 to 9999.
    """
    amount, unit = length.amount, length.unit
    if unit.counts_moments:
        assert isinstance(start, dt.datetime)
        minutes = amount * 60 if unit is Unit.HOURS else amount
        return add_elapsed(start, dt.timedelta(minutes=minutes), zone)
    day = day_of(start)
    match unit:
        case Unit.WORKING_DAYS:
            assert calendar is not None
            return calendar.add(day, amount)
        case Unit.DAYS:
            return day + dt.timedelta(days=amount)
        case Unit.WEEKS:
            return day + dt.timedelta(weeks=amount)
        case Unit.MONTHS:
            return add_months(day, amount)
        case _:
            return add_months(day, 12 * amount)


def last_day_beginning_with(
    start: dt.date, length: Duration, calendar: WorkingCalendar | None = None
) -> dt.date:
    """Return the last day of a period that counts its first day (`beginning with`, M3).

    Of months and years it is the day before the corresponding day, or the month's last day where that day does
    not exist. With working days the first one on or after the start is day 1.
    """
    day = day_of(start)
    match length.unit:
        case Unit.WORKING_DAYS:
            assert calendar is not None
            return calendar.add(day, length.amount - calendar.is_working_day(day))
        case Unit.DAYS | Unit.WEEKS:
            return add_duration(day, length) - ONE_DAY
        case Unit.MONTHS | Unit.YEARS:
            end = add_duration(day, length)
            return end - ONE_DAY if end.day == day.day else end
        case _:
            raise ValueError("hours and minutes have no first day")


def months_between(first: dt.date, last: dt.date) -> int:
    """Return the largest n with first + n months on or before last (M3)."""
    first, last = day_of(first), day_of(last)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) <= last else months - 1


def years_between(first: dt.date, last: dt.date) -> int:
    """Return the largest n with first + n years on or before last."""
    first, last = day_of(first), day_of(last)
    years = last.year - first.year
    return years if add_months(first, 12 * years) <= last else years - 1


def weeks_between(first: dt.date, last: dt.date) -> int:
    """Return the largest n with first + n weeks on or before last."""
    return days_between(first, last) // 7


def days_between(first: dt.date, last: dt.date) -> int:
    """Return the days from one date to another; negative when it lies before."""
    return (day_of(last) - day_of(first)).days


def minutes_between(first: dt.datetime, last: dt.datetime, zone: ZoneInfo | None = None) -> Fraction:
    """Return the elapsed minutes, exactly."""
    elapsed = moment(last, zone) - moment(first, zone)
    micros = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    return Fraction(micros, 60_000_000)


def hours_between(first: dt.datetime, last: dt.datetime, zone: ZoneInfo | None = None) -> Fraction:
    """Return the elapsed hours, exactly."""
    return minutes_between(first, last, zone) / 60


@lru_cache(maxsize=8)
def zone_named(name: str) -> ZoneInfo:
    """Return a time zone. Raises ZoneInfoNotFoundError or ValueError for a name that is none."""
    return ZoneInfo(name)


def moment(local: dt.datetime, zone: ZoneInfo | None) -> dt.datetime:
    """Return a local time as a naive moment that may be subtracted and compared: UTC where there is a zone.

    Of a time that occurs twice it is the first (unless its `fold` says otherwise); of one that does not exist,
    the next that does.
    """
    if zone is None:
        return local
    aware = local.replace(tzinfo=zone)
    utc = aware.astimezone(dt.UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == local:
        return utc.replace(tzinfo=None)
    return _end_of_gap(local, zone)


def _end_of_gap(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Find the moment at which the clock went over a local time that does not exist."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0, tzinfo=None)


def add_elapsed(local: dt.datetime, elapsed: dt.timedelta, zone: ZoneInfo | None) -> dt.datetime:
    """Return the local time so much elapsed time later."""
    if zone is None:
        return local + elapsed
    utc = (moment(local, zone) + elapsed).replace(tzinfo=dt.UTC)
    return utc.astimezone(zone).replace(tzinfo=None)
