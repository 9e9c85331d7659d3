"""A pack amends the rules of another by a directive, which is named wherever the amended rule is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import rulelang
from rulelang.diagnostics import RulesError
from rulelang.reporting.json_view import result_document
from rulelang.testing.examples import run_examples

NATIONAL = """
pack national_standards version "2002"
  calendar england_and_wales

record case read from "cases"
  crn        text key
  commenced  date
  planned_on date optional
  seen_on    date optional

timescale plan "A plan within 15 working days"
  source "National Standards 2002, C4"
  from   commenced
  to     planned_on
  within 15 working days

section P
criterion P1
  item plan "The plan was made in time"
    timescale plan
criterion P2
  item seen
    met when seen_on is known

example "as the standard stood"
  case
    commenced is 2004-05-24
    planned_on is 2004-06-15
  as at 2004-12-01
  expect plan is on time
"""
OURS = """
pack ours version "1"
  uses national_standards version "2002"
  calendar england_and_wales

"""
DIRECTIVE = """amend national_standards.plan "A plan within 10 working days"
  source "Directive 3 of the board"
  within 10 working days
"""
CASE = {"crn": "1", "commenced": "2004-05-24", "planned_on": "2004-06-15"}
AS_AT = dt.date(2004, 12, 1)


def ours(folder: Path, amendments: str) -> rulelang.Pack:
    (folder / "national_standards.rules").write_text(NATIONAL, encoding="utf-8")
    (folder / "ours.rules").write_text(OURS + amendments, encoding="utf-8")
    return rulelang.load(folder / "ours.rules")


def test_a_limit_is_amended(tmp_path: Path):
    assert ours(tmp_path, "").evaluate(CASE, as_at=AS_AT).timescale("plan").outcome.value == "on time"
    judged = ours(tmp_path, DIRECTIVE).evaluate(CASE, as_at=AS_AT)
    assert judged.timescale("plan").outcome.value == "late"
    assert (
        judged.timescale("plan").title
        == "A plan within 10 working days (amended by Directive 3 of the board)"
    )
    assert judged["P1.plan"].outcome.value == "not met"


def test_what_is_not_amended_stays_and_the_source_names_both(tmp_path: Path):
    pack = ours(tmp_path, DIRECTIVE)
    (plan,) = pack.structure.timescales
    assert plan.source == "National Standards 2002, C4; amended by Directive 3 of the board"
    judged = pack.evaluate({**CASE, "planned_on": "2004-06-08"}, as_at=AS_AT)
    assert judged.timescale("plan").outcome.value == "on time"


def test_an_item_is_amended(tmp_path: Path):
    pack = ours(
        tmp_path,
        'amend national_standards.P2.seen\n  source "Directive 4"\n  relevant when commenced on or after 2004-06-01\n',
    )
    assert pack.evaluate(CASE, as_at=AS_AT)["P2.seen"].outcome.value == "not relevant"
    told = result_document(pack.check([CASE], as_at=AS_AT))
    assert told["sections"][0]["criteria"][1]["items"][0]["title"] == "seen (amended by Directive 4)"


SCORED = """
parameter review_interval "How often a plan is reviewed"
  source "National Standards 2002, C5"
  4 months from 2000-04-01
  16 weeks from 2002-04-01

timescale seen "Seen within the interval"
  from commenced
  to seen_on
  within review_interval

criterion P3 "Plans and visits"
  source "National Standards 2002"
  requires at least 50
  item plan
    timescale plan
  item seen
    timescale seen

validation planned_later "A plan is made after the beginning"
  of case
  applies when planned_on is known
  requires planned_on on or after commenced
