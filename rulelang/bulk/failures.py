"""The one way out: what is not read in bulk is read row by row."""

from __future__ import annotations


class NotInBulk(Exception):
    """An export, or a value in it, that is left to `reading`; the argument says why."""
