"""Exact numbers and lengths of time, from text and from native cells."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rulelang.types import Duration, Unit

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")
DURATION = re.compile(
    r"([0-9]{1,6}) *(working days?|days?|weeks?|months?|years?|hours?|minutes?)", re.IGNORECASE
)
ISO_DURATION = re.compile(r"P(?:([0-9]{1,6})([YMWD])|T([0-9]{1,6})([HM]))")
DATE_LETTERS = {"Y": Unit.YEARS, "M": Unit.MONTHS, "W": Unit.WEEKS, "D": Unit.DAYS}
TIME_LETTERS = {"H": Unit.HOURS, "M": Unit.MINUTES}
# A number beyond this could not be a fact of a case, and its exact form would fill the memory.
LARGEST_EXPONENT = 400


def read_text_number(text: str) -> Fraction | None:
    """Return the exact number that text is, or None. Commas stand only between groups of three digits."""
    if not NUMBER.fullmatch(text) or not any(char.isdigit() for char in text.lower().split("e")[0]):
        return None
    return _exact(Decimal(text.replace(",", "")))


def read_number(cell: Any) -> Fraction | None:
    """Return the exact number that a native cell is, or None; a float counts as its shortest decimal text."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float):
        return _exact(Decimal(float.__repr__(cell))) if math.isfinite(cell) else None
    if isinstance(cell, int | Fraction):
        return Fraction(cell)
    return _exact(cell) if isinstance(cell, Decimal) and cell.is_finite() else None


def _exact(number: Decimal) -> Fraction | None:
    return Fraction(number) if abs(number.adjusted()) <= LARGEST_EXPONENT else None


def read_duration(cell: Any) -> Duration | None:
    """Return a length of time from text (`16 weeks`, `P16W`) or a native cell, or None."""
    if isinstance(cell, Duration):
        return cell
    if isinstance(cell, dt.timedelta):
        return _of_timedelta(cell)
    if not isinstance(cell, str):
        return None
    text = " ".join(cell.split())
    found = DURATION.fullmatch(text)
    if found:
        word = found[2].lower()
        return Duration(int(found[1]), Unit(word if word.endswith("s") else word + "s"))
    found = ISO_DURATION.fullmatch(text)
    if not found:
        return None
    if found[1]:
        return Duration(int(found[1]), DATE_LETTERS[found[2]])
    return Duration(int(found[3]), TIME_LETTERS[found[4]])


def _of_timedelta(elapsed: dt.timedelta) -> Duration | None:
    minutes, rest = divmod(elapsed, dt.timedelta(minutes=1))
    if rest or minutes < 0:
        return None
    if minutes % (24 * 60) == 0:
        return Duration(minutes // (24 * 60), Unit.DAYS)
    if minutes % 60 == 0:
        return Duration(minutes // 60, Unit.HOURS)
    return Duration(minutes, Unit.MINUTES)
