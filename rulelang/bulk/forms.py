"""The common shapes of a type in a column of DuckDB, read by an expression; all other cells are learnt.

An expression reads a cell as `reading` does or leaves it NULL: then its meaning is learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import evolve, field, frozen

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.meanings import LARGEST, Mark
from rulelang.bulk.wording import BLANKS, quoted
from rulelang.engines.sql.layout import SCALE
from rulelang.model.records import Field, Reading
from rulelang.types import (
    DateTimeType,
    DateType,
    JudgementType,
    NumberType,
    TextType,
    YesNoType,
)

Sql = Callable[[str], str]

SMALL_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
FLOATS = ("FLOAT", "DOUBLE")
MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
ZONED = "TIMESTAMP WITH TIME ZONE"
TEXT = "VARCHAR"
# A float up to this many parts is the nearest to one number of that many digits.
EXACT_PARTS = 10**15


# Whether what was made of a cell, the first argument, is what `reading` makes of it: a test, never NULL on a value.
Test = Callable[[str, str], str]


@frozen
class Form:
    """How a column is read: `read` where an expression does, `marks` what it says of a cell with a test.

    `learns` says that there may be cells that `read` leaves NULL, or whose value is not `sure`. `shapes` are forms
    that each read a part of the cells: what the one that is chosen does not read is learnt. `order` is that of its
    dates.
    """

    read: Sql | None = None
    marks: Mapping[Mark, Sql] = field(factory=dict)
    learns: bool = True
    sure: Test | None = None
    shapes: tuple[Form, ...] = ()
    order: str | None = None

    def value(self, x: str) -> str | None:
        """Return the SQL of the value in a single expression."""
        if self.read is None or self.sure is None:
            return self.read(x) if self.read is not None else None
        return f"CASE WHEN {self.sure(self.read(x), x)} THEN {self.read(x)} END"


def form_of(one: Field, kind: str, reading: Reading) -> Form:
    """Return how a field is read from a column of a type of DuckDB's."""
    if not _known(kind):
        raise NotInBulk(f"`{one.name}` stands in a column of the type {kind}")
    if kind == TEXT:
        return _of_text(one, reading)
    match one.type:
        case YesNoType() | JudgementType() if kind == "BOOLEAN":
            return Form(lambda x: x, learns=False)
        case NumberType(whole=whole):
            return _of_number(kind, whole)
        case TextType():
            return _as_text(kind)
        case DateType() | DateTimeType():
            return _of_moment(one, kind, reading)
        case _:
            return Form()


def _known(kind: str) -> bool:
    return kind in (TEXT, "BOOLEAN", "DATE", ZONED, *SMALL_INTEGERS, *FLOATS, *MOMENTS) or kind.startswith(
        "DECIMAL("
    )


def _of_text(one: Field, reading: Reading) -> Form:
    match one.type:
        case TextType():
            missing = () if one.key else reading.missing
            return Form(lambda x: _without(stripped(x), missing), learns=False)
        case NumberType(whole=True):
            form = Form(lambda x: f"TRY_CAST({x} AS BIGINT)", sure=lambda value, x: f"{value}::VARCHAR = {x}")
        case NumberType():
            form = Form(_decimal)
        case DateType():
            form = _dates(reading.day_first)
        case DateTimeType():
            form = Form(_moment)
        case _:
            return Form()
    missing = () if one.key else tuple(sorted(filter(has_digit, folded(reading.missing))))
    return _but_for(form, missing) if missing else form


def of_bare_text(one: Field, reading: Reading) -> Form:
    """Return how text is read where none is blank or has a blank in it, nor any letter but those of ASCII."""
    missing = () if one.key else tuple(sorted(folded(reading.missing)))
    if not missing:
        return Form(lambda x: x, learns=False)
    within = ", ".join(map(quoted, missing))
    return Form(lambda x: f"CASE WHEN lower({x}) IN ({within}) THEN NULL ELSE {x} END", learns=False)


def folded(missing: Iterable[str]) -> set[str]:
    """Return the spellings of nothing as they are compared."""
    return {" ".join(one.split()).casefold() for one in missing}


def has_digit(text: str) -> bool:
    """Whether text has a digit, as a number or a date must."""
    return any("0" <= char <= "9" for char in text)


def _but_for(form: Form, missing: tuple[str, ...]) -> Form:
    """Return a form that leaves spellings of nothing to be learnt."""
    known = form.sure or (lambda value, _: f"{value} IS NOT NULL")
    listed = ", ".join(map(quoted, missing))
    shapes = tuple(_but_for(one, missing) for one in form.shapes)

    def sure(value: str, x: str) -> str:
        # DuckDB reads dates with blanks before and after them too.
        return f"{known(value, x)} AND lower({x}) NOT IN ({listed}) AND NOT ({may_have_outer_blanks(x)})"

    # DuckDB would take them for dates.
    return evolve(form, sure=sure, shapes=shapes, order=None)


def stripped(x: str) -> str:
    """Return text without its outer blanks, NULL where nothing is left; most texts need no work."""
    return f"CASE WHEN {may_have_outer_blanks(x)} THEN nullif(trim({x}, {quoted(BLANKS)}), '') ELSE {x} END"


def may_have_outer_blanks(x: str) -> str:
    """Return a quick test that holds of all text with outer blanks, of blank text, and of some other text."""
    return f"{x} < '!' OR {x} > '~' OR {x}[-1] NOT BETWEEN '!' AND '~'"


