"""Every combination of levels that the members of a rating can have, those that differ in their order taken as one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import define, field, frozen

from rulelang.model.ratings import (
    CasesHave,
    Condition,
    MemberIs,
    RatingLine,
    RatingStructure,
    decided,
    line_of_points,
    parts_of,
    points_of,
)
from rulelang.syntax.ast import RatingPolicy

# More are not tried: a rating of ten members that are asked by name is.
MOST = 500_000

Pair = tuple[int, int]


@frozen
class Combination:
    """Levels of the members in order, and what the cases are taken to say; it stands for `weight` like it.

    `named` are the places of members that conditions ask by name.
    """

    levels: tuple[int | None, ...]
    cases: tuple[bool, ...]
    weight: int
    named: tuple[int, ...] = ()


@define
class Combined:
    """What the lines of a rating say of all combinations.

    `gaps` weighs those that no line holds for, `clashes` those for which two lines of different levels hold, by the
    places of the lines; `held` are the lines that hold for some combination, `first` those that one reaches first.
    """

    total: int = 0
    gaps: int = 0
    gap: Combination | None = None
    clashes: dict[Pair, int] = field(factory=dict)
    clash: dict[Pair, Combination] = field(factory=dict)
    held: set[int] = field(factory=set)
    first: set[int] = field(factory=set)


def asked_cases(lines: Sequence[RatingLine]) -> list[CasesHave]:
    """Return what the lines ask of cases, each once."""
    parts = (part for line in lines if line.when is not None for part in parts_of(line.when))
    return list(dict.fromkeys(part for part in parts if isinstance(part, CasesHave)))


def combined(structure: RatingStructure) -> Combined | None:
    """Return what a rating's lines say of all combinations; None where there are too many to try."""
    lines = [line for line in structure.lines if line.when is not None]
    made = _combinations(structure, lines)
    if made is None:
        return None
    found = Combined()
    if structure.policy is RatingPolicy.POINTS:
        return _by_points(structure, made, found)
    asked = asked_cases(lines)
    for one in made:
        if _is_unrated(one):
            continue
        found.total += one.weight
        said = dict(zip(asked, one.cases, strict=True))
        holding = [place for place, line in enumerate(lines) if _holds(line.when, one, said)]
        if not holding:
            found.gaps += one.weight
            found.gap = found.gap or one
            continue
        found.held.update(holding)
        found.first.add(holding[0])
        for pair in itertools.combinations(holding, 2):
            if lines[pair[0]].level != lines[pair[1]].level:
                found.clashes[pair] = found.clashes.get(pair, 0) + one.weight
                found.clash.setdefault(pair, one)
    return found


def _by_points(structure: RatingStructure, made: Iterator[Combination], found: Combined) -> Combined:
    for one in made:
        if _is_unrated(one):
            continue
        found.total += one.weight
        line = line_of_points(structure, points_of(structure, one.levels))
        if line is None:
            found.gaps += one.weight
            found.gap = found.gap or one
        else:
            found.first.add(structure.lines.index(line))
    return found


def _is_unrated(one: Combination) -> bool:
    """Say whether no member has a rating: then there is none, whatever the lines say."""
    return all(level is None for level in one.levels)


def _holds(when: Condition | None, one: Combination, said: dict[CasesHave, bool]) -> bool:
    return when is not None and decided(when, one.levels, said.get) is True


def _combinations(structure: RatingStructure, lines: Sequence[RatingLine]) -> Iterator[Combination] | None:
    parts = [part for line in lines if line.when is not None for part in parts_of(line.when)]
    named = sorted({part.place for part in parts if isinstance(part, MemberIs)})
    levels: list[int | None] = [*range(len(structure.levels))]
    if not structure.minds_unrated and structure.unrated is None:
        levels.append(None)
    alike = len(structure.members) - len(named)
    size = len(levels) ** len(named) * math.comb(alike + len(levels) - 1, alike)
    answers = _answers(asked_cases(lines), MOST // size) if size <= MOST else None
    if answers is None:
        return None
    return _each(len(structure.members), named, levels, answers)


def _answers(asked: Sequence[CasesHave], most: int) -> list[tuple[bool, ...]] | None:
    """Return what the cases can say to all that is asked of them at once; None where that is more than `most` ways.

    What is asked of one condition hangs together: a share that is at least a half is also at least a third.
    """
    ids = list(dict.fromkeys(one.id for one in asked))
    kinds = [_truths([one for one in asked if one.id == id_]) for id_ in ids]
    if math.prod(map(len, kinds)) > most:
        return None
    made = [dict(pair for kind in taken for pair in kind) for taken in itertools.product(*kinds)]
    return [tuple(one[each] for each in asked) for one in made]


def _truths(asked: Sequence[CasesHave]) -> list[tuple[tuple[CasesHave, bool], ...]]:
    """Return what can be true together of the share of cases of which one condition is yes."""
    ends = sorted({Fraction(0), Fraction(1), *(one.share for one in asked if one.share is not None)})
    shares = sorted({*ends, *((low + high) / 2 for low, high in itertools.pairwise(ends))})
    return list(dict.fromkeys(tuple((one, _is_so(one, share)) for one in asked) for share in shares))


def _is_so(asked: CasesHave, share: Fraction) -> bool:
    if asked.share is None:
        return asked.some == (share > 0)
    return share >= asked.share if asked.some else share <= asked.share


def _each(
    members: int,
    named: Sequence[int],
    levels: Sequence[int | None],
    answers: Sequence[tuple[bool, ...]],
) -> Iterator[Combination]:
    others = [place for place in range(members) if place not in named]
    for taken in itertools.product(levels, repeat=len(named)):
        for rest in itertools.combinations_with_replacement(levels, len(others)):
            # The best first, as people tell of them.
            placed: list[int | None] = [None] * members
            for place, level in (*zip(named, taken, strict=True), *zip(others, reversed(rest), strict=True)):
                placed[place] = level
            weight = math.factorial(len(rest))
            for level in set(rest):
                weight //= math.factorial(rest.count(level))
            for cases in answers:
                yield Combination(tuple(placed), cases, weight, tuple(named))
