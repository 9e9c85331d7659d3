"""An export read both ways, row by row and in bulk, and held to be the same in everything.

DuckDB is imported late, for those who have no need of it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from rulelang.model.records import Schema
from rulelang.reading import (
    CaseRow,
    DataProblem,
    Export,
    Problems,
    ReadingError,
    find_sources,
    read_export,
    read_tables,
)

if TYPE_CHECKING:
    from rulelang.bulk import Accounts, Opened

# An export takes some hundredths of a second to be read both ways.
few = settings(
    max_examples=max(settings().max_examples // 3, 15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@lru_cache(maxsize=1)
def connection() -> Any:
    """Return the connection of all tests: what each makes on it has a name of its own."""
    import duckdb

    made = duckdb.connect()
    made.execute("SET threads = 2")
    return made


def only_the_first_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sample of a file be its first lines alone, so that all else is met in the pass."""
    monkeypatch.setattr("rulelang.bulk.regular.SLICES", 1)
    monkeypatch.setattr("rulelang.bulk.regular.SLICE", 300)


def passed(opened: Opened, connection: Any) -> dict[str, int]:
    """Make the caller's pass over the cases until nothing more is learnt; return what was counted."""
    import duckdb

    while True:
        wanted = dict(opened.counters)
        if opened.hashes is not None:
            wanted["hashes"] = opened.hashes
        text = ", ".join(f"{sql} AS {name}" for name, sql in wanted.items())
        try:
            found = connection.execute(f"SELECT {text} FROM ({opened.sql()})").fetchnumpy()
        except duckdb.Error as error:
            if not opened.recover(error):
                raise
            continue
        hashes = (
            [one for one in found.pop("hashes").tolist() if one is not None] if "hashes" in wanted else None
        )
        counts = {name: int(cells[0] or 0) for name, cells in found.items()}
        if not opened.learn(counts, hashes):
            return counts


def in_bulk(of: Schema, data: Any, problems: Problems) -> tuple[list[CaseRow], Accounts, Opened]:
    from rulelang.bulk import case_rows, open_bulk

    opened = open_bulk(connection(), of, data, problems)
    counts = passed(opened, connection())
    cases = list(case_rows(opened, connection()))
    return cases, opened.finish(counts), opened


def by_rows(of: Schema, data: Any, problems: Problems) -> Export:
    if isinstance(data, Mapping):
        return read_tables(of, data, problems=problems)
    if isinstance(data, list):
        return read_export(of, find_sources(of, data), problems=problems)
    return read_tables(of, {of.case.read_from or of.case.name: data}, problems=problems)


def assert_alike(of: Schema, data: Any, *, sink: bool = True) -> Opened:
    """Read both ways and compare: cases, files, notes, and every problem."""
    sunk: tuple[list[DataProblem], list[DataProblem]] = ([], [])
    slow, fast = (Problems(one.append if sink else None) for one in sunk)
    export = by_rows(of, data, slow)
    cases, accounts, opened = in_bulk(of, data, fast)
    assert [str(one) for one in fast.listed] == [str(one) for one in slow.listed]
    assert fast.listed == slow.listed
    assert fast.totals == slow.totals
    assert sunk[1] == sunk[0]
    assert cases == export.cases
    assert (accounts.files, accounts.cases_read, accounts.set_aside) == (
        export.files,
        export.cases_read,
        export.set_aside,
    )
    assert accounts.notes == export.notes
    return opened


def alike_or_refused(of: Schema, data: Any) -> None:
    """Read both ways and compare what comes of it, an error included; bulk may leave the export to `reading`."""
    from rulelang.bulk import NotInBulk

    try:
        by_rows(of, data, Problems())
    except ReadingError as error:
        with pytest.raises(ReadingError, match=re.escape(str(error))):
            in_bulk(of, data, Problems())
        return
    with contextlib.suppress(NotInBulk):
        assert_alike(of, data)
