"""Cases from their tables: keys, children, nested rows, and the account that leaves no row out."""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics.rendering import render_all
from rulelang.model.records import Field, Reading, Record
from rulelang.reading import FileAccount, ProblemKind, ReadingError, find_sources, read_export, read_tables
from rulelang.truth import UNREADABLE
from rulelang.types import DATE, TEXT, WHOLE, ListType
from tests.reading.schemas import REVIEW, WITH_REVIEWS, key, may, needed, read, rows, said, schema, write

CASES = "crn,commenced,officer\n"


def kinds(export: Any) -> list[tuple[str, int | None]]:
    return [(one.kind.value, one.row) for one in export.problems.listed]


def test_children_go_to_their_parents_in_file_order(tmp_path: Path):
    write(
        tmp_path,
        cases_csv=CASES + "2,08/04/2004,\n1,09/04/2004,A\n",
        reviews_csv="crn,completed\n1,03/05/2004\n2,02/05/2004\n1,01/05/2004\n",
    )
    export = read(WITH_REVIEWS, tmp_path)
    assert [(case.key, case.line, len(case.row["reviews"])) for case in export.cases] == [
        ("2", 2, 1),
        ("1", 3, 2),
    ]
    assert [str(one["completed"]) for one in rows(export)[1]["reviews"]] == ["2004-05-03", "2004-05-01"]
    # Every field is there, those without a column too.
    assert rows(export)[0]["reviews"][0] == {
        **rows(export)[0]["reviews"][0],
        "sufficient": None,
        "score": None,
    }
    assert export.files == (FileAccount("cases.csv", 2, 2, 0), FileAccount("reviews.csv", 3, 3, 0))


ALL_SET_ASIDE = "Which is right cannot be told: all were set aside."


def test_rows_set_aside_are_named_and_counted(tmp_path: Path):
    write(
        tmp_path,
        cases_csv=CASES + "1,08/04/2004,\n2,08/04/2004,\n,08/04/2004,\n1,09/04/2004,\n1,10/04/2004,\n",
        reviews_csv="crn,completed\n1,03/05/2004\n2,02/05/2004\n9,01/05/2004\n,01/05/2004\n",
    )
    export = read(WITH_REVIEWS, tmp_path)
    assert [case.key for case in export.cases] == ["2"]
    assert export.files == (FileAccount("cases.csv", 5, 1, 4), FileAccount("reviews.csv", 4, 1, 3))
    assert said(export) == [
        "cases.csv, row 4, `crn`: Blank: the row has no key, so it was set aside.",
        f'cases.csv, row 2, `crn`: "1" The same key stands in rows 5 and 6. {ALL_SET_ASIDE}',
        f'cases.csv, row 5, `crn`: "1" The same key stands in rows 2 and 6. {ALL_SET_ASIDE}',
        f'cases.csv, row 6, `crn`: "1" The same key stands in rows 2 and 5. {ALL_SET_ASIDE}',
        'reviews.csv, row 2, `crn`: "1" Set aside, because its row in cases.csv was.',
        'reviews.csv, row 4, `crn`: "9" No row of cases.csv has this key, so the row was set aside.',
        "reviews.csv, row 5, `crn`: Blank: whose row it is cannot be told, so it was set aside.",
    ]


def test_an_unreadable_cell_makes_its_case_dirty_and_no_other(tmp_path: Path):
    write(
        tmp_path,
        cases_csv=CASES + "1,08/04/2004,\n2,31/02/2004,\n3,08/04/2004,\n",
        reviews_csv="crn,completed\n3,04/25/2004\n",
    )
    export = read(WITH_REVIEWS, tmp_path)
    assert [case.dirty for case in export.cases] == [False, True, True]
    assert rows(export)[1]["commenced"] is UNREADABLE
    assert [one.key for one in export.problems.listed] == ["2", None]
    assert export.notes[-1] == (
        'reviews.csv, column "completed": in 1 of 1 rows the date cannot be read day first and could be read '
        'month first, such as "04/25/2004". If the export puts the month first, write '
        "`dates are month first` in the pack."
    )


