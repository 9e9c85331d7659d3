"""The servers, for the tests of themselves."""

from __future__ import annotations

from tests.servers.postgres import postgres, postgres_server
from tests.servers.spark import spark

__all__ = ["postgres", "postgres_server", "spark"]
