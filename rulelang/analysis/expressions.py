"""Checking expressions: every operator given operands of its kinds, choices beside their values.

Bare words are `references`, lists are `lists`, outcomes of timescales `asked`, what goes together `fitting`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import attrs
from attrs import define, field

from rulelang.analysis import asked, fitting, lists, partial_dates, references, siblings, uniqueness
from rulelang.analysis.findings import Findings, nearest
from rulelang.analysis.kinds import RESULTS, common, fits, is_truth, matching, told
from rulelang.analysis.names import Names
from rulelang.analysis.paths import Paths
from rulelang.analysis.scope import Scope
from rulelang.model.checks import CheckCharacters
from rulelang.model.expressions import AsAtDate, Call, Choose, Const, Expression
from rulelang.model.pack import Codes, Parameter
from rulelang.model.partial_dates import is_open
from rulelang.model.records import fold_choice
from rulelang.operators import Kind, Operator
from rulelang.operators.table import BY_NAME
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
    Duration,
    DurationType,
    ListType,
    Type,
    Unit,
)


@define
class Expressions:
    """Checks the expressions of one pack. A mistake gives one message and a value of any type."""

    names: Names
    paths: Paths
    findings: Findings
    parameters: dict[str, Parameter]
    codes: dict[str, Codes | CheckCharacters]
    # Called with the name of a timescale that a condition asks about, so that circles are found.
    asks: Callable[[str, Place], None]
    unknowable: Expression = field(factory=lambda: Const(None, ANY))

    def condition(self, node: ast.Expr, scope: Scope) -> Expression:
        """Check what must be a yes or no."""
        checked = self.check(node, scope)
        if fits(checked.type, Kind.TRUTH):
            return checked
        shown = scope.text(node.span)
        self.findings.error(
            "not-a-condition",
            f"a condition must be a yes or no, and `{shown}` is {told(checked.type)}",
            scope.place(node.span),
            hint=fitting.condition_hint(checked.type, shown),
        )
        return self.unknowable

    def check(self, node: ast.Expr, scope: Scope, want: Type | None = None) -> Expression:
        """Check an expression; beside a value of the type `want` a word may be a choice's value."""
        place = scope.place(node.span)
        match node:
            case ast.Ref():
                return references.check(self, node, scope, want)
            case ast.Literal(value=value):
                return _literal(value, place)
            case ast.DurationLiteral(amount=amount, unit=unit):
                self.check_calendar(unit, scope, place)
                return Const(Duration(amount, unit), DURATION, place=place)
            case ast.AsAt():
                return AsAtDate(place=place)
            case ast.Apply():
                return self._apply(node, scope, want)
            case ast.Conditional():
                return self._conditional(node, scope, want)
            case ast.IsIn():
                return references.is_in(self, node, scope)
            case ast.Passes():
                return references.passes(self, node, scope)
            case ast.Unique():
                return uniqueness.unique(self, node, scope)
            case ast.UniqueIn():
                return siblings.unique(self, node, scope)
            case ast.Apart():
                return siblings.apart(self, node, scope)
            case ast.ParameterOn():
                return references.parameter_on(self, node, scope)
            case ast.OutcomeWords(text=text):
                self._outcome_alone(text, place)
                return self.unknowable
            case _:
                return lists.check(self, node, scope)

    def item_asked(self, name: str, place: Place) -> None:
        asked.item_asked(self, name, place)

    def unit_of(self, duration: Expression) -> Unit | None:
        return fitting.unit_of(duration, self)

    def value_spelled(self, choice: ChoiceType, text: str) -> str | None:
        """Return the value of a choice that an export may write like this."""
        spellings = {fold_choice(value): value for value in choice.values}
        for record in self.paths.schema.records:
            for one in record.fields:
                if one.choice is not None and one.type == choice:
                    spellings.update(one.choice.spellings)
        return spellings.get(fold_choice(text))

    def check_calendar(self, unit: Unit, scope: Scope, place: Place) -> None:
        """Report working days where no calendar counts them."""
        if unit is not Unit.WORKING_DAYS or scope.calendar is not None:
            return
        self.findings.error(
            "no-calendar",
            "working days are counted here, and the pack names no calendar",
            place,
            hint="Add a line such as `calendar england_and_wales` to the pack.",
        )

    def at(self, scope: Scope, calendar: str | None) -> Scope:
        """Return a scope that counts working days by another calendar."""
        return attrs.evolve(scope, calendar=calendar)

    def _outcome_alone(self, text: str, place: Place) -> None:
        timescales = list(self.names.kind("timescale")) or ["isp"]
        self.findings.error(
            "outcome-alone",
            f"`{text}` is an outcome, and stands after the name of a timescale and `is`",
            place,
            hint=f"For example: `{timescales[0]} is {text}`.",
        )

    # --- operators ------------------------------------------------------------------------------------------

    def _apply(self, node: ast.Apply, scope: Scope, want: Type | None) -> Expression:
        operator = BY_NAME[node.op]
        place = scope.place(node.span)
        outcome = asked.check(self, node, scope)
        if outcome is not None:
            return outcome
        if node.op == "is_readable":
            return references.is_readable(self, node, scope)
        args = self._operands(node, scope, want)
        if any(is_open(arg) for arg in args):
            return partial_dates.check(self, node, operator, args, scope)
        types = [arg.type for arg in args]
        broken = any(isinstance(type_, AnyType) for type_ in types)
        signature = matching(operator, types)
        if signature is None:
            # Beside what could not be checked, only conditions are sure to be wrong.
            if not broken or node.op in fitting.JOINING:
                fitting.wrong_operands(self, node, operator, args, scope)
            return Const(None, _result_of_broken(operator), place=place)
        if broken or not fitting.goes_together(self, node, args, scope):
            return Const(None, _result_of_broken(operator), place=place)
        if node.op in ("is_missing", "is_known") and isinstance(types[0], ListType):
            return self.unknowable
        result = self._result(node, signature.result, args)
        return Call(node.op, tuple(args), result, self.calendar_for(node, args, scope), place=place)

    def _operands(self, node: ast.Apply, scope: Scope, want: Type | None) -> list[Expression]:
        """Check the operands; bare words last, so that they may be values of the choice they stand beside."""
        beside = want if node.op in fitting.CHOOSING else None
        by_place: dict[int, Expression] = {}
        waiting = [i for i, operand in enumerate(node.operands) if self._unfound_word(operand, scope)]
        if len(waiting) == len(node.operands):
            waiting = waiting[1:]
        for i, operand in enumerate(node.operands):
            if i not in waiting:
                by_place[i] = self.check(operand, scope, beside)
                if isinstance(by_place[i].type, ChoiceType) or (
                    node.op in asked.EQUALITY
                    and not isinstance(by_place[i].type, AnyType)
                    and is_truth(by_place[i].type)
                ):
                    beside = by_place[i].type
        broken = node.op in fitting.COMPARING and any(
            isinstance(one.type, AnyType) for one in by_place.values()
        )
        for i in waiting:
            operand = node.operands[i]
            if broken and beside is None and not self.near_a_name(operand, scope):
                by_place[i] = self.unknowable
            else:
                by_place[i] = self.check(operand, scope, beside)
        return [by_place[i] for i in range(len(node.operands))]

    def _unfound_word(self, operand: ast.Expr, scope: Scope) -> bool:
        """Say whether an operand is, or holds, a bare word that no row in sight has: it may be a value."""
        match operand:
            case ast.Ref(names=(_,)):
                return self.paths.find(operand, scope) is None
            case ast.Conditional(then=then, otherwise=otherwise):
                return self._unfound_word(then, scope) or self._unfound_word(otherwise, scope)
            case _:
                return False

    def near_a_name(self, operand: ast.Expr, scope: Scope) -> bool:
        """Say whether a word beside something unknown looks like a misspelt name, and not like a value."""
        if not isinstance(operand, ast.Ref):
            return True
        values = [
            value
            for record in self.paths.schema.records
            for one in record.fields
            if one.choice is not None
            for value in one.choice.type.values
        ]
        in_sight = [name for var in scope.rows for name in self.paths.names_of(var.record)]
        best = nearest(operand.text, [*values, *in_sight])
        return bool(best) and best[0] in in_sight and best[0] not in values

    def calendar_for(self, node: ast.Apply, args: list[Expression], scope: Scope) -> str | None:
        """Return the calendar that an operator counts by, if any; report where none is named."""
        place = scope.place(node.span)
        if node.op in ("is_working_day", "working_days_from"):
            self.check_calendar(Unit.WORKING_DAYS, scope, place)
            return scope.calendar
        duration = next((arg for arg in args if isinstance(arg.type, DurationType)), None)
        if duration is None or node.op in fitting.CHOOSING:
            return None
        return scope.calendar if self.unit_of(duration) in (None, Unit.WORKING_DAYS) else None

    def _result(self, node: ast.Apply, kind: Kind, args: list[Expression]) -> Type:
        if kind is not Kind.SAME:
            return _narrow(node.op, kind, args)
        if node.op in ("add", "subtract"):
            duration = self.unit_of(args[1])
            return DATETIME if duration is not None and duration.counts_moments else DATE
        result: Type = args[0].type
        for arg in args[1:]:
            result = common(result, arg.type) or result
        return result

    def _conditional(self, node: ast.Conditional, scope: Scope, want: Type | None) -> Expression:
        condition = self.condition(node.condition, scope)
        then = self.check(node.then, scope, want)
        beside = want or (then.type if isinstance(then.type, ChoiceType) else None)
        otherwise = self.check(node.otherwise, scope, beside)
        together = common(then.type, otherwise.type)
        if together is None:
            self.findings.error(
                "different-types",
                f"the two sides of `if` differ: one is {told(then.type)}, the other {told(otherwise.type)}",
                scope.place(node.otherwise.span),
                f"{told(otherwise.type)} otherwise",
                others=[(scope.place(node.then.span), f"{told(then.type)} where the condition holds")],
                hint="Both must be of one kind.",
            )
            return self.unknowable
        return Choose(condition, then, otherwise, together, place=scope.place(node.span))


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
