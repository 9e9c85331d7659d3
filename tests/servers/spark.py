"""Spark on this machine alone, with two threads and in UTC, for as long as the tests run.

A conftest.py that imports the fixture has it. A test that uses it bears the marks of `on_spark`.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Test = TypeVar("Test", bound=Callable[..., object])
NO_LOG = "rootLogger.level = off\n"


def on_spark(test: Test) -> Test:
    """Mark a test: skipped where there is no Spark; what pyspark says of a newer pandas is no error of ours."""
    for mark in (
        pytest.mark.needs("pyspark", "pyarrow", programs=("java",)),
        pytest.mark.filterwarnings("ignore::FutureWarning:pyspark"),
        pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
    ):
        test = mark(test)
    return test


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Yield a session; starting it takes some seconds, once for each process of the tests."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pyspark")
        session = _session(tmp_path_factory.mktemp("spark"))
    yield session
    session.stop()


def _session(folder: Path) -> SparkSession:
    from pyspark.sql import SparkSession

    # Before the first message: what is said while it starts would stand in the output of the tests.
    log = folder / "log4j2.properties"
    log.write_text(NO_LOG, encoding="utf-8")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log.as_uri()} -Dderby.system.home={folder}",
        "spark.driver.memory": "2g",
        # What has run is not kept for a page that nobody opens: its plans are long.
        "spark.sql.ui.retainedExecutions": "2",
        "spark.ui.retainedJobs": "2",
        "spark.ui.retainedStages": "2",
        "spark.log.structuredLogging.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("rulelang tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
