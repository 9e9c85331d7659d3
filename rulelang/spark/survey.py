"""What must be known of the rows before they are judged: odd texts learnt, keys that stand twice, flaws counted."""

from __future__ import annotations

from typing import Any

from rulelang.engines.sql.building import Unsupported
from rulelang.spark.columns import LEARNT, Column, spelled, value_types
from rulelang.spark.meanings import NOTES, UNREADABLES, Mark
from rulelang.spark.relations import joins, key_of, raw, relation
from rulelang.spark.running import settings
from rulelang.spark.scratch import Scratch
from rulelang.spark.tree import Node

SAMPLE = 10_000
# Keys of nested rows that stand twice are compared one by one.
TWINS_IN_LISTS = 1_000
MARKS = (Mark.NOTHING, *UNREADABLES, *NOTES)
READ, LOST, KEYLESS, TWINNED = "read", "lost", "keyless", "twinned"


def survey(scratch: Scratch, node: Node) -> None:
    """Learn the texts of a table, and count its rows, its flaws, and the keys that stand twice."""
    _learn(scratch, node)
    while True:
        counts = _counted(scratch, node)
        unknown = [one for number, one in enumerate(_columns(node)) if counts.get(f"unknown{number}")]
        if not unknown:
            break
        for one in unknown:
            _learn_all(scratch, node, one)
    node.counts = counts
    if node.key is not None:
        _find_twins(scratch, node)


def _columns(node: Node) -> list[Column]:
    return [*node.columns, *([node.join] if node.join is not None else [])]


def _learn(scratch: Scratch, node: Node) -> None:
    """Learn the texts of a table's first rows."""
    learning = [one for one in _columns(node) if one.form.learns]
    if not learning:
        return
    sets = (
        f"collect_set({one.cell(raw(one))}) FILTER (WHERE {one.unknown(raw(one))}) AS s{number}"
        for number, one in enumerate(learning)
    )
    lost = " WHERE NOT t.lost" if node.loses else ""
    source = f"(SELECT * FROM {node.rows} LIMIT {SAMPLE}) AS t{lost}"
    with settings(scratch.session, len(learning)):
        found = scratch.one(f"SELECT {', '.join(sets)} FROM {source}")
    for one, cells in zip(learning, found.values(), strict=True):
        if cells:
            one.learn(cells, scratch)


def _learn_all(scratch: Scratch, node: Node, one: Column) -> None:
    """Learn every text of a column that is not known yet."""
    every = f"SELECT {one.cell(raw(one))} AS cell FROM {relation(node)}"
    where = " AND " if node.loses else " WHERE "
    rows = scratch.rows(
        f"SELECT DISTINCT cell FROM ({every}{where}{one.unknown(raw(one))}) LIMIT {LEARNT + 1}"
    )
    one.learn([row["cell"] for row in rows], scratch)


def flaw_test(one: Column, mark: Mark) -> str | None:
    """Return the test of whether a cell has a mark that is told of; None where none has."""
    if mark is Mark.NOTHING:
        return one.blank(raw(one)) if one.required else None
    return one.test((mark,), raw(one))


def _counted(scratch: Scratch, node: Node) -> dict[str, int]:
    """Count rows, unknown texts and flaws, in one pass."""
    among = "NOT t.lost AND " if node.loses else ""
    wanted = {READ: "count(*)", LOST: "count_if(t.lost)" if node.loses else "0"}
    for number, one in enumerate(_columns(node)):
        if one.form.learns:
            wanted[f"unknown{number}"] = f"count_if({among}{one.unknown(raw(one))})"
    for number, one in enumerate(node.columns):
        for mark in MARKS:
            test = flaw_test(one, mark)
            if test is not None:
                wanted[f"flaw{number}_{mark.value}"] = f"count_if({among}({test}))"
    if node.key is not None:
        wanted[KEYLESS] = f"count_if({among}{key_of(node)} IS NULL)"
    selected = ", ".join(f"{sql} AS {name}" for name, sql in wanted.items())
    with settings(scratch.session, len(wanted)):
        found = scratch.one(f"SELECT {selected} FROM {node.rows} AS t{joins(node)}")
    return {name: int(count or 0) for name, count in found.items()}


def _find_twins(scratch: Scratch, node: Node) -> None:
    """Keep the keys that stand twice: of a table as a view, of nested rows as a list."""
    text = (
        f"SELECT key AS twin, count(*) AS many FROM (SELECT {key_of(node)} AS key FROM {relation(node)}) "
        "WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
    )
    found = scratch.one(f"SELECT count(*) AS different, coalesce(sum(many), 0) AS many FROM ({text})")
    node.counts[TWINNED] = int(found["many"])
    if not found["different"]:
        return
    twins = scratch.view("twins", scratch.keep(scratch.session.sql(text)))
    if node.frame is not None:
        node.twins = twins
    elif found["different"] > TWINS_IN_LISTS:
        raise Unsupported(f"the {found['different']} keys that stand twice in `{node.file}`")
    else:
        node.twins = _listed(node, [row["twin"] for row in scratch.rows(f"SELECT twin FROM {twins}")])


def _listed(node: Node, keys: list[Any]) -> str:
    assert node.key is not None
    (kind,) = value_types(node.key.field)
    return f"array({', '.join(spelled(one, kind) for one in keys)})"
