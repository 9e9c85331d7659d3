"""The rows of a bulk export, turned back into typed rows, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from rulelang.bulk.opening import Opened
from rulelang.bulk.wording import named
from rulelang.engines.sql.layout import ASIDE, LINE
from rulelang.engines.sql.rows import case_row, columns_of
from rulelang.reading import CaseRow

ROWS_A_BATCH = 2_000


def case_rows(
    opened: Opened, connection: duckdb.DuckDBPyConnection, where: str | None = None
) -> Iterator[CaseRow]:
    """Yield the cases that are not set aside, in the order of their file; `where` is a test in SQL.

    The connection is not to be used for anything else in the meantime.
    """
    layout, schema = opened.layout, opened.schema
    names = [*columns_of(layout, schema.case), LINE]
    test = f" AND ({where})" if where is not None else ""
    found = connection.execute(
        f"SELECT {', '.join(map(named, names))} FROM ({opened.sql(numbered=True)}) "
        f"WHERE NOT {ASIDE}{test} ORDER BY {LINE}"
    )
    while batch := found.fetchmany(ROWS_A_BATCH):
        for cells in batch:
            yield case_row(schema, layout, dict(zip(names, cells, strict=True)))
