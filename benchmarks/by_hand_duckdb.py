"""The flat pack written by hand in SQL for DuckDB, as well as we can: what the generated queries are measured against.

The counts are those of `rulelang check --by area`: each outcome of each item and time limit, duplicate keys, rows
without a key, blanks and unreadable cells. What the queries have in common with the nested ones is here too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.counts import Counts, Found, Six, added, without
from benchmarks.workload import AS_AT, BULK, Shape
from rulelang.calendars import named

# Three counters in one sum: a value adds one to the first, the second or the third.
FIRST, SECOND, THIRD = 1, 1 << 31, 1 << 62
FIRST_DAY = dt.date(1995, 1, 1)
NO_DAY = FIRST_DAY - dt.timedelta(days=1)
NEVER = -1
DAY = f"DATE '{AS_AT}'"
AHEAD = "(ahead)"


def connect(threads: int | None = None) -> Any:
    """Return a connection that keeps the calendar on the build side of a join, which the optimiser would turn round."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    if threads:
        connection.execute(f"SET threads = {threads}")
    return connection


def scan(path: Path, shape: Shape = BULK, threads: int | None = None) -> int:
    """Read every cell that the rules read, and do nothing else: the floor."""
    counted = ", ".join(f"count({name})" for name in columns(shape))
    source = f"'{path}'" if path.suffix == ".parquet" else csv_source(path, shape)
    row = connect(threads).execute(f"SELECT count(*), {counted} FROM {source}").fetchall()[0]
    return int(row[0])


def columns(shape: Shape) -> list[str]:
    """Return the columns of a flat file."""
    judgements = (f"q{n}" for n in range(1, shape.judgements + 1))
    return ["id", "area", "started", *judgements, *(f"done{n}" for n in range(1, len(shape.limits) + 1))]


def csv_source(path: Path, shape: Shape) -> str:
    """Return the table function that reads every cell as text, with nothing left to be guessed."""
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns(shape))
    how = """header = true, auto_detect = false, delim = ',', quote = '"'"""
    return f"read_csv('{path}', {how}, columns = {{{types}}})"


def make_calendar(connection: Any, shape: Shape) -> None:
    """Make the table of days up to the as-at date, with a due date for each number of working days.

    `cap` is the due date, or the as-at date if that comes first; `past` says that the due date is past. `seen` is the
    as-at date, and missing on the day that stands for no start, where nothing is in time or late.
    """
    import numpy as np

    calendar = named("england_and_wales")
    began, last = NO_DAY.toordinal(), AS_AT.toordinal()
    days = range(began, last + 1)
    some_day = np.array(days) > began
    made = {"day": np.array(days), "seen": np.where(some_day, last, NEVER)}
    for length in sorted(set(shape.limits)):
        table = calendar.due_table(length)
        due = np.array([table[dt.date.fromordinal(day)].toordinal() for day in days])
        made[f"cap{length}"] = np.where(some_day, np.minimum(due, last), NEVER)
        made[f"past{length}"] = some_day & (due < last)
    connection.register("made", made)
    shown = ", ".join(
        name
        if name.startswith("past")
        else f"(DATE '0001-01-01' + nullif({name}, {NEVER})::INTEGER - 1) AS {name}"
        for name in made
    )
    connection.execute(f"CREATE TEMP TABLE calendar AS SELECT {shown} FROM made")


def repeated(hashes: Any) -> Any:
    """Return the hashes that stand more than once, by sorting them where they are."""
    import numpy as np

    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def keys_set_aside(
    connection: Any, source: str, hashes: Any
) -> tuple[str | None, dict[tuple[str, str], int]]:
    """Return the condition of rows without a key or with one that stands twice, and how many there are of each.

    Equal hashes only name the suspects: the keys themselves decide. A single row without a key is found by its hash.
    """
    import numpy as np

    suspects = repeated(hashes)
    no_key = np.uint64(connection.execute("SELECT hash(NULL::VARCHAR)").fetchall()[0][0])
    at = np.searchsorted(hashes, no_key)
    if at < len(hashes) and hashes[at] == no_key:
        suspects = np.append(suspects, no_key)
    if not len(suspects):
        return None, {}
    connection.register("suspects", {"hashed": suspects})
    connection.execute(
        f"""CREATE TEMP TABLE odd AS SELECT id, count(*) AS rows FROM {source}
        WHERE hash(id) IN (SELECT hashed FROM suspects) GROUP BY id HAVING count(*) > 1 OR id IS NULL"""
    )
    twice, without_key = connection.execute(
        "SELECT sum(rows) FILTER (id IS NOT NULL), sum(rows) FILTER (id IS NULL) FROM odd"
    ).fetchall()[0]
    counted = {("no-key", "id"): int(without_key or 0), ("duplicate-key", "id"): int(twice or 0)}
    found = {kind: n for kind, n in counted.items() if n}
    return ("(id IS NULL OR id IN (SELECT id FROM odd WHERE id IS NOT NULL))" if found else None), found


