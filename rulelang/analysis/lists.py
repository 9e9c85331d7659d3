"""Checking what binds rows: counts and other aggregates, positions, windows, quantifiers, shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from rulelang.analysis.findings import offered
from rulelang.analysis.kinds import fits, told
from rulelang.analysis.scope import Listing, Scope
from rulelang.diagnostics import or_list
from rulelang.model.expressions import Expression, Fold, Most, Pick, Quantify, Rows, Share
from rulelang.operators import Kind
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.syntax.ast import ListFunction
from rulelang.types import WHOLE, AnyType, ChoiceType, Duration, ListType, Type, YesNoType

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions

DATED = (ListFunction.LATEST, ListFunction.EARLIEST)
MEASURED = (ListFunction.LOWEST, ListFunction.HIGHEST)


def check(checker: Expressions, node: ast.Expr, scope: Scope) -> Expression:
    """Check a form over a list."""
    match node:
        case ast.Aggregate():
            return _aggregate(checker, node, scope)
        case ast.Positioned():
            return _positioned(checker, node, scope)
        case ast.MostWithin():
            return _most(checker, node, scope)
        case ast.Quantified():
            return _quantified(checker, node, scope)
        case ast.ShareOf():
            return _share(checker, node, scope)
        case _:
            raise AssertionError(f"no such form: {type(node)}")


def selection(checker: Expressions, node: ast.Selection, scope: Scope) -> Listing | None:
    """Find the list that a form runs over and check its `where`; report and return None where it is none."""
    found = checker.paths.find(node.path, scope)
    if not isinstance(found, Listing):
        if node.where is not None:
            checker.condition(node.where, scope.in_doubt())
        if found is None:
            if not _record_for_list(checker, node.path, scope):
                checker.paths.report_unknown(node.path, scope)
            return None
        place = scope.place(node.path.span)
        checker.findings.error(
            "not-a-list",
            f"`{node.path.text}` is {told(found.type)}, not a list",
            place,
            others=[(_declared(checker, node.path, scope), "declared here")],
            hint=_lists_in_sight(checker, scope),
        )
        return None
    if node.where is None:
        return found
    where = checker.condition(node.where, scope.inside(found.rows))
    return attrs.evolve(found, rows=attrs.evolve(found.rows, where=where))


def _record_for_list(checker: Expressions, path: ast.Ref, scope: Scope) -> bool:
    """Report the name of a record where the list of its rows is needed, and say so."""
    if path.text not in checker.paths.schema.by_name or checker.paths.declares(path, scope):
        return False
    lists = [
        one.name
        for var in scope.rows
        for one in checker.paths.schema.by_name[var.record].lists
        if isinstance(one.type, ListType) and one.type.record == path.text
    ]
    checker.findings.error(
        "not-a-list",
        f"`{path.text}` is a record, and a list is needed here",
        scope.place(path.span),
        f"did you mean {or_list(lists)}?" if lists else "",
        hint=None if lists else _lists_in_sight(checker, scope),
    )
    return True


def _lists_in_sight(checker: Expressions, scope: Scope) -> str:
    lists = [one.name for var in scope.rows for one in checker.paths.schema.by_name[var.record].lists]
    if not lists:
        return "A list is declared in a record, as in `reviews list of review by crn`."
    return f"A list is the child rows of a record, or a field of them: {offered(lists)}."


def _declared(checker: Expressions, path: ast.Ref, scope: Scope) -> Place | None:
    for var in scope.rows:
        one = checker.paths.schema.by_name[var.record].by_name.get(path.names[0].text)
        if one is not None:
            return one.place
    return None


def _aggregate(checker: Expressions, node: ast.Aggregate, scope: Scope) -> Expression:
    found = selection(checker, node.selection, scope)
    if found is None:
        return checker.unknowable
    place = scope.place(node.span)
    function, value = node.function, found.value
    if function is ListFunction.COUNT:
        return Fold(function, found.rows, value, WHOLE, place=place)
    if value is None:
        needs_field(checker, function.value, found, scope.place(node.selection.span))
        return checker.unknowable
    if function is ListFunction.COUNT_DIFFERENT:
        return Fold(function, found.rows, value, WHOLE, place=place)
    if not _measurable(function, value.type):
        wanted = {
            **dict.fromkeys(DATED, "dates"),
            **dict.fromkeys(MEASURED, "numbers, dates or a choice in order"),
            ListFunction.SUM: "numbers",
        }[function]
        checker.findings.error(
            "wrong-type",
            f"`{function.value}` needs {wanted}, and `{found.text}` holds {_several(value.type)}",
            scope.place(node.selection.span),
            hint=_other_function(function, value.type, found.text),
        )
        return checker.unknowable
    return Fold(function, found.rows, value, value.type, place=place)


def _measurable(function: ListFunction, type_: Type) -> bool:
    if isinstance(type_, AnyType):
        return True
    if function is ListFunction.SUM:
        return fits(type_, Kind.NUMBER)
    if function in DATED:
        return fits(type_, Kind.DAY) or fits(type_, Kind.TIME)
    return (
        fits(type_, Kind.NUMBER)
        or fits(type_, Kind.DAY)
        or fits(type_, Kind.TIME)
        or (isinstance(type_, ChoiceType) and type_.ordered)
    )


def _several(type_: Type) -> str:
    words = told(type_).removeprefix("an ").removeprefix("a ")
    if isinstance(type_, YesNoType):
        return "yes or no"
    return f"values of {words}" if isinstance(type_, ChoiceType) else f"{words}s"


def _other_function(function: ListFunction, type_: Type, text: str) -> str | None:
    if function in DATED and _measurable(ListFunction.LOWEST, type_):
        other = "highest of" if function is ListFunction.LATEST else "lowest of"
        return f"`{function.value}` is for dates: write `{other} {text}`."
    if function in MEASURED and isinstance(type_, ChoiceType):
        return "Only a choice declared `in order` has a lowest and a highest."
    return None


def needs_field(checker: Expressions, words: str, found: Listing, place: Place, after: str = "") -> None:
    """Report a list where a field of its rows is needed; a date is offered first."""
    dates = [one.name for one in found.record.plain_fields if one.is_dated]
    names = dates or [one.name for one in found.record.plain_fields]
    example = f"{found.text}.{names[0]}" if names else f"{found.text}.…"
    checker.findings.error(
        "list-needs-field",
        f"`{words} {found.text}` does not say which field of the rows",
        place,
        hint=f"Name it after a dot: `{words} {example}{after}`.",
    )


def _positioned(checker: Expressions, node: ast.Positioned, scope: Scope) -> Expression:
    found = selection(checker, node.selection, scope)
    if found is None:
        return checker.unknowable
    words = {1: "first of", -1: "last of"}.get(node.position, "2nd of")
    if found.value is None:
        needs_field(checker, words, found, scope.place(node.selection.span), f" by {node.by.text}")
        return checker.unknowable
    inner = scope.inside(found.rows)
    order = checker.check(node.by, inner)
    if isinstance(order.type, AnyType):
        return checker.unknowable
    if not _measurable(ListFunction.LOWEST, order.type):
        checker.findings.error(
            "wrong-type",
            f"rows cannot be put in order by `{node.by.text}`: it is {told(order.type)}",
            scope.place(node.by.span),
            hint="Rows are put in order by a number, a date or a choice in order.",
        )
        return checker.unknowable
    key = found.record.key
    return Pick(
        node.position,
        found.rows,
        found.value,
        order,
        key.name if key else None,
        found.value.type,
        place=scope.place(node.span),
    )


def _most(checker: Expressions, node: ast.MostWithin, scope: Scope) -> Expression:
    found = selection(checker, node.selection, scope)
    if found is None:
        return checker.unknowable
    if found.value is None or not fits(found.value.type, Kind.DAY):
        dates = [one.name for one in found.record.plain_fields if one.is_dated]
        checker.findings.error(
            "list-needs-field",
            f"`most of {found.text}` needs the dates of its rows",
            scope.place(node.selection.span),
            hint=f"Name a date of its rows: `most of {found.text.split('.')[0]}.{dates[0]} in any …`."
            if dates
            else None,
        )
        return checker.unknowable
    window = Duration(node.window.amount, node.window.unit)
    if window.unit.counts_moments or window.unit.value == "working days":
        checker.findings.error(
            "wrong-unit",
            f"a window is counted in days, weeks, months or years, not in {window.unit.value}",
            scope.place(node.window.span),
            hint="A window holds the same number of days wherever it begins; working days do not.",
        )
        return checker.unknowable
    if window.amount < 1:
        checker.findings.error(
            "empty-limit",
            f"a window of {window} holds nothing",
            scope.place(node.window.span),
            hint="The amount must be 1 or more.",
        )
    return Most(found.rows, found.value, window, WHOLE, place=scope.place(node.span))


def rows_only(checker: Expressions, node: ast.Selection, scope: Scope, words: str) -> Rows | None:
    """Find the rows that a form runs over; report and return None where a field of them is named."""
    found = selection(checker, node, scope)
    if found is None:
        return None
    if found.value is not None:
        rows_name = found.text.rsplit(".", 1)[0]
        checker.findings.error(
            "not-a-list",
            f"`{words}` speaks of rows, and `{found.text}` is one field of them",
            scope.place(node.path.span),
            hint=_name_the_list(words, rows_name),
        )
        return None
    return found.rows


def _name_the_list(words: str, rows: str) -> str:
    if words.endswith("each of"):
        return f"Name the list alone: `{words} {rows}`."
    return f"Name the list here, and its field in the condition: `{words} {rows} have (…)`."


def _quantified(checker: Expressions, node: ast.Quantified, scope: Scope) -> Expression:
    words = node.quantifier.value
    rows = rows_only(checker, node.selection, scope, words)
    if rows is None:
        checker.condition(node.condition, scope.in_doubt())
        return checker.unknowable
    place = scope.place(node.span)
    if not node.other:
        condition = checker.condition(node.condition, scope.inside(rows))
        return Quantify(node.quantifier, rows, condition, place=place)
    if scope.row.record != rows.var.record:
        checker.findings.error(
            "other-of-what",
            f"`{words} other of` compares a row of `{rows.var.record}` with the others, and no such row "
            "is in sight",
            place,
            hint=f"Use it in a condition on a row of `{rows.var.record}`.",
        )
        return checker.unknowable
    rows = attrs.evolve(rows, but=scope.row)
    condition = checker.condition(node.condition, scope.beside(rows.var))
    return Quantify(node.quantifier, rows, condition, place=place)


def _share(checker: Expressions, node: ast.ShareOf, scope: Scope) -> Expression:
    words = f"at {'least' if node.at_least else 'most'} {node.percent}% of"
    rows = rows_only(checker, node.selection, scope, words)
    if rows is None:
        checker.condition(node.condition, scope.in_doubt())
        return checker.unknowable
    condition = checker.condition(node.condition, scope.inside(rows))
    return Share(node.at_least, node.percent / 100, rows, condition, place=scope.place(node.span))
