"""What one cell means: read by `reading`'s own CellReader, and put as values that a column of Spark can hold."""

from __future__ import annotations

from enum import IntEnum
from fractions import Fraction
from typing import Any

from attrs import frozen

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import SCALE
from rulelang.model.records import Field
from rulelang.reading.cells import CellReader, Flaw
from rulelang.reading.problems import ProblemKind
from rulelang.truth import NA, UNREADABLE
from rulelang.types import Duration, DurationType, NumberType

LARGEST = 2**63 - 1


class Mark(IntEnum):
    """What a cell is apart from its value; the unreadable ones by the orders that a date would fit."""

    SOUND = 0
    NOTHING = 1
    NOT_APPLICABLE = 2
    BAD = 3
    BAD_EITHER_ORDER = 4
    BAD_DAY_FIRST = 5
    BAD_MONTH_FIRST = 6
    TIME_DROPPED = 7
    TIME_ASSUMED = 8


UNREADABLES = (Mark.BAD, Mark.BAD_EITHER_ORDER, Mark.BAD_DAY_FIRST, Mark.BAD_MONTH_FIRST)
NOTES = (Mark.TIME_DROPPED, Mark.TIME_ASSUMED)
WITHOUT_VALUE = (Mark.NOTHING, Mark.NOT_APPLICABLE, *UNREADABLES)
ORDERS = {
    Mark.BAD_EITHER_ORDER: (True, True),
    Mark.BAD_DAY_FIRST: (True, False),
    Mark.BAD_MONTH_FIRST: (False, True),
}
_BY_ORDERS: dict[tuple[bool, bool] | None, Mark] = {orders: mark for mark, orders in ORDERS.items()}
_BY_ORDERS[None] = Mark.BAD
_NOTED = {ProblemKind.TIME_DROPPED: Mark.TIME_DROPPED, ProblemKind.TIME_ASSUMED: Mark.TIME_ASSUMED}


@frozen
class Meaning:
    """A cell's values, one for each column that holds its type, and its mark."""

    values: tuple[Any, ...]
    mark: Mark = Mark.SOUND


def width(one: Field) -> int:
    """Return how many columns hold a field's value."""
    return 2 if isinstance(one.type, DurationType) else 1


def flaw_of(reader: CellReader, cell: Any) -> Flaw | None:
    """Return what `reading` has to say of a cell."""
    reader.native(cell)
    return reader.flaws.pop()[2] if reader.flaws else None


def meaning_of(reader: CellReader, cell: Any) -> Meaning:
    """Return what a cell means. Raises Unsupported where no column could hold it exactly."""
    value = reader.native(cell)
    flaw = reader.flaws.pop()[2] if reader.flaws else None
    nothing = (None,) * width(reader.field)
    if value is UNREADABLE:
        return Meaning(nothing, _BY_ORDERS[flaw.orders if flaw is not None else None])
    if value is None:
        return Meaning(nothing, Mark.NOTHING)
    if value is NA:
        return Meaning(nothing, Mark.NOT_APPLICABLE)
    mark = _NOTED[flaw.kind] if flaw is not None else Mark.SOUND
    if mark is not Mark.SOUND and reader.field.key:
        # Such a row is set aside although its key can be read; too rare for a path of its own.
        raise Unsupported(f"a time of day in the key `{reader.field.name}`")
    return Meaning(_held(reader.field, value), mark)


def _held(one: Field, value: Any) -> tuple[Any, ...]:
    if isinstance(value, Duration):
        return value.amount, value.unit.value
    if isinstance(one.type, NumberType):
        parts = Fraction(value) * (1 if one.type.whole else SCALE)
        if parts.denominator != 1 or abs(parts) > LARGEST:
            raise Unsupported(f"the number {value} in `{one.name}`, which has too many digits")
        return (int(parts),)
    return (value,)
