"""The rows of a node as SQL: typed, with their lists, and which of them are set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rulelang.bulk.columns import Column
from rulelang.bulk.steps import BESIDE, Step, steps
from rulelang.bulk.tree import JOIN, Node
from rulelang.bulk.wording import any_of, named, struct
from rulelang.engines.sql.layout import ASIDE, LINE, PLACE

Cell = Callable[[Column], str]


def raw(column: Column) -> str:
    """Return the cell of a column in the scan of its table."""
    return f"t.x{column.place}"


def cell_in(row: str) -> Cell:
    """Return where the cells of a nested row are."""
    return lambda column: f"{row}.{named(column.heading)}"


def key_of(node: Node) -> str:
    """Return the column of the key; nothing where there is none."""
    return named(node.key.names[0]) if node.key is not None else "NULL"


IN_STRUCT = cell_in("t.r")


def typed(node: Node, *, lined: bool = False, helpers: bool = False, placed: bool = True) -> str:
    """Return the rows of a table, typed, with the lists nested in them, none of them set aside yet."""
    assert node.scan is not None
    first, second = _steps(node, raw, helpers)
    key = node.key.values(raw(node.key))[0] if node.key is not None else None
    lists = [(child.list_name, _list(child, _list_cell(child), key, placed)) for child in node.nested]
    lists += [one for child in node.nested if helpers and child.in_passing for one in _gathered(child)]
    second += [(name, named(name)) for name, _ in lists]
    if lined:
        lists.append((LINE, f"t.{LINE}"))
        second.append((LINE, LINE))
    return _in_steps(first + lists, second, f"{node.scan.select(lined)} AS t{joins(node)}")


def typed_nested(node: Node) -> str:
    """Return the rows of a nested node, typed and with what counters need, those that are no rows left out."""
    first, second = _steps(node, IN_STRUCT, True)
    return _in_steps(first, second, f"{unnested(node)} AS t WHERE t.r IS NOT NULL")


def _steps(node: Node, cell: Cell, helpers: bool) -> tuple[Step, Step]:
    first, second = [], []
    for one in [*node.columns, *([node.join] if node.join is not None else [])]:
        apart, values = steps(one, cell(one), node.number, helpers)
        first += apart
        second += values
    return first, second


def _in_steps(first: Step, second: Step, source: str) -> str:
    apart, values = (
        ", ".join(f"{sql} AS {named(name)}" for name, sql in step) or "1 AS __row" for step in (first, second)
    )
    return f"SELECT {values} FROM (SELECT {apart} FROM {source}) AS t"


def joins(node: Node) -> str:
    """Return the joins with what was learnt, and with the keys that stand twice in nested rows."""
    every = [*node.columns, *([node.join] if node.join is not None else [])]
    learnt = "".join(one.join.format(x=one.cell(raw(one))) for one in every if one.table)
    twins = "".join(
        f" CROSS JOIN (SELECT list(key) AS keys FROM {one.twins}) AS w{one.number}"
        for one in node.below()
        if one.twins is not None
    )
    return learnt + twins


def place_of(node: Node) -> tuple[Cell, str]:
    """Return where the cells of a node are, and the relation they are in."""
    if node.scan is not None:
        return raw, f"{node.scan.select()} AS t{joins(node)}"
    return IN_STRUCT, f"{unnested(node)} AS t WHERE t.r IS NOT NULL"


def unnested(node: Node) -> str:
    """Return the rows of a nested node as a relation `t` of one struct `r`, orders and parents forgotten."""
    assert node.parent is not None
    if node.parent.scan is not None:
        return f"(SELECT unnest(t.x{node.place}) AS r FROM {node.parent.scan.select()} AS t)"
    heading = named(node.parent.shape.headings[node.place or 0])
    return f"(SELECT unnest(t.r.{heading}) AS r FROM {unnested(node.parent)} AS t)"


def _fields(node: Node, cell: Cell, parent_key: str | None) -> Iterator[tuple[str, str]]:
    for one in node.columns:
        x = cell(one)
        yield from zip(one.names, one.values(x), strict=True)
        for beside, marks in BESIDE:
            test = one.test(marks, x)
            if test is not None:
                yield one.field.name + beside, test
    if node.filled is not None and parent_key is not None:
        yield node.filled, parent_key
    key = node.key.values(cell(node.key))[0] if node.key is not None else None
    for child in node.nested:
        yield child.list_name, _list(child, _list_cell(child), key)


def _list_cell(child: Node) -> str:
    assert child.parent is not None
    if child.parent.scan is not None:
        return f"t.x{child.place}"
    return f"__r{child.parent.number}.{named(child.parent.shape.headings[child.place or 0])}"


def _list(node: Node, x: str, parent_key: str | None, placed: bool = True) -> str:
    """Return a list of rows as a column; where nobody asks for their places, one that is right as it stands."""
    if not placed and _stands(node):
        return f"coalesce({x}, [])"
    row, place = f"__r{node.number}", f"__i{node.number}"
    made = struct([*_fields(node, cell_in(row), parent_key), (PLACE, place)])
    dropped = nested_aside(node, row)
    if dropped is None:
        return f"coalesce(list_transform({x}, lambda {row}, {place}: {made}), [])"
    kept = f"list_transform({x}, lambda {row}, {place}: CASE WHEN NOT ({dropped}) THEN {made} END)"
    return f"coalesce(list_filter({kept}, lambda __s: __s IS NOT NULL), [])"


def _gathered(node: Node) -> Iterator[tuple[str, str]]:
    """Yield what is counted of a nested list: it as it is, and the values of each of its columns."""
    x, row = _list_cell(node), f"__r{node.number}"
    yield node.uncut, x
    for one in node.columns:
        value, *_ = one.values(cell_in(row)(one))
        yield node.gathered(one), f"coalesce(list_transform({x}, lambda {row}: {value}), [])"


def _stands(node: Node) -> bool:
    """Say whether a nested list holds typed rows under the names of their fields, none of them to be left out."""
    row = f"__r{node.number}"
    if nested_aside(node, row) is not None or node.nested or node.filled is not None:
        return False
    return all(value == f"{row}.{named(name)}" for name, value in _fields(node, cell_in(row), None))


def nested_aside(node: Node, row: str) -> str | None:
    """Return a test of whether a nested row is set aside for itself; None where none is."""
    key = node.key.values(cell_in(row)(node.key))[0] if node.key is not None else None
    return any_of(
        [
            f"{row} IS NULL" if node.may_lack else None,
            f"({key}) IS NULL" if node.may_lack and key is not None else None,
            f"coalesce(list_contains(w{node.number}.keys, {key}), false)" if node.twins is not None else None,
        ]
    )


def rows(node: Node, *, lined: bool = False, helpers: bool = False, placed: bool = True) -> str:
    """Return the rows of a table with all their lists, and whether each is set aside for itself.

    `placed` says that somebody asks for the places of rows in their lists.
    """
    columns, key = ["t.*"], key_of(node)
    joined = ""
    for number, child in enumerate(node.tables):
        columns.append(f"coalesce(c{number}.rows, []) AS {named(child.list_name)}")
        joined += f" LEFT JOIN ({_by_parent(child)}) AS c{number} ON c{number}.parent = t.{key}"
    if node.twins is not None:
        joined += f" LEFT JOIN {node.twins} AS w ON w.key = t.{key}"
    tests = [
        f"t.{key} IS NULL" if node.key is not None and node.may_lack else None,
        "w.key IS NOT NULL" if node.twins is not None else None,
    ]
    columns.append(f"{any_of(tests) or 'false'} AS {ASIDE}")
    return f"SELECT {', '.join(columns)} FROM ({typed(node, lined=lined, helpers=helpers, placed=placed)}) AS t{joined}"


def _by_parent(child: Node) -> str:
    """Return the usable rows of a child table as one list for each parent's key; their places are their lines."""
    names = [name for name, _ in _fields(child, raw, None)] + [one.list_name for one in child.tables]
    made = struct([*((name, f"r.{named(name)}") for name in names), (PLACE, f"r.{LINE}")])
    return (
        f"SELECT r.{JOIN} AS parent, list({made}) AS rows FROM ({rows(child, lined=True)}) AS r "
        f"WHERE NOT r.{ASIDE} AND r.{JOIN} IS NOT NULL GROUP BY r.{JOIN}"
    )
