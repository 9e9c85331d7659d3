"""Tables that a PostgreSQL server holds: a real server, its cells, its refusals, and no password in any message."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from rulelang.diagnostics.rendering import render_all
from rulelang.reading import ReadingError, find_sources, read_export
from rulelang.reading.addresses import served_at
from rulelang.truth import UNREADABLE
from rulelang.types import Duration, Unit
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, key, read, rows, said, schema
from tests.reading.test_formats import HEADINGS, cases, columns, expected, got
from tests.servers.postgres import NEEDS, PASSWORD

ALONE = schema(key())
TABLES = (
    "CREATE TABLE cases (crn text, commenced date, officer text)",
    "INSERT INTO cases VALUES ('2', '2004-04-08', 'A'), ('1', '2004-04-09', NULL)",
    "CREATE SCHEMA audit",
    "CREATE TABLE audit.reviews (crn text, completed date, sufficient boolean, score numeric(9, 2))",
    "INSERT INTO audit.reviews VALUES ('2', '2004-05-09', true, 2.5), ('1', '2004-06-09', NULL, NULL)",
)


def run(address: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for one in statements:
            connection.execute(one.encode())


def failing(of: Any, *arguments: Path | str) -> str:
    """Return what is said, which never holds the password."""
    with pytest.raises(ReadingError) as error:
        read(of, *arguments)
    shown = render_all(error.value.diagnostics)
    assert PASSWORD not in shown
    assert PASSWORD.replace("/", "%2F").replace("@", "%40") not in shown
    return shown


def shown_at(address: str) -> str:
    return served_at(address).shown


@NEEDS
def test_tables_of_a_server_in_the_order_they_give(postgres: str):
    run(postgres, *TABLES)
    export = read(WITH_REVIEWS, f"cases={postgres}/cases", f"reviews={postgres}/audit.reviews")
    assert [(case.key, case.line) for case in export.cases] == [("2", 1), ("1", 2)]
    review = {"completed": dt.date(2004, 5, 9), "sufficient": True, "score": Fraction(5, 2)}
    assert rows(export)[0]["reviews"] == [review]
    where = shown_at(postgres)
    assert [one.file for one in export.files] == [f"{where}/cases", f"{where}/audit.reviews"]
    assert "@" not in where


@NEEDS
def test_a_database_by_itself_or_for_one_record(postgres: str):
    run(postgres, *TABLES, "CREATE TABLE officers (name text)", "ALTER TABLE audit.reviews SET SCHEMA public")
    export = read(WITH_REVIEWS, postgres)
    assert len(export.files) == 2
    left = f"`{shown_at(postgres)}/officers`"
    assert export.notes == (f"1 table was passed over, because no record names it: {left}.",)
    assert read(ALONE, f"cases={postgres}").cases_read == 2
    assert read(ALONE, f"{postgres}/cases").cases_read == 2
    assert read(ALONE, f"{postgres}/public.cases").cases_read == 2
    run(postgres, "ALTER TABLE cases RENAME TO other")
    shown = failing(ALONE, postgres)
    assert f"error[unknown-table]: {shown_at(postgres)} has no table that is named after a record" in shown
    assert "Its tables are `officers`, `other` and `reviews`." in shown


@NEEDS
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_the_same_typed_rows(postgres: str, made: list[dict[str, Any]]):
    import psycopg

    kinds = (
        "text",
        "text",
        "boolean",
        "text",
        "int",
        "numeric(12, 2)",
        "date",
        "timestamp",
        "text",
        "text",
        "text",
    )
    headings = ", ".join(f'"{one}" {kind}' for one, kind in zip(HEADINGS.values(), kinds, strict=True))
    lines = list(zip(*columns(made).values(), strict=True))
    with psycopg.connect(postgres) as connection:
        connection.execute(f"DROP TABLE IF EXISTS cases; CREATE TABLE cases ({headings})".encode())
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO cases VALUES ({', '.join(['%s'] * len(kinds))})".encode(), lines)
    export = read(EVERY_TYPE, f"cases={postgres}/cases")
    assert got(rows(export)) == expected(made)
    assert said(export) == []


@NEEDS
def test_what_a_server_holds_and_python_cannot(postgres: str):
    run(
        postgres,
        "CREATE TYPE risk AS ENUM ('low', 'very_high')",
        "CREATE TABLE cases (crn uuid, commenced date, seen_at timestamptz, length interval, risk risk, note jsonb, "
        "cost float8, good char(5))",
        "INSERT INTO cases VALUES ('00000000-0000-0000-0000-000000000001', 'infinity', '2004-04-07 23:00+00', "
        "'1 year 2 months', 'very_high', '[]', 'NaN', 'Yes'), "
        "('00000000-0000-0000-0000-000000000002', '0044-03-15 BC', '-infinity', '16 weeks', NULL, NULL, 0.1, 'n/a'), "
        "('00000000-0000-0000-0000-000000000003', '2004-04-08', NULL, '1 month 2 days', NULL, NULL, NULL, NULL)",
    )
    export = read(EVERY_TYPE, f"cases={postgres}/cases")
    one, two, three = rows(export)
    assert one["crn"] == "00000000-0000-0000-0000-000000000001"
    assert (one["commenced"], one["seen_at"], two["commenced"], two["seen_at"]) == (UNREADABLE,) * 4
    assert [row["length"] for row in (one, two)] == [Duration(14, Unit.MONTHS), Duration(112, Unit.DAYS)]
    assert three["length"] is UNREADABLE
    assert (one["risk"], one["note"], one["cost"], one["good"]) == ("very_high", "[]", None, True)
    assert two["cost"] == Fraction(1, 10)
    assert any('`commenced`: "infinity" Not a date.' in each for each in said(export))


@NEEDS
def test_moments_with_an_offset_are_told_in_the_zone_of_the_pack(postgres: str):
    from rulelang.model.records import Reading

    run(
        postgres,
        "ALTER ROLE CURRENT_USER SET timezone = 'America/New_York'",
        "ALTER ROLE CURRENT_USER SET datestyle = 'German'",
        "ALTER ROLE CURRENT_USER SET intervalstyle = 'iso_8601'",
        "CREATE TABLE cases (crn text, seen_at timestamptz, commenced date, length interval)",
        "INSERT INTO cases VALUES ('1', '2004-04-07 23:30+00', '2004-04-08', '36 hours')",
    )
    try:
        of = schema(*EVERY_TYPE.case.fields, reading=Reading(time_zone="Europe/London"))
        row = rows(read(of, f"cases={postgres}"))[0]
    finally:
        run(postgres, "ALTER ROLE CURRENT_USER RESET ALL")
    assert row["seen_at"] == dt.datetime(2004, 4, 8, 0, 30)
    assert (row["commenced"], row["length"]) == (dt.date(2004, 4, 8), Duration(36, Unit.HOURS))


@NEEDS
def test_a_list_in_a_cell_of_a_server_is_no_list_of_rows(postgres: str):
    run(
        postgres,
        "CREATE TABLE cases (crn text, commenced date, officer text, reviews jsonb)",
        """INSERT INTO cases VALUES ('1', '2004-04-08', 'A', '[{"completed": "2004-05-09"}]')""",
    )
    export = read(WITH_REVIEWS, f"cases={postgres}")
    assert [one.kind.value for one in export.problems.listed] == ["nested-shape"]
    assert export.set_aside == 1


@NEEDS
def test_names_are_names_whatever_signs_they_have(postgres: str):
    run(postgres, 'CREATE TABLE "a""; DROP TABLE ""t; %s@/?" (crn text)', "CREATE TABLE t (crn text)")
    odd = "a%22%3B DROP TABLE %22t%3B %25s%40%2F%3F"
    assert read(ALONE, f"cases={postgres}/{odd}").cases_read == 0
    assert "has no table `t; DROP TABLE t`" in failing(ALONE, f"cases={postgres}/t; DROP TABLE t")
    assert read(ALONE, f"cases={postgres}/t").cases_read == 0


@NEEDS
def test_a_table_that_is_not_there(postgres: str):
    run(postgres, *TABLES)
    shown = failing(WITH_REVIEWS, f"cases={postgres}/casse", f"reviews={postgres}/reviews")
    assert (
        f"error[unknown-table]: {shown_at(postgres)} has no table `casse`\n  = Did you mean `cases`?" in shown
    )
    assert "has no table `reviews`\n  = Did you mean `audit.reviews`?" in shown
    assert "Its tables are `audit.reviews` and `cases`." in shown


@NEEDS
def test_a_table_that_may_not_be_read(postgres: str):
    run(postgres, *TABLES, "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN PASSWORD 'hush-hush'")
    as_reader = "postgresql://reader:hush-hush@" + postgres.rpartition("@")[2]
    shown = failing(WITH_REVIEWS, f"cases={as_reader}/cases", f"reviews={as_reader}/audit.reviews")
    assert shown.startswith(
        f"error[unknown-table]: {shown_at(postgres)}/cases may not be read: permission denied for table cases\n"
    )
    assert 'GRANT USAGE ON SCHEMA "audit" TO …; GRANT SELECT ON "audit"."reviews" TO …;' in shown
    assert "hush" not in shown


@NEEDS
def test_nothing_is_written_and_all_is_read_as_at_one_moment(postgres: str):
    run(
        postgres,
        *TABLES,
        "CREATE FUNCTION spoil() RETURNS text LANGUAGE plpgsql VOLATILE AS "
        "$$ BEGIN INSERT INTO cases VALUES ('3'); RETURN '1'; END $$",
        "CREATE VIEW spoiling AS SELECT spoil() AS crn",
    )
    assert "cannot execute INSERT in a read-only transaction" in failing(ALONE, f"cases={postgres}/spoiling")
    sources = find_sources(WITH_REVIEWS, [f"cases={postgres}/cases", f"reviews={postgres}/audit.reviews"])
    seen: list[str] = []

    def meanwhile(file: str, _: int) -> None:
        if not seen:
            run(postgres, "DELETE FROM audit.reviews")
        seen.append(file)

    export = read_export(WITH_REVIEWS, sources, progress=meanwhile)
    assert [len(row["reviews"]) for row in rows(export)] == [1, 1]


@NEEDS
def test_a_connection_that_is_lost(postgres: str):
    run(postgres, "CREATE TABLE cases AS SELECT n::text AS crn FROM generate_series(1, 20000) n")
    sources = find_sources(ALONE, [f"cases={postgres}/cases"])
    ended: list[int] = []

    def end(_: str, number: int) -> None:
        if not ended:
            ended.append(number)
            others = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rulelang'"
            )
            run(postgres, others)

    with pytest.raises(ReadingError) as error:
        read_export(ALONE, sources, progress=end)
    shown = render_all(error.value.diagnostics)
    assert shown.startswith(
        f"error[table-breaks-off]: {shown_at(postgres)}/cases cannot be read to its end: "
    )
    assert "it broke off after 6,000 rows" in shown
    assert "terminating connection due to administrator command" in shown


@NEEDS
def test_connections_are_closed(postgres: str):
    import psycopg

    run(postgres, *TABLES)
    read(ALONE, f"cases={postgres}")
    failing(ALONE, f"cases={postgres}/none")
    open_ones = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rulelang' AND datname = %s"
    with psycopg.connect(postgres) as connection:
        left = 1
        for _ in range(100):
            (left,) = connection.execute(open_ones, [connection.info.dbname]).fetchone() or (0,)
            if not left:
                break
    assert left == 0


@NEEDS
def test_servers_that_refuse(postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    monkeypatch.delenv("PGPASSWORD", raising=False)
    where = postgres.rpartition("@")[2]
    host = where.rpartition("/")[0]
    wrong = failing(ALONE, f"cases=postgresql://rulelang:s3cret-not@{where}/cases")
    assert wrong == (
        f"error[no-connection]: No connection to postgresql://{where}: "
        'password authentication failed for user "rulelang"\n'
        "  = Check the user and the password."
    )
    without = failing(ALONE, f"cases=postgresql://rulelang@{where}/cases")
    assert "no password supplied" in without
    assert "Put the password into the environment as PGPASSWORD" in without
    absent = failing(ALONE, postgres.rpartition("/")[0] + "/nowhere/cases")
    assert f'No connection to postgresql://{host}/nowhere: database "nowhere" does not exist' in absent
    unreachable = failing(
        ALONE,
        "cases=postgresql://rulelang:pw@127.0.0.1:1/db/cases",
    )
    assert "No connection to postgresql://127.0.0.1:1/db: Connection refused" in unreachable
    setting = failing(ALONE, f"cases={postgres}/cases?nonsense=1")
    assert "the address, or a setting in it, is not one of PostgreSQL" in setting


@NEEDS
def test_a_server_that_refuses_is_told_once_of_all_its_tables(postgres: str):
    host = postgres.rpartition("@")[2]
    shown = failing(
        WITH_REVIEWS, f"cases=postgresql://x:y@{host}/cases", f"reviews=postgresql://x:y@{host}/reviews"
    )
    assert shown.count("error[no-connection]") == 1


@NEEDS
def test_the_password_may_come_from_the_environment_or_the_password_file(
    postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    run(postgres, *TABLES)
    where = postgres.rpartition("@")[2]
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert read(ALONE, f"cases=postgresql://rulelang@{where}/cases").cases_read == 2
    monkeypatch.delenv("PGPASSWORD")
    kept = tmp_path / "pgpass"
    kept.write_text(f"*:*:*:rulelang:{PASSWORD}\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    assert read(ALONE, f"cases=postgresql://rulelang@{where}/cases").cases_read == 2


@NEEDS
def test_a_password_with_signs_in_it_may_stand_as_it_is(postgres: str):
    run(postgres, *TABLES)
    where = postgres.rpartition("@")[2]
    assert read(ALONE, f"cases=postgresql://rulelang:{PASSWORD}@{where}/cases").cases_read == 2


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch):
    import sys

    monkeypatch.setitem(sys.modules, "psycopg", None)
    for argument in ("cases=postgresql://u:s3cret@host/db/cases", "postgres://u:s3cret@host/db"):
        shown = failing(ALONE, argument)
        assert shown.startswith("error[missing-extra]: Reading postgresql://host/db")
        assert shown.endswith('needs the library psycopg\n  = Install it: pip install "rulelang[postgres]"')
