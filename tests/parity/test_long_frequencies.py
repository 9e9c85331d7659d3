"""Frequencies of more periods than one number of the query has bits for, judged by one query as case by case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.parity.by_query import counted_by_duckdb
from tests.parity.comparing import compiled
from tests.parity.relations import exact

pytestmark = pytest.mark.needs("duckdb", "pyarrow", "numpy")

RULES = """
pack long version "1"
  calendar england_and_wales

record case "A case" read from "cases"
  crn        text key
  started    date optional
  visits     list of visit by crn

record visit "A visit" read from "visits"
  held       date optional

timescale weekly "Weekly"
  from started
  to visits.held
  at least 1 in each week

timescale slower "Weekly for three weeks, then fortnightly"
  from started
  to visits.held
  at least 1 in each week for 3 weeks
  then at least 1 in each 2 weeks
"""
START = dt.date(2004, 6, 7)


def case_of(weeks: list[int], day: int = 0) -> Any:
    visits = [{"held": START + dt.timedelta(days=7 * week + day)} for week in weeks]
    return exact({"crn": "1", "started": START, "visits": visits})


def late_and_on_time(name: str, cases: list[Any], as_at: dt.date) -> tuple[int, int]:
    counts = counted_by_duckdb(compiled(RULES).evaluator.plan, cases, as_at).tally.timescales[name]
    return counts.late, counts.on_time


@pytest.mark.parametrize("day", [0, 6])
@pytest.mark.parametrize("weeks", [61, 62, 63, 64, 65, 125, 130])
def test_a_gap_is_found_in_any_period(weeks: int, day: int) -> None:
    as_at = START + dt.timedelta(days=7 * weeks - 1)
    full = case_of([*range(weeks)], day)
    gaps = [0, 2, 58, 59, *range(weeks - 4, weeks)]
    cases = [case_of([week for week in range(weeks) if week != gap], day) for gap in gaps]
    assert late_and_on_time("weekly", [full], as_at) == (0, 1)
    assert late_and_on_time("weekly", cases, as_at) == (len(gaps), 0)


@pytest.mark.parametrize("weeks", [61, 120, 121, 122, 123, 125, 131])
def test_a_gap_is_found_in_a_later_phase(weeks: int) -> None:
    as_at = START + dt.timedelta(days=7 * weeks - 1)
    every = [0, 1, 2, *range(3, weeks, 2)]
    complete = [week for week in every if week < 3 or week + 2 <= weeks]
    cases = [case_of([week for week in every if week != gap]) for gap in complete]
    assert late_and_on_time("slower", [case_of(complete), case_of(every)], as_at) == (0, 2)
    assert late_and_on_time("slower", cases, as_at) == (len(complete), 0)
