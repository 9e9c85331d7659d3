"""One field's column: its cells as values, as tests, and what has been learnt of the texts it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from attrs import Factory, define

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import AMOUNT, UNIT
from rulelang.model.records import Field, Reading
from rulelang.query.spark import SPARK
from rulelang.reading.cells import CellReader
from rulelang.spark.forms import FLOATS, Form, form_of
from rulelang.spark.meanings import (
    NOTES,
    UNREADABLES,
    WITHOUT_VALUE,
    Mark,
    Meaning,
    meaning_of,
    width,
)
from rulelang.spark.scratch import Scratch
from rulelang.types import DateTimeType, DateType, DurationType, JudgementType, NumberType, YesNoType

# As many texts are compared one by one; more stand in a small table that is joined, where a join can be.
COMPARED, COMPARED_IN_LISTS = 50, 1_000
LEARNT = 200_000


@define(eq=False)
class Column:
    """A field bound to a column. `x` in its methods is the SQL of the cell; `alias` names its joined table."""

    field: Field
    heading: str
    place: int
    kind: str
    form: Form
    reader: CellReader
    alias: str
    joins: bool
    learnt: dict[Any, Meaning] = Factory(dict)
    table: str | None = None

    @classmethod
    def bound(
        cls, one: Field, heading: str, place: int, kind: str, reading: Reading, alias: str, joins: bool
    ) -> Column:
        """Return the column of a field; `joins` says whether a table of what was learnt can be joined."""
        reader = CellReader(one, reading, [])
        return cls(one, heading, place, kind, form_of(one, kind, reading), reader, alias, joins)

    @property
    def required(self) -> bool:
        """Whether a blank cell is a problem of its own; a blank key is the row's."""
        return not (self.field.optional or self.field.key)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that hold the value."""
        name = self.field.name
        return (name + AMOUNT, name + UNIT) if width(self.field) == 2 else (name,)

    def cell(self, x: str) -> str:
        """Return a cell as it is read: of floats, what is not a number is nothing."""
        if self.kind not in FLOATS:
            return x
        # A tenth in four bytes is a tenth; in a nested row, Python has made eight bytes of it before.
        wide = f"CAST(CAST({x} AS STRING) AS DOUBLE)" if self.kind == "float" and self.joins else x
        return f"nullif(CAST({wide} AS DOUBLE), CAST('NaN' AS DOUBLE))"

    def values(self, x: str) -> tuple[str, ...]:
        """Return the SQL of the value, one for each of `names`."""
        return tuple(
            self._value(self.cell(x), place, kind) for place, kind in enumerate(value_types(self.field))
        )

    def _value(self, x: str, place: int, kind: str) -> str:
        read = [self.form.value(x)] if self.form.value is not None else []
        sound = [(cell, one) for cell, one in self.learnt.items() if one.mark not in WITHOUT_VALUE]
        if self.table is not None:
            read.append(f"{self.alias}.v{place}")
        elif sound:
            whens = (
                f"WHEN {spelled(cell, self.kind)} THEN {spelled(one.values[place], kind)}"
                for cell, one in sound
            )
            read.append(f"CASE {x} {' '.join(whens)} END")
        if not read:
            return f"CAST(NULL AS {kind})"
        return read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"

    def test(self, marks: Sequence[Mark], x: str) -> str | None:
        """Return a test of whether a cell has one of the marks, never NULL; None where none has."""
        x = self.cell(x)
        shapes = [make(x) for mark, make in self.form.marks.items() if mark in marks]
        cells = [cell for cell, one in self.learnt.items() if one.mark in marks]
        if cells and self.table is not None:
            of = ", ".join(str(int(mark)) for mark in marks)
            shapes.append(f"coalesce({self.alias}.mark IN ({of}), false)")
        elif cells:
            within = ", ".join(spelled(cell, self.kind) for cell in cells)
            shapes.append(f"coalesce({x} IN ({within}), false)")
        return any_of(shapes)

    def flawed(self, x: str) -> str | None:
        """Return a test of whether `reading` has something to say of a cell, a blank required one included."""
        said = self.test((*UNREADABLES, *NOTES), x)
        return any_of([said, self.blank(x) if self.required else None])

    def blank(self, x: str) -> str:
        """Return a test of whether a cell holds nothing."""
        if not self.form.learns and self.form.value is not None:
            return f"{self.values(x)[0]} IS NULL"
        return any_of([f"{self.cell(x)} IS NULL", self.test((Mark.NOTHING,), x)]) or "false"

    def unknown(self, x: str) -> str:
        """Return a test of whether a cell is one that was not met before."""
        x = self.cell(x)
        tests = [f"{x} IS NOT NULL"]
        if self.form.value is not None:
            tests.append(f"({self.form.value(x)}) IS NULL")
        if self.table is not None:
            tests.append(f"{self.alias}.cell IS NULL")
        elif self.learnt:
            within = ", ".join(spelled(cell, self.kind) for cell in self.learnt)
            tests.append(f"{x} NOT IN ({within})")
        return " AND ".join(tests)

    def learn(self, cells: Iterable[Any], scratch: Scratch) -> None:
        """Read cells as `reading` does and keep what they mean."""
        for cell in cells:
            self.learnt[cell] = meaning_of(self.reader, cell)
        self.reader.clear()
        count = len(self.learnt)
        if count > (LEARNT if self.joins else COMPARED_IN_LISTS):
            raise Unsupported(f"the {count} different texts of no common shape that `{self.heading}` holds")
        if count > COMPARED and self.joins:
            self.table = self._tabulate(scratch)

    def _tabulate(self, scratch: Scratch) -> str:
        kind = "double" if self.kind in FLOATS else self.kind
        kinds = [f"v{place} {one}" for place, one in enumerate(value_types(self.field))]
        rows = [(cell, *one.values, int(one.mark)) for cell, one in self.learnt.items()]
        made = scratch.session.createDataFrame(rows, f"cell {kind}, {', '.join(kinds)}, mark int")
        return scratch.view("learnt", made)

    @property
    def join(self) -> str:
        """The join with what was learnt, `{x}` for the cell; empty where nothing is joined."""
        return f" LEFT JOIN {self.table} AS {self.alias} ON {self.alias}.cell = {{x}}" if self.table else ""


def value_types(one: Field) -> tuple[str, ...]:
    """Return the types of the columns that hold a field's value."""
    match one.type:
        case YesNoType() | JudgementType():
            return ("BOOLEAN",)
        case NumberType():
            return ("BIGINT",)
        case DateType():
            return ("DATE",)
        case DateTimeType():
            return ("TIMESTAMP_NTZ",)
        case DurationType():
            return ("BIGINT", "STRING")
        case _:
            return ("STRING",)


def spelled(value: Any, kind: str) -> str:
    """Return a value as SQL of a type."""
    if value is None:
        return f"CAST(NULL AS {kind})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return SPARK.text(value)
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP_NTZ '{value.isoformat(' ')}'"
    text = f"{value:f}" if isinstance(value, Decimal) else value.isoformat() if _dated(value) else str(value)
    return f"CAST('{text}' AS {kind})"


def _dated(value: Any) -> bool:
    return isinstance(value, dt.date)


def any_of(tests: Iterable[str | None]) -> str | None:
    """Return the tests joined by OR, those that are None left out; None where none is left."""
    kept = [f"({test})" for test in tests if test is not None]
    return " OR ".join(kept) or None
