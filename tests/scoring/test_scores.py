"""Scores, bounds, ratings and thresholds, rule by rule (M9)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rulelang.model.structure import (
    BandLevel,
    Bands,
    CriterionStructure,
    ItemStructure,
    PackStructure,
    SectionStructure,
)
from rulelang.scoring.scores import CriterionScore, Score, Scorecard, rating_of, score
from rulelang.scoring.tally import ItemCounts, Tally
from rulelang.scoring.thresholds import check_thresholds
from rulelang.syntax.ast import Scheme

BANDS = Bands(
    "judgement_bands",
    # Written lowest first on purpose: the order of thresholds decides, not the order of lines.
    (
        BandLevel("inadequate", None),
        BandLevel("requires_improvement", Fraction(50)),
        BandLevel("good", Fraction(65)),
        BandLevel("outstanding", Fraction(80)),
    ),
)


def item(name: str, **rest: object) -> ItemStructure:
    return ItemStructure(f"X1.{name}", name, **rest)  # type: ignore[arg-type]


def card(criterion: CriterionStructure, **counts: ItemCounts) -> Scorecard:
    pack = PackStructure("x", "1", "X", None, (SectionStructure("X", "X", (criterion,)),), ())
    return score(pack, Tally(0, {f"X1.{name}": some for name, some in counts.items()}))


def scored(
    items: tuple[ItemStructure, ...], scheme: Scheme = Scheme.MEAN, **counts: ItemCounts
) -> CriterionScore:
    return card(CriterionStructure("X1", "X", items, scheme=scheme), **counts).criterion("X1")


def ends(criterion: CriterionScore) -> tuple[str, str] | None:
    return (criterion.bounds.lowest.exact, criterion.bounds.highest.exact) if criterion.bounds else None


A, B = item("a"), item("b")


def test_an_item_is_met_out_of_met_and_not_met_and_nothing_else() -> None:
    counts = ItemCounts(met=3, not_met=12, excused=4, not_relevant=5, not_yet_due=6, unknown=0)
    assert scored((A,), a=counts).items[0].score == Score(Fraction(20))


def test_no_relevant_case_is_no_score_and_not_nought() -> None:
    found = scored((A,), a=ItemCounts(excused=1, not_relevant=2, not_yet_due=3))
    assert found.items[0].score is None
    assert found.items[0].bounds is None
    assert found.score is None
    assert found.bounds is None


def test_an_item_without_cases_in_the_tally_has_no_score() -> None:
    assert scored((A,)).items[0].score is None


def test_a_criterion_is_the_mean_of_items_that_have_a_score() -> None:
    assert scored((A, B), a=ItemCounts(met=1, not_met=1), b=ItemCounts(met=1)).score == Score(Fraction(75))
    assert scored((A, B), a=ItemCounts(met=1, not_met=1), b=ItemCounts()).score == Score(Fraction(50))


def test_an_item_without_score_leaves_with_its_weight() -> None:
    heavy = item("heavy", weight=Fraction(2))
    both = scored((A, heavy), a=ItemCounts(not_met=1), heavy=ItemCounts(met=1))
    assert both.score is not None
    assert both.score.exact == "66.66666…"
    assert scored((A, heavy), a=ItemCounts(not_met=1)).score == Score(Fraction(0))


def test_lowest_of_items() -> None:
    found = scored((A, B), Scheme.LOWEST, a=ItemCounts(met=1, not_met=3), b=ItemCounts(met=1))
    assert found.score == Score(Fraction(25))


def test_pooled_is_all_met_out_of_all_relevant() -> None:
    found = scored((A, B), Scheme.POOLED, a=ItemCounts(met=1, not_met=3), b=ItemCounts(met=6))
    assert found.score == Score(Fraction(70))


@pytest.mark.parametrize("scheme", Scheme)
def test_a_reported_item_is_no_part_of_the_criterion(scheme: Scheme) -> None:
    shown = item("shown", reported_only=True)
    found = scored((A, shown), scheme, a=ItemCounts(met=1), shown=ItemCounts(not_met=9, unknown=1))
    assert found.score == Score(Fraction(100))
    assert ends(found) == ("100", "100")
    assert found.items[1].score == Score(Fraction(0))


def test_unknowns_give_an_item_its_bounds() -> None:
    found = scored((A,), a=ItemCounts(met=3, not_met=5, unknown=2))
    assert found.score == Score(Fraction(75, 2))
    assert ends(found) == ("30", "50")


def test_without_unknowns_both_bounds_are_the_score() -> None:
    assert ends(scored((A,), a=ItemCounts(met=1, not_met=3))) == ("25", "25")


def test_only_unknowns_is_no_score_between_0_and_100() -> None:
    found = scored((A,), a=ItemCounts(unknown=2))
    assert found.items[0].score is None
    assert found.score is None
    assert ends(found) == ("0", "100")


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [(Scheme.MEAN, ("50", "100")), (Scheme.LOWEST, ("0", "100")), (Scheme.POOLED, ("50", "100"))],
)
def test_an_item_with_only_unknowns_joins_the_bounds_but_not_the_score(
    scheme: Scheme, expected: tuple[str, str]
) -> None:
    found = scored((A, B), scheme, a=ItemCounts(met=2), b=ItemCounts(unknown=2))
    assert found.score == Score(Fraction(100))
    assert ends(found) == expected


def test_a_section_is_the_mean_of_its_criteria_that_are_scored() -> None:
    criteria = (
        CriterionStructure("X1", "X1", (ItemStructure("X1.a", "a"),)),
        CriterionStructure("X2", "X2", (ItemStructure("X2.a", "a"),)),
        CriterionStructure("X3", "X3", (ItemStructure("X3.a", "a"),)),
        CriterionStructure("X4", "X4", (ItemStructure("X4.a", "a"),), not_scored="A narrower focus"),
    )
    pack = PackStructure("x", "1", "X", None, (SectionStructure("X", "X", criteria),), ())
    counts = {
        "X1.a": ItemCounts(met=1),
        "X2.a": ItemCounts(met=1, not_met=1),
        "X3.a": ItemCounts(not_relevant=3),
        "X4.a": ItemCounts(not_met=5),
    }
    found = score(pack, Tally(5, counts))
    assert found.section("X").score == Score(Fraction(75))
    assert found.criterion("X4").score is None
    assert found.criterion("X4").bounds is None
    assert found.item("X4.a").score == Score(Fraction(0))
    with pytest.raises(KeyError):
        found.criterion("X5")


@pytest.mark.parametrize(
    ("value", "exact", "rounded"),
    [
        ("80", "outstanding", "outstanding"),
        ("79.99", "good", "outstanding"),
        ("64.5", "requires_improvement", "good"),
        ("64.49", "requires_improvement", "requires_improvement"),
        ("49.9", "inadequate", "requires_improvement"),
        ("0", "inadequate", "inadequate"),
    ],
)
def test_bands_test_the_exact_score_unless_they_say_rounded(value: str, exact: str, rounded: str) -> None:
    on_rounded = Bands(BANDS.name, BANDS.levels, rounded=True)
    assert rating_of(BANDS, Score(Fraction(value))) == exact
    assert rating_of(on_rounded, Score(Fraction(value))) == rounded


def test_below_all_levels_without_otherwise_there_is_no_rating() -> None:
    bands = Bands("short", (BandLevel("good", Fraction(65)),))
    assert rating_of(bands, Score(Fraction(64))) is None


@pytest.mark.parametrize("counts", [ItemCounts(), ItemCounts(unknown=3)])
def test_no_score_is_no_rating_and_otherwise_does_not_catch_it(counts: ItemCounts) -> None:
    rated = CriterionStructure("X1", "X", (A,), bands=BANDS)
    assert card(rated, a=counts).criterion("X1").rating is None
    assert card(rated, a=ItemCounts(not_met=1)).criterion("X1").rating == "inadequate"


# --- thresholds ------------------------------------------------------------------------------------------


def required(at_least: int | None, counts: ItemCounts, not_scored: str | None = None) -> Scorecard:
    asked = Fraction(at_least) if at_least is not None else None
    return card(CriterionStructure("X1", "X", (A,), requires=asked, not_scored=not_scored), a=counts)


def test_a_threshold_holds_at_its_exact_score() -> None:
    assert check_thresholds(required(65, ItemCounts(met=13, not_met=7))).held


def test_a_score_that_only_rounds_to_the_threshold_falls_short_and_says_why() -> None:
    found = check_thresholds(required(65, ItemCounts(met=20, not_met=11)))
    assert not found.held
    assert [one.sentence for one in found.short] == ["X1 reaches 64.51612…%; 65% is required"]
    found = check_thresholds(required(65, ItemCounts(met=129, not_met=71)))
    assert [one.sentence for one in found.short] == ["X1 reaches 64.5%; 65% is required"]


def test_no_score_is_no_shortfall_and_is_said() -> None:
    found = check_thresholds(required(65, ItemCounts(not_relevant=3)))
    assert found.held
    assert found.without_score == ("X1",)


def test_the_run_can_ask_for_more_but_not_for_less() -> None:
    half = ItemCounts(met=1, not_met=1)
    assert check_thresholds(required(None, half)).held
    assert not check_thresholds(required(None, half), least=Fraction(51)).held
    assert not check_thresholds(required(40, half), least=Fraction(51)).held
    assert not check_thresholds(required(65, half), least=Fraction(10)).held


def test_nothing_is_required_of_a_criterion_that_is_not_scored() -> None:
    found = check_thresholds(required(None, ItemCounts(not_met=1), "A narrower focus"), least=Fraction(90))
    assert found.held
    assert found.without_score == ()
