"""Checking what moves the ends of a time limit: limits before and after a date, extensions, closed days, late starts.

Each becomes an ordinary expression or a mark of the timescale; that clauses go together is checked here too.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from rulelang.analysis.expressions import Expressions
from rulelang.analysis.scope import Scope
from rulelang.model.expressions import Call, Choose, Const, Expression, FieldValue, Fold, ParameterValue
from rulelang.model.pack import DateSource, GuardedLimit, Moving
from rulelang.source import Place, Span
from rulelang.syntax import ast
from rulelang.types import (
    DATE,
    DATETIME,
    DURATION,
    TIME,
    YES_NO,
    AnyType,
    DateTimeType,
    Duration,
    DurationType,
    Unit,
)

ONE_WORKING_DAY = Const(Duration(1, Unit.WORKING_DAYS), DURATION)
ONE_DAY = Const(Duration(1, Unit.DAYS), DURATION)


@frozen
class Gaps:
    """What `at least … before` and `at least … after` come to: a last day, and a first one."""

    latest: Expression | None = None
    earliest: Expression | None = None


def day(value: Expression) -> Expression:
    """Return the date of a date or moment."""
    if isinstance(value.type, DateTimeType):
        return Call("date_of", (value,), DATE, place=value.place)
    return value


def must_be_planned(checker: Expressions, value: Expression, span: Span, scope: Scope, what: str) -> None:
    """Report a field that may lie ahead of the as-at date, and isn't said to (M2)."""
    if not isinstance(value, FieldValue) or not value.viewed:
        return
    field = checker.paths.schema.by_name[value.var.record].by_name[value.name]
    checker.findings.error(
        "must-be-planned",
        f"`{value.name}` is {what} and may lie ahead of the as-at date: it must be `planned`",
        scope.place(span),
        others=[(field.place, "declared here")],
        hint="Add `planned` at the end of the field's line: then a date that lies ahead is read as it stands.",
    )


# --- limits before and after a date ------------------------------------------------------------------------------


def gaps(
    checker: Expressions,
    node: ast.TimescaleDecl,
    scope: Scope,
    date: Callable[[ast.Expr], Expression],
    length: Callable[[ast.Expr], Expression],
) -> Gaps:
    """Return the last day and the first one that limits before and after a date set."""
    found: dict[bool, Expression] = {}
    for gap in node.gaps:
        anchor, amount = date(gap.anchor), length(gap.length)
        if gap.before:
            must_be_planned(checker, anchor, gap.anchor.span, scope, "what the limit is counted back from")
        if gap.before in found:
            checker.findings.error(
                "clauses-clash",
                f"the timescale `{node.name.text}` has two limits {'before' if gap.before else 'after'} a date",
                scope.place(gap.span),
                hint="Make two timescales of it; an item may ask for both.",
            )
            continue
        found[gap.before] = _end_of(checker, gap, anchor, amount, scope)
    return Gaps(found.get(True), found.get(False))


def _end_of(
    checker: Expressions, gap: ast.Gap, anchor: Expression, amount: Expression, scope: Scope
) -> Expression:
    unit = checker.unit_of(amount)
    place = scope.place(gap.span)
    moments = unit is not None and unit.counts_moments
    if moments and gap.clear:
        checker.findings.error(
            "wrong-unit",
            "clear days leave both ends out, and hours and minutes have no such ends",
            scope.place(gap.length.span),
            hint="Write it without `clear`, or count in days.",
        )
    if moments and not isinstance(anchor.type, DateTimeType | AnyType):
        checker.findings.error(
            "hours-need-a-time",
            f"hours and minutes are counted from a moment, and `{scope.text(gap.anchor.span)}` is a date "
            "without a time",
            scope.place(gap.anchor.span),
            hint="Declare the field as `datetime`, or count in days.",
        )
    if unit in (None, Unit.WORKING_DAYS):
        checker.check_calendar(Unit.WORKING_DAYS, scope, place)
    op = "subtract" if gap.before else "add"
    calendar = scope.calendar if unit in (None, Unit.WORKING_DAYS) else None
    kind = DATETIME if moments else DATE
    if not isinstance(amount.type, DurationType):
        return Const(None, kind, place=place)
    end = Call(op, (anchor if moments else day(anchor), amount), kind, calendar, place=place)
    return Call(op, (end, ONE_DAY), DATE, place=place) if gap.clear else end


