"""Which column is which field, and what is said of the columns that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics.rendering import render_all
from rulelang.reading import ReadingError
from rulelang.reading.headings import Headings, TwoColumns, fold
from rulelang.source import Place, SourceFile, Span
from rulelang.types import DATE, YES_NO
from tests.reading.schemas import WITH_REVIEWS, key, may, needed, read, rows, schema, write


@pytest.mark.parametrize(
    "heading", ["sex_offender", "Sex Offender?", " SEX-OFFENDER", "sex/offender:", "Sex\u00a0offender"]
)
def test_a_heading_matches_once_folded(tmp_path: Path, heading: str):
    of = schema(key(), needed("sex_offender", YES_NO))
    assert rows(read(of, write(tmp_path, cases_csv=f"crn,{heading}\n1,Yes\n"))) == [
        {"crn": "1", "sex_offender": True}
    ]


def test_a_column_clause_overrides_the_name(tmp_path: Path):
    of = schema(key(), needed("commenced", DATE, column="Date of order"))
    text = "crn,commenced,date OF order\n1,01/01/1999,08/04/2004\n"
    export = read(of, write(tmp_path, cases_csv=text))
    assert str(rows(export)[0]["commenced"]) == "2004-04-08"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_folding_twice_is_folding_once(text: str):
    assert fold(fold(text)) == fold(text)


def test_two_columns_for_a_field_are_refused_unless_one_is_named_exactly(tmp_path: Path):
    text = "crn,Date,DATE\n1,08/04/2004,09/04/2004\n"
    of = schema(key(), needed("seen", DATE, column="DATE"))
    assert str(rows(read(of, write(tmp_path, cases_csv=text)))[0]["seen"]) == "2004-04-09"
    of = schema(key(), needed("seen", DATE, column="date"))
    with pytest.raises(ReadingError, match=r'cases.csv has 2 columns for `seen`: "Date" and "DATE"'):
        read(of, tmp_path)


def test_columns_that_no_field_reads_may_stand_twice(tmp_path: Path):
    assert read(schema(key()), write(tmp_path, cases_csv="crn,x,X,,\n1,2,3,,\n")).notes == ()


def test_headings_that_fold_to_nothing_are_no_columns():
    headings = Headings(["", "?", "crn"])
    assert headings.offered == ("crn",)
    assert headings.place("?") is None
    with pytest.raises(TwoColumns):
        Headings(["crn", "CRN"]).place("Crn")


ABSENT = """\
error[absent-column]: cases.csv has no column for `commenced`
 --> standards.rules:3:3
  |
3 |   commenced  date
  |   ^^^^^^^^^ this field
  = A column headed "commenced" was looked for; letter case, blanks and signs make no difference.
    "Date comenced" looks like it. If it is, write `column "Date comenced"` after the type of `commenced`.
    If the record may lack it, write `optional` there too, and it is missing in every row.

error[absent-column]: cases.csv has no column for `team`
  = A column headed "team" was looked for; letter case, blanks and signs make no difference.
    If it has another heading, write `column "…"` after the type of `team`.
    If the record may lack it, write `optional` there too, and it is missing in every row.
    cases.csv offers `CRN`, `Date comenced` and `Officer name`.

error[absent-column]: reviews.csv has no column `crn` to say which row each belongs to
  = "CRN no" looks like it: give `review` the field `crn text column "CRN no"`.
    reviews.csv offers `CRN no` and `completed`.
"""


def test_every_absent_column_is_told_at_once_with_what_resembles_it(tmp_path: Path):
    text = 'record case read from "cases"\n  crn  text key\n  commenced  date\n'
    place = Place(SourceFile("standards.rules", text), Span(text.index("commenced"), text.index("  date")))
    lists = WITH_REVIEWS.case.lists
    of = schema(
        key(),
        needed("commenced", DATE, place=place),
        needed("team"),
        *lists,
        children=WITH_REVIEWS.records[1:],
    )
    write(tmp_path, cases_csv="CRN,Date comenced,Officer name\n", reviews_csv="CRN no,completed\n")
    with pytest.raises(ReadingError) as error:
        read(of, tmp_path)
    shown = render_all(error.value.diagnostics) + "\n"
    assert shown.split() == ABSENT.split()


def test_an_absent_optional_column_is_a_note_that_says_what_resembles_it(tmp_path: Path):
    of = schema(key(), may("terminated", DATE), may("team"))
    assert read(of, write(tmp_path, cases_csv="crn,Date terminated\n1,\n")).notes == (
        (
            "cases.csv has no columns for the optional fields `terminated` and `team`. "
            "They are missing in every row. "
            'But `terminated` looks like "Date terminated": add `column "…"` to the field if that is it.'
        ),
    )
