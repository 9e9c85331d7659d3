"""What validations and ratings cost: rows beside their siblings, pictures of texts, check characters, a rating."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import generating
from benchmarks.timing import interleaved
from benchmarks.workload import AS_AT

SEED = 2026
ROUNDS = 3
# Cases, and the rows of each.
SHAPES = ((20_000, 10), (10, 1_000))
ENGINES = ("python", "duckdb")

RULES = """
pack census version "1"

check nhs_number
  picture "9999999999"
  weights 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 from character 1
  divided by 11 leaves 0

record child read from "children"
  child_id   text key
  sure       yes/no optional
  plans      list of plan by child_id

record plan read from "plans"
  plan_id    text key
  code       text optional
  nhs        text optional
  started    date optional
  ended      date optional

bands levels
  good   at 50 or more
  poor   otherwise

section A
criterion A1
  rated by levels
  item sure
    met when sure
criterion A2
  rated by levels
  item planned
    met when count of plans is at least 1
"""
OF_PLANS = {
    "a value unique": "code is unique in child",
    "the same, row by row": "no other of child.plans has (other.code is plan.code)",
    "no overlap": "started to ended overlaps no other of child.plans",
    "the same, row by row ": (
        "no other of child.plans has ((other.ended is missing or other.ended on or after plan.started) "
        "and (plan.ended is missing or plan.ended on or after other.started))"
    ),
    "unique in the file": "code is unique",
    "a picture": 'code matches "AA999999"',
    "made of characters": 'code is made of "AB0123456789"',
    "a check character": "nhs passes nhs_number",
}
RATING = """
rating overall of criteria, the first that holds
  poor   when 1 or more is poor
  good   otherwise
"""


def validations_tables() -> Iterator[list[str]]:
    """Yield a table for each shape: seconds by what is asked, with what it adds to the same run without it."""
    for cases, rows in SHAPES:
        data = _data(cases, rows)
        lines = [
            f"{cases:,} cases with {rows:,} rows each (seconds, and more than with nothing asked)",
            f"{'':<22}{'one by one':>12}{'more':>8}{'one query':>12}{'more':>8}",
        ]
        before: dict[str, float] = {}
        for name, rules in _rules().items():
            taken = _taken(rules, data)
            before = before or taken
            cells = (f"{taken[one]:>12.2f}{taken[one] - before[one]:>8.2f}" for one in ENGINES)
            lines.append(f"{name:<22}{''.join(cells)}")
        yield lines


def _rules() -> dict[str, str]:
    asked = {
        name: f"{RULES}\nvalidation asked\n  of plan\n  requires {requires}\n"
        for name, requires in OF_PLANS.items()
    }
    return {"nothing": RULES, **asked, "a rating": RULES + RATING}


def _taken(rules: str, data: list[str]) -> dict[str, float]:
    from rulelang import load_text

    pack = load_text(rules)

    def judge(engine: str) -> Any:
        return pack.check(data, as_at=AS_AT, engine=engine)

    results = {engine: judge(engine) for engine in ENGINES}
    assert str(results["python"].tally) == str(results["duckdb"].tally)
    assert not any("case by case" in note for note in results["duckdb"].notes)
    return interleaved({one: lambda one=one: judge(one) for one in ENGINES}, ROUNDS)  # type: ignore[misc]


def _data(cases: int, rows: int) -> list[str]:
    """Return the paths of two files. Most rows follow one another; one in twenty runs into the next, or is open."""
    from pyarrow import Table, parquet

    chance = random.Random(SEED)
    folder = generating.folder()
    paths = {name: Path(folder) / f"{name}_{cases}_{rows}.parquet" for name in ("children", "plans")}
    keys = [f"c{at}" for at in range(cases)]
    plans = [_plan(f"{key}p{at}", at, chance) | {"child_id": key} for key in keys for at in range(rows)]
    children = [{"child_id": key, "sure": chance.random() < 0.7} for key in keys]
    parquet.write_table(Table.from_pylist(children), paths["children"])
    parquet.write_table(Table.from_pylist(plans), paths["plans"])
    return [f"{'child' if name == 'children' else 'plan'}={path}" for name, path in paths.items()]


def _plan(key: str, at: int, chance: random.Random) -> dict[str, Any]:
    start = dt.date(2000, 1, 1) + dt.timedelta(days=8 * at + chance.randrange(3))
    length = 9 if chance.random() < 0.05 else 4
    return {
        "plan_id": key,
        "code": f"{chance.choice('AB')}{chance.choice('AB')}{chance.randrange(10**6):06}",
        "nhs": f"{chance.randrange(10**10):010}",
        "started": None if chance.random() < 0.02 else start,
        "ended": None if chance.random() < 0.001 else start + dt.timedelta(days=length),
    }
