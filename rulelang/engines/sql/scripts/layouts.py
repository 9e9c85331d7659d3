"""What the columns of a relation are, by its layout: for dialects that spell out the types of a list's elements."""

from __future__ import annotations

from rulelang.engines.sql.layout import AMOUNT, BAD, NA, PLACE, UNIT, Layout
from rulelang.engines.sql.literals import sort_of
from rulelang.model.records import Record, Schema
from rulelang.query.nodes import Sort
from rulelang.query.shapes import Listed, Rows, Shape
from rulelang.types import DurationType


def shapes_of(schema: Schema, record: Record, layout: Layout) -> dict[str, Shape]:
    """Return the shape of every column of a record's rows, the place of a row first."""
    found: dict[str, Shape] = {PLACE: Sort.WHOLE}
    for name, beside in layout.fields.items():
        type_ = record.by_name[name].type
        if isinstance(type_, DurationType):
            found[name + AMOUNT], found[name + UNIT] = Sort.WHOLE, Sort.TEXT
        else:
            found[name] = sort_of(type_)
        if beside.na:
            found[name + NA] = Sort.BOOLEAN
        if beside.bad:
            found[name + BAD] = Sort.BOOLEAN
    for name, inner in layout.lists.items():
        rows = shapes_of(schema, schema.by_name[inner.record], inner)
        found[name] = Listed(Rows(tuple(rows.items())))
    return found
