"""Three-valued logic with N/A and the unreadable, as M1 says it.

A truth is True, False, None (missing), NA or UNREADABLE; the last is a missing that remembers why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from rulelang.truth import NA, UNREADABLE


@frozen
class Between:
    """A count known only to lie between two bounds, both in."""

    low: int
    high: int
    unreadable: bool = False

    @property
    def settled(self) -> Any:
        """Return the count where the bounds are equal; otherwise it is missing."""
        if self.low == self.high:
            return self.low
        return UNREADABLE if self.unreadable else None


def is_absent(value: Any) -> bool:
    return value is None or value is UNREADABLE


def absent(values: Iterable[Any]) -> Any:
    """Return what comes of operands of which one is N/A or missing: N/A, then unreadable, then missing."""
    held = list(values)
    for one in (NA, UNREADABLE):
        if any(value is one for value in held):
            return one
    return None


def conjunction(values: Iterable[Any]) -> Any:
    held = list(values)
    if any(value is False for value in held):
        return False
    return True if all(value is True for value in held) else absent(held)


def disjunction(values: Iterable[Any]) -> Any:
    held = list(values)
    if any(value is True for value in held):
        return True
    return False if all(value is False for value in held) else absent(held)


def negation(value: Any) -> Any:
    return not value if isinstance(value, bool) else value
