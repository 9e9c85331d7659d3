"""Random rules on random exports: row by row as in one query, with ratings and limits."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import rulelang
from rulelang.reporting.json_view import result_document
from rulelang.scoring.result import merged
from tests.parity.relations import exact
from tests.parity.spelling import spelt, written
from tests.strategies.cases import as_at_dates, clean_cases, dirty_cases
from tests.strategies.programs import Program, programs

few = settings(
    max_examples=max(settings().max_examples // 2, 8),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
EXPORTS = st.lists(st.one_of(clean_cases, dirty_cases), min_size=1, max_size=6)


def rows_of(cases: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return cases as an export holds them, each with a key of its own."""
    return [spelt({**exact(one), "crn": f"C{number}"}) for number, one in enumerate(cases)]


@few
@given(programs(), EXPORTS, as_at_dates)
@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_an_export_comes_out_the_same_by_both_engines(
    program: Program, cases: list[Any], as_at: dt.date
) -> None:
    note(program.text)
    pack = rulelang.load_text(program.text)
    with tempfile.TemporaryDirectory() as folder:
        path = written(rows_of(cases), Path(folder))
        one, other = (pack.check(path, as_at=as_at, engine=engine) for engine in ("python", "duckdb"))
    assert other.notes == one.notes
    assert result_document(other) == result_document(one)
    assert other.populations == one.populations
    assert other.tally == one.tally


@few
@given(programs(depth=1), EXPORTS, as_at_dates)
def test_parts_of_an_export_add_up(program: Program, cases: list[Any], as_at: dt.date) -> None:
    note(program.text)
    pack = rulelang.load_text(program.text)
    rows = rows_of(cases)
    for row in rows:
        # Of two plans of one key, in whatever cases, none is used: parts keep the rows of a key together.
        row["plans"] = [{**plan, "ref": f"{row['crn']}/{number}"} for number, plan in enumerate(row["plans"])]
    whole, *parts = (pack.check(some, as_at=as_at, engine="python") for some in (rows, rows[::2], rows[1::2]))
    together = merged(parts)
    assert together.tally == whole.tally
    assert together.populations == whole.populations
    assert together.scorecard == whole.scorecard


LISTS = """
pack lists version "1"
  calendar england_and_wales

record case read from "cases"
  crn      text key
  seen_at  datetime optional
  begun    date optional
  visits   list of visit by crn

record visit read from "visits"
  held     date optional
  left_at  datetime optional
  rows     list of row

record row read from "rows"
  done     date optional

timescale hourly
  from seen_at
  to visits.left_at
  every 1 hour

timescale daily
  from begun
  to visits.rows.done
  every 2 days

criterion A1
  item hourly
    timescale hourly
  item some
    met when some visits have (count of rows is 0)
"""


@pytest.mark.parametrize("visits", [[], [{}], [{"held": "2004-03-01", "rows": []}], [{"rows": []}, {}]])
@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_lists_of_nothing_and_fields_that_no_row_has_are_judged_in_one_query(
    visits: list[Any], tmp_path: Path
) -> None:
    pack = rulelang.load_text(LISTS)
    case = {"crn": "1", "seen_at": "2004-03-01T10:00:00", "begun": "2004-03-01", "visits": visits}
    path = written([case, {**case, "crn": "2"}], tmp_path)
    one, other = (
        pack.check(path, as_at=dt.date(2004, 3, 9), engine=engine) for engine in ("python", "duckdb")
    )
    assert result_document(other) == result_document(one)
    assert other.notes == one.notes
