"""What a bare word or a path stands for in an expression, and what to say of one astray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rulelang.analysis.check_characters import named
from rulelang.analysis.findings import an, meant, offered, there_are
from rulelang.analysis.kinds import fits, is_truth, same_choice, told
from rulelang.analysis.scope import Listing, Scope
from rulelang.model.expressions import Call, ClockDay, Const, Expression, InCodes, ParameterValue
from rulelang.model.pack import Parameter
from rulelang.operators import Kind
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import DATE, WEEKDAY, YES_NO, AnyType, ChoiceType, DateTimeType, DurationType, Type

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions

AFTER_IS = {"missing", "known", "readable", "unique"}
# What else a pack may call by a name, and how to write what was probably meant.
OTHER_KINDS = (
    ("choice", "a choice, not a field"),
    ("codes", "a list of codes: it stands after `is in`"),
    ("period", "a period: it stands after `is in`"),
    ("check", "a check of characters: it stands after `passes`"),
    ("bands", "a set of bands: it stands after `rated by`"),
    ("rating", "a rating of the whole run, and no value of a case"),
    ("calendar", "a calendar: it stands in a line of its own, `calendar {name}`"),
    ("record", "a record, not a field"),
)


def check(checker: Expressions, node: ast.Ref, scope: Scope, want: Type | None) -> Expression:
    """Check a bare word or a path; `want` is the type of what it stands beside."""
    place, word = scope.place(node.span), node.text
    if isinstance(want, ChoiceType) and word in want.values:
        return Const(word, want, place=place)
    found = checker.paths.find(node, scope)
    if isinstance(found, Listing):
        _bare_list(checker, found, place)
        return checker.unknowable
    if found is not None:
        return found
    if word in checker.parameters:
        return _bare_parameter(checker, checker.parameters[word], scope, place)
    if word in checker.names.kind("parameter"):
        return checker.unknowable
    if checker.paths.declares(node, scope):
        checker.paths.report_unknown(node, scope)
        return checker.unknowable
    if want is not None and is_truth(want) and not checker.near_a_name(node, scope):
        checker.findings.error(
            "unknown-value",
            f"`{word}` is neither yes nor no",
            place,
            hint="A yes or no stands alone as a condition; `not` turns it.",
        )
        return checker.unknowable
    if isinstance(want, ChoiceType) and want.values:
        _not_a_value(checker, word, want, place, scope)
        return checker.unknowable
    only = _only_choice_with(checker, word) if len(node.names) == 1 else None
    if only is not None:
        return Const(word, only, place=place)
    _astray(checker, node, scope)
    return checker.unknowable


def _only_choice_with(checker: Expressions, word: str) -> ChoiceType | None:
    owners = [
        one.choice.type
        for record in checker.paths.schema.records
        for one in record.fields
        if one.choice is not None and word in one.choice.type.values
    ]
    return owners[0] if owners and same_choice(owners) else None


def _not_a_value(checker: Expressions, word: str, want: ChoiceType, place: Place, scope: Scope) -> None:
    near = meant(word, want.values)
    in_sight = [name for var in scope.rows for name in checker.paths.names_of(var.record)]
    others = [name for name, one in checker.names.kind("choice").items() if word in _values_of(one.node)]
    others = [name for name in others if name != want.name]
    what = (
        "a day of the week" if want == WEEKDAY else f"a value of `{want.name}`" if want.name else told(want)
    )
    declared = checker.names.kind("choice").get(want.name or "")
    checker.findings.error(
        "unknown-value",
        f"`{word}` is not {what}" + (f": it is a value of `{others[0]}`" if others else ""),
        place,
        near or ("" if others else meant(word, in_sight)),
        others=[(declared.place if declared else None, "its values are declared here")],
        hint=None if near else f"Its values are {offered(want.values)}.",
    )


def _values_of(node: ast.ChoiceDecl) -> list[str]:
    return [value.name.text for value in node.values]


def _bare_list(checker: Expressions, found: Listing, place: Place) -> None:
    rows, _, last = found.text.rpartition(".")
    how = (
        f"`latest of {found.text}`, `count of {found.text}`, or `some {rows} have ({last} …)`"
        if found.value is not None
        else f"`count of {found.text}`, or `some {found.text} have (…)`"
    )
    checker.findings.error(
        "list-alone",
        f"`{found.text}` stands for many rows, and one value is needed here",
        place,
        hint=f"Say which: {how}.",
    )


def _bare_parameter(checker: Expressions, parameter: Parameter, scope: Scope, place: Place) -> Expression:
    if parameter.given:
        return ParameterValue(parameter.name, None, parameter.type, place=place)
    if scope.clocked:
        if isinstance(parameter.type, DurationType):
            for _, value in parameter.editions:
                checker.check_calendar(value.unit, scope, place)
        return ParameterValue(parameter.name, ClockDay(), parameter.type, place=place)
    dates = [one.name for one in checker.paths.schema.case.plain_fields if one.is_dated]
    checker.findings.error(
        "parameter-needs-day",
        f"the value of `{parameter.name}` changes with time, so here it must say on which day",
        place,
        others=[(parameter.place, "its values are declared here")],
        hint=f"For example `{parameter.name} on {dates[0] if dates else 'as_at'}`. "
        "In a time limit it may stand alone: there the clock says.",
    )
    return checker.unknowable


def _astray(checker: Expressions, node: ast.Ref, scope: Scope) -> None:
    """Say that nothing in sight has this name; where it is the name of something else, say of what."""
    name, place = node.names[0].text, scope.place(node.span)
    if name in checker.names.kind("timescale"):
        checker.findings.error(
            "timescale-alone",
            f"`{name}` is a timescale, not a yes or no",
            place,
            hint=f"Ask what became of it: `{name} is on time`, `{name} is late`, `{name} is overdue`.",
        )
        return
    if len(node.names) == 1 and name in AFTER_IS:
        checker.findings.error(
            "unknown-name",
            f"`{name}` stands after `is`",
            place,
            hint=f"Say of what, as in `commenced is {name}`.",
        )
        return
    if checker.names.is_judged(node.text):
        checker.item_asked(node.text, place)
        return
    for kind, told_as in OTHER_KINDS:
        if len(node.names) == 1 and name in checker.names.kind(kind):
            hint = _fields_of_choice(checker, name, scope) if kind == "choice" else None
            message = f"`{name}` is {told_as.format(name=name)}"
            checker.findings.error("unknown-name", message, place, hint=hint)
            return
    checker.paths.report_unknown(node, scope, [*checker.parameters, *checker.names.kind("timescale")])


def _fields_of_choice(checker: Expressions, name: str, scope: Scope) -> str | None:
    fields = [
        one.name
        for var in scope.rows
        for one in checker.paths.schema.by_name[var.record].fields
        if isinstance(one.type, ChoiceType) and one.type.name == name
    ]
    return f"The field that holds {an(f'`{name}`')} is {offered(fields)}." if fields else None


def parameter_on(checker: Expressions, node: ast.ParameterOn, scope: Scope) -> Expression:
    """Check `review_interval on commenced`."""
    place, name = scope.place(node.span), node.parameter.text
    parameter = checker.parameters.get(name)
    day = checker.check(node.day, scope)
    if parameter is None and name not in checker.names.kind("parameter"):
        near = meant(name, checker.parameters)
        checker.findings.error(
            "unknown-parameter",
            f"there is no parameter `{name}`",
            scope.place(node.parameter.span),
            near,
            hint=None
            if near
            else there_are("parameters", checker.parameters, "Declare it with `parameter`."),
        )
    if not fits(day.type, Kind.DAY):
        checker.findings.error(
            "wrong-type",
            f"`on` needs a date, and `{scope.text(node.day.span)}` is {told(day.type)}",
            scope.place(node.day.span),
        )
        return checker.unknowable
    if parameter is None:
        return checker.unknowable
    if isinstance(day.type, DateTimeType):
        day = Call("date_of", (day,), DATE)
    return ParameterValue(name, None if parameter.given else day, parameter.type, place=place)


def is_in(checker: Expressions, node: ast.IsIn, scope: Scope) -> Expression:
    """Check `x is in` a list of codes or a period."""
    operand = checker.check(node.operand, scope)
    place, name = scope.place(node.span), node.collection.text
    codes, periods = checker.names.kind("codes"), checker.names.kind("period")
    if name not in codes and name not in periods:
        _unknown_collection(checker, node, scope)
        return checker.unknowable
    wants = Kind.TEXT if name in codes else Kind.DAY
    if not _is_of(checker, operand, wants, f"is in {name}", scope.place(node.operand.span)):
        return checker.unknowable
    test: Expression
    if name in codes:
        test = InCodes(operand, name, place=place)
    else:
        period: ast.PeriodDecl = periods[name].node
        ends = (Const(period.first, DATE), Const(period.last, DATE))
        test = Call("is_between", (operand, *ends), YES_NO, place=place)
    return Call("not", (test,), YES_NO, place=place) if node.negated else test


def passes(checker: Expressions, node: ast.Passes, scope: Scope) -> Expression:
    """Check `x passes` a check of characters."""
    operand = checker.check(node.operand, scope)
    name = node.check.text
    known = checker.names.kind("check")
    if name not in known:
        near = meant(name, known)
        checker.findings.error(
            "unknown-collection",
            f"there is no check `{name}`",
            scope.place(node.check.span),
            near,
            hint=None if near else there_are("checks", known, "Declare it with `check`."),
        )
        return checker.unknowable
    called = named(name)
    fitting = _is_of(checker, operand, Kind.TEXT, f"passes {name}", scope.place(node.operand.span))
    if not fitting or called not in checker.codes:
        return checker.unknowable
    return InCodes(operand, called, place=scope.place(node.span))


def _is_of(checker: Expressions, operand: Expression, kind: Kind, words: str, place: Place) -> bool:
    """Say whether an operand is of a kind; where it is of another, report it."""
    if isinstance(operand.type, AnyType):
        return False  # reported already
    if fits(operand.type, kind):
        return True
    checker.findings.error(
        "wrong-type", f"`{words}` needs {kind.value}, and `{place.text}` is {told(operand.type)}", place
    )
    return False


def _unknown_collection(checker: Expressions, node: ast.IsIn, scope: Scope) -> None:
    name, place = node.collection.text, scope.place(node.collection.span)
    choice = checker.names.kind("choice").get(name)
    if choice is not None:
        some = _values_of(choice.node)[:2]
        checker.findings.error(
            "unknown-collection",
            f"`{name}` is a choice, not a list of codes or a period",
            place,
            hint=f"Name the values: `{scope.text(node.operand.span)} is one of {' or '.join(some)}`.",
        )
        return
    known = [*checker.names.kind("codes"), *checker.names.kind("period")]
    near = meant(name, known)
    checker.findings.error(
        "unknown-collection",
        f"`{name}` is neither a list of codes nor a period",
        place,
        near,
        hint=None if near else there_are("lists and periods", known, "Declare it with `codes` or `period`."),
    )


def is_readable(checker: Expressions, node: ast.Apply, scope: Scope) -> Expression:
    """Check `F is readable`."""
    operand = node.operands[0]
    found = checker.paths.find(operand, scope) if isinstance(operand, ast.Ref) else None
    if isinstance(found, Call):  # a field of which blank is no
        found = found.args[0]
    if found is not None and not isinstance(found, Listing):
        return Call("is_readable", (found,), YES_NO, place=scope.place(node.span))
    if isinstance(operand, ast.Ref) and found is None:
        checker.paths.report_unknown(operand, scope)
    else:
        checker.findings.error(
            "wrong-type",
            f"`is readable` asks about the cell of a field, and `{scope.text(operand.span)}` is none",
            scope.place(operand.span),
            hint="Name a field before it.",
        )
    return checker.unknowable
