"""What is asked of the characters of a text, as nodes of a query."""

from __future__ import annotations

from functools import reduce
from typing import Any

from rulelang.engines.sql.values import Val
from rulelang.model.checks import DIGITS, CheckCharacters
from rulelang.model.expressions import Call, Const, Expression
from rulelang.operators.pictures import pattern_of
from rulelang.query.nodes import Node, all_of, any_of, call, case, negation, text, whole

# Operators that ask what the whole of a text looks like, each with the one that is not its opposite.
LOOKED_AT = {
    "matches": "matches",
    "does_not_match": "matches",
    "is_made_of": "is_made_of",
    "is_not_made_of": "is_made_of",
}


def characters(node: Call, values: list[Val]) -> Val:
    """Return the characters of a text from one place to another."""
    first, last = (int(_written(one)) for one in node.args[:2])
    begin = max(first, 1)
    value = values[2]
    size = max(last - begin + 1, 0)
    return Val(call("characters", value.sql, whole(begin), whole(size)), value.na, value.bad)


def looked_at(node: Call, operands: list[Node]) -> Node:
    """Return the test that a text is as its picture shows, or made of some characters, or its opposite."""
    positive = LOOKED_AT[node.op]
    shown = text(pattern_of(_written(node.args[1]))) if positive == "matches" else operands[1]
    found = call(positive, operands[0], shown)
    return found if positive == node.op else negation(found)


def passed(check: CheckCharacters, value: Node) -> Node:
    """Return the test that a text is as the picture of a check shows, and has the character worked out of it."""

    def number(place: int) -> Node:
        character = call("characters", value, whole(place + 1), whole(1))
        digit, letter = (call("place_in", text(one), character) for one in (DIGITS, check.letters))
        sign = check.picture[place]
        if sign != "9":
            known.append(
                call("gt", letter, whole(0))
                if sign == "A"
                else any_of(call("gt", digit, whole(0)), call("gt", letter, whole(0)))
            )
        found = letter if sign == "A" else digit
        if sign == "X":
            found = case((call("gt", digit, whole(0)), digit), otherwise=letter)
        return call("subtract", found, whole(1))

    known: list[Node] = []
    values = [number(place) for place in check.counted]
    terms = [call("multiply", whole(one), each) for one, each in zip(check.weights, values, strict=False)]
    total = reduce(lambda left, right: call("add", left, right), terms)
    left = whole(check.left) if check.place is None else values[-1]
    remainder = call("remainder", total, whole(check.modulus))
    return all_of(
        call("matches", value, text(pattern_of(check.picture))), *known, call("eq", remainder, left)
    )


def _written(node: Expression) -> Any:
    """Return a value that the rules write out."""
    assert isinstance(node, Const)
    return node.value
