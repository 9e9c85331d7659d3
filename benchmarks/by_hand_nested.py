"""The nested pack written by hand in SQL for DuckDB: reviews every 16 weeks, contact by weeks, appointments counted.

Lists stay lists: taking them apart and grouping them again costs more than everything else together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.by_hand_duckdb import DAY, FIRST, SECOND, THIRD, connect, keys_set_aside, rows_by_name, three
from benchmarks.counts import Counts, Found, without
from benchmarks.workload import AS_AT

# The periods of a frequency are bits of one number. So many days have 62 of them, and no case here began earlier.
MOST_DAYS = 112 + 14 * 46


def scan(path: Path, threads: int | None = None) -> int:
    """Read every column that the rules read, lists and what is in them, and do nothing else: the floor."""
    counted = "count(*), count(id), count(area), count(started), sum(len(reviews)), sum(len(appointments))"
    row = connect(threads).execute(f"SELECT {counted} FROM '{path}'").fetchall()[0]
    return int(row[0])


def judge(path: Path, threads: int | None = None) -> Found:
    """Judge nested cases of a Parquet file."""
    connection = connect(threads)
    read, first = connection.execute(
        f"""SELECT (SELECT sum(num_rows) FROM parquet_file_metadata('{path}')), min(stats_min_value)
        FROM parquet_metadata('{path}') WHERE path_in_schema = 'started'"""
    ).fetchall()[0]
    assert dt.date.fromisoformat(first) > AS_AT - dt.timedelta(days=MOST_DAYS), "more periods than bits"
    rows = rows_by_name(connection, _query(path))
    hashes = connection.execute(f"SELECT hash(id) AS hashed FROM '{path}'").fetchnumpy()["hashed"]
    odd, problems = keys_set_aside(connection, f"'{path}'", hashes)
    aside = rows_by_name(connection, _query(path, odd)) if odd else []
    areas = without(_by_area(rows), _by_area(aside))
    set_aside = sum(problems.values())
    not_yet = read - sum(row["judged"] for row in rows) - (set_aside - sum(row["judged"] for row in aside))
    return Found(int(read), set_aside, not_yet, areas, {**problems, **_blanks(rows)})


_REVIEWS = f"list_sort(list_filter(reviewed, lambda day: day >= started AND day <= {DAY}))"
# The first week has bit 0. A fortnight is two weeks, and from day 112 on there is one bit for both.
_PERIODS = f"(least(16, ({DAY} - started + 1) // 7) + greatest(0, ({DAY} - started - 111) // 14))::INTEGER"
_HELD = """list_bit_or(list_transform(
    list_transform(arranged, lambda day: (day - started) // 7), lambda week: 1::UBIGINT << CASE
    WHEN week < 0 THEN 63::UBIGINT WHEN week < 16 THEN week::UBIGINT ELSE least(63, 8 + (week >> 1))::UBIGINT END))"""
# How many appointments were attended, and from 2**16 on how many of which it is not known.
_ATTENDED = f"""list_sum(list_transform(appointments, lambda one: CASE WHEN one.arranged_for > {DAY} THEN 0
    WHEN one.attended THEN 1 WHEN one.attended IS NULL THEN 65536 ELSE 0 END))::BIGINT"""
_GAP = (
    "list_max(list_transform(seen, lambda day, n: day - CASE WHEN n = 1 THEN started ELSE seen[n - 1] END))"
)


def _query(path: Path, odd: str | None = None) -> str:
    """Return the query: the lists are gone through innermost, then come the codes, then the counts."""
    return f"""
        SELECT area, count(*) AS judged, count(started) AS starts, sum(review) AS review, sum(contact) AS contact,
            sum(attended) AS attended, sum(completed_blank) AS completed_blank, sum(arranged_blank) AS arranged_blank
        FROM (
            SELECT area, started, completed_blank, arranged_blank,
                CASE WHEN {DAY} - coalesce(seen[-1], started) > 112 THEN {THIRD}
                    WHEN {_GAP} > 112 THEN {SECOND} WHEN len(seen) > 0 THEN {FIRST}::BIGINT ELSE 0 END AS review,
                CASE WHEN periods = 0 OR started IS NULL THEN 0::BIGINT
                    WHEN ~held & ((1::UBIGINT << periods) - 1) = 0 THEN {FIRST} ELSE {SECOND} END AS contact,
                CASE WHEN came % 65536 >= 12 THEN {FIRST}::BIGINT
                    WHEN came % 65536 + came // 65536 >= 12 THEN {SECOND} ELSE 0 END AS attended
            FROM (
                SELECT area, started, {_REVIEWS} AS seen, {_PERIODS} AS periods, coalesce({_HELD}, 0) AS held,
                    coalesce({_ATTENDED}, 0) AS came, len(reviewed) - list_count(reviewed) AS completed_blank,
                    len(arranged) - list_count(arranged) AS arranged_blank
                FROM (
                    SELECT area, started, appointments,
                        list_transform(reviews, lambda one: one.completed) AS reviewed,
                        list_transform(appointments, lambda one: one.arranged_for) AS arranged
                    FROM '{path}'
                    WHERE (started <= {DAY} OR started IS NULL) {f"AND {odd}" if odd else ""})))
        GROUP BY area"""


def _by_area(rows: list[dict[str, Any]]) -> dict[str | None, Counts]:
    return {None if row["area"] is None else str(row["area"]): _counts(row) for row in rows}


def _counts(row: Mapping[str, Any]) -> Counts:
    judged, no_start = row["judged"], row["judged"] - row["starts"]
    on_time, late, overdue = three(row["review"])
    not_yet = judged - on_time - late - overdue - no_start
    kept, broken, _ = three(row["contact"])
    too_early = judged - kept - broken - no_start
    met, unknown, _ = three(row["attended"])
    return Counts(
        judged,
        {
            "review": (on_time, late + overdue + no_start, 0, 0, not_yet, 0),
            "contact": (kept, broken + no_start, 0, 0, too_early, 0),
            "attended": (met, judged - met - unknown, 0, 0, 0, unknown),
        },
        {
            "review": (on_time, late, overdue, not_yet, 0, no_start),
            "contact": (kept, broken, 0, too_early, 0, no_start),
        },
    )


def _blanks(rows: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    counted = {
        "area": sum(row["judged"] for row in rows if row["area"] is None),
        "started": sum(row["judged"] - row["starts"] for row in rows),
        "completed": int(sum(row["completed_blank"] for row in rows)),
        "arranged_for": int(sum(row["arranged_blank"] for row in rows)),
    }
    return {("blank-required", name): n for name, n in counted.items() if n}
