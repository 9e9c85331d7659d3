"""The same cases from every kind of source: judged in one query, and one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import generating
from benchmarks.generating import PARQUET
from benchmarks.timing import interleaved
from benchmarks.workload import AS_AT, BULK, flat_rules

CASES = 50_000
ROUNDS = 3


def sources_table() -> list[str]:
    """Return a table of seconds by kind of source; the counts of all are the same."""
    from rulelang import load_text

    pack = load_text(flat_rules(BULK))
    table = _table()
    lines = [
        f"{CASES:,} cases, {BULK.items} items by area, from each kind of source (seconds)",
        f"{'':<14}{'one by one':>12}{'one query':>12}{'ratio':>8}",
    ]
    counts = set()
    for name, write in WRITERS.items():
        path = generating.folder() / f"sources_{CASES}.{name}"
        if not path.exists():
            write(table, path)

        def judge(engine: str, path: Path = path) -> Any:
            return pack.check(f"case={path}", as_at=AS_AT, by="area", engine=engine)

        results = [judge(engine) for engine in ("python", "duckdb")]
        assert not any("case by case" in note for one in results for note in one.notes), name
        counts |= {str(one.tally) for one in results}
        taken = interleaved({one: lambda one=one: judge(one) for one in ("python", "duckdb")}, ROUNDS)
        ratio = taken["python"] / taken["duckdb"]
        lines.append(f"{name:<14}{taken['python']:>12.2f}{taken['duckdb']:>12.2f}{ratio:>8.1f}")
    assert len(counts) == 1
    return lines


def _table() -> Any:
    from pyarrow import parquet

    return parquet.read_table(generating.flat(CASES, PARQUET))


def _csv(table: Any, path: Path) -> None:
    import polars

    polars.from_arrow(table).write_csv(path)


def _json_lines(table: Any, path: Path) -> None:
    import polars

    polars.from_arrow(table).write_ndjson(path)


def _parquet(table: Any, path: Path) -> None:
    from pyarrow import parquet

    parquet.write_table(table, path)


def _sqlite(table: Any, path: Path) -> None:
    import polars

    frame = polars.from_arrow(table)
    rows = frame.select(polars.col(polars.Date).cast(polars.String), polars.exclude(polars.Date)).rows()
    names = [*(one for one, kind in frame.schema.items() if kind == polars.Date)]
    names += [one for one in frame.columns if one not in names]
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE cases ({', '.join(names)})")
        database.executemany(f"INSERT INTO cases VALUES ({', '.join('?' * len(names))})", rows)
    database.close()


def _duckdb(table: Any, path: Path) -> None:
    import duckdb

    with duckdb.connect(str(path)) as database:
        database.register("given", table)
        database.execute("CREATE TABLE cases AS FROM given")


def _workbook(table: Any, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("cases")
    sheet.append(table.column_names)
    for row in zip(*(one.to_pylist() for one in table.columns), strict=True):
        sheet.append(row)
    book.save(path)


WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "csv": _csv,
    "parquet": _parquet,
    "jsonl": _json_lines,
    "xlsx": _workbook,
    "sqlite": _sqlite,
    "duckdb": _duckdb,
}
