"""Files that end too soon, turn in the middle or have ten thousand columns: the same by either engine, in words."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rulelang import load_text
from rulelang.api import Pack
from rulelang.reading import Problems, ReadingError
from rulelang.scoring.result import Result
from tests.bulk.alike import assert_alike
from tests.cli.exports import HEADING, LARGE, RULES, cases

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")
AS_AT = dt.date(2005, 3, 1)
ENGINES = ("python", "duckdb")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_text(RULES)


def both(pack: Pack, path: Path) -> tuple[Result, Result]:
    """Return what either engine makes of an export; in bulk it must be possible."""
    slow, fast = (pack.check(path, as_at=AS_AT, engine=engine, problems=Problems()) for engine in ENGINES)
    assert not any("case by case" in one for one in fast.notes)
    return slow, fast


# --- files that were damaged ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound files of every format, to be damaged."""
    from pyarrow import parquet

    folder = tmp_path_factory.mktemp("sound")
    cases(folder / "cases.csv", 20_000)
    table = parquet.read_table(cases(folder / "whole.parquet", 20_000))
    parquet.write_table(table, folder / "cases.parquet", row_group_size=2_000, data_page_size=4_096)
    packed = gzip.compress((folder / "cases.csv").read_bytes())
    (folder / "cases.csv.gz").write_bytes(packed)
    rows = [{"crn": f"F{number}", "commenced": "2004-02-01", "isp_completed": None} for number in range(500)]
    (folder / "cases.json").write_text(json.dumps(rows, indent=0), encoding="utf-8")
    lines = "".join(f"{json.dumps(one)}\n" for one in rows)
    (folder / "cases.jsonl").write_text(lines, encoding="utf-8")
    return folder


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 6 // 10]


def _cut_in_quotes(content: bytes) -> bytes:
    return content[: content.index(b"\nC00015000") + 1] + b'C00015000,"01/0'