def rows_by_name(connection: Any, query: str) -> list[dict[str, Any]]:
    """Return the rows of a query with their columns' names."""
    asked = connection.execute(query)
    names = [column[0] for column in asked.description]
    return [dict(zip(names, row, strict=True)) for row in asked.fetchall()]


def three(packed: Any) -> tuple[int, int, int]:
    """Return the counters of a packed sum."""
    total = int(packed or 0)
    return total % SECOND, total // SECOND % SECOND, total // THIRD


def six_of_limit(
    on_time: int, late: int, overdue: int, judged: int, unknown: int, unreadable: int
) -> tuple[Six, Six]:
    """Return the outcomes of a time limit, and of the item that asks for nothing but it (without evidence: not met)."""
    not_yet = judged - on_time - late - overdue - unknown
    met_not = late + overdue + unknown - unreadable
    return (on_time, late, overdue, not_yet, 0, unknown), (on_time, met_not, 0, 0, not_yet, unreadable)


# --- Parquet -------------------------------------------------------------------------------------------------------


def judge_parquet(path: Path, shape: Shape = BULK, threads: int | None = None) -> Found:
    """Judge flat cases of a Parquet file, where a judgement is a yes, a no or nothing."""
    connection = connect(threads)
    make_calendar(connection, shape)
    read, ahead = _metadata(connection, path, "started")
    rows = rows_by_name(connection, _parquet_query(path, shape))
    hashes = connection.execute(f"SELECT hash(id) AS hashed FROM '{path}'").fetchnumpy()["hashed"]
    odd, problems = keys_set_aside(connection, f"'{path}'", hashes)
    areas = {_area(row): _parquet_counts(row, shape) for row in rows}
    problems |= _blanks(connection, path, ahead, rows)
    aside: dict[str | None, Counts] = {}
    if odd:
        aside = {
            _area(row): _parquet_counts(row, shape)
            for row in rows_by_name(connection, _parquet_query(path, shape, odd))
        }
    set_aside = sum(n for (kind, _), n in problems.items() if kind in ("no-key", "duplicate-key"))
    begun_aside = sum(one.judged for one in aside.values())
    not_yet = read - sum(row["judged"] for row in rows) - (set_aside - begun_aside)
    return Found(read, set_aside, not_yet, without(areas, aside), problems)


def _metadata(connection: Any, path: Path, column: str) -> tuple[int, bool]:
    """Return how many rows there are, and whether any starts after the as-at date; none starts before the calendar."""
    read = connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata('{path}')").fetchall()[0][0]
    first, last = connection.execute(
        f"SELECT min(stats_min_value), max(stats_max_value) FROM parquet_metadata('{path}') WHERE path_in_schema = ?",
        [column],
    ).fetchall()[0]
    assert str(FIRST_DAY) <= first, "a start before the calendar"
    return int(read), last > str(AS_AT)


def _blanks(
    connection: Any, path: Path, ahead: bool, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], int]:
    """Count blanks in required columns. Cases that have not begun are not among the rows: theirs are asked for."""
    areas = sum(row["judged"] for row in rows if row["area"] is None)
    if ahead:
        more = connection.execute(
            f"SELECT count(*) - count(area) FROM '{path}' WHERE started > {DAY}"
        ).fetchall()[0]
        areas += more[0]
    starts = sum(row["judged"] - row["starts"] for row in rows)
    return {("blank-required", name): n for name, n in (("area", areas), ("started", starts)) if n}


def _parquet_query(path: Path, shape: Shape, odd: str | None = None) -> str:
    """Return the query: the join with the calendar, which ends on the as-at date, leaves out what has not begun."""
    counted = ["count(*) AS judged", "count(started) AS starts"]
    counted += [f"count_if(q{n}) AS q{n}" for n in range(1, shape.judgements + 1)]
    if shape.conditional:
        counted += ["count(q1) AS asked", "count_if(q1 AND q2 AND q3) AS both_met"]
    for n, days in enumerate(shape.limits, 1):
        counted.append(
            f"sum(CASE WHEN done{n} <= cap{days} THEN {FIRST}::BIGINT WHEN done{n} <= seen THEN {SECOND} "
            f"WHEN past{days} THEN {THIRD} ELSE 0 END) AS t{n}"
        )
    return f"""
        SELECT area, {", ".join(counted)}
        FROM '{path}' JOIN calendar ON coalesce(started, DATE '{NO_DAY}') = day
        {f"WHERE {odd}" if odd else ""} GROUP BY area"""


