"""Limits on a population: the same groups are over them by every engine, and what is missing is counted as that."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rulelang
from rulelang.diagnostics import RulesError
from rulelang.reporting.csv_view import render_csv
from rulelang.reporting.json_view import result_document
from rulelang.reporting.text import render_text
from rulelang.scoring.limits import limited
from rulelang.scoring.result import merged

RULES = """\
pack ours version "1"
  calendar england_and_wales

record case read from "cases"
  crn      text key
  officer  text optional
  open     yes/no optional
  judged   judgement optional
  begun    date
  done     date optional

timescale plan "A plan in time"
  from begun
  to done
  within 5 working days

limit caseload "No officer holds more than two cases"
  source "Circular 25/2004"
  for each officer
  at most 2
  counted when open and judged

limit late "No officer has a late plan"
  for each officer
  at most 0
  counted when plan is overdue

criterion A1
  item open
    met when open
"""
AS_AT = dt.date(2024, 3, 1)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def case(number: int, officer: str | None, is_open: bool | None = True, **more: Any) -> dict[str, Any]:
    made = {
        "crn": str(number),
        "officer": officer,
        "open": is_open,
        "judged": True,
        "begun": dt.date(2024, 1, 8),
    }
    return {**made, "done": dt.date(2024, 1, 8), **more}


CASES = [
    *(case(number, "Ann") for number in range(3)),
    *(case(number, "Bob", is_open) for number, is_open in enumerate([True, True, None], 3)),
    case(6, "Cy", done=None),
    case(7, "Cy", False),
    case(8, None),
    case(9, "Dee", judged="N/A"),
]


@pytest.fixture(scope="module")
def pack() -> rulelang.Pack:
    return rulelang.load_text(RULES)


def test_groups_over_a_limit_are_told_with_those_that_may_be(pack: rulelang.Pack):
    result = pack.check(CASES, as_at=AS_AT)
    caseload, late = limited(result.structure, result.populations)
    assert [(one.value, one.counted) for one in caseload.over] == [("Ann", 3)]
    assert [(one.value, one.counted, one.unknown) for one in caseload.maybe] == [("Bob", 2, 1)]
    assert (caseload.groups, caseload.without) == (3, 1)
    assert [(one.value, one.counted) for one in late.over] == [("Cy", 1)]


def test_the_report_names_them(pack: rulelang.Pack):
    text = render_text(pack.check(CASES, as_at=AS_AT), width=80)
    assert text[text.index("Limits") :].splitlines()[:7] == [
        "Limits",
        "  caseload No officer holds more than two cases",
        "    1 of 3 values of `officer` has more than 2 cases: Ann (3)",
        "    1 may have, for want of what decides it: Bob (2 to 3)",
        "    1 case names no `officer`",
        "  late No officer has a late plan",
        "    1 of 1 values of `officer` has more than 0 cases: Cy (1)",
    ]


def test_a_table_has_a_row_for_each(pack: rulelang.Pack):
    rows = [
        row.split(",")
        for row in render_csv(pack.check(CASES, as_at=AS_AT)).splitlines()
        if row.startswith("limit")
    ]
    assert [(row[3], row[6], row[-2]) for row in rows] == [
        ("caseload", "Ann", "over"),
        ("caseload", "Bob", "may be over"),
        ("late", "Cy", "over"),
    ]


def test_parts_add(pack: rulelang.Pack):
    whole = pack.check(CASES, as_at=AS_AT)
    parts = [pack.check(some, as_at=AS_AT) for some in (CASES[:2], CASES[2:])]
    assert merged(parts).populations == whole.populations


def test_cases_out_of_scope_are_not_counted(pack: rulelang.Pack):
    result = pack.check(CASES, as_at=AS_AT, where='officer is not "Ann"')
    assert next(iter(limited(result.structure, result.populations))).over == ()


OFFICERS = st.sampled_from([None, "Ann", "Bob", " Ann", "", "team 10"])
TABLES = st.lists(
    st.tuples(OFFICERS, st.none() | st.booleans(), st.sampled_from(["Yes", "No", "N/A", "", "odd"])),
    max_size=12,
)


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
@few
@given(TABLES)
def test_every_engine_counts_alike(rows: list[Any]):
    import pyarrow as pa

    pack = rulelang.load_text(RULES)

    table = pa.table(
        {
            "crn": [str(number) for number in range(len(rows))],
            "officer": pa.array([one[0] for one in rows], pa.string()),
            "open": pa.array([one[1] for one in rows], pa.bool_()),
            "judged": pa.array([one[2] for one in rows], pa.string()),
            "begun": pa.array([dt.date(2024, 1, 8)] * len(rows), pa.date32()),
            "done": pa.array([dt.date(2024, 1, 8 + number % 9) for number in range(len(rows))], pa.date32()),
        }
    )
    one, other = (pack.check(table, as_at=AS_AT, engine=engine) for engine in ("python", "duckdb"))
    assert one.populations == other.populations
    assert result_document(one)["limits"] == result_document(other)["limits"]
    assert not any("case by case" in note for note in other.notes)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("limit x\n  at most 5\n", "missing-clause"),
        ("limit x\n  for each officer\n", "missing-clause"),
        ("limit x\n  for each offcer\n  at most 5\n", "unknown-name"),
        ("limit x\n  for each officer\n  at most 2.5\n", "wrong-score"),
        ("limit x\n  for each officer\n  at most 5\n  counted when officer\n", "not-a-condition"),
    ],
)
def test_a_mistake_is_told(limit: str, code: str):
    with pytest.raises(RulesError) as error:
        rulelang.load_text(RULES + limit)
    assert [one.code for one in error.value.diagnostics if one.is_error] == [code]
