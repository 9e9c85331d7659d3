"""Exports read in bulk: DuckDB scans them, and what it makes of them is what `reading` makes of them."""

from __future__ import annotations

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.opening import Accounts, Opened, open_bulk
from rulelang.bulk.rows import case_rows

__all__ = ["Accounts", "NotInBulk", "Opened", "case_rows", "open_bulk"]
