"""A query as steps: each selects from the one before and adds columns; the last selects what is asked for."""

from __future__ import annotations

from attrs import field, frozen

from rulelang.query.nodes import Node


@frozen
class LookUp:
    """A left join of a table of one row a day; `taken` are the columns to keep: name, column of the table."""

    table: str
    key: str
    by: Node
    taken: tuple[tuple[str, str], ...]


@frozen
class Step:
    """Columns added side by side to those of the step before."""

    columns: tuple[tuple[str, Node], ...]
    look_ups: tuple[LookUp, ...] = ()
    note: str = ""


@frozen
class Repeated:
    """A column, `name`, that says which values stand more than once in the source.

    Where `value` is one, it is whether that of this row does; where it is `listed`, a list, it lists those of it that
    do. `key` tells the rows apart, if anything does; `used` is whether a row counts.
    """

    name: str
    value: Node
    listed: bool
    key: Node | None
    used: Node


@frozen
class Query:
    """A query over a relation, given as text or as the name of a table.

    `beside` names tables of one row whose columns every step may read. `grouped` is how many of the first columns
    of `select` it groups by; None selects row by row.
    """

    source: str
    steps: tuple[Step, ...]
    select: tuple[tuple[str, Node], ...]
    grouped: int | None = None
    beside: tuple[str, ...] = ()
    where: Node | None = None
    # Further columns of the selection as text, by whoever made the source.
    added: tuple[tuple[str, str], ...] = ()
    # Tables made of text before the first step: name and text.
    tables: tuple[tuple[str, str], ...] = field(default=())
    notes: tuple[str, ...] = ()
    # Columns beside those of the source, made by going through it beforehand.
    repeated: tuple[Repeated, ...] = ()
