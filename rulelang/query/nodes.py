"""The nodes of a query: values, conditions and lists, without the words of any dialect.

An `Apply` names one of a closed set of functions that every dialect writes. Values stand in `Literal` nodes alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum
from typing import Any

from attrs import frozen


class Sort(Enum):
    """What a literal, a cast or an empty value is."""

    BOOLEAN = "boolean"
    WHOLE = "whole"
    WIDE = "wide"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"


@frozen
class Literal:
    """A value: None is NULL of that sort."""

    value: Any
    sort: Sort


@frozen
class Column:
    """A column of the relation selected from."""

    name: str


@frozen
class Variable:
    """What a lambda binds."""

    name: str


@frozen
class Member:
    """A field of a struct."""

    of: Node
    name: str


@frozen
class Apply:
    """A function of the closed set applied to its arguments."""

    name: str
    args: tuple[Node, ...]


@frozen
class Case:
    """The value beside the first condition that is true; else `otherwise`, or NULL."""

    whens: tuple[tuple[Node, Node], ...]
    otherwise: Node | None = None


@frozen
class Lambda:
    """A function of an element of a list, and of its place in the list where there are two parameters."""

    parameters: tuple[str, ...]
    body: Node


@frozen
class Struct:
    """Values by name."""

    fields: tuple[tuple[str, Node], ...]


@frozen
class Kept:
    """A value that a block keeps: a column of one of its steps, or a member of one of its structs."""

    block: int
    step: int
    name: str


Node = Literal | Column | Variable | Member | Apply | Case | Lambda | Struct | Kept
ATOMS = (Literal, Column, Variable, Member, Kept)

TRUE: Node = Literal(True, Sort.BOOLEAN)
FALSE: Node = Literal(False, Sort.BOOLEAN)
UNSURE: Node = Literal(None, Sort.BOOLEAN)


def whole(value: int) -> Node:
    """Return a whole number."""
    return Literal(value, Sort.WHOLE)


def wide(value: int) -> Node:
    """Return a whole number that may be larger than 64 bits hold."""
    return Literal(value, Sort.WIDE)


def text(value: str) -> Node:
    """Return a text."""
    return Literal(value, Sort.TEXT)


def date(value: dt.date) -> Node:
    """Return a date."""
    return Literal(value, Sort.DATE)


def moment(value: dt.datetime) -> Node:
    """Return a date and time."""
    return Literal(value, Sort.MOMENT)


def null(sort: Sort) -> Node:
    """Return that nothing is there."""
    return Literal(None, sort)


def call(name: str, *args: Node) -> Node:
    """Return a function of the closed set applied to arguments."""
    return Apply(name, args)


def parts(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly inside one."""
    match node:
        case Apply(args=args):
            return args
        case Member(of=of):
            return (of,)
        case Case(whens=whens, otherwise=otherwise):
            inside = tuple(one for pair in whens for one in pair)
            return inside if otherwise is None else (*inside, otherwise)
        case Lambda(body=body):
            return (body,)
        case Struct(fields=fields):
            return tuple(one for _, one in fields)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and every node inside it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(parts(one))


# --- logic, simplified where one side is settled: a query is read by people -------------------------------------------


def all_of(*tests: Node) -> Node:
    """Join by `and`, leaving out what is always so."""
    left = tuple(dict.fromkeys(_flat("and", tests)))
    left = tuple(one for one in left if one != TRUE)
    if FALSE in left:
        return FALSE
    if not left:
        return TRUE
    return left[0] if len(left) == 1 else Apply("and", left)


def any_of(*tests: Node) -> Node:
    """Join by `or`, leaving out what is never so."""
    left = tuple(dict.fromkeys(_flat("or", tests)))
    left = tuple(one for one in left if one != FALSE)
    if TRUE in left:
        return TRUE
    if not left:
        return FALSE
    return left[0] if len(left) == 1 else Apply("or", left)


def _flat(name: str, tests: tuple[Node, ...]) -> Iterator[Node]:
    for one in tests:
        if isinstance(one, Apply) and one.name == name:
            yield from one.args
        else:
            yield one


OPPOSITE = {
    "is_null": "is_not_null", "is_not_null": "is_null",
    "eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt",
}  # fmt: skip


def negation(test: Node) -> Node:
    """Return `not`, which keeps NULL."""
    match test:
        case Literal(value=None):
            return test
        case Literal(value=value):
            return FALSE if value else TRUE
        case Apply(name="not", args=(inner,)):
            return inner
        case Apply(name=name, args=args) if name in OPPOSITE:
            return Apply(OPPOSITE[name], args)
        case _:
            return Apply("not", (test,))


def there(node: Node) -> Node:
    """Return the test that a value is there."""
    if isinstance(node, Literal):
        return FALSE if node.value is None else TRUE
    return Apply("is_not_null", (node,))


def absent(node: Node) -> Node:
    """Return the test that a value is not there."""
    return negation(there(node))


def surely(test: Node) -> Node:
    """Return a test that is never NULL: whether this one is true."""
    return test if decided(test) else Apply("is_true", (test,))


def surely_not(test: Node) -> Node:
    """Return a test that is never NULL: whether this one is false."""
    return negation(test) if decided(test) else Apply("is_false", (test,))


DECIDED = ("is_null", "is_not_null", "is_true", "is_false", "same")


def decided(test: Node) -> bool:
    """Say whether a test is never NULL."""
    match test:
        case Literal(value=value):
            return value is not None
        case Apply(name=name) if name in DECIDED:
            return True
        case Apply(name="and" | "or" | "not", args=args):
            return all(decided(one) for one in args)
        case Member(name=name) | Column(name=name) | Kept(name=name):
            return name.endswith(("__na", "__bad"))
        case _:
            return False


def case(*whens: tuple[Node, Node], otherwise: Node | None = None) -> Node:
    """Return a choice, leaving out what cannot be chosen."""
    kept: list[tuple[Node, Node]] = []
    for asked, value in whens:
        test = _holding(asked)
        if test == FALSE or (isinstance(test, Literal) and test.value is None):
            continue
        if test == TRUE:
            return _chosen(kept, value)
        kept.append((test, value))
    return _chosen(kept, otherwise)


def _holding(test: Node) -> Node:
    """Return a test that holds where this one does; what does not hold may be NULL, which chooses nothing either."""
    match test:
        case Apply(name="is_true", args=(inner,)):
            return _holding(inner)
        case Apply(name="is_false", args=(inner,)):
            return negation(inner)
        case Apply(name="and", args=args):
            return all_of(*map(_holding, args))
        case Apply(name="or", args=args):
            return any_of(*map(_holding, args))
        case _:
            return test


def _chosen(whens: list[tuple[Node, Node]], otherwise: Node | None) -> Node:
    if not whens:
        return otherwise if otherwise is not None else UNSURE
    if otherwise is not None and all(value == otherwise for _, value in whens):
        return otherwise
    return Case(tuple(whens), otherwise)
