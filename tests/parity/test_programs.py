"""Random rules on random cases: the engine says what the reference says, in each of its variants."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from rulelang.engines.python.evaluator import AsAt
from tests.parity.comparing import (
    by_reference,
    compiled,
    fast,
    full,
    value_by_engine,
    value_by_reference,
)
from tests.reference.judging import judge
from tests.strategies.cases import as_at_dates, clean_cases, dirty_cases, far_cases
from tests.strategies.clocks import Crowd, clock_programs, crowds
from tests.strategies.programs import Program, programs


def _judgings(cases: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.tuples(cases, as_at_dates), min_size=1, max_size=6)


@given(programs(), _judgings(clean_cases))
def test_every_outcome_is_the_references(program: Program, judgings: list[tuple[Any, dt.date]]) -> None:
    note(program.text)
    one = compiled(program.text)
    for case, as_at in judgings:
        expected = by_reference(one.pack, case, as_at)
        assert full(one, case, as_at, dirty=False) == expected, f"full, as at {as_at}: {case}"
        assert fast(one, case, as_at) == expected, f"fast, as at {as_at}: {case}"
        assert full(one, case, as_at, dirty=True) == expected, f"full and careful, as at {as_at}: {case}"


@given(programs(), _judgings(far_cases))
def test_a_count_that_leaves_its_calendar_is_unknown(
    program: Program, judgings: list[tuple[Any, dt.date]]
) -> None:
    note(program.text)
    one = compiled(program.text)
    for case, as_at in judgings:
        expected = by_reference(one.pack, case, as_at)
        assert full(one, case, as_at, dirty=False) == expected, f"full, as at {as_at}: {case}"
        assert fast(one, case, as_at) == expected, f"fast, as at {as_at}: {case}"


@given(programs(), _judgings(dirty_cases))
def test_what_cannot_be_read_is_never_converted(
    program: Program, judgings: list[tuple[Any, dt.date]]
) -> None:
    note(program.text)
    one = compiled(program.text)
    for case, as_at in judgings:
        assert full(one, case, as_at, dirty=True) == by_reference(one.pack, case, as_at), (
            f"as at {as_at}: {case}"
        )


@given(programs(depth=3), _judgings(st.one_of(clean_cases, far_cases, dirty_cases)))
def test_every_value_is_the_references(program: Program, judgings: list[tuple[Any, dt.date]]) -> None:
    note(program.text)
    one = compiled(program.text)
    for case, as_at in judgings:
        for name in program.defines:
            got = value_by_engine(one, name, case, as_at)
            assert got == value_by_reference(one.pack, name, case, as_at), f"`{name}` as at {as_at}: {case}"


@given(clock_programs(), crowds(60))
def test_a_time_limit_turns_on_the_same_day(program: Program, crowd: Crowd) -> None:
    note(program.text)
    one = compiled(program.text)
    for case, as_at in crowd.judgings:
        expected = by_reference(one.pack, case, as_at)
        assert full(one, case, as_at, dirty=False) == expected, f"full, as at {as_at}: {case}"
        assert fast(one, case, as_at) == expected, f"fast, as at {as_at}: {case}"
        for name in program.defines:
            got = value_by_engine(one, name, case, as_at)
            assert got == value_by_reference(one.pack, name, case, as_at), f"`{name}` as at {as_at}: {case}"


@given(programs(depth=1), _judgings(st.one_of(clean_cases, dirty_cases)))
def test_the_same_cases_are_judged(program: Program, judgings: list[tuple[Any, dt.date]]) -> None:
    note(program.text)
    one = compiled(program.text)
    for case, as_at in judgings:
        moment = AsAt.of(as_at, one.pack.schema.reading.time_zone)
        reader = judge(one.pack, case, as_at)
        assert one.evaluator.begun(case, moment) == reader.begun, f"as at {as_at}: {case}"
        assert one.evaluator.in_scope(case, moment) == reader.in_scope, f"as at {as_at}: {case}"
