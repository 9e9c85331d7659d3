"""What a cell means in a field of each type: language.md's rules on records, one by one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.model.records import Field, Reading
from rulelang.reading.cells import CellReader, Flaw
from rulelang.reading.problems import ProblemKind
from rulelang.truth import NA, UNREADABLE
from rulelang.types import DATE, DATETIME, DURATION, JUDGEMENT, NUMBER, TEXT, WHOLE, YES_NO, Duration, Unit
from tests.reading.schemas import RISK, key, may, needed

BRITISH = Reading(day_first=True)
LONDON = Reading(day_first=True, time_zone="Europe/London")


def value(field: Field, cell: Any, reading: Reading = BRITISH) -> Any:
    return CellReader(field, reading, []).native(cell)


def flaw(field: Field, cell: Any, reading: Reading = BRITISH) -> Flaw:
    flaws: list[Any] = []
    CellReader(field, reading, flaws).native(cell)
    assert len(flaws) == 1, "a flaw was expected"
    found: Flaw = flaws[0][2]
    return found


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0", "\t", None, float("nan")])
def test_a_blank_is_missing_in_every_type(blank: Any):
    for kind in (TEXT, YES_NO, JUDGEMENT, WHOLE, NUMBER, DATE, DATETIME, DURATION, RISK.type):
        assert value(may("field", kind, choice=RISK), blank) is None


def test_a_blank_where_a_field_is_not_optional_is_a_problem_and_missing():
    found = flaw(needed("officer"), " ")
    assert found == Flaw(None, ProblemKind.BLANK_REQUIRED, "Blank, and `officer` is not optional.")


@pytest.mark.parametrize("spelling", ["-", "NK", "nk", " Nk "])
def test_the_packs_spellings_of_nothing_are_missing_in_any_letter_case(spelling: str):
    reading = Reading(missing=("-", "NK"))
    assert value(may("officer"), spelling, reading) is None
    assert value(may("commenced", DATE), spelling, reading) is None


def test_a_key_is_a_key_like_another_even_na_and_keeps_its_noughts():
    reading = Reading(missing=("NA",))
    assert value(key(), "NA", reading) == "NA"
    assert value(key(), " 0012 ", reading) == "0012"
    assert value(may("officer"), "NA") == "NA"


def test_text_keeps_its_letter_case_and_inner_blanks():
    assert value(may("officer"), "\u00a0 Ann  O'Neil ") == "Ann  O'Neil"


def test_a_number_that_a_spreadsheet_keeps_reads_as_text_as_it_is_seen():
    assert value(key(), 1001.0) == "1001"
    assert value(key(), 1001) == "1001"
    assert value(may("officer"), 12.5) == "12.5"


@pytest.mark.parametrize("cell", [True, dt.date(2004, 5, 1), ["a"], {"a": 1}])
def test_what_is_no_text_is_not_made_into_text(cell: Any):
    assert flaw(may("officer"), cell).value is UNREADABLE


@pytest.mark.parametrize("kind", [YES_NO, JUDGEMENT])
def test_yes_and_no(kind: Any):
    assert all(
        value(may("f", kind), cell) is True for cell in ("Yes", "y", "TRUE", "1", " yes ", True, 1, 1.0)
    )
    assert all(value(may("f", kind), cell) is False for cell in ("No", "N", "false", "0", False, 0, 0.0))
    assert all(flaw(may("f", kind), cell).value is UNREADABLE for cell in ("maybe", 2, 0.5, "yess", [1], "x"))


@pytest.mark.parametrize("cell", ["N/A", "NA", "n/a", "Not applicable", NA])
def test_not_applicable_fits_judgements_alone(cell: Any):
    assert value(may("f", JUDGEMENT), cell) is NA
    assert flaw(may("f", YES_NO), cell).value is UNREADABLE
    assert flaw(may("f", RISK.type, choice=RISK), cell).value is UNREADABLE


def test_a_pack_may_say_that_na_means_nothing():
    assert value(may("f", JUDGEMENT), "N/A", Reading(missing=("n/a",))) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", 12),
        (" -3 ", -3),
        ("3.0", 3),
        ("1,234", 1234),
        ("1,234,567", 1234567),
        (7, 7),
        (7.0, 7),
        ("+4", 4),
    ],
)
def test_whole_numbers(cell: Any, expected: int):
    assert value(may("visits", WHOLE), cell) == expected
    assert type(value(may("visits", WHOLE), cell)) is int


@pytest.mark.parametrize("cell", ["3.5", 3.5, "12,34", "1,2345", "x", "1 2", True, "½", "١٢", "£5", "85%"])
def test_what_is_no_whole_number(cell: Any):
    assert flaw(may("visits", WHOLE), cell).value is UNREADABLE


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0.1", Fraction(1, 10)),
        (0.1, Fraction(1, 10)),
        (Decimal("0.10"), Fraction(1, 10)),
        ("1,234.5", Fraction(2469, 2)),
        (".5", Fraction(1, 2)),
        ("1E+3", Fraction(1000)),
        (2, Fraction(2)),
    ],
)
def test_numbers_are_exact(cell: Any, expected: Fraction):
    assert value(may("cost", NUMBER), cell) == expected
    assert isinstance(value(may("cost", NUMBER), cell), Fraction)


@pytest.mark.parametrize(
    "cell", ["1e999999999", ".", "-", "1.2.3", float("inf"), "nan", "Infinity", "e5", ","]
)
def test_what_is_no_number(cell: Any):
    assert flaw(may("cost", NUMBER), cell).value is UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "2005-04-03",
        "2005/04/03",
        "20050403",
        "03/04/2005",
        "3.4.2005",
        "03-04-2005",
        "3 Apr 2005",
        "03-Apr-2005",
        "3rd April 2005",
        "April 3, 2005",
        " 3 APR. 2005 ",
        "2005-04-03 00:00:00",
        "03/04/2005 00:00",
        "2005-04-03T00:00:00",
    ],
)
def test_dates_read_day_first(text: str):
    assert value(may("commenced", DATE), text) == dt.date(2005, 4, 3)


def test_dates_read_month_first_when_the_pack_says_so():
    american = Reading(day_first=False)
    assert value(may("commenced", DATE), "03/04/2005", american) == dt.date(2005, 3, 4)
    assert value(may("commenced", DATE), "3 Apr 2005", american) == dt.date(2005, 4, 3)


def test_the_order_of_a_date_is_never_guessed():
    silent = Reading()
    assert value(may("commenced", DATE), "2005-04-03", silent) == dt.date(2005, 4, 3)
    found = flaw(may("commenced", DATE), "25/04/2005", silent)
    assert found.problem == "Not read: the rules do not say whether the day or the month comes first."
    assert found.orders == (True, False)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("03/04/05", "Not read: the year has two digits, and the century is not guessed."),
        ("03-Apr-05", "Not read: the year has two digits, and the century is not guessed."),
        ("04/25/2005", "Not a date: there is no month 25. Dates are read day first."),
        ("31/02/2005", "Not a date: February 2005 has 28 days. Dates are read day first."),
        ("2005-02-30", "Not a date: February 2005 has 28 days."),
        ("soon", "Not a date."),
        ("2005-04-03 25:00", "Not a time of day: it ends at 23:59:59."),
        ("2005-04-03 or so", "Not a date: something stands after it that is no time of day."),
        ("0000-01-01", "Not a date: there is no year 0."),
    ],
)
def test_what_is_no_date_and_why(text: str, problem: str):
    assert flaw(may("commenced", DATE), text).problem == problem
    assert flaw(may("commenced", DATE), text).value is UNREADABLE


def test_a_number_where_a_date_is_due_says_what_to_do():
    assert "give the column the format of a date" in flaw(may("commenced", DATE), 38450.0).problem


def test_a_date_field_takes_a_datetimes_date_with_a_note_unless_it_is_midnight():
    at_two = dt.datetime(2005, 4, 3, 14, 30)
    for cell in (at_two, "2005-04-03 14:30", "03/04/2005 2:30 pm"):
        found = flaw(may("commenced", DATE), cell)
        assert (found.value, found.kind) == (dt.date(2005, 4, 3), ProblemKind.TIME_DROPPED)
    assert value(may("commenced", DATE), dt.datetime(2005, 4, 3)) == dt.date(2005, 4, 3)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2005-04-03T14:30", dt.datetime(2005, 4, 3, 14, 30)),
        ("03/04/2005 14:30:15.25", dt.datetime(2005, 4, 3, 14, 30, 15, 250000)),
        ("3 April 2005, 12:05 am", dt.datetime(2005, 4, 3, 0, 5)),
        (dt.datetime(2005, 4, 3, 14, 30), dt.datetime(2005, 4, 3, 14, 30)),
    ],
)
def test_datetimes(cell: Any, expected: dt.datetime):
    assert value(may("seen_at", DATETIME), cell) == expected


def test_a_date_where_a_datetime_is_due_is_midnight_with_a_note():
    found = flaw(may("seen_at", DATETIME), "2005-04-03")
    assert (found.value, found.kind) == (dt.datetime(2005, 4, 3), ProblemKind.TIME_ASSUMED)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2005-04-03T13:30:00Z", dt.datetime(2005, 4, 3, 14, 30)),
        ("2005-01-03T13:30:00Z", dt.datetime(2005, 1, 3, 13, 30)),
        ("2005-04-03T15:30:00+02:00", dt.datetime(2005, 4, 3, 14, 30)),
        (dt.datetime(2005, 4, 3, 13, 30, tzinfo=dt.UTC), dt.datetime(2005, 4, 3, 14, 30)),
    ],
)
def test_a_moment_with_an_offset_is_told_in_the_packs_time_zone(cell: Any, expected: dt.datetime):
    assert value(may("seen_at", DATETIME), cell, LONDON) == expected
    assert "the rules name no time zone" in flaw(may("seen_at", DATETIME), cell).problem


def test_an_hour_that_occurs_twice_keeps_which_one_it_was():
    first = value(may("seen_at", DATETIME), "2005-10-30T00:30:00Z", LONDON)
    second = value(may("seen_at", DATETIME), "2005-10-30T01:30:00Z", LONDON)
    assert first == second == dt.datetime(2005, 10, 30, 1, 30)
    assert (first.fold, second.fold) == (0, 1)


def test_the_date_of_a_moment_is_the_local_one():
    # Midnight in London in summer is still the day before in universal time.
    assert value(may("commenced", DATE), "2004-04-07T23:00:00Z", LONDON) == dt.date(2004, 4, 8)
    assert flaw(may("commenced", DATE), "2004-04-07T23:00:00Z").value is UNREADABLE
    assert flaw(may("commenced", DATE), "0001-01-01T00:00:00+10:00", LONDON).value is UNREADABLE


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("16 weeks", Duration(16, Unit.WEEKS)),
        ("1 Working Day", Duration(1, Unit.WORKING_DAYS)),
        ("P4M", Duration(4, Unit.MONTHS)),
        ("PT2H", Duration(2, Unit.HOURS)),
        (dt.timedelta(days=3), Duration(3, Unit.DAYS)),
        (dt.timedelta(hours=5), Duration(5, Unit.HOURS)),
        (dt.timedelta(minutes=90), Duration(90, Unit.MINUTES)),
        (Duration(2, Unit.YEARS), Duration(2, Unit.YEARS)),
    ],
)
def test_lengths_of_time(cell: Any, expected: Duration):
    assert value(may("length", DURATION), cell) == expected


@pytest.mark.parametrize("cell", ["16", "long", 16, dt.timedelta(seconds=1), "-2 days"])
def test_what_is_no_length_of_time(cell: Any):
    assert flaw(may("length", DURATION), cell).value is UNREADABLE


@pytest.mark.parametrize("cell", ["Very high", "VERY_HIGH", "very  high", "vh", "very_high"])
def test_choices_match_in_any_letter_case_and_spelling(cell: str):
    assert value(may("risk", RISK.type, choice=RISK), cell) == "very_high"


def test_a_value_that_is_none_of_a_choice_says_which_there_are():
    problem = flaw(may("risk", RISK.type, choice=RISK), "hihg").problem
    assert problem == "Not one of `low`, `medium`, `high` or `very_high`. It looks like `high`."


def test_a_flaw_is_met_every_time_and_a_sound_text_is_looked_up():
    flaws: list[Any] = []
    reader = CellReader(may("commenced", DATE), BRITISH, flaws)
    assert [reader["31/02/2004"] for _ in range(3)] == [UNREADABLE] * 3
    assert len(flaws) == 3
    assert reader["01/02/2004"] is reader["01/02/2004"]


def test_what_was_given_as_unreadable_stays_so():
    assert flaw(may("commenced", DATE), UNREADABLE).value is UNREADABLE


CELLS = st.one_of(
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.timezones()),
    st.decimals(),
    st.timedeltas(),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
    st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,3}[-/. ][0-9]{1,4}([T ][0-9:+Z]{1,14})?", fullmatch=True),
)
FITS: dict[Any, Any] = {
    TEXT: str,
    YES_NO: bool,
    JUDGEMENT: (bool, type(NA)),
    WHOLE: int,
    NUMBER: Fraction,
    DATE: dt.date,
    DATETIME: dt.datetime,
    DURATION: Duration,
    RISK.type: str,
}


@given(
    st.sampled_from(list(FITS)),
    CELLS,
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "Europe/London"]),
)
def test_no_cell_comes_out_as_anything_but_its_type_missing_or_unreadable(kind, cell, day_first, zone):
    reading = Reading(day_first, time_zone=zone)
    found = value(may("field", kind, choice=RISK if kind == RISK.type else None), cell, reading)
    if found is None or found is UNREADABLE:
        return
    assert isinstance(found, FITS[kind])
    if kind == DATE:
        assert not isinstance(found, dt.datetime)
    if kind == DATETIME:
        assert found.tzinfo is None
    if kind == RISK.type:
        assert found in RISK.type.values


@given(st.dates(min_value=dt.date(1000, 1, 1)), st.booleans())
def test_every_date_written_in_numbers_reads_back_in_its_order(day, day_first):
    text = f"{day.day:02}/{day.month:02}/{day.year}" if day_first else f"{day.month}/{day.day}/{day.year}"
    assert value(may("commenced", DATE), text, Reading(day_first)) == day
