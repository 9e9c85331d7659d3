"""More flawed cells than anyone would look at: the first are listed, all are counted, column by column."""

from __future__ import annotations

import duckdb
from attrs import frozen

from rulelang.bulk.columns import Column
from rulelang.bulk.meanings import NOTES, UNREADABLES, Mark
from rulelang.bulk.relations import joins, raw
from rulelang.bulk.survey import FLAWED
from rulelang.bulk.tree import Node
from rulelang.engines.sql.layout import LINE
from rulelang.reading import ProblemKind, Problems

# Up to so many flawed cells of a table, the rows of all of them are read once more.
READ_AGAIN = 20_000
MARKS = (Mark.NOTHING, *UNREADABLES, *NOTES)
_KINDS = {
    Mark.NOTHING: ProblemKind.BLANK_REQUIRED,
    Mark.TIME_DROPPED: ProblemKind.TIME_DROPPED,
    Mark.TIME_ASSUMED: ProblemKind.TIME_ASSUMED,
}


def cells_flooded(node: Node, problems: Problems) -> bool:
    """Whether the flawed cells of a table are too many to read all their rows again, and need not be."""
    flawed = sum(count for name, count in node.counts.items() if name.startswith(FLAWED))
    return flawed > READ_AGAIN and not problems.handed_on


@frozen
class Flood:
    """How many cells of each column have each mark. `lines` are the rows where each is met first."""

    counts: tuple[tuple[Column, Mark, int], ...]
    lines: tuple[int, ...]
    first: int = READ_AGAIN

    @classmethod
    def surveyed(cls, node: Node, connection: duckdb.DuckDBPyConnection) -> Flood:
        """Count the flawed cells of a table's columns; those of its key are not among them."""
        assert node.scan is not None
        tests = [
            (one, mark, test)
            for one in node.columns
            if not one.field.key
            for mark in MARKS
            if (test := _test(one, mark)) is not None
        ]
        wanted = [f"count_if({test}), min(t.{LINE}) FILTER (WHERE {test})" for _, _, test in tests]
        (found,) = connection.execute(
            f"SELECT {', '.join(wanted)} FROM {node.scan.select(lined=True)} AS t{joins(node)}"
        ).fetchall()
        counts = [(one, mark, found[2 * place]) for place, (one, mark, _) in enumerate(tests)]
        return cls(tuple(counts), tuple(line for line in found[1::2] if line is not None))

    def add_the_rest(self, node: Node, problems: Problems) -> None:
        """Count the cells whose rows were not read again."""
        reader = node.branch.reader
        whole: dict[tuple[ProblemKind, str, str | None], int] = {}
        for one, mark, count in self.counts:
            place = (_KINDS.get(mark, ProblemKind.UNREADABLE), reader.file, reader.column_of(one.field.name))
            whole[place] = whole.get(place, 0) + count
            if one.field.name in reader.orders:
                orders = reader.orders[one.field.name]
                if mark is Mark.BAD_EITHER_ORDER:
                    orders.both = count
                elif mark is Mark.BAD_DAY_FIRST:
                    orders.only_day_first = count
                elif mark is Mark.BAD_MONTH_FIRST:
                    orders.only_month_first = count
        for met, count in whole.items():
            if count:
                problems.settle(*met, count)


def _test(one: Column, mark: Mark) -> str | None:
    if mark is Mark.NOTHING:
        return one.blank(raw(one)) if one.required else None
    return one.test((mark,), raw(one))
