"""Names, literals and small forms of SQL, escaped in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

# What `str.strip` cuts off.
BLANKS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
BLANKS += "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def named(name: str) -> str:
    """Return a name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """Return text as a literal."""
    plain = "'" + text.replace("'", "''") + "'"
    return plain if "\0" not in plain else "(" + plain.replace("\0", "' || chr(0) || '") + ")"


def literal(value: Any) -> str:
    """Return a value as a literal of its type."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, float):
        return f"'{value!r}'::DOUBLE"
    return str(value)


def struct(fields: Iterable[tuple[str, str]]) -> str:
    """Return a struct of named expressions."""
    return "struct_pack(" + ", ".join(f"{named(name)} := {value}" for name, value in fields) + ")"


def any_of(tests: Iterable[str | None]) -> str | None:
    """Return the tests joined by OR, those that are None left out; None where none is left."""
    kept = [f"({test})" for test in tests if test is not None]
    return " OR ".join(kept) or None
