"""An export opened on Spark: every table bound and surveyed, and one view of the cases with all their rows."""

from __future__ import annotations

from typing import Any

from attrs import define

from rulelang.engines.sql.layout import Layout
from rulelang.model.records import Schema
from rulelang.reading.branches import Planner
from rulelang.reading.failures import ReadingError
from rulelang.reading.problems import Problems
from rulelang.spark.frames import given
from rulelang.spark.relations import rows
from rulelang.spark.scratch import Scratch
from rulelang.spark.survey import survey
from rulelang.spark.tree import Grower, Node


@define(eq=False)
class Opened:
    """An export opened on Spark. `cases` is the view of its cases, those set aside included."""

    schema: Schema
    planner: Planner
    nodes: list[Node]
    cases: str
    notes: tuple[str, ...]

    @property
    def case(self) -> Node:
        """The node of the cases themselves."""
        return self.nodes[0]

    @property
    def layout(self) -> Layout:
        """How the rows of `cases` stand."""
        return self.case.layout()


def open_export(scratch: Scratch, schema: Schema, data: Any, problems: Problems) -> Opened:
    """Open an export. Raises ReadingError where `reading` does, Unsupported for what Spark cannot do."""
    found = given(scratch, schema, data)
    tables = {name: frame.table for name, frame in found.frames.items()}
    planner = Planner(schema, tables, problems, found.sources)
    planner.table_branch(schema.case)
    if planner.lacking.failures:
        raise ReadingError(planner.lacking.failures)
    grower = Grower(scratch, schema, found.frames)
    nodes = [grower.node(branch) for branch in planner.branches]
    for node in nodes:
        survey(scratch, node)
    cases = scratch.view("cases", rows(nodes[0]))
    notes = (*found.sources.notes, *planner.lacking.notes)
    return Opened(schema, planner, nodes, cases, tuple(dict.fromkeys(notes)))
