"""Which keys stand twice, and whether rows lack theirs: found by sorting the hashes of all keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from rulelang.bulk.forms import TEXT, Form, may_have_outer_blanks
from rulelang.bulk.relations import key_of, place_of, raw, typed
from rulelang.bulk.scans import fresh
from rulelang.bulk.tree import Node
from rulelang.types import TextType

Connection = duckdb.DuckDBPyConnection
ROWS_A_BATCH = 1 << 15


def learn_keys(node: Node, connection: Connection) -> None:
    """Learn which keys of the node stand twice, and whether rows lack theirs, in a pass of its own."""
    if node.key is None:
        return
    hashes = _of_keys_as_they_are(node, connection)
    if hashes is None:
        hashes = _gathered(
            f"SELECT hash(key) AS h FROM ({_keys(node)})", _count(node, connection), connection
        )
    settle_twins(node, [hashes], connection)


def _of_keys_as_they_are(node: Node, connection: Connection) -> Any:
    """Return the hashes of keys that need not be stripped of blanks, and take them as they are; else None."""
    key = node.key
    if key is None or node.scan is None or key.kind != TEXT or not isinstance(key.field.type, TextType):
        return None
    x = raw(key)
    hashed = f"CASE WHEN {may_have_outer_blanks(x)} THEN NULL ELSE hash({x}) END"
    source = f"SELECT {hashed} AS h FROM {node.scan.select()} AS t"
    found = _gathered(source, _count(node, connection), connection)
    if found is not None:
        key.form = Form(lambda x: x, learns=False)
    return found


def _count(node: Node, connection: Connection) -> int:
    """Return how many rows a node has: it was counted, or is quickly told."""
    if node.counts or node.scan is None:
        return node.counts["read"]
    (found,) = connection.execute(f"SELECT count(*) FROM {node.scan.source}").fetchall()
    return int(found[0])


def _gathered(query: str, count: int, connection: Connection) -> Any:
    """Return the column that a query makes of so many rows as an array; None where a value is missing.

    It comes batch by batch, so that it is not held twice.
    """
    import numpy

    every = numpy.empty(count, numpy.uint64)
    filled = 0
    with connection.sql(query).to_arrow_reader(ROWS_A_BATCH) as batches:
        for batch in batches:
            column = batch.column(0)
            if column.null_count:
                return None
            # Arrow's own way to an array imports pandas.
            every[filled : filled + len(column)] = numpy.from_dlpack(column)
            filled += len(column)
    return every[:filled]


def _keys(node: Node) -> str:
    if node.scan is not None:
        return f"SELECT {key_of(node)} AS key FROM ({typed(node)})"
    assert node.key is not None
    cell, source = place_of(node)
    return f"SELECT {node.key.values(cell(node.key))[0]} AS key FROM {source}"


def settle_twins(node: Node, hashes: Sequence[Any], connection: Connection) -> bool:
    """Keep the keys that stand twice, found among the hashes of all keys; return whether something is new.

    Whether rows may lack their keys is told by the hash of nothing.
    """
    import numpy

    parts = [numpy.asarray(one, dtype=numpy.uint64) for one in hashes] or [numpy.empty(0, numpy.uint64)]
    every = parts[0] if len(parts) == 1 else numpy.concatenate(parts)
    del parts
    every.sort()
    twice = numpy.unique(every[1:][every[1:] == every[:-1]])
    (found,) = connection.execute("SELECT hash(NULL::VARCHAR)").fetchall()
    nothing = numpy.uint64(found[0])
    place = int(numpy.searchsorted(every, nothing))
    lacked, node.may_lack = node.may_lack, place < len(every) and bool(every[place] == nothing)
    del every
    twice = twice[twice != nothing]
    return bool(len(twice) and _keep_twins(node, twice, connection)) or node.may_lack > lacked


def _keep_twins(node: Node, hashes: Any, connection: Connection) -> bool:
    """Keep the keys with one of the hashes that do stand twice."""
    name = fresh("twins")
    connection.register(f"{name}_hashes", {"h": hashes})
    connection.execute(
        f"CREATE TEMP TABLE {name} AS SELECT key FROM ({_keys(node)}) WHERE key IS NOT NULL "
        f"AND hash(key) IN (SELECT h FROM {name}_hashes) GROUP BY key HAVING count(*) > 1"
    )
    connection.unregister(f"{name}_hashes")
    (found,) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    node.twins = name if found[0] else None
    return node.twins is not None
