"""Which rows are in sight of an expression, and how a name or a path is found among them."""

from __future__ import annotations

import attrs
from attrs import frozen

from rulelang.model.expressions import Expression, Rows, Step, Var
from rulelang.model.records import Record, Schema
from rulelang.source import Place, SourceFile, Span

CASE = "case"
OTHER = "other"


@frozen
class Scope:
    """The rows in sight, innermost first; the case comes last.

    `other` is a second row of the same list (`some other of …`). `calendar` counts the working days.
    `broken` says that a row in sight was not found: a name that no other row has may be one of its fields.
    `clocked` says that a parameter may stand bare: the clock names the day.
    """

    file: SourceFile
    rows: tuple[Var, ...]
    calendar: str | None = None
    other: Var | None = None
    clocked: bool = False
    broken: bool = False

    @property
    def row(self) -> Var:
        return self.rows[0]

    @property
    def next_depth(self) -> int:
        deepest = max(var.depth for var in self.rows)
        return max(deepest, self.other.depth if self.other else 0) + 1

    def inside(self, rows: Rows) -> Scope:
        """Return the scope of a condition on a row of a list: the row's own names come first."""
        bound = tuple(step.var for step in reversed(rows.steps))
        return attrs.evolve(self, rows=(*bound, *self.rows))

    def in_doubt(self) -> Scope:
        """Return the scope of a condition on the rows of a list that was not found."""
        return attrs.evolve(self, broken=True)

    def beside(self, var: Var) -> Scope:
        """Return the scope of a condition that compares the row with another one."""
        return attrs.evolve(self, other=var)

    def place(self, span: Span) -> Place:
        return Place(self.file, span)

    def text(self, span: Span) -> str:
        """Return the author's own words."""
        return self.file.slice(span)

    def called(self, name: str, schema: Schema) -> Var | None:
        """Return the row that a name stands for: `case`, `other`, or the record of a row in sight."""
        if name == OTHER and self.other is not None:
            return self.other
        for var in self.rows:
            if var.record == name:
                return var
        if name == CASE:
            return next(var for var in self.rows if var.record == schema.case.name)
        return None


@frozen
class Listing:
    """A path that runs through at least one list: the rows, and the value in each, if the path names one."""

    rows: Rows
    record: Record
    value: Expression | None
    text: str


def step_into(schema: Schema, parent: Var, field_name: str, depth: int) -> Step:
    """Return the step from a row into one of its lists."""
    one = schema.by_name[parent.record].by_name[field_name]
    child = schema.child(one)
    return Step(parent, field_name, Var(depth, child.name), child.dated)
