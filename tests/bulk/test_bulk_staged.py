"""Databases, workbooks and JSON: in bulk as row by row."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.bulk import NotInBulk
from rulelang.model.records import Reading
from rulelang.types import DATE
from tests.bulk.alike import alike_or_refused, assert_alike, few
from tests.bulk.test_bulk_given import tables
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, key, needed, schema, write
from tests.reading.test_assembly import DEEP
from tests.reading.test_formats import workbook
from tests.reading.test_served import TABLES, run
from tests.servers.postgres import NEEDS

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")
EVERY = [one.name for one in EVERY_TYPE.case.fields]
ZONED = schema(*EVERY_TYPE.case.fields, reading=Reading(day_first=True, time_zone="Europe/London"))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every few rows be a batch of their own, so that columns turn out to be of another type."""
    monkeypatch.setattr("rulelang.bulk.scans.ROWS_A_BATCH", 2)


# A column keeps to one sort of cells, mostly.
SORTS: list[list[Any]] = [
    ["1", " 1", "yes", "N/A", "", "08/04/2004", "31/02/2004", "high", "P3D", "2004-04-08 10:30", "é"],
    ["2004-04-08", "2004-04-09"],
    [True, False],
    [0, 1, 2, -5, 2**53 + 1],
    [0.5, 1.0, 2.5, -3.0, 1e-7, 1e17],
    [1, "yes", 2.5, 2**70],
]
COLUMNS = st.fixed_dictionaries(
    {
        name: st.sampled_from(SORTS).flatmap(
            lambda sort: st.lists(st.none() | st.sampled_from(sort), min_size=6)
        )
        for name in EVERY
    }
)
NUMBERS = itertools.count()
SIZES = st.integers(0, 6)


def rows_of(columns: dict[str, list[Any]], size: int) -> list[dict[str, Any]]:
    return [{name: cells[place] for name, cells in columns.items()} for place in range(size)]


@few
@given(columns=COLUMNS, size=SIZES)
def test_any_json(tmp_path: Path, columns: dict[str, list[Any]], size: int):
    rows = rows_of(columns, size)
    alike_or_refused(EVERY_TYPE, [write(tmp_path, cases_json=json.dumps(rows))])


@few
@given(columns=COLUMNS, size=SIZES)
def test_any_table_of_sqlite(tmp_path: Path, columns: dict[str, list[Any]], size: int):
    path = tmp_path / "cases.sqlite"
    path.unlink(missing_ok=True)
    rows = [[str(cell) if cell == 2**70 else cell for cell in row.values()] for row in rows_of(columns, size)]
    alike_or_refused(EVERY_TYPE, [sqlite(path, cases=(EVERY, rows))])


@few
@given(table=tables(), zoned=st.booleans())
def test_any_table_of_duckdb(tmp_path: Path, table: Any, zoned: bool):
    # What was attached to the connection of all tests stays attached.
    path = tmp_path / f"area_{next(NUMBERS)}.duckdb"
    duck(path, "CREATE TABLE cases AS FROM given", given=table)
    alike_or_refused(ZONED if zoned else EVERY_TYPE, [path])


def sqlite(path: Path, **given: tuple[list[str], list[list[Any]]]) -> Path:
    with sqlite3.connect(path) as database:
        for name, (headings, rows) in given.items():
            database.execute(f"CREATE TABLE {name} ({', '.join(headings)})")
            database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(headings))})", rows)
    database.close()
    return path


def duck(path: Path, *statements: str, **given: Any) -> Path:
    import duckdb

    with duckdb.connect(str(path)) as database:
        for name, table in given.items():
            database.register(name, table)
        for one in statements:
            database.execute(one)
    return path


TAKEN = st.sampled_from([None, "2004-04-08", "08/04/204"])
STEPS = st.none() | st.lists(st.none() | st.fixed_dictionaries({"taken": TAKEN}), max_size=2)
PLAN_IDS = st.sampled_from(["p", " p", None, "q", "r"])
PLAN = st.none() | st.fixed_dictionaries({"plan_id": PLAN_IDS}, optional={"steps": STEPS})
PLANS = st.none() | st.lists(PLAN, max_size=3)
CASE = st.fixed_dictionaries({"crn": st.sampled_from(["1", "2", "3", None])}, optional={"plans": PLANS})
CASES = st.lists(CASE, max_size=6)


@few
@given(CASES)
def test_any_nested_rows_in_json_lines(tmp_path: Path, rows: list[Any]):
    lines = "".join(json.dumps(one) + "\n" for one in rows)
    alike_or_refused(DEEP, [write(tmp_path, cases_jsonl=lines)])


# --- what is read in bulk ------------------------------------------------------------------------------------

ROWS: list[dict[str, Any]] = [
    {
        "crn": "1",
        "commenced": "2004-04-08",
        "officer": "Ann",
        "reviews": [{"completed": "2004-07-01", "score": 3}],
    },
    {"crn": "2", "commenced": "2004-04-09", "reviews": [{"completed": None, "sufficient": True}, None]},
    {"crn": "3", "commenced": "31/02/2004", "officer": "", "reviews": []},
    {"crn": "1", "commenced": "2004-04-08", "reviews": None},
    {"crn": None, "commenced": "2004-04-10", "reviews": [{"completed": "2004-07-02", "score": 4}]},
    {"crn": "4", "commenced": "2004-04-10", "reviews": [{"completed": "2004-07-02", "sufficient": False}]},
]


