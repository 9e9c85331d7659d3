"""Writing Python text: blocks within blocks, names for constants, each value worked out once. Knows no rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define, field

from rulelang.model.expressions import CASE_DEPTH, Expression, Var
from rulelang.planning.inlining import free_vars
from rulelang.planning.plan import Plan

INDENT = "    "


@define
class Block:
    """Lines at one depth of rows; `known` are the values already worked out in it, by expression and view."""

    vars: tuple[Var, ...]
    lines: list[str] = field(factory=list)
    indent: int = 1
    known: dict[Any, str] = field(factory=dict)

    def add(self, line: str) -> None:
        self.lines.append(INDENT * self.indent + line)


@define
class Emitter:
    """The text of one function being written.

    `full` writes the variant that also notices what is unreadable or beyond the calendar and remembers why;
    the other one may assume that every cell could be read. `attributes` reads `row.x` instead of `row["x"]`.
    `raw` reads dates without the as-at rule (M2).
    """

    plan: Plan
    full: bool = False
    attributes: bool = False
    raw: bool = False
    clock_day: str | None = None
    constants: dict[str, Any] = field(factory=dict)
    _names: dict[Any, str] = field(factory=dict)
    _serial: int = 0
    blocks: list[Block] = field(factory=list)
    # Truths of the case that one place of the plan reads.
    read_once: set[Expression | None] = field(factory=set)
    # Names of values that may leave their calendar.
    timed: set[str] = field(factory=set)

    # --- names -------------------------------------------------------------------------------------------------

    def fresh(self, stem: str = "t") -> str:
        self._serial += 1
        return f"{stem}{self._serial}"

    def constant(self, value: Any, stem: str = "K", key: Any = None) -> str:
        """Return the name of an object the generated code uses; equal ones share a name."""
        key = (stem, type(value), value) if key is None else (stem, key)
        if key not in self._names:
            self._names[key] = f"{stem}{len(self._names)}"
            self.constants[self._names[key]] = value
        return self._names[key]

    def function(self, value: Any) -> str:
        """Return the name of a function the generated code calls."""
        return self.constant(value, "f", key=id(value))

    def row(self, var: Var) -> str:
        return "case" if var.depth == CASE_DEPTH else f"r{var.depth}"

    def read(self, var: Var, name: str) -> str:
        """Return the text that reads a field of a row."""
        return f"{self.row(var)}.{name}" if self.attributes else f"{self.row(var)}[{name!r}]"

    # --- blocks ------------------------------------------------------------------------------------------------

    @property
    def block(self) -> Block:
        return self.blocks[-1]

    def add(self, line: str) -> None:
        self.block.add(line)

    @contextmanager
    def function_body(self, var: Var) -> Iterator[Block]:
        block = Block((var,))
        self.blocks.append(block)
        try:
            yield block
        finally:
            self.blocks.pop()

    @contextmanager
    def nested(self, header: str, vars_: tuple[Var, ...]) -> Iterator[Block]:
        """Write a block below a header line; it joins its parent when it is done.

        What is asked of an outer row meanwhile is written in the outer block, and so before the header.
        """
        parent = self.block
        block = Block(vars_, indent=parent.indent + 1)
        self.blocks.append(block)
        try:
            yield block
        finally:
            self.blocks.pop()
            parent.add(header)
            parent.lines.extend(block.lines or [INDENT * block.indent + "pass"])

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

    def keep(self, text: str, stem: str = "t", *, timed: bool = False) -> str:
        """Write an assignment and return the name; a `timed` one may leave its calendar."""
        name = self.fresh(stem)
        if timed and self.full:
            # `NAME_b` says that the count left its calendar.
            self.timed.add(name)
            self.add(f"{name}_b = False")
            self.add("try:")
            self.add(f"{INDENT}{name} = {text}")
            self.add("except BEYOND as beyond:")
            self.add(f"{INDENT}{name} = None; {name}_b = True")
            self.add(f"{INDENT}notes.append(beyond)")
        else:
            self.add(f"{name} = {text}")
        return name
