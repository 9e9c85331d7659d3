"""A record adds fields to one of a pack that is used, and the rules of both judge the same cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rulelang import ItemOutcome, Pack, RulesError, load

STANDARDS = """
pack standards version "2002"
  calendar england_and_wales

record case "A case" read from "cases"
  crn        text key
  commenced  date
  planned_on date optional
  closed_on  date optional planned
  reviews    list of review by crn

record review read from "reviews"
  completed  date

timescale plan "A plan within 15 working days"
  from   commenced
  to     planned_on
  within 15 working days
"""
OURS = """
pack ours version "1"
  calendar england_and_wales
  uses standards

record case read from "our cases"
  adds to standards
  planned_on date column "Plan made"
  area       text
  notes      list of note by crn

record review
  adds to standards
  good       yes/no optional

record note read from "notes"
  written    date

criterion P1
  item plan
    timescale plan
  item reviews "Reviews are good"
    met when all reviews have (good)
  item here "In the north, with a note"
    met when area is "N" and some notes have (written is known)
"""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    (tmp_path / "standards.rules").write_text(STANDARDS)
    return tmp_path


def loaded(folder: Path, text: str) -> Pack:
    (folder / "ours.rules").write_text(text)
    return load(folder / "ours.rules")


def refused(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(RulesError) as wrong:
        loaded(folder, text)
    return [(one.code, one.message) for one in wrong.value.diagnostics]


def test_the_rules_of_both_packs_judge_one_case(packs: Path) -> None:
    case = {
        "crn": "1",
        "commenced": "2004-05-24",
        "planned_on": "2004-06-15",
        "area": "N",
        "reviews": [{"completed": "2004-09-13", "good": "yes"}],
        "notes": [{"written": "2004-09-14"}],
    }
    outcomes = loaded(packs, OURS).evaluate(case, as_at=dt.date(2004, 12, 1))
    met = [name for name in ("P1.plan", "P1.reviews", "P1.here") if outcomes[name].outcome is ItemOutcome.MET]
    assert met == ["P1.plan", "P1.reviews", "P1.here"]


def test_the_fields_of_the_used_pack_come_first_and_ours_replace_them_in_place(packs: Path) -> None:
    schema = loaded(packs, OURS).schema
    assert [one.name for one in schema.case.fields] == [
        "crn",
        "commenced",
        "planned_on",
        "closed_on",
        "reviews",
        "area",
        "notes",
    ]
    again = schema.case.by_name["planned_on"]
    assert (again.column, again.optional) == ("Plan made", False)


def test_what_is_not_said_again_stays(packs: Path) -> None:
    schema = loaded(packs, OURS).schema
    assert (schema.case.title, schema.case.read_from, schema.case.dated) == (
        "A case",
        "our cases",
        "commenced",
    )
    assert schema.by_name["review"].read_from == "reviews"


def test_which_cases_are_inspected_is_said_last_by_the_rules_that_are_run(packs: Path) -> None:
    (packs / "standards.rules").write_text(
        STANDARDS.replace("  reviews    list", "  north yes/no optional\n  reviews    list").replace(
            "by crn\n", "by crn\n  inspected when north\n", 1
        )
    )
    case = {"crn": "1", "commenced": "2004-05-24", "Plan made": None, "area": "N", "north": "no"}
    ours = OURS.replace(
        "  notes      list of note by crn\n", '  notes list of note by crn\n  inspected when area is "N"\n'
    )
    for rules, judged in ((OURS, 0), (ours, 1)):
        result = loaded(packs, rules).check(
            {"case": [case], "review": [], "note": []}, as_at=dt.date(2004, 12, 1)
        )
        assert result.population.judged == judged


def test_a_pack_may_add_to_one_that_adds_itself(packs: Path) -> None:
    (packs / "ours.rules").write_text(OURS)
    (packs / "office.rules").write_text(
        """
pack office version "1"
  calendar england_and_wales
  uses ours

record case
  adds to ours
  desk  text

define at_desk as desk is "A" and area is "N" and commenced is known
"""
    )
    fields = [one.name for one in load(packs / "office.rules").schema.case.fields]
    assert fields[-3:] == ["area", "notes", "desk"]


@pytest.mark.parametrize(
    ("written", "instead", "expected"),
    [
        ("planned_on date", "planned_on text", "the field `planned_on` of `case` is a text, and was a date"),
        (
            "planned_on date",
            "planned_on date planned",
            "the field `planned_on` of `case` is `planned`, and was not",
        ),
        (
            "planned_on date",
            "closed_on date optional",
            "the field `closed_on` of `case` is not `planned`, and was",
        ),
        ("planned_on date", "crn text", "the field `crn` of `case` is not the key, and was"),
    ],
)
def test_a_field_stays_what_it_was(packs: Path, written: str, instead: str, expected: str) -> None:
    assert refused(packs, OURS.replace(written, instead)) == [("field-differs", expected)]


@pytest.mark.parametrize(
    ("written", "instead", "code"),
    [
        ("record case read from", "record cas read from", "nothing-to-add-to"),
        ("adds to standards\n  planned_on", "adds to standrds\n  planned_on", "nothing-to-add-to"),
        ("adds to standards\n  planned_on", "adds to ours\n  planned_on", "nothing-to-add-to"),
        ("  adds to standards\n  planned_on", "  planned_on", "declared-twice"),
        ("area       text", "area text\n  area text", "declared-twice"),
        ("area       text", "area text key", "two-keys"),
        ("record note", "record case\n  adds to standards\n\nrecord note", "declared-twice"),
    ],
)
def test_what_is_wrong_with_an_addition_is_told_first(
    packs: Path, written: str, instead: str, code: str
) -> None:
    assert written in OURS
    assert refused(packs, OURS.replace(written, instead))[0][0] == code


@pytest.mark.parametrize("written", ["adds to standards\n  planned_on", "adds to standards\n  good"])
def test_a_misspelt_pack_is_one_mistake(packs: Path, written: str) -> None:
    wrong = refused(packs, OURS.replace(written, written.replace("standards", "standrds")))
    assert wrong == [("nothing-to-add-to", "`standrds` is no pack that these rules use")]
