"""Checking what a condition asks of a timescale: `isp is on time`, `isp is one of late or overdue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulelang.analysis.findings import meant
from rulelang.analysis.scope import Scope
from rulelang.diagnostics import and_list
from rulelang.model.expressions import Call, Expression, OutcomeIs
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import YES_NO

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions

OUTCOMES = {outcome.value: outcome for outcome in TimescaleOutcome}
# What may stand beside the name of a timescale.
EQUALITY = {"is", "is_not", "is_one_of", "is_not_one_of"}


def check(checker: Expressions, node: ast.Apply, scope: Scope) -> Expression | None:
    """Return the test of a timescale's outcome, where the left side is one; None otherwise."""
    left = node.operands[0]
    if node.op not in EQUALITY and node.op != "is_not_applicable":
        return None
    if not isinstance(left, ast.Ref):
        return None
    name = left.text
    if checker.names.is_judged(name) and checker.paths.find(left, scope) is None and "." in name:
        item_asked(checker, name, scope.place(left.span))
        return checker.unknowable
    told = len(node.operands) > 1 and all(isinstance(one, ast.OutcomeWords) for one in node.operands[1:])
    if name not in checker.names.kind("timescale"):
        return None
    if checker.paths.find(left, scope) is not None and not told:
        return None
    checker.asks(name, scope.place(left.span))
    if node.op == "is_not_applicable":
        return OutcomeIs(name, TimescaleOutcome.NOT_APPLICABLE, place=scope.place(node.span))
    tests = [_one_outcome(checker, name, word, scope, node) for word in node.operands[1:]]
    test = tests[0] if len(tests) == 1 else Call("or", tuple(tests), YES_NO)
    negated = node.op in ("is_not", "is_not_one_of")
    return Call("not", (test,), YES_NO, place=scope.place(node.span)) if negated else test


def _one_outcome(
    checker: Expressions, name: str, word: ast.Expr, scope: Scope, node: ast.Apply
) -> Expression:
    text = word.text if isinstance(word, ast.Ref | ast.OutcomeWords) else None
    if text in OUTCOMES:
        return OutcomeIs(name, OUTCOMES[text], place=scope.place(node.span))
    shown = scope.text(word.span)
    near = meant((text or "").replace("_", " "), OUTCOMES)
    of_item = text in {outcome.value for outcome in ItemOutcome}
    checker.findings.error(
        "unknown-outcome",
        f"`{shown}` is an outcome of an item, and `{name}` is a timescale"
        if of_item
        else f"`{shown}` is not an outcome of a timescale",
        scope.place(word.span),
        near,
        hint=None if near else f"The outcomes of a timescale are {and_list(OUTCOMES)}.",
    )
    return checker.unknowable


def item_asked(checker: Expressions, name: str, place: Place) -> None:
    """Say that no condition can ask for what came of an item, a criterion or a section."""
    what = checker.names.judged_as(name)
    checker.findings.error(
        "item-in-condition",
        f"`{name}` is {what}, and a condition cannot ask what came of it",
        place,
        hint="Ask about its timescale, or write its condition once with `define` and name that in both "
        "places.",
    )
