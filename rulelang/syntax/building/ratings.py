"""From reductions to AST: ratings, their lines and conditions; amendments."""

from __future__ import annotations

from typing import Any

from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building.clauses import Clause, ClauseBuilder, names, tokens
from rulelang.syntax.building.expressions import name_of, span_of
from rulelang.syntax.tokens import Token

_SIDES = {
    "BELOW": ast.Side.BELOW,
    "ABOVE": ast.Side.ABOVE,
    "OR_BETTER": ast.Side.OR_BETTER,
    "OR_WORSE": ast.Side.OR_WORSE,
    "UNRATED": ast.Side.UNRATED,
}
_POLICIES = (
    "THE_FIRST_THAT_HOLDS",
    "EXACTLY_ONE_HOLDS",
    "THE_LOWEST",
    "THE_POINTS_ADDED_UP",
    "GIVEN_AT_THE_RUN",
)
Names = tuple[ast.Name, ...]


class RatingBuilder(ClauseBuilder):
    """Builds ratings and amendments."""

    def amend(self, children: list[Any]) -> ast.AmendDecl:
        target = self.ref([children[1]])
        clauses = self.collect(children)
        spans = {one.attribute: one.span for one in reversed(children) if isinstance(one, Clause)}
        source = clauses.pop("source", None)
        changes = tuple(
            ast.Change("editions" if part == "edition" else part, value, span=spans[part])
            for part, value in clauses.items()
        )
        end = children[-1].span.end if isinstance(children[-1], Clause) else target.span.end
        span = Span(children[0].span.start, end)
        return ast.AmendDecl(target, changes, source, span=span)

    def rating(self, children: list[Any]) -> ast.RatingDecl:
        members: Names = next((one for one in children if isinstance(one, tuple)), ())
        (policy,) = tokens(children, *_POLICIES)
        clauses = self.collect(children)
        lines = clauses.pop("levels", ())
        return ast.RatingDecl(
            name_of(children[1]),
            members,
            ast.RatingPolicy(" ".join(policy.text.split())),
            tuple(one for one in lines if isinstance(one, ast.RatingLevel)),
            tuple(one for one in lines if isinstance(one, ast.RatingCap)),
            span=span_of(children),
            **clauses,
        )

    def rating_members(self, children: list[Any]) -> Names:
        first = children[0] if isinstance(children[0], tuple) else ()
        return (*first, *names(children))

    def rating_policy(self, children: list[Token]) -> Token:
        return children[0]

    def rating_level(self, children: list[Any]) -> Clause:
        numbers = [self.number(one.text, one.span) for one in tokens(children, "NUMBER")]
        counted = bool(tokens(children, "POINT", "POINTS"))
        made = ast.RatingLevel(
            name_of(children[0]),
            children[2] if children[1].type == "WHEN" else None,
            numbers[0] if counted else None,
            numbers[1] if len(numbers) > 1 else None,
            span=span_of(children),
        )
        return self.clause("levels", children, made)

    def rating_cap(self, children: list[Any]) -> Clause:
        best = children[0].type == "AT_BEST"
        made = ast.RatingCap(name_of(children[1]), children[3], best, span=span_of(children))
        return self.clause("levels", children, made)

    def unrated(self, children: list[Token]) -> Clause:
        if len(children) == 1:
            left_out = children[0].type == "UNRATED_MEMBERS_ARE_LEFT_OUT"
            return self.clause("left_out" if left_out else "earlier", children, True)
        return self.clause("unrated", children, name_of(children[1]))

    def overridden(self, children: list[Token]) -> Clause:
        return self.clause("overridden", children, True)

    # --- conditions -----------------------------------------------------------------------------------------

    def rating_or(self, children: list[Any]) -> ast.RatingCondition:
        return self._joined("or", children)

    def rating_and(self, children: list[Any]) -> ast.RatingCondition:
        return self._joined("and", children)

    def rating_not(self, children: list[Any]) -> ast.RatingCondition:
        return self._joined("not", children)

    def _joined(self, op: str, children: list[Any]) -> ast.RatingCondition:
        parts = tuple(one for one in children if not isinstance(one, Token))
        return ast.RatingLogic(op, parts, span=span_of(children))

    def rating_group(self, children: list[Any]) -> ast.RatingCondition:
        inner: ast.RatingCondition = children[1]
        return inner

    def rating_count(self, children: list[Any]) -> ast.RatingCount:
        words = {one.type for one in children if isinstance(one, Token)}
        test, span = children[-1], span_of(children)
        if "ALL" in words:
            return ast.RatingCount(test, every=True, span=span)
        if "NONE" in words:
            return ast.RatingCount(test, most=0, span=span)
        (token,) = tokens(children, "NUMBER")
        number = self._members(token)
        least, most = number, number
        if "OR_MORE" in words:
            return ast.RatingCount(test, least, span=span)
        return ast.RatingCount(test, None if "OR_FEWER" in words else least, most, span=span)

    def _members(self, token: Token) -> int:
        number = self.number(token.text, token.span)
        if number.denominator != 1:
            self.complain(
                "unexpected-word",
                f"there are no {token.text} members: a number of them is whole",
                token.span,
                hint="For example: `2 or more are inadequate`.",
            )
        return int(number)

    def rating_member(self, children: list[Any]) -> ast.RatingMember:
        return ast.RatingMember(name_of(children[0]), children[2], span=span_of(children))

    def rating_cases(self, children: list[Any]) -> ast.RatingCases:
        condition = children[-2]
        numbers = tokens(children, "NUMBER")
        percent = self.number(numbers[0].text, numbers[0].span) if numbers else None
        some = children[0].type in ("SOME", "AT_LEAST")
        return ast.RatingCases(condition, some, percent, span=span_of(children))

    def level_test(self, children: list[Token]) -> ast.LevelTest:
        side = next((_SIDES[one.type] for one in children if one.type in _SIDES), ast.Side.ITSELF)
        level = next(iter(names(children)), None)
        return ast.LevelTest(side, level, span=span_of(children))