def test_json_with_nested_rows(tmp_path: Path):
    assert_alike(WITH_REVIEWS, [write(tmp_path, cases_json=json.dumps({"cases": ROWS}))])


def test_json_lines_of_which_one_is_no_row(tmp_path: Path):
    lines = "".join(json.dumps(one) + "\n\n" for one in [*ROWS[:2], "odd", *ROWS[2:], 3])
    assert_alike(WITH_REVIEWS, [write(tmp_path, cases_jsonl=lines)])


def test_numbers_in_json_are_told_as_they_stand(tmp_path: Path):
    rows = [{"crn": one, "visits": visits, "cost": visits} for one, visits in enumerate([1.5, 2.5, -0.25])]
    assert_alike(EVERY_TYPE, [write(tmp_path, cases_json=json.dumps(rows))])


def test_a_workbook(tmp_path: Path):
    cases: Any = [
        ["CRN", "Commenced", "Officer", "Odd"],
        [1, dt.datetime(2004, 4, 8), "Ann", 1],
        [None, None, None, None],
        [2, dt.datetime(2004, 4, 9), None, "x"],
        [2, None, "Bob", dt.datetime(2004, 4, 9)],
    ]
    reviews: Any = [
        ["CRN", "Completed", "Sufficient", "Score"],
        [1, dt.datetime(2004, 7, 1), True, 2.5],
        [9, None, False, 3],
    ]
    path = workbook(tmp_path, "book.xlsx", Cases=cases, Reviews=reviews, Legend=[["a"]])
    assert_alike(WITH_REVIEWS, [path])


def test_two_tables_of_sqlite(tmp_path: Path):
    cases: Any = (
        ["crn", "commenced", "officer", "odd"],
        [["1", "2004-04-08", "Ann", b"x"], ["2", "08/04/2004", None, 2], ["2", "x", "", 3]],
    )
    reviews: Any = (
        ["crn", "completed", "sufficient", "score"],
        [["1", "2004-07-01", 1, 0.5], ["9", None, 0, None], ["1", "2", 2, 1.5]],
    )
    assert_alike(WITH_REVIEWS, [sqlite(tmp_path / "area.sqlite", cases=cases, reviews=reviews)])


CASES_IN_DUCKDB = """
    CREATE TABLE cases AS
    SELECT i::VARCHAR AS crn, DATE '2004-04-08' + i::INTEGER AS commenced,
        CASE WHEN i % 3 = 0 THEN 'Ann' END AS officer, INTERVAL 1 DAY AS odd
    FROM range(5) t(i)
"""
REVIEWS_IN_DUCKDB = """
    CREATE TABLE reviews AS
    SELECT (i % 7)::VARCHAR AS crn, DATE '2004-07-01' AS completed, i % 2 = 0 AS sufficient, i::FLOAT / 10 AS score
    FROM range(20) t(i)
"""
DUCK = (CASES_IN_DUCKDB, REVIEWS_IN_DUCKDB)


def test_two_tables_of_duckdb(tmp_path: Path):
    assert_alike(WITH_REVIEWS, [duck(tmp_path / "area.duckdb", *DUCK)])


@NEEDS
def test_tables_of_a_server(postgres: str):
    run(postgres, *TABLES)
    run(postgres, "INSERT INTO cases VALUES ('1', NULL, 'B'), ('3', '2004-04-10', ' ')")
    assert_alike(WITH_REVIEWS, [f"cases={postgres}/cases", f"reviews={postgres}/audit.reviews"])


@pytest.mark.parametrize("day", ["infinity", "-infinity", "0044-03-15 (BC)", "10000-01-01"])
def test_days_that_python_does_not_know_are_left_to_reading(tmp_path: Path, day: str):
    path = duck(tmp_path / "area.duckdb", *DUCK, f"UPDATE cases SET commenced = '{day}' WHERE crn = '2'")
    with pytest.raises(NotInBulk, match="days outside the years 1 to 9999"):
        assert_alike(WITH_REVIEWS, [path])


def test_a_view_is_read_as_a_view(tmp_path: Path):
    path = duck(
        tmp_path / "area.duckdb", *DUCK, "ALTER TABLE cases RENAME TO kept", "CREATE VIEW cases AS FROM kept"
    )
    assert_alike(WITH_REVIEWS, [path])


def test_a_nested_table_of_duckdb(tmp_path: Path):
    nested = (
        "CREATE TABLE cases AS SELECT i::VARCHAR AS crn, DATE '2004-04-08' AS commenced, 'Ann' AS officer, "
        "[{'completed': DATE '2004-07-01', 'sufficient': i = 1, 'score': 0.1}, NULL] AS reviews FROM range(3) t(i)"
    )
    assert_alike(WITH_REVIEWS, [duck(tmp_path / "cases.duckdb", nested)])


def test_a_column_of_two_sorts_is_left_to_reading(tmp_path: Path):
    rows = [{"crn": "1", "commenced": "2004-04-08"}, {"crn": "2", "commenced": 38085}]
    with pytest.raises(NotInBulk, match="`commenced` stands in a column of the type BLOB"):
        assert_alike(schema(key(), needed("commenced", DATE)), [write(tmp_path, cases_json=json.dumps(rows))])


def test_a_column_of_two_sorts_that_nothing_reads_does_not_matter(tmp_path: Path):
    rows = [
        {"crn": str(one), "commenced": "2004-04-08", "other": other}
        for one, other in enumerate([1, "x", [2], None])
    ]
    assert_alike(schema(key(), needed("commenced", DATE)), [write(tmp_path, cases_json=json.dumps(rows))])
