"""Files of text: delimiters, encodings, ragged and damaged rows, and the ways a file fails to be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from rulelang.reading import ProblemKind, ReadingError
from rulelang.reading.problems import Problems
from tests.reading.schemas import key, may, read, rows, said, schema, write

PLAIN = schema(key(), may("officer"))
EXPECTED = [{"crn": "001", "officer": "Zoë"}, {"crn": "002", "officer": "A, b"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_end(tmp_path: Path, delimiter: str, end: str):
    lines = [f"CRN{delimiter}Officer", f"001{delimiter}Zoë", f'002{delimiter}"A, b"']
    assert rows(read(PLAIN, write(tmp_path, cases_csv=end.join(lines) + end))) == EXPECTED


def test_the_delimiter_is_looked_for_outside_quotes(tmp_path: Path):
    text = 'crn;officer;"odd, heading, with, commas"\n001;Zoë;\n'
    assert rows(read(PLAIN, write(tmp_path, cases_csv=text))) == EXPECTED[:1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str):
    text = 'crn,officer\r\n001,Zoë\r\n002,"A, b"\r\n'
    export = read(PLAIN, write(tmp_path, cases_csv=text.encode(encoding)))
    assert rows(export) == EXPECTED
    noted = "cases.csv is not UTF-8; it was read as Windows-1252. Check names that have accents."
    assert export.notes == ((noted,) if encoding == "cp1252" else ())


def test_quoted_newlines_and_blank_lines_keep_the_numbers_of_a_spreadsheet(tmp_path: Path):
    text = '\ncrn,officer\n001,"two\nlines"\n\n , \n002,x,y\n'
    export = read(PLAIN, write(tmp_path, cases_csv=text))
    assert rows(export) == [{"crn": "001", "officer": "two\nlines"}]
    assert [(one.kind, one.row) for one in export.problems.listed] == [(ProblemKind.RAGGED_ROW, 6)]
    assert export.notes == ("cases.csv: 2 blank rows were passed over.",)


def test_a_ragged_row_is_set_aside_and_reported(tmp_path: Path):
    export = read(PLAIN, write(tmp_path, cases_csv="crn,officer\n001\n002,Lee, Ann\n003,x\n"))
    assert [case.key for case in export.cases] == ["003"]
    assert (export.cases_read, export.set_aside) == (3, 2)
    assert said(export)[0] == (
        'cases.csv, row 2: "001" The row has 1 cell, fewer than the 2 headings. It was set aside: which cell '
        "belongs to which column cannot be told. A cell that holds the delimiter must stand in quotes."
    )
    assert "3 cells, more than the 2 headings" in said(export)[1]


def test_a_quotation_mark_in_the_middle_costs_its_row_alone(tmp_path: Path):
    text = 'crn,officer\n001,"Jack "Jim" Lee"\n002,x\n'
    export = read(PLAIN, write(tmp_path, cases_csv=text))
    assert [case.key for case in export.cases] == ["002"]
    assert export.cases[0].line == 3
    assert "a quotation mark is written twice" in said(export)[0]


def failing(tmp_path: Path, content: bytes | str, name: str = "cases_csv") -> str:
    with pytest.raises(ReadingError) as error:
        read(PLAIN, write(tmp_path, **{name: content}))
    return str(error.value)


def test_a_quotation_mark_left_open_stops_the_run_and_names_its_row(tmp_path: Path):
    text = 'crn,officer\n001,x\n002,"left open\n003,x\n'
    assert failing(tmp_path, text).startswith(
        "cases.csv, row 3: a quotation mark opens a cell and none closes it"
    )


def test_an_empty_file_has_no_headings(tmp_path: Path):
    assert failing(tmp_path, "\n\n") == "cases.csv is empty: it has no heading row"


def test_a_file_of_headings_alone_holds_no_case(tmp_path: Path):
    assert read(PLAIN, write(tmp_path, cases_csv="crn,officer\n")).cases_read == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"crn,officer\n1,\0\n", "cases.csv is not plain text: line 2 holds an empty (NUL) character"),
        (b"PK\x03\x04xxxx", "cases.csv is not text: it is an Excel workbook or a zip archive"),
        (b"PAR1xxxx", "cases.csv is not text: it is a Parquet file"),
        (b"crn,officer\n1,\x81\n", "cases.csv is neither UTF-8 nor Windows-1252 text"),
        (b"\xef\xbb\xbfcrn,officer\n1,\xe9\n", "cases.csv is marked as UTF-8 text and is not"),
    ],
)
def test_what_is_not_text_is_said_to_be_what_it_is(tmp_path: Path, content: bytes, message: str):
    assert failing(tmp_path, content) == message


def test_packed_files_are_unpacked(tmp_path: Path):
    packed = gzip.compress('crn,officer\n001,Zoë\n002,"A, b"\n'.encode(), mtime=0)
    (tmp_path / "cases.csv.gz").write_bytes(packed)
    assert rows(read(PLAIN, tmp_path)) == EXPECTED


@pytest.mark.parametrize(
    "content", [gzip.compress(b"crn,officer\n" + b"1,x\n" * 999, mtime=0)[:-12], b"crn,officer\n"]
)
def test_a_packed_file_not_copied_to_its_end_is_said_to_be_damaged(tmp_path: Path, content: bytes):
    (tmp_path / "cases.csv.gz").write_bytes(content)
    with pytest.raises(ReadingError, match=r"cases.csv.gz is damaged: it cannot be unpacked to its end"):
        read(PLAIN, tmp_path)


def test_json_an_array_or_an_object_with_one(tmp_path: Path):
    array = '[{"crn": "001", "Officer": "Zoë"}, {"officer_": null, "crn": "002"}]'
    with pytest.raises(ReadingError, match="has 2 columns for `officer`"):
        read(PLAIN, write(tmp_path, cases_json=array))
    array = '[{"crn": "001", "officer": "Zoë"}, {"crn": "002"}]'
    expected = [EXPECTED[0], {"crn": "002", "officer": None}]
    assert rows(read(PLAIN, write(tmp_path, cases_json=array))) == expected
    assert rows(read(PLAIN, write(tmp_path, cases_json=f'{{"at": 1, "rows": {array}}}'))) == expected


def test_json_lines_are_numbered_by_line(tmp_path: Path):
    export = read(
        PLAIN, write(tmp_path, cases_jsonl='{"crn": "001", "officer": "Zoë"}\n\n{"crn": ""}\n[1]\n')
    )
    assert rows(export) == EXPECTED[:1]
    assert [(one.kind, one.row) for one in export.problems.listed] == [
        (ProblemKind.NESTED_SHAPE, 4),
        (ProblemKind.NO_KEY, 3),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "cases_json",
            '[{"crn": "1",}]',
            "cases.json is not JSON: line 1, character 1",
        ),  # 14 or, from Python 3.13 on, 13
        ("cases_json", '{"crn": "1"}\n{"crn": "2"}', "something follows the end of its content"),
        ("cases_json", '{"a": [], "b": []}', "cases.json holds no single list of rows"),
        ("cases_json", "3", "cases.json holds no single list of rows"),
        ("cases_json", "[" * 100_000, "cases.json"),
        ("cases_json", '[{"crn": ' + "1" * 5000 + "}]", "a number too long"),
        (
            "cases_jsonl",
            '{"crn": "1"}\n{"crn',
            "cases.jsonl, line 2, character 2: not JSON: a quotation mark opens",
        ),
    ],
)
def test_json_that_cannot_be_read_says_where(tmp_path: Path, name: str, content: str, message: str):
    assert message in failing(tmp_path, content, name)


def test_numbers_in_json_are_exact_and_na_n_is_nothing(tmp_path: Path):
    from fractions import Fraction

    from rulelang.types import NUMBER

    costs = schema(key(), may("cost", NUMBER))
    text = '[{"crn": "1", "cost": 0.1}, {"crn": "2", "cost": NaN}, {"crn": "3", "cost": 1e400000}]'
    export = read(costs, write(tmp_path, cases_json=text))
    assert [row["cost"] for row in rows(export)][:2] == [Fraction(1, 10), None]
    assert [case.dirty for case in export.cases] == [False, False, True]


def test_problems_go_to_a_file_in_full_while_a_hundred_are_listed(tmp_path: Path):
    import csv

    from rulelang.reading import csv_sink

    text = "crn,officer\n" + "".join(f"=1+{number}\n" for number in range(150))
    with (tmp_path / "problems.csv").open("w", newline="", encoding="utf-8") as stream:
        problems = Problems(csv_sink(stream))
        read(PLAIN, write(tmp_path / "", cases_csv=text), problems=problems)
    with (tmp_path / "problems.csv").open(newline="", encoding="utf-8") as stream:
        written = list(csv.DictReader(stream))
    assert len(written) == problems.total == problems.count(ProblemKind.RAGGED_ROW) == 150
    assert len(problems.listed) == 100
    # A spreadsheet would calculate it.
    assert written[0]["value"] == "'=1+0"
    assert (written[0]["file"], written[0]["row"], written[0]["kind"]) == ("cases.csv", "2", "ragged-row")
