"""Typed cases as the columns that a query reads, by a layout; and what a query says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rulelang.engines.sql.layout import AMOUNT, BAD, NA, PLACE, SCALE, UNIT, Layout, plain_layout
from rulelang.model.records import Field, Record, Schema
from rulelang.truth import NA as NOT_APPLICABLE
from rulelang.truth import UNREADABLE
from rulelang.types import DateTimeType, DateType, DurationType, JudgementType, NumberType, YesNoType

NUMBER = "__case"


def arrow_type(schema: Schema, record: Record, layout: Layout) -> Any:
    import pyarrow as pa

    fields: list[Any] = [pa.field(PLACE, pa.int64())]
    for name, beside in layout.fields.items():
        one = record.by_name[name]
        if isinstance(one.type, DurationType):
            fields += [pa.field(name + AMOUNT, pa.int64()), pa.field(name + UNIT, pa.string())]
        else:
            fields.append(pa.field(name, _plain_type(one)))
        if beside.na:
            fields.append(pa.field(name + NA, pa.bool_()))
        if beside.bad:
            fields.append(pa.field(name + BAD, pa.bool_()))
    for name, inner in layout.lists.items():
        child = schema.by_name[inner.record]
        fields.append(pa.field(name, pa.list_(arrow_type(schema, child, inner))))
    return pa.struct(fields)


def _plain_type(one: Field) -> Any:
    import pyarrow as pa

    match one.type:
        case YesNoType() | JudgementType():
            return pa.bool_()
        case NumberType():
            return pa.int64()
        case DateType():
            return pa.date32()
        case DateTimeType():
            return pa.timestamp("us")
        case _:
            return pa.string()


def row_of(
    schema: Schema, record: Record, layout: Layout, row: Mapping[str, Any], place: int
) -> dict[str, Any]:
    """Return a typed row as the columns of a layout."""
    found: dict[str, Any] = {PLACE: place}
    for name, beside in layout.fields.items():
        one, value = record.by_name[name], row[name]
        bad, na = value is UNREADABLE, value is NOT_APPLICABLE
        value = None if bad or na else value
        if isinstance(one.type, DurationType):
            found[name + AMOUNT] = value and value.amount
            found[name + UNIT] = value and value.unit.value
        elif isinstance(one.type, NumberType) and not one.type.whole:
            found[name] = None if value is None else int(Fraction(value) * SCALE)
        else:
            found[name] = value
        if beside.na:
            found[name + NA] = na
        if beside.bad:
            found[name + BAD] = bad
    for name, inner in layout.lists.items():
        child = schema.by_name[inner.record]
        found[name] = [row_of(schema, child, inner, one, number) for number, one in enumerate(row[name])]
    return found


def exact(row: Any) -> Any:
    """Return a case whose numbers are ones that a column holds exactly."""
    if isinstance(row, list):
        return [exact(one) for one in row]
    if isinstance(row, dict):
        return {name: exact(value) for name, value in row.items()}
    return Fraction(int(row * SCALE), SCALE) if isinstance(row, Fraction) else row


def table_of_cases(schema: Schema, cases: Sequence[Mapping[str, Any]], *, bad: bool) -> tuple[Any, Layout]:
    """Return typed cases as an Arrow table, and the layout of it."""
    import pyarrow as pa

    layout = plain_layout(schema, bad=bad)
    kind = arrow_type(schema, schema.case, layout)
    rows = [row_of(schema, schema.case, layout, one, number) for number, one in enumerate(cases)]
    table = pa.Table.from_struct_array(pa.array(rows, kind))
    return table.rename_columns([NUMBER, *table.column_names[1:]]), layout
