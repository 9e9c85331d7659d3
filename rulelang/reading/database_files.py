"""Databases that are files: SQLite or DuckDB by the first bytes, opened for reading, a batch of rows at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from rulelang.reading.failures import ReadingError, cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.table_choice import Names, chosen
from rulelang.reading.tables import NumberedRow, Source, Table
from rulelang.reading.text_files import reading

ROWS_A_BATCH = 2_000
Convert = Callable[[Sequence[Any]], Sequence[Any]]


@frozen
class Result:
    """A table as it is being read: a cursor, the shape, and how a row becomes cells."""

    cursor: Any
    shape: Shape
    cells: Convert | None = None


@frozen
class Database:
    """An open database, its tables, how one is read; `errors` is what its library raises, `say` its why."""

    connection: Any
    names: Names
    errors: type[Exception]
    select: Callable[[tuple[str, ...]], Result]
    notes: list[str] = field(factory=list)


def table_names(source: Source) -> tuple[str, ...]:
    """Return the names of a database's tables and views."""
    database = _opened(source)
    database.connection.close()
    return tuple(database.names)


def open_database_table(source: Source) -> Table:
    """Open the table of a database file that the source names. Raises ReadingError where there is none."""
    database = _opened(source)
    with contextlib.ExitStack() as closing:
        closing.callback(database.connection.close)
        parts = chosen(database.names, source.sheet or "", source.path.name)
        try:
            result = database.select(parts)
        except database.errors as error:
            raise breaks_off(source.name, 0, str(error)) from None
        closing.pop_all()
    rows = _rows(source, database, result)
    return Table(source.name, result.shape, rows, notes=database.notes, close=database.connection.close)


def _opened(source: Source) -> Database:
    with reading(source):
        if is_sqlite(source.path):
            from rulelang.reading.sqlite_tables import open_sqlite

            return open_sqlite(source)
        if is_duckdb(source.path):
            from rulelang.reading.duckdb_tables import open_duckdb

            return open_duckdb(source)
    raise cannot_read(
        "file-damaged",
        f"{source.path.name} is no database of SQLite or DuckDB; it may be damaged or locked by a password",
        "Fetch it again, or have the tables exported as CSV.",
    )


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as databases of SQLite do."""
    return _head(path).startswith(b"SQLite format 3\0")


def is_duckdb(path: Path) -> bool:
    """Whether a file begins as databases of DuckDB do."""
    return _head(path)[8:12] == b"DUCK"


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(16)


def _rows(source: Source, database: Database, result: Result) -> Iterator[NumberedRow]:
    number = 0
    try:
        while batch := result.cursor.fetchmany(ROWS_A_BATCH):
            for row in batch:
                number += 1
                yield number, result.cells(row) if result.cells else row
    except database.errors as error:
        raise breaks_off(source.name, number, str(error)) from None


def breaks_off(name: str, number: int, why: str) -> ReadingError:
    """Return the error for a table that could be read up to some row only."""
    after = f"after {number:,} {'row' if number == 1 else 'rows'}" if number else "at its first row"
    said = first_line(why)
    return cannot_read(
        "table-breaks-off",
        f"{name} cannot be read to its end: it broke off {after}",
        f"The database says: {said}" if said else None,
        "Nothing was judged.",
    )


def in_use(source: Source) -> ReadingError:
    """Return the error for a database that another program has open for writing."""
    message = f"{source.path.name} cannot be opened: another program is writing to it"
    return cannot_read("file-not-found", message, "Wait until it is done, or give a copy of the file.")


def first_line(text: str) -> str:
    """Return what a library says, cut to one line."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
