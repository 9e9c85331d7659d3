"""Any case comes to the same outcomes by the pack as by plain Python written from the data dictionary."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import rulelang
from tests.packs.plain_gwent import (
    by_the_due_date,
    every_sixteen_weeks,
    weekly_then_fortnightly,
    working_days_after,
    worst,
)

AS_AT = dt.date(2005, 3, 1)
days = st.dates(dt.date(2004, 3, 1), dt.date(2005, 3, 31))
starts = st.dates(dt.date(2004, 3, 1), AS_AT)
maybe = st.none() | days


def rows(*fields: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows whose first date is there and whose other dates may be."""
    first, *others = fields
    row = st.fixed_dictionaries({first: days} | dict.fromkeys(others, maybe))
    return st.lists(row, max_size=4)


@st.composite
def near(draw: st.DrawFn, start: dt.date, about: int) -> dt.date | None:
    """A day about so many days after the start, so that limits are met and missed by a day."""
    return draw(st.none() | st.integers(about - 4, about + 4).map(lambda n: start + dt.timedelta(days=n)))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    commenced = draw(starts)
    weekly = [commenced + dt.timedelta(days=7 * n) for n in range(draw(st.integers(0, 30)))]
    shifts = draw(st.lists(st.integers(-2, 6), min_size=len(weekly), max_size=len(weekly)))
    kept = [day + dt.timedelta(days=shift) for day, shift in zip(weekly, shifts, strict=True)]
    return {
        "commenced": commenced,
        "terminated": draw(maybe),
        "rmp_required": True,
        "rmp_completed": draw(near(commenced, 7)),
        "isp_completed": draw(near(commenced, 22)),
        "programme_due": draw(maybe),
        "programme_started": draw(maybe),
        "roh_reviews": draw(rows("completed")),
        "plan_reviews": [{"completed": day} for day in kept[15:19]],
        "appointments": [{"arranged_for": day} for day in kept],
        "breaches": draw(rows("required_on", "instigated_on")),
    }


@cache
def _pack() -> Any:
    return rulelang.load("gwent")


def _plain(case: dict[str, Any]) -> dict[str, str]:
    start, ended = case["commenced"], case["terminated"]
    clocks = [
        by_the_due_date(working_days_after(row["required_on"], 10), row["instigated_on"], AS_AT)
        for row in case["breaches"]
        if row["required_on"] <= AS_AT
    ]
    due = case["programme_due"]
    return {
        "rmp": by_the_due_date(working_days_after(start, 5), case["rmp_completed"], AS_AT),
        "isp": by_the_due_date(working_days_after(start, 15), case["isp_completed"], AS_AT),
        "programme": by_the_due_date(due, case["programme_started"], AS_AT) if due else "not applicable",
        "roh_review": every_sixteen_weeks(start, _days(case["roh_reviews"], "completed"), ended, AS_AT),
        "plan_review": every_sixteen_weeks(start, _days(case["plan_reviews"], "completed"), ended, AS_AT),
        "contact": weekly_then_fortnightly(start, _days(case["appointments"], "arranged_for"), ended, AS_AT),
        "breach_action": worst(clocks),
    }


def _days(rows_of: list[dict[str, Any]], field: str) -> list[dt.date]:
    return [row[field] for row in rows_of if row[field] <= AS_AT]


@given(cases())
def test_every_timescale_comes_to_the_same(case: dict[str, Any]) -> None:
    judgement = _pack().evaluate(case, as_at=AS_AT)
    expected = _plain(case)
    assert {name: judgement.timescale(name).outcome.value for name in expected} == expected
