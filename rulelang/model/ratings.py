"""What a rating asks of the levels of its members, without any condition on a case. Levels are numbers, 0 the worst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from fractions import Fraction

from attrs import frozen

from rulelang.syntax.ast import RatingPolicy, Side


class MemberKind(Enum):
    """What gives a member its level: a criterion's bands, or another rating."""

    CRITERION = "criterion"
    RATING = "rating"


@frozen
class RatingMember:
    """A member of a rating."""

    name: str
    title: str
    kind: MemberKind


@frozen
class LevelTest:
    """Which levels are meant: one by itself, or those on a side of it; of `UNRATED` none."""

    side: Side
    level: int = 0

    def holds(self, level: int | None) -> bool:
        """Say whether a level, None of an unrated member, is one of them."""
        if level is None or self.side is Side.UNRATED:
            return level is None and self.side is Side.UNRATED
        match self.side:
            case Side.BELOW:
                return level < self.level
            case Side.ABOVE:
                return level > self.level
            case Side.OR_BETTER:
                return level >= self.level
            case Side.OR_WORSE:
                return level <= self.level
            case _:
                return level == self.level


@frozen
class HowMany:
    """So many members are of some levels: from `least` to `most`, or `every` one that is rated."""

    test: LevelTest
    least: int | None = None
    most: int | None = None
    every: bool = False


@frozen
class MemberIs:
    """A member, by its place, is of some levels."""

    place: int
    test: LevelTest


@frozen
class CasesHave:
    """Some cases have something, or such a share of them; `id` is that of the item that counts them."""

    id: str
    some: bool = True
    share: Fraction | None = None
    text: str = ""


@frozen
class Logic:
    """`and`, `or`, `not`."""

    op: str
    parts: tuple[Condition, ...]


Condition = HowMany | MemberIs | CasesHave | Logic


@frozen
class RatingLine:
    """A level and when it is reached: a condition, `otherwise` where there is none; or what it counts in points.

    `text` is the condition in the author's words.
    """

    level: int
    when: Condition | None = None
    points: Fraction | None = None
    at_least: Fraction | None = None
    text: str = ""


@frozen
class RatingCap:
    """The best level, or the worst, that is given where a condition holds."""

    level: int
    best: bool
    when: Condition
    text: str = ""


@frozen
class RatingStructure:
    """A rating. An unrated member counts as the level `unrated`, is `left_out`, or leaves the whole unrated.

    With `earlier` it keeps one that the run gives. One that is given at the run itself has no members.
    """

    id: str
    title: str
    members: tuple[RatingMember, ...]
    levels: tuple[str, ...]
    policy: RatingPolicy
    lines: tuple[RatingLine, ...] = ()
    caps: tuple[RatingCap, ...] = ()
    unrated: int | None = None
    left_out: bool = False
    earlier: bool = False
    overridden: bool = False
    source: str | None = None

    @property
    def minds_unrated(self) -> bool:
        """Whether an unrated member leaves the whole without a rating."""
        asked = [*(one.when for one in self.lines if one.when is not None), *(one.when for one in self.caps)]
        return not (self.left_out or any(map(asks_unrated, asked)))


def parts_of(node: Condition) -> Iterator[Condition]:
    """Yield a condition and all that it is made of."""
    yield node
    if isinstance(node, Logic):
        for part in node.parts:
            yield from parts_of(part)


def asks_unrated(node: Condition) -> bool:
    """Say whether a condition asks which members are unrated."""
    return any(
        isinstance(one, HowMany | MemberIs) and one.test.side is Side.UNRATED for one in parts_of(node)
    )


# --- what they come to -----------------------------------------------------------------------------------------

# The levels of members in order, None of one that is not rated.
Levels = Sequence[int | None]
# What the cases say: yes, no, or None where it cannot be told.
OfCases = Callable[[CasesHave], bool | None]


def counts_in_words(structure: RatingStructure, levels: Levels) -> str:
    """Return how many members are of which level, the best first: `2 outstanding, 3 good`."""
    counts = Counter(levels)
    parts = [
        f"{counts[level]} {level_in_words(structure, level)}"
        for level in reversed(range(len(structure.levels)))
        if counts[level]
    ]
    return ", ".join(parts + ([f"{counts[None]} unrated"] if counts[None] else []))


def level_in_words(structure: RatingStructure, level: int) -> str:
    """Return the name of a level as it is read: `requires improvement`."""
    return structure.levels[level].replace("_", " ")


def decided(node: Condition, levels: Levels, of_cases: OfCases) -> bool | None:
    """Return whether a condition holds, None where the cases leave it open."""
    match node:
        case HowMany(test=test, least=least, most=most, every=every):
            found = sum(test.holds(one) for one in levels)
            if every:
                return found == sum(one is not None for one in levels)
            return (least is None or found >= least) and (most is None or found <= most)
        case MemberIs(place=place, test=test):
            return test.holds(levels[place])
        case CasesHave():
            return of_cases(node)
        case Logic(op="not", parts=(part,)):
            holds = decided(part, levels, of_cases)
            return None if holds is None else not holds
        case Logic(op=op, parts=parts):
            results = [decided(part, levels, of_cases) for part in parts]
            deciding = op == "or"
            if deciding in results:
                return deciding
            return None if None in results else not deciding


def points_of(structure: RatingStructure, levels: Levels) -> Fraction:
    """Return what the points of levels come to; a member that is not rated has none."""
    each = {one.level: one.points for one in structure.lines if one.points is not None}
    return sum((each[level] for level in levels if level is not None), Fraction(0))


def line_of_points(structure: RatingStructure, points: Fraction) -> RatingLine | None:
    """Return the line that so many points reach."""
    reached = [one for one in structure.lines if one.at_least is not None and points >= one.at_least]
    if reached:
        return max(reached, key=lambda one: one.at_least or Fraction(0))
    return next((one for one in structure.lines if one.at_least is None), None)
