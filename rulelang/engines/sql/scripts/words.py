"""What scripts say besides queries of nodes, dialect by dialect: lists made of rows, days in a row, casts."""

from __future__ import annotations

import datetime as dt

from attrs import evolve, frozen

from rulelang.query.duckdb import DUCKDB
from rulelang.query.nodes import Sort
from rulelang.query.postgres import POSTGRES
from rulelang.query.shapes import Listed, Rows, Shapes
from rulelang.query.writing import Dialect, Form, Writer

WIDTH = 90


@frozen
class Words:
    """How a dialect says what stands around the steps."""

    dialect: Dialect
    # A number with six places, which is then made whole.
    decimal: str
    materialized: str = "AS MATERIALIZED"
    # What whoever runs it should know of the database.
    advice: tuple[str, ...] = ()

    def quoted(self, name: str) -> str:
        return self.dialect.quoted(name)

    def cast(self, text: str, sort: Sort) -> str:
        """Return a value as one of a sort."""
        return f"CAST({text} AS {self.dialect.types[sort]})"

    def day(self, day: dt.date) -> str:
        """Return a day as it is spelled."""
        return f"DATE '{day.isoformat()}'"

    def writer(self, shapes: Shapes, looked_up: frozenset[str]) -> Writer:  # noqa: ARG002 (for those that need it)
        """Return what writes the steps."""
        return Writer(self.dialect, width=WIDTH)

    def listed(self, text: str, order: str, where: str = "") -> str:
        """Return the values of a group as a list in order."""
        return f"list({text} ORDER BY {order})" + (f" FILTER (WHERE {where})" if where else "")

    def row(self, columns: list[tuple[str, str]]) -> str:
        """Return values by name as one."""
        inside = ",\n      ".join(f"{self.dialect.text(name)}: {text}" for name, text in columns)
        return "{\n      " + inside + "\n    }"

    def or_empty(self, text: str, shape: Listed) -> str:  # noqa: ARG002 (for those that need it)
        """Return a list, or an empty one in its place."""
        return f"coalesce({text}, [])"

    def series(self, first: dt.date, last: dt.date) -> str:
        """Return a select of every day from a first to a last."""
        days = f"generate_series({self.day(first)}, {self.day(last)}, INTERVAL 1 DAY)"
        return f'SELECT CAST("s"."day" AS DATE) AS "day" FROM (SELECT unnest({days}) AS "day") AS "s"'

    def weekday(self, text: str) -> str:
        """Return the number of a weekday, Monday being 1."""
        return f"isodow({text})"


class PostgresWords(Words):
    """How PostgreSQL says it."""

    def writer(self, shapes: Shapes, looked_up: frozenset[str]) -> Writer:
        from rulelang.query.postgres import PostgresWriter

        return PostgresWriter(shapes=shapes, looked_up=looked_up, width=WIDTH)

    def listed(self, text: str, order: str, where: str = "") -> str:
        return f"array_agg({text} ORDER BY {order})" + (f" FILTER (WHERE {where})" if where else "")

    def row(self, columns: list[tuple[str, str]]) -> str:
        inside = ",\n      ".join(text for _, text in columns)
        return f"ROW(\n      {inside}\n    )"

    def or_empty(self, text: str, shape: Listed) -> str:
        kind = "record" if isinstance(shape.of, Rows) else "text"
        return f"coalesce({text}, CAST('{{}}' AS {kind}[]))"

    def series(self, first: dt.date, last: dt.date) -> str:
        days = f"generate_series({self.day(first)}, {self.day(last)}, INTERVAL '1 day')"
        return f'SELECT CAST({days} AS date) AS "day"'

    def weekday(self, text: str) -> str:
        return f"extract(isodow FROM {text})"


_DIVIDE = {"divide": "(CAST({0} AS DOUBLE) / {1})"}
IN_DUCKDB = Words(evolve(DUCKDB, forms={**DUCKDB.forms, **_DIVIDE}), "DECIMAL(38, 6)")
# sqlglot does not see that `+` and `-` are of dates: the last two are told it by `query/translating.py`. Places of
# lists it knows in brackets alone.
_FOR_SQLGLOT: dict[str, Form] = {
    "list_at": "{0}[{1}]",
    "list_length": "array_length({*})",
    "days_between": "date_diff('day', {0}, {1})",
    "add_days": "days_later({*})",
    "add_months": "months_later({*})",
}
TO_TRANSLATE = evolve(
    IN_DUCKDB,
    dialect=evolve(DUCKDB, forms={**DUCKDB.forms, **_DIVIDE, **_FOR_SQLGLOT}),
    materialized="AS",
)
IN_POSTGRES = PostgresWords(
    POSTGRES,
    "numeric",
    advice=(
        "Before it, `SET jit = off;` saves PostgreSQL half a minute of compiling what runs in a moment.",
    ),
)
