"""Tables of DuckDB files, scanned where they lie: the file is attached to the connection, for reading alone."""

from __future__ import annotations

import duckdb

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.forms import MOMENTS, ZONED
from rulelang.bulk.scans import Scan, fresh, scan_of
from rulelang.bulk.wording import named, quoted
from rulelang.reading.database_files import is_duckdb
from rulelang.reading.table_choice import chosen
from rulelang.reading.tables import DATABASE_FORMATS, Source, format_of, open_table

TABLES = """
    SELECT schema_name, table_name, true FROM duckdb_tables() WHERE NOT internal AND database_name = $alias
    UNION ALL
    SELECT schema_name, view_name, false FROM duckdb_views() WHERE NOT internal AND database_name = $alias
"""
# Python knows no day outside these years, so that `reading` meets text in place of one; `infinity` is such a day.
FIRST, LAST = "0001-01-01", "9999-12-31"


def scan_attached(connection: duckdb.DuckDBPyConnection, source: Source) -> Scan | None:
    """Return the scan of a table in a file of DuckDB; None of anything else, a view included.

    Raises ReadingError as `reading` does.
    """
    if format_of(source.path) not in DATABASE_FORMATS or not is_duckdb(source.path):
        return None
    table = open_table(source)
    table.close()
    try:
        relation = _relation(connection, source)
        if relation is None:
            return None
        scan = scan_of(connection, table, relation)
        if _days_out_of_reach(connection, scan):
            raise NotInBulk(f"{source.name} holds days outside the years 1 to 9999")
    except duckdb.Error as error:
        raise NotInBulk(f"{source.path.name} cannot be attached: {error}") from None
    return scan


def _relation(connection: duckdb.DuckDBPyConnection, source: Source) -> str | None:
    alias = _attached(connection, source)
    found = connection.execute(TABLES, {"alias": alias}).fetchall()
    names = {(name if schema == "main" else f"{schema}.{name}"): (schema, name) for schema, name, _ in found}
    parts = chosen(names, source.sheet or "", source.path.name)
    # What a view would fetch from elsewhere is not fetched.
    is_table = any((schema, name) == parts and kept for schema, name, kept in found)
    return ".".join(map(named, (alias, *parts))) if is_table else None


def _attached(connection: duckdb.DuckDBPyConnection, source: Source) -> str:
    """Return the name that a file goes by; one that holds several tables is attached once."""
    path = str(source.path.resolve())
    known = connection.execute(
        "SELECT database_name FROM duckdb_databases() WHERE path = ?", [path]
    ).fetchone()
    if known is not None:
        return str(known[0])
    alias = fresh("attached")
    connection.execute(f"ATTACH {quoted(path)} AS {alias} (READ_ONLY)")
    return alias


def _days_out_of_reach(connection: duckdb.DuckDBPyConnection, scan: Scan) -> bool:
    days = [place for place, kind in enumerate(scan.kinds) if kind in ("DATE", ZONED, *MOMENTS)]
    tests = [f"bool_or(x{one}::DATE NOT BETWEEN DATE '{FIRST}' AND DATE '{LAST}')" for one in days]
    if not tests:
        return False
    (found,) = connection.execute(f"SELECT {', '.join(tests)} FROM {scan.select()}").fetchall()
    return any(found)
