"""Calendars made of other calendars: a union, and what an author's `calendar` declaration adds to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rulelang.calendars.working import CalendarContradiction, WorkingCalendar, in_words

Days = Iterable[date | tuple[date, str | None]]

CLOSED = "closed"  # the name of a closure that its author gave none


def custom(
    name: str,
    title: str = "",
    *,
    weekend: Iterable[int] | None = None,
    base: Sequence[WorkingCalendar] = (),
    closed: Days = (),
    open: Days = (),  # noqa: A002 (the word of the language)
    first: date | None = None,
    last: date | None = None,
) -> WorkingCalendar:
    """Make a calendar of an author's own.

    With `base`, a day is closed where any of them says so, and the span is the one they share; `first` and
    `last` may narrow it. A `weekend` given here replaces theirs, and leaves their holidays. Without `base`
    the weekend, `first` and `last` are needed. Days of `open` are working days whatever else is said; days
    of `closed` and `open` beyond the span are left out. Raise CalendarContradiction for what can't be.
    """
    span = _span(name, base, first, last)
    rest = _weekend(name, weekend, base)
    shut, opened = _named(closed), frozenset(_named(open))
    both = sorted(opened & shut.keys())
    if both:
        raise CalendarContradiction(name, f"says that {in_words(both[0])} is both closed and open")
    holidays = _merged(
        [{day: text for day, text in one.holidays.items() if day not in one.openings} for one in base]
    )
    for day, text in shut.items():
        holidays[day] = text or holidays.get(day, CLOSED)
    openings = opened | {
        day
        for one in base
        for day in one.openings
        if day not in shut and all(other.covers(day) and other.is_working_day(day) for other in base)
    }
    return WorkingCalendar(
        name,
        title or name.replace("_", " "),
        rest,
        {day: text for day, text in holidays.items() if span[0] <= day <= span[1]},
        frozenset(day for day in openings if span[0] <= day <= span[1]),
        *span,
    )


def union(name: str, title: str, calendars: Sequence[WorkingCalendar]) -> WorkingCalendar:
    """Join calendars: a day is closed where any of them says so, and the span is the one they share."""
    return custom(name, title, base=calendars)


def _span(
    name: str, base: Sequence[WorkingCalendar], first: date | None, last: date | None
) -> tuple[date, date]:
    if not base:
        if first is None or last is None:
            raise CalendarContradiction(
                name, "must say which dates it covers, as in `covers 2014-01-01 to 2016-12-31`"
            )
        return first, last
    shared = max(one.first for one in base), min(one.last for one in base)
    if shared[1] < shared[0]:
        raise CalendarContradiction(name, "joins calendars that have no dates in common")
    if (first is not None and first < shared[0]) or (last is not None and last > shared[1]):
        known = f"{in_words(shared[0])} to {in_words(shared[1])}"
        raise CalendarContradiction(
            name, f"claims to cover more than the calendars it is made of, which cover {known}"
        )
    return first or shared[0], last or shared[1]


def _weekend(name: str, weekend: Iterable[int] | None, base: Sequence[WorkingCalendar]) -> frozenset[int]:
    if weekend is not None:
        return frozenset(weekend)
    if not base:
        raise CalendarContradiction(name, "must say its weekend, as in `weekend saturday, sunday`")
    return frozenset().union(*(one.weekend for one in base))


def _named(days: Days) -> dict[date, str | None]:
    return dict((day, None) if isinstance(day, date) else day for day in days)


def _merged(several: Sequence[Mapping[date, str]]) -> dict[date, str]:
    names: dict[date, list[str]] = {}
    for holidays in several:
        for day, text in holidays.items():
            if text not in names.setdefault(day, []):
                names[day].append(text)
    return {day: "; ".join(texts) for day, texts in names.items()}
