"""Rows of a decision table that leave a gap, clash or are never reached: found exactly, each shown by a case."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.analysis.boxes import Box, first_of, meeting, uncovered
from rulelang.pipeline import check
from rulelang.source import SourceFile

SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[int], list[Box]]:
    sizes = draw(SIZES)
    classes = [st.frozensets(st.integers(0, size - 1), max_size=size) for size in sizes]
    return sizes, draw(st.lists(st.tuples(*classes), max_size=6))


def points(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    return list(product(*(range(size) for size in sizes)))


def holds(box: Box, point: tuple[int, ...]) -> bool:
    return all(at in classes for at, classes in zip(point, box, strict=True))


@given(tables())
def test_what_no_row_covers_is_what_no_row_holds_of(table: tuple[list[int], list[Box]]) -> None:
    sizes, rows = table
    whole: Box = tuple(frozenset(range(size)) for size in sizes)
    left = list(uncovered(whole, rows))
    for point in points(sizes):
        # The boxes that are left do not overlap.
        assert sum(holds(box, point) for box in left) == (not any(holds(row, point) for row in rows))
    assert all(holds(box, first_of(box)) for box in left)


@given(tables())
def test_two_rows_meet_where_both_hold(table: tuple[list[int], list[Box]]) -> None:
    sizes, rows = table
    for one, other in product(rows, rows):
        both = meeting(one, other)
        expected = [point for point in points(sizes) if holds(one, point) and holds(other, point)]
        assert [point for point in points(sizes) if both is not None and holds(both, point)] == expected


HEAD = """pack allocation version "1"
choice risk_level in order low, medium, high
choice grade senior, officer, assistant
record case read from "cases"
  crn       text key
  risk      risk_level optional
  offender  yes/no optional
  count     whole number optional
  cost      number optional
  began     date optional
  team      text optional
  at        datetime optional
criterion A1
  item a
    met when allocation is senior
decision allocation
"""


def found(rows: str, policy: str = "the first row that holds") -> list[str]:
    text = f"{HEAD}  {policy}\n" + "".join(f"  {row}\n" for row in rows.strip().splitlines())
    _, diagnostics = check([SourceFile("rules", text)])
    return [f"{one.code}: {one.message}" for one in diagnostics]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "| risk | grade |\n| high | senior |\n| low | officer |",
            "no row of `allocation` holds where `risk` is medium",
        ),
        ("| risk | grade |\n| not high | officer |", "no row of `allocation` holds where `risk` is high"),
        ("| offender | grade |\n| yes | senior |", "no row of `allocation` holds where `offender` is no"),
        ("| count | grade |\n| at most 2 | senior |\n| at least 4 | officer |", "holds where `count` is 3"),
        (
            "| count | grade |\n| 0 to 2 | senior |\n| at least 3 | officer |",
            "holds where `count` is less than 0",
        ),
        ("| cost | grade |\n| at most 2 | senior |\n| at least 3 | officer |", "`cost` is 2.5"),
        (
            "| cost | grade |\n| less than 2.5 | senior |\n| more than 2.5 | officer |",
            "holds where `cost` is 2.5",
        ),
        (
            "| began | grade |\n| before 2005-04-01 | senior |\n| after 2005-04-01 | officer |",
            "`began` is 2005-04-01",
        ),
        ('| team | grade |\n| "A" or "B" | senior |', "`team` is another text"),
        (
            "| risk | offender | grade |\n| high | any | senior |\n| any | yes | officer |\n| low | no | assistant |",
            "holds where `risk` is medium and `offender` is no",
        ),
    ],
)
def test_a_gap_is_told_by_a_case(rows: str, message: str) -> None:
    (told,) = found(rows)
    assert told.startswith("decision-gap: ")
    assert message in told


@pytest.mark.parametrize(
    "rows",
    [
        "| risk | grade |\n| high or medium | senior |\n| low | officer |",
        "| count | grade |\n| at most 2 | senior |\n| 3 | officer |\n| at least 4 | assistant |",
        (
            "| began | grade |\n| before 2005-04-01 | senior |\n"
            "| 2005-04-01 to 2005-04-02 | officer |\n| after 2005-04-02 | officer |"
        ),
        "| risk | offender | grade |\n| high | yes | senior |\n| any | any | officer |",
        "| offender | grade |\n| yes or no | senior |",
    ],
)
def test_a_table_without_a_gap_is_quiet(rows: str) -> None:
    assert found(rows) == []


def test_a_row_that_others_hold_before_is_dead() -> None:
    rows = (
        "| risk | offender | grade |\n| high | any | senior |\n| any | yes | officer |\n"
        "| high | yes | officer |\n| any | any | officer |"
    )
    assert [one.partition(":")[0] for one in found(rows)] == ["dead-row"]


def test_rows_may_overlap_where_the_first_decides_and_where_they_agree() -> None:
    rows = "| risk | offender | grade |\n| high | any | senior |\n| any | yes | {} |\n| not high | no | officer |"
    assert found(rows.format("officer")) == []
    assert found(rows.format("senior"), "exactly one row holds") == []
    (told,) = found(rows.format("officer"), "exactly one row holds")
    assert (
        told
        == "rows-clash: two rows hold where `risk` is high and `offender` is yes, and they decide otherwise"
    )


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("| risk | grades |\n| high | senior |", "unknown-name"),
        ("| risc | grade |\n| high | senior |", "unknown-name"),
        ("| risk | grade |\n| hihg | senior |", "decision-cell"),
        ("| risk | grade |\n| high | seniour |", "unknown-value"),
        ("| count | grade |\n| at least three | senior |", "decision-cell"),
        ("| count | grade |\n| 1.5 | senior |", "decision-cell"),
        ("| began | grade |\n| before 01/04/2005 | senior |", "decision-cell"),
        ("| at | grade |\n| any | senior |", "wrong-type"),
        ("| risk | risk | grade |\n| any | any | senior |", "declared-twice"),
        ("| risk | grade |\n| high |", "row-width"),
        ("| risk | grade |", "missing-clause"),
        ("| risk is high | grade |\n| yes | senior |", "table-head"),
    ],
)
def test_a_mistake_in_a_table_is_told_at_its_cell(rows: str, code: str) -> None:
    assert [one.partition(":")[0] for one in found(rows)][:1] == [code]


def test_the_gaps_of_a_large_table_are_not_all_waited_for() -> None:
    whole: Box = tuple(frozenset(range(6)) for _ in range(8))
    rows: list[Box] = [
        tuple(frozenset({(at * (column + 3)) % 6, (at + column) % 6}) for column in range(8))
        for at in range(200)
    ]
    # 1,679,616 combinations, of which most are left.
    first = next(uncovered(whole, rows))
    assert all(meeting(first, row) is None for row in rows)


def test_many_gaps_are_not_counted() -> None:
    few, many = (
        "| count | offender | grade |\n" + "\n".join(f"| {at * 2} | yes | senior |" for at in range(rows))
        for rows in (8, 20)
    )
    assert found(few)[0].endswith(", and 8 gaps more")
    assert found(many)[0].endswith(", and many more")


def test_each_row_that_clashes_is_told() -> None:
    rows = "| risk | grade |\n| high | senior |\n| high | officer |\n| medium or low | officer |\n| low | senior |"
    assert [one.partition(":")[0] for one in found(rows, "exactly one row holds")] == ["rows-clash"] * 2
