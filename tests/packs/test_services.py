"""The packs of other services: their examples hold, and their exports come out the same by every engine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.reporting.json_view import result_document
from rulelang.scoring.validations import validated
from rulelang.testing.examples import run_examples

ROOT = Path(__file__).parents[2]
AS_AT = {
    "cqc_adult_social_care": dt.date(2023, 6, 30),
    "hmi_probation_2021": dt.date(2022, 6, 30),
    "hmi_probation_2023": dt.date(2024, 6, 30),
    "hmi_youth_justice_2018": dt.date(2022, 6, 30),
    "children_in_need_census": dt.date(2026, 3, 31),
    "childrens_social_care": dt.date(2025, 9, 30),
    "civil_procedure": dt.date(2025, 9, 30),
    "freedom_of_information": dt.date(2026, 7, 1),
    "national_standards": dt.date(2005, 3, 1),
    "nhs_cancer_waits": dt.date(2025, 8, 31),
    "nhs_emergency_care": dt.date(2026, 3, 31),
    "nhs_referral_to_treatment": dt.date(2025, 8, 31),
    "planning_appeals": dt.date(2026, 7, 1),
    "planning_decisions": dt.date(2026, 7, 1),
    "subject_access": dt.date(2026, 7, 1),
}


@pytest.mark.parametrize("name", AS_AT)
def test_the_examples_hold(name: str) -> None:
    pack = rulelang.load(name)
    assert [one.title for one in run_examples(pack) if not one.passed] == []


def counts(result: Any) -> Any:
    told = result_document(result)
    return told["sections"], told["timescales"], told["validations"], told["ratings"]


@pytest.mark.parametrize("name", AS_AT)
@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_an_export_comes_out_the_same_by_every_engine(name: str) -> None:
    pack = rulelang.load(name)
    export = str(ROOT / "examples" / name / "export")
    one = pack.check(export, as_at=AS_AT[name], engine="python")
    other = pack.check(export, as_at=AS_AT[name], engine="duckdb")
    assert counts(one) == counts(other)


@pytest.mark.parametrize("name", AS_AT)
def test_an_export_is_clean_and_judged_whole(name: str) -> None:
    result = rulelang.load(name).check(str(ROOT / "examples" / name / "export"), as_at=AS_AT[name])
    told = result_document(result)
    assert told["data_problems"] == []
    assert told["cases"]["read"] == told["cases"]["judged"] > 0


def test_the_census_has_31_checks_and_its_export_fails_those_that_it_is_made_to_fail() -> None:
    pack = rulelang.load("children_in_need_census")
    result = pack.check(
        str(ROOT / "examples" / "children_in_need_census" / "export"), as_at=AS_AT["children_in_need_census"]
    )
    found = validated(result.structure, result.tally)
    assert len(found) == 31
    assert {one.structure.id: one.failed for one in found if one.failed and one.is_error} == {
        "one_birth": 1,
        "gender_known": 1,
        "v2886": 1,
        "ethnicity_code": 1,
        "upn_length": 1,
        "upn_letter": 1,
        "ended_after_referral": 1,
        "reason_with_end": 1,
        "end_with_reason": 1,
        "need_code": 1,
        "one_open": 2,
        "assessed_after_referral": 1,
        "v8925": 1,
        "review_in_plan": 2,
    }


def test_every_shipped_pack_has_a_page_and_is_in_the_list() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for folder in (ROOT / "rules").iterdir():
        assert (ROOT / "docs" / "packs" / f"{folder.name}.md").exists(), folder.name
        assert f"packs/{folder.name}.md" in index, folder.name


def test_nine_standards_come_to_27_points() -> None:
    pack = rulelang.load("hmi_probation_2021")
    given = {
        "leadership": "requires_improvement",
        "staff": "inadequate",
        "services": "good",
        "information": "good",
    }
    export = str(ROOT / "examples" / "hmi_probation_2021" / "export")
    result = pack.check(export, as_at=AS_AT["hmi_probation_2021"], ratings=given)
    levels = {one.structure.id: one.level for one in result.scorecard.ratings}
    assert levels == {
        **given,
        "assessment": "inadequate",
        "planning": "requires_improvement",
        "delivery": "requires_improvement",
        "reviewing": "inadequate",
        "outcomes": "inadequate",
        "overall": "requires_improvement",
    }
    assert result.scorecard.rating("overall").points == 1 + 0 + 2 + 2 + 0 + 1 + 1 + 0 + 0


def test_the_published_principles_leave_gaps_and_clash() -> None:
    pack = rulelang.load(ROOT / "examples" / "cqc_adult_social_care" / "as_published.rules")
    such = "3 good, 1 requires improvement, 1 inadequate"
    assert [(one.code, one.message) for one in pack.warnings] == [
        ("rating-gap", f"no line of `overall` holds for 240 of 1,024 combinations, such as {such}"),
        ("rating-overlap", "`requires_improvement` and `inadequate` both hold for 80 of 1,024 combinations"),
        ("rating-overlap", "`outstanding` and `good` both hold for 26 of 1,024 combinations"),
    ]


def test_rules_for_a_service_without_a_pack_stand_beside_their_export() -> None:
    folder = ROOT / "examples" / "housing_complaints"
    pack = rulelang.load(folder / "complaints.rules")
    assert pack.warnings == ()
    assert [one.passed for one in run_examples(pack)] == [True, True]
    result = pack.check(str(folder / "export"), as_at=dt.date(2025, 3, 1))
    told = result_document(result)
    assert told["data_problems"] == []
    assert [(one["id"], one["failed"], one["checked"]) for one in told["validations"]] == [
        ("told_of_extension", 0, 2),
        ("extension", 1, 2),
    ]
