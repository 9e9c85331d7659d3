"""Typed expressions: names resolved, every node with its type. The engines judge these and nothing else.

A row in sight is a Var: the case is CASE, a row of a list is the Var its Step binds. Vars are numbered by nesting
depth, so equal rules give equal expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from rulelang.outcomes import TimescaleOutcome
from rulelang.source import Place
from rulelang.syntax.ast import ListFunction, Quantifier
from rulelang.types import DATE, YES_NO, Duration, Type


@frozen
class Var:
    """A row in sight, by the depth at which it is bound: 0 is the case."""

    depth: int
    record: str


CASE_DEPTH = 0


def _place() -> Any:
    return field(default=None, eq=False, repr=False, kw_only=True)


@frozen
class Const:
    value: Any
    type: Type
    place: Place | None = _place()


@frozen
class AsAtDate:
    """The as-at date: the day of it, where the run names a moment."""

    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return DATE


@frozen
class FieldValue:
    """A field of a row. `viewed`: the as-at rule hides what lies ahead (M2)."""

    var: Var
    name: str
    type: Type
    viewed: bool
    place: Place | None = _place()


@frozen
class DefineValue:
    """A `define` read on the row `var`."""

    var: Var
    record: str
    name: str
    type: Type
    place: Place | None = _place()


@frozen
class Call:
    """An operator of the table. `calendar` names the one that counts working days, where one is needed."""

    op: str
    args: tuple[Expression, ...]
    type: Type
    calendar: str | None = None
    place: Place | None = _place()


@frozen
class Choose:
    """`if C then A otherwise B`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    type: Type
    place: Place | None = _place()


@frozen
class Step:
    """Go from a row to each row of one of its lists, called `var`. `dated` is the field from which it is there."""

    parent: Var
    list: str
    var: Var
    dated: str | None


@frozen
class Rows:
    """The rows of a list, through one or more steps, `where` given; `but` is a row that is left out."""

    steps: tuple[Step, ...]
    where: Expression | None = None
    but: Var | None = None

    @property
    def var(self) -> Var:
        return self.steps[-1].var


@frozen
class Fold:
    """`count of rows`, `latest of rows.value`."""

    function: ListFunction
    rows: Rows
    value: Expression | None
    type: Type
    place: Place | None = _place()


@frozen
class Pick:
    """`first of rows.value by order`; ties go by the child's `key` (M1)."""

    position: int
    rows: Rows
    value: Expression
    order: Expression
    key: str | None
    type: Type
    place: Place | None = _place()


@frozen
class Most:
    """The most rows whose dates lie in any window of this length."""

    rows: Rows
    value: Expression
    window: Duration
    type: Type
    place: Place | None = _place()


@frozen
class Quantify:
    """`no reviews have (…)`. Of a row that may clash with no other, `named_by` is what the others are called by."""

    quantifier: Quantifier
    rows: Rows
    condition: Expression
    clash: bool = field(default=False, eq=False, kw_only=True)
    named_by: FieldValue | None = field(default=None, eq=False, repr=False, kw_only=True)
    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return YES_NO


@frozen
class Share:
    """`at least 95% of rows have (C)`; the fraction is 19/20."""

    at_least: bool
    fraction: Fraction
    rows: Rows
    condition: Expression
    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return YES_NO


@frozen
class InCodes:
    """Whether a text is one of a list of codes or in one of its ranges of digits."""

    operand: Expression
    codes: str
    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return YES_NO


@frozen
class Unique:
    """Whether no other row of the file has this value; missing where the row does not record it.

    `path` are the lists that lead from the case to the rows that are compared, and `named_by` is what they are called
    by: their key, or where they have none that of their case.
    """

    operand: Expression
    name: str
    path: tuple[str, ...]
    named_by: FieldValue | None = field(default=None, eq=False, repr=False)
    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return YES_NO

    @property
    def compared(self) -> tuple[str, ...]:
        """The lists and the field of the values that are compared: what engines know them by."""
        return (*self.path, self.name)


@frozen
class ParameterValue:
    """The value of a parameter in force on a day; `day` is None for one given at the run."""

    name: str
    day: Expression | None
    type: Type
    place: Place | None = _place()


@frozen
class ClockDay:
    """The day on which the clock of a timescale, or that round or phase of it, started (M5)."""

    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return DATE


@frozen
class OutcomeIs:
    """`isp is on time`: missing when the outcome is unknown, but `is unknown` is always decided (M8)."""

    timescale: str
    outcome: TimescaleOutcome
    place: Place | None = _place()

    @property
    def type(self) -> Type:
        return YES_NO


Expression = (
    Const
    | AsAtDate
    | FieldValue
    | DefineValue
    | Call
    | Choose
    | Fold
    | Pick
    | Most
    | Quantify
    | Share
    | InCodes
    | Unique
    | ParameterValue
    | ClockDay
    | OutcomeIs
)


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the expressions directly inside one, conditions of lists included."""
    match node:
        case Call(args=args):
            return args
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Fold(rows=rows, value=value):
            return tuple(one for one in (rows.where, value) if one is not None)
        case Pick(rows=rows, value=value, order=order):
            return tuple(one for one in (rows.where, value, order) if one is not None)
        case Most(rows=rows, value=value):
            return tuple(one for one in (rows.where, value) if one is not None)
        case Quantify(rows=rows, condition=condition) | Share(rows=rows, condition=condition):
            return tuple(one for one in (rows.where, condition) if one is not None)
        case InCodes(operand=operand) | Unique(operand=operand):
            return (operand,)
        case ParameterValue(day=day) if day is not None:
            return (day,)
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """Yield an expression and everything inside it, outermost first."""
    yield node
    for child in children(node):
        yield from walk(child)