@pytest.mark.parametrize(
    ("days", "tail"),
    [
        (
            ["03/04/2004", "25/04/2004"],
            "1 of them can only be day first: write `dates are day first` in the pack.",
        ),
        (
            ["03/04/2004", "04/25/2004"],
            "1 of them can only be month first: write `dates are month first` in the pack.",
        ),
        (
            ["25/04/2004", "04/25/2004"],
            "so the export mixes the two: have it exported with dates such as 2005-04-03.",
        ),
        (
            ["03/04/2004", "2004-04-03"],
            "Write `dates are day first` or `dates are month first` in the pack, whichever is true.",
        ),
    ],
)
def test_where_the_pack_does_not_say_the_order_the_notes_give_the_evidence(
    tmp_path: Path, days: list[str], tail: str
):
    of = schema(key(), needed("commenced", DATE), reading=Reading())
    text = "crn,commenced\n" + "".join(f"{number},{day}\n" for number, day in enumerate(days))
    (note,) = read(of, write(tmp_path, cases_csv=text)).notes
    assert note.startswith(
        f'cases.csv, column "commenced": in {2 if "2004-" not in days[1] else 1} of 2 rows a date'
    )
    assert note.endswith(tail)


STEP = Record("step", (needed("taken", DATE),), read_from="steps")
PLAN = Record(
    "plan", (key("plan_id"), may("crn"), Field("steps", ListType("step"), by="plan_id")), read_from="plans"
)
DEEP = schema(key(), Field("plans", ListType("plan"), by="crn"), children=(PLAN, STEP))
DEEP_ROWS: list[dict[str, Any]] = [
    {
        "crn": "1",
        "plans": [
            {"plan_id": "p1", "steps": [{"taken": "2004-04-08"}, {"taken": "2004-04-09"}]},
            {"plan_id": "p2", "steps": []},
        ],
    },
    {"crn": "2", "plans": None},
]


def test_columns_whose_dates_lack_an_order_are_told_of_in_one_note(tmp_path: Path):
    of = schema(key(), may("started", DATE), may("ended", DATE), reading=Reading())
    text = "crn,started,ended\n1,03/04/2004,25/04/2004\n2,,04/05/2004\n"
    assert read(of, write(tmp_path, cases_csv=text)).notes == (
        (
            'In 3 cells of 2 columns a date is written like "25/04/2004", and the pack does not say '
            "whether the day or the month comes first. 1 of them can only be day first: "
            "write `dates are day first` in the pack."
        ),
    )


def test_lists_go_as_deep_as_the_export_does_in_files_and_nested(tmp_path: Path):
    write(tmp_path, cases_csv="crn\n1\n2\n", plans_csv="plan_id,crn\np1,1\np2,1\n")
    write(tmp_path, steps_csv="plan_id,taken\np1,2004-04-08\np1,2004-04-09\n")
    in_files = rows(read(DEEP, tmp_path))
    write(tmp_path, nested_json=json.dumps(DEEP_ROWS))
    nested = read(DEEP, tmp_path / "nested.json")
    assert rows(nested) == in_files
    # Nested rows that name no parent are given its key.
    assert in_files[0]["plans"][0]["crn"] == "1"
    assert [one.file for one in nested.files] == [
        "nested.json",
        "nested.json: plans",
        "nested.json: plans: steps",
    ]
    (tmp_path / "mixed").mkdir()
    mixed: Any = copy.deepcopy(DEEP_ROWS)
    for one in mixed[0]["plans"]:
        del one["steps"]
    write(tmp_path / "mixed", cases_json=json.dumps(mixed), steps_csv=(tmp_path / "steps.csv").read_bytes())
    assert rows(read(DEEP, tmp_path / "mixed")) == in_files


def test_problems_of_nested_rows_name_their_place(tmp_path: Path):
    text = [
        {
            "crn": "1",
            "plans": [{"plan_id": "p", "steps": [{"taken": "soon"}, 7]}, {"plan_id": "p", "steps": []}],
        },
        {"crn": "2", "plans": "none"},
        {"crn": "3", "plans": [{"plan_id": "q", "steps": {"taken": "2004-04-08"}}]},
    ]
    export = read(DEEP, write(tmp_path, cases_json=json.dumps(text)))
    assert [(one.kind.value, one.row, one.column) for one in export.problems.listed] == [
        ("unreadable", 1, "plans[1].steps[1].taken"),
        ("nested-shape", 1, "plans[1].steps[2]"),
        ("nested-shape", 2, "plans"),
        ("nested-shape", 3, "plans[1].steps"),
        ("duplicate-key", 1, "plans[1].plan_id"),
        ("duplicate-key", 1, "plans[2].plan_id"),
        ("parent-set-aside", 1, "plans[1].steps[1]"),
    ]
    assert rows(export) == [{"crn": "1", "plans": []}, {"crn": "3", "plans": []}]
    assert [case.dirty for case in export.cases] == [False, False]
    assert "row 1 (plans[2])" in said(export)[4]


