"""What a validation comes to over a file: from counts alone, and never more than the rows say."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from typing import Any

import pytest

import rulelang
from rulelang.model.structure import PackStructure, Severity, Share, ValidationStructure
from rulelang.reporting.json_view import result_document
from rulelang.reporting.text import render_text
from rulelang.scoring.result import merged
from rulelang.scoring.tally import ItemCounts, Tally
from rulelang.scoring.validations import validated

RULES = """pack cin version "1"
record child read from "children"
  child_id  text key
  born      date optional
  gender    one of m or f optional
  referred  date
  plans     list of plan by child_id

record plan read from "plans"
  plan_id   text key
  started   date optional
  ended     date optional
  visits    list of visit by plan_id

record visit read from "visits"
  held      date optional

criterion A1
  item x
    met when born is known

validation v8925 "The plan ends before it starts"
  of plan
  applies when ended is known
  requires ended on or after started

validation born_first "Born after the referral"
  requires born on or before referred
  severity query

validation seen "Seen before the birth"
  of visit
  requires held on or after child.born

validation genders "Too many without a gender"
  of the whole file
  requires at most 20% of cases have (gender is missing)

validation starts "Too few starts"
  of the whole file
  requires at least 50% of plans have (started on or after child.born)
"""
D = dt.date
CASES: list[dict[str, Any]] = [
    {
        "child_id": "A", "born": D(2020, 1, 1), "gender": "m", "referred": D(2020, 2, 1),
        "plans": [
            {"plan_id": "p1", "started": D(2020, 1, 1), "ended": D(2019, 1, 1), "visits": [{"held": D(2019, 1, 1)}]},
            {"plan_id": "p2", "started": D(2020, 1, 1), "ended": D(2021, 1, 1), "visits": []},
        ],
    },
    {"child_id": "B", "born": D(2021, 1, 1), "referred": D(2020, 2, 1), "plans": [{"plan_id": "p3", "visits": []}]},
    # Not there on the as-at date, and checked all the same.
    {
        "child_id": "C", "gender": "f", "referred": D(2030, 2, 1),
        "plans": [{"plan_id": "p4", "ended": D(2029, 1, 1), "visits": []}],
    },
]  # fmt: skip
ENGINES = ["python", pytest.param("duckdb", marks=pytest.mark.needs("duckdb", "numpy", "pyarrow"))]


def found(result: Any) -> dict[str, tuple[int, int, int, int]]:
    return {
        one.structure.id: (one.failed, one.checked, one.not_checked, one.not_applicable)
        for one in validated(result.structure, result.tally)
    }


def tables() -> dict[str, Any]:
    import pyarrow as pa

    return {"child": pa.Table.from_pylist(CASES)}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.needs("pyarrow")
def test_every_row_that_was_read_is_asked_whatever_the_date(engine: str) -> None:
    result = rulelang.load_text(RULES).check(tables(), as_at=D(2024, 1, 1), engine=engine)
    assert result.population.not_yet_begun == 1
    assert found(result) == {
        "v8925": (1, 2, 1, 1),
        "born_first": (1, 2, 1, 0),
        "seen": (1, 1, 0, 0),
        "genders": (1, 1, 0, 0),
        # Two of two plans that say so; one of four may be anything, and one has no start: 2 of 4 at the least.
        "starts": (0, 1, 0, 0),
    }


def test_parts_add_up_to_the_whole() -> None:
    pack = rulelang.load_text(RULES)
    whole = pack.check(CASES, as_at=D(2024, 1, 1))
    parts = [pack.check(CASES[:1], as_at=D(2024, 1, 1)), pack.check(CASES[1:], as_at=D(2024, 1, 1))]
    assert found(merged(parts)) == found(whole)


def test_a_share_is_decided_where_no_missing_row_could_change_it() -> None:
    share = Share(at_least=False, fraction=Fraction(1, 50))
    structure = PackStructure(
        "p", "1", "p", None, (), (), (ValidationStructure("v", "v", Severity.ERROR, "case", None, share),)
    )

    def verdict(yes: int, no: int, missing: int) -> tuple[int, int, int]:
        (one,) = validated(structure, Tally(items={"v": ItemCounts(met=yes, not_met=no, unknown=missing)}))
        return one.failed, one.checked, one.not_checked

    assert verdict(2, 98, 0) == (0, 1, 0)
    assert verdict(3, 97, 0) == (1, 1, 0)
    assert verdict(2, 97, 1) == (0, 0, 1)
    assert verdict(3, 96, 1) == (1, 1, 0)
    assert verdict(0, 0, 0) == (0, 0, 1)


def test_reports_say_what_failed_and_what_could_not_be_checked() -> None:
    result = rulelang.load_text(RULES).check(CASES, as_at=D(2024, 1, 1))
    text = render_text(result)
    assert "Validations: 4 of 5 failed" in text
    assert "error: 1 of 2 plan rows failed; 1 not checked, 1 not applicable" in text
    assert "query: 1 of 2 child rows failed; 1 not checked" in text
    assert "error: 33.3% of 3 rows, and at most 20% is required" in text
    assert "passed: 100.0% of 2 rows (at least 50% is required)" in text
    told = json.loads(json.dumps(result_document(result)))["validations"]
    assert [(one["id"], one["severity"], one["failed"], one["checked"]) for one in told][:2] == [
        ("v8925", "error", 1, 2),
        ("born_first", "query", 1, 2),
    ]


def test_a_judgement_names_the_row_that_failed() -> None:
    judgement = rulelang.load_text(RULES).evaluate(CASES[0], as_at=D(2024, 1, 1))
    failed = [one for one in judgement.validations if one.verdict.value == "fails"]
    assert [(one.id, one.record, one.key) for one in failed] == [
        ("v8925", "plan", "p1"),
        ("seen", "visit", None),
    ]
    assert failed[0].reason == (
        "`ended on or after started` is no: `ended` is Tue 1 January 2019, `started` is Wed 1 January 2020"
    )
