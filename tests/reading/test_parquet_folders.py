"""Folders of Parquet files that are one table: their order, their columns, what a path says, what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from rulelang.diagnostics.rendering import render_all
from rulelang.reading import ReadingError, find_sources
from rulelang.types import WHOLE
from tests.reading.schemas import WITH_REVIEWS, key, may, read, rows, said, schema, write

pytestmark = pytest.mark.needs("pyarrow")
ALONE = schema(key(), may("year", WHOLE), may("region"), may("officer"))
DAY = dt.date(2004, 4, 8)


def put(path: Path, **columns: list[Any]) -> Path:
    import pyarrow
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), path)
    return path


def failing(of: Any, *arguments: Path | str) -> str:
    with pytest.raises(ReadingError) as error:
        read(of, *arguments)
    return render_all(error.value.diagnostics)


def test_a_folder_is_one_table_file_after_file(tmp_path: Path):
    put(tmp_path / "in" / "part-1.parquet", crn=["c", "d"])
    put(tmp_path / "in" / "part-0.parquet", crn=["b", "a"])
    export = read(ALONE, f"cases={tmp_path / 'in'}/")
    assert [(case.key, case.line) for case in export.cases] == [("b", 1), ("a", 2), ("c", 3), ("d", 4)]
    assert [(one.file, one.read) for one in export.files] == [("in/", 4)]


def test_what_a_path_says_is_a_column(tmp_path: Path):
    put(tmp_path / "in" / "year=2003" / "region=North%20East" / "0.parquet", crn=["a"])
    put(tmp_path / "in" / "year=2004" / "region=01" / "0.parquet", crn=["b"])
    put(tmp_path / "in" / "year=2004" / "region=__HIVE_DEFAULT_PARTITION__" / "0.pq", crn=["c"])
    export = read(ALONE, f"cases={tmp_path / 'in'}")
    assert [(row["crn"], row["year"], row["region"]) for row in rows(export)] == [
        ("a", 2003, "North East"),
        ("b", 2004, "01"),
        ("c", 2004, None),
    ]
    assert said(export) == []


def test_the_files_own_column_counts(tmp_path: Path):
    put(tmp_path / "in" / "year=2004" / "0.parquet", crn=["a"], year=[2005])
    put(tmp_path / "in" / "year=2004" / "1.parquet", crn=["b"])
    assert [row["year"] for row in rows(read(ALONE, f"cases={tmp_path / 'in'}"))] == [2005, 2004]


def test_files_need_not_have_the_same_columns_or_types(tmp_path: Path):
    put(tmp_path / "in" / "0.parquet", crn=["a"], year=["2003"])
    put(tmp_path / "in" / "1.parquet", officer=["X"], year=[2004], crn=[7])
    export = read(ALONE, f"cases={tmp_path / 'in'}")
    assert [(row["crn"], row["year"], row["officer"]) for row in rows(export)] == [
        ("a", 2003, None),
        ("7", 2004, "X"),
    ]


def test_rows_nested_in_a_folder(tmp_path: Path):
    reviews = [{"completed": DAY}]
    put(tmp_path / "in" / "0.parquet", crn=["1"], commenced=[DAY], officer=["A"], reviews=[reviews])
    later = [{"completed": DAY, "score": 1.5}]
    put(tmp_path / "in" / "1.parquet", crn=["2"], commenced=[DAY], officer=["A"], reviews=[later])
    export = read(WITH_REVIEWS, f"cases={tmp_path / 'in'}")
    assert [row["reviews"][0]["score"] for row in rows(export)] == [None, 1.5]


def test_folders_named_after_records_in_a_folder(tmp_path: Path):
    put(tmp_path / "cases" / "year=2004" / "0.parquet", crn=["1"], commenced=[DAY], officer=["A"])
    put(
        tmp_path / "Reviews.parquet" / "0.parquet",
        crn=["1"],
        completed=[DAY],
        sufficient=["Yes"],
        score=[1.0],
    )
    put(tmp_path / "officers" / "0.parquet", name=["A"])
    (tmp_path / "notes").mkdir()
    write(tmp_path, readme_pdf="x")
    export = read(WITH_REVIEWS, tmp_path)
    assert [one.file for one in export.files] == ["cases/", "Reviews.parquet/"]
    assert len(rows(export)[0]["reviews"]) == 1
    assert export.notes == (
        "1 file was passed over, because no record names it: `readme.pdf`.",
        "1 folder was passed over, because no record names it: `officers`.",
    )


def test_a_folder_with_a_misspelt_name_is_offered(tmp_path: Path):
    put(tmp_path / "kases" / "0.parquet", crn=["1"])
    assert (
        f"`kases` looks like it. If it is, give it that name, or give it as `cases={tmp_path / 'kases'}`"
        in failing(ALONE, tmp_path)
    )


def test_a_folder_with_the_ending_of_parquet_is_a_table_by_itself(tmp_path: Path):
    put(tmp_path / "cases.parquet" / "part-0.parquet", crn=["1"])
    (tmp_path / "cases.parquet" / "_SUCCESS").touch()
    (tmp_path / "cases.parquet" / ".part-0.parquet.crc").touch()
    put(tmp_path / "cases.parquet" / "_temporary" / "0.parquet", crn=["2"])
    (tmp_path / "cases.parquet" / "legend.txt").touch()
    export = read(ALONE, tmp_path / "cases.parquet")
    assert [case.key for case in export.cases] == ["1"]
    assert "cases.parquet/: 1 file that is no Parquet was passed over." in export.notes


def test_a_file_and_a_folder_for_one_record_are_refused(tmp_path: Path):
    put(tmp_path / "cases" / "0.parquet", crn=["1"])
    write(tmp_path, cases_csv="crn\n1\n")
    assert "error[two-files]: Two files are there for the record `case`" in failing(ALONE, tmp_path)


def test_a_damaged_file_among_others_is_named(tmp_path: Path):
    put(tmp_path / "in" / "0.parquet", crn=["1"])
    write(tmp_path / "in", x_parquet=b"PAR1")
    shown = failing(ALONE, f"cases={tmp_path / 'in'}")
    assert "error[file-damaged]: in/x.parquet is not a Parquet file, or was not copied to its end" in shown


@pytest.mark.parametrize(
    ("log", "kind"), [("_delta_log/0.json", "Delta Lake"), ("metadata/v1.metadata.json", "Iceberg")]
)
def test_a_table_whose_files_do_not_all_count_is_refused(log: str, kind: str, tmp_path: Path):
    put(tmp_path / "in" / "0.parquet", crn=["1"])
    (tmp_path / "in" / log).parent.mkdir()
    (tmp_path / "in" / log).touch()
    assert f"error[unknown-format]: in/ is a table of {kind}: which of its files count" in failing(
        ALONE, f"cases={tmp_path / 'in'}"
    )


def test_a_folder_without_parquet(tmp_path: Path):
    (tmp_path / "in").mkdir()
    assert (
        "is a folder, and a file is needed after `=`\n  = A folder of Parquet files would do; it holds none."
        in failing(ALONE, f"cases={tmp_path / 'in'}")
    )
    put(tmp_path / "in" / "0.parquet", crn=["1"])
    assert "names a sheet, and in is not a workbook" in failing(ALONE, f"cases={tmp_path / 'in'}#x")


def test_the_path_of_a_folder_is_kept(tmp_path: Path):
    put(tmp_path / "in" / "0.parquet", crn=["1"])
    assert find_sources(ALONE, [f"cases={tmp_path / 'in'}"]).files["case"].path == tmp_path / "in"
