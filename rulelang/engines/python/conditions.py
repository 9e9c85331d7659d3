"""Conditions as Python tests. Each has three: when it is yes, no and N/A; else it is missing (M1)."""

from __future__ import annotations

from fractions import Fraction

from rulelang.engines.python.emitting import Emitter
from rulelang.model.checks import CheckCharacters
from rulelang.model.expressions import (
    Call,
    Choose,
    Const,
    Expression,
    Fold,
    InCodes,
    OutcomeIs,
    Unique,
)
from rulelang.model.pack import Codes
from rulelang.outcomes import TimescaleOutcome
from rulelang.planning.nature import is_truth, may_be_na, never_missing, uncertain
from rulelang.types import ChoiceType, DateTimeType, DateType

# The Python comparison of an operator, and its opposite.
PYTHON = {
    "is": ("==", "!="),
    "is_not": ("!=", "=="),
    "is_at_least": (">=", "<"),
    "is_at_most": ("<=", ">"),
    "is_more_than": (">", "<="),
    "is_less_than": ("<", ">="),
    "before": ("<", ">="),
    "after": (">", "<="),
    "on_or_before": ("<=", ">"),
    "on_or_after": (">=", "<"),
}
TRUE, FALSE = "True", "False"
# yes, no, N/A
Tests = tuple[str, str, str]


def all_of(*tests: str) -> str:
    """Join Python tests by `and`, leaving out what is always so."""
    tests = tuple(dict.fromkeys(test for test in tests if test != TRUE))
    if FALSE in tests:
        return FALSE
    if not tests:
        return TRUE
    return tests[0] if len(tests) == 1 else "(" + " and ".join(tests) + ")"


def any_of(*tests: str) -> str:
    """Join Python tests by `or`, leaving out what is never so."""
    tests = tuple(dict.fromkeys(test for test in tests if test != FALSE))
    if TRUE in tests:
        return TRUE
    if not tests:
        return FALSE
    return tests[0] if len(tests) == 1 else "(" + " or ".join(tests) + ")"


def not_of(test: str) -> str:
    """Return the opposite of a Python test."""
    if test in (TRUE, FALSE):
        return FALSE if test == TRUE else TRUE
    name = test.removesuffix(" is not None")
    if name != test and name.isidentifier():
        return f"{name} is None"
    return f"(not {test})"


