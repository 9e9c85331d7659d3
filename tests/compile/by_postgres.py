"""What one query of PostgreSQL says of typed cases, in the words of the per-case engine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.building import list_name
from rulelang.engines.sql.calendars import column_of, days_of, list_of
from rulelang.engines.sql.layout import PLACE, Layout, plain_layout
from rulelang.engines.sql.lowering import STATUS, Lowered, Wanted, lower, table_of
from rulelang.engines.sql.scripts.days import listed_as
from rulelang.engines.sql.scripts.layouts import shapes_of
from rulelang.model.records import Schema
from rulelang.planning.plan import Plan
from rulelang.query.nodes import Sort
from rulelang.query.postgres import POSTGRES, PostgresWriter
from rulelang.query.shapes import Listed, Rows, Shape, Shapes
from tests.parity.by_query import _in_words
from tests.parity.relations import NUMBER, row_of

QUOTED = POSTGRES.quoted


def by_postgres(
    connection: Any,
    plan: Plan,
    cases: Sequence[Mapping[str, Any]],
    as_at: dt.date,
    *,
    given: Mapping[str, Any] | None = None,
    dirty: bool = False,
) -> list[tuple[int, dict[str, Any]]]:
    """Return of each case its status and every outcome in words."""
    layout = plain_layout(plan.schema, bad=dirty)
    moment = AsAt.of(as_at, plan.schema.reading.time_zone)
    lowered, _ = lower(plan, layout, Wanted(moment.day, moment.moment, given=given or {}))
    text = written(lowered, plan.schema, layout)
    make_tables(connection, lowered)
    rows = [row_of(plan.schema, plan.schema.case, layout, one, place) for place, one in enumerate(cases)]
    connection.execute("DROP TABLE IF EXISTS given")
    connection.execute(
        "CREATE TEMP TABLE given AS SELECT CAST(%s AS jsonb) AS cases", [json.dumps(rows, default=str)]
    )
    result = connection.execute(text.replace("%", "%%"))
    names = [one.name for one in result.description]
    found = sorted(result.fetchall())
    return [(row[names.index(STATUS)], _in_words(dict(zip(names, row, strict=True)))) for row in found]


def written(lowered: Lowered, schema: Schema, layout: Layout) -> str:
    """Return the query over the rows given as JSON."""
    columns = shapes_of(schema, schema.case, layout)
    shapes = Shapes({**columns, NUMBER: Sort.WHOLE})
    looked = {list_name(owner, column): listed_as(column) for owner, column in lowered.lists}
    shapes.columns.update(looked)
    writer = PostgresWriter(shapes=shapes, looked_up=frozenset(looked))
    row = Rows((*columns.items(),))
    given = f"FROM given, jsonb_to_recordset(given.cases) AS c{_loose(row)}"
    source = f"(SELECT {_typed(row, 'c')}, {QUOTED(PLACE)} AS {QUOTED(NUMBER)} {given})"
    return writer.query(lowered.outcomes(source, (NUMBER,)))


def _loose(row: Rows) -> str:
    """Return the columns of rows of JSON."""
    kinds = ("jsonb" if isinstance(one, Listed) else PostgresWriter().type_of(one) for _, one in row.fields)
    return (
        "("
        + ", ".join(f"{QUOTED(name)} {kind}" for (name, _), kind in zip(row.fields, kinds, strict=True))
        + ")"
    )


def _typed(row: Rows, alias: str) -> str:
    return ", ".join(
        f"{_value(one, f'{alias}.{QUOTED(name)}')} AS {QUOTED(name)}" for name, one in row.fields
    )


def _value(shape: Shape, text: str) -> str:
    if not isinstance(shape, Listed):
        return text + (' COLLATE "C"' if shape is Sort.TEXT else "")
    assert isinstance(shape.of, Rows)
    inner = ", ".join(_value(one, f"i.{QUOTED(name)}") for name, one in shape.of.fields)
    return f"ARRAY(SELECT ROW({inner}) FROM jsonb_to_recordset({text}) AS i{_loose(shape.of)})"


def make_tables(connection: Any, lowered: Lowered) -> None:
    """Make the tables that a lowered plan looks up."""
    for calendar, columns in lowered.due_columns.items():
        found = lowered.plan.calendars[calendar]
        values = [days_of(found), *(column_of(found, column) for column in columns)]
        named = ", ".join(map(QUOTED, ("day", *columns)))
        places = ", ".join("CAST(%s AS date[])" for _ in values)
        table = QUOTED(table_of(calendar))
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT * FROM unnest({places}) AS d({named})", values
        )
    if lowered.lists:
        named = ", ".join(
            f"CAST(%s AS {PostgresWriter().type_of(listed_as(column))}) AS {QUOTED(list_name(owner, column))}"
            for owner, column in lowered.lists
        )
        connection.execute("DROP TABLE IF EXISTS look_ups")
        values = [list_of(lowered.plan, owner, column) for owner, column in lowered.lists]
        connection.execute(f"CREATE TEMP TABLE look_ups AS SELECT {named}", values)
