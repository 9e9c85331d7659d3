"""What an expression comes to in a query: a value with its N/A, its unreadable, its fraction; a length of time."""

from __future__ import annotations

from attrs import evolve, field, frozen

from rulelang.query.nodes import FALSE, TRUE, Literal, Node, all_of, any_of, call, case, surely, there, wide
from rulelang.types import Duration, Unit


@frozen
class Val:
    """A value: `sql` is NULL where it is missing or N/A.

    `na` says that it is N/A, `bad` that something it reads could not be read or left its calendar; neither is ever
    NULL. A number with `den`, which is above 0, is the fraction of the two.
    """

    sql: Node
    na: Node = FALSE
    bad: Node = FALSE
    den: Node | None = None

    @property
    def yes(self) -> Node:
        return surely(self.sql)

    def clean(self) -> Val:
        """Return the value with N/A as missing."""
        return evolve(self, na=FALSE)


@frozen
class Length:
    """A length of time and the condition, never NULL, on which it is the one."""

    when: Node
    amount: Node | int
    unit: Unit


@frozen
class Lengths:
    """A length of time as the lengths it may be; none of them holds where it is missing or N/A."""

    known: tuple[Length, ...]
    na: Node = FALSE
    bad: Node = field(default=FALSE)

    def only_if(self, condition: Node) -> tuple[Length, ...]:
        return tuple(evolve(one, when=all_of(condition, one.when)) for one in self.known)

    @property
    def there(self) -> Node:
        return any_of(*(one.when for one in self.known))

    @property
    def fixed(self) -> Duration | None:
        """The length where there is but one, whatever the case."""
        if len(self.known) != 1 or self.known[0].when != TRUE:
            return None
        one = self.known[0]
        return Duration(one.amount, one.unit) if isinstance(one.amount, int) else None


# --- exact fractions -------------------------------------------------------------------------------------

ONE = wide(1)


def scaled(one: Val, other: Val) -> tuple[Node, Node]:
    """Return two numbers as whole ones that compare as they do."""
    if one.den == other.den:
        return one.sql, other.sql
    return times(one.sql, other.den), times(other.sql, one.den)


def times(one: Node, other: Node | None) -> Node:
    """Return a product wide enough to be exact."""
    if other is None or other == ONE:
        return one
    if one == ONE:
        return other
    if isinstance(one, Literal) and isinstance(other, Literal):
        return wide(one.value * other.value) if one.value is not None and other.value is not None else one
    return call("multiply", call("wide", one), other)


def added(one: Val, other: Val, sign: str) -> Val:
    """Return a sum, or a difference where the sign is `subtract`."""
    left, right = scaled(one, other)
    den = one.den if one.den == other.den else times(one.den or ONE, other.den or ONE)
    return _both(one, other, call(sign, call("wide", left), right), den)


def multiplied(one: Val, other: Val) -> Val:
    """Return a product."""
    den = None if one.den is None and other.den is None else times(one.den or ONE, other.den or ONE)
    return _both(one, other, call("multiply", call("wide", one.sql), other.sql), den)


def divided(one: Val, other: Val) -> Val:
    """Return the quotient, missing where the divisor is 0; the sign goes to the upper part."""
    top = times(one.sql, other.den or ONE)
    below = times(other.sql, one.den or ONE)
    upper = call("multiply", call("wide", top), call("sign", below))
    below = call("nullif", call("abs", call("wide", below)), wide(0))
    # A quotient of nothing has no upper part either: missing must show in the value itself.
    return _both(one, other, case((there(below), upper)), below)


def _both(one: Val, other: Val, sql: Node, den: Node | None) -> Val:
    return Val(sql, any_of(one.na, other.na), any_of(one.bad, other.bad), den)
