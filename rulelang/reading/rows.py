"""Rows of cells to typed rows: one reader for each record of each table, nested rows included.

A typed row holds every field of its record. How rows find their parents is `assembly`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field

from rulelang.model.records import Field, Record, Schema
from rulelang.reading.binding import Binding
from rulelang.reading.cells import CellReader, Flaw
from rulelang.reading.date_orders import DateOrders
from rulelang.reading.problems import DataProblem, ProblemKind, Problems, shown
from rulelang.truth import UNREADABLE


@define(eq=False)
class Held:
    """A typed row on its way: where it comes from, its key, whose row it is, whether it was set aside.

    `dirty` says that it, or a row below it, holds an unreadable cell. `join` is the key of its parent, as
    read and as it stands; `where` is its place in a nested list.
    """

    number: int | None
    row: dict[str, Any]
    key: Any = None
    dirty: bool = False
    join: tuple[Any, Any] = (None, None)
    parent: Held | None = None
    where: str = ""
    aside: bool = False


@define(eq=False, slots=False)
class RowReader:
    """Reads the rows of one record from one table, and reports every cell that is not sound."""

    record: Record
    file: str
    problems: Problems
    as_text: bool
    orders: dict[str, DateOrders] = field(factory=dict)
    _flaws: list[tuple[Field, Any, Flaw]] = field(factory=list)
    _plan: tuple[tuple[str, CellReader, int], ...] = ()
    _absent: dict[str, Any] = field(factory=dict)
    _key: str | None = None
    _join: tuple[Callable[[Any], Any], int] | None = None
    _columns: dict[str, str] = field(factory=dict)
    join_column: str | None = None

    @classmethod
    def build(
        cls,
        schema: Schema,
        record: Record,
        file: str,
        problems: Problems,
        binding: Binding,
        *,
        as_text: bool,
        headings: Sequence[str],
        join: Field | None = None,
    ) -> RowReader:
        """Return the reader of a record's bound columns. `join` is the key field of the parent."""
        made = cls(record, file, problems, as_text)
        made._plan = tuple(
            (one.name, CellReader(one, schema.reading, made._flaws), place) for one, place in binding.plain
        )
        bound = {name for name, _, _ in made._plan}
        made._absent = {one.name: None for one in record.plain_fields if one.name not in bound}
        made._key = record.key.name if record.key else None
        made._columns = {one.name: headings[place] for one, place in binding.plain}
        if join is not None and binding.join is not None:
            # A list of its own: what is wrong with a parent's key is said of the whole row.
            made.join_column = headings[binding.join]
            made._join = (CellReader(join, schema.reading, []).native, binding.join)
        return made

    def join_of(self, cells: Sequence[Any]) -> tuple[Any, Any]:
        """Return the parent's key that a row names, and the cell it was read from."""
        if self._join is None:
            return None, None
        read, place = self._join
        return read(cells[place]), cells[place]

    def read(self, number: int | None, cells: Sequence[Any], where: str = "") -> Held:
        """Return the typed row, lists left empty. `where` is its place in a nested list: `reviews[2].`"""
        # A text met before is looked up without a call of Python's own: most cells are.
        if self.as_text:
            row = {name: reader[cells[place]] for name, reader, place in self._plan}
        else:
            row = {
                name: reader[cell] if (cell := cells[place]).__class__ is str else reader.native(cell)
                for name, reader, place in self._plan
            }
        if self._absent:
            row.update(self._absent)
        for one in self.record.lists:
            row[one.name] = []
        held = Held(number, row, row[self._key] if self._key else None, where=where)
        if self._flaws:
            self._report(held)
            self._flaws.clear()
        return held

    def add_problem(
        self, held: Held, column: str | None, value: str | None, why: str, kind: ProblemKind
    ) -> None:
        """Report a problem of a whole row."""
        key = None if held.key is UNREADABLE else shown(held.key)
        column = held.where + column if column else held.where.rstrip(".") or None
        self.problems.add(DataProblem(self.file, held.number, column, value, why, kind, key))

    def _report(self, held: Held) -> None:
        key = None if held.key is UNREADABLE else shown(held.key)
        for one, cell, flaw in self._flaws:
            kind, why = flaw.kind, flaw.problem
            if flaw.value is UNREADABLE:
                held.dirty = True
            if one.key:
                kind, why = ProblemKind.NO_KEY, f"{why} Without a key the row was set aside."
                held.aside = True
            if flaw.orders is not None:
                self.orders.setdefault(one.name, DateOrders()).add(str(cell), flaw.orders)
            column = held.where + self._columns.get(one.name, one.name)
            self.problems.add(DataProblem(self.file, held.number, column, shown(cell), why, kind, key))

    @property
    def bound(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(self._columns)

    def column_of(self, name: str) -> str:
        """Return the heading that a field was read under."""
        return self._columns.get(name, name)
