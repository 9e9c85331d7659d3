"""What queries on Spark say of cases, in the words of the per-case engine.

Many in one query, since each costs a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve

from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.judging import ITEM_OUTCOMES, Judging
from rulelang.engines.sql.lowering import STATUS, Lowered, Wanted, _due_columns, _step, lower
from rulelang.engines.sql.values import Val
from rulelang.model.expressions import Expression
from rulelang.outcomes import WORST_FIRST
from rulelang.planning.plan import Plan
from rulelang.query.nodes import Column, Node
from rulelang.query.statements import Query
from rulelang.spark.running import collected, frame_of, settings
from rulelang.spark.scratch import Scratch
from rulelang.truth import NA
from tests.parity.relations import NUMBER, table_of_cases

Cases = Sequence[Mapping[str, Any]]


def outcomes_of(
    session: Any, plan: Plan, cases: Cases, as_at: dt.date, *, dirty: bool
) -> list[tuple[int, dict[str, Any]]]:
    """Return of each case its status and every outcome in words."""
    lowered = _lowered(session, plan, cases, as_at, "cases", dirty=dirty)
    rows = collected(session, lowered, lowered.outcomes("`cases`", (NUMBER,)))
    rows.sort(key=lambda row: row[NUMBER])
    return [(row[STATUS], in_words(row)) for row in rows]


def _lowered(
    session: Any, plan: Plan, cases: Cases, as_at: dt.date, view: str, *, dirty: bool = True
) -> Lowered:
    table, layout = table_of_cases(plan.schema, cases, bad=dirty)
    moment = AsAt.of(as_at, plan.schema.reading.time_zone)
    lowered, _ = lower(plan, layout, Wanted(moment.day, moment.moment))
    session.createDataFrame(table).createOrReplaceTempView(view)
    return lowered


def all_outcomes(
    session: Any, plan: Plan, runs: Sequence[tuple[Cases, dt.date]]
) -> list[list[dict[str, Any]]]:
    """Return the outcomes of cases as at several dates, in one query."""
    asked = []
    for number, (cases, as_at) in enumerate(runs):
        lowered = _lowered(session, plan, cases, as_at, f"cases_{number}")
        query = lowered.outcomes(f"`cases_{number}`", (NUMBER,))
        asked.append((f"SELECT {number} AS run, * FROM ", lowered, query))
    found: list[list[dict[str, Any]]] = [[] for _ in runs]
    for row in sorted(_union(session, asked), key=lambda row: (row["run"], row[NUMBER])):
        found[row["run"]].append(in_words(row))
    return found


def _union(session: Any, asked: Sequence[tuple[str, Lowered, Query]]) -> list[dict[str, Any]]:
    """Run several queries as one: what each selects, and of what."""
    scratch = Scratch(session)
    try:
        with settings(session, 10_000):
            parts = [
                select + scratch.view("part", frame_of(scratch, lowered, query))
                for select, lowered, query in asked
            ]
            return [row.asDict() for row in session.sql("\nUNION ALL\n".join(parts)).collect()]
    finally:
        scratch.close()


def all_values(
    session: Any, plan: Plan, cases: Cases, as_at: dt.date, nodes: Sequence[Expression]
) -> list[list[Any]]:
    """Return of each case the values of some expressions, in one query; a number as its two parts."""
    table, layout = table_of_cases(plan.schema, cases, bad=True)
    moment = AsAt.of(as_at, plan.schema.reading.time_zone)
    maker = Judging(plan, layout, moment.day, moment.moment, {})
    maker.begin()
    maker.judge()
    values = [maker.val(node) for node in nodes]
    steps = maker.blocks[0].steps
    lowered, _ = lower(plan, layout, Wanted(moment.day, moment.moment))
    lowered = evolve(
        lowered,
        steps=tuple(map(_step, steps)),
        due_columns=_due_columns(steps),
        lists=tuple(maker.lists),
    )
    columns: list[tuple[str, Node]] = [(NUMBER, Column(NUMBER))]
    for number, value in enumerate(values):
        columns += [(f"v{number}", value.sql), (f"n{number}", value.na)]
        columns += [(f"d{number}", value.den)] if value.den is not None else []
    session.createDataFrame(table).createOrReplaceTempView("cases")
    rows = collected(session, lowered, Query("`cases`", lowered.steps, tuple(columns)))
    rows.sort(key=lambda row: row[NUMBER])
    return [[_value(row, number, value) for number, value in enumerate(values)] for row in rows]


def _value(row: Mapping[str, Any], number: int, value: Val) -> Any:
    if row[f"n{number}"]:
        return NA
    found = row[f"v{number}"]
    return found if value.den is None or found is None else (int(found), int(row[f"d{number}"]))


def in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return outcomes by name."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        kind, _, subject = name.partition(" ")
        if kind == "timescale":
            found[subject] = WORST_FIRST[value].value
        elif kind == "item" and isinstance(value, list):
            found[subject] = [ITEM_OUTCOMES[one].value for one in value]
        elif kind == "item":
            found[subject] = ITEM_OUTCOMES[value].value
    return found


__all__ = ["all_outcomes", "all_values", "in_words", "outcomes_of"]
