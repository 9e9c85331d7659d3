"""Partial dates, day by day: a condition is read on every day that each of them could be."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from itertools import product

from rulelang.model.expressions import Call, Expression, FieldValue, Var, children
from rulelang.types import OpenNumberType, PartialDateType, YesNoType
from tests.reference.seeing import AsAtView, Sight

JOINING = ("and", "or", "not", "at_least_of")
PARTS = ("first_day_of", "last_day_of")
Days = dict[tuple[Var, str], dt.date]


def possible(text: str) -> list[dt.date]:
    """Return the days that a partial date could be."""
    year, *rest = (int(part) for part in text.split("-"))
    if len(rest) == 2:
        return [dt.date(year, *rest)]
    months = rest or range(1, 13)
    return [
        dt.date(year, month, day)
        for month in months
        for day in range(1, calendar.monthrange(year, month)[1] + 1)
    ]


def days_of(node: FieldValue, sight: Sight, as_at: AsAtView) -> list[dt.date] | None:
    """Return the days that a field could be, none where none has come; None where no text is read."""
    text = sight.rows[node.var].cells[node.name]
    if not isinstance(text, str):
        return None
    return [day for day in possible(text) if not (node.viewed and as_at.lies_before(day))]


def open_fields(node: Expression, sight: Sight) -> list[FieldValue]:
    """Return the partial dates on which a condition hangs, as read in this sight; none where they are days already."""
    if not isinstance(node, Call) or not isinstance(node.type, YesNoType):
        return []
    found = [one for one in _fields(node) if (one.var, one.name) not in sight.days]
    return list(dict.fromkeys(found))


def _fields(node: Expression) -> Iterator[FieldValue]:
    match node:
        case FieldValue(type=PartialDateType()):
            yield node
        case Call(op=op) if op in PARTS:
            return
        case Call() if node.op in JOINING or any(_is_open(one) for one in node.args) or _is_open(node):
            for child in children(node):
                yield from _fields(child)
        case _ if _is_open(node):
            for child in children(node):
                yield from _fields(child)


def _is_open(node: Expression) -> bool:
    return isinstance(node.type, PartialDateType | OpenNumberType)


def hangs_on_days(node: Expression) -> bool:
    """Say whether a value is no field, and differs with the day of a partial date."""
    return _is_open(node) and not isinstance(node, FieldValue)


def readings(fields: list[FieldValue], sight: Sight, as_at: AsAtView) -> Iterator[Days]:
    """Yield every choice of a day for each of some partial dates that are there."""
    days = {one: days_of(one, sight, as_at) for one in fields}
    there = [one for one in fields if days[one]]
    for chosen in product(*(days[one] or [] for one in there)):
        yield {(one.var, one.name): day for one, day in zip(there, chosen, strict=True)}
