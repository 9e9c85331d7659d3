"""What a rating comes to (M9): read off the counts of a run, with the names of levels, a line at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rulelang.model.ratings import CasesHave, Condition, HowMany, LevelTest, Logic, MemberIs, RatingStructure
from rulelang.model.structure import CriterionStructure, PackStructure
from rulelang.scoring.tally import ItemCounts
from rulelang.syntax.ast import RatingPolicy, Side

Counts = Mapping[str, ItemCounts]
Level = str | None


def ratings(structure: PackStructure, counts: Counts, given: Mapping[str, str]) -> dict[str, Level]:
    """Return the level of every rating. `given` are those that the run gives, by name."""
    levels: dict[str, Level] = {
        one.id: _of_criterion(one, counts) for section in structure.sections for one in section.criteria
    }
    found: dict[str, Level] = {}
    for one in structure.ratings:
        if one.policy is RatingPolicy.GIVEN or (one.overridden and one.id in given):
            found[one.id] = given.get(one.id)
        else:
            members = [levels[member.name] for member in one.members]
            if one.earlier:
                members = [
                    given.get(member.name) if level is None else level
                    for member, level in zip(one.members, members, strict=True)
                ]
            found[one.id] = _Reader(one, counts, members).level()
        levels[one.id] = found[one.id]
    return found


def _of_criterion(criterion: CriterionStructure, counts: Counts) -> Level:
    scores = []
    for item in criterion.items:
        yes, no = counts[item.id].met, counts[item.id].not_met
        if yes + no:
            scores.append(Fraction(100 * yes, yes + no))
    if not scores or criterion.bands is None:
        return None
    mean = sum(scores, Fraction(0)) / len(scores)
    reached = {one.at_least: one.name for one in criterion.bands.levels}
    best = max((at_least for at_least in reached if at_least is not None and at_least <= mean), default=None)
    return reached.get(best)


class _Reader:
    """One rating and the levels of its members."""

    def __init__(self, rating: RatingStructure, counts: Counts, members: Sequence[Level]) -> None:
        self.rating, self.counts = rating, counts
        stands_for = None if rating.unrated is None else rating.levels[rating.unrated]
        self.members = [stands_for if one is None else one for one in members]

    def level(self) -> Level:
        rated = [one for one in self.members if one is not None]
        if not rated or (len(rated) < len(self.members) and not self._unrated_are_minded()):
            return None
        place = self._uncapped([self.rating.levels.index(one) for one in rated])
        for cap in self.rating.caps:
            if place is None:
                return None
            beyond = place > cap.level if cap.best else place < cap.level
            if beyond:
                place = {True: cap.level, False: place, None: None}[self.holds(cap.when)]
        return None if place is None else self.rating.levels[place]

    def _unrated_are_minded(self) -> bool:
        """Say whether the rules say what becomes of members without a level."""
        whens = [one.when for one in self.rating.caps]
        whens += [one.when for one in self.rating.lines if one.when is not None]
        return self.rating.left_out or any(map(_asks_which_are_unrated, whens))

    def _uncapped(self, rated: Sequence[int]) -> int | None:
        lines = self.rating.lines
        rest = [one.level for one in lines if one.when is None and one.at_least is None]
        if self.rating.policy is RatingPolicy.LOWEST:
            return sorted(rated)[0]
        if self.rating.policy is RatingPolicy.POINTS:
            worth = {one.level: one.points or Fraction(0) for one in lines}
            points = sum((worth[one] for one in rated), Fraction(0))
            reached = [(one.at_least, one.level) for one in lines if one.at_least is not None]
            below = [pair for pair in reached if pair[0] <= points]
            return sorted(below)[-1][1] if below else rest[0] if rest else None
        answers = [(self.holds(one.when), one.level) for one in lines if one.when is not None]
        if self.rating.policy is RatingPolicy.FIRST:
            for answer, level in answers:
                if answer is not False:
                    return level if answer else None
        elif any(answer is None for answer, _ in answers):
            return None
        elif any(answer for answer, _ in answers):
            told = {level for answer, level in answers if answer}
            return told.pop() if len(told) == 1 else None
        return rest[0] if rest else None

    # --- conditions ----------------------------------------------------------------------------------------

    def holds(self, node: Condition | None) -> bool | None:
        match node:
            case HowMany(test=test, every=True):
                return all(self._is(one, test) for one in self.members if one is not None)
            case HowMany(test=test, least=least, most=most):
                number = [self._is(one, test) for one in self.members].count(True)
                return not (least is not None and number < least) and not (most is not None and number > most)
            case MemberIs(place=place, test=test):
                return self._is(self.members[place], test)
            case CasesHave():
                return self._of_cases(node)
            case Logic(op="not", parts=(part,)):
                return {True: False, False: True, None: None}[self.holds(part)]
            case Logic(op="and", parts=parts):
                answers = [self.holds(part) for part in parts]
                return False if False in answers else None if None in answers else True
            case Logic(parts=parts):
                answers = [self.holds(part) for part in parts]
                return True if True in answers else None if None in answers else False
        raise AssertionError(node)

    def _is(self, level: Level, test: LevelTest) -> bool:
        order = self.rating.levels
        meant: dict[Side, Sequence[Level]] = {
            Side.ITSELF: order[test.level : test.level + 1],
            Side.BELOW: order[: test.level],
            Side.ABOVE: order[test.level + 1 :],
            Side.OR_WORSE: order[: test.level + 1],
            Side.OR_BETTER: order[test.level :],
            Side.UNRATED: [None],
        }
        return level in meant[test.side]

    def _of_cases(self, asked: CasesHave) -> bool | None:
        """Decide with the cases of which nothing is known taken as no, and as yes."""
        counts = self.counts[asked.id]
        rows = counts.met + counts.not_met + counts.unknown
        answers = set()
        for yes in (counts.met, counts.met + counts.unknown):
            if asked.share is None:
                answers.add((yes > 0) is asked.some)
            elif rows:
                answers.add(yes >= asked.share * rows if asked.some else yes <= asked.share * rows)
        return answers.pop() if len(answers) == 1 else None


def _asks_which_are_unrated(node: Condition) -> bool:
    if isinstance(node, Logic):
        return any(map(_asks_which_are_unrated, node.parts))
    return isinstance(node, HowMany | MemberIs) and node.test.side is Side.UNRATED
