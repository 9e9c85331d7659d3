"""What is asked of the characters of a text, as nodes of a query."""

from __future__ import annotations

from typing import Any

from rulelang.engines.sql.values import Val
from rulelang.model.expressions import Call, Const, Expression
from rulelang.operators.pictures import pattern_of
from rulelang.query.nodes import Node, call, text, whole


def characters(node: Call, values: list[Val]) -> Val:
    """Return the characters of a text from one place to another."""
    first, last = (int(_written(one)) for one in node.args[:2])
    begin = max(first, 1)
    value = values[2]
    size = max(last - begin + 1, 0)
    return Val(call("characters", value.sql, whole(begin), whole(size)), value.na, value.bad)


def matched(node: Call, value: Node) -> Node:
    """Return the test that a text is as its picture shows."""
    return call("matches", value, text(pattern_of(_written(node.args[1]))))


def _written(node: Expression) -> Any:
    """Return a value that the rules write out."""
    assert isinstance(node, Const)
    return node.value
