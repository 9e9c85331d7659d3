"""The same typed rows, whatever format they were written in and however odd their headings."""

from __future__ import annotations

import csv
import datetime as dt
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.reading import ReadingError, read_tables
from rulelang.truth import NA, UNREADABLE
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, key, read, rows, said, schema, write

HEADINGS = {
    "crn": " CRN ",
    "note": "Note:",
    "agreed": "Agreed?",
    "good": "GOOD",
    "visits": "_visits_",
    "cost": "Cost",
    "commenced": "Commenced",
    "seen_at": "Seen - at",
    "born": "Born",
    "length": "Length",
    "risk": "Risk!",
}
ORDER = list(EVERY_TYPE.case.by_name)
TEXTS = st.none() | st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8
)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))
MOMENTS = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)


@st.composite
def cases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw typed rows with a key each; a length of time is drawn as text."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        made.append(
            {
                "crn": f"{number:04}",
                "note": draw(TEXTS),
                "agreed": draw(st.none() | st.booleans()),
                "good": draw(st.none() | st.booleans() | st.just(NA)),
                "visits": draw(st.none() | st.integers(-(10**9), 10**9)),
                "cost": draw(st.none() | st.integers(-(10**6), 10**6).map(lambda n: Fraction(n, 100))),
                "commenced": draw(st.none() | DAYS),
                "seen_at": draw(st.none() | MOMENTS),
                "born": draw(st.none() | st.sampled_from(["2004", "2004-03", "2004-03-07"])),
                "length": draw(st.none() | st.sampled_from(["16 weeks", "5 working days", "1 month"])),
                "risk": draw(st.none() | st.sampled_from(["low", "medium", "high", "very_high"])),
            }
        )
    return made


def written(value: Any) -> str:
    """Return a value as an export's text."""
    if value is None:
        return ""
    if value is NA:
        return "N/A"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, dt.date):
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(value, Fraction):
        return f"{float(value):.2f}"
    return str(value)


def native(value: Any) -> Any:
    """Return a value as typed formats hold it."""
    if value is NA:
        return "N/A"
    return float(value) if isinstance(value, Fraction) else value


def text_or_none(value: Any) -> str | None:
    return None if value is None else written(value)


def expected(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: str(value) if name == "length" and value else value for name, value in one.items()}
        for one in made
    ]


