"""Running queries in DuckDB: a connection that fetches nothing, the tables of calendars, the text of a query."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rulelang.calendars import WorkingCalendar
from rulelang.engines.sql.building import list_name
from rulelang.engines.sql.calendars import list_of
from rulelang.engines.sql.lowering import Lowered, table_of
from rulelang.engines.sql.zones import LOCAL, UNIVERSAL
from rulelang.query.duckdb import DUCKDB
from rulelang.query.statements import Query
from rulelang.query.writing import Writer

SETTINGS = (
    # Nothing is fetched from anywhere.
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
)
# What makes these queries faster, and nothing else: one that reuses aggregates takes exponentially long over many
# steps, and one that chooses the sides of a join without counts may take the cases for the smaller.
OPTIMIZERS = (
    "expression_rewriter", "filter_pushdown", "unused_columns", "statistics_propagation", "cte_inlining",
    "column_lifetime", "common_subexpressions",
)  # fmt: skip


def connected(threads: int | None = None, memory: str | None = None, spill: str | None = None) -> Any:
    """Return a connection of its own; `spill` is a folder for what does not fit in memory."""
    import duckdb

    connection = duckdb.connect(":memory:")
    for setting in SETTINGS:
        connection.execute(setting)
    known = [name for (name,) in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    idle = ",".join(name for name in known if name not in OPTIMIZERS)
    connection.execute(f"SET disabled_optimizers = {DUCKDB.text(idle)}")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")
    if memory is not None:
        connection.execute("SET memory_limit = ?", [memory])
    connection.execute(f"SET temp_directory = {DUCKDB.text(spill or '')}")
    return connection


def written(query: Query) -> str:
    """Return the text of a query."""
    return Writer(DUCKDB).query(query)


def make_tables(connection: Any, lowered: Lowered) -> None:
    """Make the tables that a lowered plan looks up."""
    calendars = lowered.plan.calendars
    quoted = DUCKDB.quoted
    for calendar, columns in lowered.due_columns.items():
        made = due_table(calendars[calendar], columns, lowered.wanted.as_at)
        connection.register("made", made)
        columns_of = ", ".join(f"{_cast(one)} AS {quoted(one)}" for one in made)
        table = quoted(table_of(calendar))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns_of} FROM made")
        connection.unregister("made")
    if lowered.lists:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE look_ups AS SELECT {_lists(connection, lowered)}")


def _lists(connection: Any, lowered: Lowered) -> str:
    """Return the columns of the table of one row that holds look-ups as lists."""
    import numpy as np

    columns = []
    for number, (owner, column) in enumerate(lowered.lists):
        kind = _type(column)
        values = list_of(lowered.plan, owner, column)
        array = np.array(values, dtype="datetime64[s]" if kind == "DATE" else None)
        connection.register(f"listed_{number}", {"place": np.arange(len(array)), "value": array})
        name = DUCKDB.quoted(list_name(owner, column))
        columns.append(f"(SELECT list(CAST(value AS {kind}) ORDER BY place) FROM listed_{number}) AS {name}")
    return ", ".join(columns)


def due_table(calendar: WorkingCalendar, columns: tuple[str, ...], as_at: dt.date) -> dict[str, Any]:
    """Return the table of a calendar as arrays: its days, and of each the columns asked for."""
    import numpy as np

    epoch = dt.date(1970, 1, 1).toordinal()
    first, last = (day.toordinal() - epoch for day in (calendar.first, calendar.last))
    days = np.arange(first, last + 1)
    working = np.array(calendar.working_ordinals) - epoch
    after = np.searchsorted(working, days, side="right")
    before = np.searchsorted(working, days, side="left")
    today = as_at.toordinal() - epoch
    table: dict[str, Any] = {"day": _dates(days)}
    for name in columns:
        kind, _, rest = name.partition("_") if name.startswith(("cap_", "past_")) else ("", "", name)
        sign, _, amount = rest.partition("_")
        n = int(amount)
        at = after + n - 1 if sign == "plus" else before - n
        known = (at >= 0) & (at < len(working))
        due = days if n == 0 else working[np.clip(at, 0, len(working) - 1)]
        known = np.ones(len(days), dtype=bool) if n == 0 else known
        if kind == "past":
            table[name] = known & (today > due)
            continue
        found = _dates(np.minimum(due, today) if kind == "cap" else due)
        found[~known] = np.datetime64("NaT")
        table[name] = found
    return table


def _dates(days: Any) -> Any:
    """Return days since 1970 as an array that DuckDB takes."""
    return days.astype("datetime64[D]").astype("datetime64[s]")


def _cast(column: str) -> str:
    name = DUCKDB.quoted(column)
    return name if column.startswith("past_") else f"CAST({name} AS DATE)"


def _type(column: str) -> str:
    if column in (*LOCAL, *UNIVERSAL):
        return "BIGINT"
    return {"rank": "BIGINT", "working": "BOOLEAN"}.get(column, "DATE")