"""


def scored(folder: Path, amendment: str) -> rulelang.Pack:
    pack = ours(folder, "")
    (folder / "national_standards.rules").write_text(NATIONAL + SCORED, encoding="utf-8")
    (folder / "ours.rules").write_text(OURS + amendment, encoding="utf-8")
    pack = rulelang.load(folder / "ours.rules")
    assert pack.warnings == ()
    return pack


@pytest.mark.parametrize(
    ("commenced", "due"),
    [
        ("2002-03-01", dt.date(2002, 7, 1)),
        ("2003-01-01", dt.date(2003, 4, 23)),
        ("2004-05-24", dt.date(2004, 7, 5)),
    ],
)
def test_a_parameter_has_another_edition_from_a_day_on_and_keeps_those_before(
    tmp_path: Path, commenced: str, due: dt.date
):
    amendment = (
        'amend national_standards.review_interval\n  source "Directive 6"\n  6 weeks from 2003-06-01\n'
    )
    judged = scored(tmp_path, amendment).evaluate({"commenced": commenced}, as_at=AS_AT)
    assert judged.timescale("seen").due == due


def test_editions_from_the_first_day_of_the_amendment_on_are_its_own(tmp_path: Path):
    amendment = (
        'amend national_standards.review_interval\n  source "Directive 6"\n  6 weeks from 2001-01-01\n'
    )
    judged = scored(tmp_path, amendment).evaluate({"commenced": "2003-01-01"}, as_at=AS_AT)
    assert judged.timescale("seen").due == dt.date(2003, 2, 12)


def test_a_criterion_is_amended_and_its_items_stay(tmp_path: Path):
    amendment = (
        'amend national_standards.P3 "Plans"\n  source "Directive 7"\n'
        '  score lowest of items\n  requires at least 80\n  describes "The worse of the two."\n'
    )
    told = result_document(scored(tmp_path, amendment).check([CASE], as_at=AS_AT))
    criterion = told["sections"][0]["criteria"][2]
    assert criterion["title"] == "Plans (amended by Directive 7)"
    assert criterion["score"]["percent"] == 0
    assert [one["met"] for one in criterion["items"]] == [1, 0]


def test_a_validation_is_amended(tmp_path: Path):
    amendment = (
        'amend national_standards.planned_later\n  source "Directive 8"\n'
        "  requires planned_on after 2004-07-01\n  severity query\n"
    )
    told = result_document(scored(tmp_path, amendment).check([CASE], as_at=AS_AT))
    (validation,) = told["validations"]
    assert (validation["failed"], validation["severity"]) == (1, "query")
    assert validation["title"] == "A plan is made after the beginning (amended by Directive 8)"


def test_the_lines_say_which_of_two_rules_of_one_name_is_meant(tmp_path: Path):
    ours(tmp_path, "")
    more = '\nvalidation plan "A plan"\n  of case\n  requires planned_on is known\n'
    (tmp_path / "national_standards.rules").write_text(NATIONAL + more, encoding="utf-8")
    amendment = 'amend national_standards.plan\n  source "Directive 9"\n  requires seen_on is known\n'
    (tmp_path / "ours.rules").write_text(OURS + amendment, encoding="utf-8")
    pack = rulelang.load(tmp_path / "ours.rules")
    assert [one.title for one in pack.structure.timescales] == ["A plan within 15 working days"]
    assert result_document(pack.check([CASE], as_at=AS_AT))["validations"][0]["failed"] == 1


def test_two_directives_amend_two_parts(tmp_path: Path):
    pack = ours(
        tmp_path,
        DIRECTIVE + 'amend national_standards.plan\n  source "Directive 5"\n  starts on a working day\n',
    )
    (plan,) = pack.structure.timescales
    assert plan.title.endswith("(amended by Directive 3 of the board) (amended by Directive 5)")


def test_examples_of_the_amended_pack_are_of_its_rules_as_they_stood(tmp_path: Path):
    assert [one.passed for one in run_examples(ours(tmp_path, ""))] == [True]
    assert run_examples(ours(tmp_path, DIRECTIVE)) == ()


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_every_engine_judges_by_the_amended_rules(tmp_path: Path):
    import pyarrow as pa

    days = [dt.date(2004, 6, day) for day in range(1, 28)]
    table = pa.table(
        {"crn": [str(one.day) for one in days], "commenced": [dt.date(2004, 5, 24)] * 27, "planned_on": days}
    )
    pack = ours(tmp_path, DIRECTIVE)
    one, other = (pack.check(table, as_at=AS_AT, engine=engine) for engine in ("python", "duckdb"))
    assert one.tally == other.tally
    assert one.tally.timescales["plan"].on_time == 8


def test_a_pack_that_amends_can_be_pickled(tmp_path: Path):
    import pickle

    again = pickle.loads(pickle.dumps(ours(tmp_path, DIRECTIVE)))
    assert again.evaluate(CASE, as_at=AS_AT).timescale("plan").outcome.value == "late"


@pytest.mark.parametrize(
    ("amendment", "said"),
    [
        (
            'amend nationl_standards.plan\n  source "D"\n  within 5 days\n',
            "did you mean `national_standards`?",
        ),
        ('amend ours.plan\n  source "D"\n  within 5 days\n', "`ours` is not a pack that these rules use"),
        (
            'amend national_standards.pln\n  source "D"\n  within 5 days\n',
            "has no rule `pln` that can be amended",
        ),
        (
            'amend national_standards.P1.plam\n  source "D"\n  weight 2\n',
            "has no rule `P1.plam` that can be amended",
        ),
        (
            "amend national_standards.plan\n  within 5 days\n",
            "it is not said by what `national_standards.plan` is amended",
        ),
        (
            'amend national_standards.plan\n  source "D"\n',
            "it is not said what of `national_standards.plan` is otherwise",
        ),
        (
            'amend national_standards.plan\n  source "D"\n  met when seen_on is known\n',
            "this is no line of a time limit",
        ),
        (
            'amend national_standards.P1\n  source "D"\n  met when seen_on is known\n',
            "this is no line of a criterion",
        ),
        (
            'amend national_standards.plan\n  source "D"\n  requires at least 65\n',
            "this is no line of a time limit",
        ),
        (
            'amend national_standards.P1.plan\n  source "D"\n  6 weeks from 2003-01-01\n',
            "this is no line of an item",
        ),
        (
            DIRECTIVE + 'amend national_standards.plan\n  source "D"\n  within 5 days\n',
            "this is amended twice",
        ),
        (
            'amend national_standards.plan\n  source "D"\n  to planed_on\n',
            "`planed_on` is not a field of `case`",
        ),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, amendment: str, said: str):
    with pytest.raises(RulesError) as error:
        ours(tmp_path, amendment)
    assert said in str(error.value)


def test_what_is_wrong_with_an_amended_rule_is_shown_in_its_text_as_it_then_stands(tmp_path: Path):
    with pytest.raises(RulesError) as error:
        ours(tmp_path, 'amend national_standards.plan\n  source "D"\n  to planed_on\n')
    place = error.value.diagnostics[0].label
    assert place is not None
    assert str(place.place).startswith(
        f"{tmp_path}/national_standards.rules, as amended in {tmp_path}/ours.rules"
    )
