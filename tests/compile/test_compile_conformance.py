"""PostgreSQL's query says of the conformance cases what DuckDB's says, which is held to the engine elsewhere."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import rulelang
from rulelang.engines.sql.building import Unsupported
from tests.compile.by_postgres import by_postgres
from tests.conformance.test_conformance import HERE
from tests.parity.by_query import by_duckdb
from tests.parity.comparing import compiled
from tests.parity.relations import exact
from tests.servers.postgres import NEEDS
from tests.strategies.cases import as_at_dates, clean_cases, dirty_cases
from tests.strategies.programs import Program, programs

pytestmark = [NEEDS, pytest.mark.needs("duckdb", "pyarrow")]
# Rules that one query cannot do, by file: how many of their cases. Everything else has to work.
GAPS: dict[str, int] = {}


def _batches(file: Path) -> dict[tuple[str, str], list[Any]]:
    shared = tomllib.loads(file.read_text(encoding="utf-8"))
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in shared.pop("case"):
        case = {**shared, **one}
        found[case["rules"], case["as_at"]].append(case.get("given", {}))
    return found


@pytest.mark.parametrize("file", sorted(HERE.glob("rules_*.toml")), ids=lambda file: file.stem)
def test_postgres_says_what_duckdb_says(file: Path, connection: Any) -> None:
    cannot = 0
    for (rules, text), cases in _batches(file).items():
        pack = rulelang.load_text(rules)
        as_at = dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
        rows = [pack.read(one) for one in cases]
        dirty = any(one.dirty for one in rows)
        plain = [one.row for one in rows]
        try:
            came = by_postgres(connection, pack.evaluator.plan, plain, as_at, given=pack.given, dirty=dirty)
        except Unsupported:
            cannot += len(cases)
            continue
        assert came == by_duckdb(pack.evaluator.plan, plain, as_at, dirty=dirty, given=pack.given)
    assert cannot == GAPS.get(file.stem, 0)


# --- random rules ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(postgres_server: str) -> Any:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as one:
        one.execute("SET jit = off")
        yield one


def _same(server: Any, text: str, cases: list[Any], as_at: dt.date, dirty: bool) -> None:
    note(text)
    plan = compiled(text).evaluator.plan
    try:
        expected = by_duckdb(plan, exact(cases), as_at, dirty=dirty)
    except Unsupported:
        return
    assert by_postgres(server, plan, exact(cases), as_at, dirty=dirty) == expected


@settings(max_examples=25)
@given(program=programs(), cases=st.lists(clean_cases, min_size=1, max_size=5), as_at=as_at_dates)
def test_random_rules(server: Any, program: Program, cases: list[Any], as_at: dt.date) -> None:
    _same(server, program.text, cases, as_at, False)


@settings(max_examples=25)
@given(program=programs(), cases=st.lists(dirty_cases, min_size=1, max_size=5), as_at=as_at_dates)
def test_random_rules_on_cells_that_cannot_be_read(
    server: Any, program: Program, cases: list[Any], as_at: dt.date
) -> None:
    _same(server, program.text, cases, as_at, True)


# --- what has to be worked out of nothing ---------------------------------------------------------------------------

NEVER = """
pack never version "1" "What is never there"
  calendar england_and_wales

record case read from "cases"
  ref     text key
  visits  list of visit by ref

record visit read from "visits"
  held  date optional
  kept  yes/no optional
  note  text optional

criterion C1 "All"
  item none "Nothing holds"
    met when some visits have (no)
  item every "All hold"
    met when all visits have (yes)
  item first "The first was kept"
    met when first of visits.kept by held
  item notes "Two notes"
    met when count of different visits.note is 2
"""


def test_what_never_holds(connection: Any) -> None:
    pack = rulelang.load_text(NEVER)
    visits = [
        {"held": "2024-01-02", "kept": "yes", "note": "b"},
        {"held": "2024-01-01", "kept": "no", "note": "B"},
    ]
    rows = [pack.read({"ref": "1", "visits": visits}).row, pack.read({"ref": "2", "visits": []}).row]
    as_at = dt.date(2024, 6, 1)
    came = by_postgres(connection, pack.evaluator.plan, rows, as_at)
    assert came == by_duckdb(pack.evaluator.plan, rows, as_at, dirty=False)
    assert [came[0][1][f"C1.{name}"] for name in ("none", "every", "first", "notes")] == [
        "not met", "met", "not met", "met",
    ]  # fmt: skip