def _area(row: Mapping[str, Any]) -> str | None:
    return None if row["area"] is None else str(row["area"])


def _parquet_counts(row: Mapping[str, Any], shape: Shape) -> Counts:
    judged = row["judged"]
    items: dict[str, Six] = {}
    clocks: dict[str, Six] = {}
    for n in range(1, shape.judgements + 1):
        met = row[f"q{n}"] or 0
        items[f"q{n}"] = (met, judged - met, 0, 0, 0, 0)
    for n in range(1, len(shape.limits) + 1):
        no_start = judged - row["starts"]
        clocks[f"t{n}"], items[f"t{n}"] = six_of_limit(*three(row[f"t{n}"]), judged, no_start, 0)
    if shape.conditional:
        relevant, met = row["q1"] or 0, row["both_met"] or 0
        items["both"] = (met, relevant - met, 0, row["asked"] - relevant, 0, judged - row["asked"])
    return Counts(judged, items, clocks)


# --- CSV -----------------------------------------------------------------------------------------------------------


def judge_csv(path: Path, shape: Shape = BULK, threads: int | None = None) -> Found:
    """Judge flat cases of a CSV file in a single pass: a cell may be yes, no, N/A, blank or unreadable."""
    import numpy as np

    connection = connect(threads)
    make_calendar(connection, shape)
    source = csv_source(path, shape)
    columned = connection.execute(_csv_query(source, shape, keys=True)).fetchnumpy()
    hashes = np.concatenate([np.asarray(one, dtype=np.uint64) for one in columned.pop("keys")])
    rows = _as_rows(columned)
    odd, problems = keys_set_aside(connection, source, hashes)
    aside: list[dict[str, Any]] = []
    if odd:
        aside = rows_by_name(connection, _csv_query(source, shape, odd))
    areas = without(_csv_areas(rows, shape), _csv_areas(aside, shape))
    problems |= _csv_problems(rows, shape)
    not_yet = _not_begun(rows) - _not_begun(aside)
    return Found(len(hashes), sum(row["judged"] for row in aside), not_yet, areas, problems)


def _as_rows(columned: Mapping[str, Any]) -> list[dict[str, Any]]:
    lists = {name: values.tolist() for name, values in columned.items()}
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _csv_query(source: str, shape: Shape, odd: str | None = None, *, keys: bool = False) -> str:
    """Return the query: each cell is read once, below; cases that have not begun are an area of their own.

    Packed sums come as text, because numpy has no integers of their size.
    """
    cells = [_judgement(f"q{n}") for n in range(1, shape.judgements + 1)]
    dates = ["started", *(f"done{n}" for n in range(1, len(shape.limits) + 1))]
    cells += [f"TRY_CAST({name} AS DATE) AS {name}_day, {name}" for name in dates]
    counted = ["count(*) AS judged", "count(started) AS starts", "count(started_day) AS start_days"]
    counted += [f"sum(q{n})::VARCHAR AS q{n}" for n in range(1, shape.judgements + 1)]
    if shape.conditional:
        counted.append(f"sum({_BOTH})::VARCHAR AS both")
    for n, days in enumerate(shape.limits, 1):
        counted += _csv_limit(n, days)
    if keys:
        counted.append("list(hash(id)) AS keys")
    return f"""
        SELECT CASE WHEN started_day > {DAY} THEN '{AHEAD}' || coalesce(area, '') ELSE area END AS area,
            {", ".join(counted)}
        FROM (SELECT id, area, {", ".join(cells)} FROM {source} {f"WHERE {odd}" if odd else ""})
        LEFT JOIN calendar ON started_day = day
        GROUP BY ALL"""


def _judgement(name: str) -> str:
    """Return SQL for a judgement: FIRST for yes, 0 for no, SECOND for N/A, THIRD for what cannot be read."""
    return f"""CASE WHEN {name} = 'Yes' THEN {FIRST}::BIGINT WHEN {name} = 'No' THEN 0
        WHEN {name} IS NULL THEN NULL WHEN {name} = 'N/A' THEN {SECOND}
        ELSE CASE lower(trim({name}))
            WHEN 'yes' THEN {FIRST} WHEN 'y' THEN {FIRST} WHEN 'true' THEN {FIRST} WHEN '1' THEN {FIRST}
            WHEN 'no' THEN 0 WHEN 'n' THEN 0 WHEN 'false' THEN 0 WHEN '0' THEN 0 WHEN '' THEN NULL
            WHEN 'n/a' THEN {SECOND} WHEN 'na' THEN {SECOND} WHEN 'not applicable' THEN {SECOND}
            ELSE {THIRD} END END AS {name}"""


