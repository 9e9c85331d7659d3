"""What holds of scores whatever the cases: order, splits, improvement, bounds (M9, M10)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from random import Random

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from rulelang.model.structure import CriterionStructure, ItemStructure, PackStructure, SectionStructure
from rulelang.outcomes import ItemOutcome
from rulelang.scoring.scores import CriterionScore, ItemScore, Score, Scorecard, SectionScore, score
from rulelang.scoring.tally import ItemCounts, Tally, total
from rulelang.syntax.ast import Scheme

# A case is the outcome of each item, by id.
Case = dict[str, ItemOutcome]


@st.composite
def packs(draw: st.DrawFn) -> PackStructure:
    sections = []
    for s in range(draw(st.integers(1, 2))):
        criteria = []
        for c in range(draw(st.integers(1, 3))):
            items = tuple(
                ItemStructure(
                    f"S{s}C{c}.i{i}",
                    "item",
                    weight=Fraction(draw(st.sampled_from([1, 1, 2, 3]))),
                    reported_only=draw(st.integers(0, 5)) == 0,
                )
                for i in range(draw(st.integers(1, 4)))
            )
            scheme = draw(st.sampled_from(list(Scheme)))
            criteria.append(CriterionStructure(f"S{s}C{c}", "criterion", items, scheme=scheme))
        sections.append(SectionStructure(f"S{s}", "section", tuple(criteria)))
    return PackStructure("p", "1", "P", None, tuple(sections), ())


def item_ids(pack: PackStructure) -> list[str]:
    return [item.id for section in pack.sections for one in section.criteria for item in one.items]


@st.composite
def packs_and_cases(draw: st.DrawFn) -> tuple[PackStructure, list[Case]]:
    pack = draw(packs())
    outcomes = st.sampled_from(list(ItemOutcome))
    case = st.fixed_dictionaries(dict.fromkeys(item_ids(pack), outcomes))
    return pack, draw(st.lists(case, max_size=8))


def tallied(cases: Sequence[Case]) -> Tally:
    return total(
        Tally(1, {name: evolve(ItemCounts(), **{outcome.key: 1}) for name, outcome in case.items()})
        for case in cases
    )


def parts_of(card: Scorecard) -> list[SectionScore | CriterionScore | ItemScore]:
    return [*card.sections, *card.criteria, *(item for one in card.criteria for item in one.items)]


def every_score(card: Scorecard) -> list[Score | None]:
    return [part.score for part in parts_of(card)]


def all_bounds(card: Scorecard) -> list[tuple[Score, Score] | None]:
    return [(one.bounds.lowest, one.bounds.highest) if one.bounds else None for one in parts_of(card)]


@given(packs_and_cases(), st.randoms(use_true_random=False))
def test_the_order_of_cases_does_not_matter(drawn: tuple[PackStructure, list[Case]], random: Random) -> None:
    pack, cases = drawn
    shuffled = random.sample(cases, len(cases))
    assert score(pack, tallied(shuffled)) == score(pack, tallied(cases))


@given(packs_and_cases(), st.data())
def test_counts_of_any_split_add_up_to_those_of_the_whole(
    drawn: tuple[PackStructure, list[Case]], data: st.DataObject
) -> None:
    pack, cases = drawn
    places = data.draw(st.lists(st.integers(0, 3), min_size=len(cases), max_size=len(cases)))
    parts = [
        tallied([case for case, at in zip(cases, places, strict=True) if at == part]) for part in range(4)
    ]
    whole, backwards = total(parts), total(reversed(parts))
    assert whole == backwards == tallied(cases)
    assert score(pack, whole) == score(pack, tallied(cases))


@given(packs_and_cases(), st.data())
def test_a_case_turning_from_not_met_to_met_never_lowers_a_score(
    drawn: tuple[PackStructure, list[Case]], data: st.DataObject
) -> None:
    pack, cases = drawn
    failing = [
        (at, name)
        for at, case in enumerate(cases)
        for name, outcome in case.items()
        if outcome is ItemOutcome.NOT_MET
    ]
    assume(failing)
    at, name = data.draw(st.sampled_from(failing))
    better = [{**case, name: ItemOutcome.MET} if n == at else case for n, case in enumerate(cases)]
    before, after = score(pack, tallied(cases)), score(pack, tallied(better))
    for old, new in zip(every_score(before), every_score(after), strict=True):
        assert (old is None) == (new is None)
        assert old is None or new is None or new >= old
    for was, now in zip(all_bounds(before), all_bounds(after), strict=True):
        assert (was is None) == (now is None)
        assert was is None or now is None or (now[0] >= was[0] and now[1] >= was[1])
    assert after.item(name).score > before.item(name).score  # type: ignore[operator]


SILENT = [ItemOutcome.NOT_RELEVANT, ItemOutcome.EXCUSED, ItemOutcome.NOT_YET_DUE]


@given(packs_and_cases(), st.data())
def test_not_relevant_excused_and_not_yet_due_change_nothing(
    drawn: tuple[PackStructure, list[Case]], data: st.DataObject
) -> None:
    pack, cases = drawn
    silent = st.fixed_dictionaries({name: st.sampled_from(SILENT) for name in item_ids(pack)})
    more = data.draw(st.lists(silent, min_size=1, max_size=3))
    before, after = score(pack, tallied(cases)), score(pack, tallied(cases + more))
    assert every_score(after) == every_score(before)
    assert all_bounds(after) == all_bounds(before)


@given(packs_and_cases())
def test_every_score_lies_in_its_bounds(drawn: tuple[PackStructure, list[Case]]) -> None:
    card = score(drawn[0], tallied(drawn[1]))
    for value, bounds in zip(every_score(card), all_bounds(card), strict=True):
        if bounds is None:
            assert value is None
            continue
        assert Score(Fraction(0)) <= bounds[0] <= bounds[1] <= Score(Fraction(100))
        assert value is None or bounds[0] <= value <= bounds[1]


@given(packs_and_cases())
def test_no_relevant_case_is_no_score_and_any_other_has_one(drawn: tuple[PackStructure, list[Case]]) -> None:
    pack, cases = drawn
    card = score(pack, tallied(cases))
    decided = {
        name
        for case in cases
        for name, outcome in case.items()
        if outcome in (ItemOutcome.MET, ItemOutcome.NOT_MET)
    }
    for criterion in card.criteria:
        for item in criterion.items:
            assert (item.score is not None) == (item.structure.id in decided)
        part = [item for item in criterion.items if not item.structure.reported_only]
        assert (criterion.score is not None) == any(item.score for item in part)
    for section in card.sections:
        assert (section.score is not None) == any(criterion.score for criterion in section.criteria)


@given(
    st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=3),
    st.sampled_from(list(Scheme)),
)
def test_bounds_hold_for_every_way_the_unknowns_can_fall(
    drawn: list[tuple[int, int, int]], scheme: Scheme
) -> None:
    """Met or not met, they reach the bounds; not relevant too, they stay within them."""
    items = tuple(ItemStructure(f"C.i{n}", "item", weight=Fraction(n + 1)) for n in range(len(drawn)))
    criterion = CriterionStructure("C", "criterion", items, scheme=scheme)
    pack = PackStructure("p", "1", "P", None, (SectionStructure("S", "section", (criterion,)),), ())

    def scored(counts: Sequence[ItemCounts]) -> tuple[Score | None, tuple[Score, Score] | None]:
        card = score(pack, Tally(0, {item.id: one for item, one in zip(items, counts, strict=True)}))
        return card.sections[0].score, all_bounds(card)[0]

    _, bounds = scored([ItemCounts(met=m, not_met=n, unknown=u) for m, n, u in drawn])
    decided, reachable = [], []
    for fall in product(*[[(a, b) for a in range(u + 1) for b in range(u + 1 - a)] for _, _, u in drawn]):
        counts = [ItemCounts(met=m + a, not_met=n + b) for (m, n, _), (a, b) in zip(drawn, fall, strict=True)]
        value, _ = scored(counts)
        if value is None:
            continue
        reachable.append(value)
        if all(a + b == u for (a, b), (_, _, u) in zip(fall, drawn, strict=True)):
            decided.append(value)
    if bounds is None:
        assert not reachable
        return
    assert (min(decided), max(decided)) == bounds
    assert (min(reachable), max(reachable)) == bounds
