"""Data problems and accounts: the rows that something is wrong with are read once more, by `reading` itself.

Only they are, and the rows they hang on: so the messages, and which rows are set aside, are `reading`'s own.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
from attrs import define, field

from rulelang.bulk.flooding import Flood, cells_flooded
from rulelang.bulk.relations import cell_in, joins, key_of, nested_aside, raw, typed
from rulelang.bulk.scans import fresh
from rulelang.bulk.survey import DAMAGED, FLAWED, KEYLESS, READ, USED
from rulelang.bulk.tree import JOIN, Node
from rulelang.bulk.wording import any_of
from rulelang.engines.sql.layout import LINE
from rulelang.reading import FileAccount
from rulelang.reading.assembly import take
from rulelang.reading.branches import Planner
from rulelang.reading.date_orders import order_notes
from rulelang.reading.parquet import batch_rows
from rulelang.reading.settling import settle
from rulelang.reading.tables import Damaged


@define(eq=False)
class Replay:
    """Reads the rows that something is wrong with. `counts` are those of the caller's pass over the cases."""

    connection: duckdb.DuckDBPyConnection
    planner: Planner
    nodes: list[Node]
    counts: Mapping[str, int]
    _wanted: dict[int, str] = field(factory=dict)
    _floods: dict[int, Flood] = field(factory=dict)

    def run(self) -> tuple[tuple[FileAccount, ...], list[str]]:
        """Return the accounts of the files, and the notes on the order of dates."""
        self.nodes[0].counts |= self.counts
        if any(self._troubled(node) for node in self.nodes):
            tables = [node for node in self.nodes if node.scan is not None]
            for node in reversed(tables):
                self._want(node)
            for node in tables:
                self._read(node)
            settle(self.planner.branches)
        for number, flood in self._floods.items():
            flood.add_the_rest(self.nodes[number], self.planner.problems)
        return tuple(map(_account, self.nodes)), self._date_notes()

    def _troubled(self, node: Node) -> bool:
        counts = node.counts
        odd = any(count for name, count in counts.items() if name.startswith(FLAWED))
        lacking = counts.get(KEYLESS) or counts.get(DAMAGED) or node.twins is not None
        return bool(odd or lacking or self._lost(node) or (node.scan is not None and node.scan.damaged))

    def _lost(self, node: Node) -> bool:
        """Whether rows of a child table did not get to any case."""
        if node.scan is None or node.parent is None:
            return False
        return (self.counts.get(f"{USED}{node.number}") or 0) != node.counts[READ]

    def _want(self, node: Node) -> None:
        """Write down the numbers of the rows that are to be read, and the keys of their parents."""
        assert node.scan is not None
        name = self._wanted[node.number] = fresh("wanted")
        key = node.key.values(raw(node.key))[0] if node.key is not None else "NULL"
        join = node.join.values(raw(node.join))[0] if node.join is not None else "NULL"
        flawed = any_of(one.flawed(raw(one)) for one in node.columns) or "false"
        nested = any_of(_nested_trouble(one, f"t.x{one.place}") for one in node.nested) or "false"
        base = (
            f"SELECT t.{LINE} AS line, {key} AS key, {join} AS parent, {flawed} AS flawed, {nested} AS nested "
            f"FROM {node.scan.select(lined=True)} AS t{joins(node)}"
        )
        wanted = [*self._structural(node), "nested"]
        wanted += [f"key IN (SELECT parent FROM {self._wanted[one.number]})" for one in node.tables]
        if cells_flooded(node, self.planner.problems):
            flood = self._floods[node.number] = Flood.surveyed(node, self.connection)
            lines = f"SELECT line FROM ({base}) WHERE flawed ORDER BY line LIMIT {flood.first}"
            wanted.append(f"line IN ({lines}) OR line IN ({', '.join(map(str, flood.lines)) or 'NULL'})")
        else:
            wanted.append("flawed")
        self.connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT line, parent FROM ({base}) WHERE {any_of(wanted)}"
        )

    def _structural(self, node: Node) -> Iterator[str]:
        """Yield tests of whether a row, as key and parent's key, is set aside for itself or its parent."""
        if node.key is not None:
            yield "key IS NULL"
            if node.twins is not None:
                yield f"key IN (SELECT key FROM {node.twins})"
        if node.join is not None and node.parent is not None and self._lost(node):
            yield f"parent IS NULL OR parent NOT IN ({_healthy(node.parent)})"

    def _read(self, node: Node) -> None:
        assert node.scan is not None
        wanted = self._wanted[node.number]
        found = self.connection.sql(
            f"SELECT * FROM {node.scan.select(lined=True, as_text=True)} WHERE {LINE} IN (SELECT line FROM {wanted}) "
            f"ORDER BY {LINE}"
        )
        rows = self._rows(
            found.to_arrow_reader(8_192), node.branch.table is not None and node.branch.table.as_text
        )
        for number, cells in heapq.merge(rows, node.scan.damaged, key=lambda one: one[0]):
            take(node.branch, number, cells)

    @staticmethod
    def _rows(batches: Any, as_text: bool) -> Iterator[tuple[int, list[Any] | Damaged]]:
        for _, cells in batch_rows(batches):
            assert not isinstance(cells, Damaged)
            *row, number = cells
            yield number, ["" if cell is None else cell for cell in row] if as_text else row

    def _date_notes(self) -> list[str]:
        columns = [
            (f'{node.branch.file}, column "{node.branch.reader.column_of(name)}"', _rows_read(node), orders)
            for node in self.nodes
            for name, orders in node.branch.reader.orders.items()
        ]
        return order_notes(columns, self.planner.schema.reading)


def _rows_read(node: Node) -> int:
    return node.counts[READ] + (len(node.scan.damaged) if node.scan is not None else 0)


def _account(node: Node) -> FileAccount:
    read = _rows_read(node)
    aside = sum(held.aside for held in node.branch.held) + node.branch.damaged
    return FileAccount(node.branch.file, read, read - aside, aside)


def _healthy(node: Node) -> str:
    """Return the keys of the rows that are used."""
    key = key_of(node)
    tests = [f"{key} IS NOT NULL"]
    if node.twins is not None:
        tests.append(f"{key} NOT IN (SELECT key FROM {node.twins})")
    if node.join is not None and node.parent is not None:
        tests.append(f"{JOIN} IN ({_healthy(node.parent)})")
    return f"SELECT {key} FROM ({typed(node)}) WHERE {' AND '.join(tests)}"


def _nested_trouble(node: Node, x: str) -> str | None:
    """Return a test of whether something is wrong with rows of a nested list, or of those below it."""
    row = f"__r{node.number}"
    cell = cell_in(row)
    tests = [nested_aside(node, row)]
    tests += [one.flawed(cell(one)) for one in node.columns]
    tests += [_nested_trouble(one, f'{row}."{node.shape.headings[one.place or 0]}"') for one in node.nested]
    test = any_of(tests)
    return f"coalesce(len(list_filter({x}, lambda {row}: {test})) > 0, false)" if test else None
