"""Blocks of a query being made: values kept once each, in steps, on the case or on a row of a list. Knows no rules.

On the case a step is a `SELECT` over the one before; inside a list a struct made from the one before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from attrs import define, field, frozen

from rulelang.engines.sql.layout import BAD, NA, Layout
from rulelang.model.expressions import CASE_DEPTH, Expression, Var
from rulelang.planning.inlining import free_vars
from rulelang.planning.plan import Plan
from rulelang.query.nodes import (
    ATOMS,
    Apply,
    Column,
    Kept,
    Lambda,
    Member,
    Node,
    Struct,
    Variable,
    case,
    date,
    walk,
    whole,
)

# So many nodes, such as those of `kept is yes`.
SMALL = 6


class Unsupported(Exception):
    """What cannot be put into one query, in the words of the rules; such cases are judged one at a time."""


@frozen
class DueColumn:
    """A column of the table of a calendar: the day so many working days after each of its days."""

    calendar: str
    days: int

    @property
    def name(self) -> str:
        sign = "plus" if self.days >= 0 else "minus"
        return f"{sign}_{abs(self.days)}"

    @property
    def cap(self) -> str:
        """The column of that day, or of the as-at date where it is earlier."""
        return f"cap_{self.name}"

    @property
    def past(self) -> str:
        """The column of whether that day is over."""
        return f"past_{self.name}"


@define
class Step:
    """Values kept side by side: each may read those of earlier steps."""

    values: dict[str, Node] = field(factory=dict)
    # Look-ups by the calendar and the day, and what is taken from each: name and column.
    joins: dict[tuple[str, Node], dict[str, str]] = field(factory=dict)


@define
class Block:
    """Values at one depth of rows; `known` are the expressions already worked out in it."""

    number: int
    vars: tuple[Var, ...]
    steps: list[Step] = field(factory=list)
    known: dict[Any, Any] = field(factory=dict)

    @property
    def of_case(self) -> bool:
        return self.number == 0

    def step(self, number: int) -> Step:
        while len(self.steps) <= number:
            self.steps.append(Step())
        return self.steps[number]


@define
class Builder:
    """The query being made for one plan, one layout and one as-at date."""

    plan: Plan
    layout: Layout
    as_at: dt.date
    as_at_moment: dt.datetime
    given: Mapping[str, Any] = field(factory=dict)
    # Whether plain time limits are counted by packed sums, with a calendar's table made for the as-at date.
    packed: bool = False
    raw: bool = False
    clock_day: Node | None = None
    blocks: list[Block] = field(factory=list)
    # Look-ups that are lists, used inside lists: (calendar, column).
    lists: dict[tuple[str, str], None] = field(factory=dict)
    # For which list of a row each var stands: the layout of its rows.
    layouts: dict[Var, Layout] = field(factory=dict)
    # Whether rows are told apart by their places in their lists.
    placed: bool = False
    # Tests, never NULL, that something must be said of the data of a case: counts beyond, odd pauses.
    noted: list[Node] = field(factory=list)
    # Rows that stand inside something else.
    rows_in: dict[Var, Node] = field(factory=dict)
    # Whose row each row in sight is.
    parents: dict[Var, Var] = field(factory=dict)
    _numbers: int = 0
    _serial: int = 0

    def fresh(self, stem: str) -> str:
        """Return a name that no column has yet."""
        self._serial += 1
        return self.free(f"{stem}_{self._serial}")

    def free(self, name: str) -> str:
        """Return a name, changed where a column of the cases has it."""
        taken = {*self.layout.fields, *self.layout.lists}
        while name in taken or name.removesuffix(NA).removesuffix(BAD) in taken:
            name = f"{name}_"
        return name

    # --- rows --------------------------------------------------------------------------------------------------

    def row(self, var: Var) -> Node | None:
        """Return the row that a var stands for; None for the case, whose fields are columns."""
        if var in self.rows_in:
            return self.rows_in[var]
        return None if var.depth == CASE_DEPTH else Variable(f"__r{var.depth}")

    def column(self, var: Var, name: str) -> Node:
        """Return a column of a row, as the layout names it."""
        row = self.row(var)
        return Column(name) if row is None else Member(row, name)

    def layout_of(self, var: Var) -> Layout:
        return self.layout if var.depth == CASE_DEPTH else self.layouts[var]

    # --- blocks ------------------------------------------------------------------------------------------------

    @property
    def block(self) -> Block:
        return self.blocks[-1]

    def open_block(self, vars_: tuple[Var, ...]) -> Block:
        block = Block(self._numbers, vars_)
        self._numbers += 1
        self.blocks.append(block)
        return block

    def closed(self, block: Block, body: Node) -> Node:
        """Return what a block of a row comes to: its steps one after another, then the body.

        The steps are structs in a list of one, each made of the one before and handing on what is still asked for:
        a value bound inside another, and so on, takes some databases exponentially long to understand.
        """
        assert self.blocks.pop() is block
        if not block.steps:
            return body
        name = f"__b{block.number}"
        wanted = [_kept_of(block.number, [body])]
        for step in reversed(block.steps):
            wanted.append(wanted[-1] | _kept_of(block.number, step.values.values()))
        wanted.reverse()
        made: dict[str, Node] = {}
        listed: Node | None = None
        for number, step in enumerate(block.steps):
            handed = [(one, Member(Variable(name), one)) for one in made if one in wanted[number + 1]]
            fields = (
                *handed,
                *((one, node) for one, node in step.values.items() if one in wanted[number + 1]),
            )
            made.update(step.values)
            struct = Struct(tuple(fields) or ((name, whole(0)),))
            listed = Apply("list_of", (struct,)) if listed is None else _mapped(listed, name, struct)
        assert listed is not None
        return Apply("list_at", (_mapped(listed, name, body), whole(1)))

    def function(self, stems: str, make: Callable[..., Node]) -> Lambda:
        """Return a function of elements of a list, one parameter a stem; `make` may keep values inside it."""
        names = tuple(f"__{self.fresh(stem)}" for stem in stems.split())
        block = self.open_block(())
        body = make(*map(Variable, names))
        return Lambda(names, self.closed(block, body))

    def home(self, node: Expression) -> Block:
        """Return the block in which a value belongs: that of the innermost row it reads."""
        needed = free_vars(node)
        for block in reversed(self.blocks):
            if any(var in needed for var in block.vars):
                return block
        return self.blocks[0]

    @contextmanager
    def inside(self, home: Block) -> Iterator[None]:
        """Write into an outer block for a while."""
        cut = self.blocks.index(home) + 1
        aside = self.blocks[cut:]
        del self.blocks[cut:]
        try:
            yield
        finally:
            self.blocks.extend(aside)

    @contextmanager
    def unviewed(self) -> Iterator[None]:
        """Read dates without the as-at rule for a while."""
        before, self.raw = self.raw, True
        try:
            yield
        finally:
            self.raw = before

    # --- keeping -----------------------------------------------------------------------------------------------

    def keep(self, node: Node, stem: str = "t") -> Node:
        """Keep a value in the block being written and return how it is read; what is simple stays as it is."""
        if isinstance(node, ATOMS):
            return node
        block = self.block
        kept = block.known.get(("kept", node))
        if kept is None:
            number = self._after(node, block)
            name = self.fresh(stem)
            block.step(number).values[name] = node
            kept = block.known["kept", node] = Kept(block.number, number, name)
        return kept

    def keep_large(self, node: Node, stem: str = "t") -> Node:
        """Keep a value unless it is so small that working it out twice is cheaper."""
        small = sum(1 for _ in islice(walk(node), SMALL + 1)) <= SMALL
        return node if small and not self.block.of_case else self.keep(node, stem)

    def named(self, node: Node, name: str) -> Node:
        """Keep a value under a name of its own."""
        block, name = self.block, self.free(name)
        number = self._after(node, block)
        block.step(number).values[name] = node
        return Kept(block.number, number, name)

    def _after(self, node: Node, block: Block) -> int:
        """Return the first step that may read all that a value reads."""
        read = (one for one in walk(node) if isinstance(one, Kept) and one.block == block.number)
        return max((one.step + 1 for one in read), default=0)

    # --- calendars ---------------------------------------------------------------------------------------------

    def due(self, calendar: str, day: Node, days: int) -> Node:
        """Return the day so many working days after a day; NULL beyond the calendar."""
        column = DueColumn(calendar, days).name
        if not self.block.of_case:
            return self.looked_up(calendar, column, day)
        return self.joined(calendar, column, day)

    def joined(self, calendar: str, column: str, day: Node) -> Node:
        """Return a column of the table of a calendar, by a day of the case."""
        day = self.keep(day, "day")
        block = self.block
        number = self._after(day, block)
        step = block.step(number)
        taken = step.joins.setdefault((calendar, day), {})
        for name, known in taken.items():
            if known == column:
                return Kept(block.number, number, name)
        name = self.fresh(column)
        taken[name] = column
        return Kept(block.number, number, name)

    def looked_up(self, calendar: str, column: str, day: Node) -> Node:
        """Return what a calendar says of a day, by its place in a list; NULL beyond the calendar."""
        first = self.plan.calendars[calendar].first
        day = self.keep(day, "day")
        self.lists[calendar, column] = None
        place = Apply("add", (Apply("days_between", (date(first), day)), whole(1)))
        found = Apply("list_at", (Column(list_name(calendar, column)), place))
        return case((Apply("ge", (day, date(first))), found))

    def nth_working_day(self, calendar: str, rank: Node) -> Node:
        """Return the working day of a rank, the first being 1; NULL beyond the calendar."""
        rank = self.keep(rank, "rank")
        self.lists[calendar, "nth"] = None
        found = Apply("list_at", (Column(list_name(calendar, "nth")), rank))
        return case((Apply("ge", (rank, whole(1))), found))


def _mapped(listed: Node, name: str, body: Node) -> Node:
    return Apply("list_map", (listed, Lambda((name,), body)))


def _kept_of(block: int, nodes: Iterable[Node]) -> set[str]:
    """Return the names of a block's values that some nodes read."""
    return {one.name for node in nodes for one in walk(node) if isinstance(one, Kept) and one.block == block}


def list_name(calendar: str, column: str) -> str:
    """Return the name of the column that holds a look-up of a calendar as a list."""
    return f"{calendar} {column}"
