"""A pack that uses another judges by the rules of both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rulelang import ItemOutcome, RulesError, load

STANDARDS = """
pack national_standards version "2002"
  calendar england_and_wales

record case read from "cases"
  crn        text key
  commenced  date
  planned_on date optional

timescale plan "A plan within 15 working days"
  from   commenced
  to     planned_on
  within 15 working days
"""
OURS = """
pack ours version "1"
  calendar england_and_wales
  uses national_standards version "2002"

criterion P1
  item plan
    timescale plan
"""
CASE = {"commenced": "2004-05-24", "planned_on": "2004-06-15"}


def outcome(rules: Path) -> ItemOutcome:
    return load(rules).evaluate(CASE, as_at=dt.date(2004, 12, 1))["P1.plan"].outcome


@pytest.mark.parametrize("place", ["national_standards.rules", "national_standards/standards.rules"])
def test_a_used_pack_is_found_beside_the_rules(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text(STANDARDS)
    (tmp_path / "ours.rules").write_text(OURS)
    assert outcome(tmp_path / "ours.rules") is ItemOutcome.MET


def test_a_used_pack_is_found_beside_the_folder_of_the_rules(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "ours.rules").write_text(OURS)
    (tmp_path / "national_standards.rules").write_text(STANDARDS)
    assert outcome(tmp_path / "ours") is ItemOutcome.MET


def test_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours.rules").write_text(OURS)
    (tmp_path / "national_standards.rules").write_text(STANDARDS.replace("2002", "2000"))
    with pytest.raises(RulesError) as wrong:
        load(tmp_path / "ours.rules")
    assert [one.code for one in wrong.value.diagnostics] == ["other-version"]


def test_packs_that_use_one_another_are_each_read_once(tmp_path: Path) -> None:
    (tmp_path / "ours.rules").write_text(OURS)
    circular = STANDARDS.replace(
        "  calendar england_and_wales\n", "  calendar england_and_wales\n  uses ours\n"
    )
    (tmp_path / "national_standards.rules").write_text(circular)
    assert outcome(tmp_path / "ours.rules") is ItemOutcome.MET


def test_a_used_pack_keeps_its_own_calendar_and_what_no_evidence_counts_as(tmp_path: Path) -> None:
    used = STANDARDS.replace(
        "  calendar england_and_wales\n", "  calendar scotland\n  no evidence counts as not met\n"
    )
    used += """
criterion N1
  item plan
    timescale plan
  item known
    met when planned_on is known and missing_one
"""
    used = used.replace(
        "  planned_on date optional\n", "  planned_on date optional\n  missing_one yes/no optional\n"
    )
    (tmp_path / "national_standards.rules").write_text(used)
    ours = OURS + "  item known\n    met when missing_one\n"
    (tmp_path / "ours.rules").write_text(ours)
    # Easter Monday is a working day in Scotland: the 15th after 5 April 2004 is the 27th, not the 28th.
    case = {"commenced": "2004-04-05", "planned_on": "2004-04-28"}
    judgement = load(tmp_path / "ours.rules").evaluate(case, as_at=dt.date(2004, 12, 1))
    assert judgement["N1.plan"].outcome is ItemOutcome.NOT_MET
    assert judgement["N1.known"].outcome is ItemOutcome.NOT_MET
    assert judgement["P1.known"].outcome is ItemOutcome.UNKNOWN


@pytest.mark.parametrize("place", ["freedom_of_information/ours.rules", "freedom_of_information.rules"])
def test_rules_in_a_folder_of_the_name_of_a_shipped_pack_use_the_shipped_pack(
    tmp_path: Path, place: str
) -> None:
    rules = tmp_path / place
    rules.parent.mkdir(exist_ok=True)
    rules.write_text("""
pack ours version "1"
  calendar england_and_wales
  uses freedom_of_information

timescale reply_here "Bank holidays of England and Wales alone"
  from   received
  to     replied
  within 20 working days

criterion O1
  item reply_here
    timescale reply_here
""")
    judgement = load(rules).evaluate(
        {"reference": "1", "received": "2026-05-22", "replied": "2026-06-23"}, as_at=dt.date(2026, 7, 1)
    )
    assert judgement["T1.reply"].outcome is ItemOutcome.MET
    assert judgement["O1.reply_here"].outcome is ItemOutcome.NOT_MET


def test_the_folder_that_the_rules_lie_in_is_not_the_pack_that_they_use(tmp_path: Path) -> None:
    folder = tmp_path / "national_standards"
    folder.mkdir()
    (folder / "ours.rules").write_text(OURS)
    (tmp_path / "national_standards.rules").write_text(STANDARDS)
    assert outcome(folder / "ours.rules") is ItemOutcome.MET
