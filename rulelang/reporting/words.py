"""Words for numbers and dates in views: plain British English, whatever the machine's own language."""

from __future__ import annotations

import datetime as dt

from rulelang.scoring.scores import Bounds, Score
from rulelang.scoring.tally import ItemCounts, Population, TimescaleCounts

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NO_CASES = "no relevant cases"
NOT_KNOWN = "not known"


def date_in_words(day: dt.date | dt.datetime) -> str:
    """Return `Tuesday 1 March 2005`; a moment has its time after it: `Tuesday 1 March 2005, 17:00`."""
    words = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
    if not isinstance(day, dt.datetime):
        return words
    return f"{words}, {day:%H:%M:%S}" if day.second else f"{words}, {day:%H:%M}"


def number(count: int) -> str:
    """Return a count with commas: 12,345."""
    return f"{count:,}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return `1 case` or `15 cases`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def percent(score: Score) -> str:
    """Return `18%`."""
    return f"{score.percent}%"


def bounds_in_words(bounds: Bounds) -> str:
    """Return `15–22%`, or `15%` where both ends are shown alike."""
    low, high = bounds.lowest.percent, bounds.highest.percent
    return f"{low}%" if low == high else f"{low}–{high}%"


def no_score(bounds: Bounds | None) -> str:
    """Say why there is no score: no case was relevant, or all that matters is unknown."""
    return NO_CASES if bounds is None else NOT_KNOWN


def level_in_words(name: str) -> str:
    """Return the name of a level as it is read: `requires improvement`."""
    return name.replace("_", " ")


def population_in_words(cases: Population) -> str:
    """Return `16 cases read: 12 judged, 2 set aside, …`, leaving out what no case came to."""
    rest = (
        (cases.set_aside, "set aside"),
        (cases.out_of_scope, "out of scope"),
        (cases.not_yet_begun, "not yet begun"),
    )
    parts = [f"{number(cases.judged)} judged", *(f"{number(count)} {what}" for count, what in rest if count)]
    return f"{counted(cases.read, 'case')} read: {', '.join(parts)}"


def uncounted_in_words(counts: ItemCounts, bounds: Bounds | None) -> list[str]:
    """Return what an item's score leaves out, each with its count; unknowns say what they could do."""
    parts = [
        f"{number(count)} {what}"
        for count, what in (
            (counts.not_yet_due, "not yet due"),
            (counts.excused, "excused"),
            (counts.not_relevant, "not relevant"),
        )
        if count
    ]
    if counts.unknown:
        reach = f" → {bounds_in_words(bounds)}" if bounds else ""
        parts.append(f"{number(counts.unknown)} unknown{reach}")
    return parts


def timescale_outcomes(counts: TimescaleCounts) -> list[tuple[str, int]]:
    """Return each outcome of a time limit in words with its count."""
    return [
        ("on time", counts.on_time),
        ("late", counts.late),
        ("overdue", counts.overdue),
        ("not yet due", counts.not_yet_due),
        ("not applicable", counts.not_applicable),
        ("unknown", counts.unknown),
    ]
