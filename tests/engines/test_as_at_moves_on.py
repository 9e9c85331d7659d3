"""As the as-at date moves on, what was not met never becomes not yet due again (where the start lies in the past)."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from rulelang import ItemOutcome, load_text
from rulelang.engines.python.evaluator import AsAt

RULES = """
pack moving version "1"
  calendar england_and_wales
  no evidence counts as not met

record case
  started    date
  done       date optional
  ended      date optional
  high       yes/no optional
  reviews    list of review

record review
  held       date

timescale single
  applies when high is known
  from    started
  to      done
  within  5 working days when high
  within  15 working days otherwise
  until   ended

timescale recurring
  from    started
  to      reviews.held
  every   2 weeks
  until   ended

timescale frequency
  from    started
  to      reviews.held
  at least 1 in each week for 2 weeks
  then at least 1 in each 2 weeks
  until   ended

criterion M1
  item single
    timescale single
  item recurring
    timescale recurring
  item frequency
    timescale frequency
"""
PACK = load_text(RULES)
START = dt.date(2004, 4, 5)
days = st.integers(min_value=0, max_value=60).map(lambda n: START + dt.timedelta(days=n))
cases = st.fixed_dictionaries(
    {
        "started": st.just(START),
        "done": st.none() | days,
        "ended": st.none() | days,
        "high": st.none() | st.booleans(),
        "reviews": st.lists(days.map(lambda day: {"held": day}), max_size=6),
    }
)


@given(cases)
def test_what_was_not_met_is_never_not_yet_due_again(case: dict[str, object]) -> None:
    once_not_met: set[str] = set()
    for day in range(80):
        as_at = AsAt.of(START + dt.timedelta(days=day), None)
        outcomes, _ = PACK.evaluator.outcomes(case, as_at)
        for item, outcome in zip(("single", "recurring", "frequency"), outcomes, strict=True):
            assert not (outcome is ItemOutcome.NOT_YET_DUE and item in once_not_met), f"{item} on day {day}"
            if outcome is ItemOutcome.NOT_MET:
                once_not_met.add(item)


def test_each_item_is_at_some_time_not_met_and_not_yet_due() -> None:
    """The property above would hold of rules that are never either."""
    case: dict[str, object] = {
        "started": START,
        "done": None,
        "ended": None,
        "high": True,
        "reviews": [],
        "suspended": [],
    }
    seen = [
        PACK.evaluator.outcomes(case, AsAt.of(START + dt.timedelta(days=day), None))[0] for day in (1, 79)
    ]
    assert set(seen[0]) == {ItemOutcome.NOT_YET_DUE}
    assert set(seen[1]) == {ItemOutcome.NOT_MET}
