"""What a sample of rows tells of a table: which texts to expect, the most frequent first, and types of columns.

A sample only makes things quick. What it does not show is met in the pass itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from rulelang.bulk.columns import Column
from rulelang.bulk.forms import FIRST_SURE, Form, folded, of_bare_text
from rulelang.bulk.regular import Regular, is_truth, texts_of
from rulelang.bulk.relations import joins, raw
from rulelang.bulk.scans import Scan
from rulelang.bulk.tree import Node
from rulelang.reading.cells import NO, YES
from rulelang.types import DateType, JudgementType, TextType, YesNoType

Connection = duckdb.DuckDBPyConnection
SAMPLE = 20_000


def sample(node: Node, columns: Sequence[Column], connection: Connection) -> None:
    """Learn the texts of a sample of a table's rows."""
    assert node.scan is not None
    if node.scan.regular is not None:
        _of_texts(node, node.scan, node.scan.regular, columns, connection)
    elif texts := [one for one in columns if one.form.learns]:
        source = f"(SELECT * FROM {node.scan.select()} LIMIT {SAMPLE}) AS t"
        _choose_shapes([one for one in texts if one.form.shapes], source, connection)
        lists = (f"histogram({one.cell(raw(one))}) FILTER ({one.unknown(raw(one))})" for one in texts)
        (found,) = connection.execute(f"SELECT {', '.join(lists)} FROM {source}{joins(node)}").fetchall()
        for one, counts in zip(texts, found, strict=True):
            if counts:
                one.learn(sorted(counts, key=counts.__getitem__, reverse=True), connection)


def _choose_shapes(columns: Sequence[Column], source: str, connection: Connection) -> None:
    """Read a column by one shape alone where the sample has no other."""
    tests = [f"count({shape.value(raw(one))})" for one in columns for shape in one.form.shapes]
    if not tests:
        return
    (found,) = connection.execute(f"SELECT {', '.join(tests)} FROM {source}").fetchall()
    counts = iter(found)
    for one in columns:
        _keep_met(one, [next(counts) for _ in one.form.shapes])


def _keep_met(one: Column, counts: Sequence[int]) -> None:
    met = [shape for shape, count in zip(one.form.shapes, counts, strict=True) if count]
    if len(met) == 1:
        one.form = met[0]


# --- files of text -------------------------------------------------------------------------------------------------


def _of_texts(
    node: Node, scan: Scan, regular: Regular, columns: Sequence[Column], connection: Connection
) -> None:
    dated = [one for one in columns if isinstance(one.field.type, DateType)]
    shapes = {one.place: _shape(one, regular.sample[one.place], connection) for one in dated}
    orders = Counter(shape.order for shape in shapes.values() if shape is not None)
    scan.dates = orders.most_common(1)[0][0] if orders else None
    scan.typed = dict(_typed(node, scan, regular, columns, shapes))
    scan.early = {
        place
        for place, kind in scan.typed.items()
        if kind == "DATE" and _early(shapes[place], regular.sample[place], connection)
    }
    for one in columns:
        if one.place in scan.typed:
            one.become(scan.typed[one.place])
        elif regular.bare and isinstance(one.field.type, TextType):
            one.form = of_bare_text(one.field, one.reading)
        elif one.form.learns:
            _learn_texts(one, regular.sample[one.place], connection)


def _typed(
    node: Node, scan: Scan, regular: Regular, columns: Sequence[Column], shapes: Mapping[int, Form | None]
) -> Iterator[tuple[int, str]]:
    """Yield the places that DuckDB is to read as another type, and the type."""
    users = Counter(one.place for one in columns)
    for one in node.columns:
        if one.field.key or users[one.place] > 1 or one.place in scan.refused:
            continue
        shape = shapes.get(one.place)
        if shape is not None and shape.order == scan.dates:
            yield one.place, "DATE"
        elif _is_boolean(one, regular):
            yield one.place, "BOOLEAN"


def _is_boolean(one: Column, regular: Regular) -> bool:
    """Whether DuckDB reads the cells of a column as `reading` does, if it takes them for yes and no."""
    if not isinstance(one.field.type, YesNoType | JudgementType) or regular.lone:
        return False
    return is_truth(regular.sample[one.place]) and not folded(one.reading.missing) & (YES | NO)


def _shape(one: Column, met: Counter[str], connection: Connection) -> Form | None:
    """Return the form in which all dates of a sample are written, if it is one that DuckDB reads by itself."""
    shapes = one.form.shapes or (one.form,)
    counts = _asked([f"count({shape.value('x')})" for shape in shapes], met, connection)
    if one.form.shapes:
        _keep_met(one, counts)
    whole = len(texts_of(met))
    return next(
        (one for one, count in zip(shapes, counts, strict=True) if one.order and count == whole > 0), None
    )


def _early(shape: Form | None, met: Counter[str], connection: Connection) -> bool:
    """Whether a sample has dates that are too early for the quick test of what DuckDB reads."""
    if shape is None or shape.read is None:
        return False
    (early,) = _asked([f"min({shape.read('x')}) < {FIRST_SURE}"], met, connection)
    return bool(early)


def _asked(aggregates: Sequence[str], met: Counter[str], connection: Connection) -> Sequence[Any]:
    """Return aggregates over the texts `x` of a sample."""
    text = f"SELECT {', '.join(aggregates)} FROM (SELECT unnest(?::VARCHAR[]) AS x)"
    (found,) = connection.execute(text, [list(texts_of(met))]).fetchall()
    return found


def _learn_texts(one: Column, met: Counter[str], connection: Connection) -> None:
    texts = [text for text, _ in met.most_common() if text]
    if texts and one.form.read is not None:
        asked = f"SELECT x FROM (SELECT unnest(?::VARCHAR[]) AS x) WHERE {one.form.value('x')} IS NULL"
        texts = [text for (text,) in connection.execute(asked, [texts]).fetchall()]
    if texts:
        one.learn(texts, connection)
