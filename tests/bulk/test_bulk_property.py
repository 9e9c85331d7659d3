"""Exports of any shape: in bulk as row by row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.model.records import Reading
from rulelang.types import DATE, DATETIME, DURATION, JUDGEMENT, NUMBER, PARTIAL_DATE, WHOLE, YES_NO
from tests.bulk.alike import alike_or_refused, assert_alike, few
from tests.reading.schemas import EVERY_TYPE, REVIEW, REVIEWS, RISK, key, may, needed, schema, write
from tests.reading.test_assembly import DEEP

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")

BLANKS = ["", " ", "\u00a0", "-", "not  known"]
KEYS = ["1", "01", " 1", "2", "3 ", "x,y", 'a "b"', "é"]
WORDS = ["Yes", "no", "N/A", "vh", "high", "16 weeks", "P3D", "t", "F", "TRUE"]
NUMBERS = ["1.5", "1e-7", "999999999999999", "-1", "+1", "00", "1,000", "２０"]
DAYS = ["08/04/2004", "04/25/2004", "25/04/2004", "2004-04-08", "204-04-08 ", "08/04/204 ", "0000-01-01"]
DAYS += [
    "1970-01-01",
    "1069-12-31",
    "204-04-08",
    "08/04/204",
    " 08/04/2004",
    "2004-4-8",
    "epoch",
    "infinity",
    "  infinity",
    "epoch     ",
    "2004 04 08",
    "2004/04/08",
    "08-04-2004",
    "2004-04-8 1",
]
DAYS += ["2004", "2004-04", "04/2004", "April 2004", "2004-13"]
MOMENTS = ["2004-04-08 10:30", "2004-04-08T00:00:00", "2004-04-08 24:00:00", "2004-04-08 10:30:60"]
TEXTS = st.sampled_from([*BLANKS, *KEYS, *WORDS, *NUMBERS, *DAYS, *MOMENTS])
READINGS = st.sampled_from(
    [
        Reading(day_first=True),
        Reading(day_first=False, missing=("not known", "-1", "2004-04-08")),
        Reading(missing=("-", "no")),
        Reading(day_first=True, time_zone="Europe/London", missing=("08/04/2004", "1.5", "T")),
    ]
)


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(one in text for one in ',"\n') else text


def table(headings: list[str]) -> st.SearchStrategy[str]:
    row = st.lists(TEXTS, min_size=len(headings), max_size=len(headings))
    lines = st.lists(row, max_size=8)
    return lines.map(lambda rows: "".join(",".join(map(cell, one)) + "\n" for one in [headings, *rows]))


EVERY = [one.name for one in EVERY_TYPE.case.fields]
REQUIRED = [
    key(),
    needed("note"),
    needed("agreed", YES_NO),
    needed("good", JUDGEMENT),
    needed("visits", WHOLE),
    needed("cost", NUMBER),
    needed("commenced", DATE),
    needed("seen_at", DATETIME),
    needed("born", PARTIAL_DATE),
    needed("length", DURATION),
    needed("risk", RISK.type, choice=RISK),
]


@few
@given(text=table(EVERY), reading=READINGS, required=st.booleans())
def test_any_cells(tmp_path, text: str, reading: Reading, required: bool):
    of = schema(*(REQUIRED if required else EVERY_TYPE.case.fields), reading=reading)
    alike_or_refused(of, [write(tmp_path, cases_csv=text)])


@few
@given(cases=table(["crn", "commenced", "officer"]), reviews=table(["crn", "completed", "sufficient"]))
def test_any_children(tmp_path, cases: str, reviews: str):
    of = schema(key(), needed("commenced", DATE), may("officer"), REVIEWS, children=(REVIEW,))
    alike_or_refused(of, [write(tmp_path, cases_csv=cases, reviews_csv=reviews)])


@few
@given(table(["crn"]), table(["plan_id", "crn"]), table(["plan_id", "taken"]))
def test_three_levels(tmp_path, cases: str, plans: str, steps: str):
    alike_or_refused(DEEP, [write(tmp_path, cases_csv=cases, plans_csv=plans, steps_csv=steps)])


ODD = st.sampled_from(
    ["1", "2", "", " 1", "x,y", '"', "08/04/2004", "31/02/2004", "\n", '"a"b', 'a "', '"a" ', "é", "\r"]
)
LINES = st.lists(st.lists(ODD, min_size=1, max_size=4).map(",".join), max_size=8).map("\n".join)


@few
@given(cases=LINES, end=st.sampled_from(["", "\n"]), crlf=st.booleans())
def test_damaged_files(tmp_path, cases: str, end: str, crlf: bool):
    text = "crn,commenced,officer\n" + cases + end
    of = schema(key(), needed("commenced", DATE), may("officer"))
    alike_or_refused(of, [write(tmp_path, cases_csv=text.replace("\n", "\r\n") if crlf else text)])


DATES = st.one_of(st.none(), st.dates())
PLANS = st.lists(
    st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {
                "plan_id": st.sampled_from(["p", "q", " p", None, "r", "s", "t", "u"]),
                "steps": st.one_of(
                    st.none(),
                    st.lists(st.one_of(st.none(), st.fixed_dictionaries({"taken": DATES})), max_size=2),
                ),
            }
        ),
    ),
    max_size=3,
)
NESTED = st.lists(
    st.fixed_dictionaries(
        {"crn": st.sampled_from(["1", "2", "3", "4", None]), "plans": st.one_of(st.none(), PLANS)}
    ),
    max_size=4,
)


def nested_table(rows: list[Any]) -> Any:
    import pyarrow as pa

    step = pa.struct([("taken", pa.date32())])
    plan = pa.struct([("plan_id", pa.string()), ("steps", pa.list_(step))])
    return pa.Table.from_pylist(rows, schema=pa.schema([("crn", pa.string()), ("plans", pa.list_(plan))]))


@few
@given(NESTED)
def test_nested_lists(tmp_path, rows: list[Any]):
    from pyarrow import parquet

    made = nested_table(rows)
    parquet.write_table(made, tmp_path / "cases.parquet")
    assert_alike(DEEP, [tmp_path / "cases.parquet"])
    assert_alike(DEEP, made)
