"""Every mistake of a file is told in one run, once each: none hides another, and none drags others along."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics import Diagnostic
from rulelang.diagnostics.rendering import render, render_all
from rulelang.pipeline import check_text
from tests.diagnostics.checker.slips import SLIPS, SOUND, Slip, written


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [one.code for one in found if one.is_error]


def test_the_rules_they_stand_on_are_sound():
    assert render_all(check_text("ours.rules", SOUND)) == ""


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.rules.split("\n", 1)[0] + " " + slip.says[:40])
def test_a_slip_makes_one_message_that_says_what_to_do(slip: Slip):
    found = check_text("ours.rules", SOUND + "\n" + written(slip, 1))
    errors = [one for one in found if one.is_error]
    assert [one.code for one in errors] == [slip.code]
    assert slip.says in render(errors[0])


# What changes a name that others use, or is a line of a declaration that stands once, cannot be told twice.
ALONE = {"`urgent` is defined twice", "both a field and a define"}
MIXABLE = [slip for slip in SLIPS if slip.says not in ALONE]


@given(st.lists(st.sampled_from(MIXABLE), max_size=12))
def test_no_slip_hides_another_or_drags_it_along(slips: list[Slip]):
    rules = SOUND + "".join("\n" + written(slip, n) for n, slip in enumerate(slips))
    assert Counter(codes(check_text("ours.rules", rules))) == Counter(slip.code for slip in slips)


def test_all_slips_at_once():
    rules = SOUND + "".join("\n" + written(slip, n) for n, slip in enumerate(MIXABLE))
    assert Counter(codes(check_text("ours.rules", rules))) == Counter(slip.code for slip in MIXABLE)


# --- several mistakes in one declaration --------------------------------------------------------------------


def told(rules: str) -> list[tuple[str, str]]:
    """Return code and the author's words of each error."""
    found = check_text("ours.rules", SOUND + "\n" + rules)
    return [(one.code, one.label.place.text if one.label else "") for one in found if one.is_error]


def test_every_line_of_a_timescale_is_checked():
    rules = """\
timescale t
  applies when risk is hihg
  from comenced
  to officer
  within 5 working days when sufficent
  within fine otherwise
  until reviews.completed
"""
    assert sorted(told(rules)) == [
        ("list-alone", "reviews.completed"),
        ("unknown-name", "comenced"),
        ("unknown-name", "sufficent"),
        ("unknown-value", "hihg"),
        ("wrong-type", "fine"),
        ("wrong-type", "officer"),
    ]


def test_every_line_of_every_item_is_checked():
    rules = """\
criterion C9 "Other"
  rated by grade
  item x "X"
    relevant when visits
    met when risk is hihg
    excused when done
    finding "{scor}"
  item x "X again"
    timescale ips
"""
    assert sorted(told(rules)) == [
        ("declared-twice", "x"),
        ("not-a-condition", "done"),
        ("unknown-bands", "grade"),
        ("unknown-name", "visits"),
        ("unknown-placeholder", "{scor}"),
        ("unknown-timescale", "ips"),
        ("unknown-value", "hihg"),
    ]


def test_every_part_of_an_expression_is_checked():
    rules = (
        "define d as comenced before doen and risk is hihg and some reviews have (sufficent) and officer\n"
    )
    assert sorted(told(rules)) == [
        ("unknown-name", "comenced"),
        ("unknown-name", "doen"),
        ("unknown-name", "sufficent"),
        ("unknown-value", "hihg"),
        ("wrong-type", "officer"),
    ]


def test_every_cell_and_line_of_an_example_is_checked():
    rules = """\
example "wrong in many ways"
  case
    comenced is 2004-04-08
    risk is hihg
    fine is 3
    reviews
      | compleeted | sufficient |
      | 2004-01-01 | maybe      |
  as at 2005-01-01
  expect A1.isp is in_time
  expect ips is late
"""
    assert sorted(told(rules)) == [
        ("unknown-name", "comenced"),
        ("unknown-name", "compleeted"),
        ("unknown-name", "ips"),
        ("unknown-outcome", "in_time"),
        ("unknown-value", "hihg"),
        ("wrong-type", "3"),
        ("wrong-type", "maybe"),
    ]