def got(read_back: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return expected(read_back)


def columns(made: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return typed columns; judgements are text, as their N/A is."""
    found = {HEADINGS[name]: [native(one[name]) for one in made] for name in ORDER}
    found[HEADINGS["good"]] = [text_or_none(one["good"]) for one in made]
    return found


@given(cases())
def test_csv_json_and_json_lines(tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]):
    folder = tmp_path_factory.mktemp("text")
    with (folder / "cases.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADINGS.values())
        writer.writerows([written(one[name]) for name in ORDER] for one in made)
    objects = [{HEADINGS[name]: one[name] for name in ORDER} for one in made]
    lines = [
        json.dumps(one, default=lambda v: float(v) if isinstance(v, Fraction) else written(v))
        for one in objects
    ]
    (folder / "cases.jsonl").write_text("\n".join(lines))
    (folder / "cases.json").write_text(f"[{','.join(lines)}]")
    for name in ("cases.csv", "cases.jsonl", "cases.json"):
        export = read(EVERY_TYPE, f"cases={folder / name}")
        assert got(rows(export)) == expected(made), name
        assert said(export) == []


@pytest.mark.needs("pyarrow")
@given(cases())
def test_parquet_and_arrow(tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]):
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.table(columns(made))
    folder = tmp_path_factory.mktemp("parquet")
    parquet.write_table(table, folder / "cases.parquet")
    assert got(rows(read(EVERY_TYPE, folder))) == expected(made)
    assert got(rows(read_tables(EVERY_TYPE, {"cases": table}))) == expected(made)


@pytest.mark.needs("python_calamine", "openpyxl")
@settings(max_examples=20)
@given(cases())
def test_excel(tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([])
    sheet.append(list(HEADINGS.values()))
    for number, one in enumerate(made, 3):
        for place, name in enumerate(ORDER, 1):
            cell = sheet.cell(number, place)
            cell.value = "N/A" if one[name] is NA else native(one[name])
            if isinstance(one[name], str):
                cell.data_type = "s"  # `=x` is text here, not a formula
    folder = tmp_path_factory.mktemp("excel")
    book.save(folder / "cases.xlsx")
    export = read(EVERY_TYPE, folder)
    assert got(rows(export)) == expected(made)
    assert [case.line for case in export.cases] == list(range(3, 3 + len(made)))


@pytest.mark.needs("polars")
@given(cases())
def test_polars(made: list[dict[str, Any]]):
    import polars

    frame = polars.DataFrame(columns(made))
    assert got(rows(read_tables(EVERY_TYPE, {"cases": frame}))) == expected(made)
    assert got(rows(read_tables(EVERY_TYPE, {"cases": frame.lazy()}))) == expected(made)


@pytest.mark.needs("polars", "pandas")
@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_nested_lists_in_frames(library: str):
    module = pytest.importorskip(library)
    day = dt.date(2004, 4, 8)
    made = {"crn": ["1", "2"], "commenced": [day, day], "reviews": [[{"completed": day, "score": 0.5}], None]}
    export = read_tables(WITH_REVIEWS, {"cases": module.DataFrame(made)})
    review = {"completed": day, "sufficient": None, "score": Fraction(1, 2)}
    assert [row["reviews"] for row in rows(export)] == [[review], []]
    assert [(one.read, one.used) for one in export.files] == [(2, 2), (1, 1)]


@pytest.mark.needs("pandas")
@given(cases())
def test_pandas(made: list[dict[str, Any]]):
    import pandas

    # Pandas makes numbers with gaps into floats, dates into timestamps and gaps into NaN and NaT.
    frame = pandas.DataFrame(columns(made))
    frame[HEADINGS["commenced"]] = pandas.to_datetime(frame[HEADINGS["commenced"]]).astype("datetime64[us]")
    assert got(rows(read_tables(EVERY_TYPE, {"Cases": frame}))) == expected(made)


@pytest.mark.needs("pyarrow")
def test_nested_lists_in_parquet(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    day = dt.date(2004, 4, 8)
    reviews = [[{"completed": day, "score": 1.5}, {"completed": None, "score": None}], None, []]
    made = {"crn": ["1", "2", "3"], "commenced": [day] * 3, "officer": ["A", "B", None], "reviews": reviews}
    parquet.write_table(pyarrow.table(made), tmp_path / "cases.parquet")
    export = read(WITH_REVIEWS, tmp_path)
    assert [len(row["reviews"]) for row in rows(export)] == [2, 0, 0]
    assert rows(export)[0]["reviews"][0] == {"completed": day, "sufficient": None, "score": Fraction(3, 2)}
    assert [(one.kind.value, one.row, one.column) for one in export.problems.listed] == [
        ("blank-required", 1, "reviews[2].completed")
    ]


@pytest.mark.needs("pyarrow")
def test_columns_nested_in_parquet_are_looked_for_by_its_schema(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    made = pyarrow.table(
        {
            "crn": ["1"],
            "commenced": [dt.date(2004, 4, 8)],
            "reviews": pyarrow.array([[]], pyarrow.list_(pyarrow.struct([("done", pyarrow.date32())]))),
        }
    )
    parquet.write_table(made, tmp_path / "cases.parquet")
    with pytest.raises(ReadingError, match=r"cases.parquet: reviews has no column for `completed`"):
        read(WITH_REVIEWS, tmp_path)


@pytest.mark.needs("pyarrow")
def test_numbers_of_four_bytes_in_parquet(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    costs = pyarrow.array([0.1, None, 1234.5, 1e-7, float("nan")], pyarrow.float32())
    parquet.write_table(pyarrow.table({"crn": list("abcde"), "cost": costs}), tmp_path / "cases.parquet")
    found = [row["cost"] for row in rows(read(EVERY_TYPE, tmp_path))]
    assert found == [Fraction(1, 10), None, Fraction(2469, 2), Fraction(1, 10**7), None]


@pytest.mark.needs("pyarrow")
def test_moments_in_parquet(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    at = dt.datetime(2004, 4, 7, 23, 30)
    for unit in ("s", "us", "ns"):
        column = pyarrow.array([at], pyarrow.timestamp(unit))
        parquet.write_table(pyarrow.table({"crn": ["1"], "seen_at": column}), tmp_path / "cases.parquet")
        assert rows(read(EVERY_TYPE, tmp_path))[0]["seen_at"] == at
    zoned = pyarrow.array([at], pyarrow.timestamp("ns", tz="UTC"))
    parquet.write_table(pyarrow.table({"crn": ["1"], "seen_at": zoned}), tmp_path / "cases.parquet")
    assert rows(read(EVERY_TYPE, tmp_path))[0]["seen_at"] is UNREADABLE


@pytest.mark.needs("pyarrow")
def test_a_parquet_file_not_copied_to_its_end_is_said_to_be_damaged(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"crn": ["1"]}), tmp_path / "cases.parquet")
    whole = (tmp_path / "cases.parquet").read_bytes()
    for content in (b"", whole[:-20], b"crn\n1\n"):
        with pytest.raises(
            ReadingError, match=r"cases.parquet is not a Parquet file, or was not copied to its end"
        ):
            read(schema(key()), write(tmp_path, cases_parquet=content))


def workbook(folder: Path, name: str = "book.xlsx", **sheets: list[list[Any]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(folder / name)
    return folder / name


@pytest.mark.needs("python_calamine", "openpyxl")
def test_a_workbook_whose_sheets_are_named_after_the_records(tmp_path: Path):
    day = dt.date(2004, 4, 8)
    book = workbook(
        tmp_path,
        Cases=[["crn", "commenced", "officer"], [1001, day, "A"], [], [1002, day, None], [None]],
        REVIEWS=[["CRN", "completed", "sufficient", "score"], [1001, day, "N/A", 2]],
        Legend=[["x"]],
    )
    for argument in (book, tmp_path):
        export = read(WITH_REVIEWS, argument)
        assert [case.key for case in export.cases] == ["1001", "1002"]
        assert rows(export)[0]["reviews"] == [{"completed": day, "sufficient": NA, "score": 2}]
        assert export.notes == (
            "1 sheet was passed over, because no record names it: `book.xlsx#Legend`.",
            "book.xlsx#Cases: 1 blank row was passed over.",
        )


@pytest.mark.needs("python_calamine", "openpyxl")
def test_a_sheet_by_name_and_the_first_sheet_otherwise(tmp_path: Path):
    book = workbook(tmp_path, One=[["crn"], ["a"]], Two=[["crn"], ["b"]])
    of = schema(key())
    assert [case.key for case in read(of, f"cases={book}#Two").cases] == ["b"]
    assert [case.key for case in read(of, f"{book}#Two").cases] == ["b"]
    export = read(of, f"cases={book}")
    assert [case.key for case in export.cases] == ["a"]
    assert export.notes == ("book.xlsx: the first sheet, `One`, was read, and `Two` passed over.",)
    with pytest.raises(ReadingError, match=r"book.xlsx has no sheet `Tow`"):
        read(of, f"cases={book}#Tow")
    write(tmp_path, cases_csv="crn\n")
    with pytest.raises(ReadingError, match=r"names a sheet, and cases.csv is not a workbook"):
        read(of, f"cases={tmp_path / 'cases.csv'}#Two")


@pytest.mark.needs("python_calamine", "openpyxl")
def test_workbooks_that_cannot_be_read(tmp_path: Path):
    of = schema(key())
    with pytest.raises(ReadingError, match=r"is not a workbook that can be read"):
        read(of, write(tmp_path, cases_xlsx=b"PK\x03\x04 cut off"))
    workbook(tmp_path, "cases.xlsx", Sheet=[])
    with pytest.raises(ReadingError, match="the sheet `Sheet` is empty: it has no heading row"):
        read(of, tmp_path)


def test_no_heavy_library_is_loaded_to_read_text(tmp_path: Path):
    import subprocess
    import sys

    write(tmp_path, cases_csv="crn\n1\n")
    script = (
        "import sys; from pathlib import Path; from tests.reading.schemas import *;"
        f"read(schema(key()), Path({str(tmp_path)!r}));"
        "print([name for name in ('pyarrow', 'polars', 'pandas', 'python_calamine', 'lark', 'holidays')"
        " if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout == "[]\n"
