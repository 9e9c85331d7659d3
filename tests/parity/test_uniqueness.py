"""A value that no other row of the file has: by counting, by every engine, and in parts (decision 0020)."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rulelang
from rulelang.reporting.json_view import result_document
from rulelang.scoring.result import Result, merged

RULES = """
pack census version "1"

record child read from "children"
  child_id  text key
  upn       text optional
  points    number optional
  born      date optional
  plans     list of plan by child_id

record plan read from "plans"
  plan_id   text key
  started   date optional
  visits    list of visit by plan_id

record visit read from "visits"
  held      date optional

section A
criterion A1
  item upn
    met when upn is known

validation upn
  requires upn is unique

validation points
  applies when born is known
  requires points is unique

validation started
  of plan
  requires started is unique

validation held
  of visit
  requires held is unique
"""
PACK = rulelang.load_text(RULES)
AS_AT = dt.date(2026, 1, 1)
DAYS = st.sampled_from([None, "2025-01-01", "2025-01-02", "01/01/2025", "2030-01-01", "unclear"])
VISITS = st.lists(st.fixed_dictionaries({"held": DAYS}), max_size=2)
PLANS = st.lists(
    st.fixed_dictionaries({"plan_id": st.sampled_from("pqrstuvwxyz"), "started": DAYS, "visits": VISITS}),
    max_size=3,
)
CHILDREN = st.lists(
    st.fixed_dictionaries(
        {
            "child_id": st.sampled_from([None, *"abcdefgh"]),
            "upn": st.sampled_from([None, "", "A", "B", " B ", "b"]),
            "points": st.sampled_from([None, "1", "1.0", "2.5", "2.50", "many"]),
            "born": DAYS,
            "plans": PLANS,
        }
    ),
    min_size=1,
    max_size=6,
)
thorough = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def counts(result: Result) -> dict[str, tuple[int, int, int, int]]:
    """Return how many rows of each validation passed, failed, were not checked and were not asked."""
    found = {}
    for one in ("upn", "points", "started", "held"):
        each = result.tally.items[one]
        found[one] = (each.met, each.not_met, each.unknown, each.not_relevant)
    return found


def by_counting(cases: list[dict[str, Any]]) -> dict[str, tuple[int, int, int, int]]:
    """Return the same by counting the values of typed rows."""
    plans = [plan for case in cases for plan in case["plans"]]
    visits = [visit for plan in plans for visit in plan["visits"]]
    found = {}
    for name, rows in (("upn", cases), ("points", cases), ("started", plans), ("held", visits)):
        values = Counter(row[name] for row in rows if is_there(row[name]))
        asked = [row for row in rows if name != "points" or is_there(row["born"])]
        known = [row[name] for row in asked if is_there(row[name])]
        # Whether an unreadable date of birth is known is not known: such a child is not checked.
        doubtful = [row for row in rows if name == "points" and row["born"] is rulelang.truth.UNREADABLE]
        once = sum(values[one] == 1 for one in known)
        unknown = len(asked) - len(known) + len(doubtful)
        found[name] = (once, len(known) - once, unknown, len(rows) - len(asked) - len(doubtful))
    return found


def is_there(value: Any) -> bool:
    return value is not None and value is not rulelang.truth.UNREADABLE


def written(children: list[dict[str, Any]], folder: str) -> Path:
    path = Path(folder) / "children.json"
    path.write_text(json.dumps(children), encoding="utf-8")
    return path


@thorough
@given(CHILDREN)
@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_every_engine_finds_what_counting_finds(children: list[dict[str, Any]]) -> None:
    problems = rulelang.reading.Problems()
    cases = [one.row for one in PACK.read_data(children, problems=problems).cases]
    with tempfile.TemporaryDirectory() as folder:
        path = written(children, folder)
        told: dict[str, list[Any]] = {"python": [], "duckdb": []}
        results = {}
        for engine, said in told.items():

            def each(case: Any, judgement: Any, said: list[Any] = said) -> None:
                said.extend((case.key, one.id, one.verdict, one.reason) for one in judgement.validations)

            PACK.check(path, as_at=AS_AT, engine=engine, each=each)
            results[engine] = PACK.check(path, as_at=AS_AT, engine=engine)
    assert counts(results["python"]) == by_counting(cases)
    assert result_document(results["duckdb"]) == result_document(results["python"])
    assert results["duckdb"].tally == results["python"].tally
    assert told["duckdb"] == told["python"]


@thorough
@given(CHILDREN)
def test_of_parts_what_failed_has_failed_and_what_passed_is_not_known(children: list[dict[str, Any]]) -> None:
    for number, child in enumerate(children):
        child["child_id"] = f"c{number}"
        child["plans"] = [{**one, "plan_id": f"c{number}/{n}"} for n, one in enumerate(child["plans"])]
    whole, *parts = (
        PACK.check(some, as_at=AS_AT, engine="python") for some in (children, children[::2], children[1::2])
    )
    together = merged(parts)
    for name, (passed, failed, unknown, aside) in counts(together).items():
        all_passed, all_failed, all_unknown, all_aside = counts(whole)[name]
        assert passed == 0
        assert failed <= all_failed
        assert aside == all_aside
        assert failed + unknown == all_passed + all_failed + all_unknown
    assert merged([whole]).tally == whole.tally
    assert together.scorecard == whole.scorecard


def test_numbers_are_compared_as_numbers() -> None:
    rows = [
        {"child_id": "a", "points": "1.50", "born": "2020-01-01", "plans": []},
        {"child_id": "b", "points": Fraction(3, 2), "plans": []},
    ]
    assert counts(PACK.check(rows, as_at=AS_AT, engine="python"))["points"] == (0, 1, 0, 1)


def test_a_case_by_itself_is_the_whole_file() -> None:
    judged = PACK.evaluate({"upn": "A", "plans": [{"started": "2025-01-01"}] * 2}, as_at=AS_AT)
    assert judged.validation("upn")[0].verdict.value == "passes"
    assert [one.verdict.value for one in judged.validation("started")] == ["fails", "fails"]
    assert "the clash is with" in judged.validation("started")[0].reason
    assert PACK.outcomes(judged.case, as_at=AS_AT) == {"A1.upn": rulelang.ItemOutcome.MET}


def test_a_file_that_repeats_much_is_not_searched_value_by_value() -> None:
    children = [
        {
            "child_id": f"c{n}",
            "upn": f"{n // 2}",
            "plans": [{"plan_id": f"p{n}", "started": None, "visits": []}],
        }
        for n in range(2_000)
    ]
    result = PACK.check(children, as_at=AS_AT, engine="python")
    assert counts(result)["upn"] == (0, 2_000, 0, 0)
