"""Rows of a relation turned back into typed rows, for the cases that are judged one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import itemgetter
from typing import Any

from rulelang.engines.sql.layout import AMOUNT, BAD, LINE, NA, PLACE, SCALE, UNIT, FieldLayout, Layout
from rulelang.model.records import Field, Record, Schema
from rulelang.reading import CaseRow
from rulelang.reading.problems import shown
from rulelang.truth import NA as NOT_APPLICABLE
from rulelang.truth import UNREADABLE
from rulelang.types import Duration, DurationType, NumberType, Unit


def columns_of(layout: Layout, record: Record) -> tuple[str, ...]:
    """Return the columns of a relation."""
    names: list[str] = []
    for name, beside in layout.fields.items():
        lasting = isinstance(record.by_name[name].type, DurationType)
        names += [name + AMOUNT, name + UNIT] if lasting else [name]
        names += [name + NA] if beside.na else []
        names += [name + BAD] if beside.bad else []
    return (*names, *layout.lists)


def case_row(schema: Schema, layout: Layout, cells: Mapping[str, Any]) -> CaseRow:
    """Return a case from its columns by name, with the number of its row where there is one."""
    row = typed_row(schema, schema.case, layout, cells)
    key = schema.case.key
    return CaseRow(row, shown(row[key.name]) if key is not None else None, _dirty(row), cells.get(LINE))


def typed_row(schema: Schema, record: Record, layout: Layout, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed row of a record from its columns by name."""
    row: dict[str, Any] = {}
    for one in record.plain_fields:
        beside = layout.fields.get(one.name)
        row[one.name] = None if beside is None else _value(one, beside, cells)
    for one in record.lists:
        inner = layout.lists.get(one.name)
        children: Sequence[Mapping[str, Any]] = cells[one.name] if inner is not None else ()
        if children and PLACE in children[0]:
            children = sorted(children, key=itemgetter(PLACE))
        row[one.name] = [
            typed_row(schema, schema.child(one), inner, child) for child in children if inner is not None
        ]
    return row


def _value(one: Field, beside: FieldLayout, cells: Mapping[str, Any]) -> Any:
    if beside.bad and cells[one.name + BAD]:
        return UNREADABLE
    if beside.na and cells[one.name + NA]:
        return NOT_APPLICABLE
    if isinstance(one.type, DurationType):
        amount = cells[one.name + AMOUNT]
        return None if amount is None else Duration(amount, Unit(cells[one.name + UNIT]))
    value = cells[one.name]
    if isinstance(one.type, NumberType) and not one.type.whole and value is not None:
        return Fraction(value, SCALE)
    return value


def _dirty(row: Mapping[str, Any]) -> bool:
    return any(
        value is UNREADABLE or (isinstance(value, list) and any(map(_dirty, value))) for value in row.values()
    )
