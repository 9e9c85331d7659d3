"""`--details` of a run in one query: what the per-case engine writes, and never all of it in memory."""

from __future__ import annotations

import datetime as dt
import gc
import os
from pathlib import Path

import pytest

from rulelang import load_text
from rulelang.cli import details, main
from rulelang.reading import CaseRow
from tests.cli.exports import (
    AS_AT,
    HEADING,
    LARGE,
    RULES,
    WITH_REVIEWS,
    Places,
    cases,
    reviews,
    rules,
    started,
)

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")
ENGINES = ("python", "duckdb")
ODD = "G1,01/02/2004,10/02/2004,several\n=G2,01/02/2004,,3\nG3,soon,10/02/2004,\nG1,01/02/2004,,1\n,01/02/2004,,1\n"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return rules and cases with children, some of them odd."""
    folder = tmp_path_factory.mktemp("export")
    sound = cases(folder / "sound.csv", 1_000).read_text(encoding="utf-8").partition("\n")[2]
    (folder / "cases.csv").write_text(HEADING + sound + ODD, encoding="utf-8")
    reviews(folder / "reviews.csv", 1_000)
    return [
        str(rules(folder, WITH_REVIEWS)),
        f"cases={folder / 'cases.csv'}",
        f"reviews={folder / 'reviews.csv'}",
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_details_are_the_same_by_either_engine(export: list[str], tmp_path: Path, ending: str) -> None:
    paths = [tmp_path / f"{engine}.{ending}" for engine in ENGINES]
    for engine, path in zip(ENGINES, paths, strict=True):
        assert (
            main(["check", *export, *AS_AT, f"--engine={engine}", f"--details={path}", f"--out={os.devnull}"])
            == 0
        )
    if ending == "parquet":
        from pyarrow import parquet

        slow, fast = map(parquet.read_table, paths)
        assert fast.equals(slow)
        assert fast.num_rows == 2 * 1_002
    else:
        assert paths[1].read_bytes() == paths[0].read_bytes()
        assert paths[1].read_bytes().count(b"\n") == 2 * 1_002 + (ending == "csv")


def test_cases_are_told_of_while_the_next_are_still_to_be_read(tmp_path: Path) -> None:
    path = cases(tmp_path / "cases.csv", 10_000)
    held: list[int] = []

    def look(*_: object) -> None:
        if len(held) % 2_500 == 0:
            gc.collect()
            held.append(sum(type(one) is CaseRow for one in gc.get_objects()))
        else:
            held.append(0)

    load_text(RULES).check(path, as_at=dt.date(2005, 3, 1), each=look, engine="duckdb")
    assert len(held) == 10_000
    assert 0 < max(held) < 100


def test_parquet_is_written_in_groups(
    export: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    monkeypatch.setattr(details, "ROWS_A_GROUP", 500)
    path = tmp_path / "details.parquet"
    assert (
        main(["check", *export, *AS_AT, "--engine=duckdb", f"--details={path}", f"--out={os.devnull}"]) == 0
    )
    assert parquet.ParquetFile(path).num_row_groups == 5


@pytest.mark.skipif(not LARGE, reason="RULELANG_LARGE is not set")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_details_of_300_000_cases_take_little_memory(tmp_path: Path, ending: str) -> None:
    places = Places.under(tmp_path)
    path = cases(tmp_path / "cases.csv", 300_000)
    running = started(
        places, rules(tmp_path), path, "--engine=duckdb", f"--details={places.out / f'details.{ending}'}"
    )
    # Its report is short enough to wait in the pipe.
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.communicate()[1] == b""
    assert running.returncode == 0
    assert used.ru_maxrss < 400 * 1024
    assert places.left == [f"details.{ending}"]
