"""Tables of SQLite files, through the standard library. The file is opened for reading alone."""

from __future__ import annotations

import sqlite3

from rulelang.reading.database_files import Database, Result, first_line, in_use
from rulelang.reading.failures import ReadingError, cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.table_choice import selecting
from rulelang.reading.tables import Source

TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' "
    "ORDER BY rowid"
)


def open_sqlite(source: Source) -> Database:
    """Open a database and list its tables and views."""
    address = f"{source.path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True)
    notes: list[str] = []
    connection.text_factory = _Decoder(source.path.name, notes)
    try:
        names = {name: (name,) for (name,) in connection.execute(TABLES)}
    except sqlite3.Error as error:
        connection.close()
        raise _unopened(source, error) from None

    def select(parts: tuple[str, ...]) -> Result:
        cursor = connection.execute(selecting(parts))
        return Result(cursor, Shape(tuple(column[0] for column in cursor.description)))

    return Database(connection, names, sqlite3.Error, select, notes)


class _Decoder:
    """Reads the bytes of a text: UTF-8, or else Windows-1252, which a note says once."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self._name = name
        self._notes = notes

    def __call__(self, text: bytes) -> str:
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            if not self._notes:
                self._notes.append(
                    f"{self._name} holds text that is not UTF-8; it was read as Windows-1252. "
                    "Check names that have accents."
                )
            return text.decode("cp1252", "replace")


def _unopened(source: Source, error: sqlite3.Error) -> ReadingError:
    said = first_line(str(error))
    if "locked" in said:
        return in_use(source)
    message = f"{source.path.name} is damaged: its tables cannot be listed"
    return cannot_read("file-damaged", message, f"SQLite says: {said}", "Fetch it again.")
