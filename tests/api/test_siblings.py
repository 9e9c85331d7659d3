"""What is said of a row that clashes with its siblings, and what cannot be asked of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import rulelang

RULES = """
pack census version "1"

record child read from "children"
  child_id   text key
  sure       yes/no optional
  plans      list of plan by child_id

record plan read from "plans"
  plan_id    text key
  place      text optional
  agreed     yes/no optional
  started    date optional
  ended      date optional

section A
criterion A1
  item sure
    met when sure

validation asked
  of plan
  requires """

PLACE = "place is unique in child"
TIMES = "started to ended overlaps no other of child.plans"


def reasons(requires: str, *plans: dict[str, Any]) -> list[str]:
    judge = rulelang.load_text(RULES + requires + "\n")
    case = {"child_id": "c1", "plans": list(plans)}
    return [one.reason for one in judge.evaluate(case, as_at=dt.date(2026, 1, 1)).validation("asked")]


def test_the_row_that_clashes_is_named_by_its_key() -> None:
    found = reasons(PLACE, *({"plan_id": f"p{n}", "place": place} for n, place in enumerate("AABA")))
    assert found[0] == "`place is unique in child` is no: the clash is with `p1` and 1 other row"
    assert found[2] == "`place is unique in child` is yes"


def test_a_row_without_a_start_is_told_so() -> None:
    found = reasons(TIMES, {"plan_id": "p1", "started": "2025-01-01"}, {"plan_id": "p2"})
    assert found == [f"`{TIMES}` is yes", "nothing is recorded in `started`"]


@pytest.mark.parametrize(
    ("requires", "code"),
    [
        ("place is unique in plan", "other-of-what"),
        ("plan_id is unique in child", "key-is-unique"),
        ("agreed is unique in child", "wrong-type"),
        ("plac is unique in child", "unknown-name"),
        ("place to ended overlaps no other of child.plans", "wrong-type"),
        ("started to ended overlaps no other of child.plan", "unknown-name"),
        ("plan_id is unique", "key-is-unique"),
        ("agreed is unique", "wrong-type"),
        ("plac is unique", "unknown-name"),
        ("place is unique and agreed", "unexpected-word"),
    ],
)
def test_what_cannot_be_asked_is_refused(requires: str, code: str) -> None:
    with pytest.raises(rulelang.RulesError) as raised:
        rulelang.load_text(RULES + requires + "\n")
    assert code in str(raised.value)
