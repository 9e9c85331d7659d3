"""A plan: what an engine needs to judge cases, and nothing of how. Equal rules give equal plans."""

from __future__ import annotations

from functools import cached_property

import attrs
from attrs import field, frozen

from rulelang.calendars import WorkingCalendar
from rulelang.model.checks import CheckCharacters
from rulelang.model.expressions import DefineValue, Expression, OutcomeIs, Unique, walk
from rulelang.model.pack import Codes, Define, Item, Parameter, Timescale
from rulelang.model.records import Schema
from rulelang.planning.decisions import Line
from rulelang.planning.inlining import Inliner
from rulelang.types import PartialDateType


@frozen
class TimescalePlan:
    """A timescale and the lines that decide its outcome."""

    timescale: Timescale
    lines: tuple[Line, ...]


@frozen
class ItemPlan:
    """An item and the lines that decide its outcome."""

    item: Item
    lines: tuple[Line, ...]


@attrs.frozen(slots=False)
class Plan:
    """Everything judged of a case, in order. Timescales come after those that they ask about.

    `begun` is the field from which a case is there (M2), `inspected` the condition of being in scope.
    """

    schema: Schema
    timescales: tuple[TimescalePlan, ...]
    items: tuple[ItemPlan, ...]
    defines: dict[tuple[str, str], Define] = field(hash=False)
    calendars: dict[str, WorkingCalendar] = field(hash=False)
    parameters: dict[str, Parameter] = field(hash=False)
    codes: dict[str, Codes | CheckCharacters] = field(hash=False)
    inspected: Expression | None = None
    # Defines of child rows: what judges has them written out; expressions given later may still name them.
    row_defines: dict[tuple[str, str], Define] = field(factory=dict, hash=False)
    # The ids of those items that are validations: they come last.
    validations: frozenset[str] = frozenset()
    # Those of them that ask for a share of the file: of a row alone they say nothing.
    shares: frozenset[str] = frozenset()
    # The ids of those that count what ratings ask of cases.
    asked: frozenset[str] = frozenset()
    # Items that count the cases of groups, each with what they are grouped by. They are in no list of items.
    limits: tuple[tuple[ItemPlan, Expression], ...] = ()

    @property
    def unlisted(self) -> frozenset[str]:
        """The ids of the items that no criterion has."""
        return self.validations | self.asked

    def counting(self, item: ItemPlan) -> Plan:
        """Return a plan in which this item alone is judged."""
        assert item.item.met is not None
        asks = any(isinstance(node, OutcomeIs | DefineValue) for node in walk(item.item.met))
        return attrs.evolve(
            self,
            items=(item,),
            timescales=self.timescales if asks else (),
            validations=frozenset(),
            shares=frozenset(),
            asked=frozenset(),
            limits=(),
        )

    def inlined(self, node: Expression) -> Expression:
        """Return an expression on the case with the defines of child rows written out."""
        case = self.schema.case.name
        wants = any(
            (isinstance(one, DefineValue) and one.record != case) or isinstance(one.type, PartialDateType)
            for one in walk(node)
        )
        if wants:
            return Inliner({**self.defines, **self.row_defines}, case).of_case(node)
        return node

    @cached_property
    def compared(self) -> tuple[Unique, ...]:
        """What validations hold to be unique in the file, each once."""
        found: dict[tuple[str, ...], Unique] = {}
        for one in self.items:
            if one.item.id in self.validations and one.item.met is not None:
                for node in walk(one.item.met):
                    if isinstance(node, Unique):
                        found.setdefault(node.compared, node)
        return tuple(found.values())

    @property
    def begun(self) -> str | None:
        return self.schema.case.dated
