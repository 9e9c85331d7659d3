"""Conditions as nodes of a query. SQL's own three-valued logic is Kleene's; N/A goes beside it (M1)."""

from __future__ import annotations

from attrs import evolve

from rulelang.engines.sql.building import Builder, Unsupported
from rulelang.engines.sql.layout import repeated_column
from rulelang.engines.sql.texts import passed
from rulelang.engines.sql.values import Val, scaled
from rulelang.model.checks import CheckCharacters
from rulelang.model.expressions import Call, Choose, Const, Expression, Fold, InCodes, OutcomeIs, Unique
from rulelang.outcomes import WORST_FIRST, TimescaleOutcome
from rulelang.planning.nature import is_truth, uncertain
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Column,
    Node,
    Sort,
    absent,
    all_of,
    any_of,
    call,
    case,
    negation,
    null,
    surely,
    surely_not,
    text,
    there,
    whole,
)
from rulelang.types import ChoiceType, DateTimeType, DateType

COMPARISONS = {
    "is": "eq",
    "is_not": "ne",
    "is_at_least": "ge",
    "is_at_most": "le",
    "is_more_than": "gt",
    "is_less_than": "lt",
    "before": "lt",
    "after": "gt",
    "on_or_before": "le",
    "on_or_after": "ge",
}
STATES = ("is_missing", "is_known", "is_not_applicable", "is_readable")
OF_OUTCOME = {outcome: whole(number) for number, outcome in enumerate(WORST_FIRST)}


def bad_of(*values: Val) -> Node:
    """Return whether one of some values reads something unreadable."""
    return any_of(*(one.bad for one in values))


def na_of(*values: Val) -> Node:
    """Return whether one of some values is N/A."""
    return any_of(*(one.na for one in values))


