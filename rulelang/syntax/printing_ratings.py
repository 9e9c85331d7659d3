"""The lines of ratings and of limits as text: levels, caps, and the conditions on members."""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.syntax import ast
from rulelang.syntax.phrasing import expression_text, number_text

_BINDING = {"or": 0, "and": 1, "not": 2}
_ATOM = 3


def rating_lines(node: ast.RatingDecl) -> Iterator[str]:
    """Yield the levels of a rating, its caps, and what unrated members count as."""
    for level in node.levels:
        yield f"  {level.name.text} {_reached(level)}"
    for cap in node.caps:
        yield f"  at {'best' if cap.best else 'worst'} {cap.name.text} when {condition_text(cap.when)}"
    if node.left_out:
        yield "  unrated members are left out"
    if node.unrated is not None:
        yield f"  unrated members count as {node.unrated.text}"
    if node.earlier:
        yield "  unrated members keep an earlier rating"
    if node.overridden:
        yield "  may be overridden"


def limit_lines(node: ast.LimitDecl) -> Iterator[str]:
    """Yield for each of what a limit is, how many, and which cases it counts."""
    if node.each is not None:
        yield f"  for each {expression_text(node.each)}"
    if node.most is not None:
        yield f"  at most {number_text(node.most)}"
    if node.counted is not None:
        yield f"  counted when {expression_text(node.counted)}"


def _reached(level: ast.RatingLevel) -> str:
    if level.points is None:
        return "otherwise" if level.when is None else f"when {condition_text(level.when)}"
    counted = f"{number_text(level.points)} {'point' if level.points == 1 else 'points'}"
    return f"{counted}, " + (
        "otherwise" if level.at_least is None else f"at {number_text(level.at_least)} or more"
    )


def condition_text(node: ast.RatingCondition, binding: int = 0) -> str:
    """Return a condition on ratings as it is written."""
    match node:
        case ast.RatingLogic(op="not", parts=(part,)):
            return f"not {condition_text(part, _BINDING['not'])}"
        case ast.RatingLogic(op=op, parts=parts):
            text = f" {op} ".join(condition_text(part, _BINDING[op] + 1) for part in parts)
            return f"({text})" if _BINDING[op] < binding else text
        case ast.RatingMember(member=member, test=test):
            return f"{member.text} is {test_text(test)}"
        case ast.RatingCases(condition=condition, some=some, percent=percent):
            inner = f"({expression_text(condition)})"
            if percent is None:
                return f"{'some' if some else 'no'} cases have {inner}"
            return f"at {'least' if some else 'most'} {number_text(percent)}% of cases have {inner}"
        case _:
            return f"{_how_many(node)} {test_text(node.test)}"


def _how_many(node: ast.RatingCount) -> str:
    if node.every:
        return "all are"
    if node.least is None:
        return f"{node.most} or fewer are" if node.most else "none is"
    if node.most is None:
        return f"{node.least} or more {'is' if node.least == 1 else 'are'}"
    return f"exactly {node.least} {'is' if node.least == 1 else 'are'}"


def test_text(node: ast.LevelTest) -> str:
    """Return a test of a level as it is written."""
    if node.level is None:
        return "unrated"
    if node.side in (ast.Side.BELOW, ast.Side.ABOVE):
        return f"{node.side.value} {node.level.text}"
    return f"{node.level.text} {node.side.value}".strip()