def _without(x: str, missing: tuple[str, ...]) -> str:
    if not missing:
        return x
    blanks = f"regexp_replace({x}, '[\\s\\x0b\\x1c-\\x1f\\x{{85}}\\x{{a0}}\\pZ]+', ' ', 'g')"
    longest = 4 * max(map(len, folded(missing)))
    within = ", ".join(map(quoted, sorted(folded(missing))))
    return f"CASE WHEN strlen({x}) <= {longest} AND lower({blanks}) IN ({within}) THEN NULL ELSE {x} END"


def _decimal(x: str) -> str:
    plain = f"regexp_full_match({x}, '-?[0-9]{{1,12}}([.][0-9]{{1,6}})?')"
    return f"CASE WHEN {plain} THEN ({x}::DECIMAL(18, 6) * {SCALE})::BIGINT END"


ISO, DAY_FIRST, MONTH_FIRST = "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"


def order_of(day_first: bool | None) -> str | None:
    """Return the order of dates with strokes; None where they are not read."""
    return None if day_first is None else DAY_FIRST if day_first else MONTH_FIRST


def _dates(day_first: bool | None) -> Form:
    orders = [one for one in (order_of(day_first), ISO) if one is not None]
    shapes = tuple(_of_order(one) for one in orders)
    if len(shapes) == 1:
        return shapes[0]
    listed = ", ".join(map(quoted, orders))
    return Form(lambda x: f"try_strptime({x}, [{listed}])::DATE", sure=_sure_date, shapes=shapes)


def _of_order(order: str) -> Form:
    return Form(lambda x: f"try_strptime({x}, {quoted(order)})::DATE", sure=_sure_date, order=order)


def _sure_date(value: str, _: str) -> str:
    return f"NOT ({doubtful_date(value)})"


# DuckDB reads `epoch` as the day before the first, and `infinity` as one after the last.
FIRST_SURE, LAST_SURE = "DATE '1970-01-02'", "DATE '9999-12-31'"


def doubtful_date(value: str) -> str:
    """Return a test of whether a date may stand for text that `reading` does not take for it.

    DuckDB reads years of fewer digits than four as well.
    """
    return f"{value} NOT BETWEEN DATE '1000-01-01' AND {LAST_SURE} OR {value} = {FIRST_SURE} - 1"


def _moment(x: str) -> str:
    orders = ", ".join(f"'%Y-%m-%d{t}%H:%M{s}'" for t in ("T", " ") for s in (":%S", ""))
    plain = f"strlen({x}) IN (16, 19) AND {x} >= '0001' AND {x} < ':' AND {x}[-1] >= '0'"
    # `24:00` is no time of day here.
    return f"CASE WHEN {plain} AND substr({x}, 12, 2) < '24' THEN try_strptime({x}, [{orders}]) END"


def _of_number(kind: str, whole: bool) -> Form:
    if kind in SMALL_INTEGERS:
        if whole:
            return Form(lambda x: f"{x}::BIGINT", learns=False)
        return Form(
            lambda x: f"CASE WHEN abs({x}::HUGEINT) <= {LARGEST // SCALE} THEN {x}::BIGINT * {SCALE} END"
        )
    if kind in FLOATS or kind.startswith("DECIMAL("):
        parts = 1 if whole else SCALE
        return Form(lambda x: _exact(x, parts, kind))
    return Form()


def _exact(x: str, parts: int, kind: str) -> str:
    if kind in FLOATS:
        test = f"abs({x}) * {parts} < {EXACT_PARTS} AND round({x} * {parts}) / {parts} = {x}"
        return f"CASE WHEN {test} THEN round({x} * {parts})::BIGINT END"
    exact = f"TRY_CAST({x} AS DECIMAL(38, 6))"
    scaled = f"TRY_CAST({exact} * {parts} AS BIGINT)"
    return f"CASE WHEN {scaled}::DECIMAL(38, 6) / {parts} = {x} THEN {scaled} END"


def _as_text(kind: str) -> Form:
    if kind in SMALL_INTEGERS:
        return Form(lambda x: f"{x}::VARCHAR", learns=False)
    if kind in FLOATS:
        return Form(
            lambda x: f"CASE WHEN abs({x}) < {EXACT_PARTS} AND trunc({x}) = {x} THEN {x}::BIGINT::VARCHAR END"
        )
    return Form()


def _of_moment(one: Field, kind: str, reading: Reading) -> Form:
    dated = isinstance(one.type, DateType)
    if kind == "DATE":
        if dated:
            return Form(lambda x: x, learns=False)
        return Form(
            lambda x: f"{x}::TIMESTAMP", {Mark.TIME_ASSUMED: lambda x: f"{x} IS NOT NULL"}, learns=False
        )
    if kind not in (*MOMENTS, ZONED):
        return Form()
    if kind == ZONED and reading.time_zone is None:
        return Form(None, {Mark.BAD: lambda x: f"{x} IS NOT NULL"}, learns=False)
    zone = quoted(reading.time_zone or "")

    def local(x: str) -> str:
        return f"timezone({zone}, {x})" if kind == ZONED else f"{x}::TIMESTAMP"

    if not dated:
        return Form(local, learns=False)
    dropped: Sql = lambda x: f"coalesce({local(x)} <> {local(x)}::DATE::TIMESTAMP, false)"  # noqa: E731
    return Form(lambda x: f"{local(x)}::DATE", {Mark.TIME_DROPPED: dropped}, learns=False)
