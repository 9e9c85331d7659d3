"""The nested pack written by hand for Polars and numpy: lists as long columns with the number of their case, in parts.

Polars' own ways (exploding and grouping again, `list.eval`) take several times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.by_hand_duckdb import repeated
from benchmarks.counts import Counts, Found, Six, added
from benchmarks.generating import ROW_GROUP
from benchmarks.workload import AS_AT

EPOCH_DAY = AS_AT.toordinal() - 719_163
NEVER = 2**30
NAMES = ("review", "contact", "attended")


def scan(path: Path) -> int:
    """Read every column, lists and what is in them, and do nothing else: the floor."""
    import polars as pl

    long = [pl.col("reviews").list.len().sum(), pl.col("appointments").list.len().sum()]
    asked = pl.scan_parquet(path).select(
        pl.len().alias("rows"), pl.col("id", "area", "started").count(), *long
    )
    return int(asked.collect(engine="streaming")["rows"][0])


def judge(path: Path) -> Found:
    """Judge nested cases of a Parquet file whose keys are as they should be; others are refused."""
    import polars as pl

    hashes = pl.scan_parquet(path).select(pl.col("id").hash()).collect(engine="streaming")["id"]
    read = len(hashes)
    assert not len(repeated(hashes.to_numpy(writable=True))), "a key that stands twice"
    areas: dict[str | None, Counts] = {}
    judged = blanks = 0
    for part in _parts(path, read):
        judged += len(part)
        blanks += part["area"].null_count() + part["started"].null_count()
        for area, counts in _judged(part):
            areas[area] = added(areas[area], counts) if area in areas else counts
    assert not blanks, "a blank in a required column"
    return Found(read, 0, read - judged, areas)


def _parts(path: Path, read: int) -> Iterator[Any]:
    import polars as pl

    cases = pl.scan_parquet(path).select("area", "started", "reviews", "appointments")
    for first in range(0, read, ROW_GROUP):
        yield cases.slice(first, ROW_GROUP).collect().filter(pl.col("started") <= AS_AT)


def _flat(lists: Any, field: str) -> tuple[Any, Any]:
    """Return the values in all lists of a column, one after another, and how many each list has."""
    lengths = lists.list.len().to_numpy().astype("int64")
    return lists.explode(empty_as_null=False).struct.field(field), lengths


def _judged(part: Any) -> Iterator[tuple[str | None, Counts]]:
    import numpy as np

    starts = part["started"].to_physical().to_numpy().astype("int64")
    codes = (_reviews(part["reviews"], starts), *_appointments(part["appointments"], starts))
    areas = part["area"].to_numpy()
    size = int(areas.max()) + 1
    tables = {
        name: np.bincount(areas * 4 + code, minlength=size * 4).reshape(size, 4)
        for name, code in zip(NAMES, codes, strict=True)
    }
    for area in range(size):
        counted = {name: [int(n) for n in table[area]] for name, table in tables.items()}
        if judged := sum(counted["review"]):
            yield str(area), _counts(judged, counted)


def _counts(judged: int, counted: dict[str, list[int]]) -> Counts:
    on_time, late, overdue, not_yet = counted["review"]
    kept, broken, _, too_early = counted["contact"]
    met, not_met, unknown, _ = counted["attended"]
    review: Six = (on_time, late + overdue, 0, 0, not_yet, 0)
    contact: Six = (kept, broken, 0, 0, too_early, 0)
    return Counts(
        judged,
        {"review": review, "contact": contact, "attended": (met, not_met, 0, 0, 0, unknown)},
        {"review": (on_time, late, overdue, not_yet, 0, 0), "contact": (kept, broken, 0, too_early, 0, 0)},
    )


def _reviews(lists: Any, starts: Any) -> Any:
    """Return the outcome of `every 16 weeks`: 0 on time, 1 late, 2 overdue, 3 not yet due."""
    import numpy as np

    values, lengths = _flat(lists, "completed")
    days = values.to_physical().fill_null(NEVER).to_numpy().astype("int64")
    rows = np.repeat(np.arange(len(starts)), lengths)
    there = (days >= starts[rows]) & (days <= EPOCH_DAY)
    rows, days = rows[there], days[there]
    # The start goes before its events; then each day's gap is to the one before it.
    keyed = np.concatenate([np.arange(len(starts)) << 20 | starts, rows << 20 | days])
    keyed.sort()
    counts = np.bincount(rows, minlength=len(starts))
    ends = np.cumsum(counts + 1) - 1
    gaps = np.diff(keyed, prepend=keyed[:1])
    gaps[ends - counts] = 0
    late = np.maximum.reduceat(gaps, ends - counts) > 112
    overdue = EPOCH_DAY - (keyed[ends] & (1 << 20) - 1) > 112
    return np.select([overdue, late, counts > 0], [2, 1, 0], 3)


def _appointments(lists: Any, starts: Any) -> tuple[Any, Any]:
    """Return the outcomes of the frequency and of what was attended."""
    import numpy as np

    values, lengths = _flat(lists, "arranged_for")
    attended = lists.explode(empty_as_null=False).struct.field("attended")
    days = values.to_physical().fill_null(-NEVER).to_numpy().astype("int64")
    rows = np.repeat(np.arange(len(starts)), lengths)
    weeks = (days - starts[rows]) // 7
    at = np.where(weeks < 16, weeks, np.minimum(63, 8 + (weeks >> 1)))
    bits = np.left_shift(np.uint64(1), np.where(weeks < 0, 63, at).astype("uint64"))
    held = _by_row(np.bitwise_or, bits, lengths)
    periods = np.minimum(16, (EPOCH_DAY - starts + 1) // 7) + np.maximum(0, (EPOCH_DAY - starts - 111) // 14)
    whole = np.left_shift(np.uint64(1), periods.astype("uint64")) - np.uint64(1)
    contact = np.select([periods == 0, held & whole == whole], [3, 0], 1)
    seen = days <= EPOCH_DAY
    came = _by_row(np.add, (attended.fill_null(False).to_numpy() & seen).astype("uint64"), lengths)
    doubt = _by_row(np.add, (attended.is_null().to_numpy() & seen).astype("uint64"), lengths)
    return contact, np.select([came >= 12, came + doubt >= 12], [0, 2], 1)


def _by_row(combine: Any, values: Any, lengths: Any) -> Any:
    """Combine the values of each list; of an empty one to 0."""
    import numpy as np

    ends = np.cumsum(lengths)
    first = np.minimum(ends - lengths, max(len(values) - 1, 0))
    return np.where(lengths > 0, combine.reduceat(values, first), np.uint64(0))
