"""Tables that are read in Python, of databases, workbooks and JSON, put into a table of DuckDB in their own types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.kinds import NOTHING, ODD, Kind, Rows, arrow_type, joined, kind_of, sql_of, stored
from rulelang.bulk.scans import Scan, batches, fresh, scan_of
from rulelang.reading.tables import Table

NUMBER = "number"


def staged(
    connection: duckdb.DuckDBPyConnection, table: Table, progress: Callable[[str, int], None] | None = None
) -> Scan:
    """Return the scan of a table that is read to its end here.

    A column whose cells are not all of one type holds nothing, in a type that no field is read from. Raises
    ReadingError where `reading` does.
    """
    headings = table.shape.headings
    if not headings:
        raise NotInBulk(f"{table.name} has no headings")
    name = fresh("staged")
    kinds: list[Kind | Rows] = [NOTHING] * len(headings)
    columns = ", ".join(f"x{place} {sql_of(kind)}" for place, kind in enumerate(kinds))
    connection.execute(f"CREATE TEMP TABLE {name} ({columns}, {NUMBER} BIGINT)")
    damaged: list[Any] = []
    read = 0
    for batch in batches(table.rows, damaged):
        columns_of_batch = [*zip(*(row for _, row in batch), strict=True)]
        for place, cells in enumerate(columns_of_batch):
            known = joined(kinds[place], kind_of(cells, table.shape.nested.get(headings[place])))
            if known != kinds[place]:
                _retype(connection, name, place, known)
                kinds[place] = known
        _insert(connection, name, kinds, columns_of_batch, [number for number, _ in batch])
        read += len(batch)
        if progress is not None:
            progress(table.name, read)
    scan = scan_of(connection, table, name)
    scan.types, scan.line, scan.damaged = scan.types[:-1], NUMBER, damaged
    return scan


def _retype(connection: duckdb.DuckDBPyConnection, name: str, place: int, kind: Kind | Rows) -> None:
    """Give a column the type that it turns out to have: it held nothing, or is to hold nothing from now on."""
    using = " USING NULL" if kind == ODD else ""
    connection.execute(f"ALTER TABLE {name} ALTER x{place} SET DATA TYPE {sql_of(kind)}{using}")


def _insert(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    kinds: Sequence[Kind | Rows],
    columns: Sequence[Sequence[Any]],
    numbers: Sequence[int],
) -> None:
    import pyarrow

    fields = [(f"x{place}", arrow_type(kind)) for place, kind in enumerate(kinds)]
    schema = pyarrow.schema([*fields, (NUMBER, pyarrow.int64())])
    made = [stored(kind, cells) for kind, cells in zip(kinds, columns, strict=True)]
    try:
        whole = pyarrow.table([*made, numbers], schema=schema)
    except (pyarrow.ArrowException, UnicodeEncodeError) as error:
        raise NotInBulk(f"{name} holds what Arrow cannot: {error}") from None
    connection.register("__batch", whole)
    connection.execute(f"INSERT INTO {name} FROM __batch")
    connection.unregister("__batch")
