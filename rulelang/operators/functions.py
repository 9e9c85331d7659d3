"""What each operator comes to when all its operands are known. Missing and N/A are dealt with before (M1)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from rulelang.calendars import counting
from rulelang.operators import Clock
from rulelang.types import WEEKDAYS, Duration


def comparable(left: Any, right: Any, clock: Clock) -> tuple[Any, Any]:
    """Return two operands in a form that compares: moments as moments, a moment beside a date by its date (M3)."""
    left_is_moment = isinstance(left, dt.datetime)
    if left_is_moment != isinstance(right, dt.datetime):
        return (left.date(), right) if left_is_moment else (left, right.date())
    if left_is_moment:
        return counting.moment(left, clock.zone), counting.moment(right, clock.zone)
    return left, right


def _comparison(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Clock], bool]:
    def compare(left: Any, right: Any, clock: Clock) -> bool:
        return test(*comparable(left, right, clock))

    return compare


equal = _comparison(lambda left, right: bool(left == right))
unequal = _comparison(lambda left, right: bool(left != right))
at_least = _comparison(lambda left, right: bool(left >= right))
at_most = _comparison(lambda left, right: bool(left <= right))
more_than = _comparison(lambda left, right: bool(left > right))
less_than = _comparison(lambda left, right: bool(left < right))


def due(anchor: dt.date, length: Duration, clock: Clock) -> dt.date:
    """Return the last day or moment of a length of time after an anchor."""
    return counting.add_duration(anchor, length, clock.calendar, clock.zone)


def ahead(anchor: dt.date, length: Duration, clock: Clock) -> dt.date:
    """Return the first day or moment of a length of time before an anchor."""
    return due(anchor, Duration(-length.amount, length.unit), clock)


def within_after(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies from the anchor to the last day after it, both in."""
    return at_least(event, anchor, clock) and at_most(event, due(anchor, length, clock), clock)


def within_before(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies from the first day before the anchor to the anchor, both in."""
    return at_least(event, ahead(anchor, length, clock), clock) and at_most(event, anchor, clock)


def within_either(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies no further from the anchor than this, before or after."""
    return at_least(event, ahead(anchor, length, clock), clock) and at_most(
        event, due(anchor, length, clock), clock
    )


def no_later_after(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies on or before the last day after the anchor; early counts."""
    return at_most(event, due(anchor, length, clock), clock)


def no_later_before(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies on or before the day so long before the anchor."""
    return at_most(event, ahead(anchor, length, clock), clock)


def no_earlier_after(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies on or after the last day after the anchor."""
    return at_least(event, due(anchor, length, clock), clock)


def no_earlier_before(event: dt.date, length: Duration, anchor: dt.date, clock: Clock) -> bool:
    """Say whether an event lies on or after the day so long before the anchor."""
    return at_least(event, ahead(anchor, length, clock), clock)


def is_working_day(day: dt.date, clock: Clock) -> bool:
    """Say whether a day is a working day of the calendar."""
    assert clock.calendar is not None
    return clock.calendar.is_working_day(counting.day_of(day))


def add(left: Any, right: Any, clock: Clock) -> Any:
    """Add numbers, or a length of time to a date."""
    return due(left, right, clock) if isinstance(right, Duration) else left + right


def subtract(left: Any, right: Any, clock: Clock) -> Any:
    """Subtract numbers, or a length of time from a date."""
    return ahead(left, right, clock) if isinstance(right, Duration) else left - right


def divide(left: int | Fraction, right: int | Fraction) -> Fraction | None:
    """Divide exactly; missing when the divisor is 0."""
    return Fraction(left) / right if right else None


def weekday_of(day: dt.date) -> str:
    """Return the day of the week: monday to sunday."""
    return WEEKDAYS[day.weekday()]


def first_day_of(partial: str) -> dt.date:
    """Return the first day of `2005`, `2005-03` or `2005-03-07`."""
    return dt.date.fromisoformat((partial + "-01-01")[:10])


def last_day_of(partial: str) -> dt.date:
    """Return the last day of `2005`, `2005-03` or `2005-03-07`."""
    first = first_day_of(partial)
    if len(partial) == len("2005"):
        return first.replace(month=12, day=31)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1]) if len(partial) < 10 else first


def characters_of(first: int | Fraction, last: int | Fraction, text: str) -> str:
    """Return the characters from first to last, counted from 1, both in; fewer where the text is shorter."""
    return text[max(int(first), 1) - 1 : max(int(last), 0)]


def working_days_from(first: dt.date, last: dt.date, clock: Clock) -> int:
    """Count the working days after the first day up to and including the last; negative when it lies before (M3)."""
    assert clock.calendar is not None
    return clock.calendar.count(counting.day_of(first), counting.day_of(last))


def hours_from(first: dt.datetime, last: dt.datetime, clock: Clock) -> Fraction:
    """Return the elapsed hours, exactly."""
    return counting.hours_between(first, last, clock.zone)


def minutes_from(first: dt.datetime, last: dt.datetime, clock: Clock) -> Fraction:
    """Return the elapsed minutes, exactly."""
    return counting.minutes_between(first, last, clock.zone)


def latest(*values: Any) -> Any:
    """Return the latest."""
    return max(values)


def earliest(*values: Any) -> Any:
    """Return the earliest."""
    return min(values)
