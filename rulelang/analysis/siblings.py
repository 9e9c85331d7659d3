"""Checking what a validation asks of a row beside its siblings: a value of its own, a time of its own.

Both come to `no other of … has (…)`. What another row does not record is no clash; that row is itself not checked.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from rulelang.analysis import lists
from rulelang.analysis.kinds import told
from rulelang.analysis.scope import Scope, step_into
from rulelang.model.clashes import Clash
from rulelang.model.expressions import Call, Expression, FieldValue, Quantify, Rows, Step, Var
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.syntax.ast import Quantifier
from rulelang.types import (
    YES_NO,
    AnyType,
    ChoiceType,
    DateTimeType,
    DateType,
    ListType,
    NumberType,
    PartialDateType,
    TextType,
    Type,
)

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions


def unique(checker: Expressions, node: ast.UniqueIn, scope: Scope) -> Expression:
    """Check `place is unique in case`."""
    row, parent = scope.row, scope.called(node.parent.text, checker.paths.schema)
    own = value_of(checker, node.field, row, scope)
    if parent is None or parent == row:
        above = [checker.paths.spoken(var.record) for var in scope.rows if var != row]
        checker.findings.error(
            "other-of-what",
            f"a `{row.record}` row does not belong to a row of `{node.parent.text}`",
            scope.place(node.parent.span),
            hint=f"It can be unique in {' or '.join(f'`{one}`' for one in above)}."
            if above
            else "Say of which child rows this is asked, such as `of plan`.",
        )
        return checker.unknowable
    key = checker.paths.schema.by_name[row.record].key
    if key is not None and key.name == node.field.text:
        checker.findings.error(
            "key-is-unique",
            f"`{key.name}` is the key of `{row.record}`: rows with a key that stands twice are set aside already",
            scope.place(node.field.span),
            hint="They are counted and told as data problems. Leave this validation out.",
        )
        return checker.unknowable
    rows = Rows(way_down(checker, parent, scope), but=row)
    other = value_of(checker, node.field, rows.var, scope, report=False)
    if own is None or other is None or not comparable(checker, own, node.field, scope):
        return checker.unknowable
    return _no_other(checker, rows, Clash((own,), (other,)), scope.place(node.span))


def apart(checker: Expressions, node: ast.Apart, scope: Scope) -> Expression:
    """Check `started to ended overlaps no other of case.plans`: both ends count, and no end is still open."""
    row = scope.row
    start, end = (value_of(checker, one, row, scope) for one in (node.start, node.end))
    words = "overlaps no other of"
    rows = lists.rows_only(checker, ast.Selection(node.others, span=node.others.span), scope, words)
    if start is None or end is None or rows is None:
        return checker.unknowable
    if rows.var.record != row.record:
        checker.findings.error(
            "other-of-what",
            f"`{node.others.text}` holds rows of `{rows.var.record}`, and a row of `{row.record}` is asked",
            scope.place(node.others.span),
            hint=f"Ask it `of {rows.var.record}`, or name a list of `{row.record}` rows.",
        )
        return checker.unknowable
    if not _dates(checker, node, (start, end), scope):
        return checker.unknowable
    rows = attrs.evolve(rows, but=row)
    first, last = (
        value_of(checker, one, rows.var, scope, report=False) or checker.unknowable
        for one in (node.start, node.end)
    )
    return _no_other(checker, rows, Clash((start, end), (first, last)), scope.place(node.span))


def _no_other(checker: Expressions, rows: Rows, clash: Clash, place: Place) -> Expression:
    """Return that no other row clashes: missing where the row does not record what is compared."""
    key = checker.paths.schema.by_name[rows.var.record].key
    named = None if key is None else FieldValue(rows.var, key.name, key.type, False)
    none = Quantify(Quantifier.NO, rows, clash.condition(place), place=place, clash=True, named_by=named)
    return Call("and", (attrs.evolve(clash.recorded, place=place), none), YES_NO, place=place)


def way_down(checker: Expressions, parent: Var, scope: Scope) -> tuple[Step, ...]:
    """Return the steps from a row in sight down to all rows of the record that is asked."""
    schema = checker.paths.schema
    chain = scope.rows[scope.rows.index(parent) :: -1]
    steps: list[Step] = []
    row = parent
    for above, below in pairwise(chain):
        name = next(
            one.name
            for one in schema.by_name[above.record].lists
            if isinstance(one.type, ListType) and one.type.record == below.record
        )
        steps.append(step_into(schema, row, name, scope.next_depth + len(steps)))
        row = steps[-1].var
    return tuple(steps)


def value_of(
    checker: Expressions, name: ast.Name, var: Var, scope: Scope, *, report: bool = True
) -> Expression | None:
    """Return a field or a define of a row; report a name that it has not."""
    found = checker.paths.value(var, name.text, scope, name)
    if found is None and report:
        checker.paths.report_unknown(ast.Ref((name,), span=name.span), attrs.evolve(scope, rows=(var,)))
    return found


def comparable(
    checker: Expressions, value: Expression, name: ast.Name, scope: Scope, words: str = "is unique in`"
) -> bool:
    """Say whether values of a field are compared as they stand; report it where they are not."""
    plain = (TextType, NumberType, DateType, DateTimeType, ChoiceType)
    if isinstance(value.type, AnyType):
        return False
    if isinstance(value.type, plain) and not isinstance(value.type, PartialDateType):
        return True
    _wrong(checker, name, value.type, f"{words} compares texts, numbers, dates and choices", scope)
    return False


def _dates(checker: Expressions, node: ast.Apart, ends: tuple[Expression, Expression], scope: Scope) -> bool:
    for name, value in zip((node.start, node.end), ends, strict=True):
        if isinstance(value.type, AnyType):
            return False
        if not isinstance(value.type, DateType | DateTimeType):
            _wrong(checker, name, value.type, "overlaps` compares dates", scope)
            return False
    if type(ends[0].type) is not type(ends[1].type):
        _wrong(checker, node.end, ends[1].type, f"{node.start.text}` is {told(ends[0].type)}", scope)
        return False
    return True


def _wrong(checker: Expressions, name: ast.Name, type_: Type, why: str, scope: Scope) -> None:
    message = f"`{why}, and `{name.text}` is {told(type_)}"
    checker.findings.error("wrong-type", message, scope.place(name.span))
