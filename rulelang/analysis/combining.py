"""Every combination of levels that the members of a rating can have, those that differ in their order taken as one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from attrs import define, field, frozen

from rulelang.model.ratings import (
    CasesHave,
    Condition,
    MemberIs,
    RatingLine,
    RatingStructure,
    decided,
    parts_of,
)

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
    places of the lines; `first` are the lines that some combination reaches first.
    """

    total: int = 0
    gaps: int = 0
    gap: Combination | None = None
    clashes: dict[Pair, int] = field(factory=dict)
    clash: dict[Pair, Combination] = field(factory=dict)
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
    asked = asked_cases(lines)
    for one in made:
        found.total += one.weight
        said = dict(zip(asked, one.cases, strict=True))
        holding = [place for place, line in enumerate(lines) if _holds(line.when, one, said)]
        if not holding:
            found.gaps += one.weight
            found.gap = found.gap or one
            continue
        found.first.add(holding[0])
        for pair in itertools.combinations(holding, 2):
            if lines[pair[0]].level != lines[pair[1]].level:
                found.clashes[pair] = found.clashes.get(pair, 0) + one.weight
                found.clash.setdefault(pair, one)
    return found


def _holds(when: Condition | None, one: Combination, said: dict[CasesHave, bool]) -> bool:
    return when is not None and decided(when, one.levels, said.get) is True


def _combinations(structure: RatingStructure, lines: Sequence[RatingLine]) -> Iterator[Combination] | None:
    parts = [part for line in lines if line.when is not None for part in parts_of(line.when)]
    named = sorted({part.place for part in parts if isinstance(part, MemberIs)})
    levels: list[int | None] = [*range(len(structure.levels))]
    if not structure.minds_unrated and structure.unrated is None:
        levels.append(None)
    alike = len(structure.members) - len(named)
    questions = len(asked_cases(lines))
    size = len(levels) ** len(named) * math.comb(alike + len(levels) - 1, alike) * 2**questions
    if size > MOST:
        return None
    return _each(len(structure.members), named, levels, questions)


def _each(
    members: int, named: Sequence[int], levels: Sequence[int | None], questions: int
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
            for cases in itertools.product((False, True), repeat=questions):
                yield Combination(tuple(placed), cases, weight, tuple(named))
