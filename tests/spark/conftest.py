"""The session of Spark, for the tests of judging on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rulelang.spark.scratch import configured
from tests.servers.spark import spark

# A few rows are judged sooner than Spark compiles what judges them.
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture
def interpreted(spark: Any) -> Iterator[Any]:
    """Yield the session for queries that are run once, over a few rows."""
    with configured(spark, INTERPRETED):
        yield spark


__all__ = ["interpreted", "spark"]