# --- where the clock starts --------------------------------------------------------------------------------------


def counting_from(
    checker: Expressions, node: ast.TimescaleDecl, start: Expression | None, scope: Scope
) -> Expression | None:
    """Return the day from which time is counted where a start may move; None where it stays."""
    moves: list[ast.CutOff | ast.WorkingStart] = [
        one for one in (node.cut_off, node.working_start) if one is not None
    ]
    if not moves or start is None or isinstance(start.type, AnyType):
        for one in moves if node.start is None else ():
            checker.findings.error(
                "clauses-clash", "a start moves here, and the timescale has none", scope.place(one.span),
                hint="Add a line such as `from received`.",
            )  # fmt: skip
        return None
    checker.check_calendar(Unit.WORKING_DAYS, scope, scope.place(moves[0].span))
    moved = day(start)
    if node.cut_off is not None:
        moved = _after_hours(checker, node.cut_off, start, scope)
    if node.working_start is not None:
        is_open = Call("is_working_day", (moved,), YES_NO, scope.calendar)
        moved = Choose(is_open, moved, _next_working_day(moved, scope), DATE, place=start.place)
    return moved


def _after_hours(checker: Expressions, node: ast.CutOff, start: Expression, scope: Scope) -> Expression:
    if not isinstance(start.type, DateTimeType):
        checker.findings.error(
            "hours-need-a-time",
            f"a start from {node.time:%H:%M} can be told only from a moment, and `{_text(start)}` is a date "
            "without a time",
            scope.place(node.span),
            others=[(start.place, "the start")],
            hint="Declare the field as `datetime`.",
        )
        return start
    time = Call("time_of", (start,), TIME)
    late = Call("is_at_least", (time, Const(node.time, TIME)), YES_NO)
    return Choose(late, _next_working_day(day(start), scope), day(start), DATE, place=start.place)


def _next_working_day(value: Expression, scope: Scope) -> Expression:
    return Call("add", (value, ONE_WORKING_DAY), DATE, scope.calendar)


def _text(value: Expression) -> str:
    return " ".join(value.place.text.split()) if value.place is not None else "it"


# --- extensions and closed days ----------------------------------------------------------------------------------


def extension(
    checker: Expressions,
    node: ast.TimescaleDecl,
    source: DateSource | None,
    limits: tuple[Expression, ...],
    scope: Scope,
) -> Expression | None:
    """Return the latest agreed date; a date, unless the limit is in hours."""
    if node.extended is None or source is None:
        return None
    must_be_planned(checker, source.value, node.extended.span, scope, "an agreed due date")
    value = source.value
    if source.rows is not None:
        value = Fold(
            ast.ListFunction.LATEST, source.rows, value, value.type, place=scope.place(node.extended.span)
        )
    if limits and all(counts_moments(checker, one) for one in limits):
        if not isinstance(value.type, DateTimeType | AnyType):
            checker.findings.error(
                "hours-need-a-time",
                f"the limit is in hours, and `{scope.text(node.extended.span)}` is a date without a time",
                scope.place(node.extended.span),
                hint="Declare the field as `datetime`, or count in days.",
            )
        return value
    return day(value)


def moving(
    checker: Expressions,
    node: ast.TimescaleDecl,
    limits: tuple[Expression, ...],
    ends: tuple[Expression | None, ...],
    scope: Scope,
) -> Moving | None:
    """Return where a due date on a closed day moves; a moment cannot."""
    if node.moves is None:
        return None
    checker.check_calendar(Unit.WORKING_DAYS, scope, scope.place(node.moves.span))
    start, target = ends
    by_moments = isinstance(start.type, DateTimeType) if start is not None else False
    in_hours = [one for one in limits if by_moments and not counts_days(checker, one)]
    if in_hours or (target is not None and isinstance(target.type, DateTimeType)):
        checker.findings.error(
            "clauses-clash",
            "only a due date moves to a working day, and this limit may end at a moment",
            scope.place(node.moves.span),
            hint="Count from `date of` the start, or take this line out.",
        )
    return Moving.NEXT if node.moves.onward else Moving.PREVIOUS


