"""The tree of an export, before a row is read: which record's rows come from which table or nested list."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, field

from rulelang.model.records import Field, Record, Schema
from rulelang.reading.binding import Lacking, bind
from rulelang.reading.failures import failure
from rulelang.reading.headings import Shape
from rulelang.reading.problems import Problems
from rulelang.reading.rows import Held, RowReader
from rulelang.reading.sources import Sources, absent_file
from rulelang.reading.tables import Table


@define(eq=False)
class Branch:
    """One record at one place of the tree, and the rows read for it so far; `damaged` ones are only counted.

    `list_field` is the list of the parent that its rows go to; `table` is None where they are nested in the
    parent's, and `place` is then the column they stand in.
    """

    record: Record
    file: str
    reader: RowReader
    headings: tuple[str, ...]
    list_field: Field | None = None
    parent: Branch | None = None
    table: Table | None = None
    place: int | None = None
    nested: list[Branch] = field(factory=list)
    held: list[Held] = field(factory=list)
    damaged: int = 0

    @property
    def rows_read(self) -> int:
        return len(self.held) + self.damaged


@define
class Planner:
    """Plans the branches, parents before their children. What stands in the way is gathered in `lacking`."""

    schema: Schema
    tables: Mapping[str, Table]
    problems: Problems
    sources: Sources
    lacking: Lacking = field(factory=Lacking)
    branches: list[Branch] = field(factory=list)

    def table_branch(
        self, record: Record, list_field: Field | None = None, parent: Branch | None = None
    ) -> Branch:
        """Plan a record that has a table of its own."""
        table = self.tables[record.name]
        join = self._parent_key(list_field, parent) if list_field and parent else None
        branch = self._branch(record, table.name, table.shape, list_field, parent, join, table)
        branch.table = table
        return branch

    def _nested_branch(
        self, record: Record, list_field: Field, parent: Branch, shape: Shape, place: int
    ) -> Branch:
        branch = self._branch(
            record, f"{parent.file}: {list_field.name}", shape, list_field, parent, None, None
        )
        branch.place = place
        parent.nested.append(branch)
        return branch

    def _branch(
        self,
        record: Record,
        file: str,
        shape: Shape,
        list_field: Field | None,
        parent: Branch | None,
        join: Field | None,
        table: Table | None,
    ) -> Branch:
        as_text = table is not None and table.as_text
        by = list_field.by if list_field else None
        binding = bind(
            record,
            shape,
            file,
            # Where there are no rows at all, none lacks a column.
            Lacking() if not shape.headings else self.lacking,
            join=by if join is not None else None,
            # Nesting says whose row it is: a column that says it too need not be there.
            filled=frozenset([by] if by and table is None else []),
            lists=() if as_text else record.lists,
        )
        reader = RowReader.build(
            self.schema,
            record,
            file,
            self.problems,
            binding,
            as_text=as_text,
            headings=shape.headings,
            join=join,
        )
        branch = Branch(record, file, reader, shape.headings, list_field, parent)
        self.branches.append(branch)
        places = {one.name: place for one, place in binding.lists}
        for one in record.lists:
            self._list(branch, one, shape, places.get(one.name))
        return branch

    def _list(self, branch: Branch, one: Field, shape: Shape, place: int | None) -> None:
        child = self.schema.child(one)
        inner = shape.nested.get(shape.headings[place]) if place is not None else None
        if child.name in self.tables:
            if inner is not None and inner.headings:
                self._twice(branch, one, self.tables[child.name])
            self.table_branch(child, one, branch)
        elif place is not None:
            self._nested_branch(child, one, branch, inner or Shape(()), place)
        elif shape.headings:
            self.lacking.failures.append(absent_file(child, self.sources, nested_as=one.name))

    def _twice(self, branch: Branch, one: Field, table: Table) -> None:
        self.lacking.failures.append(
            failure(
                "two-files",
                f"The rows of `{one.name}` stand both in {table.name} and nested in {branch.file}",
                "Which are meant is not guessed: leave one of them out.",
                place=one.place,
                label="this list",
            )
        )

    def _parent_key(self, list_field: Field, parent: Branch) -> Field | None:
        if list_field.by and parent.record.key is not None:
            return parent.record.key
        child = self.schema.child(list_field).name
        lacks = f"`{parent.record.name}` has no field marked `key`" if list_field.by else "it says no `by`"
        self.lacking.failures.append(
            failure(
                "no-join",
                f"Whose row is whose in `{list_field.name}` cannot be told: {lacks}",
                "Rows in a file of their own name their parent's key. Mark the key field of "
                f"`{parent.record.name}` with `key`,",
                f"and write `list of {child} by` and the name of the column that holds it.",
                place=list_field.place,
                label="this list",
            )
        )
        return None
