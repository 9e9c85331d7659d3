"""A row beside its siblings, looked up among them in order, comes out as held against each of the others."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

import rulelang
from rulelang.engines.python.evaluator import AsAt, Evaluator
from rulelang.model.clashes import clash_of
from rulelang.model.expressions import Call, Quantify
from rulelang.planning.plan import ItemPlan
from rulelang.truth import NA, UNREADABLE

RULES = """
pack census version "1"
  time zone "Europe/London"

record child read from "children"
  child_id   text key
  sure       yes/no optional
  plans      list of plan by child_id

record plan read from "plans"
  plan_id    text key
  place      text optional
  sort       one of low, middle or high optional
  agreed     judgement optional
  started    date optional
  ended      date optional
  opened     datetime optional
  closed     datetime optional
  visits     list of visit by plan_id

record visit read from "visits"
  cost       number optional
  came       date optional
  left       date optional

define began of plan as if agreed then started otherwise ended
define many of plan as count of visits where (came on or before started)

section A
criterion A1
  item sure
    met when sure
"""
ASKED = {
    "plan": (
        "place is unique in child",
        "sort is unique in child",
        "started is unique in child",
        "opened is unique in child",
        "began is unique in child",
        "many is unique in child",
        "started to ended overlaps no other of child.plans",
        "opened to closed overlaps no other of child.plans",
        "began to ended overlaps no other of child.plans",
        "started to began overlaps no other of child.plans",
    ),
    "visit": (
        "cost is unique in plan",
        "cost is unique in child",
        "came to left overlaps no other of plan.visits",
        "came to left overlaps no other of child.plans.visits",
    ),
}
AS_AT = AsAt.of(dt.date(2025, 1, 1), "Europe/London")


def evaluators() -> tuple[Evaluator, Evaluator]:
    """Return one that looks rows up in order, and one that holds each against each."""
    asked = [(record, requires) for record, many in ASKED.items() for requires in many]
    rules = [f"validation v{at}\n  of {of}\n  requires {it}\n" for at, (of, it) in enumerate(asked)]
    plan = rulelang.load_text(RULES + "\n" + "\n".join(rules)).evaluator.plan
    return Evaluator(plan), Evaluator(attrs.evolve(plan, items=tuple(map(row_by_row, plan.items))))


def row_by_row(plan: ItemPlan) -> ItemPlan:
    met = plan.item.met
    if not isinstance(met, Call):
        return plan
    recorded, none = met.args
    assert isinstance(none, Quantify)
    assert clash_of(none) is not None
    slow = attrs.evolve(met, args=(recorded, attrs.evolve(none, clash=False)))
    return attrs.evolve(plan, item=attrs.evolve(plan.item, met=slow))


IN_ORDER, ONE_BY_ONE = evaluators()

# Few days, so that they meet; the hours round the night on which an hour occurs twice; the first and the last of all.
DAYS = [*(dt.date(2024, 10, day) for day in range(24, 30)), dt.date.min, dt.date.max]
HOURS = [dt.datetime(2024, 10, 27, hour, minute) for hour in (0, 1, 2) for minute in (0, 30)]


def cell(values: Any, dirty: bool) -> st.SearchStrategy[Any]:
    return st.sampled_from([*values, *values, None, *([UNREADABLE] if dirty else [])])


def cases(dirty: bool) -> st.SearchStrategy[dict[str, Any]]:
    days = cell(DAYS, dirty)
    visit = st.fixed_dictionaries({"cost": cell([1, 2], dirty), "came": days, "left": days})
    plan = st.fixed_dictionaries(
        {
            "plan_id": st.just("p"),
            "place": cell("ABC", dirty),
            "sort": cell(["low", "middle", "high"], dirty),
            "agreed": cell([True, False, NA], dirty),
            "started": days,
            "ended": days,
            "opened": cell(HOURS, dirty),
            "closed": cell(HOURS, dirty),
            "visits": st.lists(visit, max_size=4),
        }
    )
    return st.fixed_dictionaries(
        {"child_id": st.just("c"), "sure": st.none(), "plans": st.lists(plan, max_size=6)}
    )


@given(cases(dirty=False))
def test_rows_looked_up_come_out_as_compared_one_by_one(case: dict[str, Any]) -> None:
    assert IN_ORDER.outcomes(case, AS_AT) == ONE_BY_ONE.outcomes(case, AS_AT)


@given(cases(dirty=True))
def test_so_do_rows_that_could_not_all_be_read(case: dict[str, Any]) -> None:
    fast, slow = (one.judge(case, AS_AT) for one in (IN_ORDER, ONE_BY_ONE))
    assert fast.items == slow.items
    assert fast.whys == slow.whys


def test_a_case_with_many_rows_is_judged_in_time_that_grows_with_them() -> None:
    def seconds(many: int) -> float:
        rows: list[dict[str, Any]] = [
            {"started": dt.date(2000, 1, 1) + dt.timedelta(days=at), "ended": None, "visits": []}
            for at in range(many)
        ]
        plans = [
            {**dict.fromkeys(("place", "sort", "agreed", "opened", "closed")), "plan_id": f"p{at}", **row}
            for at, row in enumerate(rows)
        ]
        case = {"child_id": "c", "sure": None, "plans": plans}
        began = time.perf_counter()
        IN_ORDER.outcomes(case, AS_AT)
        return time.perf_counter() - began

    few = min(seconds(500) for _ in range(3))
    # Eight times the rows; each against each would take 64 times as long.
    assert min(seconds(4000) for _ in range(3)) < 24 * few
