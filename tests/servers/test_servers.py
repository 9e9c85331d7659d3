"""The servers that other tests use start, answer, and keep one test's tables from another."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.servers.postgres import NEEDS
from tests.servers.spark import on_spark


@NEEDS
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_for_itself(postgres: str, turn: int):
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE cases (crn text)")
        connection.execute("INSERT INTO cases VALUES ('1')")
        assert connection.execute("SELECT count(*) FROM cases").fetchall() == [(1,)]


@NEEDS
def test_the_server_asks_for_the_password(postgres_server: str):
    import psycopg

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_server, password="guessed")


@on_spark
def test_spark_takes_rows_and_reads_parquet(spark: Any, tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    made = pyarrow.table({"crn": ["1", "2"], "commenced": [dt.date(2004, 4, 8), None]})
    parquet.write_table(made, tmp_path / "cases.parquet")
    read = spark.read.parquet(str(tmp_path / "cases.parquet"))
    assert [tuple(row) for row in read.orderBy("crn").collect()] == [("1", dt.date(2004, 4, 8)), ("2", None)]
    assert spark.createDataFrame(made).orderBy("crn").collect() == read.orderBy("crn").collect()
    assert spark.createDataFrame([("3", None)], "crn string, commenced date").count() == 1
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"


@on_spark
def test_spark_takes_a_frame_of_pandas(spark: Any):
    pandas = pytest.importorskip("pandas")
    made = spark.createDataFrame(pandas.DataFrame({"crn": ["1", "2"], "visits": [1, 2]}))
    assert made.toPandas()["visits"].tolist() == [1, 2]
