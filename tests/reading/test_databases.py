"""Databases that are files: which table is which record, what their cells become, what is said where they fail."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from rulelang.diagnostics.rendering import render_all
from rulelang.reading import ReadingError
from rulelang.truth import UNREADABLE
from rulelang.types import Duration, Unit
from tests.reading.pages import PAGES
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, key, read, rows, said, schema, write
from tests.reading.test_formats import HEADINGS, ORDER, cases, columns, expected, got

ALONE = schema(key())
TWO_TABLES = (
    "CREATE TABLE Cases (CRN TEXT, commenced TEXT, officer TEXT)",
    "INSERT INTO Cases VALUES ('1', '2004-04-08', 'A'), ('2', '2004-04-09', NULL)",
    "CREATE TABLE reviews (crn TEXT, completed TEXT, sufficient INTEGER, score REAL)",
    "INSERT INTO reviews VALUES ('2', '2004-05-09', 1, 2.5), ('1', '2004-06-09', 0, 0.1)",
    "CREATE TABLE officers (name TEXT)",
    "CREATE VIEW late AS SELECT * FROM Cases WHERE crn = '2'",
)


def sqlite_file(path: Path, *statements: str, values: list[tuple[Any, ...]] | None = None) -> Path:
    with sqlite3.connect(path) as connection:
        for one in statements:
            connection.execute(one)
        for row in values or ():
            connection.execute(f"INSERT INTO cases VALUES ({', '.join('?' * len(row))})", row)
    connection.close()
    return path


def duckdb_file(path: Path, *statements: str) -> Path:
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for one in statements:
            connection.execute(one)
    return path


both = pytest.mark.parametrize(
    ("make", "name"),
    [
        (sqlite_file, "export.sqlite"),
        (sqlite_file, "export.db"),
        pytest.param(duckdb_file, "export.duckdb", marks=pytest.mark.needs("duckdb")),
        # The first bytes tell the kind of database.
        pytest.param(duckdb_file, "export.db", marks=pytest.mark.needs("duckdb")),
    ],
)
Make = Callable[..., Path]


def failing(of: Any, *arguments: Path | str) -> str:
    with pytest.raises(ReadingError) as error:
        read(of, *arguments)
    return render_all(error.value.diagnostics)


@both
def test_a_database_by_itself_gives_the_tables_named_after_records(make: Make, name: str, tmp_path: Path):
    path = make(tmp_path / name, *TWO_TABLES)
    for argument in (path, tmp_path):
        export = read(WITH_REVIEWS, argument)
        assert [(case.key, case.line) for case in export.cases] == [("1", 1), ("2", 2)]
        first = {"completed": dt.date(2004, 6, 9), "sufficient": False, "score": Fraction(1, 10)}
        assert rows(export)[0]["reviews"] == [first]
        assert [one.file for one in export.files] == [f"{name}#Cases", f"{name}#reviews"]
        assert export.notes[0].startswith("2 tables were passed over, because no record names them: ")
        assert said(export) == []


@both
def test_a_table_by_name_or_a_view(make: Make, name: str, tmp_path: Path):
    path = make(tmp_path / name, *TWO_TABLES)
    for argument in (f"cases={path}#late", f"{path}#late", f"cases={path}#LATE"):
        assert [case.key for case in read(ALONE, argument).cases] == ["2"]
    assert [case.key for case in read(ALONE, f"cases={path}").cases] == ["1", "2"]


@both
def test_the_only_table_of_a_database_will_do(make: Make, name: str, tmp_path: Path):
    path = make(tmp_path / name, "CREATE TABLE t (crn TEXT)", "INSERT INTO t VALUES ('7')")
    for argument in (path, f"cases={path}"):
        assert [case.key for case in read(ALONE, argument).cases] == ["7"]


@both
def test_which_table_is_meant_is_not_guessed(make: Make, name: str, tmp_path: Path):
    path = make(tmp_path / name, "CREATE TABLE t (crn TEXT)", "CREATE TABLE u (crn TEXT)")
    assert failing(ALONE, path) == (
        f"error[unknown-table]: {name} has no table that is named after the record `case`\n"
        f"  = Say which it is: `cases={path}#TABLE`.\n"
        "    Its tables are `t` and `u`."
    )


@both
def test_a_table_that_is_not_there_is_met_with_one_that_is(make: Make, name: str, tmp_path: Path):
    path = make(tmp_path / name, *TWO_TABLES)
    shown = failing(ALONE, f"cases={path}#casse")
    assert f"error[unknown-table]: {name} has no table `casse`\n  = Did you mean `Cases`?" in shown


@both
def test_names_are_names_whatever_signs_they_have(make: Make, name: str, tmp_path: Path):
    odd = 'a"; DROP TABLE "t'
    quoted = '"' + odd.replace('"', '""') + '"'
    path = make(
        tmp_path / name,
        'CREATE TABLE t ("crn" TEXT)',
        f"CREATE TABLE {quoted} ({quoted} TEXT, crn TEXT)",
        f"INSERT INTO {quoted} VALUES ('x', '1')",
    )
    assert [case.key for case in read(ALONE, f"cases={path}#{odd}").cases] == ["1"]
    assert 'has no table `t"; DROP TABLE t; --`' in failing(ALONE, f'cases={path}#t"; DROP TABLE t; --')
    assert read(ALONE, f"cases={path}#t").cases_read == 0


@both
def test_a_view_that_fails_is_told(make: Make, name: str, tmp_path: Path):
    path = make(
        tmp_path / name,
        "CREATE TABLE t (crn TEXT)",
        "CREATE VIEW cases AS SELECT crn FROM t",
        "DROP TABLE t",
    )
    shown = failing(ALONE, path)
    assert f"error[table-breaks-off]: {name}#cases cannot be read to its end: it broke off at its" in shown
    assert "The database says: " in shown


@settings(max_examples=20)
@given(cases())
def test_the_same_typed_rows_from_sqlite(
    tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]
):
    def stored(value: Any) -> Any:
        return (
            value.isoformat(" ")
            if isinstance(value, dt.datetime)
            else value
            if isinstance(value, str | int | float | None)
            else value.isoformat()
        )

    headings = ", ".join(f'"{heading}"' for heading in HEADINGS.values())
    lines = [tuple(map(stored, line)) for line in zip(*columns(made).values(), strict=True)]
    path = tmp_path_factory.mktemp("sqlite") / "cases.sqlite"
    export = read(EVERY_TYPE, sqlite_file(path, f"CREATE TABLE cases ({headings})", values=lines))
    assert got(rows(export)) == expected(made)
    assert said(export) == []


@pytest.mark.needs("duckdb", "pyarrow")
@settings(max_examples=20)
@given(cases())
def test_the_same_typed_rows_from_duckdb(
    tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]
):
    import duckdb
    import pyarrow

    path = tmp_path_factory.mktemp("duckdb") / "cases.duckdb"
    table = pyarrow.table(columns(made))
    with duckdb.connect(str(path)) as connection:
        connection.register("made", table)
        connection.execute("CREATE TABLE cases AS SELECT * FROM made")
    export = read(EVERY_TYPE, path)
    assert got(rows(export)) == expected(made)
    assert [list(row) for row in rows(export)] == [ORDER] * len(made)
    assert said(export) == []


@pytest.mark.needs("duckdb")
def test_what_duckdb_holds_and_python_cannot(tmp_path: Path):
    path = duckdb_file(
        tmp_path / "export.duckdb",
        "CREATE TABLE cases AS SELECT uuid '00000000-0000-0000-0000-000000000001' AS crn, "
        "date 'infinity' AS commenced, timestamptz '2004-04-07 23:00:00+00' AS seen_at, "
        "interval '14 months' AS length, 2.50::DECIMAL(9, 2) AS cost, true AS agreed",
    )
    export = read(EVERY_TYPE, path)
    row = rows(export)[0]
    assert row["crn"] == "00000000-0000-0000-0000-000000000001"
    assert row["length"] == Duration(14, Unit.MONTHS)
    assert (row["cost"], row["agreed"]) == (Fraction(5, 2), True)
    assert (row["commenced"], row["seen_at"]) == (UNREADABLE, UNREADABLE)
    assert said(export)[0] == 'export.duckdb#cases, row 1, `commenced`: "infinity" Not a date.'


@pytest.mark.needs("duckdb")
def test_rows_nested_in_duckdb_and_another_schema(tmp_path: Path):
    path = duckdb_file(
        tmp_path / "export.duckdb",
        "CREATE SCHEMA old",
        "CREATE TABLE old.cases AS SELECT '1' AS crn, date '2004-04-08' AS commenced, 'A' AS officer, "
        "[{'completed': date '2004-05-09', 'score': 1.5}] AS reviews",
        "CREATE TABLE other (x INTEGER)",
    )
    export = read(WITH_REVIEWS, f"cases={path}#old.cases")
    review = {"completed": dt.date(2004, 5, 9), "sufficient": None, "score": Fraction(3, 2)}
    assert rows(export)[0]["reviews"] == [review]
    assert "Did you mean `old.cases`?" in failing(WITH_REVIEWS, f"cases={path}#cases")


@pytest.mark.needs("duckdb")
def test_a_view_of_duckdb_fetches_nothing(tmp_path: Path):
    write(tmp_path, other_csv="crn\n1\n")
    view = f"CREATE VIEW cases AS SELECT * FROM read_csv('{tmp_path / 'other.csv'}')"
    path = duckdb_file(tmp_path / "export.duckdb", view)
    assert "Permission Error" in failing(ALONE, path)


@pytest.mark.needs("duckdb")
def test_a_database_of_duckdb_that_this_program_has_open(tmp_path: Path):
    import duckdb

    path = duckdb_file(tmp_path / "cases.duckdb", "CREATE TABLE cases (crn TEXT)")
    with duckdb.connect(str(path)):
        shown = failing(ALONE, path)
    assert "cases.duckdb cannot be opened: this program has it open already, with other settings" in shown


@pytest.mark.needs("duckdb")
def test_a_long_table_of_duckdb_is_read_in_silence(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    path = duckdb_file(
        tmp_path / "cases.duckdb", "CREATE TABLE cases AS SELECT n::VARCHAR AS crn FROM range(50000) r(n)"
    )
    export = read(ALONE, path)
    assert [export.cases[place].key for place in (0, 49_999)] == ["0", "49999"]
    assert capfd.readouterr() == ("", "")


def test_text_of_sqlite_that_is_not_utf_8(tmp_path: Path):
    path = sqlite_file(
        tmp_path / "export.sqlite",
        "CREATE TABLE cases (crn TEXT, officer TEXT, commenced TEXT)",
        "INSERT INTO cases VALUES ('1', CAST(x'4A6F73E9' AS TEXT), '2004-04-08')",
    )
    export = read(schema(key("officer")), path)
    assert export.cases[0].key == "José"
    assert export.notes == (
        "export.sqlite holds text that is not UTF-8; it was read as Windows-1252. Check names that have accents.",
    )


def test_a_database_is_opened_for_reading_alone(tmp_path: Path):
    path = sqlite_file(tmp_path / "export.sqlite", *TWO_TABLES)
    before = path.read_bytes()
    read(WITH_REVIEWS, path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["export.sqlite"]


@pytest.mark.parametrize(
    "content", [b"", b"crn\n1\n", b"SQLite format 3\0" + b"x" * 100, b"x" * 8 + b"DUCK" + b"x" * 9000]
)
def test_what_is_no_database(content: bytes, tmp_path: Path):
    pytest.importorskip("duckdb")
    path = tmp_path / "cases.db"
    path.write_bytes(content)
    shown = failing(ALONE, path)
    assert shown.startswith("error[file-damaged]: cases.db ")
    assert "file-damaged" in failing(ALONE, f"cases={path}#cases")


def test_a_database_that_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = sqlite_file(tmp_path / "cases.sqlite", "CREATE TABLE cases (crn TEXT)")
    connect = sqlite3.connect

    def at_once(address: str, uri: bool) -> sqlite3.Connection:
        return connect(address, uri=uri, timeout=0)

    monkeypatch.setattr(sqlite3, "connect", at_once)
    writer = connect(path)
    writer.execute("BEGIN EXCLUSIVE")
    assert "cases.sqlite cannot be opened: another program is writing to it" in failing(ALONE, path)
    writer.close()


def test_a_damaged_page_in_the_middle(tmp_path: Path):
    made = [(f"{number:05}" + "x" * 500,) for number in range(5000)]
    path = sqlite_file(tmp_path / "cases.sqlite", "CREATE TABLE cases (crn TEXT)", values=made)
    whole = bytearray(path.read_bytes())
    whole[1_500_000:1_600_000] = b"\xff" * 100_000
    path.write_bytes(whole)
    shown = failing(ALONE, path)
    assert (
        "error[table-breaks-off]: cases.sqlite#cases cannot be read to its end: it broke off after " in shown
    )


def test_a_library_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import sys

    path = tmp_path / "cases.duckdb"
    path.write_bytes(b"x" * 8 + b"DUCK" + b"x" * 8)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert failing(ALONE, path) == (
        "error[missing-extra]: Reading cases.duckdb needs the library duckdb\n"
        '  = Install it: pip install "rulelang[duckdb]"'
    )


def test_the_page_on_unknown_tables_shows_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    sqlite_file(tmp_path / "export.sqlite", "CREATE TABLE cases (crn TEXT)", "CREATE TABLE officers (x TEXT)")
    assert failing(ALONE, "cases=export.sqlite#caes") in (PAGES / "unknown-table.md").read_text(
        encoding="utf-8"
    )
