"""Columns in two steps of a query: cells taken apart, then their values and what stands beside them.

A text that nobody has met before stops the query, and the error tells of which node it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import duckdb

from rulelang.bulk.columns import Column, value_types
from rulelang.bulk.meanings import NOTES, UNREADABLES, WITHOUT_VALUE, Mark
from rulelang.bulk.wording import literal, named, quoted
from rulelang.engines.sql.layout import BAD, NA

# The columns of a step: names, and what they are in SQL.
Step = list[tuple[str, str]]
BESIDE = ((NA, (Mark.NOT_APPLICABLE,)), (BAD, UNREADABLES))
STOPPED = re.compile(r"a text of node (\d+) is unknown")


def unknown_in(error: duckdb.Error) -> int | None:
    """Return the number of the node of which a text is unknown, if it was that which stopped a query."""
    found = STOPPED.search(str(error)) if isinstance(error, duckdb.InvalidInputException) else None
    return int(found[1]) if found else None


def text_of(one: Column) -> str:
    """Return the name of the column that holds the cells as they are."""
    return f"__x_{one.alias}"


def flaw_of(one: Column) -> str:
    """Return the name of the column that tells which cells `reading` has something to say of."""
    return f"__w_{one.alias}"


def steps(one: Column, x: str, number: int, helpers: bool) -> tuple[Step, Step]:
    """Return what a column of the node of a number is in both steps; `helpers` adds what its counters need."""
    if one.form.learns:
        return _learning(one, one.cell(x), number, helpers)
    made = list(zip(one.names, one.values(x), strict=True))
    tests = [(one.called + beside, one.test(marks, x)) for beside, marks in BESIDE]
    tests += [(flaw_of(one), one.test((*UNREADABLES, *NOTES), x))] if helpers else []
    made += [(name, test) for name, test in tests if test is not None]
    return made, [(name, named(name)) for name, _ in made]


def _learning(one: Column, x: str, number: int, helpers: bool) -> tuple[Step, Step]:
    first = [(text_of(one), x)]
    if one.form.read is not None:
        first.append((_read(one), one.form.read(x)))
    if one.table is not None:
        first += [(_found(one, place), f"{one.alias}.v{place}") for place in range(len(one.names))]
        first.append((_mark(one), f"{one.alias}.mark"))
    text = named(text_of(one))
    if _by_text_alone(one):
        values = list(zip(one.names, _values(one, x, number), strict=True))
        first += values
        second = [(name, named(name)) for name, _ in values]
    else:
        second = list(zip(one.names, _values(one, text, number), strict=True))
    tests = [(one.called + beside, _test(one, marks, text)) for beside, marks in BESIDE]
    if helpers:
        blank = (Mark.NOTHING,) if one.required else ()
        tests.append((flaw_of(one), _test(one, (*UNREADABLES, *NOTES, *blank), text)))
        tests += [(text_of(one), text)] if one.required else []
    return first, second + [(name, test) for name, test in tests if test is not None]


def _read(one: Column) -> str:
    return f"__p_{one.alias}"


def _found(one: Column, place: int) -> str:
    return f"__v{place}_{one.alias}"


def _mark(one: Column) -> str:
    return f"__m_{one.alias}"


def _by_text_alone(one: Column) -> bool:
    """Whether the value follows from the text alone, compared with those learnt: a single step does."""
    return one.form.read is None and one.table is None


def _values(one: Column, x: str, number: int) -> Iterator[str]:
    """Yield the SQL of the values of cells `x`; the first stops the query where a text is unknown."""
    kind, *others = value_types(one.field)
    unknown = f"error({quoted(f'a text of node {number} is unknown')})"
    yield f"CASE {' '.join(_known(one, x, kind))} ELSE {unknown} END"
    for place, other in enumerate(others, 1):
        if one.table is not None:
            yield named(_found(one, place))
            continue
        sound = [(cell, each.values[place]) for cell, each in one.learnt.items() if each.values[place]]
        whens = " ".join(f"WHEN {literal(cell)} THEN {literal(value)}" for cell, value in sound)
        yield f"CASE {x} {whens} END" if sound else f"NULL::{other}"


def _known(one: Column, x: str, kind: str) -> Iterator[str]:
    """Yield the branches of CASE for the cells that are known."""
    if one.form.read is not None:
        read = named(_read(one))
        sure = one.form.sure(read, x) if one.form.sure is not None else f"{read} IS NOT NULL"
        yield f"WHEN {sure} THEN {read}"
    yield f"WHEN {x} IS NULL THEN NULL::{kind}"
    if one.table is not None:
        yield f"WHEN {named(_mark(one))} IS NOT NULL THEN {named(_found(one, 0))}"
        return
    void = [cell for cell, meaning in one.learnt.items() if meaning.mark in WITHOUT_VALUE]
    for cell, meaning in one.learnt.items():
        if meaning.mark not in WITHOUT_VALUE:
            yield f"WHEN {x} = {literal(cell)} THEN {literal(meaning.values[0])}"
    if void:
        yield f"WHEN {x} IN ({', '.join(map(literal, void))}) THEN NULL"


def _test(one: Column, marks: Sequence[Mark], x: str) -> str | None:
    """Return a test of whether a cell, in the second step, has one of the marks, never NULL; None where none has."""
    wanted = [cell for cell, meaning in one.learnt.items() if meaning.mark in marks]
    if not wanted:
        return None
    if one.table is not None:
        return f"coalesce({named(_mark(one))} IN ({', '.join(str(int(mark)) for mark in marks)}), false)"
    void = [cell for cell, meaning in one.learnt.items() if meaning.mark in WITHOUT_VALUE]
    if wanted == void and _by_text_alone(one):
        # To look whether there is a value is quicker than to compare texts.
        return f"{x} IS NOT NULL AND {named(one.names[0])} IS NULL"
    return f"coalesce({x} IN ({', '.join(map(literal, wanted))}), false)"
