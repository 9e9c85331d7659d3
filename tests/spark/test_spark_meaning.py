"""Queries on Spark say what the per-case engine says: random rules, the operators' examples, the conformance data."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import rulelang
from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.lowering import JUDGED, NOT_YET_BEGUN, OUT_OF_SCOPE
from rulelang.operators.table import OPERATORS
from rulelang.truth import UNREADABLE
from rulelang.types import DurationType
from tests.conformance.test_conformance import HERE
from tests.parity.comparing import Compiled, compiled, define_of, full
from tests.parity.relations import exact
from tests.parity.test_operators import AS_AT, RECORD
from tests.parity.test_queries import GAPS
from tests.servers.spark import on_spark
from tests.spark.by_spark import all_outcomes, all_values, outcomes_of
from tests.strategies.cases import as_at_dates, clean_cases, dirty_cases, far_cases
from tests.strategies.programs import Program, programs

CI = settings.default is not None and settings.default.max_examples <= 100
FEW = settings(
    max_examples=6 if CI else 400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# --- random rules -------------------------------------------------------------------------------------------


def same(spark: Any, program: Program, cases: list[Any], as_at: dt.date, *, dirty: bool) -> None:
    note(program.text)
    one = compiled(program.text)
    cases = [exact(case) for case in cases]
    try:
        found = outcomes_of(spark, one.evaluator.plan, cases, as_at, dirty=dirty)
    except Unsupported as gap:
        if str(gap) not in GAPS:
            raise
        return
    moment = AsAt.of(as_at, one.pack.schema.reading.time_zone)
    for case, (status, outcomes) in zip(cases, found, strict=True):
        begun, within = one.evaluator.begun(case, moment), one.evaluator.in_scope(case, moment)
        assert status == (NOT_YET_BEGUN if not begun else JUDGED if within else OUT_OF_SCOPE)
        if begun:
            assert outcomes == full(one, case, as_at, dirty=True), f"as at {as_at}: {case}"


@on_spark
@FEW
@given(program=programs(), cases=st.lists(clean_cases, min_size=3, max_size=8), as_at=as_at_dates)
def test_every_outcome_is_the_per_case_engines(
    interpreted: Any, program: Program, cases: list[Any], as_at: dt.date
) -> None:
    same(interpreted, program, cases, as_at, dirty=False)


@on_spark
@FEW
@given(program=programs(), cases=st.lists(far_cases, min_size=3, max_size=8), as_at=as_at_dates)
def test_a_count_that_leaves_its_calendar_is_unknown(
    interpreted: Any, program: Program, cases: list[Any], as_at: dt.date
) -> None:
    same(interpreted, program, cases, as_at, dirty=False)


@on_spark
@FEW
@given(program=programs(), cases=st.lists(dirty_cases, min_size=3, max_size=8), as_at=as_at_dates)
def test_what_cannot_be_read_is_never_converted(
    interpreted: Any, program: Program, cases: list[Any], as_at: dt.date
) -> None:
    same(interpreted, program, cases, as_at, dirty=True)


# --- operators and conformance ------------------------------------------------------------------------------


def alike(came: Any, expected: Any) -> bool:
    """Say whether Spark's value is the one expected; a fraction in any terms, a time of day as microseconds."""
    if isinstance(came, tuple):
        return bool(Fraction(*came) == expected)
    if isinstance(expected, dt.time):
        seconds = expected.hour * 3600 + expected.minute * 60 + expected.second
        return bool(came == seconds * 1_000_000 + expected.microsecond)
    expected = None if expected is UNREADABLE else expected
    return isinstance(came, bool) == isinstance(expected, bool) and bool(came == expected)


@on_spark
def test_the_examples_of_the_operators(interpreted: Any) -> None:
    examples = [one for operator in OPERATORS for one in operator.examples]
    defines = [f"define asked_{n} as {one.expression}" for n, one in enumerate(examples)]
    pack = compiled(RECORD + "\n" + "\n".join(defines) + "\n")
    row = rulelang.load_text(RECORD).read({"crn": "1"}).row
    moment = AsAt.of(AS_AT, None)
    nodes = {one.expression: define_of(pack.pack, f"asked_{n}") for n, one in enumerate(examples)}
    nodes = {text: one for text, one in nodes.items() if not isinstance(one.type, DurationType)}
    (found,) = all_values(interpreted, pack.evaluator.plan, [row], AS_AT, list(nodes.values()))
    wrong = []
    for came, (text, node) in zip(found, nodes.items(), strict=True):
        expected = pack.evaluator.work_out(node, row, moment)[0]
        if not alike(came, expected):
            wrong.append((text, came, expected))
    assert wrong == []


def conformance(kind: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted(HERE.glob(f"{kind}_*.toml")):
        shared = tomllib.loads(file.read_text(encoding="utf-8"))
        for one in shared.pop("case"):
            yield file, {**shared, **one}


@lru_cache(maxsize=64)
def pack_of(rules: str) -> Any:
    return rulelang.load_text(rules)


def as_at_of(case: dict[str, Any]) -> Any:
    text = case["as_at"]
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


@on_spark
def test_conformance_expressions(interpreted: Any) -> None:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for _, case in conformance("expressions"):
        groups[case["rules"], case["as_at"]].append(case)
    wrong = [one for cases in groups.values() for one in wrong_values(interpreted, cases)]
    assert wrong == []


def wrong_values(spark: Any, cases: list[dict[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the expressions whose value is not the per-case engine's; all have the same rules and as-at date."""
    pack = pack_of(cases[0]["rules"])
    plan, as_at = pack.evaluator.plan, as_at_of(cases[0])
    moment = AsAt.of(as_at, pack.schema.reading.time_zone)
    nodes = [plan.inlined(pack.expression(one["expression"], one.get("calendar"))) for one in cases]
    rows = [exact(pack.read(one.get("given", {})).row) for one in cases]
    asked = [n for n, node in enumerate(nodes) if not isinstance(node.type, DurationType)]
    found = all_values(spark, plan, rows, as_at, [nodes[n] for n in asked])
    for place, n in enumerate(asked):
        expected = pack.evaluator.work_out(nodes[n], rows[n], moment)[0]
        if not alike(found[n][place], expected):
            yield cases[n]["expression"], found[n][place], expected


@on_spark
def test_conformance_rules(interpreted: Any) -> None:
    runs: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for _, case in conformance("rules"):
        runs[case["rules"]][case["as_at"]].append(case)
    for rules, by_day in runs.items():
        pack = pack_of(rules)
        one = Compiled(pack.checked.pack, pack.evaluator)
        asked, expected = [], []
        # Each date is a query of its own: in CI those with the most cases are enough.
        days = sorted(by_day.values(), key=len, reverse=True)[: 3 if CI else None]
        for cases in days:
            rows = [exact(pack.read(case["given"]).row) for case in cases]
            as_at = as_at_of(cases[0])
            asked.append((rows, as_at))
            # Together they are one file, of which some validations ask.
            whole = Compiled(one.pack, one.evaluator.among(rows))
            expected += [
                (case["why"], full(whole, row, as_at, dirty=True))
                for case, row in zip(cases, rows, strict=True)
            ]
        found = [outcomes for run in all_outcomes(interpreted, one.evaluator.plan, asked) for outcomes in run]
        for came, (why, wanted) in zip(found, expected, strict=True):
            assert came == wanted, why


def test_a_text_is_spelled_with_its_quotes_and_backslashes() -> None:
    from rulelang.query.spark import SPARK

    assert SPARK.text("a'b\\c") == "'a''b\\\\c'"
    assert SPARK.quoted("a`b") == "`a``b`"
