"""DATA arguments: which file is which record, and what is said where it cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.diagnostics.rendering import render_all
from rulelang.reading import ReadingError, find_sources, read_export
from tests.reading.schemas import WITH_REVIEWS, key, read, rows, schema, write

ALONE = schema(key())
CASES = "crn,commenced,officer\n1,08/04/2004,A\n"
REVIEWS = "crn,completed,sufficient,score\n1,09/05/2004,Yes,2.5\n"


def failing(of, *arguments: Path | str) -> str:
    with pytest.raises(ReadingError) as error:
        find_sources(of, arguments)
    return render_all(error.value.diagnostics)


def test_a_folder_of_files_named_after_the_records(tmp_path: Path):
    write(tmp_path, CASES_CSV=CASES, reviews_tsv=REVIEWS.replace(",", "\t"), readme_pdf="x", other_csv="x\n")
    write(tmp_path, **{".hidden_csv": "x", "~$cases_xlsx": "x"})
    export = read(WITH_REVIEWS, tmp_path)
    assert len(rows(export)[0]["reviews"]) == 1
    assert export.notes == (
        "2 files were passed over, because no record names them: `other.csv` and `readme.pdf`.",
    )


def test_a_file_by_name_wherever_it_is(tmp_path: Path):
    write(tmp_path, a_csv=CASES, b_csv=REVIEWS)
    export = read(WITH_REVIEWS, f"cases={tmp_path / 'a.csv'}", f"review={tmp_path / 'b.csv'}")
    assert [one.file for one in export.files] == ["a.csv", "b.csv"]


def test_a_folder_may_be_joined_by_a_file_it_lacks(tmp_path: Path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", cases_csv=CASES)
    write(tmp_path, late_csv=REVIEWS)
    assert read(WITH_REVIEWS, tmp_path / "in", f"reviews={tmp_path / 'late.csv'}").cases_read == 1


def test_a_single_file_is_the_cases(tmp_path: Path):
    write(tmp_path, export_csv="crn\n1\n")
    assert read(ALONE, tmp_path / "export.csv").cases_read == 1


def test_a_path_with_an_equals_sign_that_exists_is_a_path(tmp_path: Path):
    (tmp_path / "cases=new.csv").write_text("crn\n1\n")
    assert read(ALONE, tmp_path / "cases=new.csv").cases_read == 1


def test_two_files_for_one_record_are_refused(tmp_path: Path):
    write(tmp_path, cases_csv=CASES, cases_json="[]")
    shown = failing(ALONE, tmp_path)
    assert "error[two-files]: Two files are there for the record `case`: " in shown
    assert "cases.json and " in shown


def test_no_file_for_the_cases_says_what_was_looked_for_and_what_resembles_it(tmp_path: Path):
    write(tmp_path, kases_csv="crn\n", officers_csv="x\n")
    assert failing(ALONE, tmp_path).splitlines() == [
        "error[absent-file]: There is no file for the record `case`",
        f"  = A file named `cases` was looked for in `{tmp_path.name}`, such as cases.csv or cases.xlsx.",
        (
            f"    `kases.csv` looks like it. If it is, give it that name, or give it as "
            f"`cases={tmp_path / 'kases.csv'}`."
        ),
        "    Found, and of no record's name: `kases.csv` and `officers.csv`.",
    ]


def test_no_file_for_a_child_record_says_how_to_say_that_there_are_none(tmp_path: Path):
    write(tmp_path, cases_csv=CASES)
    with pytest.raises(ReadingError) as error:
        read(WITH_REVIEWS, tmp_path)
    shown = render_all(error.value.diagnostics)
    assert "There is no file for the record `review`" in shown
    assert "If there are none, add a file `reviews.csv` that holds the heading row alone." in shown


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("nowhere", "There is no file or folder `nowhere`"),
        ("kases=x.csv", "No record is read from `kases`\n  = Did you mean `cases`?"),
        ("cases=nowhere.csv", "There is no file or folder `nowhere.csv`"),
    ],
)
def test_what_is_not_there(argument: str, expected: str):
    assert expected in failing(ALONE, argument)


def test_a_misspelt_path_is_met_with_the_one_beside_it(tmp_path: Path):
    write(tmp_path, cases_csv=CASES)
    assert f"Did you mean `{tmp_path / 'cases.csv'}`?" in failing(ALONE, tmp_path / "casse.csv")


def test_a_file_whose_record_cannot_be_told(tmp_path: Path):
    write(tmp_path, a_csv=CASES, b_csv=REVIEWS)
    shown = failing(WITH_REVIEWS, tmp_path / "a.csv", tmp_path / "b.csv")
    assert (
        f"It cannot be told which record a.csv holds\n  = Say so: `cases={tmp_path / 'a.csv'}` or `reviews="
        in shown
    )
    assert "which record b.csv holds" in shown


def test_a_format_that_cannot_be_read(tmp_path: Path):
    write(tmp_path, cases_pdf="x")
    assert "error[unknown-format]: cases.pdf is in no format that can be read here" in failing(
        ALONE, tmp_path / "cases.pdf"
    )
    assert "unknown-format" in failing(ALONE, f"cases={tmp_path / 'cases.pdf'}")


def test_a_folder_where_a_file_is_needed(tmp_path: Path):
    assert "is a folder, and a file is needed after `=`" in failing(ALONE, f"cases={tmp_path}")


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, cases_csv=CASES)
    found = find_sources(ALONE, [tmp_path])
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ReadingError, match=r"cases.csv cannot be opened"):
        read_export(ALONE, found)


def test_a_file_named_after_the_record_itself_will_do(tmp_path: Path):
    write(tmp_path, case_csv="crn\n1\n")
    assert read(ALONE, tmp_path).cases_read == 1


def test_every_failure_is_told_in_one_run(tmp_path: Path):
    write(tmp_path, cases_csv=b"PAR1", reviews_csv=b"PK\x03\x04")
    with pytest.raises(ReadingError) as error:
        read(WITH_REVIEWS, tmp_path)
    assert len(error.value.diagnostics) == 2


def test_a_library_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    write(tmp_path, cases_parquet="x", other_xlsx="x")
    with pytest.raises(ReadingError) as error:
        read(ALONE, f"cases={tmp_path / 'cases.parquet'}")
    assert 'pip install "rulelang[parquet]"' in render_all(error.value.diagnostics)
    assert 'pip install "rulelang[excel]"' in failing(ALONE, tmp_path / "other.xlsx")
