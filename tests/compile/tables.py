"""Typed cases as the tables of somebody's database: one a record, typed as `docs/compile.md` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rulelang.model.records import Field, Record, Schema
from rulelang.truth import NA
from rulelang.types import DateTimeType, DateType, Duration, DurationType, NumberType, YesNoType

Run = Callable[[str, Sequence[Any]], Any]
Row = Mapping[str, Any]


def load(run: Run, schema: Schema, cases: Sequence[Row], mark: str) -> None:
    """Make the tables of a schema and fill them; `run` runs a statement, whose places are marked so."""
    for record, rows in tables(schema, cases).items():
        columns = list(columns_of(schema, schema.by_name[record]).items())
        name = _quoted(schema.by_name[record].read_from or record)
        run(f"DROP TABLE IF EXISTS {name}", [])
        run(f"CREATE TABLE {name} ({', '.join(f'{_quoted(one)} {kind}' for one, kind in columns)})", [])
        places = ", ".join(mark for _ in columns)
        for row in rows:
            run(f"INSERT INTO {name} VALUES ({places})", [row.get(one) for one, _ in columns])


def columns_of(schema: Schema, record: Record) -> dict[str, str]:
    """Return the columns of a record's table and their types."""
    found = {one.column or one.name: _type(one) for one in record.plain_fields}
    owners = [
        (parent, one) for parent in schema.records for one in parent.lists if schema.child(one) is record
    ]
    for _, one in owners:
        found.setdefault(_by(record, one), "text")
    return found


def tables(schema: Schema, cases: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each record's table."""
    found: dict[str, list[dict[str, Any]]] = {one.name: [] for one in schema.records}
    for case in cases:
        for record, row in _rows(schema, schema.case, case, {}):
            found[record].append(row)
    return found


def _rows(
    schema: Schema, record: Record, row: Row, more: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        record.name,
        {**{one.column or one.name: _cell(row[one.name]) for one in record.plain_fields}, **more},
    )
    for one in record.lists:
        child = schema.child(one)
        key = row[record.key.name] if record.key else None
        for inner in row[one.name]:
            yield from _rows(schema, child, inner, {_by(child, one): key})


def _by(child: Record, one: Field) -> str:
    named = child.by_name.get(one.by or "")
    return (named.column or named.name) if named is not None else (one.by or "")


def _cell(value: Any) -> Any:
    if value is NA:
        return "N/A"
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return str(value) if isinstance(value, Duration) else value


def _type(one: Field) -> str:
    match one.type:
        case DateType():
            return "date"
        case DateTimeType():
            return "timestamp"
        case YesNoType():
            return "boolean"
        case NumberType(whole=True):
            return "bigint"
        case NumberType():
            return "decimal(18, 6)"
        case DurationType():
            return "text"
        case _:
            return "text"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
