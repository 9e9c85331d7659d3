"""Pauses as seen on the as-at date (M2): one that starts after it is not there, one that ends after it is open."""

from __future__ import annotations

import attrs

from rulelang.model.expressions import AsAtDate, Call, Choose, Const, Expression, FieldValue
from rulelang.model.pack import PauseSource, Timescale
from rulelang.types import YES_NO


def as_seen(one: Timescale) -> Timescale:
    """Return a timescale in whose pauses no day lies ahead."""
    return attrs.evolve(one, pauses=tuple(map(_pause, one.pauses)))


def _pause(source: PauseSource) -> PauseSource:
    return attrs.evolve(source, first=_reached(source.first), last=_reached(source.last))


def _reached(node: Expression) -> Expression:
    """Return a date, missing where it lies ahead; of a field that is not planned it is that already."""
    if isinstance(node, FieldValue) and node.viewed:
        return node
    ahead = Call("after", (node, AsAtDate()), YES_NO)
    return Choose(ahead, Const(None, node.type), node, node.type)
