"""Checking what is asked of partial dates: which operators take one, and what only a whole day can answer.

What a comparison with one comes to is decided in `planning.partial_dates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from rulelang.analysis import fitting
from rulelang.analysis.kinds import matching
from rulelang.analysis.scope import Scope
from rulelang.diagnostics import Fix
from rulelang.model.expressions import Call, Choose, Expression, FieldValue
from rulelang.model.partial_dates import (
    COMPARISONS,
    COUNTS,
    EQUALITY,
    PARTS,
    WITHIN,
    apart_by_days,
    fields_in,
    in_days,
    is_open,
)
from rulelang.operators import Operator
from rulelang.syntax import ast
from rulelang.types import (
    DATE,
    OPEN_NUMBER,
    PARTIAL_DATE,
    WHOLE,
    YES_NO,
    DurationType,
    OpenNumberType,
    PartialDateType,
    Type,
)

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions

_DEFINITE: dict[type, Type] = {PartialDateType: DATE, OpenNumberType: WHOLE}


def check(
    checker: Expressions, node: ast.Apply, operator: Operator, args: list[Expression], scope: Scope
) -> Expression:
    """Check an operator with a partial date, or a count from one, among its operands."""
    if node.op in PARTS and isinstance(args[0].type, PartialDateType):
        return Call(node.op, tuple(args), DATE, place=scope.place(node.span))
    if node.op not in (*COMPARISONS, *COUNTS, "add", "subtract"):
        _needs_a_day(checker, node, args, scope)
        return checker.unknowable
    # Beside a partial date everything goes that goes beside a date.
    definite = [_definite(one) for one in args]
    if matching(operator, [one.type for one in definite]) is None:
        fitting.wrong_operands(checker, node, operator, definite, scope)
        return checker.unknowable
    moved = node.op in ("add", "subtract")
    if moved and not isinstance(args[1].type, DurationType):
        _needs_a_day(checker, node, args, scope)
        return checker.unknowable
    if not fitting.goes_together(checker, node, definite, scope) or not _sure(checker, node, args, scope):
        return checker.unknowable
    result: Type = PARTIAL_DATE if moved else OPEN_NUMBER if node.op in COUNTS else YES_NO
    calendar = checker.calendar_for(node, args, scope)
    return Call(node.op, tuple(args), result, calendar, place=scope.place(node.span))


def _definite(node: Expression) -> Expression:
    kind = _DEFINITE.get(type(node.type))
    if kind is None or not isinstance(node, FieldValue | Call | Choose):
        return node
    return attrs.evolve(node, type=kind)


def _needs_a_day(checker: Expressions, node: ast.Apply, args: list[Expression], scope: Scope) -> None:
    """Say that an operator needs a whole day, and how to name one."""
    at = next(i for i, arg in enumerate(args) if is_open(arg))
    operand = node.operands[at]
    shown, words = scope.text(operand.span), scope.text(node.op_span) or node.op.replace("_", " ")
    if isinstance(args[at].type, OpenNumberType):
        message = f"`{shown}` is counted from a partial date, so `{words}` may have no single answer"
        hint = "It can be compared: `years from born to (commenced) is at least 18`."
        checker.findings.error("partial-date", message, scope.place(operand.span), hint=hint)
        return
    checker.findings.error(
        "partial-date",
        f"`{words}` needs a whole date, and `{shown}` is a partial one",
        scope.place(operand.span),
        hint=f"Say which day to take: `first possible day of {shown}` or `last possible day of {shown}`.",
        fix=Fix(scope.place(operand.span), f"(first possible day of {shown})"),
    )


def _sure(checker: Expressions, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
    """Report comparisons whose answer the first and the last possible day alone do not give."""
    if node.op not in COMPARISONS:
        counted = [name for arg in args for name in fields_in(arg)]
        if len(counted) == len(set(counted)):
            return True
        _twice(checker, node, scope)
        return False
    if node.op in EQUALITY:
        for arg, operand in zip(args, node.operands, strict=True):
            if isinstance(arg.type, PartialDateType) and not apart_by_days(arg):
                checker.findings.error(
                    "partial-date",
                    f"`{scope.text(operand.span)}` is not asked for one day: it is counted from a partial date",
                    scope.place(operand.span),
                    hint="Ask whether it is before or after a date. Days and weeks from a partial date may\n"
                    "be compared with `is`; working days, months and years skip days.",
                )
                return False
    for i, left in enumerate(args):
        for right in args[i + 1 :]:
            shared = set(fields_in(left)) & set(fields_in(right))
            fixed = apart_by_days(left) and apart_by_days(right) and _in_days(node, args)
            if shared and not (left == right or fixed):
                _twice(checker, node, scope)
                return False
    return True


def _in_days(node: ast.Apply, args: list[Expression]) -> bool:
    length = args[1] if node.op in WITHIN else None
    return length is None or (in_days(length) is not None)


def _twice(checker: Expressions, node: ast.Apply, scope: Scope) -> None:
    checker.findings.error(
        "partial-date",
        "the same partial date stands here twice, and the answer would hang on its day",
        scope.place(node.span),
        hint="Compare it with another date, or with itself so many days later.",
    )


def refused_as_value(checker: Expressions, value: Expression, where: str) -> bool:
    """Report a value that is not one day or one number where one is needed; say whether it was."""
    if not is_open(value):
        return False
    shown = value.place.text if value.place is not None else "it"
    what = "a partial date" if isinstance(value.type, PartialDateType) else "counted from a partial date"
    checker.findings.error(
        "partial-date",
        f"{where} needs one value, and `{shown}` is {what}",
        value.place,
        hint="Say which day to take: `first possible day of …` or `last possible day of …`.",
    )
    return True
