"""The flat pack written by hand for Polars, as well as we can; the same accounts as `by_hand_duckdb`'s.

Due dates are taken from a numpy table by day, which is faster than a join. Everything runs in the streaming engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.by_hand_duckdb import columns, repeated, six_of_limit
from benchmarks.counts import Counts, Found, Six, added, without
from benchmarks.workload import AS_AT, BULK, Shape
from rulelang.calendars import named

FIRST_DAY = dt.date(1995, 1, 1)
EPOCH = dt.date(1970, 1, 1).toordinal()
SPELLINGS = {
    **dict.fromkeys(("yes", "y", "true", "1"), "Yes"),
    **dict.fromkeys(("no", "n", "false", "0"), "No"),
    **dict.fromkeys(("n/a", "na", "not applicable"), "N/A"),
    "": None,
    None: None,
}


def scan(path: Path, shape: Shape = BULK) -> int:
    """Read every cell that the rules read, and do nothing else: the floor."""
    import polars as pl

    asked = frame(path).select(pl.len().alias("rows"), pl.col(columns(shape)).count())
    return int(asked.collect(engine="streaming")["rows"][0])


def frame(path: Path) -> Any:
    """Return the cases as a lazy frame; of a CSV file every cell as text."""
    import polars as pl

    return pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)


def judge(path: Path, shape: Shape = BULK) -> Found:
    """Judge flat cases of a Parquet or a CSV file."""
    cases = frame(path)
    text = path.suffix == ".csv"
    rows = _counted(cases, shape, text)
    spelled = text and any(_odd_spelling(row, shape) for row in rows)
    if spelled:
        cases = _respelled(cases, shape)
        rows = _counted(cases, shape, text)
    odd, problems, read = _keys(cases)
    aside = _counted(cases.filter(odd), shape, text) if problems else []
    areas = without(_areas(rows, shape), _areas(aside, shape))
    set_aside = sum(problems.values())
    not_yet = _not_begun(rows) - _not_begun(aside)
    return Found(read, set_aside, not_yet, areas, {**problems, **_problems(rows, shape)})


def _keys(cases: Any) -> tuple[Any, dict[tuple[str, str], int], int]:
    """Return the condition of rows without a key or with one that stands twice, how many there are, and all rows."""
    import polars as pl

    asked = cases.select(pl.col("id").hash(), pl.col("id").is_null().alias("none")).collect(
        engine="streaming"
    )
    suspects, read = pl.Series(repeated(asked["id"].to_numpy(writable=True))), len(asked)
    if not len(suspects) and not asked["none"].any():
        return None, {}, read
    suspect = pl.col("id").hash().is_in(suspects.implode()) | pl.col("id").is_null()
    keys = cases.select("id").filter(suspect)
    counted = keys.group_by("id").len().collect(engine="streaming").rows()
    twice = [key for key, n in counted if key is not None and n > 1]
    problems = {
        ("no-key", "id"): sum(n for key, n in counted if key is None),
        ("duplicate-key", "id"): sum(n for key, n in counted if key in twice),
    }
    odd = pl.col("id").is_null() | pl.col("id").is_in(twice)
    return odd, {kind: n for kind, n in problems.items() if n}, read


def _respelled(cases: Any, shape: Shape) -> Any:
    import polars as pl

    judgements = pl.col([f"q{n}" for n in range(1, shape.judgements + 1)])
    plain = judgements.str.strip_chars().str.to_lowercase()
    return cases.with_columns(plain.replace_strict(SPELLINGS, default="?", return_dtype=pl.String))


def _odd_spelling(row: Mapping[str, Any], shape: Shape) -> bool:
    return any(row[f"filled{n}"] != row[f"known{n}"] for n in range(1, shape.judgements + 1))


# --- the query -----------------------------------------------------------------------------------------------------


def _counted(cases: Any, shape: Shape, text: bool) -> list[dict[str, Any]]:
    """Return the counts by area, and apart from each other those that have begun and those that have not."""
    import polars as pl

    dates = ["started", *(f"done{n}" for n in range(1, len(shape.limits) + 1))]
    if text:
        as_dates = [pl.col(name).str.to_date("%Y-%m-%d", strict=False).alias(f"{name}_day") for name in dates]
    else:
        as_dates = [pl.col(name).alias(f"{name}_day") for name in dates]
    caps = pl.col("started_day").map_batches(_caps(shape), return_dtype=_cap_type(shape), is_elementwise=True)
    judgements = _text_counts(shape) if text else _truth_counts(shape)
    limits = [one for n in range(1, len(shape.limits) + 1) for one in _limit_counts(n, shape.limits[n - 1])]
    asked = (
        cases.with_columns(as_dates)
        .with_columns((pl.col("started_day") > AS_AT).fill_null(False).alias("ahead"), caps.alias("caps"))
        .unnest("caps")
        .group_by("area", "ahead")
        .agg(
            pl.len().alias("judged"), pl.col("started").count().alias("starts"),
            pl.col("started_day").count().alias("start_days"), *judgements, *limits,
        )
    )  # fmt: skip
    return asked.collect(engine="streaming").to_dicts()  # type: ignore[no-any-return]


def _truth_counts(shape: Shape) -> list[Any]:
    import polars as pl

    counted = [pl.col(f"q{n}").sum().alias(f"met{n}") for n in range(1, shape.judgements + 1)]
    if shape.conditional:
        q1, q2, q3 = (pl.col(f"q{n}") for n in (1, 2, 3))
        counted += [(q1 & q2 & q3).sum().alias("both_met"), (~q1).sum().alias("both_not_relevant")]
        counted.append(q1.null_count().alias("both_unknown"))
    return counted


def _text_counts(shape: Shape) -> list[Any]:
    import polars as pl

    counted = []
    for n in range(1, shape.judgements + 1):
        cell = pl.col(f"q{n}")
        met, na, no = (cell == "Yes").sum(), (cell == "N/A").sum(), (cell == "No").sum()
        counted += [met.alias(f"met{n}"), na.alias(f"na{n}"), (met + na + no).alias(f"known{n}")]
        counted.append(cell.count().alias(f"filled{n}"))
    return [*counted, *_both_of_texts()] if shape.conditional else counted


def _both_of_texts() -> list[Any]:
    """Return `relevant when q1`, `met when q2 and q3`, where each may be yes, no, N/A, blank or unreadable."""
    import polars as pl

    yes1, yes2, yes3 = (pl.col(f"q{n}").eq_missing("Yes") for n in (1, 2, 3))
    no1, no2, no3 = (pl.col(f"q{n}").eq_missing("No") for n in (1, 2, 3))
    na1, na2, na3 = (pl.col(f"q{n}").eq_missing("N/A") for n in (1, 2, 3))
    bad = pl.col("q2").eq_missing("?") | pl.col("q3").eq_missing("?")
    failed = no2 | no3
    not_relevant = no1 | na1 | (~failed & (na2 | na3))
    unknown = ~not_relevant & (~yes1 | (bad & ~failed))
    return [
        (yes1 & yes2 & yes3).sum().alias("both_met"),
        not_relevant.sum().alias("both_not_relevant"),
        unknown.sum().alias("both_unknown"),
    ]


def _limit_counts(n: int, days: int) -> list[Any]:
    """Return the counts of one limit. A day without a due date is before all others: nothing is in time by it."""
    import polars as pl

    done, written = pl.col(f"done{n}_day"), pl.col(f"done{n}")
    seen = (done <= AS_AT).fill_null(False)
    started = pl.col("started_day").is_not_null()
    bad = written.is_not_null() & done.is_null()
    bad_start = pl.col("started").is_not_null() & ~started
    return [
        (done <= pl.col(f"cap{days}")).sum().alias(f"on_time{n}"),
        (seen & started).sum().alias(f"seen{n}"),
        (~seen & ~bad & (pl.col("started_day") <= _last_past(days))).sum().alias(f"overdue{n}"),
        bad.sum().alias(f"bad{n}"), (bad | bad_start).sum().alias(f"unreadable{n}"),
        (bad | ~started).sum().alias(f"unknown{n}"),
    ]  # fmt: skip


def _last_past(days: int) -> dt.date:
    """Return the last start whose limit is over on the as-at date: a later start is never due earlier."""
    table = named("england_and_wales").due_table(days)
    day = AS_AT
    while table[day] >= AS_AT:
        day -= dt.timedelta(days=1)
    return day


def _cap_type(shape: Shape) -> Any:
    import polars as pl

    return pl.Struct({f"cap{days}": pl.Date for days in sorted(set(shape.limits))})


def _caps(shape: Shape) -> Any:
    """Return the function that gives the due dates of starts, or the as-at date where that comes first."""
    import numpy as np
    import polars as pl

    first, last = FIRST_DAY.toordinal(), AS_AT.toordinal()
    calendar = named("england_and_wales")
    tables = {}
    for days in sorted(set(shape.limits)):
        due = calendar.due_table(days)
        caps = [
            min(due[dt.date.fromordinal(day)].toordinal(), last) - EPOCH for day in range(first, last + 1)
        ]
        # The ends stand for no start, and for one that lies ahead.
        tables[f"cap{days}"] = np.array([-(2**31), *caps, -(2**31)], "int32")

    def taken(starts: Any) -> Any:
        at = starts.to_physical().fill_null(-(2**30)).to_numpy()
        at = np.clip(at - (first - EPOCH - 1), 0, last - first + 2)
        return pl.DataFrame(
            {name: pl.Series(table[at]).cast(pl.Date) for name, table in tables.items()}
        ).to_struct()

    return taken


# --- the counts ----------------------------------------------------------------------------------------------------


def _areas(rows: Sequence[Mapping[str, Any]], shape: Shape) -> dict[str | None, Counts]:
    found: dict[str | None, Counts] = {}
    for row in rows:
        if not row["ahead"]:
            area = _area(row["area"])
            counts = _counts(row, shape)
            found[area] = added(found[area], counts) if area in found else counts
    return found


def _area(value: Any) -> str | None:
    return str(value) if value is not None and str(value).isdecimal() else None


def _counts(row: Mapping[str, Any], shape: Shape) -> Counts:
    judged = row["judged"]
    items: dict[str, Six] = {}
    clocks: dict[str, Six] = {}
    for n in range(1, shape.judgements + 1):
        met, na = row[f"met{n}"], row.get(f"na{n}", 0)
        unknown = row.get(f"filled{n}", 0) - row.get(f"known{n}", 0)
        items[f"q{n}"] = (met, judged - met - na - unknown, 0, na, 0, unknown)
    for n in range(1, len(shape.limits) + 1):
        on_time = row[f"on_time{n}"]
        late = row[f"seen{n}"] - on_time
        six = on_time, late, row[f"overdue{n}"], judged, row[f"unknown{n}"], row[f"unreadable{n}"]
        clocks[f"t{n}"], items[f"t{n}"] = six_of_limit(*six)
    if shape.conditional:
        met, aside, unknown = (row[f"both_{name}"] for name in ("met", "not_relevant", "unknown"))
        items["both"] = (met, judged - met - aside - unknown, 0, aside, 0, unknown)
    return Counts(judged, items, clocks)


def _problems(rows: Sequence[Mapping[str, Any]], shape: Shape) -> dict[tuple[str, str], int]:
    """Return the blanks of required columns and the cells that cannot be read, by column."""
    unplaced = [row for row in rows if _area(row["area"]) is None]
    counted = {
        ("blank-required", "area"): sum(row["judged"] for row in unplaced if row["area"] is None),
        ("unreadable", "area"): sum(row["judged"] for row in unplaced if row["area"] is not None),
        ("blank-required", "started"): sum(row["judged"] - row["starts"] for row in rows),
        ("unreadable", "started"): sum(row["starts"] - row["start_days"] for row in rows),
    }
    for n in range(1, shape.judgements + 1):
        counted["unreadable", f"q{n}"] = sum(
            row.get(f"filled{n}", 0) - row.get(f"known{n}", 0) for row in rows
        )
    for n in range(1, len(shape.limits) + 1):
        counted["unreadable", f"done{n}"] = sum(row[f"bad{n}"] for row in rows)
    return {kind: n for kind, n in counted.items() if n}


def _not_begun(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["judged"] for row in rows if row["ahead"])
