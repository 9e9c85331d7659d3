"""Checking `reference is unique`: a value that no other row of the whole file has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulelang.analysis import siblings
from rulelang.analysis.scope import Scope
from rulelang.model.expressions import CASE_DEPTH, Expression, FieldValue, Unique, Var
from rulelang.syntax import ast

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions


def unique(checker: Expressions, node: ast.Unique, scope: Scope) -> Expression:
    """Check `reference is unique` of the row that a validation asks."""
    own = siblings.value_of(checker, node.field, scope.row, scope)
    if own is None or not siblings.comparable(checker, own, node.field, scope, "is unique`"):
        return checker.unknowable
    record = checker.paths.schema.by_name[scope.row.record]
    if not isinstance(own, FieldValue):
        checker.findings.error(
            "wrong-type",
            f"`is unique` compares what is recorded, and `{node.field.text}` is worked out",
            scope.place(node.field.span),
            hint=f"Name a field of `{record.name}`.",
        )
        return checker.unknowable
    if record.key is not None and record.key.name == node.field.text:
        checker.findings.error(
            "key-is-unique",
            f"`{record.key.name}` is the key of `{record.name}`: rows with a key that stands twice are set aside "
            "already",
            scope.place(node.field.span),
            hint="They are counted and told as data problems. Leave this validation out.",
        )
        return checker.unknowable
    return Unique(
        own, own.name, _path(checker, scope), _named_by(checker, scope), place=scope.place(node.span)
    )


def _path(checker: Expressions, scope: Scope) -> tuple[str, ...]:
    """Return the lists that lead from the case down to the row that is asked."""
    return tuple(step.list for step in siblings.way_down(checker, scope.rows[-1], scope))


def _named_by(checker: Expressions, scope: Scope) -> FieldValue | None:
    """Return what tells a row apart for a reader: its key, or else that of its case."""
    schema = checker.paths.schema
    for var in (scope.row, Var(CASE_DEPTH, schema.case.name)):
        key = schema.by_name[var.record].key
        if key is not None:
            return FieldValue(var, key.name, key.type, False)
    return None
