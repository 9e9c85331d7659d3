"""Which cells an expression reads: what reads an unreadable one and is left missing is unknown (M1)."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.model.expressions import (
    Call,
    Choose,
    DefineValue,
    Expression,
    Fold,
    Most,
    OutcomeIs,
    Pick,
    Quantify,
    Rows,
    Share,
    children,
)
from rulelang.truth import UNREADABLE
from tests.reference import partial_dates
from tests.reference.seeing import Sight, sight_of
from tests.reference.values import Values


def reads_unreadable(values: Values, node: Expression, sight: Sight) -> bool:
    """Say whether an expression reads something unreadable: an operand, whatever the others come to."""
    if isinstance(node, OutcomeIs):
        return values.clocks.outcome_of(node.timescale)[1]
    if partial_dates.hangs_on_days(node):
        return any(reads_unreadable(values, inner, sight) for inner in children(node))
    if values.value(node, sight) is UNREADABLE:
        return True
    return any(reads_unreadable(values, inner, inside) for inner, inside in _inside(values, node, sight))


def _inside(values: Values, node: Expression, sight: Sight) -> Iterator[tuple[Expression, Sight]]:
    match node:
        case Call(op="is_readable"):
            return
        case DefineValue(var=var, record=record, name=name):
            found = next(one for one in values.pack.defines if (one.record, one.name) == (record, name))
            yield found.value, sight_of(sight.rows[var], sight)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            yield condition, sight
            chosen = values.value(condition, sight)
            if chosen is not False:
                yield then, sight
            if chosen is not True:
                yield otherwise, sight
        case Fold(rows=rows) | Pick(rows=rows) | Most(rows=rows) | Quantify(rows=rows) | Share(rows=rows):
            yield from _in_rows(values, node, rows, sight)
        case _:
            yield from ((child, sight) for child in children(node))


def _in_rows(
    values: Values, node: Expression, rows: Rows, sight: Sight
) -> Iterator[tuple[Expression, Sight]]:
    for inner in values.all_there(rows, sight):
        if rows.where is not None:
            yield rows.where, inner
            if values.value(rows.where, inner) is False:
                continue
        yield from ((child, inner) for child in children(node) if child is not rows.where)
