"""Whether operands go with their operator, beyond what its signatures say; what to say where they do not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from rulelang.analysis.kinds import fits, is_truth, matching, same_choice, told
from rulelang.analysis.scope import Scope
from rulelang.diagnostics import Fix, or_list
from rulelang.model.expressions import Call, Const, DefineValue, Expression, FieldValue, ParameterValue, walk
from rulelang.operators import Kind, Operator
from rulelang.syntax import ast
from rulelang.types import (
    ANY,
    ChoiceType,
    DateTimeType,
    Duration,
    DurationType,
    JudgementType,
    NumberType,
    TextType,
    Type,
    Unit,
)

if TYPE_CHECKING:
    from rulelang.analysis.expressions import Expressions

CHOOSING = {"first_known_of", "latest_of", "earliest_of"}
COMPARING = {
    "is", "is_not", "is_one_of", "is_not_one_of", "is_at_least", "is_at_most", "is_more_than", "is_less_than",
    "is_between",
}  # fmt: skip
PICTURED = {
    "matches": ("a picture", '"AA99 9AA"'),
    "does_not_match": ("a picture", '"AA99 9AA"'),
    "is_made_of": ("every character that may be there", '"ABCDEF"'),
    "is_not_made_of": ("every character that may be there", '"ABCDEF"'),
}
DATED = {"before", "after", "on_or_before", "on_or_after"}
JOINING = {"and", "or", "at_least_of"}
ARITHMETIC = {
    "add": "added to", "subtract": "subtracted from", "multiply": "multiplied by", "divide": "divided by",
}  # fmt: skip
COUNTED_MONTHS = {"weeks_from", "months_from", "years_from"}
# Which operand of a comparison is held below a limit.
HELD_BELOW = {"is_at_most": 0, "is_less_than": 0, "is_at_least": 1, "is_more_than": 1, "is_between": 0}


def goes_together(checker: Expressions, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
    """Check what signatures cannot say: one choice, units that fit, counts that may not stand in a limit."""
    place = scope.place(node.span)
    types = [arg.type for arg in args]
    if not same_choice(types):
        _different_choices(checker, node, types, scope)
        return False
    if node.op in ("latest_of", "earliest_of") and len({isinstance(t, DateTimeType) for t in types}) > 1:
        checker.findings.error(
            "dates-and-moments",
            f"`{scope.text(node.op_span)}` cannot mix dates with dates and times: which is later within "
            "a day?",
            place,
            hint="Take `date of` the ones with a time.",
        )
        return False
    if (
        node.op == "is_not_applicable"
        and not isinstance(types[0], JudgementType)
        and not _may_carry_na(args[0])
    ):
        checker.findings.error(
            "never-not-applicable",
            f"only a judgement can be not applicable, and `{scope.text(node.operands[0].span)}` is "
            f"{told(types[0])}",
            place,
            hint=f"Did you mean `{scope.text(node.operands[0].span)} is missing`?",
        )
        return False
    if node.op in PICTURED and not _is_written_out(node.operands[1]):
        _not_written_out(checker, node, scope)
        return False
    fits_together = _units_fit(checker, node, args, scope) and _not_months_in_limit(
        checker, node, args, scope
    )
    if fits_together:
        _can_hold(checker, node, args, scope)
    return fits_together


def _is_written_out(node: ast.Expr) -> bool:
    return isinstance(node, ast.Literal) and isinstance(node.value, str) and node.value != ""


def _not_written_out(checker: Expressions, node: ast.Apply, scope: Scope) -> None:
    words = scope.text(node.op_span)
    what, such = PICTURED[node.op]
    checker.findings.error(
        "picture-needed",
        f"after `{words}` stands {what}, written out",
        scope.place(node.operands[1].span),
        hint=f"Write it in double quotes, such as `{words} {such}`.",
    )


def _different_choices(checker: Expressions, node: ast.Apply, types: list[Type], scope: Scope) -> None:
    choices = [i for i, type_ in enumerate(types) if isinstance(type_, ChoiceType) and type_.values]
    first = choices[0]
    second = next(i for i in choices if types[i] != types[first])
    shown = [scope.text(node.operands[i].span) for i in (first, second)]
    checker.findings.error(
        "different-choices",
        f"`{shown[0]}` is {told(types[first])} and `{shown[1]}` {told(types[second])}: each has "
        "values of its own",
        scope.place(node.span),
        hint="Compare a choice with its own values. Where two fields share values, give them one `choice`.",
    )


def _units_fit(checker: Expressions, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
    duration = next((arg for arg in args if isinstance(arg.type, DurationType)), None)
    if duration is None or node.op in CHOOSING:
        return True
    unit = checker.unit_of(duration)
    if unit is None or not unit.counts_moments:
        return True
    for arg, operand in zip(args, node.operands, strict=True):
        if fits(arg.type, Kind.DAY) and not isinstance(arg.type, DateTimeType):
            checker.findings.error(
                "hours-need-a-time",
                f"{unit.value} are counted from a moment, and `{scope.text(operand.span)}` is a date "
                "without a time",
                scope.place(operand.span),
                hint="Declare the field as `datetime`, or count in days.",
            )
            return False
    return True


def _not_months_in_limit(checker: Expressions, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
    if node.op not in HELD_BELOW:
        return True
    arg = args[HELD_BELOW[node.op]]
    if not isinstance(arg, Call) or arg.op not in COUNTED_MONTHS:
        return True
    unit = Unit(arg.op.removesuffix("_from"))
    ends = [scope.text(one.place.span) if one.place else "…" for one in arg.args]
    bound = next((one.value for one in args if isinstance(one, Const) and isinstance(one.value, int)), None)
    length = unit.spelled(bound) if bound is not None else f"3 {unit.value}"
    checker.findings.error(
        "months-in-limit",
        f"a count of whole {unit.value} cannot hold a limit: days over the last whole {unit.value[:-1]} "
        "go uncounted",
        scope.place(node.span),
        hint=f"Write the limit with `within`: `{ends[1]} is within {length} after {ends[0]}`.",
    )
    return False


def _can_hold(checker: Expressions, node: ast.Apply, args: list[Expression], scope: Scope) -> None:
    """Warn of what no case could ever satisfy: 3 of 2 conditions, between 9 and 3."""
    if node.op == "at_least_of" and isinstance(args[0], Const) and args[0].value > len(args) - 1:
        checker.findings.warning(
            "never-holds",
            f"at least {args[0].value} of {len(args) - 1} can never be",
            scope.place(node.span),
            hint="Ask for fewer, or add what is left out.",
        )
    if node.op == "is_between" and isinstance(args[1], Const) and isinstance(args[2], Const):
        low, high = _rank(args[1]), _rank(args[2])
        if type(low) is type(high) and low > high:
            ends = [scope.text(operand.span) for operand in node.operands[1:]]
            checker.findings.warning(
                "never-holds",
                f"nothing lies between {ends[0]} and {ends[1]}: the lower end comes first",
                scope.place(node.operands[1].span.to(node.operands[2].span)),
                hint=f"Write `between {ends[1]} and {ends[0]}`.",
            )


def _rank(value: Const) -> Any:
    if isinstance(value.type, ChoiceType):
        return value.type.values.index(value.value)
    return value.value


def wrong_operands(
    checker: Expressions, node: ast.Apply, operator: Operator, args: list[Expression], scope: Scope
) -> None:
    """Say which operand does not go with its operator, and what to write instead."""
    types = [arg.type for arg in args]
    words = scope.text(node.op_span) or operator.pattern.replace("{", "").replace("}", "")
    if node.op in JOINING or len(args) == 1:
        for operand, arg in zip(node.operands, args, strict=True):
            _wrong_one(checker, operator, words, operand, arg, scope)
        return
    odd = odd_one(operator, types)
    hint, fix = _remedy(checker, node, types, scope)
    checker.findings.error(
        "wrong-type",
        _complaint(node, words, types, scope),
        scope.place(node.operands[odd].span) if odd is not None else scope.place(node.span),
        hint=hint,
        fix=fix,
    )


def _wrong_one(
    checker: Expressions, operator: Operator, words: str, operand: ast.Expr, arg: Expression, scope: Scope
) -> None:
    wanted = list(dict.fromkeys(signature.operands[-1] for signature in operator.signatures))
    if any(fits(arg.type, kind) for kind in wanted):
        return
    shown = scope.text(operand.span)
    if operator.name == "at_least_of" and isinstance(operand, ast.Literal):
        return
    needs = (
        "joins conditions"
        if operator.name in JOINING
        else f"needs {or_list((k.value for k in wanted), quote='')}"
    )
    hint = condition_hint(arg.type, shown) if Kind.TRUTH in wanted else None
    checker.findings.error(
        "wrong-type",
        f"`{words}` {needs}, and `{shown}` is {told(arg.type)}",
        scope.place(operand.span),
        hint=hint,
    )


def _complaint(node: ast.Apply, words: str, types: list[Type], scope: Scope) -> str:
    shown = [scope.text(operand.span) for operand in node.operands]
    first = types[0]
    if node.op in COMPARING and all(type_ == first for type_ in types):
        if isinstance(first, ChoiceType) and not first.ordered:
            which = f"`{first.name}`" if first.name else f"`{shown[0]}`"
            return f"`{words}` needs values in order, and {which} has none"
        return f"`{words}` does not compare {told(first).removeprefix('a ')} with another"
    told_all = [f"`{text}` is {told(type_)}" for text, type_ in zip(shown, types, strict=True)]
    if node.op == "subtract" and all(fits(type_, Kind.DAY) for type_ in types):
        return "one date is not subtracted from another"
    if node.op in ARITHMETIC and len(told_all) == 2:
        return f"{told_all[0]} and {told_all[1]}: `{words}` does not go with these"
    if node.op in COMPARING | DATED:
        odd = next(
            (text for text, type_ in zip(told_all[1:], types[1:], strict=True) if type_ != first), told_all[1]
        )
        return f"{told_all[0]} and {odd}: `{words}` cannot compare them"
    return f"`{words}` does not go with these: {', '.join(told_all)}"


def odd_one(operator: Operator, types: list[Type]) -> int | None:
    """Return which single operand stands in the way, where changing that one would do."""
    for i in range(len(types) - 1, -1, -1):
        if matching(operator, [ANY if j == i else t for j, t in enumerate(types)]) is not None:
            return i
    return None


def _remedy(
    checker: Expressions, node: ast.Apply, types: list[Type], scope: Scope
) -> tuple[str | None, Fix | None]:
    left, right = types[0], types[-1]
    shown = [scope.text(operand.span) for operand in node.operands]
    last = node.operands[-1]
    plain = _without_quotes(last, left, checker)
    if plain is not None:
        return _without_quotes_said(plain, left, shown[0]), Fix(scope.place(last.span), plain)
    if isinstance(left, TextType) and isinstance(right, ChoiceType | NumberType) and _is_word(last):
        return f'A text stands in double quotes: `"{shown[-1]}"`.', Fix(
            scope.place(last.span), f'"{shown[-1]}"'
        )
    if (
        len(types) == 3
        and isinstance(types[1], NumberType)
        and fits(left, Kind.DAY)
        and fits(right, Kind.DAY)
    ):
        return f"Say of what: `{shown[1]} days` or `{shown[1]} working days`.", None
    if node.op in ("hours_from", "minutes_from"):
        return (
            "Hours and minutes lie between moments: declare the fields as `datetime`, or count `days from`.",
            None,
        )
    if isinstance(right, DurationType) and fits(left, Kind.DAY) and node.op in COMPARING:
        return f"For a limit write `{shown[0]} is within {shown[-1]} after …`.", None
    if isinstance(right, DurationType) and isinstance(left, NumberType):
        return "A count of days is compared with a plain number, without a unit.", None
    if isinstance(right, NumberType) and fits(left, Kind.DAY) and node.op in ("add", "subtract"):
        return f"Say of what: `{shown[-1]} days` or `{shown[-1]} working days`.", None
    if node.op == "subtract" and all(fits(type_, Kind.DAY) for type_ in types):
        between = f"from {shown[1]} to {shown[0]}"
        return f"To count between two dates, write `days {between}` or `working days {between}`.", None
    if any(isinstance(type_, ChoiceType) and not type_.ordered for type_ in types) and node.op.startswith(
        "is_"
    ):
        return (
            "Only a choice declared `in order` has more and less; for single values write `is one of`.",
            None,
        )
    if isinstance(last, ast.Literal) and isinstance(last.value, bool):
        return f"Is it recorded at all? Write `{shown[0]} is known`.", None
    if is_truth(left) and node.op in ("is", "is_not"):
        return "A yes or no stands alone as a condition; `not` turns it.", None
    return None, None


def _without_quotes_said(plain: str, beside: Type, shown: str) -> str:
    if plain == "not applicable":
        return f"An inspector's N/A is asked for without quotes: `{shown} is not applicable`."
    if is_truth(beside):
        return "A yes or no stands alone as a condition; `not` turns it."
    if fits(beside, Kind.DAY):
        return f"A date stands without quotes: `{plain}`."
    what = "A number" if isinstance(beside, NumberType) else "A value of a choice"
    return f"{what} stands without quotes: `{plain}`."


def _is_word(node: ast.Expr) -> bool:
    return isinstance(node, ast.Literal) or (isinstance(node, ast.Ref) and len(node.names) == 1)


def _without_quotes(node: ast.Expr, beside: Type, checker: Expressions) -> str | None:
    """Return what a text in quotes would be without them, beside a date, a number or a choice."""
    if not isinstance(node, ast.Literal) or not isinstance(node.value, str):
        return None
    text = node.value.strip()
    if is_truth(beside):
        if text.casefold() in ("yes", "no"):
            return text.casefold()
        return "not applicable" if text.casefold() in ("n/a", "na", "not applicable") else None
    if isinstance(beside, ChoiceType):
        return checker.value_spelled(beside, text)
    if isinstance(beside, NumberType) and text.isdigit():
        return text
    if fits(beside, Kind.DAY):
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            return None
        return text
    return None


def _may_carry_na(node: Expression) -> bool:
    """Say whether a condition could come to N/A: whether a judgement is in it."""
    return any(
        isinstance(one, DefineValue) or (isinstance(one, FieldValue) and isinstance(one.type, JudgementType))
        for one in walk(node)
    )


def condition_hint(type_: Type, shown: str) -> str | None:
    """Return how to make a condition of a value that is none."""
    if isinstance(type_, ChoiceType) and type_.values:
        return f"Compare it with a value: `{shown} is {type_.values[0]}`."
    if isinstance(type_, NumberType):
        return f"Compare it with a number: `{shown} is more than 0`."
    return f"Ask something of it: `{shown} is known`, or compare it."


def unit_of(duration: Expression, checker: Expressions) -> Unit | None:
    """Return the unit of a length of time, where it is known before any case is."""
    if isinstance(duration, Const) and isinstance(duration.value, Duration):
        return duration.value.unit
    if isinstance(duration, ParameterValue) and checker.parameters[duration.name].editions:
        unit: Unit = checker.parameters[duration.name].editions[0][1].unit
        return unit
    return None
