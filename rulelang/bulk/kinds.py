"""The type of a column of Python's cells: one that holds all of them as they are, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from rulelang.bulk.wording import named
from rulelang.reading.headings import Shape

LARGEST_INTEGER = 2**63 - 1
DIGITS = 38
ZERO = dt.timedelta(0)


@frozen
class Kind:
    """A type of DuckDB's by name; where not `met`, no cell told which. Of `ODD` cells, none fits all of them."""

    name: str
    met: bool = True


@frozen
class Rows:
    """A list of rows nested in a column."""

    fields: Mapping[str, Kind | Rows] = field(factory=dict)


# As in Parquet, a column that holds nothing counts as text.
NOTHING, ODD = Kind("VARCHAR", met=False), Kind("BLOB")
TEXT, WHOLE, DOUBLE = Kind("VARCHAR"), Kind("BIGINT"), Kind("DOUBLE")
MOMENT, ZONED = Kind("TIMESTAMP"), Kind("TIMESTAMPTZ")
_OF_CLASS: Mapping[type, Kind] = {
    str: TEXT,
    bool: Kind("BOOLEAN"),
    int: WHOLE,
    float: DOUBLE,
    dt.date: Kind("DATE"),
}


def kind_of(cells: Iterable[Any], shape: Shape | None) -> Kind | Rows:
    """Return the type of some cells; `shape` is that of the rows nested in them, where there are any."""
    there = [one for one in cells if one is not None]
    classes = set(map(type, there))
    if not classes:
        return NOTHING
    if shape is not None and classes <= {list, tuple}:
        return _rows(there, shape)
    if len(classes) > 1:
        return ODD
    (one,) = classes
    if one is int:
        return ODD if max(map(abs, there)) > LARGEST_INTEGER else WHOLE
    if one is dt.datetime:
        # With another offset they would be told as they were not written.
        return {(None,): MOMENT, (ZERO,): ZONED}.get(tuple({cell.utcoffset() for cell in there}), ODD)
    return _of_decimals(there) if one is Decimal else _OF_CLASS.get(one, ODD)


def _of_decimals(cells: list[Decimal]) -> Kind:
    """Decimals are told to people as they are written: as a float writes them, or all with as many digits."""
    if all(one.is_finite() and float.__repr__(float(one)) == str(one) for one in cells):
        return DOUBLE
    exponents = {one.as_tuple().exponent for one in cells}
    (exponent,) = exponents if len(exponents) == 1 else (None,)
    if not isinstance(exponent, int) or not 0 <= -exponent <= DIGITS // 2:
        return ODD
    return Kind(f"DECIMAL({DIGITS}, {-exponent})") if max(map(_digits, cells)) <= DIGITS else ODD


def _digits(one: Decimal) -> int:
    return max(len(one.as_tuple().digits), 1 - one.adjusted())


def _rows(cells: list[Any], shape: Shape) -> Kind | Rows:
    if len({one.lower() for one in shape.headings}) < len(shape.headings):
        return ODD
    rows = [row for cell in cells for row in cell if row is not None]
    if not all(isinstance(row, Mapping) for row in rows):
        return ODD
    # A row of DuckDB's has a column at least: of lists that nothing stands in, one that no heading names.
    headings = shape.headings or ("nothing",)
    return Rows({one: kind_of((row.get(one) for row in rows), shape.nested.get(one)) for one in headings})


def joined(one: Kind | Rows, other: Kind | Rows) -> Kind | Rows:
    """Return the type of the cells of both."""
    if other in (NOTHING, one) or one == ODD:
        return one
    if one == NOTHING:
        return other
    if isinstance(one, Kind) or isinstance(other, Kind):
        return ODD
    fields = {name: joined(each, other.fields[name]) for name, each in one.fields.items()}
    # What is stored already can be left out of a column, but not out of rows nested in one.
    return ODD if any(fields[name] == ODD != each for name, each in one.fields.items()) else Rows(fields)


def sql_of(kind: Kind | Rows) -> str:
    """Return the type as DuckDB writes it."""
    if isinstance(kind, Kind):
        return kind.name
    fields = ", ".join(f"{named(name)} {sql_of(one)}" for name, one in kind.fields.items())
    return f"STRUCT({fields})[]"


def arrow_type(kind: Kind | Rows) -> Any:
    """Return the type as Arrow has it."""
    import pyarrow

    if isinstance(kind, Rows):
        fields = [pyarrow.field(name, arrow_type(one)) for name, one in kind.fields.items()]
        return pyarrow.list_(pyarrow.struct(fields))
    if kind.name.startswith("DECIMAL("):
        return pyarrow.decimal128(DIGITS, int(kind.name[:-1].rpartition(" ")[2]))
    plain = {
        "VARCHAR": pyarrow.string(),
        "BOOLEAN": pyarrow.bool_(),
        "BIGINT": pyarrow.int64(),
        "DOUBLE": pyarrow.float64(),
        "DATE": pyarrow.date32(),
        "TIMESTAMP": pyarrow.timestamp("us"),
        "TIMESTAMPTZ": pyarrow.timestamp("us", tz="UTC"),
        "BLOB": pyarrow.binary(),
    }
    return plain[kind.name]


def stored(kind: Kind | Rows, cells: Sequence[Any]) -> Sequence[Any]:
    """Return the cells of a column as they are put into it."""
    if kind == ODD:
        return [None] * len(cells)
    if kind == DOUBLE:
        return [None if one is None else float(one) for one in cells]
    if isinstance(kind, Kind):
        return cells
    return [None if cell is None else [_row(kind, row) for row in cell] for cell in cells]


def _row(kind: Rows, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: stored(one, [row.get(name)])[0] for name, one in kind.fields.items()}
