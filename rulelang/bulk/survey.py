"""What must be known of the rows before they are judged: odd texts learnt, keys that stand twice, flaws counted.

Of the case's own table most is counted in the caller's pass; of all others, here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from rulelang.bulk.columns import Column
from rulelang.bulk.forms import FIRST_SURE, LAST_SURE, doubtful_date
from rulelang.bulk.keys import learn_keys
from rulelang.bulk.meanings import NOTES, UNREADABLES
from rulelang.bulk.relations import Cell, cell_in, key_of, place_of, typed, typed_nested, unnested
from rulelang.bulk.sampling import sample
from rulelang.bulk.scans import Scan
from rulelang.bulk.steps import flaw_of, steps, text_of, unknown_in
from rulelang.bulk.tree import JOIN, Node
from rulelang.bulk.wording import named
from rulelang.engines.sql.layout import ASIDE

Connection = duckdb.DuckDBPyConnection

# Names of counts; that of a column's flaws has the column's number after it.
READ, KEYLESS, PARENTLESS, USED, FLAWED = "read", "keyless", "parentless", "used", "flawed"
# Places of a nested list where there is no row.
DAMAGED = "damaged"
# Rows with a cell that DuckDB may have taken for something else than `reading` would; rows that hold no value.
DOUBTFUL, VOID = "doubtful", "void"


class Doubtful(Exception):
    """DuckDB read a cell of a scan as another type, and `reading` may not read it so."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        super().__init__()


def counters(node: Node) -> dict[str, str]:
    """Return the aggregates over the rows of a node, with helpers, that tell what is odd about them."""
    made = {READ: "count(*)"}
    for number, one in enumerate(node.columns):
        value = named(one.names[0])
        flaws = []
        if any(name == flaw_of(one) for name, _ in steps(one, "x", 0, True)[1]):
            flaws.append(f"count_if({named(flaw_of(one))})")
        if one.required and (one.form.learns or one.form.read is not None):
            flaws.append(f"count(*) - count({named(text_of(one)) if one.form.learns else value})")
        if flaws:
            made[f"{FLAWED}{number}"] = " + ".join(flaws)
    typed_as = node.scan.typed if node.scan is not None else {}
    # A value that nothing else asks for is made nevertheless, so that unknown texts are met.
    met = [one for one in columns_of(node) if one.form.learns or one.place in typed_as]
    if met:
        made[VOID] = f"count_if({' AND '.join(f'{named(one.names[0])} IS NULL' for one in met)})"
    doubts = [_doubt(one, node.scan) for one in node.columns if typed_as.get(one.place) == "DATE"]
    if doubts:
        made[DOUBTFUL] = " + ".join(f"CAST(coalesce({one}, false) AS BIGINT)" for one in doubts)
    if node.key is not None and node.may_lack:
        made[KEYLESS] = f"count(*) - count({key_of(node)})"
    if node.join is not None:
        made[PARENTLESS] = f"count(*) - count({JOIN})"
    return made


def _doubt(one: Column, scan: Scan | None) -> str:
    """Return the aggregate that tells whether a date of a column that DuckDB read is doubtful."""
    value = named(one.names[0])
    if scan is not None and one.place in scan.early:
        return f"bool_or({doubtful_date(value)})"
    # The range is quicker to find than each date is to test.
    return f"min({value}) < {FIRST_SURE} OR max({value}) > {LAST_SURE}"


def nested_counters(node: Node) -> dict[str, str]:
    """Return the aggregates over the rows of the case that count the rows of the lists nested in it."""
    return {
        f"{_prefix(child)}{name}": f"CAST(coalesce(sum({sql}), 0) AS BIGINT)"
        for child in node.nested
        if child.in_passing
        for name, sql in _counted_in_passing(child)
    }


def _prefix(child: Node) -> str:
    return f"nested{child.number}_"


def _counted_in_passing(node: Node) -> Iterator[tuple[str, str]]:
    rows, row = named(node.uncut), f"__r{node.number}"
    yield READ, f"len({rows})"
    damaged = f"len({rows}) - list_count({rows})"
    for number, one in enumerate(node.columns):
        values = named(node.gathered(one))
        said = one.test((*UNREADABLES, *NOTES), cell_in(row)(one))
        flaws = []
        if one.required:
            flaws.append(f"len({rows}) - list_count({values})")
            # Of what is no row every value is missing.
            damaged = (
                f"CASE WHEN list_count({values}) < len({rows}) THEN len({rows}) - list_count({rows}) END"
            )
        if said is not None:
            flaws.append(f"len(list_filter({rows}, lambda {row}: {said}))")
        if flaws:
            yield f"{FLAWED}{number}", " + ".join(flaws)
    yield DAMAGED, damaged


