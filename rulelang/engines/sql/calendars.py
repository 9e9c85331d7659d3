"""Working days as columns that a query looks up: what each day of a calendar's span comes to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rulelang.calendars import WorkingCalendar
from rulelang.engines.sql.zones import zone_columns
from rulelang.planning.plan import Plan


def list_of(plan: Plan, owner: str, column: str) -> list[Any]:
    """Return a look-up that is held as a list: of a calendar of the plan, or of its time zone."""
    if owner in plan.calendars:
        return column_of(plan.calendars[owner], column)
    return list(zone_columns(owner)[column])


def days_of(calendar: WorkingCalendar) -> list[dt.date]:
    """Return every day of a calendar's span."""
    first = calendar.first.toordinal()
    return [dt.date.fromordinal(day) for day in range(first, calendar.last.toordinal() + 1)]


def column_of(calendar: WorkingCalendar, name: str) -> list[Any]:
    """Return a column of a calendar, a value a day of its span; `nth` has one a working day.

    `plus_5` is the fifth working day after each day (None beyond the span), `rank` how many there are up to it, the
    day included, `working` whether it is one, `nth` the working days themselves.
    """
    days = days_of(calendar)
    open_days = set(calendar.working_ordinals)
    working = [day.toordinal() in open_days for day in days]
    nth = [day for day, is_working in zip(days, working, strict=True) if is_working]
    if name == "working":
        return working
    if name == "nth":
        return nth
    ranks = []
    rank = 0
    for is_working in working:
        rank += is_working
        ranks.append(rank)
    if name == "rank":
        return ranks
    sign, _, amount = name.partition("_")
    return _moved(days, working, ranks, nth, int(amount) * (1 if sign == "plus" else -1))


def _moved(
    days: list[dt.date], working: list[bool], ranks: list[int], nth: list[dt.date], n: int
) -> list[dt.date | None]:
    """Return the n-th working day after each day; before it where n is negative; itself where 0."""
    if n == 0:
        return list(days)
    found: list[dt.date | None] = []
    for is_working, rank in zip(working, ranks, strict=True):
        at = rank + n - 1 if n > 0 else rank - is_working + n
        found.append(nth[at] if 0 <= at < len(nth) else None)
    return found
