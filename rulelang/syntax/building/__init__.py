"""From reductions to AST, a method a rule of the grammar. Shapes only: `analysis` knows what names mean."""

from __future__ import annotations

from functools import partial
from typing import Any

from rulelang.syntax.building.examples import ExampleBuilder
from rulelang.syntax.building.export import ExportBuilder
from rulelang.syntax.building.ratings import RatingBuilder
from rulelang.syntax.building.standards import StandardsBuilder
from rulelang.syntax.building.validations import ValidationBuilder
from rulelang.syntax.machine import Action
from rulelang.syntax.tables import Table


class Builder(ExportBuilder, StandardsBuilder, ValidationBuilder, RatingBuilder, ExampleBuilder):
    """Builds every declaration and expression of one file, and notes what is wrong in their making."""


def actions_of(builder: Builder, table: Table) -> list[Action]:
    """Return what the builder makes of each rule: its method of that name, else an operator."""
    made: list[Action] = []
    for rule in table.rules:
        name = "is_" if rule.name == "is" else rule.name
        method: Any = getattr(builder, name, None)
        made.append(method if method is not None else partial(builder.operator, rule.name))
    return made
