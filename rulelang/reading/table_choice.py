"""Which table of a database is meant, and the statement that reads it, whatever the kind of database."""

from __future__ import annotations

from collections.abc import Mapping

from rulelang.diagnostics import did_you_mean, or_list
from rulelang.reading.failures import ReadingError, cannot_read, listed

# The tables of a database by the names to call them by; the parts are the schema, if there are any, and the table.
Names = Mapping[str, tuple[str, ...]]


def chosen(names: Names, wanted: str, where: str) -> tuple[str, ...]:
    """Return the parts of the table that is meant: exactly so written, or else but for letter case."""
    every = {**{".".join(parts): parts for parts in names.values()}, **names}
    if wanted in every:
        return every[wanted]
    alike = {parts for name, parts in every.items() if name.casefold() == wanted.casefold()}
    if len(alike) == 1:
        return alike.pop()
    raise unknown_table(names, wanted, where)


def unknown_table(names: Names, wanted: str, where: str) -> ReadingError:
    """Return the error for a name that no table has."""
    elsewhere = [name for name, parts in names.items() if parts[-1].casefold() == wanted.casefold()]
    near = elsewhere or did_you_mean(wanted, names, limit=1)
    meant = f"Did you mean {or_list(near)}?" if near else None
    there = f"Its tables are {listed(names)}." if names else "It holds no table that can be seen."
    return cannot_read("unknown-table", f"{where} has no table `{wanted}`", meant, there)


def quoted(name: str) -> str:
    """Return a name as SQL takes it for a name, whatever signs it has."""
    return '"' + name.replace('"', '""') + '"'


def selecting(parts: tuple[str, ...], columns: str = "*") -> str:
    """Return the statement that reads a table."""
    return f"SELECT {columns} FROM {'.'.join(map(quoted, parts))}"
