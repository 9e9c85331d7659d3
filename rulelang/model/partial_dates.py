"""What a partial date is among expressions: which operators leave its day open, and which fields are open in one."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.model.expressions import Call, Const, Expression, FieldValue, children
from rulelang.types import Duration, OpenNumberType, PartialDateType, Unit

# The first and the last day that it could be.
PARTS = ("first_day_of", "last_day_of")
# Counts that grow, or fall, with the day: their ends come from its ends.
COUNTS = ("working_days_from", "days_from", "weeks_from", "months_from", "years_from", "year_of")
EQUALITY = ("is", "is_not", "is_one_of", "is_not_one_of")
ORDERED = {
    "before": "is_less_than",
    "after": "is_more_than",
    "on_or_before": "is_at_most",
    "on_or_after": "is_at_least",
    "is_less_than": "is_less_than",
    "is_more_than": "is_more_than",
    "is_at_most": "is_at_most",
    "is_at_least": "is_at_least",
}
# The ends of a stretch of time, each by a sign (0: the anchor itself) and a comparison with the event.
WITHIN = {
    "within_after": ((0, "is_at_least"), (1, "is_at_most")),
    "within_before": ((-1, "is_at_least"), (0, "is_at_most")),
    "within_either": ((-1, "is_at_least"), (1, "is_at_most")),
    "no_later_after": ((1, "is_at_most"),),
    "no_later_before": ((-1, "is_at_most"),),
    "no_earlier_after": ((1, "is_at_least"),),
    "no_earlier_before": ((-1, "is_at_least"),),
}
STATE = ("is_missing", "is_known")
COMPARISONS = (*EQUALITY, *ORDERED, "is_between", *WITHIN, *STATE)


def is_open(node: Expression) -> bool:
    """Say whether a value hangs on the day of a partial date."""
    return isinstance(node.type, PartialDateType | OpenNumberType)


def fields_in(node: Expression) -> Iterator[FieldValue]:
    """Yield the partial dates that a value hangs on, each as often as it stands there."""
    if isinstance(node, FieldValue):
        if isinstance(node.type, PartialDateType):
            yield node
        return
    if is_open(node):
        for child in children(node):
            yield from fields_in(child)


def in_days(length: Expression) -> int | None:
    """Return how many days a length of time has in every case; None where that differs or isn't known here."""
    if not isinstance(length, Const) or not isinstance(length.value, Duration):
        return None
    days = {Unit.DAYS: 1, Unit.WEEKS: 7}.get(length.value.unit)
    return None if days is None else days * length.value.amount


def apart_by_days(node: Expression) -> bool:
    """Say whether a date is a field, or a fixed number of days or weeks from one."""
    if isinstance(node, Call) and node.op in ("add", "subtract"):
        return in_days(node.args[1]) is not None and apart_by_days(node.args[0])
    return isinstance(node, FieldValue) and isinstance(node.type, PartialDateType)