class Conditions(Builder):
    """Makes conditions."""

    def val(self, node: Expression) -> Val:
        raise NotImplementedError

    def bounds(self, node: Fold) -> tuple[Val, Val]:
        raise NotImplementedError

    def outcome_of(self, timescale: str) -> tuple[Node, Node]:
        """Return the outcome of a timescale by its number, and whether it reads something unreadable."""
        raise NotImplementedError

    def moment(self, node: Node) -> Node:
        """Return a local time so that it compares with others (M3)."""
        raise NotImplementedError

    # --- logic -------------------------------------------------------------------------------------------------

    def truth(self, node: Expression) -> Val:
        """Return a yes or no."""
        match node:
            case Call(op="and", args=args):
                return self.both([self.val(arg) for arg in args])
            case Call(op="or", args=args):
                return self._either([self.val(arg) for arg in args])
            case Call(op="not", args=(arg,)):
                one = self.val(arg)
                return evolve(one, sql=negation(one.sql))
            case Call(op="at_least_of"):
                return self._at_least_of(node)
            case Call(op=op) if op in STATES:
                return self._state(node)
            case Call(op="is_between", args=(subject, low, high)):
                parts = (("is_at_least", low), ("is_at_most", high))
                return self.both([self.truth(Call(op, (subject, end), node.type)) for op, end in parts])
            case Call(op="is_one_of" | "is_not_one_of"):
                return self._one_of(node)
            case Call(op=op) if op in COMPARISONS:
                return self._compare(node)
            case Choose():
                return self._choose(node)
            case OutcomeIs(timescale=name, outcome=outcome):
                return self._outcome(name, outcome)
            case InCodes(operand=operand, codes=codes):
                return self._in_codes(operand, codes)
            case Unique():
                return self._unique(node)
        raise NotImplementedError

    def both(self, parts: list[Val]) -> Val:
        """Return `and`: no wins, then N/A, then missing."""
        sql = all_of(*(one.sql for one in parts))
        na = na_of(*parts)
        return Val(sql, all_of(na, absent(sql)) if na != FALSE else FALSE, bad_of(*parts))

    def _either(self, parts: list[Val]) -> Val:
        sql = any_of(*(one.sql for one in parts))
        na = na_of(*parts)
        return Val(sql, all_of(na, absent(sql)) if na != FALSE else FALSE, bad_of(*parts))

    def _at_least_of(self, node: Call) -> Val:
        wanted, *conditions = node.args
        assert isinstance(wanted, Const)
        parts = [self.val(one) for one in conditions]
        needed = whole(int(wanted.value))
        yes = call("ge", _how_many(surely(one.sql) for one in parts), needed)
        possible = call("ge", _how_many(negation(surely_not(one.sql)) for one in parts), needed)
        sql = case((yes, TRUE), (negation(possible), FALSE))
        na = na_of(*parts)
        return Val(sql, all_of(na, negation(yes), possible) if na != FALSE else FALSE, bad_of(*parts))

    def _choose(self, node: Choose) -> Val:
        condition, then, otherwise = (self.val(one) for one in (node.condition, node.then, node.otherwise))
        yes, no = surely(condition.sql), surely_not(condition.sql)
        return Val(
            case((condition.sql, then.sql), (no, otherwise.sql)),
            any_of(condition.na, all_of(yes, then.na), all_of(no, otherwise.na)),
            self.chosen_bad(condition, then.bad, otherwise.bad),
        )

    def chosen_bad(self, condition: Val, then: Node, otherwise: Node) -> Node:
        """Only the branch taken is read; both where it is missing which."""
        yes, no = surely(condition.sql), surely_not(condition.sql)
        return any_of(condition.bad, all_of(negation(no), then), all_of(negation(yes), otherwise))

    # --- state -------------------------------------------------------------------------------------------------

    def _state(self, node: Call) -> Val:
        (arg,) = node.args
        if node.op == "is_readable":
            return Val(negation(self.bad(arg)))
        one = self.val(arg)
        if node.op == "is_not_applicable":
            sql = one.na if one.bad == FALSE else case((one.na, one.na), (negation(one.bad), FALSE))
            return Val(sql, bad=one.bad)
        known = any_of(self.is_there(arg), one.na)
        if one.bad != FALSE:
            known = case((known, known), (negation(one.bad), FALSE))
        return Val(known if node.op == "is_known" else negation(known), bad=one.bad)

    def is_there(self, node: Expression) -> Node:
        """Return the test that a value, of whatever type, is there; one that is N/A may not be."""
        return there(self.val(node).sql)

    def bad(self, node: Expression) -> Node:
        """Return the test that something an expression reads could not be read."""
        return self.val(node).bad

    # --- comparison --------------------------------------------------------------------------------------------

    def _one_of(self, node: Call) -> Val:
        subject, *options = node.args
        plain = all(isinstance(one, Const) and isinstance(one.value, str) for one in options)
        if plain and not uncertain(subject):
            value = self.val(subject)
            wanted = (text(one.value) for one in options if isinstance(one, Const))
            found = Val(call("in", value.sql, *wanted), value.na, value.bad)
        else:
            found = self._either([self._compare(Call("is", (subject, one), node.type)) for one in options])
        return found if node.op == "is_one_of" else evolve(found, sql=negation(found.sql))

    def _compare(self, node: Call) -> Val:
        left, right = node.args
        if uncertain(left) or uncertain(right):
            return self._compare_bounds(node)
        a, b = self.val(left), self.val(right)
        name = COMPARISONS[node.op]
        if is_truth(left):
            sql = _same_truth(name, a.sql, b.sql)
        elif isinstance(left.type, ChoiceType) and name not in ("eq", "ne"):
            sql = self._compare_ranks(name, left, right, a, b)
        else:
            sql = call(name, *self.comparable(left, right, a, b))
        return Val(sql, na_of(a, b), bad_of(a, b))

    def comparable(self, left: Expression, right: Expression, a: Val, b: Val) -> tuple[Node, Node]:
        """Return two operands so that they compare as M3 says: a moment beside a date by its date."""
        if a.den is not None or b.den is not None:
            return scaled(a, b)
        a_moment, b_moment = (isinstance(one.type, DateTimeType) for one in (left, right))
        if a_moment and b_moment:
            return self.moment(a.sql), self.moment(b.sql)
        if a_moment and isinstance(right.type, DateType):
            return call("date_of", a.sql), b.sql
        if b_moment and isinstance(left.type, DateType):
            return a.sql, call("date_of", b.sql)
        return a.sql, b.sql

    def _compare_ranks(self, name: str, left: Expression, right: Expression, a: Val, b: Val) -> Node:
        """Compare choices by their order, never by their text."""
        type_ = left.type
        assert isinstance(type_, ChoiceType)
        if isinstance(right, Const):
            at = type_.values.index(right.value)
            passing = [one for rank, one in enumerate(type_.values) if _holds(name, rank, at)]
            return call("in", a.sql, *map(text, passing)) if passing else case((there(a.sql), FALSE))
        return call(name, ranked(a.sql, type_), ranked(b.sql, type_))

    def _compare_bounds(self, node: Call) -> Val:
        """Compare counts known between two bounds: decided where the bounds decide it (M1)."""
        (a_low, a_high), (b_low, b_high) = (self._between(arg) for arg in node.args)
        name = COMPARISONS[node.op]
        bad = any_of(*(self.bad(arg) for arg in node.args))
        na = na_of(*(self.val(arg) for arg in node.args if not uncertain(arg)))

        def compare(how: str, one: Val, other: Val) -> Node:
            return call(how, *scaled(one, other))

        if name in ("eq", "ne"):
            same = all_of(
                compare("eq", a_low, a_high), compare("eq", a_high, b_low), compare("eq", b_low, b_high)
            )
            apart = any_of(compare("lt", a_high, b_low), compare("gt", a_low, b_high))
            yes, no = (same, apart) if name == "eq" else (apart, same)
        else:
            low, high = (
                ((a_low, b_high), (a_high, b_low))
                if name in ("ge", "gt")
                else ((a_high, b_low), (a_low, b_high))
            )
            opposite = {"ge": "lt", "gt": "le", "le": "gt", "lt": "ge"}[name]
            yes, no = compare(name, *low), compare(opposite, *high)
        return Val(case((yes, TRUE), (no, FALSE)), na, bad)

    def _between(self, node: Expression) -> tuple[Val, Val]:
        if uncertain(node):
            assert isinstance(node, Fold)
            return self.bounds(node)
        value = self.val(node)
        return value, value

    # --- the others --------------------------------------------------------------------------------------------

    def _outcome(self, name: str, outcome: TimescaleOutcome) -> Val:
        found, bad = self.outcome_of(name)
        wanted, unknown = OF_OUTCOME[outcome], OF_OUTCOME[TimescaleOutcome.UNKNOWN]
        if outcome is TimescaleOutcome.UNKNOWN:
            return Val(call("eq", found, wanted), bad=bad)
        return Val(call("eq", call("nullif", found, unknown), wanted), bad=bad)

    def _in_codes(self, operand: Expression, name: str) -> Val:
        codes = self.plan.codes[name]
        value = self.val(operand)
        if isinstance(codes, CheckCharacters):
            return Val(passed(codes, value.sql), value.na, value.bad)
        tests: list[Node] = []
        if codes.exact:
            tests.append(call("in", value.sql, *map(text, sorted(codes.exact))))
        for first, last in codes.ranges:
            size = call("eq", call("length", value.sql), whole(len(first)))
            within = (call("ge", value.sql, text(first)), call("le", value.sql, text(last)))
            tests.append(all_of(size, call("is_digits", value.sql), *within))
        if not tests:
            raise Unsupported(f"`codes {name}` has no values")
        return Val(any_of(*tests), value.na, value.bad)

    def _unique(self, node: Unique) -> Val:
        """Return whether a value stands once in the file: columns beside those of the case say which do not."""
        value = self.val(node.operand)
        at = next(n for n, one in enumerate(self.plan.compared) if one.compared == node.compared)
        if not self.layout.holds(node.path, node.name):
            return evolve(value, sql=null(Sort.BOOLEAN))
        repeated: Node = Column(repeated_column(at))
        if node.path:
            repeated = call("list_has", repeated, value.sql)
        return Val(case((there(value.sql), negation(repeated))), value.na, value.bad)


def _same_truth(name: str, one: Node, other: Node) -> Node:
    """Return whether two conditions are the same, or differ; beside a plain yes or no it is one of them."""
    if other in (TRUE, FALSE):
        return one if (other == TRUE) == (name == "eq") else negation(one)
    return call(name, one, other)


def ranked(value: Node, type_: ChoiceType) -> Node:
    """Return a choice's place in its order."""
    return case(*((call("eq", value, text(one)), whole(rank)) for rank, one in enumerate(type_.values)))


def unranked(rank: Node, type_: ChoiceType) -> Node:
    """Return the choice of a place in the order."""
    return case(*((call("eq", rank, whole(place)), text(one)) for place, one in enumerate(type_.values)))


def _how_many(tests: object) -> Node:
    counted = [call("as_number", one) for one in tests]  # type: ignore[attr-defined]
    total = counted[0]
    for one in counted[1:]:
        total = call("add", total, one)
    return total


def _holds(name: str, left: int, right: int) -> bool:
    return {"ge": left >= right, "le": left <= right, "gt": left > right, "lt": left < right}[name]
