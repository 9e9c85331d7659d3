"""Running the examples of a pack as values: every expectation with what was expected, what came and why."""

from __future__ import annotations

import rulelang
from rulelang.testing.examples import run_examples

RULES = """
pack plans version "1" "Plans in time"
  calendar england_and_wales

record case read from "cases"
  crn        text key
  commenced  date
  planned_on date optional

timescale plan "A plan within 15 working days"
  from   commenced
  to     planned_on
  within 15 working days

criterion P1 "Plans"
  item plan "The plan was made in time"
    timescale plan

example "in time"
  case
    commenced is 2004-05-24
    planned_on is 2004-06-15
  as at 2004-12-01
  expect P1.plan is met

example "wrong in all it expects"
  case
    commenced is 2004-05-24
    planned_on is 2004-06-15
  as at 2004-12-01
  expect P1.plan is not met
  expect plan is late
  expect plan is due on 2004-06-14
  expect planned_on before commenced
"""
BOTH = "`planned_on` is Tue 15 June 2004, `commenced` is Mon 24 May 2004"
PACK = rulelang.load_text(RULES, "plans.rules")


def test_an_example_that_holds_passes():
    (result,) = run_examples(PACK, "in time")
    assert result.passed
    assert (result.title, result.place) == ("in time", "plans.rules:19:9")


def test_each_expectation_that_fails_says_what_came_and_why():
    result = run_examples(PACK)[1]
    assert not result.passed
    last_day = "`planned_on` is Tue 15 June 2004, the last day"
    assert [(one.text, one.passed, one.came, one.reason) for one in result.expectations] == [
        ("P1.plan is not met", False, "met", last_day),
        ("plan is late", False, "on time", last_day),
        ("plan is due on 2004-06-14", False, "due Tue 15 June 2004", last_day),
        (
            "planned_on before commenced",
            False,
            "no",
            f"`planned_on before commenced` is no: {BOTH}",
        ),
    ]


def test_examples_are_chosen_by_words_of_their_title():
    assert [one.title for one in run_examples(PACK, "WRONG")] == ["wrong in all it expects"]
    assert run_examples(PACK, "nothing of the kind") == ()
