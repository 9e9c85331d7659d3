"""Rules in force for a time: spelled out as a condition on the day that selects them, before anything is checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from rulelang.analysis.findings import Findings
from rulelang.source import Place, SourceFile
from rulelang.syntax import ast


def spelled_out(modules: Sequence[ast.Module], findings: Findings) -> tuple[ast.Module, ...]:
    """Return modules in which what is in force for a time applies, or is relevant, on those days alone.

    The day is the one that the rule names, else the start of its time limit.
    """
    starts = starts_of(modules)
    return tuple(
        attrs.evolve(module, declarations=tuple(_Speller(module.file, starts, findings).each(module)))
        for module in modules
    )


@attrs.define
class _Speller:
    file: SourceFile
    starts: dict[str, ast.Expr]
    findings: Findings

    def each(self, module: ast.Module) -> Iterator[ast.Declaration]:
        above: ast.InForce | None = None
        for node in module.declarations:
            if isinstance(node, ast.SectionDecl):
                above = self._of_no_clock(node)
            yield self._spelled(node, above)

    def _spelled(self, node: ast.Declaration, above: ast.InForce | None) -> ast.Declaration:
        match node:
            case ast.TimescaleDecl(in_force=ast.InForce() as one):
                day = node.start.value if node.start is not None else None
                return attrs.evolve(node, applies=both(self._days(one, day), node.applies))
            case ast.CriterionDecl():
                around = [one for one in (above, self._of_no_clock(node)) if one is not None]
                return attrs.evolve(node, items=tuple(self._item(item, around) for item in node.items))
            case ast.ValidationDecl(in_force=ast.InForce() as one):
                return attrs.evolve(node, applies=both(self._days(one, None), node.applies))
            case _:
                return node

    def _of_no_clock(self, node: Any) -> ast.InForce | None:
        """Return when a section or criterion is in force, unless it names no day: that is said once, here."""
        one: ast.InForce | None = node.in_force
        return one if one is None or self._days(one, None) is not None else None

    def _item(self, item: ast.ItemDecl, around: Sequence[ast.InForce]) -> ast.ItemDecl:
        relevant = item.relevant
        for one in around:
            relevant = both(self._days(one, None), relevant)
        if item.in_force is not None:
            clock = self.starts.get(item.timescale.text) if item.timescale is not None else None
            relevant = both(self._days(item.in_force, clock), relevant)
        return attrs.evolve(item, relevant=relevant)

    def _days(self, one: ast.InForce, default: ast.Expr | None) -> ast.Expr | None:
        return days_of(one, one.by or default, self.file, self.findings)


def starts_of(modules: Sequence[ast.Module]) -> dict[str, ast.Expr]:
    """Return the day that each time limit of a case is counted from."""
    return {
        one.name.text: one.start.value
        for module in modules
        for one in module.declarations
        if isinstance(one, ast.TimescaleDecl) and one.start is not None and one.clock_for is None
    }


def days_of(one: ast.InForce, day: ast.Expr | None, file: SourceFile, findings: Findings) -> ast.Expr | None:
    """Return the condition that a day lies in the time; None where none is named, which is reported."""
    if day is None:
        findings.error(
            "missing-clause",
            "it is not said which date decides whether this is in force",
            Place(file, one.span),
            hint="Name it, such as `in force from 2004-04-01 onwards, by commenced`.",
        )
        return None
    if one.first is not None and one.last is not None and one.last < one.first:
        findings.error(
            "wrong-range",
            f"this is never in force: {one.last} is before {one.first}",
            Place(file, one.span),
            hint="Write the first day, then the last; both are in.",
        )
    ends = ((one.first, "on_or_after"), (one.last, "on_or_before"))
    parts = [
        ast.Apply(op, (day, ast.Literal(end, span=one.span)), op_span=one.span, span=one.span)
        for end, op in ends
        if end is not None
    ]
    return parts[0] if len(parts) == 1 else ast.Apply("and", tuple(parts), op_span=one.span, span=one.span)


def both(first: ast.Expr | None, second: ast.Expr | None) -> ast.Expr | None:
    """Return the condition that two hold; None says nothing."""
    if first is None or second is None:
        return first or second
    return ast.Apply("and", (first, second), op_span=first.span, span=second.span)
