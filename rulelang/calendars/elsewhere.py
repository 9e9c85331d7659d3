"""Calendars of other countries by code, from the `holidays` package where it is installed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from rulelang.calendars.working import WorkingCalendar

FIRST_YEAR, LAST_YEAR = 1990, 2035
INSTALL = 'pip install "rulelang[holidays]"'
_CODE = re.compile(r"([A-Z]{2})(?:-(.+))?")
_ENGLISH = ("en_GB", "en_US")


class CalendarUnavailable(LookupError):
    """A country's calendar that can't be had here: why is in `reason`, in plain words."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(code, reason)

    def __str__(self) -> str:
        return self.reason


def is_country_code(name: str) -> bool:
    """Say whether a name has the shape of a country's code, such as "FR" or "US-MA"."""
    return _CODE.fullmatch(name) is not None


def country(code: str, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> WorkingCalendar:
    """Make the calendar of a country, or a part of one, over the years asked for and known.

    Raise CalendarUnavailable where the package is missing, doesn't know the code or knows none of the years.
    """
    known, years = _lookup(code, first_year, last_year)
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    return WorkingCalendar(
        code,
        f"Public holidays of {code}",
        frozenset(known.weekend),
        {day: name for day, name in known.items() if first <= day <= last},
        frozenset(day for day in getattr(known, "weekend_workdays", ()) if first <= day <= last),
        first,
        last,
    )


def package_version() -> str:
    """Return the version of the `holidays` package, for naming the source of a day."""
    from importlib.metadata import version

    return version("holidays")


def _lookup(code: str, first_year: int, last_year: int) -> tuple[Any, range]:
    """Return the package's own table and the years it was asked for, clipped to those it knows."""
    parts = _CODE.fullmatch(code)
    if parts is None:
        raise CalendarUnavailable(code, f'"{code}" is not a country\'s code, such as "FR" or "US-MA"')
    if parts[1] in ("GB", "UK"):
        # Without a nation the package leaves out Easter Monday; and one thing has one name here.
        raise CalendarUnavailable(
            code,
            f'for "{code}" write `england_and_wales`, `scotland`, `northern_ireland` or `united_kingdom`',
        )
    try:
        import holidays
    except ImportError:
        reason = f'the holidays of "{code}" need the `holidays` package, which is not installed: {INSTALL}'
        raise CalendarUnavailable(code, reason) from None
    try:
        # No years yet: what the package knows of the country is asked first, which is cheap.
        about = holidays.country_holidays(parts[1], subdiv=parts[2])
    except NotImplementedError:
        raise CalendarUnavailable(code, _unknown(code, parts[1], parts[2], holidays)) from None
    years = range(max(first_year, about.start_year), min(last_year, about.end_year) + 1)
    if not years:
        known = f"{about.start_year} to {about.end_year}"
        reason = f'the holidays of "{code}" are known for {known}, not for {first_year} to {last_year}'
        raise CalendarUnavailable(code, reason)
    language = next((each for each in _ENGLISH if each in about.supported_languages), None)
    return holidays.country_holidays(parts[1], subdiv=parts[2], years=years, language=language), years


def _unknown(code: str, land: str, part: str | None, holidays: Any) -> str:
    parts = holidays.list_supported_countries(include_aliases=False).get(land)
    if part is None or parts is None:
        return f'no country is known by the code "{land}"'
    if not parts:
        return f'"{code}" is not known: the holidays of "{land}" do not differ between its parts'
    return f'"{code}" is not known: the parts of "{land}" are ' + ", ".join(
        f'"{land}-{each}"' for each in parts
    )
