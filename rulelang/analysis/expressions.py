"""Checking expressions: names found, every operator given operands of its kinds, choices beside their values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import attrs
from attrs import define, field

from rulelang.analysis import lists
from rulelang.analysis.findings import Findings, meant, offered
from rulelang.analysis.kinds import RESULTS, common, fits, is_truth, matching, same_choice
from rulelang.analysis.names import Names
from rulelang.analysis.paths import Paths
from rulelang.analysis.scope import Listing, Scope
from rulelang.diagnostics import or_list
from rulelang.model.expressions import (
    AsAtDate,
    Call,
    Choose,
    ClockDay,
    Const,
    Expression,
    InCodes,
    OutcomeIs,
    ParameterValue,
)
from rulelang.model.pack import Codes, Parameter
from rulelang.operators import Kind, Operator
from rulelang.operators.table import BY_NAME
from rulelang.outcomes import TimescaleOutcome
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import (
    ANY,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    YES_NO,
    AnyType,
    ChoiceType,
    DateTimeType,
    Duration,
    DurationType,
    JudgementType,
    ListType,
    Type,
    Unit,
)

OUTCOMES = {outcome.value: outcome for outcome in TimescaleOutcome}
# What may stand beside `is` when the left side is a timescale.
EQUALITY = {"is", "is_not", "is_one_of", "is_not_one_of"}
CHOOSING = {"first_known_of", "latest_of", "earliest_of"}
COUNTED_MONTHS = {"weeks_from", "months_from", "years_from"}
DATED_BY_DURATION = {
    "within_after", "within_before", "within_either",
    "no_later_after", "no_later_before", "no_earlier_after", "no_earlier_before",
}  # fmt: skip


@define
class Expressions:
    """Checks the expressions of one pack. A mistake gives one message and a value of any type."""

    names: Names
    paths: Paths
    findings: Findings
    parameters: dict[str, Parameter]
    codes: dict[str, Codes]
    # Called with the name of a timescale that a condition asks about, so that circles are found.
    asks: Callable[[str, Place], None]
    unknowable: Expression = field(factory=lambda: Const(None, ANY))

    def condition(self, node: ast.Expr, scope: Scope) -> Expression:
        """Check what must be a yes or no."""
        checked = self.check(node, scope)
        if not fits(checked.type, Kind.TRUTH):
            shown = scope.file.slice(node.span)
            self.findings.error(
                "not-a-condition",
                f"a condition must be a yes or no, and `{shown}` is {checked.type}",
                scope.place(node.span),
                hint=_condition_hint(checked.type, shown),
            )
            return self.unknowable
        return checked

    def check(self, node: ast.Expr, scope: Scope, want: Type | None = None) -> Expression:
        """Check an expression; `want` is the type of what it stands beside, so that a word may be a choice's value."""
        place = scope.place(node.span)
        match node:
            case ast.Ref():
                return self._ref(node, scope, want)
            case ast.Literal(value=value):
                return _literal(value, place)
            case ast.DurationLiteral(amount=amount, unit=unit):
                self._check_calendar(unit, scope, place)
                return Const(Duration(amount, unit), DURATION, place=place)
            case ast.AsAt():
                return AsAtDate(place=place)
            case ast.Apply():
                return self._apply(node, scope, want)
            case ast.Conditional():
                return self._conditional(node, scope, want)
            case ast.IsIn():
                return self._is_in(node, scope)
            case ast.ParameterOn():
                return self._parameter_on(node, scope)
            case ast.OutcomeWords(text=text):
                self.findings.error(
                    "outcome-alone",
                    f"`{text}` is the outcome of a timescale and stands after `is`, beside the timescale's name",
                    place,
                    hint=f"For example: `isp is {text}`.",
                )
                return self.unknowable
            case _:
                return lists.check(self, node, scope)

    # --- names -------------------------------------------------------------------------------------------------

    def _ref(self, node: ast.Ref, scope: Scope, want: Type | None) -> Expression:
        place = scope.place(node.span)
        word = node.text
        if isinstance(want, ChoiceType) and word in want.values:
            return Const(word, want, place=place)
        found = self.paths.find(node, scope)
        if isinstance(found, Listing):
            self._bare_list(found, place)
            return self.unknowable
        if found is not None:
            return found
        if word in self.parameters:
            return self._bare_parameter(self.parameters[word], scope, place)
        if isinstance(want, ChoiceType) and want.values:
            self._not_a_value(word, want, place, scope)
            return self.unknowable
        only = self._only_choice_with(word)
        if only is not None and len(node.names) == 1:
            return Const(word, only, place=place)
        if word in self.names.kind("timescale"):
            self._bare_timescale(word, place)
            return self.unknowable
        self.paths.report_unknown(node, scope, self._other_names())
        return self.unknowable

    def _other_names(self) -> list[str]:
        return [*self.parameters, *self.names.kind("timescale")]

    def _only_choice_with(self, word: str) -> ChoiceType | None:
        owners = [
            one.choice.type
            for record in self.paths.schema.records
            for one in record.fields
            if one.choice is not None and word in one.choice.type.values
        ]
        return owners[0] if owners and same_choice(owners) else None

    def _not_a_value(self, word: str, want: ChoiceType, place: Place, scope: Scope) -> None:
        near = meant(word, want.values)
        in_sight = [name for var in scope.rows for name in self.paths.names_of(var.record)]
        self.findings.error(
            "unknown-value",
            f"`{word}` is not a value of {want}" if want.name else f"`{word}` is not {want}",
            place,
            near or meant(word, in_sight),
            hint=None if near else f"Its values are {offered(want.values)}.",
        )

    def _bare_list(self, found: Listing, place: Place) -> None:
        what = f"`{found.text}` is a list"
        last = found.text.rsplit(".", 1)[-1]
        how = (
            f"`latest of {found.text}`, `count of {found.text}`, or `some … have (…)`"
            if found.value is not None
            else f"`count of {last}`, or `some {last} have (…)`"
        )
        self.findings.error("list-alone", f"{what} and stands for many rows, not for one value", place,
                            hint=f"Say which: {how}.")

    def _bare_parameter(self, parameter: Parameter, scope: Scope, place: Place) -> Expression:
        if parameter.given:
            return ParameterValue(parameter.name, None, parameter.type, place=place)
        if scope.clocked:
            if isinstance(parameter.type, DurationType):
                for _, value in parameter.editions:
                    self._check_calendar(value.unit, scope, place)
            return ParameterValue(parameter.name, ClockDay(), parameter.type, place=place)
        self.findings.error(
            "parameter-needs-day",
            f"`{parameter.name}` changes with time: here it must say on which day",
            place,
            others=[(parameter.place, "declared here")],
            hint=f"For example `{parameter.name} on commenced`. In a time limit it may stand bare: the clock says.",
        )
        return self.unknowable

    def _bare_timescale(self, name: str, place: Place) -> None:
        self.findings.error(
            "timescale-alone",
            f"`{name}` is a timescale, not a yes or no",
            place,
            hint=f"Ask for its outcome: `{name} is on time`, `{name} is late`, `{name} is overdue` …",
        )

    # --- operators ---------------------------------------------------------------------------------------------

    def _apply(self, node: ast.Apply, scope: Scope, want: Type | None) -> Expression:
        operator = BY_NAME[node.op]
        place = scope.place(node.span)
        if node.op in EQUALITY or node.op == "is_not_applicable":
            asked = self._outcome_asked(node, scope)
            if asked is not None:
                return asked
        if node.op == "is_readable":
            return self._is_readable(node, scope)
        args = self._operands(node, scope, want)
        types = [arg.type for arg in args]
        if any(isinstance(type_, AnyType) for type_ in types):
            return Const(None, _result_of_broken(operator), place=place)
        signature = matching(operator, types)
        if signature is None or not self._goes_together(node, args, scope):
            if signature is None:
                self._wrong_operands(node, operator, args, scope)
            return Const(None, _result_of_broken(operator), place=place)
        if node.op in ("is_missing", "is_known") and isinstance(types[0], ListType):
            return self.unknowable
        result = self._result(node, signature.result, args)
        return Call(node.op, tuple(args), result, self._calendar_for(node, args, scope), place=place)

    def _operands(self, node: ast.Apply, scope: Scope, want: Type | None) -> list[Expression]:
        """Check the operands; bare words last, so that they may be values of the choice they stand beside."""
        beside = want if node.op in CHOOSING else None
        by_place: dict[int, Expression] = {}
        waiting = [i for i, operand in enumerate(node.operands) if self._unfound_word(operand, scope)]
        if len(waiting) == len(node.operands):
            waiting = waiting[1:]
        for i, operand in enumerate(node.operands):
            if i not in waiting:
                by_place[i] = self.check(operand, scope, beside)
                if isinstance(by_place[i].type, ChoiceType):
                    beside = by_place[i].type
        for i in waiting:
            by_place[i] = self.check(node.operands[i], scope, beside)
        return [by_place[i] for i in range(len(node.operands))]


    def _unfound_word(self, operand: ast.Expr, scope: Scope) -> bool:
        """Say whether an operand is a bare word, or holds one, that no row in sight has: it may be a value."""
        match operand:
            case ast.Ref(names=(_,)):
                return self.paths.find(operand, scope) is None
            case ast.Conditional(then=then, otherwise=otherwise):
                return self._unfound_word(then, scope) or self._unfound_word(otherwise, scope)
            case _:
                return False

    def _goes_together(self, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
        """Check what signatures cannot say: one choice, units that fit, counts that may not stand in a limit."""
        place = scope.place(node.span)
        types = [arg.type for arg in args]
        if not same_choice(types):
            self.findings.error(
                "different-choices",
                f"these are values of different choices: {types[0]} and {types[1]}",
                place,
                hint="Compare a choice with its own values.",
            )
            return False
        if node.op in ("latest_of", "earliest_of") and len({isinstance(t, DateTimeType) for t in types}) > 1:
            self.findings.error(
                "dates-and-moments",
                f"`{BY_NAME[node.op].pattern.split(' {')[0]}` cannot mix dates with dates and times: "
                "which is later within a day?",
                place,
                hint="Take `date of` the ones with a time.",
            )
            return False
        if node.op == "is_not_applicable" and not isinstance(types[0], JudgementType) and not _may_carry_na(args[0]):
            self.findings.error(
                "never-not-applicable",
                f"only a judgement can be not applicable, and `{scope.file.slice(node.operands[0].span)}` "
                f"is {types[0]}",
                place,
                hint="Did you mean `is missing`?",
            )
            return False
        return self._units_fit(node, args, scope) and self._not_months_in_limit(node, args, scope)

    def _units_fit(self, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
        duration = next((arg for arg in args if isinstance(arg.type, DurationType)), None)
        if duration is None or node.op in CHOOSING:
            return True
        unit = self._unit(duration)
        if unit is None or not unit.counts_moments:
            return True
        for arg, operand in zip(args, node.operands, strict=True):
            if fits(arg.type, Kind.DAY) and not isinstance(arg.type, DateTimeType):
                self.findings.error(
                    "hours-need-a-time",
                    f"{unit.value} are counted from a moment, and `{scope.file.slice(operand.span)}` is a date "
                    "without a time",
                    scope.place(operand.span),
                    hint="Declare the field as `datetime`, or count in days.",
                )
                return False
        return True

    def _unit(self, duration: Expression) -> Unit | None:
        if isinstance(duration, Const) and isinstance(duration.value, Duration):
            return duration.value.unit
        if isinstance(duration, ParameterValue) and self.parameters[duration.name].editions:
            return self.parameters[duration.name].editions[0][1].unit  # type: ignore[no-any-return]
        return None

    def _not_months_in_limit(self, node: ast.Apply, args: list[Expression], scope: Scope) -> bool:
        upper = {"is_at_most": 0, "is_less_than": 0, "is_at_least": 1, "is_more_than": 1, "is_between": 0}
        if node.op not in upper:
            return True
        arg = args[upper[node.op]]
        if not isinstance(arg, Call) or arg.op not in COUNTED_MONTHS:
            return True
        unit = arg.op.removesuffix("_from")
        ends = [scope.file.slice(one.place.span) if one.place else "…" for one in arg.args]
        self.findings.error(
            "months-in-limit",
            f"a count of whole {unit} may not stand in an upper limit: it leaves out the days over",
            scope.place(node.span),
            hint=f"Write the limit with `within`: `{ends[1]} is within 3 {unit} after {ends[0]}`.",
        )
        return False

    def _calendar_for(self, node: ast.Apply, args: list[Expression], scope: Scope) -> str | None:
        place = scope.place(node.span)
        if node.op in ("is_working_day", "working_days_from"):
            self._check_calendar(Unit.WORKING_DAYS, scope, place)
            return scope.calendar
        duration = next((arg for arg in args if isinstance(arg.type, DurationType)), None)
        if duration is None or node.op in CHOOSING:
            return None
        unit = self._unit(duration)
        return scope.calendar if unit in (None, Unit.WORKING_DAYS) else None

    def _check_calendar(self, unit: Unit, scope: Scope, place: Place) -> None:
        if unit is not Unit.WORKING_DAYS or scope.calendar is not None:
            return
        self.findings.error(
            "no-calendar",
            "working days are counted here, and the pack names no calendar",
            place,
            hint="Add a line such as `calendar england_and_wales` to the pack.",
        )

    def _result(self, node: ast.Apply, kind: Kind, args: list[Expression]) -> Type:
        if kind is not Kind.SAME:
            return _narrow(node.op, kind, args)
        if node.op in ("add", "subtract"):
            duration = self._unit(args[1])
            return DATETIME if duration is not None and duration.counts_moments else DATE
        result: Type = args[0].type
        for arg in args[1:]:
            result = common(result, arg.type) or result
        return result

    def _wrong_operands(
        self, node: ast.Apply, operator: Operator, args: list[Expression], scope: Scope
    ) -> None:
        words = scope.file.slice(node.op_span) or operator.pattern.replace("{", "").replace("}", "")
        place = scope.place(node.span)
        shown = [scope.file.slice(operand.span) for operand in node.operands]
        types = [arg.type for arg in args]
        if len(args) == 1:
            wanted = or_list(dict.fromkeys(s.operands[0].value for s in operator.signatures), quote="")
            self.findings.error(
                "wrong-type", f"`{words}` needs {wanted}, and `{shown[0]}` is {types[0]}", place,
                hint=_wrong_hint(node.op, types),
            )
            return
        odd = self._odd_one(operator, types)
        told = ", ".join(f"`{text}` is {type_}" for text, type_ in zip(shown, types, strict=True))
        self.findings.error(
            "wrong-type",
            f"`{words}` does not go with these: {told}",
            scope.place(node.operands[odd].span) if odd is not None else place,
            hint=_wrong_hint(node.op, types),
        )

    def _odd_one(self, operator: Operator, types: list[Type]) -> int | None:
        """Return which single operand stands in the way, where changing that one would do."""
        for i in range(len(types) - 1, -1, -1):
            if matching(operator, [ANY if j == i else t for j, t in enumerate(types)]) is not None:
                return i
        return None

    # --- outcomes ----------------------------------------------------------------------------------------------

    def _outcome_asked(self, node: ast.Apply, scope: Scope) -> Expression | None:
        """Return the test of a timescale's outcome, where the left side is one; None otherwise."""
        left = node.operands[0]
        if not isinstance(left, ast.Ref) or len(left.names) != 1:
            return None
        name = left.text
        told = all(isinstance(one, ast.OutcomeWords) for one in node.operands[1:]) and len(node.operands) > 1
        if name not in self.names.kind("timescale"):
            return None
        if self.paths.find(left, scope) is not None and not told:
            return None
        self.asks(name, scope.place(left.span))
        if node.op == "is_not_applicable":
            return OutcomeIs(name, TimescaleOutcome.NOT_APPLICABLE, place=scope.place(node.span))
        tests = [self._one_outcome(name, word, scope, node) for word in node.operands[1:]]
        test = tests[0] if len(tests) == 1 else Call("or", tuple(tests), YES_NO)
        negated = node.op in ("is_not", "is_not_one_of")
        return Call("not", (test,), YES_NO, place=scope.place(node.span)) if negated else test

    def _one_outcome(self, name: str, word: ast.Expr, scope: Scope, node: ast.Apply) -> Expression:
        text = word.text if isinstance(word, ast.Ref | ast.OutcomeWords) else None
        if text in OUTCOMES:
            return OutcomeIs(name, OUTCOMES[text], place=scope.place(node.span))
        self.findings.error(
            "unknown-outcome",
            f"`{scope.file.slice(word.span)}` is not an outcome of a timescale",
            scope.place(word.span),
            meant(text or "", OUTCOMES),
            hint=f"The outcomes are {or_list(OUTCOMES)}.",
        )
        return self.unknowable

    # --- the other forms ---------------------------------------------------------------------------------------

    def _is_readable(self, node: ast.Apply, scope: Scope) -> Expression:
        operand = node.operands[0]
        found = self.paths.find(operand, scope) if isinstance(operand, ast.Ref) else None
        if found is None or isinstance(found, Listing):
            if isinstance(operand, ast.Ref) and found is None:
                self.paths.report_unknown(operand, scope)
            else:
                self.findings.error(
                    "wrong-type", "`is readable` asks about the cell of a field, and this is none",
                    scope.place(node.span), hint="Name a field before it.",
                )
            return self.unknowable
        return Call("is_readable", (found,), YES_NO, place=scope.place(node.span))

    def _conditional(self, node: ast.Conditional, scope: Scope, want: Type | None) -> Expression:
        condition = self.condition(node.condition, scope)
        then = self.check(node.then, scope, want)
        beside = want or (then.type if isinstance(then.type, ChoiceType) else None)
        otherwise = self.check(node.otherwise, scope, beside)
        together = common(then.type, otherwise.type)
        if together is None:
            self.findings.error(
                "different-types",
                f"the two sides of `if` differ: one is {then.type}, the other {otherwise.type}",
                scope.place(node.otherwise.span),
                "this one",
                others=[(scope.place(node.then.span), "and this one")],
            )
            return self.unknowable
        return Choose(condition, then, otherwise, together, place=scope.place(node.span))

    def _is_in(self, node: ast.IsIn, scope: Scope) -> Expression:
        operand = self.check(node.operand, scope)
        place, name = scope.place(node.span), node.collection.text
        if isinstance(operand.type, AnyType):
            return self.unknowable
        test: Expression
        if name in self.codes and fits(operand.type, Kind.TEXT):
            test = InCodes(operand, name, place=place)
        elif name in self.names.kind("period") and fits(operand.type, Kind.DAY):
            period: ast.PeriodDecl = self.names.kind("period")[name].node
            ends = (Const(period.first, DATE), Const(period.last, DATE))
            test = Call("is_between", (operand, *ends), YES_NO, place=place)
        else:
            self._wrong_collection(node, operand, scope)
            return self.unknowable
        return Call("not", (test,), YES_NO, place=place) if node.negated else test

    def _wrong_collection(self, node: ast.IsIn, operand: Expression, scope: Scope) -> None:
        name = node.collection.text
        known = [*self.names.kind("codes"), *self.names.kind("period")]
        place = scope.place(node.collection.span)
        if name in known:
            wants = "a text" if name in self.names.kind("codes") else "a date"
            shown = scope.file.slice(node.operand.span)
            self.findings.error("wrong-type", f"`is in {name}` needs {wants}, and `{shown}` is {operand.type}", place)
            return
        self.findings.error(
            "unknown-collection", f"`{name}` is neither a list of codes nor a period", place, meant(name, known),
            hint=f"There are {offered(known)}." if known else "Declare it with `codes` or `period`.",
        )

    def _parameter_on(self, node: ast.ParameterOn, scope: Scope) -> Expression:
        place, name = scope.place(node.span), node.parameter.text
        parameter = self.parameters.get(name)
        day = self.check(node.day, scope)
        if parameter is None:
            self.findings.error(
                "unknown-parameter", f"there is no parameter `{name}`", scope.place(node.parameter.span),
                meant(name, self.parameters), hint="`on` gives the value of a parameter in force on a day.",
            )
            return self.unknowable
        if not fits(day.type, Kind.DAY):
            self.findings.error("wrong-type", f"`on` needs a date, and this is {day.type}",
                                scope.place(node.day.span))
            return self.unknowable
        if isinstance(day.type, DateTimeType):
            day = Call("date_of", (day,), DATE)
        return ParameterValue(name, None if parameter.given else day, parameter.type, place=place)

    def at(self, scope: Scope, calendar: str | None) -> Scope:
        """Return a scope that counts working days by another calendar."""
        return attrs.evolve(scope, calendar=calendar)


def _literal(value: object, place: Place) -> Expression:
    match value:
        case bool():
            return Const(value, YES_NO, place=place)
        case Fraction():
            whole = value.denominator == 1
            return Const(int(value) if whole else value, WHOLE if whole else NUMBER, place=place)
        case dt.datetime():
            return Const(value, DATETIME, place=place)
        case dt.date():
            return Const(value, DATE, place=place)
        case dt.time():
            return Const(value, TIME, place=place)
        case _:
            return Const(value, TEXT, place=place)


def _narrow(op: str, kind: Kind, args: list[Expression]) -> Type:
    """Return the type of a kind of result; sums, differences and products of whole numbers are whole."""
    if kind is Kind.NUMBER and op in ("add", "subtract", "multiply", "negate"):
        return WHOLE if all(arg.type == WHOLE for arg in args) else NUMBER
    return RESULTS[kind]


def _result_of_broken(operator: Operator) -> Type:
    """Return what an operator with a wrong operand would have come to, so that the mistake is told once."""
    results = {signature.result for signature in operator.signatures}
    only = results.pop() if len(results) == 1 else None
    return YES_NO if only is Kind.TRUTH else ANY


def _may_carry_na(node: Expression) -> bool:
    """Say whether a condition could come to N/A: whether a judgement is in it."""
    from rulelang.model.expressions import DefineValue, FieldValue, walk

    return any(
        isinstance(one, DefineValue) or (isinstance(one, FieldValue) and isinstance(one.type, JudgementType))
        for one in walk(node)
    )


def _condition_hint(type_: Type, shown: str) -> str | None:
    if isinstance(type_, AnyType):
        return None
    if isinstance(type_, ChoiceType) and type_.values:
        return f"Compare it with a value: `{shown} is {type_.values[0]}`."
    return f"Ask something of it: `{shown} is known`, or compare it."


def _wrong_hint(op: str, types: list[Type]) -> str | None:
    if op == "subtract" and all(fits(type_, Kind.DAY) for type_ in types):
        return "To count between two dates, write `days from a to b` or `working days from a to b`."
    if any(isinstance(type_, ChoiceType) and not type_.ordered for type_ in types) and op.startswith("is_"):
        return "Only a choice declared `in order` has more and less."
    if is_truth(types[0]) and op in ("is", "is_not"):
        return "A yes or no stands alone as a condition; `not` turns it."
    return None


