"""What can be seen of a case on the as-at date (M2): the rows in sight, and which rows are there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen

from rulelang.model.expressions import Var
from rulelang.model.pack import Pack
from rulelang.truth import NA
from tests.reference import counting
from tests.reference.logic import is_absent


@frozen(eq=False)
class Row:
    """A row of a case and the row it belongs to. Two rows are the same only where they are one."""

    record: str
    cells: Mapping[str, Any]
    parent: Row | None = None

    def is_row(self, other: Row | None) -> bool:
        return other is not None and self.cells is other.cells


@frozen(eq=False)
class Sight:
    """The rows that names stand for, whether the as-at rule hides what lies ahead, and the day of a clock."""

    rows: Mapping[Var, Row]
    viewed: bool = True
    clock_day: dt.date | None = None
    # The days taken for partial dates.
    days: Mapping[tuple[Var, str], dt.date | None] = attrs.field(factory=dict)

    def also(self, var: Var, row: Row) -> Sight:
        return attrs.evolve(self, rows={**self.rows, var: row})

    def unviewed(self) -> Sight:
        return attrs.evolve(self, viewed=False)

    def on_clock(self, day: dt.date | None) -> Sight:
        return attrs.evolve(self, clock_day=day)


def sight_of(row: Row, sight: Sight) -> Sight:
    """Return what a `define` of a record sees: the row, and those it belongs to, up to the case."""
    chain = [row]
    while chain[0].parent is not None:
        chain.insert(0, chain[0].parent)
    rows = {Var(depth, one.record): one for depth, one in enumerate(chain)}
    return Sight(rows, sight.viewed, sight.clock_day)


@frozen(eq=False)
class AsAtView:
    """The as-at date: a date stands for that whole day."""

    day: dt.date
    moment: dt.datetime
    zone: ZoneInfo | None

    @classmethod
    def of(cls, as_at: dt.date | dt.datetime, pack: Pack) -> AsAtView:
        name = pack.schema.reading.time_zone
        zone = ZoneInfo(name) if name else None
        last = as_at if isinstance(as_at, dt.datetime) else dt.datetime.combine(as_at, dt.time.max)
        return cls(counting.day_of(as_at), counting.moment(last, zone), zone)

    def lies_before(self, value: Any) -> bool:
        """Say whether the as-at date is before a date or moment: it has not happened."""
        if is_absent(value) or value is NA:
            return False
        if isinstance(value, dt.datetime):
            return counting.moment(value, self.zone) > self.moment
        return bool(value > self.day)

    def order(self, left: dt.date, right: dt.date) -> int:
        """Compare dates and moments (M3): -1, 0 or 1. A moment beside a date counts by its date."""
        one: Any = left
        other: Any = right
        if isinstance(left, dt.datetime) and isinstance(right, dt.datetime):
            one, other = counting.moment(left, self.zone), counting.moment(right, self.zone)
        else:
            one, other = counting.day_of(left), counting.day_of(right)
        return int(one > other) - int(one < other)
