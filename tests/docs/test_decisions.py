"""What the pages in docs/decisions promise and no conformance file holds."""

from __future__ import annotations

import datetime as dt

import pytest

import rulelang

RULES = """
pack there version "1"
  calendar england_and_wales

record case read from "cases"
  crn      text key
  begun    date
  good     yes/no optional
  reviews  list of review by crn

record review read from "reviews"
  completed  date
  ok         yes/no optional

criterion A "Whatever the date"
  item good "It was good"
    met when good
  item reviewed "A review was good"
    met when some reviews have (ok)
"""


@pytest.mark.parametrize("begun", [None, "the other day"])
def test_no_case_leaves_a_score_because_a_date_is_missing_or_unreadable(begun):
    """0008, of the case and of a child row."""
    case = {"crn": "1", "begun": begun, "good": True, "reviews": [{"completed": begun, "ok": True}]}
    result = rulelang.load_text(RULES).check([case], as_at=dt.date(2005, 1, 1))
    assert result.population.judged == 1
    assert result.problems.total == 2
    score = result.scorecard.criterion("A").score
    assert score is not None
    assert score.percent == 100


def test_a_case_that_begins_later_is_not_yet_there():
    case = {"crn": "1", "begun": "2005-01-02", "good": True, "reviews": []}
    result = rulelang.load_text(RULES).check([case], as_at=dt.date(2005, 1, 1))
    assert (result.population.judged, result.population.not_yet_begun) == (0, 1)
