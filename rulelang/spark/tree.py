"""The tree of an export on Spark: for each branch of `reading`, its columns, and the table they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import FieldLayout, Layout
from rulelang.model.records import Field, Record, Schema
from rulelang.query.spark import SPARK
from rulelang.reading.binding import Binding, Lacking, bind
from rulelang.reading.branches import Branch
from rulelang.reading.headings import Shape
from rulelang.spark.columns import Column
from rulelang.spark.frames import Frame
from rulelang.spark.meanings import UNREADABLES, Mark
from rulelang.spark.scratch import Scratch
from rulelang.types import DurationType, JudgementType


@define(eq=False)
class Node:
    """One record at one place of the tree. `frame` is None where its rows are nested in its parent's.

    `rows` is the view of its rows as they stand, the nested ones each a row. `twins` is the view of the keys that
    stand twice; `filled` is the field that a nested row takes from its parent's key.
    """

    branch: Branch
    shape: Shape
    columns: list[Column]
    number: int
    rows: str
    kinds: tuple[str, ...]
    types: tuple[Any, ...]
    parent: Node | None = None
    frame: Frame | None = None
    place: int | None = None
    key: Column | None = None
    join: Column | None = None
    filled: str | None = None
    tables: list[Node] = field(factory=list)
    nested: list[Node] = field(factory=list)
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

    @property
    def loses(self) -> bool:
        """Whether `rows` may hold what is no row, marked as `lost`."""
        return self.frame is None or self.frame.damaged is not None

    @property
    def file(self) -> str:
        return self.branch.file

    def layout(self) -> Layout:
        """Return how the rows stand in a relation."""
        fields = {one.field.name: _beside(one) for one in self.columns}
        if self.filled is not None:
            fields[self.filled] = FieldLayout()
        lists = {one.list_name: one.layout() for one in (*self.nested, *self.tables)}
        return Layout(self.record.name, fields, lists)


def _beside(one: Column) -> FieldLayout:
    return FieldLayout(
        one.test((Mark.NOT_APPLICABLE,), "x") is not None, one.test(UNREADABLES, "x") is not None
    )


@define
class Grower:
    """Grows the nodes of planned branches."""

    scratch: Scratch
    schema: Schema
    frames: Mapping[str, Frame]
    nodes: dict[int, Node] = field(factory=dict)

    def node(self, branch: Branch) -> Node:
        """Return the node of a branch whose parent has one."""
        parent = self.nodes[id(branch.parent)] if branch.parent is not None else None
        if branch.table is not None:
            frame = self.frames[branch.record.name]
            if parent is not None and parent.frame is None:
                raise Unsupported(
                    f"a table of its own for `{branch.record.name}`, whose parents are nested rows"
                )
            made = Node(branch, branch.table.shape, [], len(self.nodes), frame.view, frame.kinds, frame.types)
            made.frame = frame
        else:
            assert parent is not None
            made = self._nested(branch, parent)
        made.parent = parent
        self._bind(made)
        self.nodes[id(branch)] = made
        if parent is not None:
            (parent.tables if made.frame is not None else parent.nested).append(made)
        return made

    def _nested(self, branch: Branch, parent: Node) -> Node:
        """Return the node of rows nested in a column, which must be one of arrays of structs."""
        assert branch.place is not None
        kind = parent.types[branch.place]
        if kind.typeName() != "array" or kind.elementType.typeName() != "struct":
            raise Unsupported(f"`{branch.file}` in a column of the type {kind.simpleString()}")
        fields = kind.elementType.fields
        inside = [f"r.{SPARK.quoted(one.name)} AS x{place}" for place, one in enumerate(fields)]
        lost = ", ".join(["r IS NULL AS lost", *inside])
        view = self.scratch.view(
            "nested", f"SELECT {lost} FROM (SELECT explode(x{branch.place}) AS r FROM {parent.rows})"
        )
        types = tuple(one.dataType for one in fields)
        shape = Shape(tuple(one.name for one in fields), _inner(parent, branch))
        kinds = tuple("string" if one.typeName() == "void" else one.simpleString() for one in types)
        return Node(branch, shape, [], len(self.nodes), view, kinds, types, place=branch.place)

    def _bind(self, made: Node) -> None:
        branch, parent = made.branch, made.parent
        by = branch.list_field.by if branch.list_field else None
        joined = by if branch.table is not None and branch.parent is not None else None
        binding = bind(branch.record, made.shape, branch.file, Lacking(), join=joined)
        for one, place in binding.plain:
            made.columns.append(self._column(made, one, place))
        self._keys(made, binding)
        if parent is None or made.frame is not None or not made.shape.headings:
            return
        if by in branch.record.by_name and by not in branch.reader.bound and parent.key is not None:
            made.filled = by
            if branch.record.by_name[by].type != parent.key.field.type:
                raise Unsupported(f"`{by}`, which is filled with a key of another type")

    def _keys(self, made: Node, binding: Binding) -> None:
        key, parent = made.record.key, made.parent
        made.key = next((one for one in made.columns if one.field.key), None)
        if key is not None and isinstance(key.type, DurationType | JudgementType):
            raise Unsupported(f"the key `{key.name}`, a length of time or a judgement")
        if parent is None or made.frame is None or binding.join is None or parent.record.key is None:
            return
        made.join = self._column(made, parent.record.key, binding.join, "j")

    def _column(self, made: Node, one: Field, place: int, mark: str = "d") -> Column:
        alias = f"{mark}{made.number}_{place}_{len(made.columns)}"
        heading = made.shape.headings[place]
        joins = made.frame is not None
        return Column.bound(one, heading, place, made.kinds[place], self.schema.reading, alias, joins)


def _inner(parent: Node, branch: Branch) -> Mapping[str, Shape]:
    assert branch.place is not None
    shape = parent.shape.nested.get(parent.shape.headings[branch.place])
    return shape.nested if shape is not None else {}