def take_nested(node: Node, counts: Mapping[str, int], connection: Connection) -> bool:
    """Take in what was counted of the lists nested in the case; return whether some hold what is no row."""
    damaged = False
    for child in node.nested:
        if not child.in_passing:
            continue
        prefix = _prefix(child)
        child.counts = {
            name.removeprefix(prefix): count for name, count in counts.items() if name.startswith(prefix)
        }
        if child.counts[DAMAGED]:
            child.damaged = damaged = True
            survey_nested(child, connection)
    return damaged


def used_counters(node: Node) -> dict[str, str]:
    """Return the aggregates over the rows of the case that count the used rows of tables below it."""
    made = {}

    def descend(parent: Node, path: str, depth: int) -> None:
        for child in parent.tables:
            here = _counted(path, child.list_name, depth)
            made[f"{USED}{child.number}"] = f"CAST(sum({here}) FILTER (NOT {ASIDE}) AS BIGINT)"
            descend(child, _flattened(path, child.list_name, depth), depth + 1)

    descend(node, "", 0)
    return made


def _counted(path: str, name: str, depth: int) -> str:
    if not path:
        return f"len({named(name)})"
    return f"coalesce(list_sum(list_transform({path}, lambda __p{depth}: len(__p{depth}.{named(name)}))), 0)"


def _flattened(path: str, name: str, depth: int) -> str:
    if not path:
        return named(name)
    return f"flatten(list_transform({path}, lambda __p{depth}: __p{depth}.{named(name)}))"


def columns_of(node: Node) -> list[Column]:
    """Return the columns of a node, that of its parent's key included."""
    return [*node.columns, *([node.join] if node.join is not None else [])]


def learn_unknown(node: Node, connection: Connection) -> bool:
    """Learn every text in the node's columns that is not known yet; return whether there was any."""
    return _learn([one for one in columns_of(node) if one.form.learns], *place_of(node), connection)


def _learn(columns: Sequence[Column], cell: Cell, source: str, connection: Connection) -> bool:
    lists = (
        f"list(DISTINCT {one.cell(cell(one))}) FILTER (WHERE {one.unknown(cell(one))})" for one in columns
    )
    (found,) = connection.execute(f"SELECT {', '.join(lists)} FROM {source}").fetchall()
    for one, cells in zip(columns, found, strict=True):
        if cells:
            one.learn(cells, connection)
    return any(found)


def _count(node: Node, connection: Connection) -> None:
    """Count over the rows of a node, and learn until all texts are known."""
    while True:
        source = typed_nested(node) if node.scan is None else typed(node, helpers=True)
        wanted = counters(node)
        try:
            (found,) = connection.execute(
                f"SELECT {', '.join(wanted.values())} FROM ({source}) AS t"
            ).fetchall()
        except duckdb.InvalidInputException as error:
            if unknown_in(error) is None or not learn_unknown(node, connection):
                raise
            continue
        node.counts = dict(zip(wanted, found, strict=True))
        if node.counts.get(DOUBTFUL) and node.scan is not None:
            raise Doubtful(node.scan)
        return


# --- surveys -------------------------------------------------------------------------------------------------------


def survey_table(node: Node, connection: Connection) -> None:
    """Count and learn all there is to know of a child table."""
    assert node.scan is not None
    sample(node, columns_of(node), connection)
    _count(node, connection)
    # A row that holds nothing at all has neither a key nor a parent's.
    lacking = node.counts.get(KEYLESS, 1) and node.counts.get(PARENTLESS, 1)
    if lacking and node.scan.count_blank(connection):
        _count(node, connection)
    learn_keys(node, connection)


def survey_nested(node: Node, connection: Connection) -> None:
    """Count and learn all there is to know of nested rows, unless the pass over the cases tells; parents come first."""
    if node.in_passing:
        node.may_lack = False
        return
    (found,) = connection.execute(f"SELECT count(*) FROM {unnested(node)} AS t WHERE t.r IS NULL").fetchall()
    damaged = found[0]
    _count(node, connection)
    node.counts[DAMAGED] = damaged
    node.counts[READ] += damaged
    learn_keys(node, connection)
    node.may_lack = bool(damaged) or (node.key is not None and node.may_lack)


def survey_case(node: Node, connection: Connection) -> None:
    """Learn what a cheap pass over the key of the cases tells, and the texts of a sample of their rows."""
    assert node.scan is not None
    sample(node, columns_of(node), connection)
    if node.key is None:
        return
    if not node.scan.quick:
        regular = node.scan.regular
        node.may_lack = regular is None or any(not one.strip() for one in regular.sample[node.key.place])
        return
    if node.key.form.learns:
        _learn([node.key], *place_of(node), connection)
    learn_keys(node, connection)
