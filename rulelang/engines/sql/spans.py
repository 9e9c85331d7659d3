"""Lengths of time beside the starts they are counted from; whole months and years between dates (M3)."""

from __future__ import annotations

from rulelang.engines.sql.values import Length, Lengths
from rulelang.model.expressions import Expression
from rulelang.query.nodes import (
    TRUE,
    Literal,
    Node,
    call,
    case,
    negation,
    whole,
)
from rulelang.types import (
    DATE,
    DATETIME,
    DateTimeType,
    Duration,
    Type,
)


def usable(lengths: Lengths, start: Type) -> list[Length]:
    """Return the lengths that can be counted from a start: hours and minutes need a moment."""
    moments = isinstance(start, DateTimeType)
    return [one for one in lengths.known if moments or not one.unit.counts_moments]


def end_type(lengths: Lengths, start: Type) -> Type:
    """Return the type of a date so long after another; a moment where it may be either."""
    return DATETIME if any(one.unit.counts_moments for one in usable(lengths, start)) else DATE


def fixed(value: Duration | None) -> Lengths:
    """Return a length of time that is the same in every case."""
    return Lengths(() if value is None else (Length(TRUE, value.amount, value.unit),))


def times_whole(node: Node, factor: int) -> Node:
    """Return so many times a whole number."""
    if factor == 1:
        return node
    return whole(node.value * factor) if isinstance(node, Literal) else call("multiply", node, whole(factor))


def months_between(first: Node, last: Node) -> Node:
    """Return the largest n with first + n months on or before last (M3)."""
    years = call("subtract", call("year_of", last), call("year_of", first))
    months = call("subtract", call("month_of", last), call("month_of", first))
    whole_months = call("add", call("multiply", years, whole(12)), months)
    reached = call("le", call("add_months", first, whole_months), last)
    return case((reached, whole_months), (negation(reached), call("subtract", whole_months, whole(1))))


def years_between(first: Node, last: Node) -> Node:
    """Return the largest n with first + n years on or before last."""
    years = call("subtract", call("year_of", last), call("year_of", first))
    reached = call("le", call("add_months", first, call("multiply", years, whole(12))), last)
    return case((reached, years), (negation(reached), call("subtract", years, whole(1))))


def last_day(partial: Node) -> Node:
    """Return the last day of a partial date: `2005`, `2005-03` or `2005-03-07`."""
    first = call("first_day", partial)

    def before(months: int) -> Node:
        return call("add_days", call("add_months", first, whole(months)), whole(-1))

    length = call("length", partial)
    year, month = call("eq", length, whole(4)), call("eq", length, whole(7))
    return case((year, before(12)), (month, before(1)), otherwise=first)


def day_of(of: Expression, value: Node) -> Node:
    """Return the value of an expression as a date."""
    return call("date_of", value) if isinstance(of.type, DateTimeType) else value
