"""Validations as items that read what the export says: no as-at rule hides a date or a row of theirs (M2)."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from rulelang.model.expressions import (
    Call,
    Choose,
    Expression,
    FieldValue,
    Fold,
    InCodes,
    Most,
    ParameterValue,
    Pick,
    Quantify,
    Rows,
    Share,
    Unique,
)
from rulelang.model.pack import Define, Item
from rulelang.planning.inlining import Inliner

# No record has this name: the defines of the case are opened too, since what they read is seen otherwise here.
NO_RECORD = ""


def as_exported(item: Item, defines: Mapping[tuple[str, str], Define]) -> Item:
    """Return the item of a validation with its defines opened, every date and row there."""
    opened = Inliner(defines, NO_RECORD).item(item)

    def seen(node: Expression | None) -> Expression | None:
        return _seen(node) if node is not None else None

    rows = _rows(opened.counted_for) if opened.counted_for is not None else None
    return attrs.evolve(opened, relevant=seen(opened.relevant), met=seen(opened.met), counted_for=rows)


def _rows(rows: Rows) -> Rows:
    steps = tuple(attrs.evolve(step, dated=None) for step in rows.steps)
    return attrs.evolve(rows, steps=steps, where=_seen(rows.where) if rows.where is not None else None)


def _seen(node: Expression) -> Expression:
    match node:
        case FieldValue():
            return attrs.evolve(node, viewed=False)
        case Call(args=args):
            return attrs.evolve(node, args=tuple(_seen(arg) for arg in args))
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return attrs.evolve(
                node, condition=_seen(condition), then=_seen(then), otherwise=_seen(otherwise)
            )
        case InCodes(operand=operand) | Unique(operand=operand):
            return attrs.evolve(node, operand=_seen(operand))
        case ParameterValue(day=day) if day is not None:
            return attrs.evolve(node, day=_seen(day))
        case Quantify() | Share():
            return attrs.evolve(node, rows=_rows(node.rows), condition=_seen(node.condition))
        case Pick():
            return attrs.evolve(node, rows=_rows(node.rows), value=_seen(node.value), order=_seen(node.order))
        case Fold() | Most():
            node = attrs.evolve(node, rows=_rows(node.rows))
            return node if node.value is None else attrs.evolve(node, value=_seen(node.value))
        case _:
            return node
