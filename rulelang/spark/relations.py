"""The rows of a node as SQL: typed, with their lists, and which of them are set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rulelang.engines.sql.layout import ASIDE, BAD, NA, PLACE
from rulelang.query.spark import SPARK
from rulelang.spark.columns import Column, any_of
from rulelang.spark.meanings import UNREADABLES, Mark
from rulelang.spark.tree import Node

quoted = SPARK.quoted

Cell = Callable[[Column], str]
KEY, JOIN = "__key", "__join"


def raw(column: Column) -> str:
    """Return the cell of a column in the view of its rows."""
    return f"t.x{column.place}"


def cell_in(row: str) -> Cell:
    """Return where the cells of a nested row are."""
    return lambda column: f"{row}.{quoted(column.heading)}"


def key_of(node: Node, cell: Cell = raw) -> str:
    """Return the key of a row, or the key of its parent that it names; NULL where it has none."""
    return node.key.values(cell(node.key))[0] if node.key is not None else "CAST(NULL AS STRING)"


def joins(node: Node) -> str:
    """Return the joins with what was learnt."""
    every = [*node.columns, *([node.join] if node.join is not None else [])]
    return "".join(one.join.format(x=one.cell(raw(one))) for one in every if one.table)


def relation(node: Node, test: str | None = None) -> str:
    """Return the rows as they stand, joined with what was learnt; only those of which a test holds."""
    tests = [*(["NOT t.lost"] if node.loses else []), *([f"({test})"] if test else [])]
    return f"{node.rows} AS t{joins(node)}{' WHERE ' + ' AND '.join(tests) if tests else ''}"


def fields(node: Node, cell: Cell, parent_key: str | None) -> Iterator[tuple[str, str]]:
    """Yield the columns of a row by name: values, what stands beside them, and the lists nested in it."""
    for one in node.columns:
        x = cell(one)
        yield from zip(one.names, one.values(x), strict=True)
        for beside, marks in ((NA, (Mark.NOT_APPLICABLE,)), (BAD, UNREADABLES)):
            test = one.test(marks, x)
            if test is not None:
                yield one.field.name + beside, test
    if node.filled is not None and parent_key is not None:
        yield node.filled, parent_key
    key = key_of(node, cell) if node.key is not None else None
    for child in node.nested:
        yield child.list_name, _list(child, _list_cell(child), key)


def _list_cell(child: Node) -> str:
    assert child.parent is not None
    if child.parent.frame is not None:
        return f"t.x{child.place}"
    return f"r{child.parent.number}.{quoted(child.parent.shape.headings[child.place or 0])}"


def _list(node: Node, x: str, parent_key: str | None) -> str:
    row, place = f"r{node.number}", f"i{node.number}"
    made = struct([*fields(node, cell_in(row), parent_key), (PLACE, f"CAST({place} AS BIGINT)")])
    dropped = nested_aside(node, row)
    kept = f"CASE WHEN NOT ({dropped}) THEN {made} END"
    return f"coalesce(array_compact(transform({x}, ({row}, {place}) -> {kept})), array())"


def nested_aside(node: Node, row: str) -> str:
    """Return a test, never NULL, of whether a nested row is set aside for itself."""
    key = key_of(node, cell_in(row)) if node.key is not None else None
    tests = [f"{row} IS NULL", f"({key}) IS NULL" if key is not None else None]
    if node.twins is not None:
        tests.append(f"coalesce(array_contains({node.twins}, {key}), false)")
    return any_of(tests) or "false"


def struct(named: list[tuple[str, str]]) -> str:
    """Return a struct of values by name."""
    return SPARK.struct(named)


def typed(node: Node) -> str:
    """Return the rows of a table, typed, with the lists nested in them, none of them set aside yet."""
    columns = [*fields(node, raw, None), (KEY, key_of(node))]
    if node.join is not None:
        columns.append((JOIN, node.join.values(raw(node.join))[0]))
    if node.parent is not None:
        columns.append((PLACE, "monotonically_increasing_id()"))
    return f"SELECT {', '.join(f'{sql} AS {quoted(name)}' for name, sql in columns)} FROM {relation(node)}"


def rows(node: Node) -> str:
    """Return the rows of a table with all their lists, and whether each is set aside for itself."""
    columns = ["t.*"]
    joined = ""
    for number, child in enumerate(node.tables):
        columns.append(f"coalesce(c{number}.listed, array()) AS {quoted(child.list_name)}")
        joined += f" LEFT JOIN ({_by_parent(child)}) AS c{number} ON c{number}.parent = t.{KEY}"
    if node.twins is not None:
        joined += f" LEFT JOIN {node.twins} AS w ON w.twin = t.{KEY}"
    columns.append(f"{_aside(node)} AS {ASIDE}")
    return f"SELECT {', '.join(columns)} FROM ({typed(node)}) AS t{joined}"


def _aside(node: Node) -> str:
    tests = [
        f"t.{KEY} IS NULL" if node.record.key is not None and node.key is not None else None,
        "w.twin IS NOT NULL" if node.twins is not None else None,
    ]
    return any_of(tests) or "false"


def _by_parent(child: Node) -> str:
    """Return the usable rows of a child table as one list for each parent's key."""
    names = [name for name, _ in fields(child, raw, None)] + [one.list_name for one in child.tables]
    made = struct([(name, f"r.{quoted(name)}") for name in (*names, PLACE)])
    return (
        f"SELECT r.{JOIN} AS parent, collect_list({made}) AS listed FROM ({rows(child)}) AS r "
        f"WHERE NOT r.{ASIDE} AND r.{JOIN} IS NOT NULL GROUP BY r.{JOIN}"
    )
