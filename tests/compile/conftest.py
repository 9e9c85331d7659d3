"""A PostgreSQL server, for the texts that run on one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.postgres import postgres, postgres_server

__all__ = ["connection", "postgres", "postgres_server"]


@pytest.fixture
def connection(postgres: str) -> Iterator[Any]:
    """Yield a connection to an empty database."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as one:
        # Compiling these queries takes longer than running them.
        one.execute("SET jit = off")
        yield one