# --- one cause, one message ---------------------------------------------------------------------------------


def only(rules: str) -> tuple[str, str]:
    found = check_text("ours.rules", rules)
    errors = [(one.code, one.label.place.text if one.label else "") for one in found if one.is_error]
    assert len(errors) == 1, render_all(found)
    return errors[0]


def test_a_broken_define_is_told_where_it_is_broken_and_nowhere_else():
    rules = SOUND.replace("urgent as risk is high", "urgent as risc is high")
    rules += 'criterion C9\n  item x "X"\n    met when urgent and not urgent\n'
    assert only(rules) == ("unknown-name", "risc")


def test_what_stands_beside_an_unknown_name_may_be_its_value():
    assert only(SOUND + "define d as risc is one of high or hgh\n") == ("unknown-name", "risc")


def test_a_field_of_an_unknown_type_is_told_once_however_often_it_is_used():
    rules = SOUND.replace("risk       risk_level", "risk       risk_levl")
    assert only(rules + "define d as risk is at least medium or risk is known\n") == (
        "unknown-type",
        "risk_levl",
    )


def test_a_list_of_an_unknown_record_does_not_orphan_the_record_that_was_meant():
    rules = SOUND.replace("list of breach by", "list of breech by")
    assert only(rules) == ("unknown-record", "breech")


def test_a_timescale_that_is_wrong_does_not_make_its_items_and_examples_wrong():
    rules = SOUND.replace("  to done\n", "  to doen\n") + (
        'example "e"\n  case\n    commenced is 2004-04-08\n  as at 2004-05-01\n  expect isp is overdue\n'
    )
    assert only(rules) == ("unknown-name", "doen")


def test_a_parameter_that_is_wrong_is_not_also_unknown():
    rules = SOUND.replace("16 weeks from 2000-04-01", "risk from 2000-04-01")
    rules += "timescale t\n  from commenced\n  to reviews.completed\n  every interval\n"
    assert only(rules)[0] == "wrong-type"


def test_a_calendar_that_is_unknown_is_told_once():
    assert only(SOUND.replace("england_and_wales", "england_and_walls")) == (
        "unknown-calendar",
        "england_and_walls",
    )


def test_without_a_pack_line_the_rest_is_still_checked():
    rules = SOUND.partition("choice risk_level")[2]
    found = check_text("ours.rules", "choice risk_level" + rules + "define d as comenced is known\n")
    assert [one.code for one in found if one.is_error][-1:] == ["unknown-name"]
    assert "no-pack" in {one.code for one in found}


def test_records_in_a_circle_do_not_keep_the_rest_from_being_checked():
    rules = SOUND.replace(
        "  kind       text optional\n", "  kind       text optional\n  others list of review by action_id\n"
    )
    found = check_text("ours.rules", rules + "define d as comenced is known\n")
    assert {"record-in-itself", "unknown-name"} <= {one.code for one in found}


# --- beside lines that cannot be read -----------------------------------------------------------------------


def test_a_field_whose_line_cannot_be_read_is_not_also_unknown():
    rules = SOUND.replace("done       date optional", "done       date ((optional")
    found = check_text("ours.rules", rules)
    assert {one.code for one in found if one.label and one.label.place.text == "done"} == set()
    assert len([one for one in found if one.is_error]) == 1, render_all(found)


def test_a_limit_that_cannot_be_read_is_not_also_missing():
    rules = SOUND + "timescale t\n  from commenced\n  to done\n  within some time or other\n"
    found = check_text("ours.rules", rules)
    assert len([one for one in found if one.is_error]) == 1, render_all(found)


def test_beside_a_line_that_cannot_be_read_other_mistakes_are_told():
    rules = SOUND + "timescale t\n  from comenced\n  to done\n  within some time or other\n"
    assert "unknown-name" in {one.code for one in check_text("ours.rules", rules)}