# `relevant when q1`, `met when q2 and q3`: not relevant is the second counter, unknown the third, not met none.
_BOTH = f"""CASE
    WHEN q1 = 0 OR q1 = {SECOND} THEN {SECOND}::BIGINT
    WHEN q2 = 0 OR q3 = 0 THEN CASE WHEN q1 = {FIRST} THEN 0 ELSE {THIRD} END
    WHEN q2 = {SECOND} OR q3 = {SECOND} THEN {SECOND}
    WHEN q1 IS DISTINCT FROM {FIRST} THEN {THIRD}
    WHEN q2 = {FIRST} AND q3 = {FIRST} THEN {FIRST}
    WHEN q2 = {THIRD} OR q3 = {THIRD} THEN {THIRD} ELSE 0 END"""


def _csv_limit(n: int, days: int) -> list[str]:
    """Return SQL for a limit: its counters, the rows where it can read all it needs, and those where it cannot."""
    done, bad = f"done{n}_day", f"(done{n} IS NOT NULL AND done{n}_day IS NULL)"
    code = f"""CASE WHEN {done} <= cap{days} THEN {FIRST}::BIGINT WHEN {done} <= seen THEN {SECOND}
        WHEN {bad} OR (seen IS NULL AND started IS NOT NULL) THEN NULL
        WHEN past{days} THEN {THIRD} ELSE 0 END"""
    return [
        f"sum({code})::VARCHAR AS t{n}", f"count({code}) AS readable{n}", f"count(done{n}) - count({done}) AS bad{n}",
        f"count_if({bad} AND started IS NULL) AS bad_without_start{n}",
    ]  # fmt: skip


def _csv_areas(rows: Sequence[Mapping[str, Any]], shape: Shape) -> dict[str | None, Counts]:
    """Return the counts by area. Areas that are no whole numbers, and rows without one, are all one: missing."""
    found: dict[str | None, Counts] = {}
    for row in rows:
        if not _ahead(row):
            area = row["area"] if row["area"] is not None and row["area"].isdecimal() else None
            counts = _csv_counts(row, shape)
            found[area] = added(found[area], counts) if area in found else counts
    return found


def _ahead(row: Mapping[str, Any]) -> bool:
    return row["area"] is not None and row["area"].startswith(AHEAD)


def _csv_counts(row: Mapping[str, Any], shape: Shape) -> Counts:
    judged = row["judged"]
    items: dict[str, Six] = {}
    clocks: dict[str, Six] = {}
    for name in (
        *(f"q{n}" for n in range(1, shape.judgements + 1)),
        *(["both"] if shape.conditional else []),
    ):
        met, not_relevant, unknown = three(row[name])
        items[name] = (met, judged - met - not_relevant - unknown, 0, not_relevant, 0, unknown)
    for n in range(1, len(shape.limits) + 1):
        unreadable = judged - row[f"readable{n}"]
        unknown = unreadable + (judged - row["starts"]) - row[f"bad_without_start{n}"]
        clocks[f"t{n}"], items[f"t{n}"] = six_of_limit(*three(row[f"t{n}"]), judged, unknown, unreadable)
    return Counts(judged, items, clocks)


def _csv_problems(rows: Sequence[Mapping[str, Any]], shape: Shape) -> dict[tuple[str, str], int]:
    """Return the blanks of required columns and the cells that cannot be read, by column."""
    areas = [((row["area"] or "").removeprefix(AHEAD), row["judged"]) for row in rows]
    counted = {
        ("blank-required", "area"): sum(n for area, n in areas if not area),
        ("unreadable", "area"): sum(n for area, n in areas if area and not area.isdecimal()),
        ("blank-required", "started"): sum(row["judged"] - row["starts"] for row in rows),
        ("unreadable", "started"): sum(row["starts"] - row["start_days"] for row in rows),
    }
    for n in range(1, shape.judgements + 1):
        counted["unreadable", f"q{n}"] = sum(three(row[f"q{n}"])[2] for row in rows)
    for n in range(1, len(shape.limits) + 1):
        counted["unreadable", f"done{n}"] = sum(row[f"bad{n}"] for row in rows)
    return {kind: int(n) for kind, n in counted.items() if n}


def _not_begun(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["judged"] for row in rows if _ahead(row))
