"""The lines of an example as text: its case, the rows of its lists, what is expected."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.syntax import ast
from rulelang.syntax.phrasing import expression_text, literal_text, moment_text, name_text, ref_text

_GIVEN_WORDS = frozenset({"case", "ratings", "expect"})
_VALUE_WORDS = frozenset({"missing", "yes", "no"})


def given_lines(node: ast.ExampleDecl) -> Iterator[str]:
    """Yield the case of an example, its date and what it expects."""
    if node.values or node.tables:
        yield "  case"
    for value in node.values:
        given = "missing" if value.value is None else value_text(value.value)
        yield f"    {name_text(value.field, _GIVEN_WORDS)} is {given}"
    for table in node.tables:
        yield from _table(table)
    if node.ratings:
        yield "  ratings"
    for value in node.ratings:
        given = "missing" if value.value is None else value_text(value.value)
        yield f"    {name_text(value.field, _GIVEN_WORDS)} is {given}"
    if node.as_at is not None:
        yield f"  as at {moment_text(node.as_at)}"
    for expect in node.expects:
        yield "  expect " + _expectation(expect)


def _table(node: ast.GivenTable) -> Iterator[str]:
    yield f"    {name_text(node.list, _GIVEN_WORDS)}"
    rows = [[name_text(column, _VALUE_WORDS) for column in node.columns]]
    rows += [["" if cell is None else value_text(cell) for cell in row] for row in node.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(node.columns))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"      | {' | '.join(cells)} |"


def value_text(node: ast.Literal | ast.DurationLiteral | ast.PartialDate | ast.Ref | ast.OutcomeWords) -> str:
    """Return a value of an example."""
    if isinstance(node, ast.Ref):
        return ref_text(node, _VALUE_WORDS)
    if isinstance(node, ast.OutcomeWords | ast.PartialDate):
        return node.text
    return literal_text(node) if isinstance(node, ast.Literal) else node.unit.spelled(node.amount)


def _expectation(
    node: ast.ExpectOutcome | ast.ExpectDue | ast.ExpectValidation | ast.ExpectCondition,
) -> str:
    match node:
        case ast.ExpectOutcome():
            return f"{ref_text(node.subject)} is {node.outcome}"
        case ast.ExpectValidation():
            return f"{name_text(node.subject)} {node.outcome}"
        case ast.ExpectDue():
            return f"{ref_text(node.subject)} is due on {moment_text(node.due)}"
        case ast.ExpectCondition():
            return expression_text(node.condition)
