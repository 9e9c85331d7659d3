"""One cell to one value of its field's type: text cells (CSV) and native ones (JSON, Parquet, Excel, Python).

What cannot be taken as it stands is a `Flaw`: the value to go on with, and what to say. Dates are read in
`dates`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen

from rulelang.calendars.counting import zone_named
from rulelang.diagnostics import did_you_mean, or_list
from rulelang.model.records import Field, Reading, fold_choice
from rulelang.reading.dates import Moment, NotADate, of_native, read_moment, read_partial
from rulelang.reading.numbers import read_duration, read_number, read_text_number
from rulelang.reading.problems import ProblemKind
from rulelang.truth import NA, UNREADABLE
from rulelang.types import (
    DATE,
    ChoiceType,
    DateTimeType,
    DateType,
    Duration,
    DurationType,
    JudgementType,
    NumberType,
    PartialDateType,
    Type,
    YesNoType,
)

# Exports repeat values: a text read once is looked up from then on. A column of free text stops here.
KEPT = 20_000


@frozen
class Flaw:
    """A cell that could not be taken as it stands. `orders`: whether it fits day first and month first."""

    value: Any
    kind: ProblemKind
    problem: str
    orders: tuple[bool, bool] | None = None


Convert = Callable[[Any], Any]
YES = frozenset(("yes", "y", "true", "1"))
NO = frozenset(("no", "n", "false", "0"))
NOT_APPLICABLE = frozenset(("n/a", "na", "not applicable", "n.a.", "n.a"))
MIDNIGHT = dt.time(0)


class CellReader(dict[str, Any]):
    """Reads the cells of one field: `reader[text]` for text, `reader.native(cell)` for anything.

    Flawed cells are added to `flaws` as (field, cell, flaw) each time they are met; only sound ones are kept.
    """

    __slots__ = ("_blank", "_exact", "_from_native", "_from_text", "_missing", "field", "flaws")

    def __init__(self, field: Field, reading: Reading, flaws: list[tuple[Field, Any, Flaw]]) -> None:
        super().__init__()
        self.field = field
        self.flaws = flaws
        # A key is a key whatever it looks like: the pack's spellings of nothing don't apply to it.
        self._missing = frozenset() if field.key else frozenset(map(_folded, reading.missing))
        self._from_text, self._from_native = _converters(field, reading)
        self._exact = _EXACT.get(type(field.type))
        if isinstance(field.type, NumberType) and not field.type.whole:
            self._exact = None
        self._blank: Flaw | None = None
        if not (field.optional or field.key):
            why = f"Blank, and `{field.name}` is not optional."
            self._blank = Flaw(None, ProblemKind.BLANK_REQUIRED, why)

    def __missing__(self, text: str) -> Any:
        stripped = text.strip()
        if not stripped or _folded(stripped) in self._missing:
            value: Any = self._blank
        else:
            value = self._from_text(stripped)
        if value.__class__ is Flaw:
            return self._flawed(text, value)
        if len(self) < KEPT:
            self[text] = value
        return value

    def native(self, cell: Any) -> Any:
        """Return the value of a cell of any kind."""
        if cell.__class__ is self._exact:
            return cell
        if cell is None or is_blank(cell):
            return None if self._blank is None else self._flawed(None, self._blank)
        if isinstance(cell, str):
            return self[cell]
        if cell is UNREADABLE:
            return self._flawed(None, _unreadable("It was given as unreadable."))
        if hasattr(cell, "item") and not isinstance(cell, float):
            cell = cell.item()
        value = self._from_native(cell)
        return self._flawed(cell, value) if value.__class__ is Flaw else value

    def _flawed(self, cell: Any, flaw: Flaw) -> Any:
        self.flaws.append((self.field, cell, flaw))
        return flaw.value


_EXACT: dict[type, type] = {
    YesNoType: bool,
    JudgementType: bool,
    DateType: dt.date,
    NumberType: int,
    DurationType: Duration,
}


def is_blank(cell: Any) -> bool:
    """Whether a native cell holds nothing: None, or what is not equal to itself (NaN, NaT)."""
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return cell is None or (isinstance(cell, float | dt.datetime) and bool(cell != cell))  # noqa: PLR0124


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _unreadable(problem: str, orders: tuple[bool, bool] | None = None) -> Flaw:
    return Flaw(UNREADABLE, ProblemKind.UNREADABLE, problem, orders)


def _converters(field: Field, reading: Reading) -> tuple[Convert, Convert]:
    """Return how the field's text (neither blank nor missing) and its other native cells are read."""
    match field.type:
        case YesNoType():
            return partial(_truth, judged=False), partial(_native_truth, judged=False)
        case JudgementType():
            return partial(_truth, judged=True), partial(_native_truth, judged=True)
        case NumberType(whole=whole):
            return partial(_number, whole=whole), partial(_native_number, whole=whole)
        case DateType() | DateTimeType():
            return _date_converters(field.type, reading)
        case PartialDateType():
            return _partial_converters(reading)
        case DurationType():
            return _duration, _duration
        case ChoiceType():
            return _choice_converters(field, field.type)
        case _:
            return str, _native_text


def _truth(text: str, judged: bool) -> Any:
    folded = _folded(text)
    if folded in YES:
        return True
    if folded in NO:
        return False
    if folded in NOT_APPLICABLE:
        return NA if judged else _unreadable(f"Neither yes nor no. {NA_IS_FOR_JUDGEMENTS}")
    return _unreadable("Neither yes, no nor N/A." if judged else "Neither yes nor no.")


NA_IS_FOR_JUDGEMENTS = "N/A fits only a field of the type `judgement`."


