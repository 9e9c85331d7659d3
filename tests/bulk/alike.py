"""An export read both ways, row by row and in bulk, and held to be the same in everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from rulelang.bulk import Accounts, Opened, case_rows, open_bulk
from rulelang.model.records import Schema
from rulelang.reading import CaseRow, DataProblem, Export, Problems, find_sources, read_export, read_tables


def passed(opened: Opened, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Make the caller's pass over the cases until nothing more is learnt; return what was counted."""
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


def in_bulk(
    of: Schema, data: Any, problems: Problems, limit: int | None = None
) -> tuple[list[CaseRow], Accounts, Opened]:
    with duckdb.connect() as connection:
        opened = open_bulk(connection, of, data, problems, typed=True)
        counts = passed(opened, connection)
        cases = list(case_rows(opened, connection))
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
