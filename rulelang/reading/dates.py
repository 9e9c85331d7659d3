"""Dates and moments written as text: ISO, numbers in the order the pack names, months by name. No guesses."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from attrs import frozen

ISO = re.compile(r"(?P<y>[0-9]{4})(?P<s>[-/])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})")
# Eight digits are a date only in centuries that a case can be of: they could be a number.
COMPACT = re.compile(r"(?P<y>(?:1[89]|2[01])[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
NUMBERS = re.compile(r"(?P<a>[0-9]{1,2})(?P<s>[-/.])(?P<b>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])")
DAY_MONTH = re.compile(
    r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?[ \-/.]*(?P<name>[a-z]{3,9})\.?[ \-/.,]*"
    r"(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
MONTH_DAY = re.compile(
    r"(?P<name>[a-z]{3,9})\.? *(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?:,| ) *(?P<y>[0-9]{4}|[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
# A year, or a month of a year.
PARTIAL = (
    re.compile(r"(?P<y>[0-9]{4})"),
    re.compile(r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})"),
    re.compile(r"(?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})"),
    re.compile(r"(?P<name>[a-z]{3,9})\.?[ \-/]*(?P<y>[0-9]{4})", re.IGNORECASE),
)
TIME = re.compile(
    r"(?:T| +|, *)(?P<h>[0-9]{1,2}):(?P<mi>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
    r" *(?P<half>[ap]\.?m\.?)? *(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.IGNORECASE,
)
MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}


@frozen
class Moment:
    """A date as written, with its time of day and its offset from universal time if it has them."""

    day: dt.date
    time: dt.time | None = None
    offset: dt.timedelta | None = None


@frozen
class NotADate:
    """Why text is no date. `fits_day_first` and `fits_month_first` are set for dates in numbers."""

    problem: str
    fits_day_first: bool = False
    fits_month_first: bool = False


def read_moment(text: str, day_first: bool | None) -> Moment | NotADate:
    """Read a date with or without a time of day; outer blanks are cut already.

    `day_first` says how dates in numbers are read; None leaves them unread.
    """
    for pattern, read in ((ISO, _plain), (COMPACT, _plain), (DAY_MONTH, _named), (MONTH_DAY, _named)):
        found = pattern.match(text)
        if found:
            day = read(found)
            return _with_time(day, text[found.end() :])
    found = NUMBERS.match(text)
    if found:
        return _with_time(_numbers(found, day_first), text[found.end() :])
    return NotADate("Not a date.")


def read_partial(text: str) -> str | NotADate | None:
    """Read a year, or a month of a year, as `2005` or `2005-03`; None where text is neither."""
    for pattern in PARTIAL:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        year, month = parts["y"], parts.get("m")
        if parts.get("name") is not None:
            number = MONTHS.get(parts["name"].lower())
            if number is None:
                return None
            month = str(number)
        first = _date(int(year), int(month or 1), 1)
        if isinstance(first, NotADate):
            return first
        return year if month is None else f"{year}-{int(month):02}"
    return None


def _plain(found: re.Match[str]) -> dt.date | NotADate:
    return _date(int(found["y"]), int(found["m"]), int(found["d"]))


def _named(found: re.Match[str]) -> dt.date | NotADate:
    month = MONTHS.get(found["name"].lower())
    if month is None:
        return NotADate("Not a date.")
    if len(found["y"]) == 2:
        return NotADate(SHORT_YEAR)
    return _date(int(found["y"]), month, int(found["d"]))


SHORT_YEAR = "Not read: the year has two digits, and the century is not guessed."


def _numbers(found: re.Match[str], day_first: bool | None) -> dt.date | NotADate:
    if len(found["y"]) == 2:
        return NotADate(SHORT_YEAR)
    year, first, second = int(found["y"]), int(found["a"]), int(found["b"])
    by_day, by_month = _date(year, second, first), _date(year, first, second)
    fits_day, fits_month = isinstance(by_day, dt.date), isinstance(by_month, dt.date)
    if day_first is None:
        why = "Not read: the rules do not say whether the day or the month comes first."
        return NotADate(why, fits_day, fits_month) if fits_day or fits_month else NotADate("Not a date.")
    day = by_day if day_first else by_month
    if isinstance(day, dt.date):
        return day
    order = "day first" if day_first else "month first"
    return NotADate(f"{day.problem} Dates are read {order}.", fits_day, fits_month)


def _date(year: int, month: int, day: int) -> dt.date | NotADate:
    if not 1 <= month <= 12:
        return NotADate(f"Not a date: there is no month {month}.")
    if year < 1:
        return NotADate("Not a date: there is no year 0.")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        return NotADate(f"Not a date: {MONTH_NAMES[month - 1][-1].capitalize()} {year} has {last} days.")
    return dt.date(year, month, day)


def _with_time(day: dt.date | NotADate, rest: str) -> Moment | NotADate:
    if isinstance(day, NotADate) or not rest:
        return day if isinstance(day, NotADate) else Moment(day)
    found = TIME.fullmatch(rest)
    if not found:
        return NotADate("Not a date: something stands after it that is no time of day.")
    hour, minute, second = int(found["h"]), int(found["mi"]), int(found["s"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return NotADate(f"Not a time of day: {hour} o'clock has no am or pm.")
        hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return NotADate("Not a time of day: it ends at 23:59:59.")
    micro = int((found["f"] or "0")[:6].ljust(6, "0"))
    offset = _offset(found["zone"])
    if isinstance(offset, NotADate):
        return offset
    return Moment(day, dt.time(hour, minute, second, micro), offset)


def _offset(zone: str | None) -> dt.timedelta | NotADate | None:
    if zone is None:
        return None
    if zone in ("Z", "z"):
        return dt.timedelta(0)
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        return NotADate("Not a date: there is no such offset from universal time.")
    size = dt.timedelta(hours=hours, minutes=minutes)
    return -size if zone[0] == "-" else size


def of_native(cell: Any) -> Moment | None:
    """Return the moment that a date or a datetime of Python is, or None for anything else."""
    if isinstance(cell, dt.datetime):
        # Pandas keeps nanoseconds in a subclass; only what a datetime holds is taken over.
        time = dt.time(cell.hour, cell.minute, cell.second, cell.microsecond, fold=cell.fold)
        return Moment(dt.date(cell.year, cell.month, cell.day), time, cell.utcoffset())
    if isinstance(cell, dt.date):
        return Moment(cell)
    return None
