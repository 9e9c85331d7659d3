"""Whether criteria reach the scores asked of them: `requires at least 65` and the run's own `--require`."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from rulelang.scoring.scores import CriterionScore, Score, Scorecard


@frozen
class Shortfall:
    """A criterion whose exact score is below what is required of it."""

    criterion: str
    title: str
    required: Score
    score: Score

    @property
    def reached(self) -> str:
        """The score as shown, but exact where rounding would hide the shortfall: 64.6 is shown as 65."""
        hidden = self.score.percent >= self.required.value
        return f"{self.score.exact}%" if hidden else f"{self.score.percent}%"

    @property
    def sentence(self) -> str:
        """What fell short, in words."""
        return f"{self.criterion} reaches {self.reached}; {self.required.exact}% is required"


@frozen
class Thresholds:
    """What fell short, and which criteria with a threshold have no score: not a shortfall, but said."""

    short: tuple[Shortfall, ...]
    without_score: tuple[str, ...]

    @property
    def held(self) -> bool:
        return not self.short


def required_of(criterion: CriterionScore, least: Fraction | None = None) -> Fraction | None:
    """Return the score required: the higher of the criterion's own and the run's; None where not scored."""
    if criterion.structure.not_scored is not None:
        return None
    asked = [one for one in (criterion.structure.requires, least) if one is not None]
    return max(asked, default=None)


def shortfall(criterion: CriterionScore, least: Fraction | None = None) -> Shortfall | None:
    """Return how a criterion falls short, None where it doesn't or has no score."""
    required = required_of(criterion, least)
    if required is None or criterion.score is None or criterion.score.value >= required:
        return None
    structure = criterion.structure
    return Shortfall(structure.id, structure.title, Score(required), criterion.score)


def check_thresholds(scorecard: Scorecard, least: Fraction | None = None) -> Thresholds:
    """Compare every criterion with what is required of it; `least` is asked of each that is scored."""
    short = [found for one in scorecard.criteria if (found := shortfall(one, least)) is not None]
    without = [
        one.structure.id
        for one in scorecard.criteria
        if required_of(one, least) is not None and one.score is None
    ]
    return Thresholds(tuple(short), tuple(without))
