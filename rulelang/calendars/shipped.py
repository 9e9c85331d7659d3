"""The calendars an author may name, and where each of their days comes from."""

from __future__ import annotations

from datetime import date
from threading import Lock

from attrs import frozen

from rulelang.calendars import holidays_uk
from rulelang.calendars.elsewhere import FIRST_YEAR, LAST_YEAR, country, is_country_code, package_version
from rulelang.calendars.holidays_uk import PublicHoliday
from rulelang.calendars.working import SATURDAY_AND_SUNDAY, WorkingCalendar

# Even where no holiday has to be known, a calendar has a span: a year of 20024 is a slip, not a date.
WEEKDAYS = WorkingCalendar(
    "weekdays",
    "Monday to Friday, no holidays",
    SATURDAY_AND_SUNDAY,
    {},
    frozenset(),
    date(1900, 1, 1),
    date(2199, 12, 31),
)
OFTEN_MEANT = {
    "england": "england_and_wales",
    "wales": "england_and_wales",
    "england_wales": "england_and_wales",
    "uk": "united_kingdom",
    "gb": "united_kingdom",
    "britain": "united_kingdom",
    "great_britain": "united_kingdom",
    "ni": "northern_ireland",
    "none": "weekdays",
}

_made: dict[tuple[str, int, int], WorkingCalendar] = {}
_making = Lock()


@frozen
class ShippedCalendar:
    """A calendar that can be named, and the dates it covers."""

    name: str
    title: str
    first: date
    last: date


class UnknownCalendar(KeyError):
    """A name that no calendar has; `near` holds those that may have been meant, best first."""

    def __init__(self, name: str, near: tuple[str, ...] = ()) -> None:
        self.name = name
        self.near = near
        super().__init__(name, near)

    def __str__(self) -> str:
        from rulelang.diagnostics import or_list

        meant = f"; did you mean {or_list(self.near)}?" if self.near else ""
        return f"no calendar is called `{self.name}`{meant}"


def shipped() -> tuple[ShippedCalendar, ...]:
    """Return the calendars that can be named; other countries go by their code."""
    nations = [
        ShippedCalendar(name, title, holidays_uk.FIRST, holidays_uk.LAST)
        for name, title in holidays_uk.TITLES.items()
    ]
    return (*nations, ShippedCalendar(WEEKDAYS.name, WEEKDAYS.title, WEEKDAYS.first, WEEKDAYS.last))


def named(name: str, *, first: date | None = None, last: date | None = None) -> WorkingCalendar:
    """Return the calendar of a name, or of a country's code such as "US-MA": the same object each time.

    `first` and `last` choose the years of a country (1990 to 2035 if not given, clipped to what is known); a
    shipped calendar has its own span. Raise UnknownCalendar, or CalendarUnavailable for a country.
    """
    if name == WEEKDAYS.name:
        return WEEKDAYS
    if name in holidays_uk.TITLES:
        years = (holidays_uk.FIRST.year, holidays_uk.LAST.year)
    elif is_country_code(name):
        years = (first.year if first else FIRST_YEAR, last.year if last else LAST_YEAR)
    else:
        raise UnknownCalendar(name, _near(name))
    key = (name, *years)
    with _making:  # one object a process, so that all threads share its tables
        if key not in _made:
            _made[key] = holidays_uk.calendar_of(name) if name in holidays_uk.TITLES else country(*key)
        return _made[key]


def sources(name: str) -> tuple[PublicHoliday, ...]:
    """Return each holiday of a calendar with where it comes from. Raise as `named` does."""
    if name in holidays_uk.TITLES:
        return holidays_uk.holidays_of(name)
    calendar = named(name)
    if not calendar.holidays:
        return ()
    origin = f"the `holidays` package, version {package_version()}"
    return tuple(
        PublicHoliday(day, text, (name,), None, origin, "") for day, text in calendar.holidays.items()
    )


def _near(name: str) -> tuple[str, ...]:
    from rulelang.diagnostics import did_you_mean

    folded = "_".join(name.casefold().replace("&", " and ").split())
    known = tuple(each.name for each in shipped())
    if folded in known:
        return (folded,)
    if folded in OFTEN_MEANT:
        return (OFTEN_MEANT[folded],)
    if is_country_code(name.upper()):
        return (name.upper(),)
    return did_you_mean(folded, known)
