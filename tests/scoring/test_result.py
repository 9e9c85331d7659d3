"""Results of parts put together, groups in reading order, and findings in words (M10)."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest
from attrs import evolve

from rulelang.model.structure import CriterionStructure, ItemStructure, PackStructure, SectionStructure
from rulelang.reading.problems import DataProblem, ProblemKind, ProblemTotal
from rulelang.scoring.findings import FINDING_FIELDS, finding_of
from rulelang.scoring.result import (
    DataProblems,
    MergeError,
    Result,
    groups_of,
    merged,
)
from rulelang.scoring.scores import score
from rulelang.scoring.tally import ItemCounts, Population, Tally, TimescaleCounts, total

FINDING = "{score} of cases ({met} of {relevant}) had one; {not_met} did not"
PACK = PackStructure(
    "p",
    "1",
    "P",
    None,
    (
        SectionStructure(
            "S", "S", (CriterionStructure("C", "C", (ItemStructure("C.a", "a", finding=FINDING),)),)
        ),
    ),
    (),
)


def tally(met: int, not_met: int = 0) -> Tally:
    return Tally(
        met + not_met, {"C.a": ItemCounts(met, not_met)}, {"t": TimescaleCounts(on_time=met, late=not_met)}
    )


def part(met: int, not_met: int, team: str | None, problems: int = 0) -> Result:
    return Result(
        structure=PACK,
        as_at=dt.date(2005, 3, 1),
        population=Population(read=met + not_met + 1, judged=met + not_met, set_aside=1),
        tally=tally(met, not_met),
        grouped_by="team",
        groups=groups_of(PACK, {team: tally(met, not_met)}),
        problems=DataProblems(
            tuple(
                DataProblem("cases.csv", row, "x", "?", "is no date", ProblemKind.UNREADABLE)
                for row in range(problems)
            ),
            (ProblemTotal("unreadable", "cases.csv", "x", problems, False),) if problems else (),
        ),
        notes=("the same note", f"a note of {team}"),
    )


def test_the_scorecard_of_a_result_is_that_of_its_counts() -> None:
    found = part(1, 3, "north")
    assert found.scorecard == score(PACK, found.tally)
    assert found.population.accounted


def test_parts_add_up_to_the_whole() -> None:
    whole = merged([part(1, 3, "north"), part(2, 0, "south"), part(1, 1, "north")])
    assert whole.population == Population(read=11, judged=8, set_aside=3)
    assert whole.tally.items == {"C.a": ItemCounts(met=4, not_met=4)}
    assert whole.tally.timescales == {"t": TimescaleCounts(on_time=4, late=4)}
    assert whole.scorecard == score(PACK, whole.tally)
    assert [(group.value, group.tally.judged) for group in whole.groups] == [("north", 6), ("south", 2)]
    assert whole.groups[0].scorecard == score(PACK, tally(2, 4))
    assert whole.notes == ("the same note", "a note of north", "a note of south")


def test_problems_are_counted_in_full_and_listed_to_a_hundred() -> None:
    whole = merged([part(1, 0, "north", problems=70), part(1, 0, "south", problems=60)])
    assert whole.problems.total == 130
    assert len(whole.problems.listed) == 100
    assert whole.problems.counts == (ProblemTotal("unreadable", "cases.csv", "x", 130, False),)


def test_notes_never_crowd_out_what_needs_repair() -> None:
    def listed(kind: ProblemKind) -> DataProblems:
        return DataProblems(tuple(DataProblem("cases.csv", row, "x", "?", "…", kind) for row in range(80)))

    both = listed(ProblemKind.TIME_DROPPED) + listed(ProblemKind.UNREADABLE)
    kinds = [one.kind for one in both.listed]
    assert kinds == [ProblemKind.UNREADABLE] * 80 + [ProblemKind.TIME_DROPPED] * 20


def test_notes_on_the_export_are_no_problems() -> None:
    notes = DataProblems(counts=(ProblemTotal("time-dropped", "cases.csv", "x", 5, True),))
    assert (notes + notes).total == 0
    assert (notes + notes).counts[0].count == 10


def test_results_of_different_runs_are_not_added() -> None:
    one = part(1, 0, "north")
    with pytest.raises(MergeError, match="differ in their as-at date and their parameters"):
        merged([one, evolve(one, as_at=dt.date(2005, 3, 2), parameters=(("p", "1"),))])
    with pytest.raises(MergeError, match="rules"):
        merged([one, evolve(one, structure=evolve(PACK, version="2"))])
    with pytest.raises(MergeError, match="nothing to merge"):
        merged([])


def test_nothing_added_is_nothing() -> None:
    assert total([]) == Tally()
    assert total([tally(2, 1), Tally()]) == tally(2, 1)


def test_a_result_survives_pickling() -> None:
    found = part(1, 3, "north", problems=1)
    assert pickle.loads(pickle.dumps(found)) == found


def test_groups_come_in_reading_order_with_nothing_recorded_last() -> None:
    values = ["team 10", None, "Team 2", "9", "10", "team 2", "", "Ω"]
    assert [group.value for group in groups_of(PACK, dict.fromkeys(values, tally(1)))] == [
        "", "9", "10", "Team 2", "team 2", "team 10", "Ω", None,
    ]  # fmt: skip


def test_a_finding_has_its_numbers_filled_in() -> None:
    item = score(PACK, tally(3, 12)).item("C.a")
    assert finding_of(item) == "20% of cases (3 of 15) had one; 12 did not"


def test_every_field_of_a_finding_is_filled_in() -> None:
    finding = " ".join(f"{{{name}}}" for name in FINDING_FIELDS)
    item = score(PACK, tally(1500, 500)).item("C.a")
    filled = finding_of(evolve(item, structure=evolve(item.structure, finding=finding)))
    assert filled == "75% 1,500 500 2,000"


def test_without_a_score_there_is_nothing_to_find() -> None:
    item = score(PACK, Tally()).item("C.a")
    assert finding_of(item) is None
    item = score(PACK, tally(1)).item("C.a")
    assert finding_of(evolve(item, structure=evolve(item.structure, finding=None))) is None
