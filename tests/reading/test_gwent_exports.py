"""The Gwent exports in examples/ load whole: no row set aside, no cell unread."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from rulelang.model.records import Choice, Field, Reading, Record, Schema
from rulelang.reading import find_sources, read_export
from rulelang.truth import NA
from rulelang.types import DATE, JUDGEMENT, TEXT, YES_NO, ChoiceType, ListType, Type

GWENT = Path(__file__).parents[2] / "examples" / "gwent"
RISK = Choice(ChoiceType("risk_level", ("low", "medium", "high", "very_high"), True))
CONTENT = Choice(ChoiceType(None, ("sufficient", "insufficient")))
DATES = [
    "commenced",
    "terminated",
    "roh_completed",
    "rmp_completed",
    "isp_completed",
    "programme_due",
    "programme_started",
    "completed",
    "occurred",
    "roh_reassessed",
    "arranged_for",
    "required_on",
    "instigated_on",
]
TEXTS = ["area", "team", "officer", "mappa_level", "order_type", "kind"]
YES_OR_NO = ["sex_offender", "rmp_required", "plan_reviews_expected", "attended", "absence_acceptable"]
CHILDREN = ["roh_reviews", "incidents", "plan_reviews", "appointments", "breaches"]


def field(name: str) -> Field:
    choice = {"risk_of_harm": RISK, "isp_content": CONTENT}.get(name)
    kind: Type = JUDGEMENT
    if choice:
        kind = choice.type
    elif name in DATES:
        kind = DATE
    elif name in TEXTS:
        kind = TEXT
    elif name in YES_OR_NO:
        kind = YES_NO
    return Field(name, kind, optional=name != "commenced", choice=choice)


def record(name: str, file: str, headings: list[str], *more: Field) -> Record:
    return Record(name, (*more, *(field(one) for one in headings if one != "crn")), read_from=file)


def headings(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as stream:
        return next(csv.reader(stream))


@pytest.mark.parametrize(("folder", "cases"), [("followup", 15), ("original", 12)])
def test_the_inspections_load(folder: str, cases: int):
    children = [record(name[:-1], name, headings(GWENT / folder / f"{name}.csv")) for name in CHILDREN]
    lists = [Field(name, ListType(name[:-1]), by="crn") for name in CHILDREN]
    key = Field("crn", TEXT, key=True)
    case = record("case", "cases", headings(GWENT / folder / "cases.csv"), key, *lists)
    of = Schema(case, (case, *children), Reading(day_first=True))
    export = read_export(of, find_sources(of, [GWENT / folder]))
    assert (export.cases_read, export.set_aside, len(export.cases)) == (cases, 0, cases)
    assert export.problems.totals == ()
    assert export.notes == ()
    for account, name in zip(export.files, ["cases", *CHILDREN], strict=True):
        lines = len((GWENT / folder / f"{name}.csv").read_text().splitlines()) - 1
        assert (account.read, account.used, account.set_aside) == (lines, lines, 0)
    assert sum(len(one.row["appointments"]) for one in export.cases) == export.files[4].read
    judgements = {
        value for one in export.cases for value in one.row.values() if isinstance(value, bool | type(NA))
    }
    assert judgements == {True, False, NA}


def test_the_self_assessment_loads_by_its_own_headings():
    case = Record(
        "case",
        (
            Field("crn", TEXT, key=True),
            Field("risk_of_harm", RISK.type, choice=RISK),
            Field("commenced", DATE, column="Date Commenced"),
            Field("risk_assessment_completed", DATE, optional=True),
            Field("isp_completed", DATE, optional=True),
            Field("reviews", ListType("review"), by="crn"),
        ),
        read_from="cases",
    )
    review = Record("review", (Field("review_completed", DATE),), read_from="reviews")
    of = Schema(case, (case, review), Reading(day_first=True))
    export = read_export(of, find_sources(of, [GWENT / "self_assessment"]))
    assert (len(export.cases), export.problems.totals) == (52, ())
    assert export.cases[0].row["commenced"] == dt.date(2003, 10, 1)
