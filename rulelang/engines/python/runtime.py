"""What generated code calls for lists, codes, parameters and the outcome of several clocks. Works on values."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from rulelang.calendars import OutsideSpan
from rulelang.calendars.counting import (
    day_of,
    last_day_beginning_with,
)
from rulelang.outcomes import WORST_FIRST, TimescaleOutcome
from rulelang.types import Duration

# A count that leaves its calendar, or the years 1 to 9999.
BEYOND = (OutsideSpan, OverflowError, ValueError)


def latest(values: Sequence[Any]) -> Any:
    """Return the latest of some dates, or missing."""
    return max(values) if values else None


def earliest(values: Sequence[Any]) -> Any:
    """Return the earliest of some dates, or missing."""
    return min(values) if values else None


def either_way(of: Callable[[list[Any]], Any], sure: list[Any], maybe: list[Any]) -> Any:
    """Return what a list comes to where doubtful rows make no difference, else missing (M1)."""
    without = of(sure)
    return without if not maybe or of(sure + maybe) == without else None


def total(values: list[Any]) -> Any:
    """Add up; a sum needs every value, and of nothing is 0 (M1)."""
    return None if None in values else sum(values)


def known(values: Iterable[Any]) -> list[Any]:
    """Return the values that are there."""
    return [value for value in values if value is not None]


def picked(rows: list[tuple[Any, Any, Any]], position: int) -> Any:
    """Return the value at a position of rows (order, key, value), put in order; ties go by the key (M1).

    Without keys a tie is settled only where the tied rows agree.
    """
    if len(rows) < abs(position):
        return None
    keyed = all(key is not None for _, key, _ in rows)
    rows = sorted(rows, key=(lambda row: row[:2]) if keyed else (lambda row: row[:1]))
    order, _, value = rows[position - 1 if position > 0 else position]
    if keyed:
        return value
    tied = [other for at, _, other in rows if at == order]
    return value if all(other == value for other in tied) else None


def most_within(dates: list[dt.date], window: Duration) -> int:
    """Return the most dates in any window of this length; the window begins with its first day."""
    days = sorted(day_of(day) for day in dates)
    ends = (bisect_right(days, _end(day, window)) - at for at, day in enumerate(days))
    return max(ends, default=0)


def _end(first: dt.date, window: Duration) -> dt.date:
    """Return the last day of a window; beyond the last day of all there are no dates to count."""
    try:
        return last_day_beginning_with(first, window)
    except BEYOND:
        return dt.date.max


def share(
    at_least: bool, fraction: Fraction, sure: tuple[int, int, int], maybe: tuple[int, int, int]
) -> bool | None:
    """Say whether a share is reached; each triple counts the rows that are yes, no and unknown (M1)."""
    yes, no, unknown = sure
    maybe_yes, maybe_no, maybe_unknown = maybe
    if yes + no + unknown == 0:
        return None
    lowest = Fraction(yes, yes + no + unknown + maybe_no + maybe_unknown)
    highest = Fraction(
        yes + unknown + maybe_yes + maybe_unknown, yes + no + unknown + maybe_yes + maybe_unknown
    )
    if at_least:
        return True if lowest >= fraction else False if highest < fraction else None
    return True if highest <= fraction else False if lowest > fraction else None


def in_codes(text: str, exact: frozenset[str], ranges: tuple[tuple[str, str], ...]) -> bool:
    """Say whether a text is a code, or digits in a range of codes of the same length."""
    if text in exact:
        return True
    return any(
        len(text) == len(first) and text.isascii() and text.isdigit() and first <= text <= last
        for first, last in ranges
    )


def edition(days: tuple[dt.date, ...], values: tuple[Any, ...], day: dt.date | None) -> Any:
    """Return the value of a parameter in force on a day; missing before the first edition."""
    if day is None:
        return None
    at = bisect_right(days, day_of(day))
    return values[at - 1] if at else None


def worst(outcomes: list[TimescaleOutcome]) -> TimescaleOutcome:
    """Return the case's outcome from those of its clocks (M7)."""
    return next((one for one in WORST_FIRST if one in outcomes), TimescaleOutcome.NOT_APPLICABLE)
