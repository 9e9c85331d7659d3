"""Ratings that a run gives: which the rules let it give, and which levels they may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rulelang.diagnostics import Diagnostic, RulesError, did_you_mean, or_list
from rulelang.model.ratings import RatingStructure
from rulelang.scoring.ratings import GivenRating
from rulelang.syntax.ast import RatingPolicy

Given = Mapping[str, str | GivenRating]


def given_ratings(
    structures: tuple[RatingStructure, ...], given: Given
) -> tuple[tuple[str, GivenRating], ...]:
    """Return the ratings that a run gives. Raises RulesError for those that the rules do not let it give."""
    made = {name: one if isinstance(one, GivenRating) else GivenRating(one) for name, one in given.items()}
    wrong = [said for name, one in made.items() for said in _wrong(structures, name, one)]
    if wrong:
        raise RulesError(wrong)
    return tuple(made.items())


def _wrong(structures: tuple[RatingStructure, ...], name: str, one: GivenRating) -> Iterator[Diagnostic]:
    own = next((each for each in structures if each.id == name), None)
    keeping = [each for each in structures if each.earlier and name in {m.name for m in each.members}]
    overridden = own is not None and own.overridden
    if not keeping and (own is None or not (own.policy is RatingPolicy.GIVEN or own.overridden)):
        yield _not_given(structures, name, own)
        return
    levels = (own or keeping[0]).levels
    if one.level not in levels:
        near = did_you_mean(one.level, levels, limit=1)
        meant = f" Did you mean `{near[0]}`?" if near else ""
        text = f"`{one.level}` is not one of the levels of `{name}`"
        yield Diagnostic("no-such-rating", text, hint=f"They are {or_list(levels)}.{meant}")
    if overridden and not one.reason:
        yield Diagnostic(
            "no-such-rating",
            f"`{name}` is worked out by the rules, and no reason is given for another rating",
            hint=f"Say why: `{name}={one.level}: the reason`. It is shown wherever the rating is.",
        )


def _not_given(structures: tuple[RatingStructure, ...], name: str, own: RatingStructure | None) -> Diagnostic:
    if own is not None:
        hint = "A rating may be given in place of it only where the rules say `may be overridden`."
        return Diagnostic("no-such-rating", f"`{name}` is worked out by the rules", hint=hint)
    known = [one.id for one in structures if one.policy is RatingPolicy.GIVEN or one.overridden]
    known += [member.name for one in structures if one.earlier for member in one.members]
    near = did_you_mean(name, known, limit=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    there = (
        f"A run may give {or_list(dict.fromkeys(known))}." if known else "These rules let a run give none."
    )
    return Diagnostic(
        "no-such-rating", f"there is no rating `{name}` that a run could give", hint=meant + there
    )