def _native_truth(cell: Any, judged: bool) -> Any:
    if isinstance(cell, bool):
        return cell
    if judged and cell is NA:
        return NA
    number = read_number(cell)
    if number in (0, 1):
        return bool(number)
    return _unreadable("Neither yes, no nor N/A." if judged else "Neither yes nor no.")


def _number(text: str, whole: bool) -> Any:
    value = read_text_number(text)
    if value is None:
        return _unreadable("Not a whole number." if whole else "Not a number.")
    return _whole(value) if whole else value


def _native_number(cell: Any, whole: bool) -> Any:
    value = read_number(cell)
    if value is None:
        return _unreadable("Not a whole number." if whole else "Not a number.")
    return _whole(value) if whole else value


def _whole(value: Any) -> Any:
    return int(value) if value.denominator == 1 else _unreadable("Not a whole number: it has a fraction.")


def _duration(cell: Any) -> Any:
    value = read_duration(cell)
    return value if value is not None else _unreadable("Not a length of time such as `16 weeks`.")


def _native_text(cell: Any) -> Any:
    number = read_number(cell)
    if number is None:
        return _unreadable(f"Text is expected, and this is {_kind_of(cell)}. {KEEP_AS_TEXT}")
    # A spreadsheet keeps the number 1001 as 1001.0; nobody sees it like that.
    return str(int(number)) if number.denominator == 1 else str(cell)


KEEP_AS_TEXT = "Have it exported as text, as it stands in the record."


def _kind_of(cell: Any) -> str:
    if isinstance(cell, bool):
        return "a yes or no"
    if isinstance(cell, dt.date | dt.time):
        return "a date or a time"
    if isinstance(cell, list | tuple | dict):
        return "a list or a group of values"
    return "something else"


def _choice_converters(field: Field, kind: ChoiceType) -> tuple[Convert, Convert]:
    spellings = {fold_choice(value): value for value in kind.values}
    spellings.update(field.choice.spellings if field.choice else ())
    offered = or_list(kind.values)

    def read(text: str) -> Any:
        value = spellings.get(fold_choice(text))
        if value is not None:
            return value
        if _folded(text) in NOT_APPLICABLE:
            return _unreadable(f"Not one of {offered}. {NA_IS_FOR_JUDGEMENTS}")
        near = did_you_mean(fold_choice(text), spellings, limit=1)
        meant = f" It looks like `{spellings[near[0]]}`." if near else ""
        return _unreadable(f"Not one of {offered}.{meant}")

    def read_native(cell: Any) -> Any:
        number = read_number(cell)
        if number is not None and number.denominator == 1:
            return read(str(int(number)))
        return _unreadable(f"Not one of {offered}.")

    return read, read_native


def _date_converters(kind: Type, reading: Reading) -> tuple[Convert, Convert]:
    zone = zone_named(reading.time_zone) if reading.time_zone else None
    finish = partial(_as_date if isinstance(kind, DateType) else _as_datetime, zone=zone)

    def read(text: str) -> Any:
        moment = read_moment(text, reading.day_first)
        if isinstance(moment, NotADate):
            orders = (moment.fits_day_first, moment.fits_month_first)
            return _unreadable(moment.problem, orders if any(orders) else None)
        return finish(moment)

    def read_native(cell: Any) -> Any:
        moment = of_native(cell)
        if moment is not None:
            return finish(moment)
        number = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
        why = " It is a number: in a spreadsheet, give the column the format of a date." if number else ""
        return _unreadable(f"Not a date.{why}")

    return read, read_native


def _partial_converters(reading: Reading) -> tuple[Convert, Convert]:
    """Return how `2005`, `2005-03`, `03/2005`, `March 2005` and whole dates are read: as ISO text, so far as known."""
    whole, whole_native = _date_converters(DATE, reading)

    def day(value: Any) -> Any:
        if isinstance(value, Flaw):
            return attrs.evolve(value, value=_iso(value.value))
        return _iso(value)

    def read(text: str) -> Any:
        part = read_partial(text)
        if isinstance(part, NotADate):
            return _unreadable(part.problem)
        return part if part is not None else day(whole(text))

    def read_native(cell: Any) -> Any:
        number = read_number(cell)
        if number is not None and number.denominator == 1 and not isinstance(cell, bool):
            return read(str(int(number)))
        return day(whole_native(cell))

    return read, read_native


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


NO_ZONE = (
    "Not read: it carries an offset from universal time, and the rules name no time zone. "
    'Write one in the pack, such as `time zone "Europe/London"`.'
)


def _as_datetime(moment: Moment, zone: ZoneInfo | None) -> Any:
    if moment.time is None:
        start = dt.datetime.combine(moment.day, MIDNIGHT)
        return Flaw(start, ProblemKind.TIME_ASSUMED, "A date without a time of day: taken as midnight.")
    local = dt.datetime.combine(moment.day, moment.time)
    if moment.offset is None:
        return local
    if zone is None:
        return _unreadable(NO_ZONE)
    try:
        return local.replace(tzinfo=dt.timezone(moment.offset), fold=0).astimezone(zone).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return _unreadable("Not a date: it lies outside the years 1 to 9999.")


def _as_date(moment: Moment, zone: ZoneInfo | None) -> Any:
    if moment.time is None:
        return moment.day
    local = _as_datetime(moment, zone)
    if not isinstance(local, dt.datetime):
        return local
    if local.time() == MIDNIGHT:
        return local.date()
    return Flaw(local.date(), ProblemKind.TIME_DROPPED, "The time of day was left out: the field is a date.")
