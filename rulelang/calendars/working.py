"""Working days over a known span of dates: is a day one, which is the n-th, how many between two (M3).

It owns the counting and what is said when a count leaves the span; which days are closed is given by others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sized
from datetime import date, datetime
from functools import cached_property
from itertools import compress
from types import MappingProxyType
from typing import Any

from attrs import Factory, field, frozen

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SATURDAY_AND_SUNDAY = frozenset({5, 6})
ALL_DAYS = frozenset(range(7))


def in_words(day: date) -> str:
    """Return "9 April 2004", whatever the locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


class CalendarContradiction(ValueError):
    """A calendar that can't be: what is wrong is in `reason`, in plain words."""

    def __init__(self, calendar: str, reason: str) -> None:
        self.calendar = calendar
        self.reason = reason
        super().__init__(calendar, reason)

    def __str__(self) -> str:
        return f"calendar `{self.calendar}` {self.reason}"


class OutsideSpan(LookupError):
    """A question about days that the calendar doesn't know.

    `asked` is the date the question began with; `question` is the question in plain words.
    """

    def __init__(self, calendar: str, first: date, last: date, asked: date, question: str) -> None:
        self.calendar = calendar
        self.first = first
        self.last = last
        self.asked = asked
        self.question = question
        super().__init__(calendar, first, last, asked, question)

    def __str__(self) -> str:
        span = f"{in_words(self.first)} to {in_words(self.last)}"
        return f"calendar `{self.calendar}` covers {span}: it cannot tell {self.question}"


def _weekdays(days: Iterable[int]) -> frozenset[int]:
    return frozenset(days)


