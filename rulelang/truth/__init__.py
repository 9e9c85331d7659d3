"""Truth and absence: yes, no, missing (None), not applicable, unreadable; Kleene's tables with N/A added.

The reference functions of M1. The engines write faster forms of the same tables and are tested against these.
"""

from __future__ import annotations

from enum import Enum


class NotApplicable(Enum):
    """An inspector's "not applicable": a fourth truth value that travels (M1)."""

    NA = "not applicable"

    def __bool__(self) -> bool:
        raise TypeError("not applicable is neither yes nor no")

    def __repr__(self) -> str:
        return "NA"

    def __str__(self) -> str:
        return self.value


class Unreadable(Enum):
    """A cell that fits no type, or a count that leaves its calendar: a missing that is never converted (M1)."""

    UNREADABLE = "unreadable"

    def __bool__(self) -> bool:
        raise TypeError("an unreadable value is neither yes nor no")

    def __repr__(self) -> str:
        return "UNREADABLE"


NA = NotApplicable.NA
UNREADABLE = Unreadable.UNREADABLE

# yes, no, missing and not applicable, as the engines pass them about.
Truth = bool | None | NotApplicable


def both(left: Truth, right: Truth) -> Truth:
    """Return `left and right`: no wins, then N/A, then missing."""
    if left is False or right is False:
        return False
    if left is NA or right is NA:
        return NA
    if left is None or right is None:
        return None
    return True


def either(left: Truth, right: Truth) -> Truth:
    """Return `left or right`: yes wins, then N/A, then missing."""
    if left is True or right is True:
        return True
    if left is NA or right is NA:
        return NA
    if left is None or right is None:
        return None
    return False


def negation(value: Truth) -> Truth:
    """Return `not value`: missing and N/A stay."""
    if value is None or value is NA:
        return value
    return not value
