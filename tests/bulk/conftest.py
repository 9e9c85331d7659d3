"""The database server that some tests of bulk reading need."""

from __future__ import annotations

from tests.servers.postgres import postgres, postgres_server

__all__ = ["postgres", "postgres_server"]
