"""Random ratings: of criteria, of what a run gives, of each other; by every policy, capped, with unrated members."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.printing import print_module
from tests.strategies.expressions import Author
from tests.strategies.naming import Scope
from tests.strategies.programs import Program, declared, item
from tests.strategies.records import name

# The worst first.
LEVELS = ("poor", "fair", "fine")
BANDS = ast.BandsDecl(
    name("levels"),
    (
        ast.Band(name("fine"), Fraction(60)),
        ast.Band(name("fair"), Fraction(30)),
        ast.Band(name("poor"), None),
    ),
)
SEEN = "seen"


@st.composite
def rated_programs(draw: Any, *, depth: int = 1) -> Program:
    """A pack of some rated criteria, a rating that the run gives, and ratings of them."""
    author = Author(draw)
    declarations: list[ast.Declaration] = [*declared(author), BANDS, ast.SectionDecl(name("S"))]
    criteria = [f"C{number}" for number in range(author.number(1, 3))]
    for text in criteria:
        items = tuple(item(author, f"i{number}", [], depth) for number in range(author.number(1, 2)))
        declarations.append(ast.CriterionDecl(name(text), items, rated_by=name("levels")))
    declarations.append(ast.RatingDecl(name(SEEN), (), ast.RatingPolicy.GIVEN))
    there = list(criteria)
    for number in range(author.number(1, 3)):
        text = f"rated_{number}"
        first = author.pick(*there)
        others = [one for one in there if one != first and author.chance(2)]
        # What a run gives has the levels of what it is a member of.
        given = [SEEN] if number == 0 or author.chance(3) else []
        declarations.append(_rating(author, text, [first, *others, *given], depth))
        there.append(text)
    if author.chance(3):
        declarations.append(_rating(author, "of_all", criteria, depth, named=["criteria"]))
    return Program(print_module(ast.Module(SourceFile("random.rules", ""), tuple(declarations))), ())


def _rating(
    author: Author, text: str, members: list[str], depth: int, named: list[str] | None = None
) -> ast.RatingDecl:
    policy = author.pick(
        *(one for one in ast.RatingPolicy if one is not ast.RatingPolicy.GIVEN), ast.RatingPolicy.FIRST
    )
    # Few are asked, and more than once: each is counted once.
    asked = [author.truth(Scope(), depth) for _ in range(2)]
    unrated = author.pick(None, None, "left_out", "earlier", "counted")
    return ast.RatingDecl(
        name(text),
        tuple(map(name, named or members)),
        policy,
        _lines(author, policy, members, asked),
        tuple(
            ast.RatingCap(name(author.pick(*LEVELS)), _condition(author, members, asked), author.chance(2))
            for _ in range(author.number(0, 2))
        ),
        name(author.pick(*LEVELS)) if unrated == "counted" else None,
        unrated == "left_out",
        unrated == "earlier",
        author.chance(4),
    )


def _lines(
    author: Author, policy: ast.RatingPolicy, members: list[str], asked: list[ast.Expr]
) -> tuple[ast.RatingLevel, ...]:
    if policy is ast.RatingPolicy.LOWEST:
        return ()
    if policy is ast.RatingPolicy.POINTS:
        from_on = sorted(author.draw(st.sets(st.integers(0, 6), min_size=3, max_size=3)))
        reached: list[Fraction | None] = [Fraction(one) for one in from_on]
        reached[0] = None if author.chance(2) else reached[0]
        return tuple(
            ast.RatingLevel(name(level), points=Fraction(author.number(0, 3)), at_least=at_least)
            for level, at_least in reversed(list(zip(LEVELS, reached, strict=True)))
        )
    lines = [
        ast.RatingLevel(name(author.pick(*LEVELS)), _condition(author, members, asked))
        for _ in range(author.number(1, 3))
    ]
    rest = [ast.RatingLevel(name(author.pick(*LEVELS)))] if author.chance(2) else []
    return (*lines, *rest)


def _condition(author: Author, members: list[str], asked: list[ast.Expr]) -> ast.RatingCondition:
    match author.number(1, 6):
        case 1:
            parts = tuple(_single(author, members, asked) for _ in range(2))
            return ast.RatingLogic(author.pick("and", "or"), parts)
        case 2:
            return ast.RatingLogic("not", (_single(author, members, asked),))
        case _:
            return _single(author, members, asked)


def _single(author: Author, members: list[str], asked: list[ast.Expr]) -> ast.RatingCondition:
    match author.number(1, 4):
        case 1:
            share = Fraction(author.pick(1, 25, 34, 50, 100)) if author.chance(2) else None
            return ast.RatingCases(author.pick(*asked), author.chance(2), share)
        case 2:
            return ast.RatingMember(name(author.pick(*members)), _test(author))
        case _:
            number = author.number(1, len(members))
            least, most, every = author.pick(
                (number, None, False),
                (None, number, False),
                (None, 0, False),
                (number, number, False),
                (None, None, True),
            )
            return ast.RatingCount(_test(author), least, most, every)


def _test(author: Author) -> ast.LevelTest:
    side = author.pick(ast.Side.ITSELF, *ast.Side)
    return ast.LevelTest(side, None if side is ast.Side.UNRATED else name(author.pick(*LEVELS)))


__all__ = ["LEVELS", "SEEN", "rated_programs"]
