"""The words of a command line turned into dates, scores, widths; what is wrong with one in a plain sentence."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from rulelang.cli.refusals import unknown_word

if TYPE_CHECKING:
    from rulelang.scoring.ratings import GivenRating

DETAIL_ENDINGS = (".csv", ".jsonl", ".parquet")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
_SCORE = re.compile(r"\d{1,3}(\.\d{1,6})?%?")
_MEMORY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})? ?(MB|GB|TB|MiB|GiB|TiB)", re.IGNORECASE)


def date(text: str) -> dt.date | dt.datetime:
    """Return a date, or a moment where a time is given."""
    try:
        if _DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
        if _MOMENT.fullmatch(text):
            return dt.datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(f"there is no day or time `{text}`") from None
    raise _wrong(f"`{text}` is not a date; write it year first: 2005-03-01, or '2005-03-01 14:30'")


def score(text: str) -> Fraction:
    """Return a score in per cent, exactly."""
    if not _SCORE.fullmatch(text):
        raise _wrong(f"`{text}` is not a score; write a percentage: 65")
    value = Fraction(text.removesuffix("%"))
    if value > 100:
        raise _wrong(f"a score lies between 0 and 100, and {text} does not")
    return value


def width(text: str) -> int:
    """Return a width in columns."""
    if not text.isdecimal() or not text.isascii() or not 40 <= int(text[:4]) <= 120:
        raise _wrong(f"`{text}` is not a width; write a number from 40 to 120")
    return int(text)


def name(text: str) -> str:
    """Return the name of rules or of an export as it stands; nothing at all would mean the current folder."""
    if not text.strip():
        raise _wrong("it is empty; a name is needed")
    return text


def rated(text: str) -> tuple[str, GivenRating]:
    """Return the name and the level of `NAME=LEVEL`, with what stands after a colon as the reason."""
    from rulelang.scoring.ratings import GivenRating

    name, equals, rest = text.partition("=")
    level, _, reason = rest.partition(":")
    if not equals or not name.strip() or not level.strip():
        raise _wrong(f"`{text}` lacks a name or a level; write NAME=LEVEL, or 'NAME=LEVEL: the reason'")
    return name.strip(), GivenRating(level.strip().replace(" ", "_"), reason.strip() or None)


def setting(text: str) -> tuple[str, str]:
    """Return the name and the value of `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise _wrong(f"`{text}` lacks a name or a value; write NAME=VALUE: reference_date=2023-03-31")
    return name.strip(), value.strip()


def details_path(text: str) -> str:
    """Return a path whose ending tells how details are written."""
    # A device, such as `/dev/stdout`, has no ending to go by and gets CSV.
    if not text.lower().endswith(DETAIL_ENDINGS) and not text.startswith("/dev/"):
        raise _wrong(f"`{text}` does not say how to write details; end its name in .csv, .jsonl or .parquet")
    return text


def threads(text: str) -> int:
    """Return a number of threads."""
    if not text.isdecimal() or not text.isascii() or not 1 <= int(text[:5]) <= 1024:
        raise _wrong(f"`{text}` is not a number of threads; write a whole number from 1: 2")
    return int(text)


def memory(text: str) -> str:
    """Return a size of memory as DuckDB takes it."""
    if not _MEMORY.fullmatch(text.strip()) or not float(text.strip().rstrip("GgMmTtiIbB ")):
        raise _wrong(f"`{text}` is not a size of memory; write a number and its unit: 500MB or 2GB")
    return text.strip()


def one_of(known: tuple[str, ...], what: str = "format") -> Callable[[str], str]:
    """Return what takes one of a few words and refuses any other."""

    def chosen(text: str) -> str:
        if text not in known:
            raise _wrong(unknown_word(text, known, what))
        return text

    return chosen


def _wrong(text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(text)
