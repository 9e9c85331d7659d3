"""Cells that no sample shows: columns that prove late to hold something else than it seemed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.model.records import Reading
from rulelang.types import DATE, JUDGEMENT, WHOLE, YES_NO
from tests.bulk.alike import alike_or_refused, assert_alike, few, only_the_first_lines
from tests.bulk.test_bulk_property import EVERY, READINGS, REQUIRED, TEXTS, cell
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, key, may, needed, schema, write

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")

FIELDS = (
    key(),
    needed("began", DATE),
    may("ended", DATE),
    may("agreed", YES_NO),
    may("good", JUDGEMENT),
    may("visits", WHOLE),
)
HEADING = "crn,began,ended,agreed,good,visits\n"
SOUND = "{},2004-04-08,2004-04-09,true,no,3\n"


@pytest.mark.parametrize("day_first", [None, True])
@pytest.mark.parametrize(
    "late",
    [
        "x,soon,,,,",
        "x,,,,,",
        ",2004-04-08,,,,",
        ",,,,,",
        " ,\u00a0, ,,,",
        "  F7 ,2004-04-08,,,,",
        "F7,2004-04-08,,t,,",
        "x,2004-04-08,,F,T,",
        "x,2004-04-08,,YES,n,",
        "x,2004-04-08,,true ,n/a,",
        "x,epoch,infinity,,,",
        "x,204-04-08,-infinity,,,",
        "x,1970-01-01,1969-12-31,,,",
        "x,0999-12-31,1000-01-01,,,",
        "x,2004-4-8, 2004-04-08 ,,,",
        "x,2004-04-08 10:00,20040408,,,",
        "x,08/04/2004,2004/04/08,,,",
        'x,"2004-04-08",,"true","N/A","1,000"',
        '"",2004-04-08,"","","",""',
        '"F7","2004-04-08",,,,\n"F7",2004-04-08,,,,',
        "x,2004-04-08,,,,1.0",
        "x,2004-04-08,,,,0x1F",
        "x,2004-04-08",
        'x,2004-04-08,,"t',
        "x,2004-04-08,,tr\xfce,,",
    ],
)
def test_late_cells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str, day_first: bool | None
) -> None:
    only_the_first_lines(monkeypatch)
    text = HEADING + "".join(SOUND.format(f"F{number}") for number in range(40)) + late
    of = schema(*FIELDS, reading=Reading(day_first=day_first))
    alike_or_refused(of, [write(tmp_path, cases_csv=text.encode("cp1252"))])


def test_a_column_is_read_as_text_where_it_holds_early_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_the_first_lines(monkeypatch)
    born = "{},1950-04-08,1971-04-09,1,0,3\n"
    text = HEADING + "".join(born.format(f"F{number}") for number in range(40))
    of = schema(*FIELDS)
    opened = assert_alike(of, [write(tmp_path, cases_csv=text + "x,1940-01-01,,,,\n")])
    assert opened.case.scan is not None
    assert dict(opened.case.scan.typed) == {1: "DATE", 2: "DATE", 3: "BOOLEAN", 4: "BOOLEAN"}
    opened = assert_alike(of, [write(tmp_path, cases_csv=text + "x,1970-01-01,,,,\n")])
    assert opened.case.scan is not None
    assert not opened.case.scan.typed


def test_one_odd_cell_makes_one_column_text_and_another_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_the_first_lines(monkeypatch)
    text = HEADING + "".join(SOUND.format(f"F{number}") for number in range(40)) + "x,2004-04-08,,,n/a,\n"
    opened = assert_alike(schema(*FIELDS), [write(tmp_path, cases_csv=text)])
    assert opened.case.scan is not None
    assert sorted(opened.case.scan.typed) == [1, 2, 3]
    opened = assert_alike(schema(*FIELDS), [write(tmp_path, cases_csv=text + "y,soon,,,,\n")])
    assert opened.case.scan is not None
    assert not opened.case.scan.typed


def test_late_cells_of_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_the_first_lines(monkeypatch)
    cases = "crn,commenced,officer\n" + "".join(f"{number},08/04/2004,\n" for number in range(40))
    reviews = "crn,completed,sufficient\n" + "".join(f"{number},08/04/2004,yes\n" for number in range(40))
    for late in ("1,soon,\n", "1,08/04/204,\n", "1,,t\n", "1,,n/a\n9,,several\n", ",,\n", " 7 ,,\n"):
        assert_alike(WITH_REVIEWS, [write(tmp_path, cases_csv=cases, reviews_csv=reviews + late)])


FIRST = st.tuples(
    st.sampled_from(["a", "note"]),
    st.sampled_from(["true", "Yes", "1"]),
    st.sampled_from(["false", "N/A"]),
    st.sampled_from(["3", "1,000"]),
    st.sampled_from(["1.5", "1e2"]),
    st.sampled_from(["2004-04-08", "08/04/2004", "1950-01-01"]),
    st.sampled_from(["2004-04-08 10:30", "2004-04-08T10:30:00"]),
    st.just("16 weeks"),
    st.just("high"),
)
ROWS = st.lists(st.lists(TEXTS, min_size=len(EVERY) - 1, max_size=len(EVERY) - 1), max_size=3)


@few
@given(first=FIRST, late=ROWS, reading=READINGS, required=st.booleans())
def test_any_late_cells(
    tmp_path: Path, first: tuple[str, ...], late: list[list[str]], reading: Reading, required: bool
) -> None:
    rows = [EVERY, *([f"F{number}", *first] for number in range(12))]
    rows += [[f"L{number}", *one] for number, one in enumerate(late)]
    text = "".join(",".join(map(cell, one)) + "\n" for one in rows)
    of = schema(*(REQUIRED if required else EVERY_TYPE.case.fields), reading=reading)
    with pytest.MonkeyPatch.context() as patch:
        only_the_first_lines(patch)
        alike_or_refused(of, [write(tmp_path, cases_csv=text)])
