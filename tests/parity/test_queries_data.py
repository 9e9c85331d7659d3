"""The conformance data and the operators' examples, answered by one query in DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

import rulelang
from rulelang.operators import Example
from rulelang.outcomes import VERDICT_OF, ItemOutcome
from rulelang.planning.lowering import lower as plan_of
from rulelang.truth import NA
from rulelang.types import DurationType
from tests.parity.by_query import by_duckdb, value_by_duckdb
from tests.parity.relations import exact
from tests.parity.test_conformance_data import _cases, _pack
from tests.parity.test_operators import EXAMPLES, RECORD

pytestmark = pytest.mark.needs("duckdb", "pyarrow", "numpy")


def as_at_of(case: Mapping[str, Any]) -> dt.date:
    text = case["as_at"]
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


@pytest.mark.parametrize("case", _cases("expressions"))
def test_an_expression_has_its_value(case: Mapping[str, Any]) -> None:
    pack = _pack(case["rules"])
    expression = pack.expression(case["expression"], case.get("calendar"))
    if isinstance(expression.type, DurationType):
        pytest.skip("a length of time is no value of a query: what is counted with it is")
    plan = plan_of(pack.checked.pack)
    row = exact(pack.read(case.get("given", {})).row)
    (value,) = value_by_duckdb(plan, plan.inlined(expression), [row], as_at_of(case), dirty=True)
    expected = None if case.get("missing") else "not applicable" if case.get("na") else case["expected"]
    assert in_json(value) == expected, case["why"]


@pytest.mark.parametrize("case", _cases("rules"))
def test_a_case_comes_to_its_outcomes(case: Mapping[str, Any]) -> None:
    pack = _pack(case["rules"])
    row = exact(pack.read(case.get("given", {})).row)
    ((_, outcomes),) = by_duckdb(plan_of(pack.checked.pack), [row], as_at_of(case), dirty=True)
    expected = {
        subject.removeprefix("timescale "): outcome
        for subject, outcome in case["expect"].items()
        if not subject.startswith("due ")
    }
    found = {subject: _said(outcomes, subject) for subject in expected}
    assert found == expected, case["why"]


def _said(outcomes: Mapping[str, Any], subject: str) -> Any:
    if not subject.startswith("validation "):
        return outcomes[subject]
    came = outcomes[subject.removeprefix("validation ")]
    rows = came if isinstance(came, list) else [came]
    return [VERDICT_OF[ItemOutcome(one)].value for one in rows]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_an_operator_has_its_answer(example: Example) -> None:
    pack = rulelang.load_text(
        f"{RECORD}\ndefine asked as {example.expression}\n\ndefine answer as {example.answer}\n"
    )
    plan = plan_of(pack.checked.pack)
    case = {"crn": "1"}
    asked, answer = (
        value_by_duckdb(plan, plan.inlined(pack.expression(name)), [case], dt.date(2005, 3, 1), dirty=False)
        for name in ("asked", "answer")
    )
    assert asked == answer


def in_json(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if value is NA:
        return "not applicable"
    if isinstance(value, int | Fraction):
        return int(value) if Fraction(value).denominator == 1 else str(float(value))
    return value.isoformat()
