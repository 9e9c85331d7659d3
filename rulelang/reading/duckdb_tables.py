"""Tables of DuckDB files, opened for reading alone; what a view would fetch from elsewhere is not fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rulelang.reading.database_files import Convert, Database, Result, first_line, in_use
from rulelang.reading.failures import ReadingError, cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.sql_values import Known, days, lengths, moments
from rulelang.reading.table_choice import quoted, selecting
from rulelang.reading.tables import Source

TABLES = (
    "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database() "
    "UNION ALL "
    "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()"
)
# What Python has no value for is written by DuckDB itself: it makes `infinity` the year 9999, and a month 30 days.
AS_TEXT: Mapping[str, Callable[[], Known]] = {
    "DATE": days,
    "TIMESTAMP": moments,
    "TIMESTAMP_S": moments,
    "TIMESTAMP_MS": moments,
    "TIMESTAMP_NS": moments,
    "TIMESTAMP WITH TIME ZONE": moments,
    "INTERVAL": lengths,
    # Of four bytes: 0.1 is written as such, and would come as 0.10000000149.
    "FLOAT": lambda: Known(float),
    "UUID": lambda: Known(str),
}


def open_duckdb(source: Source) -> Database:
    """Open a database and list its tables and views. Raises ReadingError where duckdb is not installed."""
    try:
        import duckdb
    except ImportError:
        what = 'Install it: pip install "rulelang[duckdb]"'
        raise cannot_read("missing-extra", f"Reading {source.name} needs the library duckdb", what) from None
    try:
        connection = duckdb.connect(
            str(source.path), read_only=True, config={"enable_external_access": "false"}
        )
    except duckdb.Error as error:
        raise _unopened(source, error) from None
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        tables = connection.execute(TABLES).fetchall()
    except duckdb.Error as error:
        connection.close()
        raise _unopened(source, error) from None
    names = {(name if schema == "main" else f"{schema}.{name}"): (schema, name) for schema, name in tables}
    return Database(connection, names, duckdb.Error, lambda parts: _select(connection, parts))


def _select(connection: Any, parts: tuple[str, ...]) -> Result:
    table = connection.sql(selecting(parts))
    columns = list(zip(table.columns, table.types, strict=True))
    readers = [
        (place, AS_TEXT[str(kind)]()) for place, (_, kind) in enumerate(columns) if str(kind) in AS_TEXT
    ]
    written = {place for place, _ in readers}
    asked = ", ".join(
        f"CAST({quoted(name)} AS VARCHAR)" if place in written else quoted(name)
        for place, (name, _) in enumerate(columns)
    )
    nested = {name: inner for name, kind in columns if (inner := _rows_of(kind)) is not None}
    shape = Shape(tuple(name for name, _ in columns), nested)
    return Result(connection.execute(selecting(parts, asked)), shape, _converter(readers))


def _converter(readers: Sequence[tuple[int, Known]]) -> Convert | None:
    if not readers:
        return None

    def convert(row: Sequence[Any]) -> Sequence[Any]:
        cells = list(row)
        for place, known in readers:
            if cells[place] is not None:
                cells[place] = known[cells[place]]
        return cells

    return convert


def _rows_of(kind: Any) -> Shape | None:
    """Return the shape of the rows that a list of structs holds, None for a column of another type."""
    if kind.id != "list" or kind.children[0][1].id != "struct":
        return None
    fields = kind.children[0][1].children
    nested = {name: inner for name, each in fields if (inner := _rows_of(each)) is not None}
    return Shape(tuple(name for name, _ in fields), nested)


def _unopened(source: Source, error: Exception) -> ReadingError:
    said = first_line(str(error))
    if "set lock" in said or "used by another process" in said:
        return in_use(source)
    if "different configuration" in said:
        message = (
            f"{source.path.name} cannot be opened: this program has it open already, with other settings"
        )
        return cannot_read("file-not-found", message, "Close the other connection to it first.")
    message = f"{source.path.name} cannot be opened as a database of DuckDB"
    return cannot_read("file-damaged", message, f"DuckDB says: {said}")
