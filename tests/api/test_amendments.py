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
            "has no time limit and no item `pln`",
        ),
        (
            'amend national_standards.P1.plam\n  source "D"\n  weight 2\n',
            "has no time limit and no item `P1.plam`",
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