def counts_moments(checker: Expressions, length: Expression) -> bool:
    """Say whether a length of time is in hours or minutes, as far as the rules tell."""
    return any(one.counts_moments for one in _units(checker, length))


def counts_days(checker: Expressions, length: Expression) -> bool:
    """Say whether a length of time is surely in days, weeks, months or years."""
    units = _units(checker, length)
    return bool(units) and not any(one.counts_moments for one in units)


def _units(checker: Expressions, length: Expression) -> list[Unit]:
    if isinstance(length, Const) and isinstance(length.value, Duration):
        return [length.value.unit]
    if isinstance(length, ParameterValue) and isinstance(length.type, DurationType):
        return [value.unit for _, value in checker.parameters[length.name].editions]
    return []


# --- early events ------------------------------------------------------------------------------------------------


def without_early(source: DateSource, start: Expression | None) -> DateSource:
    """Return an event that is none where it came before the start."""
    if start is None:
        return source
    value = source.value
    if source.rows is None:
        early = Call("before", (day(value), day(start)), YES_NO)
        missing = Const(None, value.type)
        return DateSource(None, Choose(early, missing, value, value.type, place=value.place))
    in_time: Expression = Call("on_or_after", (day(value), day(start)), YES_NO)
    where = source.rows.where
    if where is not None:
        in_time = Call("and", (where, in_time), YES_NO, place=where.place)
    return DateSource(attrs.evolve(source.rows, where=in_time), value)


# --- what goes together ------------------------------------------------------------------------------------------


def check_clauses(checker: Expressions, node: ast.TimescaleDecl, scope: Scope) -> None:
    """Report clauses that have nothing to move, and those that only a single limit may have (M5, M6)."""
    repeats = node.every is not None or bool(node.phases)
    single_only: list[tuple[str, Span]] = []
    if node.extended is not None:
        single_only.append(("extended to", node.extended.span))
    if node.moves is not None:
        single_only.append(("moves to", node.moves.span))
    for words, span in single_only:
        if repeats:
            _only_single(checker, words, scope.place(span))
        elif not (node.limits or node.target is not None or any(gap.before for gap in node.gaps)):
            checker.findings.error(
                "clauses-clash",
                f"`{words}` changes a due date, and this timescale has none",
                scope.place(span),
                hint="Add a limit such as `within 20 working days`.",
            )
    if node.early is not None and repeats:
        _only_single(checker, "early events …", scope.place(node.early.span))
    elif node.early is not None and node.start is None:
        checker.findings.error(
            "clauses-clash",
            "an early event is one before the start, and this timescale has none",
            scope.place(node.early.span),
            hint="Add a line such as `from received`, or take this line out.",
        )
    if node.gaps and repeats:
        _only_single(checker, "at least … before` and `at least … after", scope.place(node.gaps[0].span))
    moved = node.cut_off or node.working_start
    lengths = [*(limit.length for limit in node.limits), node.every]
    hours = [one for one in lengths if isinstance(one, ast.DurationLiteral) and one.unit.counts_moments]
    if moved is not None and hours:
        checker.findings.error(
            "clauses-clash",
            "hours and minutes run from the moment itself: their start does not move to a working day",
            scope.place(moved.span),
            others=[(scope.place(hours[0].span), "the limit")],
            hint="Count in days, or take this line out.",
        )


def _only_single(checker: Expressions, words: str, place: Place) -> None:
    checker.findings.error(
        "clauses-clash",
        f"`{words}` goes with one limit only, not with `every` or `in each`",
        place,
        hint="Make a timescale of its own for what comes once.",
    )


def lengths_of(limits: tuple[GuardedLimit, ...]) -> tuple[Expression, ...]:
    """Return the lengths of some limits."""
    return tuple(one.length for one in limits)
