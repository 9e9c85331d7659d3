"""Tables given in Python: Arrow, Polars and pandas, scanned where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.scans import Scan, fresh, scan_of
from rulelang.model.records import Schema
from rulelang.reading.headings import fold
from rulelang.reading.sources import source_name
from rulelang.reading.tables import Table

LIBRARIES = ("pyarrow", "polars", "pandas")


def scan_given(connection: duckdb.DuckDBPyConnection, schema: Schema, data: Any) -> dict[str, Scan]:
    """Return the scans of a table of cases, or of tables by name, by the names of their records."""
    if not isinstance(data, Mapping):
        data = {source_name(schema.case): data}
    by_name = {fold(one.name): one for one in schema.records}
    by_name |= {fold(source_name(one)): one for one in schema.records}
    if any(fold(name) not in by_name or _library(table) not in LIBRARIES for name, table in data.items()):
        # What is wrong with it, `reading` says.
        raise NotInBulk("not all of it are tables of Arrow, Polars or pandas")
    scans = {by_name[fold(name)].name: _scan(connection, name, table) for name, table in data.items()}
    if schema.case.name not in scans:
        raise NotInBulk("there is no table for the cases")
    return scans


def _library(table: Any) -> str:
    return type(table).__module__.partition(".")[0]


def _scan(connection: duckdb.DuckDBPyConnection, name: str, table: Any) -> Scan:
    from rulelang.reading.parquet import arrow_table

    library = _library(table)
    if library == "polars":
        table = (table.collect() if hasattr(table, "collect") else table).to_arrow()
    elif library == "pandas":
        table = _of_pandas(table)
    elif not hasattr(table, "to_batches"):
        raise NotInBulk("not a table of Arrow")
    if library == "pandas" and not len(table):
        # For `reading` it has no headings, so that none is lacking.
        raise NotInBulk("a frame without rows")
    if library != "pyarrow":
        table = _widened(table)
    shown = arrow_table(name, table)
    if library != "pyarrow" and shown.shape.nested:
        raise NotInBulk("lists nested in a frame")
    if not table.num_columns:
        raise NotInBulk("a table without columns")
    register = fresh("given")
    connection.register(register, table)
    return scan_of(connection, Table(name, shown.shape, iter(())), register)


def _widened(table: Any) -> Any:
    """Return a table whose floats all have eight bytes, as the cells of a frame have in Python."""
    import pyarrow

    for place, one in enumerate(table.schema):
        if pyarrow.types.is_float32(one.type):
            table = table.set_column(place, one.name, table.column(place).cast(pyarrow.float64()))
    return table


def _of_pandas(frame: Any) -> Any:
    import pyarrow

    if len({str(one) for one in frame.columns}) < frame.shape[1]:
        raise NotInBulk("two columns of one name")
    try:
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        raise NotInBulk(f"a frame of mixed cells: {error}") from None
    return table.rename_columns([str(one) for one in frame.columns])
