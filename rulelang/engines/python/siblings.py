"""What generated code asks of a row beside its siblings: those are put in order once, and each row is then looked up.

Rows are told apart by the number of their object. Values are as the generated code has them: None is missing,
UNREADABLE what could not be read.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from attrs import define, field

from rulelang.truth import NA, UNREADABLE

# What is recorded of no day: what is compared with it is not known.
NOTHING = (None, NA, UNREADABLE)


def another(rows: Sequence[int], row: int) -> bool:
    """Say whether there is another row among some, each of which is there once."""
    return any(one != row for one in rows[:2])


@define
class Values:
    """The values of rows: which a row has, and which several have."""

    _first: dict[Hashable, int] = field(factory=dict)
    _shared: set[Hashable] = field(factory=set)
    _unread: bool = False

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, int]]) -> Values:
        """Take up rows, each with its value and its number."""
        made = cls()
        for value, row in rows:
            if value is UNREADABLE:
                made._unread = True
            elif value is not None and value is not NA and made._first.setdefault(value, row) != row:
                made._shared.add(value)
        return made

    def apart(self, value: Any, row: int) -> bool | None:
        """Say whether no other row has the value of a row: missing where one could."""
        if value in NOTHING:
            return None
        if value in self._shared or self._first.get(value, row) != row:
            return False
        return None if self._unread else True


@define
class Times:
    """The times of rows, by their starts. Those of which an end could not be read may be of any length."""

    _first: dt.date
    _last: dt.date
    _sure: Sorted
    _doubtful: Sorted

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, Any, int]], first: dt.date, last: dt.date) -> Times:
        """Take up rows, each with its start, its end and its number; and the first and the last day of all."""
        sure, doubtful = [], []
        for start, end, row in rows:
            if start is None or start is NA or end is NA:
                continue
            if start is UNREADABLE or end is UNREADABLE:
                until = last if end is None or end is UNREADABLE else end
                doubtful.append((first if start is UNREADABLE else start, until, row))
            else:
                sure.append((start, last if end is None else end, row))
        return cls(first, last, Sorted.of(sure), Sorted.of(doubtful))

    def apart(self, start: Any, end: Any, row: int) -> bool | None:
        """Say whether the time of a row overlaps that of no other: missing where it could."""
        if start is None or start is NA or start is UNREADABLE:
            return None
        if end is NA:
            return True
        until = self._last if end is None or end is UNREADABLE else end
        if self._sure.reach(until, start, row):
            return None if end is UNREADABLE else False
        return None if self._doubtful.reach(until, start, row) else True


@define
class Sorted:
    """Times in the order of their starts, and how long at the latest those up to each place last."""

    _starts: list[dt.date]
    # For each place the latest end so far, whose it is, and the latest of any other row.
    _ends: list[tuple[dt.date, int, dt.date | None]]

    @classmethod
    def of(cls, times: list[tuple[dt.date, dt.date, int]]) -> Sorted:
        """Put times (start, end, number of the row) in order."""
        times.sort()
        ends: list[tuple[dt.date, int, dt.date | None]] = []
        latest, whose, second = dt.date.min, -1, None
        for at, (_, end, row) in enumerate(times):
            if not at:
                latest, whose = end, row
            elif end > latest:
                latest, whose, second = end, row, latest
            elif second is None or end > second:
                second = end
            ends.append((latest, whose, second))
        return cls([start for start, _, _ in times], ends)

    def reach(self, until: dt.date, day: dt.date, row: int) -> bool:
        """Say whether another row that starts on or before `until` lasts until `day`."""
        at = bisect_right(self._starts, until)
        if not at:
            return False
        latest, whose, second = self._ends[at - 1]
        end = second if whose == row else latest
        return end is not None and end >= day
