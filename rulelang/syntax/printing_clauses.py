"""The clauses of time limits, items and amendments as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from rulelang.syntax import ast
from rulelang.syntax.phrasing import (
    ATOM,
    PREFIX,
    expression_text,
    number_text,
    operand_text,
    quoted,
    selection_text,
)

# Of an amendment, what is said of a time limit, and of a criterion; what is left in the end is said of an item.
_OF_TIMESCALES = {one.name for one in attrs.fields(ast.TimescaleDecl)}
_OF_CRITERIA = ("describes", "scheme", "rated_by", "not_scored")


def amended_lines(node: ast.AmendDecl) -> Iterator[str]:
    """Yield what an amendment says otherwise."""
    parts = {one.part: one.value for one in node.changes}
    name = node.target.names[-1]
    of_time = {part: parts.pop(part) for part in list(parts) if part in _OF_TIMESCALES}
    of_time.pop("title", None)
    in_force = of_time.pop("in_force", None)
    if in_force is not None:
        yield f"  {in_force_text(in_force)}"
    yield from timescale_lines(ast.TimescaleDecl(name, **of_time))
    yield from edition_lines(parts.pop("editions", ()))
    requires, severity = parts.pop("requires", None), parts.pop("severity", None)
    number = requires if isinstance(requires, Fraction) else None
    of_criterion = {part: parts.pop(part) for part in _OF_CRITERIA if part in parts}
    if "describes" in of_criterion:
        yield f"  describes {quoted(of_criterion['describes'].value)}"
    yield from criterion_lines(ast.CriterionDecl(name, requires=number, **of_criterion))
    condition = requires if number is None else None
    yield from validation_lines(ast.ValidationDecl(name, requires=condition, severity=severity))
    yield from item_lines(ast.ItemDecl(name, **parts))


def edition_lines(editions: Iterable[ast.Edition]) -> Iterator[str]:
    """Yield the editions of a parameter."""
    for edition in editions:
        text = expression_text(edition.value, PREFIX if _is_negative(edition.value) else ATOM)
        yield f"  {text} from {edition.since.isoformat()}"


def _is_negative(node: ast.Expr) -> bool:
    if not isinstance(node, ast.Apply) or node.op != "negate":
        return False
    inner = node.operands[0]
    return isinstance(inner, ast.Literal) and isinstance(inner.value, Fraction)


def criterion_lines(node: ast.CriterionDecl) -> Iterator[str]:
    """Yield the clauses of a criterion that say how it is scored."""
    if node.scheme:
        yield f"  score {node.scheme.value}"
    if node.rated_by:
        yield f"  rated by {node.rated_by.text}"
    if node.not_scored:
        yield f"  not scored {quoted(node.not_scored.value)}"
    if node.requires is not None:
        yield f"  requires at least {number_text(node.requires)}"


def validation_lines(node: ast.ValidationDecl) -> Iterator[str]:
    """Yield what a validation requires, and how grave it is."""
    if node.requires is not None:
        yield f"  requires {expression_text(node.requires)}"
    if node.severity is not None:
        yield f"  severity {node.severity.text}"


def in_force_text(node: ast.InForce) -> str:
    """Return when a rule is in force."""
    last = "onwards" if node.last is None else f"to {node.last.isoformat()}"
    days = f"up to {node.last}" if node.first is None else f"from {node.first.isoformat()} {last}"
    return f"in force {days}" + (f", by {operand_text(node.by)}" if node.by is not None else "")


def timescale_lines(node: ast.TimescaleDecl) -> Iterator[str]:
    """Yield the clauses of a time limit."""
    if node.applies is not None:
        yield f"  applies when {expression_text(node.applies)}"
    if node.clock_for:
        yield f"  one clock for each of {selection_text(node.clock_for)}"
    if node.start:
        yield f"  {'beginning with' if node.start.counted else 'from'} {operand_text(node.start.value)}"
    if node.cut_off:
        yield f"  a start from {node.cut_off.time:%H:%M} counts as the next working day"
    if node.working_start:
        yield "  starts on a working day"
    if node.event is not None:
        yield f"  to {operand_text(node.event)}"
    if node.early:
        yield f"  early events {'count' if node.early.count else 'do not count'}"
    yield from _limits(node)
    if node.extended is not None:
        yield f"  extended to {operand_text(node.extended)}"
    for selection in node.restarts:
        yield f"  restarts at {selection_text(selection)}"
    for pause in node.pauses:
        yield f"  paused from {operand_text(pause.first)} to {operand_text(pause.last)}"
    if node.moves:
        yield f"  moves to the {'next' if node.moves.onward else 'previous'} working day"
    if node.until is not None:
        yield f"  until {operand_text(node.until)}"
    if node.calendar:
        yield f"  calendar {node.calendar.text}"


def _limits(node: ast.TimescaleDecl) -> Iterator[str]:
    for limit in node.limits:
        tail = " otherwise" if limit.otherwise else ""
        if limit.condition is not None:
            tail = f" when {expression_text(limit.condition)}"
        yield f"  within {operand_text(limit.length)}{tail}"
    for gap in node.gaps:
        yield f"  at least {_gap_length(gap)} {'before' if gap.before else 'after'} {operand_text(gap.anchor)}"
    if node.target is not None:
        yield f"  by {operand_text(node.target)}"
    if node.every is not None:
        yield f"  every {operand_text(node.every)}"
    for number, phase in enumerate(node.phases):
        then = "then " if number else ""
        unit = phase.period.unit
        each = unit.value[:-1] if phase.period.amount == 1 else unit.spelled(phase.period.amount)
        length = f" for {phase.length.unit.spelled(phase.length.amount)}" if phase.length else ""
        yield f"  {then}at least {phase.events} in each {each}{length}"


def _gap_length(node: ast.Gap) -> str:
    text = expression_text(node.length, ATOM)
    if not node.clear:
        return text
    amount, _, unit = text.partition(" ")
    return f"{amount} clear {unit}"


def item_lines(node: ast.ItemDecl) -> Iterator[str]:
    """Yield the clauses of an item."""
    if node.counted_for:
        yield f"  counted once for each of {selection_text(node.counted_for)}"
    if node.relevant is not None:
        yield f"  relevant when {expression_text(node.relevant)}"
    if node.timescale:
        yield f"  timescale {node.timescale.text}"
    if node.met is not None:
        yield f"  met when {expression_text(node.met)}"
    if node.no_evidence:
        yield f"  no evidence counts as {node.no_evidence.value}"
    if node.no_evidence_when is not None:
        yield f"  no evidence when {expression_text(node.no_evidence_when)}"
    if node.excused is not None:
        yield f"  excused when {expression_text(node.excused)}"
    if node.finding:
        yield f"  finding {quoted(node.finding.value)}"
    if node.reported_only:
        yield "  reported only"
    if node.weight is not None:
        yield f"  weight {number_text(node.weight)}"
