"""Addresses of tables that a database server holds: taken apart, and shown without user and password."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from attrs import field, frozen

from rulelang.reading.failures import ReadingError, cannot_read

# One letter before the colon is a drive of Windows.
SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):/", re.IGNORECASE)
POSTGRES = ("postgresql", "postgres")
SETTINGS = re.compile(r"[?&]\w+=")
FORM = "postgresql://USER@HOST:PORT/DATABASE/TABLE"


@frozen
class Served:
    """A table that a database server holds, or its whole database. No message may show `secrets`.

    `shown` is the database's address without user and password, which `conninfo` has.
    """

    shown: str
    table: str | None
    conninfo: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The table's address as messages and accounts show it."""
        return f"{self.shown}/{self.table}" if self.table else self.shown

    def without_secrets(self, text: str) -> str:
        """Return a text in which no password stands."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def is_address(text: str) -> bool:
    """Whether a DATA argument is an address and no path."""
    return SCHEME.match(text) is not None


def served_at(text: str) -> Served:
    """Take an address apart. Raises ReadingError, which never shows the address itself: it may hold a password.

    A password counts to the last `@`, so that one with signs in it need not be written in percents.
    """
    scheme = text.partition(":")[0].lower()
    if scheme not in POSTGRES:
        raise _unknown(scheme)
    who, at, where = text.partition("://")[2].rpartition("@")
    location, _, settings = where.partition("?")
    host, _, path = location.partition("/")
    names = [unquote(one) for one in path.split("/")]
    user, colon, password = who.partition(":")
    if not names[0] or len(names) > 2 or SETTINGS.search(who) or "/" in user or "\0" in "".join(names):
        raise _malformed(scheme)
    login = quote(unquote(user), safe="") + (colon and ":" + quote(unquote(password), safe="")) + at
    return Served(
        f"postgresql://{host}/{names[0]}",
        names[1] or None if len(names) == 2 else None,
        f"postgresql://{login}{host}/{quote(names[0], safe='')}{'?' if settings else ''}{settings}",
        _secrets(password, settings),
    )


def _secrets(password: str, settings: str) -> tuple[str, ...]:
    written = [password, *re.findall(r"(?:^|&)\w*password=([^&]*)", settings)]
    every = {form for one in written for form in (one, unquote(one), quote(unquote(one), safe="")) if form}
    return tuple(sorted(every, key=len, reverse=True))


def _unknown(scheme: str) -> ReadingError:
    message = f"What is at an address that begins with `{scheme}:` cannot be read here"
    if scheme in ("http", "https", "ftp", "s3", "file"):
        what = "Fetch the file, and give its path."
    else:
        what = f"Of database servers PostgreSQL is read: {FORM}."
    return cannot_read("unknown-format", message, what)


def _malformed(scheme: str) -> ReadingError:
    return cannot_read(
        "unknown-format",
        f"The address that begins with `{scheme}:` cannot be taken apart",
        f"It is written {FORM}, and a table of another schema SCHEMA.TABLE.",
        "Signs such as / ? @ in a name are written in percents: %2F %3F %40.",
    )
