"""Random rules on random cases, judged by one query in DuckDB: every outcome is the per-case engine's, and so is every
count."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import attrs
import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.lowering import JUDGED, NOT_YET_BEGUN, OUT_OF_SCOPE
from rulelang.truth import UNREADABLE
from rulelang.types import DurationType
from tests.parity.by_query import by_duckdb, counted_by_duckdb, value_by_duckdb
from tests.parity.comparing import Compiled, compiled, define_of, full, value_by_engine
from tests.parity.relations import exact
from tests.strategies.cases import as_at_dates, clean_cases, dirty_cases, far_cases
from tests.strategies.clocks import Crowd, clock_programs, crowds
from tests.strategies.programs import Program, programs

pytestmark = pytest.mark.needs("duckdb", "pyarrow", "numpy")

# What one query does not do, and why. Whatever else is refused fails the test.
GAPS = {
    "restarts by dates beside a limit in hours or minutes": "a start would change from a moment to a date",
    "hours or minutes beside longer lengths of time": "a value would be a date in one case and a moment in another",
    "a date beside a date and time in one choice": "the same",
    "a quotient of each row of a list": "lists hold whole numbers, and so fractions of one lower part",
    "a number worked out of each row of a list": "the same",
    "a sum of what may be not applicable": "nothing says what it comes to",
}
FEW = settings(max_examples=max(settings.default.max_examples // 3, 15) if settings.default else 20)


def known_gap(gap: Unsupported) -> None:
    if str(gap) not in GAPS:
        raise gap
    event(f"not in one query: {gap}")


def several(cases: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(cases, min_size=2, max_size=6).map(lambda rows: [exact(row) for row in rows])


def same_outcomes(program: Program, cases: list[Any], as_at: dt.date, *, dirty: bool) -> None:
    note(program.text)
    one = compiled(program.text)
    try:
        found = by_duckdb(one.evaluator.plan, cases, as_at, dirty=dirty)
    except Unsupported as gap:
        known_gap(gap)
        return
    moment = AsAt.of(as_at, one.pack.schema.reading.time_zone)
    for case, (status, outcomes) in zip(cases, found, strict=True):
        assert status == status_of(one, case, moment), f"as at {as_at}: {case}"
        if status != NOT_YET_BEGUN:
            assert outcomes == full(one, case, as_at, dirty=True), f"as at {as_at}: {case}"


def status_of(one: Compiled, case: Any, as_at: AsAt) -> int:
    if not one.evaluator.begun(case, as_at):
        return NOT_YET_BEGUN
    return JUDGED if one.evaluator.in_scope(case, as_at) else OUT_OF_SCOPE


@FEW
@given(programs(), several(clean_cases), as_at_dates)
def test_every_outcome_is_the_per_case_engines(program: Program, cases: list[Any], as_at: dt.date) -> None:
    same_outcomes(program, cases, as_at, dirty=False)


@FEW
@given(programs(), several(far_cases), as_at_dates)
def test_a_count_that_leaves_its_calendar_is_unknown(
    program: Program, cases: list[Any], as_at: dt.date
) -> None:
    same_outcomes(program, cases, as_at, dirty=False)


@FEW
@given(programs(), several(dirty_cases), as_at_dates)
def test_what_cannot_be_read_is_never_converted(program: Program, cases: list[Any], as_at: dt.date) -> None:
    same_outcomes(program, cases, as_at, dirty=True)


@settings(max_examples=max(settings.default.max_examples // 10, 4) if settings.default else 6)
@given(clock_programs(), crowds(40))
def test_a_time_limit_turns_on_the_same_day(program: Program, crowd: Crowd) -> None:
    by_day: dict[dt.date, list[Any]] = {}
    for case, as_at in crowd.judgings:
        by_day.setdefault(as_at, []).append(exact(case))
    for as_at, cases in list(by_day.items())[:4]:
        same_outcomes(program, cases, as_at, dirty=False)


@FEW
@given(programs(depth=3), several(st.one_of(clean_cases, far_cases, dirty_cases)), as_at_dates)
def test_every_value_is_the_per_case_engines(program: Program, cases: list[Any], as_at: dt.date) -> None:
    note(program.text)
    one = compiled(program.text)
    for name in program.defines:
        node = define_of(one.pack, name)
        if isinstance(node.type, DurationType):
            continue
        try:
            found = value_by_duckdb(one.evaluator.plan, node, cases, as_at, dirty=True)
        except Unsupported as gap:
            known_gap(gap)
            continue
        for case, value in zip(cases, found, strict=True):
            expected = value_by_engine(one, name, case, as_at)
            got = None if value is None or value is UNREADABLE else (isinstance(value, bool), value)
            assert got == expected, f"`{name}` as at {as_at}: {case}"


@FEW
@given(programs(), several(st.one_of(clean_cases, dirty_cases)), as_at_dates)
def test_counts_are_those_of_the_outcomes(program: Program, cases: list[Any], as_at: dt.date) -> None:
    note(program.text)
    one = compiled(program.text)
    try:
        counted = counted_by_duckdb(one.evaluator.plan, cases, as_at)
    except Unsupported as gap:
        known_gap(gap)
        return
    moment = AsAt.of(as_at, one.pack.schema.reading.time_zone)
    statuses = Counter(status_of(one, case, moment) for case in cases)
    assert {status: n for status, n in counted.statuses.items() if n} == dict(statuses)
    judged = [case for case in cases if status_of(one, case, moment) == JUDGED]
    outcomes = [full(one, case, as_at, dirty=True) for case in judged]
    tally = counted.tally
    # A validation asks every case that was read, judged or not.
    of_all = [full(one, case, as_at, dirty=True) for case in cases]
    for name, counts in {**tally.items, **tally.timescales}.items():
        expected: Counter[str] = Counter()
        for each in of_all if name in one.evaluator.plan.validations else outcomes:
            found = each[name]
            expected.update(found if isinstance(found, list) else [found])
        got = {key.replace("_", " "): n for key, n in attrs.asdict(counts).items()}  # type: ignore[arg-type]
        assert {key: n for key, n in got.items() if n} == dict(expected), name
