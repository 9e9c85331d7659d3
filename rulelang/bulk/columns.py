"""One field's column: its cells as values, as tests, and what has been learnt of the texts it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
from attrs import Factory, define

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.forms import FLOATS, ZONED, Form, form_of
from rulelang.bulk.meanings import NOTES, UNREADABLES, WITHOUT_VALUE, Mark, Meaning, meaning_of, width
from rulelang.bulk.wording import any_of, literal
from rulelang.engines.sql.layout import AMOUNT, UNIT
from rulelang.model.records import Field, Reading
from rulelang.reading.cells import CellReader
from rulelang.types import (
    DateTimeType,
    DateType,
    DurationType,
    JudgementType,
    NumberType,
    TextType,
    YesNoType,
)

# As many texts are compared one by one; more stand in a table that is joined, where a join can be.
COMPARED, COMPARED_IN_LISTS = 50, 1_000
LEARNT = 1_000_000


@define(eq=False)
class Column:
    """A field bound to a column. `x` in its methods is the SQL of the cell; `alias` names its joined table.

    `called` is the name of its value, which for the key of a parent is not the field's.
    """

    field: Field
    heading: str
    place: int
    kind: str
    form: Form
    reader: CellReader
    reading: Reading
    alias: str
    joins: bool
    called: str
    learnt: dict[Any, Meaning] = Factory(dict)
    table: str | None = None

    @classmethod
    def bound(
        cls,
        one: Field,
        heading: str,
        place: int,
        kind: str,
        reading: Reading,
        alias: str,
        joins: bool,
        called: str | None = None,
    ) -> Column:
        """Return the column of a field; `joins` says whether a table of what was learnt can be joined."""
        reader, form = CellReader(one, reading, []), form_of(one, kind, reading)
        return cls(one, heading, place, kind, form, reader, reading, alias, joins, called or one.name)

    def become(self, kind: str) -> None:
        """Take the column for one of another type."""
        self.kind, self.form = kind, form_of(self.field, kind, self.reading)

    @property
    def required(self) -> bool:
        """Whether a blank cell is a problem of its own; a blank key is the row's."""
        return not (self.field.optional or self.field.key)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that hold the value."""
        return (self.called + AMOUNT, self.called + UNIT) if width(self.field) == 2 else (self.called,)

    def cell(self, x: str) -> str:
        """Return a cell as it is read: of floats, what is not a number is nothing."""
        if self.kind not in FLOATS:
            return x
        # A tenth in four bytes is a tenth; in a nested row, Python has made eight bytes of it before.
        wide = f"{x}::VARCHAR::DOUBLE" if self.kind == "FLOAT" and self.joins else f"{x}::DOUBLE"
        return f"nullif({wide}, 'NaN'::DOUBLE)"

    def values(self, x: str) -> tuple[str, ...]:
        """Return the SQL of the value, one for each of `names`."""
        return tuple(
            self._value(self.cell(x), place, kind) for place, kind in enumerate(value_types(self.field))
        )

    def _value(self, x: str, place: int, kind: str) -> str:
        read = [one for one in (self.form.value(x),) if one is not None]
        sound = [(cell, one) for cell, one in self.learnt.items() if one.mark not in WITHOUT_VALUE]
        if self.table is not None:
            read.append(f"{self.alias}.v{place}")
        elif sound:
            whens = (f"WHEN {literal(cell)} THEN {literal(one.values[place])}" for cell, one in sound)
            read.append(f"CASE {x} {' '.join(whens)} END")
        if not read:
            return f"NULL::{kind}"
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
            shapes.append(f"coalesce({x} IN ({', '.join(map(literal, cells))}), false)")
        return any_of(shapes)

    def flawed(self, x: str) -> str | None:
        """Return a test of whether `reading` has something to say of a cell, a blank required one included."""
        said = self.test((*UNREADABLES, *NOTES), x)
        return any_of([said, self.blank(x) if self.required else None])

    def blank(self, x: str) -> str:
        """Return a test of whether a cell holds nothing."""
        if not self.form.learns and self.form.read is not None:
            return f"{self.values(x)[0]} IS NULL"
        return any_of([f"{self.cell(x)} IS NULL", self.test((Mark.NOTHING,), x)]) or "false"

    def unknown(self, x: str) -> str:
        """Return a test of whether a cell is one that was not met before."""
        x = self.cell(x)
        tests = [f"{x} IS NOT NULL"]
        if (value := self.form.value(x)) is not None:
            tests.append(f"({value}) IS NULL")
        if self.table is not None:
            tests.append(f"{self.alias}.cell IS NULL")
        elif self.learnt:
            tests.append(f"{x} NOT IN ({', '.join(map(literal, self.learnt))})")
        return " AND ".join(tests)

    def learn(self, cells: Iterable[Any], connection: duckdb.DuckDBPyConnection) -> None:
        """Read cells as `reading` does and keep what they mean."""
        for cell in cells:
            self.learnt[cell] = meaning_of(self.reader, cell)
        self.reader.clear()
        count = len(self.learnt)
        if self.kind == ZONED or count > (LEARNT if self.joins else COMPARED_IN_LISTS):
            raise NotInBulk(f"`{self.field.name}` holds {count} different texts that have no common shape")
        if count > COMPARED and self.joins:
            self.table = self.table or f"__learnt_{self.alias}"
            self._tabulate(self.table, connection)

    def _tabulate(self, table: str, connection: duckdb.DuckDBPyConnection) -> None:
        kinds = value_types(self.field)
        kind_of_cells = "DOUBLE" if self.kind in FLOATS else self.kind
        values = [[one.values[place] for one in self.learnt.values()] for place in range(len(kinds))]
        columns = [f"unnest(?::{kind}[]) AS v{place}" for place, kind in enumerate(kinds)]
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(?::{kind_of_cells}[]) AS cell, "
            f"{', '.join(columns)}, unnest(?::UTINYINT[]) AS mark",
            [list(self.learnt), *values, [int(one.mark) for one in self.learnt.values()]],
        )

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
            return ("TIMESTAMP",)
        case DurationType():
            return ("BIGINT", "VARCHAR")
        case TextType():
            return ("VARCHAR",)
        case _:
            return ("VARCHAR",)