def _days(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


def _sorted_names(holidays: Mapping[date, str] | Iterable[tuple[date, str]]) -> Mapping[date, str]:
    return MappingProxyType(dict(sorted(dict(holidays).items())))


def _how_many(days: Sized) -> str:
    return f"<{len(days)} days>"


def _by_content(holidays: Mapping[date, str]) -> frozenset[tuple[date, str]]:
    return frozenset(holidays.items())


@frozen(cache_hash=True)
class WorkingCalendar:
    """Which days are working days, from `first` to `last`, both included; beyond them nothing is known.

    A day is closed where its weekday is in `weekend` (Monday is 0) or it is in `holidays`, unless it is in
    `openings`. `holidays` may hold days of the weekend: they matter to a calendar with another weekend. Equal
    content makes equal calendars; they may be shared by threads and pickled. A datetime counts by its date.
    """

    name: str
    title: str
    weekend: frozenset[int] = field(converter=_weekdays)
    holidays: Mapping[date, str] = field(converter=_sorted_names, eq=_by_content, repr=_how_many)
    openings: frozenset[date] = field(converter=_days, repr=_how_many)
    first: date
    last: date
    _due_tables: dict[int, DueTable] = field(init=False, eq=False, repr=False, default=Factory(dict))

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise CalendarContradiction(
                self.name, f"covers no day: {in_words(self.first)} is after {in_words(self.last)}"
            )
        if not self.weekend <= ALL_DAYS:
            raise CalendarContradiction(self.name, "has a weekend with a day that does not exist")
        if self.weekend == ALL_DAYS:
            raise CalendarContradiction(self.name, "has a weekend of seven days: no day is a working day")

    def __reduce__(self) -> tuple[Any, ...]:
        # The holidays travel as a plain dict; what was worked out from them is worked out again.
        return WorkingCalendar, (
            self.name, self.title, self.weekend, dict(self.holidays), self.openings, self.first, self.last,
        )  # fmt: skip

    @cached_property
    def _working(self) -> list[int]:
        """The ordinals of all working days, ascending."""
        start, end = self.first.toordinal(), self.last.toordinal()
        week = [day not in self.weekend for day in range(7)]
        week = week[self.first.weekday() :] + week[: self.first.weekday()]
        open_days = (week * ((end - start) // 7 + 1))[: end - start + 1]
        for day in self.holidays:
            if self.first <= day <= self.last:
                open_days[day.toordinal() - start] = False
        for day in self.openings:
            if self.first <= day <= self.last:
                open_days[day.toordinal() - start] = True
        return list(compress(range(start, end + 1), open_days))

    @property
    def working_ordinals(self) -> list[int]:
        """The ordinals of all working days of the span, in order."""
        return self._working

    def covers(self, day: date) -> bool:
        """Say whether the calendar knows this day."""
        return self.first.toordinal() <= day.toordinal() <= self.last.toordinal()

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is a working day. Raise OutsideSpan beyond the span."""
        if not self.covers(day):
            raise self._outside(day, f"whether {in_words(day)} is a working day")
        place = bisect_left(self._working, day.toordinal())
        return place < len(self._working) and self._working[place] == day.toordinal()

    def add(self, day: date, n: int) -> date:
        """Return the n-th working day strictly after a day; before it where n is negative; itself where 0.

        The day itself need not be a working day. Raise OutsideSpan where it, or the count, leaves the span.
        """
        working, ordinal = self._working, day.toordinal()
        if not self.covers(day):
            raise self._outside(day, _counted(day, n))
        if n == 0:
            return date.fromordinal(ordinal)
        place = bisect_right(working, ordinal) + n - 1 if n > 0 else bisect_left(working, ordinal) + n
        if not 0 <= place < len(working):
            raise self._outside(day, _counted(day, n))
        return date.fromordinal(working[place])

    def count(self, a: date, b: date) -> int:
        """Count the working days after `a` up to and including `b`.

        Where `b` is before `a` it is the negative of the count from `b` to `a`. Raise OutsideSpan where
        either lies beyond the span.
        """
        for day in (a, b):
            if not self.covers(day):
                raise self._outside(day, f"the working days from {in_words(a)} to {in_words(b)}")
        return bisect_right(self._working, b.toordinal()) - bisect_right(self._working, a.toordinal())

    def due_table(self, n: int) -> DueTable:
        """Return the table from a day to the n-th working day after it: the same table each time."""
        table = self._due_tables.get(n)
        # setdefault is atomic: two threads that both find none still end with one table.
        return table if table is not None else self._due_tables.setdefault(n, DueTable(self, n))

    def holiday_name(self, day: date) -> str | None:
        """Return the name of a day's holiday, if it is one. Raise OutsideSpan beyond the span."""
        if not self.covers(day):
            raise self._outside(day, f"whether {in_words(day)} is a holiday")
        return self.holidays.get(_plain(day))

    def holidays_between(self, a: date, b: date) -> list[tuple[date, str]]:
        """Return the holidays from `a` to `b`, both included, that closed what had been a working day."""
        for day in (a, b):
            if not self.covers(day):
                raise self._outside(day, f"the holidays from {in_words(a)} to {in_words(b)}")
        start, end = _plain(a), _plain(b)
        return [
            (day, name)
            for day, name in self.holidays.items()
            if start <= day <= end and day.weekday() not in self.weekend and day not in self.openings
        ]

    def _outside(self, day: date, question: str) -> OutsideSpan:
        return OutsideSpan(self.name, self.first, self.last, _plain(day), question)


class DueTable(dict[date, date]):
    """From a day to the n-th working day after it, worked out when first asked and then remembered.

    A look-up of a day outside the span, or with its due date outside, raises OutsideSpan.
    """

    __slots__ = ("calendar", "n")

    def __init__(self, calendar: WorkingCalendar, n: int) -> None:
        super().__init__()
        self.calendar = calendar
        self.n = n

    def __missing__(self, day: date) -> date:
        if isinstance(day, datetime):
            return self[day.date()]  # not remembered: the table never outgrows the days of the span
        due = self.calendar.add(day, self.n)
        self[day] = due
        return due

    def __reduce__(self) -> tuple[Any, ...]:
        return WorkingCalendar.due_table, (self.calendar, self.n)


def _plain(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _counted(day: date, n: int) -> str:
    size = f"{abs(n)} working day" + ("" if abs(n) == 1 else "s")
    return f"the date {size} {'before' if n < 0 else 'after'} {in_words(day)}"
