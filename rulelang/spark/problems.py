"""Data problems and accounts of rows on Spark: all counted there, only the first of each kind fetched and told.

A table on a cluster has no row numbers: the key of a row says which it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import define

from rulelang.reading import FileAccount
from rulelang.reading.date_orders import DateOrders, order_notes
from rulelang.reading.problems import LISTED, DataProblem, ProblemKind, Problems, shown
from rulelang.spark.columns import Column
from rulelang.spark.meanings import ORDERS, Mark, flaw_of
from rulelang.spark.opening import Opened
from rulelang.spark.relations import JOIN, KEY, key_of, raw, relation, typed
from rulelang.spark.scratch import Scratch
from rulelang.spark.survey import KEYLESS, LOST, MARKS, READ, TWINNED, flaw_test
from rulelang.spark.tree import Node

KINDS = {
    Mark.NOTHING: ProblemKind.BLANK_REQUIRED,
    Mark.TIME_DROPPED: ProblemKind.TIME_DROPPED,
    Mark.TIME_ASSUMED: ProblemKind.TIME_ASSUMED,
}
NO_KEY = "Blank: the row has no key, so it was set aside."
TWICE = "The same key stands in {} rows. Which is right cannot be told: all were set aside."
NO_PARENT = "Blank: whose row it is cannot be told, so it was set aside."
UNKNOWN_PARENT = "No row of {} has this key, so the row was set aside."
WITH_PARENT = "Set aside, because its row in {} was."
WITHIN_PARENT = "Set aside, because the row that holds it was."


@define
class Telling:
    """Tells of the problems of an opened export. `used` is how many rows of each table came to a case."""

    scratch: Scratch
    opened: Opened
    problems: Problems
    used: dict[int, int]

    def run(self) -> tuple[tuple[FileAccount, ...], list[str]]:
        """Return the accounts of the files, and the notes on the order of dates."""
        orders: list[tuple[str, int, DateOrders]] = []
        for node in self.opened.nodes:
            orders += self._cells(node)
        for node in self.opened.nodes:
            self._rows(node)
        accounts = tuple(self._account(node) for node in self.opened.nodes)
        return accounts, order_notes(orders, self.opened.schema.reading)

    def _account(self, node: Node) -> FileAccount:
        read = node.counts[READ]
        return FileAccount(node.file, read, self.used[node.number], read - self.used[node.number])

    # --- cells -------------------------------------------------------------------------------------------------

    def _cells(self, node: Node) -> Iterator[tuple[str, int, DateOrders]]:
        for number, one in enumerate(node.columns):
            orders = DateOrders()
            for mark in MARKS:
                count = node.counts.get(f"flaw{number}_{mark.value}", 0)
                test = flaw_test(one, mark)
                if count and test is not None:
                    self._flawed(node, one, mark, count, test, orders)
            if orders.example:
                yield f'{node.file}, column "{one.heading}"', self._account(node).read, orders

    def _flawed(self, node: Node, one: Column, mark: Mark, count: int, test: str, orders: DateOrders) -> None:
        rows = self._fetched(f"SELECT {key_of(node)} AS key, {raw(one)} AS cell FROM {relation(node, test)}")
        for number, (key, cell) in enumerate(rows):
            flaw = flaw_of(one.reader, cell)
            assert flaw is not None
            if flaw.orders is not None and not number:
                orders.add(str(cell), flaw.orders)
            kind, why = flaw.kind, flaw.problem
            if one.field.key:
                kind, why = ProblemKind.NO_KEY, f"{why} Without a key the row was set aside."
            self._add(node, one.heading, shown(cell), why, kind, None if one.field.key else key)
        kind = ProblemKind.NO_KEY if one.field.key else KINDS.get(mark, ProblemKind.UNREADABLE)
        self._count(node, kind, one.heading, count - len(rows))
        if mark in ORDERS:
            name = {
                Mark.BAD_EITHER_ORDER: "both",
                Mark.BAD_DAY_FIRST: "only_day_first",
                Mark.BAD_MONTH_FIRST: "only_month_first",
            }[mark]
            setattr(orders, name, count)

    def _fetched(self, query: str) -> list[Any]:
        """Return the first rows of a query; all of them where somebody is told of every problem."""
        limit = "" if self.problems._sink is not None else f" LIMIT {LISTED}"
        return [tuple(row.values()) for row in self.scratch.rows(query + limit)]

    # --- rows --------------------------------------------------------------------------------------------------

    def _rows(self, node: Node) -> None:
        read = node.counts[READ]
        if read == self.used[node.number]:
            return
        self._damaged(node)
        if node.key is not None:
            self._keys(node, node.key)
        if node.parent is not None and node.frame is not None:
            self._orphans(node)
        elif node.parent is not None:
            known = sum(node.counts.get(name, 0) for name in (LOST, KEYLESS, TWINNED))
            self._many(node, None, WITHIN_PARENT, ProblemKind.PARENT_SET_ASIDE, read - known)

    def _many(self, node: Node, column: str | None, why: str, kind: ProblemKind, count: int) -> None:
        """Tell of rows of which nothing can be shown but that they are there."""
        for _ in range(min(count - self.used[node.number], LISTED)):
            self._add(node, column, None, why, kind, None)
        self._count(node, kind, column, count - self.used[node.number] - LISTED)

    def _damaged(self, node: Node) -> None:
        count = node.counts[LOST]
        if count and node.frame is not None:
            lines = self._fetched(f"SELECT line FROM {node.frame.damaged}")
            why = "The row has more or fewer cells than there are headings, so it was set aside."
            for (line,) in lines:
                self._add(node, None, shown(line), why, ProblemKind.RAGGED_ROW, None)
            self._count(node, ProblemKind.RAGGED_ROW, None, count - len(lines))
            return
        for _ in range(min(count, LISTED)):
            why = "Not a row, so it was set aside."
            self._add(node, None, None, why, ProblemKind.NESTED_SHAPE, None)
        self._count(node, ProblemKind.NESTED_SHAPE, None, count - LISTED)

    def _keys(self, node: Node, key: Column) -> None:
        told = sum(
            node.counts.get(f"flaw{node.columns.index(key)}_{mark.value}", 0)
            for mark in MARKS
            if mark is not Mark.NOTHING
        )
        blank = node.counts[KEYLESS] - told
        for _ in range(min(blank, LISTED)):
            self._add(node, key.heading, None, NO_KEY, ProblemKind.NO_KEY, None)
        self._count(node, ProblemKind.NO_KEY, key.heading, blank - LISTED)
        if node.twins is None:
            return
        listed = node.twins if node.frame is not None else f"(SELECT explode({node.twins}) AS twin)"
        rows = self._fetched(
            f"SELECT w.twin, count(*) OVER (PARTITION BY w.twin) AS many FROM {listed} AS w JOIN "
            f"(SELECT {key_of(node)} AS key FROM {relation(node)}) AS k ON k.key = w.twin ORDER BY w.twin"
        )
        for twin, many in rows:
            why = TWICE.format(many)
            self._add(node, key.heading, shown(twin), why, ProblemKind.DUPLICATE_KEY, twin)
        self._count(node, ProblemKind.DUPLICATE_KEY, key.heading, node.counts[TWINNED] - len(rows))

    # --- rows without a parent ---------------------------------------------------------------------------------

    def _orphans(self, node: Node) -> None:
        parent = node.parent
        assert parent is not None
        assert node.join is not None
        outcome = f"CASE WHEN c.{JOIN} IS NULL THEN 0 WHEN p.key IS NULL THEN 1 WHEN p.aside THEN 2 END"
        query = (
            f"SELECT c.{KEY} AS key, c.{JOIN} AS parent, {outcome} AS what "
            f"FROM ({self._own(node)}) AS c LEFT JOIN ({self._fate(parent)}) AS p ON p.key = c.{JOIN}"
        )
        counted = self.scratch.rows(f"SELECT what, count(*) AS n FROM ({query}) GROUP BY what")
        column = node.branch.reader.join_column or node.join.heading
        kinds = (
            (NO_PARENT, ProblemKind.ORPHAN),
            (UNKNOWN_PARENT.format(parent.file), ProblemKind.ORPHAN),
            (WITH_PARENT.format(parent.file), ProblemKind.PARENT_SET_ASIDE),
        )
        for what, count in ((row["what"], row["n"]) for row in counted if row["what"] is not None):
            why, kind = kinds[what]
            rows = self._fetched(f"SELECT key, parent FROM ({query}) WHERE what = {what}")
            for key, named in rows:
                self._add(node, column, shown(named), why, kind, key)
            self._count(node, kind, column, count - len(rows))

    def _own(self, node: Node) -> str:
        """Return the rows of a table that are not set aside for themselves."""
        tests = []
        if node.key is not None:
            tests.append(f"{KEY} IS NOT NULL")
        if node.twins is not None:
            tests.append(f"NOT EXISTS (SELECT 1 FROM {node.twins} AS w WHERE w.twin = o.{KEY})")
        names = f"{KEY}, {JOIN}" if node.join is not None else KEY
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return f"SELECT {names} FROM ({typed(node)}) AS o{where}"

    def _fate(self, node: Node) -> str:
        """Return the keys of a table, and whether their rows are set aside."""
        keys = f"SELECT {KEY} AS key, true AS aside FROM ({typed(node)}) WHERE {KEY} IS NOT NULL"
        if node.join is None or node.parent is None:
            used = f"SELECT {KEY} AS key, false AS aside FROM ({self._own(node)})"
        else:
            used = (
                f"SELECT c.{KEY} AS key, false AS aside FROM ({self._own(node)}) AS c "
                f"JOIN ({self._fate(node.parent)}) AS p ON p.key = c.{JOIN} AND NOT p.aside"
            )
        return f"SELECT key, bool_and(aside) AS aside FROM ({keys} UNION ALL {used}) GROUP BY key"

    # --- collecting --------------------------------------------------------------------------------------------

    def _add(
        self, node: Node, column: str | None, value: str | None, why: str, kind: ProblemKind, key: Any
    ) -> None:
        """Tell of one problem."""
        column = _placed(node, column)
        self.problems.add(DataProblem(node.file, None, column, value, why, kind, shown(key)))

    def _count(self, node: Node, kind: ProblemKind, column: str | None, more: int) -> None:
        """Count problems that are not told of one by one."""
        if more > 0:
            place = (kind, node.file, _placed(node, column))
            self.problems._counts[place] = self.problems._counts.get(place, 0) + more


def _placed(node: Node, column: str | None) -> str | None:
    """Return a column by its name; of nested rows with the lists that lead to it before it."""
    names = [column] if column else []
    one: Node | None = node
    while one is not None and one.frame is None:
        names.append(one.list_name)
        one = one.parent
    return ".".join(reversed(names)) or None
