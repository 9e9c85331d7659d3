"""Operators: what one is. The table itself is in `table`; what binds a name or chooses rows is a form, not here."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from rulelang.calendars import WorkingCalendar


class Tier(IntEnum):
    """How tightly an operator binds, loosest first."""

    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    PREFIX = 7
    PRIMARY = 8


class Kind(Enum):
    """What an operand may be, and what comes of it. The value is how a message names it."""

    TRUTH = "a yes or no"
    NUMBER = "a number"
    WHOLE = "a whole number"
    TEXT = "a text"
    DAY = "a date"
    DATE = "a date without a time"
    DATETIME = "a date and time"
    PARTIAL = "a partial date"
    TIME = "a time of day"
    DURATION = "a length of time"
    CHOICE = "a choice"
    ORDERED = "a choice in order"
    WEEKDAY = "a day of the week"
    ANY = "anything"
    # As a result: what the first operand is.
    SAME = "the same"


class Missing(Enum):
    """How an operator treats what is missing (M1)."""

    PROPAGATES = "Missing where an operand is missing; N/A where one is N/A."
    KLEENE = "Kleene's logic: decided as soon as the known operands decide it."
    DECIDED = "Always decided, save over a cell that cannot be read."
    LEFT_OUT = "What is missing is left out; missing when nothing is left."


@frozen
class Clock:
    """What counting needs besides its operands: the calendar of working days and the time zone, if any."""

    calendar: WorkingCalendar | None = None
    zone: ZoneInfo | None = None


@frozen
class Signature:
    """Kinds of the operands, and of the result. The last kind of a variadic operator repeats."""

    operands: tuple[Kind, ...]
    result: Kind


@frozen
class Example:
    """An expression and its answer, spelled as an expression: every engine must give it."""

    expression: str
    answer: str


@frozen
class Operator:
    """One operator of the language.

    `pattern` is its spelling with {0}, {1} for operands, {...} for a list of them, {n} and {m} for whole numbers;
    `symbols` are spellings that are understood and printed as words. `function` is its meaning for operands that
    are all known; with `clocked` it takes a Clock as its last argument. Logic has no function: it is Kleene's.
    """

    name: str
    pattern: str
    tier: Tier
    variadic: bool = False
    symbols: tuple[str, ...] = ()
    meaning: str = ""
    signatures: tuple[Signature, ...] = ()
    missing: Missing = Missing.PROPAGATES
    function: Callable[..., Any] | None = field(default=None, eq=False)
    clocked: bool = False
    examples: tuple[Example, ...] = ()
