"""Ratings: what the levels of members come to (M9), and why, from the scores and counts of a run alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from attrs import evolve, frozen

from rulelang.model.ratings import (
    CasesHave,
    Levels,
    MemberKind,
    OfCases,
    RatingCap,
    RatingLine,
    RatingStructure,
    counts_in_words,
    decided,
    level_in_words,
    line_of_points,
    points_of,
)
from rulelang.model.structure import Share
from rulelang.scoring.rounding import exact_text
from rulelang.scoring.tally import ItemCounts, Tally
from rulelang.scoring.validations import share_holds
from rulelang.syntax.ast import RatingPolicy


@frozen
class GivenRating:
    """A level that the run gives: of a rating that is given, an earlier one, or one that overrides for a reason."""

    level: str
    reason: str | None = None


@frozen
class RatingResult:
    """A rating, None where there is none; `members` are their levels, `before` what a cap or an override changed."""

    structure: RatingStructure
    level: str | None
    members: tuple[str | None, ...]
    reason: str
    before: str | None = None
    points: Fraction | None = None
    overridden: bool = False


def rate(
    structures: Iterable[RatingStructure],
    criteria: Mapping[str, str | None],
    given: Mapping[str, GivenRating],
    tally: Tally,
) -> tuple[RatingResult, ...]:
    """Return every rating; those that others are members of come before them, as the structures do."""
    found: dict[str, RatingResult] = {}
    for one in structures:
        said = given.get(one.id)
        if one.policy is RatingPolicy.GIVEN:
            reason = "given at the run" if said is not None else "not given at the run"
            level = said.level if said is not None else None
            found[one.id] = RatingResult(one, level, (), _and(reason, said))
            continue
        levels = [_level_of(one, place, criteria, given, found) for place in range(len(one.members))]
        made = rating_of(one, levels, lambda asked: _of_cases(asked, tally))
        if one.overridden and said is not None:
            computed = (made.level or "no rating").replace("_", " ")
            reason = f"overridden: {said.reason}. By the rules it is {computed}: {made.reason}"
            made = evolve(made, level=said.level, reason=reason, before=made.level, overridden=True)
        found[one.id] = made
    return tuple(found.values())


def _and(reason: str, said: GivenRating | None) -> str:
    return f"{reason}: {said.reason}" if said is not None and said.reason else reason


def _level_of(
    structure: RatingStructure,
    place: int,
    criteria: Mapping[str, str | None],
    given: Mapping[str, GivenRating],
    found: Mapping[str, RatingResult],
) -> int | None:
    member = structure.members[place]
    level = criteria.get(member.name) if member.kind is MemberKind.CRITERION else found[member.name].level
    if level is None and structure.earlier and member.name in given:
        level = given[member.name].level
    return structure.levels.index(level) if level in structure.levels else None


def _of_cases(asked: CasesHave, tally: Tally) -> bool | None:
    counts = tally.items.get(asked.id, ItemCounts())
    if asked.share is not None:
        return share_holds(Share(asked.some, asked.share), counts)
    some = True if counts.met else None if counts.unknown else False
    return some if asked.some or some is None else not some


# --- one rating ------------------------------------------------------------------------------------------------


def rating_of(structure: RatingStructure, levels: Levels, of_cases: OfCases) -> RatingResult:
    """Return what levels come to."""
    names = tuple(None if one is None else structure.levels[one] for one in levels)
    if structure.unrated is not None:
        levels = [structure.unrated if one is None else one for one in levels]
    elif structure.minds_unrated and None in levels:
        missing = [member.name for member, one in zip(structure.members, levels, strict=True) if one is None]
        are = "is" if len(missing) == 1 else "are"
        return RatingResult(structure, None, names, f"{', '.join(missing)} {are} not rated")
    level, reason, points = _uncapped(structure, levels, of_cases)
    if level is None:
        return RatingResult(structure, None, names, reason, points=points)
    first = level
    for cap in structure.caps:
        holds = decided(cap.when, levels, of_cases)
        moved = _moved(cap, level)
        if holds is None and moved != level:
            would = f"which would make it {level_in_words(structure, moved)}"
            said = f"{reason}; it cannot be told whether {cap.text}, {would}"
            return RatingResult(structure, None, names, said, points=points)
        if holds and moved != level:
            reason += (
                f"; at {'best' if cap.best else 'worst'} {level_in_words(structure, moved)}, as {cap.text}"
            )
            level = moved
    before = structure.levels[first] if first != level else None
    return RatingResult(structure, structure.levels[level], names, reason, before, points)


def _moved(cap: RatingCap, level: int) -> int:
    return min(level, cap.level) if cap.best else max(level, cap.level)


def _uncapped(
    structure: RatingStructure, levels: Levels, of_cases: OfCases
) -> tuple[int | None, str, Fraction | None]:
    rated = [one for one in levels if one is not None]
    if not rated:
        return None, "no member is rated", None
    counted = counts_in_words(structure, levels)
    match structure.policy:
        case RatingPolicy.LOWEST:
            level = min(rated)
            lowest = [m.name for m, one in zip(structure.members, levels, strict=True) if one == level]
            return level, f"the lowest is {level_in_words(structure, level)}: {', '.join(lowest)}", None
        case RatingPolicy.POINTS:
            points = points_of(structure, rated)
            line = line_of_points(structure, points)
            return (None if line is None else line.level), f"{counted}: {exact_text(points)} points", points
        case _:
            return (*_by_lines(structure, levels, of_cases, counted), None)


def _by_lines(
    structure: RatingStructure, levels: Levels, of_cases: OfCases, counted: str
) -> tuple[int | None, str]:
    holding: list[RatingLine] = []
    for line in structure.lines:
        if line.when is None:
            continue
        holds = decided(line.when, levels, of_cases)
        if holds is None:
            return None, f"{counted}; it cannot be told whether {line.text}"
        if holds:
            holding.append(line)
            if structure.policy is RatingPolicy.FIRST:
                break
    if not holding:
        rest = next((one for one in structure.lines if one.when is None), None)
        return (
            (None, f"{counted}; no line holds")
            if rest is None
            else (rest.level, f"{counted}; no line above holds")
        )
    if len({one.level for one in holding}) > 1:
        both = " and ".join(f"{level_in_words(structure, one.level)} ({one.text})" for one in holding)
        return None, f"{counted}; more than one line holds: {both}"
    return holding[0].level, f"{counted}; {holding[0].text}"
