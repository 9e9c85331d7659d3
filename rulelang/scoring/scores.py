"""Counts to scores, bounds and ratings (M9): exact, from the structure of a pack and a tally alone.

How numbers are shown is in `rounding`; whether thresholds held is in `thresholds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NoReturn, TypeVar

from attrs import frozen

from rulelang.model.structure import (
    Bands,
    CriterionStructure,
    ItemStructure,
    PackStructure,
    SectionStructure,
)
from rulelang.scoring.ratings import GivenRating, RatingResult, rate
from rulelang.scoring.rounding import exact_text, whole
from rulelang.scoring.tally import ItemCounts, Tally
from rulelang.syntax.ast import Scheme

FULL = 100


@frozen(order=True)
class Score:
    """A score in per cent, 0 to 100, exact."""

    value: Fraction

    @property
    def percent(self) -> int:
        """The whole per cent shown: 62.5 is 63."""
        return whole(self.value)

    @property
    def exact(self) -> str:
        """The exact value as text, with `…` where it goes on past five decimals."""
        return exact_text(self.value)


@frozen
class Bounds:
    """Where a score lies whatever the unknowns turn out to be: all of them not met, all of them met.

    It holds too for unknowns that turn out to be not relevant, excused or not yet due, where a score is left.
    """

    lowest: Score
    highest: Score


@frozen
class ItemScore:
    """An item with its counts. No relevant case, no score; nothing relevant or unknown, no bounds."""

    structure: ItemStructure
    counts: ItemCounts
    score: Score | None
    bounds: Bounds | None


@frozen
class CriterionScore:
    """A criterion; `rating` is the name of a level, and None without bands or without a score."""

    structure: CriterionStructure
    items: tuple[ItemScore, ...]
    score: Score | None
    bounds: Bounds | None
    rating: str | None


@frozen
class SectionScore:
    """A section: the mean of its criteria that have a score."""

    structure: SectionStructure
    criteria: tuple[CriterionScore, ...]
    score: Score | None
    bounds: Bounds | None


@frozen
class Scorecard:
    """The scores of a pack, in the order of its rules. There is no overall score: the standard gives none."""

    sections: tuple[SectionScore, ...]
    # Those that others are members of come first.
    ratings: tuple[RatingResult, ...] = ()

    @property
    def criteria(self) -> tuple[CriterionScore, ...]:
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    def section(self, name: str) -> SectionScore:
        """Return a section by its id; KeyError where there is none."""
        return _named(self.sections, name)

    def criterion(self, name: str) -> CriterionScore:
        """Return a criterion by its id; KeyError where there is none."""
        return _named(self.criteria, name)

    def rating(self, name: str) -> RatingResult:
        """Return a rating by its name; KeyError where there is none."""
        return next((one for one in self.ratings if one.structure.id == name), None) or _none(name)

    def item(self, name: str) -> ItemScore:
        """Return an item by its full id, `B1.rmp`; KeyError where there is none."""
        return _named([item for criterion in self.criteria for item in criterion.items], name)


def score(
    structure: PackStructure, tally: Tally, ratings: Mapping[str, GivenRating] | None = None
) -> Scorecard:
    """Score a pack from its counts. An item that the tally doesn't name has no cases.

    `ratings` are those that the run gives, by name.
    """
    sections = tuple(_section(one, tally) for one in structure.sections)
    levels = {one.structure.id: one.rating for section in sections for one in section.criteria}
    return Scorecard(sections, rate(structure.ratings, levels, ratings or {}, tally))


def rating_of(bands: Bands, score: Score) -> str | None:
    """Return the level a score reaches: the highest threshold at or below it, else `otherwise`, else None."""
    tested = Fraction(score.percent) if bands.rounded else score.value
    reached = [level for level in bands.levels if level.at_least is not None and tested >= level.at_least]
    if reached:
        return max(reached, key=lambda level: level.at_least or Fraction(0)).name
    return next((level.name for level in bands.levels if level.at_least is None), None)


# --- one floor of the scorecard each -----------------------------------------------------------------------


def _section(structure: SectionStructure, tally: Tally) -> SectionScore:
    criteria = tuple(_criterion(one, tally) for one in structure.criteria)
    points = _points([(one.score, one.bounds, Fraction(1)) for one in criteria])
    return SectionScore(structure, criteria, *_combined(points, _mean))


def _criterion(structure: CriterionStructure, tally: Tally) -> CriterionScore:
    items = tuple(_item(one, tally.items.get(one.id, ItemCounts())) for one in structure.items)
    if structure.not_scored is not None:
        return CriterionScore(structure, items, None, None, None)
    part = [item for item in items if not item.structure.reported_only]
    if structure.scheme is Scheme.POOLED:
        value, bounds = _scored(sum((item.counts for item in part), ItemCounts()))
    else:
        points = _points([(item.score, item.bounds, item.structure.weight) for item in part])
        value, bounds = _combined(points, _lowest if structure.scheme is Scheme.LOWEST else _mean)
    rating = rating_of(structure.bands, value) if structure.bands is not None and value is not None else None
    return CriterionScore(structure, items, value, bounds, rating)


def _item(structure: ItemStructure, counts: ItemCounts) -> ItemScore:
    return ItemScore(structure, counts, *_scored(counts))


def _scored(counts: ItemCounts) -> tuple[Score | None, Bounds | None]:
    """Return met ÷ (met + not met), and the same with all unknowns not met and all of them met."""
    value = _percent(counts.met, counts.relevant) if counts.relevant else None
    if not counts.unknown:
        return value, Bounds(value, value) if value is not None else None
    possible = counts.relevant + counts.unknown
    return value, Bounds(_percent(counts.met, possible), _percent(counts.met + counts.unknown, possible))


def _percent(part: int, of: int) -> Score:
    return Score(Fraction(FULL * part, of))


# --- putting parts together --------------------------------------------------------------------------------

# A score, or one end of its bounds, with its weight.
Point = tuple[Fraction, Fraction]


def _points(
    parts: Iterable[tuple[Score | None, Bounds | None, Fraction]],
) -> tuple[list[Point], list[Point], list[Point]]:
    """Return the scores, the lower ends and the upper ends, each only of the parts that have them.

    A part with only unknowns has bounds and no score: it leaves the score with its weight, and joins both
    ends, since its cases may turn out either way. Joining at 0 never raises the lower end and joining at 100
    never lowers the upper one, so the score stays between them.
    """
    scores: list[Point] = []
    lowest: list[Point] = []
    highest: list[Point] = []
    for score, bounds, weight in parts:
        if score is not None:
            scores.append((score.value, weight))
        if bounds is not None:
            lowest.append((bounds.lowest.value, weight))
            highest.append((bounds.highest.value, weight))
    return scores, lowest, highest


def _combined(
    points: tuple[list[Point], list[Point], list[Point]],
    combine: Callable[[Sequence[Point]], Score | None],
) -> tuple[Score | None, Bounds | None]:
    value, lowest, highest = (combine(some) for some in points)
    return value, Bounds(lowest, highest) if lowest is not None and highest is not None else None


def _mean(points: Sequence[Point]) -> Score | None:
    weights = sum((weight for _, weight in points), Fraction(0))
    if not weights:
        return None
    plain = all(weight == 1 for _, weight in points)
    total = sum((value if plain else value * weight for value, weight in points), Fraction(0))
    return Score(total / weights)


def _lowest(points: Sequence[Point]) -> Score | None:
    return Score(min(value for value, _ in points)) if points else None


def _none(name: str) -> NoReturn:
    raise KeyError(name)


_Part = TypeVar("_Part", SectionScore, CriterionScore, ItemScore)


def _named(parts: Iterable[_Part], name: str) -> _Part:
    for part in parts:
        if part.structure.id == name:
            return part
    raise KeyError(name)
