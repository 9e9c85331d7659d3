"""Tables of a PostgreSQL server: all of one database read as they stand at one moment, a batch of rows at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from attrs import define, field

from rulelang.reading.addresses import Served
from rulelang.reading.database_files import breaks_off, first_line
from rulelang.reading.failures import ReadingError, cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.sql_values import Known, days, lengths, moments
from rulelang.reading.table_choice import Names, chosen, quoted, selecting
from rulelang.reading.tables import NumberedRow, Table

if TYPE_CHECKING:
    from psycopg import Connection, ServerCursor

ROWS_A_BATCH = 2_000
SECONDS_TO_CONNECT = 10
TABLES = """
    SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    ORDER BY 1, 2
"""
# How values are written, and that a long table is read from its first row, are settled for this connection alone.
SETTINGS = (
    "SET LOCAL datestyle = 'ISO'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL synchronize_seqscans = off",
)
AS_TEXT = ("uuid", "json", "jsonb", "inet", "cidr")


@define
class Connections:
    """The databases that are read in one run, each connected to once; leaving the context closes them."""

    _open: dict[str, Database | ReadingError] = field(factory=dict)

    def __enter__(self) -> Connections:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for database in self._open.values():
            if isinstance(database, Database):
                database.connection.close()

    def names(self, served: Served) -> tuple[str, ...]:
        """Return the names of a database's tables and views."""
        return tuple(self._database(served).names)

    def table(self, served: Served) -> Table:
        """Open a table. Raises ReadingError where it cannot be had."""
        return self._database(served).table(served)

    def _database(self, served: Served) -> Database:
        if served.conninfo not in self._open:
            try:
                self._open[served.conninfo] = _connected(served)
            except ReadingError as error:
                self._open[served.conninfo] = error
        found = self._open[served.conninfo]
        if isinstance(found, ReadingError):
            raise found
        return found


@define
class Database:
    """A database that is connected to, and its tables."""

    connection: Connection[tuple[Any, ...]]
    names: Names
    cursors: int = 0

    def table(self, served: Served) -> Table:
        """Open a table; its rows stay on the server until they are asked for."""
        import psycopg

        parts = chosen(self.names, served.table or "", served.shown)
        self.cursors += 1
        cursor = self.connection.cursor(f"rulelang_{self.cursors}")
        try:
            with self.connection.transaction():
                cursor.execute(selecting(parts).encode())
        except psycopg.errors.InsufficientPrivilege as error:
            _close(cursor)
            raise _refused(served, parts, error) from None
        except psycopg.Error as error:
            _close(cursor)
            raise breaks_off(served.name, 0, _said(served, error)) from None
        headings = tuple(column.name for column in cursor.description or ())
        return Table(served.name, Shape(headings), _rows(served, cursor), close=partial(_close, cursor))


def _connected(served: Served) -> Database:
    try:
        import psycopg
    except ImportError:
        what = 'Install it: pip install "rulelang[postgres]"'
        raise cannot_read("missing-extra", f"Reading {served.name} needs the library psycopg", what) from None
    waits = "connect_timeout" in served.conninfo or "PGCONNECT_TIMEOUT" in os.environ
    settings: dict[str, Any] = {} if waits else {"connect_timeout": SECONDS_TO_CONNECT}
    try:
        connection = psycopg.connect(served.conninfo, fallback_application_name="rulelang", **settings)
    except psycopg.OperationalError as error:
        raise _unreachable(served, _said(served, error)) from None
    except psycopg.Error:
        raise _unreachable(served, "the address, or a setting in it, is not one of PostgreSQL") from None
    try:
        return Database(connection, _prepared(connection))
    except psycopg.Error as error:
        connection.close()
        raise _unreachable(served, _said(served, error)) from None


def _prepared(connection: Connection[tuple[Any, ...]]) -> Names:
    """Begin the one transaction that everything is read in, and list the tables."""
    from psycopg import IsolationLevel
    from psycopg.adapt import Loader
    from psycopg.types.string import TextLoader

    def loader(known: Known) -> type[Loader]:
        def load(_: Any, written: Any) -> Any:
            return known[bytes(written).decode()]

        return type("Reader", (Loader,), {"load": load})

    readers = {"date": days(), "timestamp": moments(), "timestamptz": moments(), "interval": lengths()}
    for name, known in readers.items():
        connection.adapters.register_loader(name, loader(known))
    for name in AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)
    connection.read_only = True
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    for one in SETTINGS:
        connection.execute(one.encode())
    return {
        name if visible else f"{schema}.{name}": (schema, name)
        for schema, name, visible in connection.execute(TABLES.encode())
    }


def _rows(served: Served, cursor: ServerCursor[tuple[Any, ...]]) -> Iterator[NumberedRow]:
    import psycopg

    number = 0
    try:
        for batch in iter(partial(cursor.fetchmany, ROWS_A_BATCH), []):
            for cells in batch:
                number += 1
                yield number, cells
    except psycopg.Error as error:
        raise breaks_off(served.name, number, _said(served, error)) from None


def _close(cursor: ServerCursor[tuple[Any, ...]]) -> None:
    import psycopg

    with contextlib.suppress(psycopg.Error):
        cursor.close()


def _said(served: Served, error: Exception) -> str:
    """Return what the server or its library says, cut to what matters and without a password."""
    said = first_line(served.without_secrets(str(error)))
    return said.rpartition("failed: ")[2].removeprefix("FATAL:").strip()


def _unreachable(served: Served, why: str) -> ReadingError:
    if "no password" in why:
        what = "Put the password into the environment as PGPASSWORD, or into the password file of PostgreSQL."
    elif "authentication" in why:
        what = "Check the user and the password."
    else:
        what = "Check the address, and whether the server can be reached from here."
    return cannot_read("no-connection", f"No connection to {served.shown}: {why}", what)


def _refused(served: Served, parts: tuple[str, ...], error: Exception) -> ReadingError:
    return cannot_read(
        "unknown-table",
        f"{served.name} may not be read: {_said(served, error)}",
        "Ask whoever keeps the database to run, with your user's name:",
        f"GRANT USAGE ON SCHEMA {quoted(parts[0])} TO …; GRANT SELECT ON {'.'.join(map(quoted, parts))} TO …;",
    )
