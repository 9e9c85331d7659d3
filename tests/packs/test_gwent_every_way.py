"""The Gwent tables come out the same from every engine, whatever the cases stand in."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.scoring.result import Result

GWENT = Path(__file__).parents[2] / "examples" / "gwent"
EXPORTS = {
    "followup": ("gwent", dt.date(2005, 3, 1)),
    "original": ("gwent", dt.date(2004, 1, 30)),
    "self_assessment": ("gwent_self_assessment", dt.date(2004, 11, 19)),
}


@cache
def pack_of(name: str) -> rulelang.Pack:
    return rulelang.load(name)


@cache
def case_by_case(export: str) -> Result:
    name, as_at = EXPORTS[export]
    return pack_of(name).check(str(GWENT / export), as_at=as_at, engine="python")


def rows_of(path: Path) -> list[dict[str, str | None]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(stream)]


def headings_of(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def as_csv(source: Path, folder: Path) -> None:
    (folder / source.name).write_bytes(source.read_bytes())


def as_json(source: Path, folder: Path) -> None:
    (folder / f"{source.stem}.json").write_text(json.dumps(rows_of(source)), encoding="utf-8")


def as_parquet(source: Path, folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        name: pa.array([row[name] for row in rows_of(source)], pa.string()) for name in headings_of(source)
    }
    pq.write_table(pa.table(columns), folder / f"{source.stem}.parquet")


def as_excel(source: Path, folder: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(headings_of(source))
    for row in rows_of(source):
        sheet.append(list(row.values()))
    book.save(folder / f"{source.stem}.xlsx")


def as_sqlite(source: Path, folder: Path) -> None:
    with sqlite3.connect(folder / "export.sqlite") as base:
        names = ", ".join(f'"{name}" TEXT' for name in headings_of(source))
        base.execute(f'CREATE TABLE "{source.stem}" ({names})')
        marks = ", ".join("?" for _ in headings_of(source))
        rows = [list(row.values()) for row in rows_of(source)]
        base.executemany(f'INSERT INTO "{source.stem}" VALUES ({marks})', rows)
    base.close()


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "csv": as_csv,
    "json": as_json,
    "parquet": as_parquet,
    "excel": as_excel,
    "sqlite": as_sqlite,
}


@pytest.mark.needs("duckdb", "pyarrow", "numpy", "openpyxl", "python_calamine")
@pytest.mark.parametrize("engine", ["python", "duckdb"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("export", EXPORTS)
def test_the_tables_are_the_same(export: str, way: str, engine: str, tmp_path: Path) -> None:
    name, as_at = EXPORTS[export]
    for source in sorted((GWENT / export).glob("*.csv")):
        WAYS[way](source, tmp_path)
    where = str(tmp_path / "export.sqlite") if way == "sqlite" else str(tmp_path)
    assert same(pack_of(name).check(where, as_at=as_at, engine=engine), case_by_case(export))


def same(one: Result, other: Result) -> bool:
    assert one.tally == other.tally
    assert one.population == other.population
    assert [(file.read, file.used) for file in one.files] == [(file.read, file.used) for file in other.files]
    return one.scorecard == other.scorecard


@pytest.mark.needs("duckdb", "pyarrow", "numpy")
@pytest.mark.parametrize("export", EXPORTS)
def test_a_split_is_the_same_and_so_is_all_that_is_said(export: str) -> None:
    name, as_at = EXPORTS[export]
    pack = pack_of(name)
    by = "team" if "team" in pack.schema.case.by_name else pack.schema.case.plain_fields[1].name
    results: list[Any] = [
        pack.check(str(GWENT / export), as_at=as_at, by=by, engine=engine) for engine in ("python", "duckdb")
    ]
    assert results[0] == results[1]