def test_rows_both_nested_and_in_a_file_are_refused(tmp_path: Path):
    write(tmp_path, cases_json=json.dumps(DEEP_ROWS), plans_csv="plan_id,crn\n", steps_csv="plan_id,taken\n")
    with pytest.raises(ReadingError, match=r"`plans` stand both in plans.csv and nested in cases.json"):
        read(DEEP, tmp_path)


def test_a_list_whose_parent_has_no_key_cannot_be_joined(tmp_path: Path):
    of = schema(needed("name"), Field("reviews", ListType("review"), by="name"), children=(REVIEW,))
    with pytest.raises(ReadingError) as error:
        read(of, write(tmp_path, cases_csv="name\n", reviews_csv="name,completed\n"))
    assert "Whose row is whose in `reviews` cannot be told: `case` has no field marked `key`" in render_all(
        error.value.diagnostics
    )


def test_keys_that_are_numbers_join_as_numbers(tmp_path: Path):
    of = schema(key("id", WHOLE), Field("reviews", ListType("review"), by="id"), children=(REVIEW,))
    write(
        tmp_path,
        cases_csv="id\n1\nx\n",
        reviews_csv="id,completed\n1.0,2004-04-08\n001,2004-04-08\ny,2004-04-08\n",
    )
    export = read(of, tmp_path)
    assert [len(row["reviews"]) for row in rows(export)] == [2]
    assert kinds(export) == [("no-key", 3), ("orphan", 4)]
    assert export.cases[0].key == "1"


def test_a_case_record_without_a_key_keeps_every_row(tmp_path: Path):
    assert len(read(schema(may("name")), write(tmp_path, cases_csv="name\nA\nA\n")).cases) == 2


def test_empty_json_holds_no_case_and_lacks_nothing(tmp_path: Path):
    assert read(WITH_REVIEWS, write(tmp_path, cases_json="[]")).cases == []


def test_progress_is_told_file_by_file(tmp_path: Path):
    told: list[tuple[str, int]] = []
    write(tmp_path, cases_csv="crn\n" + "".join(f"{number}\n" for number in range(5_001)))
    of = schema(key())
    read_export(of, find_sources(of, [tmp_path]), progress=lambda file, count: told.append((file, count)))
    assert told == [("cases.csv", 5_000), ("cases.csv", 5_001)]


ODD = st.sampled_from(
    ["1", "2", "3", "", " 1", "x,y", '"', "08/04/2004", "31/02/2004", "N/A", "\n", '"a"b', "é"]
)
LINES = st.lists(st.lists(ODD, min_size=1, max_size=5).map(",".join), max_size=12).map("\n".join)


@given(cases=LINES, reviews=LINES)
def test_no_row_goes_uncounted_whatever_the_damage(
    tmp_path_factory: pytest.TempPathFactory, cases: str, reviews: str
):
    folder = tmp_path_factory.mktemp("damaged", numbered=True)
    write(folder, cases_csv=CASES + cases, reviews_csv="crn,completed\n" + reviews)
    if any(line.count('"') % 2 for line in (cases + "\n" + reviews).split("\n")):
        # A quotation mark may be left open, and then no row after it can be told from the next.
        with contextlib.suppress(ReadingError):
            read(WITH_REVIEWS, folder)
        return
    export = read(WITH_REVIEWS, folder)
    for account, text in zip(export.files, (cases, reviews), strict=True):
        whole = list(csv.reader(io.StringIO(text, newline="")))
        if '"' not in text:
            assert account.read == sum(any(cell.strip() for cell in row) for row in whole)
        reported = {
            one.row
            for one in export.problems.listed
            if one.file == account.file and one.severity.value == "error"
        }
        assert len(reported) == account.set_aside
    assert sum(len(row["reviews"]) for row in rows(export)) == export.files[1].used
    assert {case.dirty for case in export.cases if UNREADABLE in case.row.values()} <= {True}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", "x"])), max_size=12))
def test_rows_of_a_key_that_stands_twice_are_all_set_aside(pairs: list[tuple[str, str]]):
    of = schema(key(), may("officer", TEXT))
    export = read_tables(of, {"cases": [{"crn": crn, "officer": officer} for crn, officer in pairs]})
    keys = [crn for crn, _ in pairs]
    assert [case.key for case in export.cases] == [crn for crn in keys if keys.count(crn) == 1]
    assert export.problems.count(ProblemKind.DUPLICATE_KEY) == export.set_aside
