"""Which engine judges: as asked, or the faster one; and what is said where a query cannot do it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import rulelang
from rulelang.choosing import Engine, engine_for

AS_AT = dt.date(2005, 3, 1)
RULES = """\
pack small version "1"
  calendar england_and_wales

record case
  ref    text key
  opened date
  hours  number optional
  rounds list of round by ref

record round
  hours number optional

section S
criterion C
  item known
    met when opened is known
"""
BY_QUOTIENT = "  item quotient\n    met when highest of rounds.hours is more than hours / 3\n"
OF_EACH_ROW = "  item each\n    met when sum of rounds.hours is more than 2\n"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(rulelang.RulesError, match="there is no engine `polars`"):
        rulelang.load_text(RULES).check([], as_at=AS_AT, engine="polars")


def test_a_small_export_is_judged_case_by_case(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("ref,opened\n1,2004-05-03\n", encoding="utf-8")
    assert engine_for("auto", str(tmp_path)) is Engine.PYTHON
    assert engine_for("auto", [{"ref": "1"}]) is Engine.PYTHON


@pytest.mark.needs("duckdb", "pyarrow", "numpy")
def test_a_large_export_is_judged_in_one_query(tmp_path: Path) -> None:
    import pyarrow as pa

    rows = "".join(f"{number},2004-05-03\n" for number in range(400_000))
    (tmp_path / "cases.csv").write_text(f"ref,opened\n{rows}", encoding="utf-8")
    assert engine_for("auto", str(tmp_path)) is Engine.DUCKDB
    assert engine_for("auto", f"cases={tmp_path / 'cases.csv'}") is Engine.DUCKDB
    assert engine_for("auto", pa.table({"ref": list(range(30_000))})) is Engine.DUCKDB
    assert engine_for("auto", "case=postgresql://server/area/cases") is Engine.DUCKDB
    assert engine_for("python", str(tmp_path)) is Engine.PYTHON


@pytest.mark.needs("duckdb", "pyarrow", "numpy")
def test_quotients_and_sums_are_exact_in_a_query() -> None:
    import pyarrow as pa

    pack = rulelang.load_text(RULES + BY_QUOTIENT + OF_EACH_ROW)
    rows = pa.list_(pa.struct([("hours", pa.float64())]))
    cases = pa.table(
        {
            "ref": ["1", "2", "3"],
            "opened": [dt.date(2004, 5, 3)] * 3,
            "hours": [0.3, 0.3, 3.0],
            "rounds": pa.array(
                [[{"hours": 0.1}], [{"hours": 0.100001}], [{"hours": 1.1}, {"hours": 0.9}]], rows
            ),
        }
    )
    found = pack.check(cases, as_at=AS_AT, engine="duckdb")
    assert found.notes == ()
    assert found.tally == pack.check(cases, as_at=AS_AT, engine="python").tally
    assert found.tally.items["C.quotient"].met == 2


@pytest.mark.needs("duckdb", "pyarrow", "numpy")
def test_what_a_query_cannot_do_is_done_case_by_case_and_said() -> None:
    import pyarrow as pa

    pack = rulelang.load_text(RULES)
    cases = pa.table({"ref": ["1"], "opened": [dt.date(2004, 5, 3)], "hours": [1 / 3], "rounds": [[]]})
    cases = cases.set_column(3, "rounds", pa.array([[]], pa.list_(pa.struct([("hours", pa.float64())]))))
    found = pack.check(cases, as_at=AS_AT, engine="duckdb")
    assert found.tally == pack.check(cases, as_at=AS_AT, engine="python").tally
    assert any(note.startswith("Judged case by case, not in one query: ") for note in found.notes)
