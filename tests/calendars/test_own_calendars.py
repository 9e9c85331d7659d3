"""Calendars by name, by a country's code, and those an author puts together."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulelang.calendars import (
    CalendarContradiction,
    CalendarUnavailable,
    UnknownCalendar,
    WorkingCalendar,
    country,
    custom,
    named,
    shipped,
    sources,
    union,
)

SATURDAY, SUNDAY = 5, 6
BOSTON = custom(
    "boston",
    "Working days in Boston",
    weekend=[SATURDAY, SUNDAY],
    closed=[(date(2015, 1, 27), "snow"), date(2015, 1, 28)],
    open=[date(2015, 1, 31)],
    first=date(2014, 1, 1),
    last=date(2016, 12, 31),
)


def test_a_calendar_of_ones_own() -> None:
    assert BOSTON.add(date(2015, 1, 26), 1) == date(2015, 1, 29)
    assert BOSTON.is_working_day(date(2015, 1, 31))  # a Saturday
    assert BOSTON.holiday_name(date(2015, 1, 27)) == "snow"
    assert BOSTON.holiday_name(date(2015, 1, 28)) == "closed"


def test_a_calendar_adds_to_those_it_is_made_of() -> None:
    mine = custom(
        "mine",
        base=[named("england_and_wales")],
        closed=[date(2004, 12, 24), date(2004, 12, 27)],
        open=[date(2004, 4, 9)],
        last=date(2010, 12, 31),
    )
    assert (mine.first, mine.last) == (date(1990, 1, 1), date(2010, 12, 31))
    assert mine.weekend == {SATURDAY, SUNDAY}
    assert mine.is_working_day(date(2004, 4, 9))
    assert mine.holidays_between(date(2004, 4, 8), date(2004, 4, 13)) == [
        (date(2004, 4, 12), "Easter Monday")
    ]
    assert mine.add(date(2004, 12, 23), 1) == date(2004, 12, 29)
    # A closure with no name of its own keeps the name of the holiday.
    assert mine.holiday_name(date(2004, 12, 27)) == "Christmas Day (substitute day)"


def test_a_calendar_that_works_on_saturdays_still_closes_on_christmas_day() -> None:
    shop = custom("shop", weekend=[SUNDAY], base=[named("england_and_wales")])
    assert shop.is_working_day(date(2021, 12, 18))
    assert not shop.is_working_day(date(2021, 12, 25))  # a Saturday, and a holiday


START = date(2020, 1, 1)
SOME_DAYS = st.sets(st.integers(0, 59).map(lambda n: START + timedelta(days=n)), max_size=15)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    closed = draw(SOME_DAYS)
    return custom(
        "drawn",
        weekend=draw(st.sets(st.integers(0, 6), max_size=3)),
        closed=closed,
        open=draw(SOME_DAYS) - closed,
        first=START + timedelta(days=draw(st.integers(0, 10))),
        last=START + timedelta(days=draw(st.integers(50, 60))),
    )


@given(st.lists(calendars(), min_size=1, max_size=3))
@settings(max_examples=60)
def test_a_union_is_closed_just_where_one_of_its_calendars_is(several: list[WorkingCalendar]) -> None:
    joined = union("joined", "All of them", several)
    assert joined.first == max(each.first for each in several)
    assert joined.last == min(each.last for each in several)
    day = joined.first
    while day <= joined.last:
        assert joined.is_working_day(day) == all(each.is_working_day(day) for each in several)
        day += timedelta(days=1)


def test_a_union_of_the_nations_counts_as_the_shipped_one() -> None:
    nations = [named(name) for name in ("england_and_wales", "scotland", "northern_ireland")]
    joined = union("joined", "All of them", nations)
    assert joined.add(date(2026, 5, 22), 20) == named("united_kingdom").add(date(2026, 5, 22), 20)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: custom("mine", weekend=[SUNDAY]), "must say which dates it covers"),
        (lambda: custom("mine", first=date(2020, 1, 1), last=date(2020, 1, 2)), "must say its weekend"),
        (lambda: custom("mine", base=[BOSTON], last=date(2020, 1, 1)), "1 January 2014 to 31 December 2016"),
        (lambda: custom("mine", base=[BOSTON], first=date(2013, 12, 31)), "claims to cover more"),
        (
            lambda: custom("mine", base=[BOSTON], closed=[date(2015, 3, 2)], open=[date(2015, 3, 2)]),
            "says that 2 March 2015 is both closed and open",
        ),
        (
            lambda: custom("mine", base=[BOSTON], first=date(2015, 1, 2), last=date(2015, 1, 1)),
            "2 January 2015 is after 1 January 2015",
        ),
        (lambda: custom("mine", base=[BOSTON], weekend=range(7)), "weekend of seven days"),
        (lambda: custom("mine", base=[BOSTON], weekend=[7]), "a day that does not exist"),
        (
            lambda: union(
                "mine",
                "",
                [BOSTON, custom("old", weekend=[], first=date(1900, 1, 1), last=date(1900, 1, 2))],
            ),
            "no dates in common",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(make: object, reason: str) -> None:
    with pytest.raises(CalendarContradiction) as caught:
        make()  # type: ignore[operator]
    assert reason in caught.value.reason
    assert str(caught.value).startswith("calendar `mine` ")


def test_shipped_calendars_have_the_title_and_span_they_are_listed_with() -> None:
    listed = shipped()
    assert [each.name for each in listed] == [
        "england_and_wales",
        "scotland",
        "northern_ireland",
        "united_kingdom",
        "weekdays",
    ]
    for each in listed:
        calendar = named(each.name)
        assert (calendar.name, calendar.title) == (each.name, each.title)
        assert (calendar.first, calendar.last) == (each.first, each.last)
        assert named(each.name) is calendar


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("scotlnd", "scotland"),
        ("England and Wales", "england_and_wales"),
        ("England & Wales", "england_and_wales"),
        ("wales", "england_and_wales"),
        ("fr", "FR"),
    ],
)
def test_an_unknown_name_suggests_what_was_meant(name: str, near: str) -> None:
    with pytest.raises(UnknownCalendar) as caught:
        named(name)
    assert caught.value.near == (near,)
    assert str(caught.value) == f"no calendar is called `{name}`; did you mean `{near}`?"


def test_an_unknown_name_like_no_other_suggests_nothing() -> None:
    with pytest.raises(UnknownCalendar, match=r"no calendar is called `zzz`$"):
        named("zzz")


def test_a_country_by_its_code() -> None:
    pytest.importorskip("holidays")
    massachusetts = named("US-MA")
    assert (massachusetts.first, massachusetts.last) == (date(1990, 1, 1), date(2035, 12, 31))
    assert massachusetts.add(date(2015, 4, 17), 1) == date(2015, 4, 21)  # Patriots' Day
    assert named("US").add(date(2015, 4, 17), 1) == date(2015, 4, 20)
    assert named("FR").holiday_name(date(2024, 7, 14)) == "National Day"
    assert named("IL").weekend == {4, 5}
    assert all("holidays" in row.source for row in sources("FR"))


def test_a_country_over_the_years_asked_for_and_known() -> None:
    pytest.importorskip("holidays")
    asked = named("FR", first=date(2024, 6, 1), last=date(2025, 6, 1))
    assert (asked.first, asked.last) == (date(2024, 1, 1), date(2025, 12, 31))
    assert country("FR", 2099, 2500).last.year < 2500
    with pytest.raises(CalendarUnavailable, match="not for 3000 to 3001"):
        country("FR", 3000, 3001)


def test_a_country_that_works_on_some_saturdays() -> None:
    pytest.importorskip("holidays", minversion="0.109")
    assert country("CN", 2024, 2024).is_working_day(date(2024, 2, 4))  # a Sunday made up for the New Year


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("XX", 'no country is known by the code "XX"'),
        ("FR-ZZ", 'the parts of "FR" are '),
        ("GB", "write `england_and_wales`"),
        ("GB-ENG", "write `england_and_wales`"),
        ("UK", "write `england_and_wales`"),
        ("France", "is not a country's code"),
    ],
)
def test_a_code_that_is_not_known_says_what_is(code: str, reason: str) -> None:
    if code in ("XX", "FR-ZZ"):
        pytest.importorskip("holidays")
    with pytest.raises(CalendarUnavailable) as caught:
        country(code)
    assert reason in caught.value.reason


def test_without_the_package_a_country_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(CalendarUnavailable) as caught:
        country("FR")
    assert "not installed" in caught.value.reason
    assert 'pip install "rulelang[holidays]"' in caught.value.reason


def test_a_shipped_calendar_never_loads_the_holidays_package() -> None:
    code = (
        "import sys; from rulelang.calendars import named, sources; "
        "named('united_kingdom'); sources('scotland'); sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
