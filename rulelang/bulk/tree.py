"""The tree of an export in bulk: for each branch of `reading`, its columns, and the scan they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field

from rulelang.bulk.columns import Column
from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.meanings import UNREADABLES, Mark
from rulelang.bulk.scans import Scan
from rulelang.engines.sql.layout import FieldLayout, Layout
from rulelang.model.records import Field, Record, Schema
from rulelang.reading.binding import Binding, Lacking, bind
from rulelang.reading.branches import Branch
from rulelang.reading.headings import Shape
from rulelang.types import DurationType, JudgementType

# What the key of a row's parent is called.
JOIN = "__join"


@define(eq=False)
class Node:
    """One record at one place of the tree. `scan` is None where its rows are nested in its parent's.

    `may_lack` says that some row may have no key or, nested, be no row, and `damaged` that one was met that is none;
    `twins` is the table of the keys that stand twice; `filled` is the field that a nested row takes from its
    parent's key.
    """

    branch: Branch
    shape: Shape
    columns: list[Column]
    number: int
    parent: Node | None = None
    scan: Scan | None = None
    place: int | None = None
    key: Column | None = None
    join: Column | None = None
    filled: str | None = None
    tables: list[Node] = field(factory=list)
    nested: list[Node] = field(factory=list)
    may_lack: bool = True
    damaged: bool = False
    twins: str | None = None
    counts: dict[str, int] = field(factory=dict)

    @property
    def record(self) -> Record:
        return self.branch.record

    @property
    def list_name(self) -> str:
        """The name of the list that its rows go to."""
        assert self.branch.list_field is not None
        return self.branch.list_field.name

    def below(self) -> Iterator[Node]:
        """Yield the nested nodes at any depth, parents first."""
        for one in self.nested:
            yield one
            yield from one.below()

    @property
    def in_passing(self) -> bool:
        """Whether its rows are counted where the cases are: nothing need be known of them before, and all are used."""
        parent = self.parent
        if self.scan is not None or parent is None or parent.parent is not None:
            return False
        return self.key is None and not self.damaged and not any(one.form.learns for one in self.columns)

    def gathered(self, one: Column) -> str:
        """Return the column of the cases that holds the values of a column of its rows."""
        return f"__g{self.number}_{one.place}"

    @property
    def uncut(self) -> str:
        """The column of the cases that holds its rows as they are."""
        return f"__u{self.number}"

    @property
    def table_node(self) -> Node:
        """The node whose scan holds the rows."""
        return self if self.scan is not None or self.parent is None else self.parent.table_node

    def layout(self) -> Layout:
        """Return how the rows stand in a relation."""
        fields = {one.field.name: self._beside(one) for one in self.columns}
        if self.filled is not None:
            fields[self.filled] = FieldLayout()
        lists = {one.list_name: one.layout() for one in (*self.nested, *self.tables)}
        return Layout(self.record.name, fields, lists)

    def _beside(self, one: Column) -> FieldLayout:
        return FieldLayout(
            one.test((Mark.NOT_APPLICABLE,), "x") is not None,
            one.test(UNREADABLES, "x") is not None,
            self.gathered(one) if self.in_passing else None,
        )


@define
class Grower:
    """Grows the nodes of planned branches."""

    schema: Schema
    scans: Mapping[str, Scan]
    nodes: dict[int, Node] = field(factory=dict)

    def node(self, branch: Branch) -> Node:
        """Return the node of a branch whose parent has one."""
        parent = self.nodes[id(branch.parent)] if branch.parent is not None else None
        scan = self.scans[branch.record.name] if branch.table is not None else None
        types = _columns_of(scan, branch, parent)
        made = Node(branch, _shape(branch, parent), [], len(self.nodes), parent, scan, branch.place)
        binding = self._bind(branch, made.shape)
        for one, place in binding.plain:
            made.columns.append(self._column(made, one, place, types))
        self._keys(made, binding, types)
        self.nodes[id(branch)] = made
        if parent is not None:
            (parent.tables if scan is not None else parent.nested).append(made)
            if scan is not None and parent.scan is None:
                raise NotInBulk(f"the rows of `{made.list_name}` belong to nested rows")
        return made

    def _keys(self, made: Node, binding: Binding, types: Mapping[int, Any]) -> None:
        branch, parent = made.branch, made.parent
        key = branch.record.key
        made.key = next((one for one in made.columns if one.field.key), None)
        unheld = made.key is None or isinstance(made.key.field.type, DurationType | JudgementType)
        if key is not None and made.shape.headings and unheld:
            raise NotInBulk(f"the key `{key.name}`")
        if parent is None or not made.shape.headings:
            return
        by = branch.list_field.by if branch.list_field else None
        if made.scan is None:
            if by in branch.record.by_name and by not in branch.reader.bound and parent.key is not None:
                made.filled = by
                if branch.record.by_name[by].type != parent.key.field.type:
                    raise NotInBulk(f"`{by}` is filled with a key of another type")
        elif binding.join is not None and parent.record.key is not None:
            made.join = self._column(made, parent.record.key, binding.join, types, JOIN)

    def _column(
        self, made: Node, one: Field, place: int, types: Mapping[int, Any], called: str | None = None
    ) -> Column:
        heading = made.shape.headings[place]
        alias = f"d{made.number}_{place}_{len(made.columns)}"
        reading, joins = self.schema.reading, made.scan is not None
        return Column.bound(one, heading, place, str(types[place]), reading, alias, joins, called)

    def _bind(self, branch: Branch, shape: Shape) -> Binding:
        by = branch.list_field.by if branch.list_field else None
        return bind(
            branch.record,
            shape,
            branch.file,
            Lacking(),
            join=by if branch.table is not None and branch.parent is not None else None,
        )


def _shape(branch: Branch, parent: Node | None) -> Shape:
    if branch.table is not None:
        return branch.table.shape
    assert parent is not None
    assert branch.place is not None
    return parent.shape.nested.get(parent.shape.headings[branch.place]) or Shape(())


def _columns_of(scan: Scan | None, branch: Branch, parent: Node | None) -> dict[int, Any]:
    """Return the types of a branch's columns by place."""
    if scan is not None:
        return dict(enumerate(scan.kinds))
    assert parent is not None
    assert branch.place is not None
    kind = _inner(branch, parent)
    if kind.id != "list" or kind.children[0][1].id != "struct":
        raise NotInBulk(f"`{branch.file}` stands in a column of the type {kind}")
    fields = kind.children[0][1].children
    names = [name for name, _ in fields]
    if len({name.lower() for name in names}) < len(names):
        raise NotInBulk("fields that differ in letter case alone")
    by_name = dict(fields)
    return {place: by_name[heading] for place, heading in enumerate(branch.headings)}


def _inner(branch: Branch, parent: Node) -> Any:
    assert branch.place is not None
    if parent.scan is not None:
        return parent.scan.types[branch.place]
    assert parent.parent is not None
    outer = _inner(parent.branch, parent.parent)
    return dict(outer.children[0][1].children)[parent.shape.headings[branch.place]]
