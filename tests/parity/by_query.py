"""What one query says of cases, in the words of the per-case engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from rulelang.engines.duckdb.running import connected, make_tables, written
from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.judging import ITEM_OUTCOMES
from rulelang.engines.sql.lowering import STATUS, Lowered, Wanted, lower
from rulelang.engines.sql.tallies import Counted, count_rows
from rulelang.model.expressions import Expression
from rulelang.outcomes import WORST_FIRST
from rulelang.planning.plan import Plan
from rulelang.truth import NA
from tests.parity.relations import NUMBER, table_of_cases


@lru_cache(maxsize=1)
def connection() -> Any:
    return connected(threads=1)


_MADE: list[Any] = []


def with_tables(duckdb: Any, lowered: Lowered) -> None:
    """Make the tables that a plan looks up, unless they are those of the plan before."""
    wanted = (lowered.due_columns, lowered.lists, lowered.plan.calendars, lowered.wanted.as_at)
    if [wanted] != _MADE:
        make_tables(duckdb, lowered)
        _MADE[:] = [wanted]


def by_duckdb(
    plan: Plan,
    cases: Sequence[Mapping[str, Any]],
    as_at: dt.date,
    *,
    dirty: bool,
    given: Mapping[str, Any] | None = None,
) -> list[tuple[int, dict[str, Any]]]:
    """Return of each case its status and every outcome in words."""
    table, layout = table_of_cases(plan.schema, cases, bad=dirty)
    moment = AsAt.of(as_at, plan.schema.reading.time_zone)
    wanted = Wanted(moment.day, moment.moment, given=given or {})
    lowered, _ = lower(plan, layout, wanted)
    duckdb = connection()
    with_tables(duckdb, lowered)
    duckdb.register("cases", table)
    text = written(lowered.outcomes('"cases"', (NUMBER,)))
    result = duckdb.execute(text)
    names = [one[0] for one in result.description]
    rows = sorted(result.fetchall())
    return [(row[names.index(STATUS)], _in_words(dict(zip(names, row, strict=True)))) for row in rows]


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        kind, _, subject = name.partition(" ")
        if kind == "timescale":
            found[subject] = WORST_FIRST[value].value
        elif kind == "item":
            found[subject] = (
                [ITEM_OUTCOMES[one].value for one in value]
                if isinstance(value, list)
                else ITEM_OUTCOMES[value].value
            )
    return found


def value_by_duckdb(
    plan: Plan, node: Expression, cases: Sequence[Mapping[str, Any]], as_at: dt.date, *, dirty: bool
) -> list[Any]:
    """Return the value of an expression on each case."""
    table, layout = table_of_cases(plan.schema, cases, bad=dirty)
    moment = AsAt.of(as_at, plan.schema.reading.time_zone)
    lowered, value = lower(plan, layout, Wanted(moment.day, moment.moment), value=node)
    assert value is not None
    duckdb = connection()
    with_tables(duckdb, lowered)
    duckdb.register("cases", table)
    rows = sorted(
        duckdb.execute(written(lowered.values('"cases"', (NUMBER,), value))).fetchall(), key=lambda r: r[0]
    )
    return [_value(row) for row in rows]


def _value(row: tuple[Any, ...]) -> Any:
    _, value, na, _bad, *den = row
    if na:
        return NA
    if value is not None and den:
        return Fraction(int(value), int(den[0]))
    return value


def counted_by_duckdb(plan: Plan, cases: Sequence[Mapping[str, Any]], as_at: dt.date) -> Counted:
    """Return what the counting query says of cases, as runs in bulk ask it."""
    table, layout = table_of_cases(plan.schema, cases, bad=True)
    moment = AsAt.of(as_at, plan.schema.reading.time_zone)
    lowered, _ = lower(plan, layout, Wanted(moment.day, moment.moment), packed=True)
    duckdb = connection()
    with_tables(duckdb, lowered)
    duckdb.register("cases", table)
    result = duckdb.execute(written(lowered.tally('"cases"')))
    names = [one[0] for one in result.description]
    return count_rows(lowered, [dict(zip(names, row, strict=True)) for row in result.fetchall()])
