"""The public holidays of the United Kingdom: the table beside this module, each day with its source."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from attrs import frozen

from rulelang.calendars.working import SATURDAY_AND_SUNDAY, WorkingCalendar

FIRST = date(1990, 1, 1)
LAST = date(2028, 12, 31)
TITLES = {
    "england_and_wales": "England and Wales",
    "scotland": "Scotland",
    "northern_ireland": "Northern Ireland",
    "united_kingdom": "United Kingdom (closed where any of its nations is)",
}
NATIONS = ("england_and_wales", "scotland", "northern_ireland")
_PLACES = {
    ("england_and_wales",): " in England and Wales",
    ("scotland",): " in Scotland",
    ("northern_ireland",): " in Northern Ireland",
    ("england_and_wales", "scotland"): " in Great Britain",
    ("england_and_wales", "northern_ireland"): " in England, Wales and Northern Ireland",
    ("scotland", "northern_ireland"): " in Scotland and Northern Ireland",
    NATIONS: "",
}


@frozen
class PublicHoliday:
    """A day, where it is a holiday, and how it is known.

    `announced_on` is the first public notice that was found, and is None for most days; `source` is the law
    it rests on; `checked` names the independent lists that have the same day.
    """

    day: date
    name: str
    nations: tuple[str, ...]
    announced_on: date | None
    source: str
    checked: str


@cache
def public_holidays() -> tuple[PublicHoliday, ...]:
    """Return the whole table, by date; a day has a row for each name, notice and source."""
    import csv

    nations = {" ".join(each): each for each in _PLACES}
    with Path(__file__).with_name("holidays_uk.csv").open(encoding="utf-8", newline="") as table:
        rows = csv.reader(table)
        next(rows)
        return tuple(
            PublicHoliday(
                date.fromisoformat(day),
                name,
                nations[where],
                date.fromisoformat(announced) if announced else None,
                source,
                checked,
            )
            for day, name, where, announced, source, checked in rows
        )


def holidays_of(name: str) -> tuple[PublicHoliday, ...]:
    """Return the rows of one nation, or of all for `united_kingdom`."""
    if name == "united_kingdom":
        return public_holidays()
    return tuple(row for row in public_holidays() if name in row.nations)


def calendar_of(name: str) -> WorkingCalendar:
    """Make the calendar of one nation, or of `united_kingdom`."""
    names = _names_in_all() if name == "united_kingdom" else {row.day: row.name for row in holidays_of(name)}
    return WorkingCalendar(name, TITLES[name], SATURDAY_AND_SUNDAY, names, frozenset(), FIRST, LAST)


def _names_in_all() -> dict[date, str]:
    """Name each day, and say where it is kept unless it is kept everywhere: "2 January in Scotland"."""
    kept: dict[date, dict[str, set[str]]] = {}
    for row in public_holidays():
        kept.setdefault(row.day, {}).setdefault(row.name, set()).update(row.nations)
    return {
        day: "; ".join(
            name + _PLACES[tuple(n for n in NATIONS if n in where)] for name, where in names.items()
        )
        for day, names in kept.items()
    }