class Conditions(Emitter):
    """Writes conditions."""

    def tests(self, node: Expression) -> Tests:
        """Return the three tests of a condition."""
        match node:
            case Const(value=value):
                return (TRUE if value is True else FALSE, TRUE if value is False else FALSE, FALSE)
            case Call(op="and", args=args):
                return self._and([self.tests(arg) for arg in args])
            case Call(op="or", args=args):
                return self._or([self.tests(arg) for arg in args])
            case Call(op="not", args=(arg,)):
                yes, no, na = self.tests(arg)
                return no, yes, na
            case Call():
                return self._call(node)
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return self._choose(self.tests(condition), self.tests(then), self.tests(otherwise))
            case OutcomeIs(timescale=name, outcome=outcome):
                return self._outcome(name, outcome)
            case InCodes(operand=operand, codes=codes):
                return self._in_codes(operand, codes)
            case Unique():
                return self._unique(node)
            case _:
                name = self.value(node)
                na = f"{name} is NA" if may_be_na(node, self.plan) else FALSE
                return f"{name} is True", f"{name} is False", na

    def yes(self, node: Expression) -> str:
        return self.tests(node)[0]

    def value(self, node: Expression) -> str:
        raise NotImplementedError

    def unreadable(self, node: Expression) -> str:
        raise NotImplementedError

    def outcome_name(self, timescale: str) -> str:
        raise NotImplementedError

    def bounds(self, node: Fold) -> tuple[str, str]:
        raise NotImplementedError

    # --- logic -------------------------------------------------------------------------------------------------

    def _and(self, parts: list[Tests]) -> Tests:
        if len(parts) == 1:
            return parts[0]
        yes = all_of(*(part[0] for part in parts))
        no = any_of(*(part[1] for part in parts))
        na = any_of(*(part[2] for part in parts))
        return yes, no, all_of(na, not_of(no)) if na != FALSE else FALSE

    def _or(self, parts: list[Tests]) -> Tests:
        no, yes, na = self._and([(part[1], part[0], part[2]) for part in parts])
        return yes, no, na

    def _choose(self, condition: Tests, then: Tests, otherwise: Tests) -> Tests:
        yes, no, na = (
            any_of(all_of(condition[0], a), all_of(condition[1], b))
            for a, b in zip(then, otherwise, strict=True)
        )
        return yes, no, any_of(condition[2], na)

    def _at_least_of(self, node: Call) -> Tests:
        wanted = node.args[0]
        assert isinstance(wanted, Const)
        needed, parts = int(wanted.value), [self.tests(arg) for arg in node.args[1:]]
        yes = self._how_many([part[0] for part in parts], f">= {needed}")
        no = self._how_many([not_of(part[1]) for part in parts], f"< {needed}")
        na = any_of(*(part[2] for part in parts))
        return yes, no, all_of(na, not_of(yes), not_of(no)) if na != FALSE else FALSE

    def _how_many(self, tests: list[str], compared: str) -> str:
        return "(" + " + ".join(f"({test})" for test in tests) + f" {compared})"

    # --- operators ---------------------------------------------------------------------------------------------

    def _call(self, node: Call) -> Tests:
        match node.op:
            case "at_least_of":
                return self._at_least_of(node)
            case "is_missing" | "is_known" | "is_not_applicable" | "is_readable":
                return self._state(node)
            case "is_between":
                low = Call("is_at_least", (node.args[0], node.args[1]), node.type)
                high = Call("is_at_most", (node.args[0], node.args[2]), node.type)
                return self._and([self._call(low), self._call(high)])
            case "is_one_of" | "is_not_one_of":
                yes, no, na = self._one_of(node)
                return (yes, no, na) if node.op == "is_one_of" else (no, yes, na)
            case _ if node.op in PYTHON:
                return self._compare(node)
            case _:
                name = self.value(node)
                na = f"{name} is NA" if may_be_na(node, self.plan) else FALSE
                return f"{name} is True", f"{name} is False", na

    def _one_of(self, node: Call) -> Tests:
        subject, *options = node.args
        plain = all(isinstance(option, Const) and not _dated(option) for option in options)
        if (
            plain
            and not _dated(subject)
            and not uncertain(subject)
            and not is_truth(subject)
            and not may_be_na(subject, self.plan)
        ):
            name = self.value(subject)
            values = self.constant(frozenset(option.value for option in options), "S")  # type: ignore[union-attr]
            missing = FALSE if never_missing(subject) else f"{name} is None"
            return f"{name} in {values}", all_of(not_of(missing), f"{name} not in {values}"), FALSE
        return self._or([self._compare(Call("is", (subject, option), node.type)) for option in options])

    def _state(self, node: Call) -> Tests:
        (arg,) = node.args
        if node.op == "is_readable":
            bad = self.unreadable(arg)
            return not_of(bad), bad, FALSE
        if node.op == "is_not_applicable":
            na = self.tests(arg)[2]
            doubt = self._doubt(arg)
            return na, all_of(not_of(na), not_of(doubt)), FALSE
        name = self.value(arg)
        missing, known = f"{name} is None", f"{name} is not None"
        if never_missing(arg):
            missing, known = FALSE, TRUE
        missing = all_of(missing, not_of(self._doubt(arg)))
        return (missing, known, FALSE) if node.op == "is_missing" else (known, missing, FALSE)

    def _doubt(self, arg: Expression) -> str:
        """Return the test that a missing value might be one that could not be read."""
        return self.unreadable(arg) if self.full else FALSE

    def _compare(self, node: Call) -> Tests:
        left, right = node.args
        if is_truth(left):
            return self._same_truth(node)
        if uncertain(left) or uncertain(right):
            return self._compare_bounds(node)
        if isinstance(left.type, ChoiceType) and node.op not in ("is", "is_not"):
            return self._compare_ranks(node)
        a, b = self._comparable(left, right)
        positive, negative = PYTHON[node.op]
        there = all_of(
            *(f"{self.value(arg)} is not None" for arg in node.args if not never_missing(arg)),
            *(f"{self.value(arg)} is not NA" for arg in node.args if may_be_na(arg, self.plan)),
        )
        na = any_of(*(f"{self.value(arg)} is NA" for arg in node.args if may_be_na(arg, self.plan)))
        # Nothing equals a value that is there, so a test for equality needs no other.
        plain_is = positive == "==" and never_missing(right) and na == FALSE and a == self.value(left)
        yes = f"{a} == {b}" if plain_is else all_of(there, f"{a} {positive} {b}")
        plain_not = negative == "==" and never_missing(right) and na == FALSE and a == self.value(left)
        no = f"{a} == {b}" if plain_not else all_of(there, f"{a} {negative} {b}")
        return yes, no, na

    def _same_truth(self, node: Call) -> Tests:
        (a_yes, a_no, a_na), (b_yes, b_no, b_na) = (self.tests(arg) for arg in node.args)
        same = any_of(all_of(a_yes, b_yes), all_of(a_no, b_no))
        other = any_of(all_of(a_yes, b_no), all_of(a_no, b_yes))
        yes, no = (same, other) if node.op == "is" else (other, same)
        return yes, no, any_of(a_na, b_na)

    def _comparable(self, left: Expression, right: Expression) -> tuple[str, str]:
        """Return two operands so that Python compares them as M3 says."""
        a, b = self.value(left), self.value(right)
        a_moment, b_moment = (isinstance(one.type, DateTimeType) for one in (left, right))
        if a_moment and b_moment:
            return self.moment(a), self.moment(b)
        if a_moment and isinstance(right.type, DateType):
            return f"{a}.date()", b
        if b_moment and isinstance(left.type, DateType):
            return a, f"{b}.date()"
        return a, b

    def moment(self, name: str) -> str:
        raise NotImplementedError

    def _compare_ranks(self, node: Call) -> Tests:
        left, right = node.args
        type_ = left.type
        assert isinstance(type_, ChoiceType)
        ranks = {value: rank for rank, value in enumerate(type_.values)}
        positive, negative = PYTHON[node.op]
        if isinstance(right, Const):
            at = ranks[right.value]
            passing = [v for v, rank in ranks.items() if _holds(positive, rank, at)]
            name = self.value(left)
            yes = f"{name} in {self.constant(frozenset(passing), 'S')}"
            no = f"{name} in {self.constant(frozenset(ranks) - frozenset(passing), 'S')}"
            return yes, no, FALSE
        table = self.constant(ranks, "R", key=type_)
        a, b = self.value(left), self.value(right)
        there = all_of(*(f"{self.value(arg)} is not None" for arg in node.args if not never_missing(arg)))
        return (
            all_of(there, f"{table}[{a}] {positive} {table}[{b}]"),
            all_of(there, f"{table}[{a}] {negative} {table}[{b}]"),
            FALSE,
        )

    def _compare_bounds(self, node: Call) -> Tests:
        """Compare counts known between two bounds: decided where the bounds decide it (M1)."""
        (a_low, a_high), (b_low, b_high) = (self._between(arg) for arg in node.args)
        certain = [arg for arg in node.args if not uncertain(arg)]
        na = any_of(*(f"{self.value(arg)} is NA" for arg in certain if may_be_na(arg, self.plan)))
        there = all_of(
            *(f"{self.value(arg)} is not None" for arg in certain if not never_missing(arg)), not_of(na)
        )
        positive, _ = PYTHON[node.op]
        if positive in ("==", "!="):
            same = all_of(there, f"{a_low} == {a_high} == {b_low} == {b_high}")
            apart = all_of(there, f"({a_high} < {b_low} or {a_low} > {b_high})")
            return (same, apart, na) if positive == "==" else (apart, same, na)
        low, high = (
            ((a_low, b_high), (a_high, b_low))
            if positive in (">=", ">")
            else ((a_high, b_low), (a_low, b_high))
        )
        opposite = PYTHON[node.op][1]
        return (
            all_of(there, f"{low[0]} {positive} {low[1]}"),
            all_of(there, f"{high[0]} {opposite} {high[1]}"),
            na,
        )

    def _between(self, node: Expression) -> tuple[str, str]:
        if uncertain(node):
            assert isinstance(node, Fold)
            return self.bounds(node)
        name = self.value(node)
        return name, name

    # --- the others --------------------------------------------------------------------------------------------

    def _outcome(self, name: str, outcome: TimescaleOutcome) -> Tests:
        var, wanted = self.outcome_name(name), self.constant(outcome, "T")
        unknown = self.constant(TimescaleOutcome.UNKNOWN, "T")
        if outcome is TimescaleOutcome.UNKNOWN:
            return f"{var} is {wanted}", f"{var} is not {wanted}", FALSE
        return f"{var} is {wanted}", f"({var} is not {wanted} and {var} is not {unknown})", FALSE

    def _in_codes(self, operand: Expression, name: str) -> Tests:
        codes = self.plan.codes[name]
        value = self.value(operand)
        test = self._among(codes, value)
        na = f"{value} is NA" if may_be_na(operand, self.plan) else FALSE
        there = all_of(TRUE if never_missing(operand) else f"{value} is not None", not_of(na))
        return all_of(there, test), all_of(there, not_of(test)), na

    def _unique(self, node: Unique) -> Tests:
        value = self.value(node.operand)
        repeated = f"{value} in given[{node.compared!r}]"
        there = TRUE if never_missing(node.operand) else f"{value} is not None"
        return all_of(there, not_of(f"({repeated})")), all_of(there, repeated), FALSE

    def _among(self, codes: Codes | CheckCharacters, value: str) -> str:
        if isinstance(codes, CheckCharacters):
            return f"{self.constant(codes, 'K')}.passes({value})"
        exact = self.constant(codes.exact, "S")
        if not codes.ranges:
            return f"{value} in {exact}"
        from rulelang.engines.python.runtime import in_codes

        ranges = self.constant(codes.ranges, "K")
        return f"{self.function(in_codes)}({value}, {exact}, {ranges})"


def _dated(node: Expression) -> bool:
    return isinstance(node.type, DateType | DateTimeType)


def _holds(symbol: str, left: int | Fraction, right: int | Fraction) -> bool:
    return {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}[symbol]
