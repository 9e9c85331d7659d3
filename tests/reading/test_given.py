"""Cases given in Python: rows, tables by name, and one case by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
import threading
from typing import Any

import attrs
import pytest
from hypothesis import given

from rulelang.reading import CaseReader, Problems, ReadingError, read_case, read_rows, read_tables
from rulelang.truth import NA, UNREADABLE
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, key, may, rows, said, schema
from tests.reading.test_assembly import DEEP, DEEP_ROWS
from tests.reading.test_formats import HEADINGS, cases, expected, got

DAY = dt.date(2004, 4, 8)


@attrs.frozen
class Review:
    completed: dt.date
    sufficient: Any = None


@attrs.frozen
class Case:
    crn: str
    commenced: dt.date
    reviews: tuple[Review, ...] = ()


@dataclasses.dataclass
class PlainCase:
    crn: str
    commenced: str
    reviews: list[dict[str, Any]]


FULL = {
    "crn": "1",
    "commenced": DAY,
    "officer": None,
    "reviews": [{"completed": DAY, "sufficient": NA, "score": None}],
}
GIVEN = [
    Case("1", DAY, (Review(DAY, NA),)),
    PlainCase("1", "2004-04-08", [{"completed": "8 April 2004", "sufficient": "n/a"}]),
    {"CRN": "1", "commenced": "08/04/2004", "Reviews": [{"Completed": DAY, "sufficient": "N/A"}]},
    FULL,
]


@pytest.mark.parametrize("one", GIVEN, ids=["attrs", "dataclass", "odd names", "typed"])
def test_mappings_and_objects_with_nested_lists(one: Any):
    assert rows(read_rows(WITH_REVIEWS, iter([one]))) == [FULL]
    problems = Problems()
    case = read_case(WITH_REVIEWS, one, problems=problems)
    assert (case.row, case.key, case.dirty, case.line) == (FULL, "1", False, None)
    assert problems.totals == ()


def test_tables_by_name_join_as_files_do():
    export = read_tables(
        WITH_REVIEWS,
        {
            "cases": [{"crn": "1", "commenced": DAY}],
            "Reviews": [{"crn": "1", "completed": DAY, "sufficient": NA}, {"crn": "2", "completed": DAY}],
        },
    )
    assert rows(export) == [FULL]
    assert said(export) == [
        'Reviews, row 2, `crn`: "2" No row of cases has this key, so the row was set aside.'
    ]
    assert [(one.file, one.read, one.used) for one in export.files] == [("cases", 1, 1), ("Reviews", 2, 1)]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"case_": [], "kases": []}, "No record is read from `kases`"),
        ({"reviews": []}, "There is no table for the cases: give one named `cases`"),
        ({"cases": 3}, "`cases` is no table and no list of rows"),
        ({"cases": {"crn": "1"}}, "`cases` is no table and no list of rows"),
        ({"cases": [{"crm": "1"}]}, "cases has no column for `crn`"),
    ],
)
def test_what_is_no_table_of_cases(tables: Any, message: str):
    with pytest.raises(ReadingError, match=message):
        read_tables(WITH_REVIEWS, tables)


def test_a_row_that_is_no_mapping_is_set_aside():
    export = read_rows(schema(key()), [{"crn": "1"}, 7])
    assert (export.cases_read, export.set_aside) == (2, 1)


def test_a_case_by_itself_needs_no_key_and_no_field():
    problems = Problems()
    case = read_case(WITH_REVIEWS, {}, problems=problems)
    assert case.row == {"crn": None, "commenced": None, "officer": None, "reviews": []}
    assert (case.key, problems.total) == (None, 0)


def test_unknown_and_unreadable_fields_of_a_case_are_problems():
    problems = Problems()
    given_case = {"comenced": DAY, "officer": "A", "reviews": [{"completed": "soon", "compelted": 1}]}
    case = read_case(WITH_REVIEWS, given_case, problems=problems)
    assert case.dirty
    assert case.row["reviews"][0]["completed"] is UNREADABLE
    assert [str(one) for one in problems.listed] == [
        (
            'case, `comenced`: "2004-04-08" `case` has no field of this name, so it was left out. '
            "Did you mean `commenced`?"
        ),
        (
            'case, `reviews[1].compelted`: "1" `review` has no field of this name, so it was left out. '
            "Did you mean `completed`?"
        ),
        'case, `reviews[1].completed`: "soon" Not a date.',
    ]


@pytest.mark.parametrize("reviews", ["none", 3, {"completed": DAY}, [3]])
def test_a_broken_list_of_a_case_is_refused(reviews: Any):
    with pytest.raises(ReadingError, match="`reviews"):
        read_case(WITH_REVIEWS, {"reviews": reviews})


def test_what_is_no_case_at_all_is_refused():
    with pytest.raises(TypeError, match="a case is a mapping or an object with fields, not int"):
        read_case(WITH_REVIEWS, 3)


def test_deep_lists_name_their_parent():
    case = read_case(DEEP, DEEP_ROWS[0])
    assert [plan["crn"] for plan in case.row["plans"]] == ["1", "1"]


@given(cases())
def test_a_case_by_itself_reads_as_it_does_among_others(made: list[dict[str, Any]]):
    odd = [{HEADINGS[name]: value for name, value in one.items()} for one in made]
    alone = [read_case(EVERY_TYPE, one).row for one in odd]
    assert got(alone) == got(rows(read_rows(EVERY_TYPE, odd))) == expected(made)


def test_a_reader_is_shared_between_threads_and_pickles():
    reader = pickle.loads(pickle.dumps(CaseReader(schema(key(), may("note")))))
    wrong: list[Any] = []

    def work(name: str) -> None:
        for _ in range(200):
            problems = Problems()
            case = reader.read({"crn": name, "note": UNREADABLE if name == "a" else "x"}, problems)
            if case.key != name or case.dirty is not (name == "a") or problems.total != (name == "a"):
                wrong.append(case)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
