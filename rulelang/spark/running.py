"""Running queries on Spark: calendars as variables of the session, the text of a query, the counts that come back.

The name of a variable says what it holds, so that runs beside one another in a session share it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from attrs import field, frozen

from rulelang.engines.sql.building import list_name
from rulelang.engines.sql.calendars import column_of, list_of
from rulelang.engines.sql.lowering import Lowered, table_of
from rulelang.engines.sql.tallies import Counted, count_rows
from rulelang.query.spark import SPARK, SparkWriter, constant_list, constant_pages
from rulelang.query.statements import Query
from rulelang.spark.scratch import Scratch, configured

CODEGEN = "spark.sql.codegen.wholeStage"
# Functions of lists within functions of lists are resolved one a round.
DEPTH, DEEPEST = "spark.sql.analyzer.maxIterations", 2_000
# A query of so many columns takes Spark longer to compile than to run uncompiled.
WIDE_SELECT = 40


@frozen
class Constants:
    """The lists that a lowered plan looks things up in, as variables of a session."""

    look_ups: Mapping[str, str] = field(factory=dict)
    paged: Mapping[str, tuple[str, str]] = field(factory=dict)
    days: Mapping[tuple[str, str], tuple[dt.date, str]] = field(factory=dict)

    def writer(self) -> SparkWriter:
        """Return the writer of queries that read them."""
        return SparkWriter(SPARK, look_ups=self.look_ups, paged=self.paged, days=self.days)


def declare(session: Any, lowered: Lowered) -> Constants:
    """Declare the variables that a lowered plan needs, those left out that the session has already."""
    plan = lowered.plan
    look_ups: dict[str, str] = {}
    paged: dict[str, tuple[str, str]] = {}
    for owner, column in lowered.lists:
        values, name = list_of(plan, owner, column), list_name(owner, column)
        if owner in plan.calendars:
            kind = {"rank": "BIGINT", "working": "BOOLEAN"}.get(column, "DATE")
            look_ups[name] = _declared(session, constant_list(values, kind), kind)
        else:
            pages, order = constant_pages(values)
            paged[name] = (_declared(session, pages, "ARRAY<BIGINT>"), _declared(session, order, "INT"))
    days = {}
    for calendar, columns in lowered.due_columns.items():
        for column in columns:
            text = constant_list(column_of(plan.calendars[calendar], column), "DATE")
            first = plan.calendars[calendar].first
            days[table_of(calendar), column] = (first, _declared(session, text, "DATE"))
    return Constants(look_ups, paged, days)


def _declared(session: Any, text: str, kind: str) -> str:
    """Return the variable of a list of a kind."""
    name = SPARK.quoted("rulelang_" + hashlib.sha256(text.encode()).hexdigest()[:16])
    known = _KNOWN.setdefault(session, set())
    if name not in known:
        session.sql(f"DECLARE OR REPLACE VARIABLE {name} ARRAY<{kind}> DEFAULT {text}").collect()
        known.add(name)
    return name


# The variables that a session has already.
_KNOWN: MutableMapping[Any, set[str]] = WeakKeyDictionary()


def frame_of(scratch: Scratch, lowered: Lowered, query: Query) -> Any:
    """Return a query as a DataFrame. Each step is a view: Spark takes long to understand all of them as one text."""
    writer = declare(scratch.session, lowered).writer()
    before = scratch.view("source", writer.source(query)) if query.repeated else query.source
    for step in query.steps:
        before = scratch.view("step", writer.step(step, before))
    return scratch.session.sql(writer.last(query, before))


@contextmanager
def settings(session: Any, columns: int) -> Iterator[None]:
    """Let queries nest as deep as rules do, and run wide ones without compiling each."""
    wanted = {DEPTH: str(max(DEEPEST, int(session.conf.get(DEPTH, "100"))))}
    if columns >= WIDE_SELECT:
        wanted[CODEGEN] = "false"
    with configured(session, wanted):
        yield


def collected(session: Any, lowered: Lowered, query: Query, limit: int | None = None) -> list[dict[str, Any]]:
    """Run a query and return its rows by name, the first of them where there is a limit."""
    scratch = Scratch(session)
    try:
        with settings(session, len(query.select)):
            found = frame_of(scratch, lowered, query)
            names = found.columns
            rows = found.collect() if limit is None else found.limit(limit).collect()
            return [dict(zip(names, map(plain, row), strict=True)) for row in rows]
    finally:
        scratch.close()


def plain(value: Any) -> Any:
    """Return a value of Spark's as Python's own: a row as what it holds by name."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in value.asDict().items()} if hasattr(value, "asDict") else value


def counted(session: Any, lowered: Lowered, source: str, more: Sequence[tuple[str, str]] = ()) -> Counted:
    """Count the cases of a relation; `more` are further aggregates as text. Only counts leave the cluster."""
    query = lowered.tally(source, tuple(more))
    return count_rows(lowered, collected(session, lowered, query), [name for name, _ in more])
