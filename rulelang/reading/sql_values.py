"""Values that databases hold and Python cannot: written as text by the database, and read where Python can.

`infinity`, days before the year 1 and mixed lengths of time stay text, which a typed field cannot read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

KEPT = 20_000
INTERVAL = re.compile(
    r"(?:(?P<y>-?\d+) years?)? ?(?:(?P<m>-?\d+) mon(?:th)?s?)? ?(?:(?P<d>-?\d+) days?)? ?"
    r"(?:(?P<sign>-)?(?P<h>\d+):(?P<min>\d\d):(?P<s>\d\d(?:\.\d{1,6})?))?"
)


class Known(dict[str, Any]):
    """Values by their text: exports repeat days, so a text that was read once is looked up from then on."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Any:
        try:
            value = self._read(text)
        except ValueError:
            value = text
        if len(self) < KEPT:
            self[text] = value
        return value


def days() -> Known:
    """Return a reader of dates."""
    return Known(dt.date.fromisoformat)


def moments() -> Known:
    """Return a reader of dates with a time of day, with an offset or without."""
    return Known(dt.datetime.fromisoformat)


def lengths() -> Known:
    """Return a reader of intervals. Months are no number of days, so they are kept apart from days."""
    return Known(_length)


def _length(text: str) -> Any:
    found = INTERVAL.fullmatch(text)
    if not text or found is None:
        return text
    months = 12 * int(found["y"] or 0) + int(found["m"] or 0)
    if months:
        alone = found["d"] is None and found["h"] is None
        return f"{months} months" if alone and months > 0 else text
    time = dt.timedelta(
        hours=int(found["h"] or 0), minutes=int(found["min"] or 0), seconds=float(found["s"] or 0)
    )
    return dt.timedelta(days=int(found["d"] or 0)) + (-time if found["sign"] else time)
