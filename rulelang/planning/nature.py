"""What can be said of an expression before any case: whether it may be missing, not applicable, beyond a calendar."""

from __future__ import annotations

from rulelang.model.clashes import Clash, clash_of
from rulelang.model.expressions import (
    AsAtDate,
    Call,
    Choose,
    Const,
    DefineValue,
    Expression,
    FieldValue,
    Fold,
    Most,
    ParameterValue,
    Quantify,
    children,
    walk,
)
from rulelang.planning.plan import Plan
from rulelang.syntax.ast import ListFunction
from rulelang.types import DurationType, JudgementType, YesNoType

DECIDED = ("is_missing", "is_known", "is_not_applicable", "is_readable")


def is_truth(node: Expression) -> bool:
    """Say whether an expression is a yes or no, or a judgement."""
    return isinstance(node.type, YesNoType | JudgementType)


def links_of(node: Choose) -> tuple[list[Choose], Expression]:
    """Return an `if … otherwise if …` link by link, and what stands where none holds: it may be hundreds long."""
    links = [node]
    while isinstance(links[-1].otherwise, Choose):
        links.append(links[-1].otherwise)
    return links, links[-1].otherwise


def never_missing(node: Expression) -> bool:
    """Say whether a value is always there."""
    match node:
        case Const(value=value):
            return value is not None
        case AsAtDate():
            return True
        case Fold(function=ListFunction.COUNT, rows=rows):
            return rows.where is None
        case _:
            return False


def may_be_na(node: Expression, plan: Plan) -> bool:
    """Say whether a value could be an inspector's "not applicable"."""
    match node:
        case FieldValue(type=type_):
            return isinstance(type_, JudgementType)
        case DefineValue(record=record, name=name):
            return may_be_na(plan.defines[record, name].value, plan)
        case Call(op=op) if op in DECIDED:
            return False
        case Choose():
            links, last = links_of(node)
            parts = [part for link in links for part in (link.condition, link.then)]
            return any(may_be_na(part, plan) for part in (*parts, last))
        case Call():
            return any(may_be_na(child, plan) for child in children(node))
        case Fold(value=value, function=function) if value is not None:
            return function is ListFunction.SUM and may_be_na(value, plan)
        case _:
            return False


def _is_length(node: Expression) -> bool:
    return isinstance(node.type, DurationType)


def counts_time(node: Expression) -> bool:
    """Say whether working an expression out could leave a calendar, or the years 1 to 9999."""
    return any(
        (isinstance(one, Call) and (one.calendar is not None or any(_is_length(arg) for arg in one.args)))
        or isinstance(one, Most | ParameterValue)
        for one in walk(node)
    )


def uncertain(node: Expression) -> bool:
    """Say whether an expression is a count that may be known only between two bounds."""
    return (
        isinstance(node, Fold)
        and node.function in (ListFunction.COUNT, ListFunction.COUNT_DIFFERENT)
        and node.rows.where is not None
    )


def in_order(node: Quantify) -> Clash | None:
    """Return what rows are put in order by to tell whether one clashes with another; None where they cannot be.

    Two counts known only between bounds may differ for certain, so each is held against each.
    """
    clash = clash_of(node)
    return None if clash is None or any(uncertain(one) for one in clash.other) else clash
