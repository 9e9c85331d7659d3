"""Generated cases for bulk judging, written by DuckDB: the same on every run, kept among the temporary files.

What a cell holds follows from the number of its row and of its column alone. Which rules read them is `workload`'s.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.workload import AREAS, BULK, Shape

# Written anew whenever this changes.
EDITION = 1
SEED = 2005
ROW_GROUP = 122_880
FIRST_DAY = "DATE '2003-06-01'"
# The last few days lie after the as-at date, so that some cases have not begun.
DAYS = 645
PARQUET, CSV = "parquet", "csv"
_WAY_OUT = {
    PARQUET: f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})",
    CSV: "(FORMAT csv, HEADER)",
}


def folder() -> Path:
    """Return the folder of the generated files."""
    path = Path(tempfile.gettempdir()) / f"rulelang-benchmarks-{EDITION}"
    path.mkdir(exist_ok=True)
    return path


def flat(rows: int, form: str, shape: Shape = BULK, *, faulty: bool = False) -> Path:
    """Return the file of so many flat cases. In `faulty` ones some rows and cells are not as they should be."""
    name = f"flat-{rows}-{shape.items}{'-faulty' if faulty else ''}.{form}"
    return _written(name, _flat_query(rows, form, shape, faulty), form)


def nested(rows: int) -> Path:
    """Return the file of so many cases with up to 8 reviews and 60 appointments each."""
    return _written(f"nested-{rows}.parquet", _nested_query(rows), PARQUET)


def _written(name: str, query: str, form: str) -> Path:
    import duckdb

    path = folder() / name
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.part")
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{part}' {_WAY_OUT[form]}")
        part.replace(path)
    return path


def _drawn(column: int, below: int) -> str:
    """Return SQL for a number that the row `i` and the column decide."""
    return f"(hash(i, {SEED + column}) % {below})::INTEGER"


def _flat_query(rows: int, form: str, shape: Shape, faulty: bool) -> str:
    columns = {
        "id": "'C' || lpad(i::VARCHAR, 8, '0')",
        "area": _drawn(0, AREAS),
        "started": f"{FIRST_DAY} + {_drawn(1, DAYS)}",
        **{f"q{n}": _judgement(n, form) for n in range(1, shape.judgements + 1)},
        **{f"done{n}": _done(n, shape) for n in range(1, len(shape.limits) + 1)},
    }
    if faulty:
        columns = {name: _spoilt(name, text, form) for name, text in columns.items()}
    chosen = ", ".join(f"{text} AS {name}" for name, text in columns.items() if name != "started")
    # A subquery keeps the start in hand for the dates that follow it.
    start = _spoilt("started", "started", form) if faulty else "started"
    order = ", ".join(columns)
    return f"""
        SELECT {order} FROM (
            SELECT {chosen}, {start} AS started
            FROM (SELECT i, {FIRST_DAY} + {_drawn(1, DAYS)} AS started FROM range({rows}) AS numbers(i)))"""


def _judgement(n: int, form: str) -> str:
    """Return SQL for yes, no or nothing; a CSV file has N/A in half of the cells that hold no yes or no."""
    yes, no, na = ("'Yes'", "'No'", "'N/A'") if form == CSV else ("true", "false", "NULL")
    drawn = _drawn(1000 + n, 100)
    return f"CASE WHEN {drawn} < 60 THEN {yes} WHEN {drawn} < 90 THEN {no} WHEN {drawn} < 95 THEN {na} END"


def _done(n: int, shape: Shape) -> str:
    late = 2 * shape.limits[n - 1]
    return f"CASE WHEN {_drawn(5000 + n, 10)} > 0 THEN started + {_drawn(3000 + n, late)} END"


# In a faulty file: every so many rows one has this in the place of what it should have. NULL is a blank.
_FAULTS = {
    "id": ((101, "'C' || lpad((i - 1)::VARCHAR, 8, '0')"), (103, "NULL")),
    "area": ((131, "NULL"),),
    "started": ((109, "NULL"),),
}
_CSV_FAULTS = {
    **_FAULTS,
    "area": ((131, "NULL"), (137, "'none'")),
    "started": ((109, "NULL"), (113, "'soon'")),
    "q1": ((107, "'maybe'"), (67, "' yes '")),
    "q3": ((89, "'maybe'"),),
    "done1": ((127, "'later'"),),
}


def _spoilt(name: str, text: str, form: str) -> str:
    faults = (_CSV_FAULTS if form == CSV else _FAULTS).get(name, ())
    if not faults:
        return text
    cases = " ".join(f"WHEN i % {every} = {every // 2} THEN {fault}" for every, fault in faults)
    return f"CASE {cases} ELSE {f'({text})::VARCHAR' if form == CSV else text} END"


def _nested_query(rows: int) -> str:
    """Return SQL: reviews 100 to 124 days apart, appointments in most weeks and then every other one."""
    return f"""
        SELECT 'C' || lpad(i::VARCHAR, 8, '0') AS id, {_drawn(0, AREAS)} AS area, started,
            list_transform(range(1, {_drawn(2, 9)} + 1), lambda k: struct_pack(
                completed := started + (100 * k + hash(i, k + {SEED + 7000}) % 18)::INTEGER)) AS reviews,
            list_transform(range({_drawn(3, 61)}), lambda k: struct_pack(
                arranged_for := started + (7 * k + hash(i, k + {SEED + 8000}) % 7)::INTEGER,
                attended := CASE WHEN hash(i, k + {SEED + 9000}) % 20 > 0
                    THEN hash(i, k + {SEED + 9100}) % 10 < 7 END)) AS appointments
        FROM (SELECT i, {FIRST_DAY} + {_drawn(1, DAYS)} AS started FROM range({rows}) AS numbers(i))"""
