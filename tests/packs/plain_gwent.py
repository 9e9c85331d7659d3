"""The time limits of the pack `gwent` in plain Python, written from its data dictionary, to compare with.

Slow and simple on purpose: days are walked one by one. Shares only the table of holidays with the package.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

from rulelang.calendars import named

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(weeks=1)
SIXTEEN_WEEKS = 16 * WEEK


@cache
def _bank_holidays() -> frozenset[dt.date]:
    return frozenset(
        day
        for day, _ in named("england_and_wales").holidays_between(dt.date(2003, 1, 1), dt.date(2006, 12, 31))
    )


def working_days_after(start: dt.date, count: int) -> dt.date:
    """Walk to the n-th working day after a day."""
    day = start
    while count:
        day += DAY
        if day.weekday() < 5 and day not in _bank_holidays():
            count -= 1
    return day


def by_the_due_date(due: dt.date, event: dt.date | None, as_at: dt.date) -> str:
    """Judge one event against its due date."""
    done = event is not None and event <= as_at
    if done and event is not None and event <= due:
        return "on time"
    if done:
        return "late"
    return "overdue" if as_at > due else "not yet due"


def every_sixteen_weeks(
    start: dt.date, events: Iterable[dt.date], ended: dt.date | None, as_at: dt.date
) -> str:
    """Judge reviews: 16 weeks from the start, then from each review, until the order ends."""
    if ended is not None and ended > as_at:
        ended = None
    if ended is not None and ended < start:
        return "not applicable"
    last_day = as_at if ended is None else ended
    seen = sorted(day for day in events if start <= day <= min(last_day, as_at))
    late = False
    deadline = start + SIXTEEN_WEEKS
    for day in seen:
        late = late or day > deadline
        deadline = day + SIXTEEN_WEEKS
    if as_at > deadline and (ended is None or ended > deadline):
        return "overdue"
    if seen:
        return "late" if late else "on time"
    return "not yet due" if ended is None else "not applicable"


def weekly_then_fortnightly(
    start: dt.date, events: Iterable[dt.date], ended: dt.date | None, as_at: dt.date
) -> str:
    """Judge contact: one in each of 16 weeks, then in each fortnight; periods cut short do not count."""
    if ended is not None and ended > as_at:
        ended = None
    if ended is not None and ended < start:
        return "not applicable"
    last_day = as_at if ended is None else ended
    seen = [day for day in events if day <= as_at]
    outcome = "not yet due"
    period, length = start, WEEK
    while period + length - DAY <= last_day:
        if not any(period <= day < period + length for day in seen):
            return "late"
        outcome = "on time"
        period += length
        if period >= start + SIXTEEN_WEEKS:
            length = 2 * WEEK
    return outcome


def worst(outcomes: Iterable[str]) -> str:
    """Return the outcome of a case with one clock for each row."""
    order = ("overdue", "late", "on time", "not yet due")
    found = set(outcomes)
    return next((one for one in order if one in found), "not applicable")