def _hit(content: bytes) -> bytes:
    """Return a file some of whose bytes in the middle are others."""
    at = len(content) // 2
    return content[:at] + bytes(one ^ 0xFF for one in content[at : at + 400]) + content[at + 400 :]


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("cases.parquet", _cut, "cases.parquet is not a Parquet file, or was not copied to its end"),
        ("cases.parquet", _hit, "cases.parquet "),
        (
            "cases.csv",
            _cut_in_quotes,
            "cases.csv, row 15002: a quotation mark opens a cell and none closes it",
        ),
        ("cases.csv.gz", _cut, "cases.csv.gz is damaged: it cannot be unpacked to its end"),
        ("cases.csv.gz", _hit, "cases.csv.gz "),
        ("cases.json", _cut, "cases.json is not JSON: line "),
        ("cases.jsonl", _cut, "cases.jsonl, line 3"),
    ],
)
def test_a_damaged_file_is_named(
    pack: Pack, sound: Path, tmp_path: Path, engine: str, name: str, damage: Damage, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(damage((sound / name).read_bytes()))
    with pytest.raises(ReadingError) as stopped:
        pack.check(path, as_at=AS_AT, engine=engine)
    (told,) = stopped.value.diagnostics
    assert told.code == "file-damaged"
    assert told.message.startswith(said)


def test_a_row_that_is_cut_short_is_set_aside(pack: Pack, sound: Path, tmp_path: Path) -> None:
    content = (sound / "cases.csv").read_bytes()
    (tmp_path / "cases.csv").write_bytes(content[: content.index(b"\nC00015000") + 16])
    slow, fast = both(pack, tmp_path / "cases.csv")
    assert slow == fast
    assert slow.population.set_aside == 1
    assert str(slow.problems.listed[0]).startswith(
        'cases.csv, row 15002: "C00015000, 2003-" The row has 2 cells'
    )


# --- files that turn in the middle ---------------------------------------------------------------------------------


ROWS = 400_000 if LARGE else 30_000
TURN = ROWS // 2


@pytest.mark.parametrize("text", ["several", "some{number}"])
def test_numbers_that_become_text_are_counted_and_the_first_listed(
    pack: Pack, tmp_path: Path, text: str
) -> None:
    later = ROWS - 50
    visits = (3 if number < later else text.format(number=number) for number in range(ROWS))
    rows = (f"F{number},01/02/2004,10/02/2004,{one}\n" for number, one in enumerate(visits))
    (tmp_path / "cases.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    slow, fast = both(pack, tmp_path / "cases.csv")
    assert fast == slow
    assert [one.count for one in fast.problems.counts] == [50]
    first = fast.problems.listed[0]
    assert (first.row, first.column, first.value) == (later + 2, "visits", text.format(number=later))


def test_numbers_that_become_text_for_good_are_all_counted(pack: Pack, tmp_path: Path) -> None:
    rows = (f"F{n},01/02/2004,10/02/2004,{3 if n < TURN else 'several'}\n" for n in range(ROWS))
    (tmp_path / "cases.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    slow, fast = both(pack, tmp_path / "cases.csv")
    assert fast == slow
    assert [one.count for one in fast.problems.counts] == [ROWS - TURN]
    assert fast.problems.listed[0].row == TURN + 2


def test_dates_that_change_their_order_are_counted_and_noted(pack: Pack, tmp_path: Path) -> None:
    rows = (
        f"F{n},{n % 28 + 1:02}/02/2004,28/02/2004,3\n"
        if n < TURN
        else f"F{n},02/{n % 28 + 1:02}/2004,28/02/2004,3\n"
        for n in range(ROWS)
    )
    (tmp_path / "cases.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    slow, fast = both(pack, tmp_path / "cases.csv")
    assert fast == slow
    (total,) = [one for one in fast.problems.counts if one.kind == "unreadable"]
    assert total.count == sum(n % 28 + 1 > 12 for n in range(TURN, ROWS))
    assert any("commenced" in one for one in fast.notes)


def test_files_of_one_folder_whose_types_differ(pack: Pack, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    folder = tmp_path / "cases"
    folder.mkdir()
    names = [f"F{number}" for number in range(100)]
    day = dt.date(2004, 2, 1)
    first = {"crn": names, "commenced": [day] * 100, "isp_completed": [day] * 100, "visits": [3] * 100}
    second = {
        "crn": [f"G{number}" for number in range(100)],
        "commenced": ["01/02/2004"] * 99 + ["soon"],
        "isp_completed": [dt.datetime(2004, 2, 1, 10, 30)] * 100,
        "visits": ["2"] * 99 + ["several"],
    }
    parquet.write_table(pa.table(first), folder / "a.parquet")
    parquet.write_table(pa.table(second), folder / "b.parquet")
    slow, fast = (pack.check(tmp_path, as_at=AS_AT, engine=engine) for engine in ENGINES)
    assert (fast.tally, fast.population, fast.problems) == (slow.tally, slow.population, slow.problems)
    assert fast.population.judged == 200
    unreadable = {one.column: one.count for one in fast.problems.counts if one.kind == "unreadable"}
    assert unreadable == {"commenced": 1, "visits": 1}
    assert fast.notes == (
        *slow.notes,
        "Judged case by case, not in one query: the files in cases differ in their columns.",
    )


# --- ten thousand cells --------------------------------------------------------------------------------------------


def test_a_row_of_ten_thousand_cells_is_set_aside(pack: Pack, tmp_path: Path) -> None:
    rows = [f"F{number},01/02/2004,10/02/2004,3\n" for number in range(3_000)]
    rows[2_000] = f"F2000,{','.join(f'cell{place}' for place in range(9_999))}\n"
    (tmp_path / "cases.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    assert_alike(pack.schema, [tmp_path])
    slow, fast = both(pack, tmp_path / "cases.csv")
    assert fast == slow
    (problem,) = fast.problems.listed
    assert (problem.row, problem.kind.value) == (2_002, "ragged-row")
    assert problem.problem.startswith("The row has 10000 cells, more than the 4 headings.")
    assert problem.value is not None
    assert len(problem.value) == 200


@pytest.mark.parametrize("ending", ["csv", *(["parquet"] if LARGE else [])])
def test_ten_thousand_headings_are_as_good_as_four(pack: Pack, tmp_path: Path, ending: str) -> None:
    import pyarrow as pa
    from pyarrow import csv, parquet

    rows = 100
    columns = {f"other{place}": pa.array(["x"] * rows) for place in range(9_996)}
    columns["crn"] = pa.array([f"F{number}" for number in range(rows)])
    columns["commenced"] = pa.array(["2004-02-01"] * rows)
    columns["isp_completed"] = pa.array(["2004-02-10"] * rows)
    columns["visits"] = pa.array(["3"] * (rows - 1) + ["several"])
    path = tmp_path / f"cases.{ending}"
    if ending == "csv":
        csv.write_csv(pa.table(columns), path, csv.WriteOptions(quoting_style="none"))
    else:
        parquet.write_table(pa.table(columns), path)
    slow, fast = both(pack, path)
    assert (fast.tally, fast.population, fast.problems, fast.files) == (
        slow.tally, slow.population, slow.problems, slow.files
    )  # fmt: skip
    assert fast.population.judged == rows
    assert fast.problems.counts[0].count == 1
