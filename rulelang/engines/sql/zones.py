"""A time zone as columns that a query looks up, a value a day: how far its clocks stand off, when they change (M3).

Local times are looked up by their local day, moments (in universal time) by theirs. All are in seconds.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import frozen

from rulelang.calendars.counting import zone_named

FIRST, LAST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
# By local day: the offset at its start, the local time at which the clock changes, and by how much.
LOCAL = ("offset", "change_at", "change_by")
# By day in universal time: the same, the change at a time of that day.
UNIVERSAL = ("utc_offset", "utc_change_at", "utc_change_by")
SECOND = dt.timedelta(seconds=1)


@frozen
class Change:
    """A change of a clock: the moment in universal time, the offset before it and after it, in seconds."""

    at: dt.datetime
    before: int
    after: int


@lru_cache(maxsize=4)
def zone_columns(name: str) -> dict[str, list[int]]:
    """Return every column of a zone, from FIRST to LAST."""
    days = (LAST - FIRST).days + 1
    offsets = _utc_offsets(name, days)
    changes = [_change(name, day) for day in range(days - 1) if offsets[day] != offsets[day + 1]]
    columns = {column: [0] * days for column in (*LOCAL, *UNIVERSAL)}
    columns["utc_offset"] = offsets[:days]
    columns["offset"] = list(columns["utc_offset"])
    for change in changes:
        _put(columns, change)
    _local_offsets(columns["offset"], changes)
    return columns


def _utc_offsets(name: str, days: int) -> list[int]:
    """Return the offset at the start of each day in universal time."""
    zone = zone_named(name)
    start = dt.datetime.combine(FIRST, dt.time.min, dt.UTC)
    return [_offset_at(start + dt.timedelta(days=day), zone) for day in range(days)]


def _offset_at(at: dt.datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // SECOND


def _change(name: str, day: int) -> Change:
    """Find the moment within a day at which a clock changes."""
    zone = zone_named(name)

    def offset(at: dt.datetime) -> int:
        return _offset_at(at.replace(tzinfo=dt.UTC), zone)

    low = dt.datetime.combine(FIRST + dt.timedelta(days=day), dt.time.min)
    high = low + dt.timedelta(days=1)
    before, after = offset(low), offset(high)
    while high - low > SECOND:
        middle = low + dt.timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return Change(high, before, after)


def _put(columns: dict[str, list[int]], change: Change) -> None:
    day = (change.at.date() - FIRST).days
    columns["utc_change_at"][day] = _second_of(change.at)
    columns["utc_change_by"][day] = change.after - change.before
    local = change.at + dt.timedelta(seconds=change.before)
    day = (local.date() - FIRST).days
    if 0 <= day < len(columns["change_at"]):
        columns["change_at"][day] = _second_of(local)
        columns["change_by"][day] = change.after - change.before


def _local_offsets(offsets: list[int], changes: list[Change]) -> None:
    """Set the offset at the start of each local day: that before the changes of the day."""
    at = 0
    current = offsets[0]
    for number in range(len(offsets)):
        offsets[number] = current
        day = FIRST + dt.timedelta(days=number)
        while at < len(changes) and (changes[at].at + dt.timedelta(seconds=changes[at].before)).date() <= day:
            current = changes[at].after
            at += 1


def _second_of(at: dt.datetime) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
