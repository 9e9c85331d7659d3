"""The common shapes of a type in a column of Spark, read by an expression; all other cells are learnt.

An expression reads a cell as `reading` does or leaves it NULL: then its meaning is learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import field, frozen

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import SCALE
from rulelang.model.records import Field, Reading
from rulelang.query.spark import SPARK
from rulelang.spark.meanings import LARGEST, Mark
from rulelang.types import DateTimeType, DateType, JudgementType, NumberType, TextType, YesNoType

Sql = Callable[[str], str]

INTEGERS = ("tinyint", "smallint", "int", "bigint")
FLOATS = ("float", "double")
ZONED, UNZONED = "timestamp", "timestamp_ntz"
TEXT = "string"
# A float up to this many parts is the nearest to one number of that many digits.
EXACT_PARTS = 10**15
# What `str.strip` cuts off.
BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
BLANKS += "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


@frozen
class Form:
    """How a column is read: `value` where an expression does, `marks` what it says of a cell with a test.

    `learns` says that there may be cells that `value` leaves NULL.
    """

    value: Sql | None = None
    marks: Mapping[Mark, Sql] = field(factory=dict)
    learns: bool = True


def form_of(one: Field, kind: str, reading: Reading) -> Form:
    """Return how a field is read from a column of a type of Spark's."""
    known = kind in (TEXT, "boolean", "date", ZONED, UNZONED, *INTEGERS, *FLOATS)
    if not known and not kind.startswith("decimal("):
        raise Unsupported(f"the field `{one.name}` in a column of the type {kind}")
    if kind == TEXT:
        return _of_text(one, reading)
    match one.type:
        case YesNoType() | JudgementType() if kind == "boolean":
            return Form(lambda x: x, learns=False)
        case NumberType(whole=whole):
            return _of_number(kind, whole)
        case TextType() if kind in INTEGERS:
            return Form(lambda x: f"CAST({x} AS STRING)", learns=False)
        case DateType() | DateTimeType():
            return _of_moment(one, kind, reading)
        case _:
            return Form()


# --- texts ---------------------------------------------------------------------------------------------------


def _of_text(one: Field, reading: Reading) -> Form:
    match one.type:
        case TextType():
            missing = () if one.key else reading.missing
            return Form(lambda x: _without(stripped(x), missing), learns=False)
        case NumberType(whole=True):
            number = "try_cast({x} AS BIGINT)"
            return Form(lambda x: f"CASE WHEN CAST({number} AS STRING) = {{x}} THEN {number} END".format(x=x))
        case NumberType():
            return Form(_decimal)
        case DateType():
            return Form(lambda x: _date(x, reading.day_first))
        case DateTimeType():
            return Form(_moment)
        case _:
            return Form()


def stripped(x: str) -> str:
    """Return text without its outer blanks, NULL where nothing is left."""
    return f"nullif(trim(BOTH {SPARK.text(BLANKS)} FROM {x}), '')"


def _without(x: str, missing: tuple[str, ...]) -> str:
    if not missing:
        return x
    folded = sorted({" ".join(one.split()).casefold() for one in missing})
    blanks = f"regexp_replace({x}, {SPARK.text(f'[{BLANKS}]+')}, ' ')"
    return f"CASE WHEN lower({blanks}) IN ({', '.join(map(SPARK.text, folded))}) THEN NULL ELSE {x} END"


def _like(x: str, pattern: str) -> str:
    return f"{x} RLIKE {SPARK.text(f'^{pattern}' + chr(92) + 'z')}"


def _decimal(x: str) -> str:
    plain = _like(x, "-?[0-9]{1,12}([.][0-9]{1,6})?")
    return f"CASE WHEN {plain} THEN CAST(try_cast({x} AS DECIMAL(18, 6)) * {SCALE} AS BIGINT) END"


def _date(x: str, day_first: bool | None) -> str:
    iso = f"WHEN {_like(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}')} AND {x} >= '0001' THEN try_cast({x} AS DATE)"
    if day_first is None:
        return f"CASE {iso} END"
    day, month = ("1", "4") if day_first else ("4", "1")
    parts = f"concat(substr({x}, 7, 4), '-', substr({x}, {month}, 2), '-', substr({x}, {day}, 2))"
    shape = f"{_like(x, '[0-9]{2}/[0-9]{2}/[0-9]{4}')} AND substr({x}, 7, 4) >= '0001'"
    return f"CASE {iso} WHEN {shape} THEN try_cast({parts} AS DATE) END"


def _moment(x: str) -> str:
    plain = _like(x, "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
    return f"CASE WHEN {plain} AND {x} >= '0001' THEN try_cast({x} AS TIMESTAMP_NTZ) END"


# --- others --------------------------------------------------------------------------------------------------


def _of_number(kind: str, whole: bool) -> Form:
    if kind in INTEGERS:
        if whole:
            return Form(lambda x: f"CAST({x} AS BIGINT)", learns=False)
        limit = LARGEST // SCALE
        return Form(
            lambda x: f"CASE WHEN {x} BETWEEN -{limit}L AND {limit}L THEN CAST({x} AS BIGINT) * {SCALE}L END"
        )
    parts = 1 if whole else SCALE
    if kind in FLOATS:
        return Form(lambda x: _of_float(x, parts))
    if kind.startswith("decimal("):
        return Form(lambda x: _of_decimal(x, parts))
    return Form()


def _of_float(x: str, parts: int) -> str:
    test = f"abs({x}) * {parts} < {EXACT_PARTS} AND round({x} * {parts}) / {parts} = {x}"
    return f"CASE WHEN {test} THEN CAST(round({x} * {parts}) AS BIGINT) END"


def _of_decimal(x: str, parts: int) -> str:
    scaled = f"try_cast(try_multiply(try_cast({x} AS DECIMAL(38, 6)), CAST({parts} AS BIGINT)) AS BIGINT)"
    return f"CASE WHEN try_cast({scaled} AS DECIMAL(38, 6)) / {parts} = {x} THEN {scaled} END"


def _of_moment(one: Field, kind: str, reading: Reading) -> Form:
    dated = isinstance(one.type, DateType)
    if kind == "date":
        if dated:
            return Form(lambda x: x, learns=False)
        marks: Mapping[Mark, Sql] = {Mark.TIME_ASSUMED: lambda x: f"{x} IS NOT NULL"}
        return Form(lambda x: f"CAST({x} AS TIMESTAMP_NTZ)", marks, learns=False)
    if kind not in (ZONED, UNZONED):
        return Form()
    zone = reading.time_zone
    if kind == ZONED and zone is None:
        return Form(None, {Mark.BAD: lambda x: f"{x} IS NOT NULL"}, learns=False)

    def local(x: str) -> str:
        if kind == UNZONED:
            return x
        universal = f"TIMESTAMP_NTZ '1970-01-01 00:00:00' + unix_micros({x}) * INTERVAL '0.000001' SECOND"
        return f"convert_timezone('UTC', {SPARK.text(zone or '')}, {universal})"

    if not dated:
        return Form(local, learns=False)
    dropped: Sql = lambda x: f"coalesce({local(x)} <> date_trunc('DAY', {local(x)}), false)"  # noqa: E731
    return Form(lambda x: f"CAST({local(x)} AS DATE)", {Mark.TIME_DROPPED: dropped}, learns=False)
