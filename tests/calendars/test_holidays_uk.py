"""The table of public holidays: against a package, irregular days one by one, every row with its source."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from rulelang.calendars import named, shipped, sources

ENGLAND, SCOTLAND, IRELAND, ALL = "england_and_wales", "scotland", "northern_ireland", "united_kingdom"
NATIONS = (ENGLAND, SCOTLAND, IRELAND)
YEARS = range(1990, 2029)


def weekdays(days: object) -> set[date]:
    return {day for day in days if day.weekday() < 5}  # type: ignore[attr-defined]


# The package has St Andrew's Day from 2006; the Act that made it a bank holiday commenced in January 2007.
EXPECTED_DIFFERENCES = {"SCT": {date(2006, 11, 30)}}


@pytest.mark.parametrize(
    ("part", "nation"), [("ENG", ENGLAND), ("WLS", ENGLAND), ("SCT", SCOTLAND), ("NIR", IRELAND)]
)
def test_the_table_agrees_with_the_holidays_package(part: str, nation: str) -> None:
    holidays = pytest.importorskip("holidays", minversion="0.109")
    theirs = weekdays(holidays.country_holidays("GB", subdiv=part, years=YEARS))
    assert len(theirs) > 300
    # An equality: a listed difference that goes away fails too.
    assert theirs ^ weekdays(named(nation).holidays) == EXPECTED_DIFFERENCES.get(part, set())


@pytest.mark.parametrize(
    ("day", "nations"),
    [
        ("1995-05-08", NATIONS),
        ("1999-12-31", NATIONS),
        ("2002-06-03", NATIONS),
        ("2002-06-04", NATIONS),
        ("2011-04-29", NATIONS),
        ("2012-06-04", NATIONS),
        ("2012-06-05", NATIONS),
        ("2020-05-08", NATIONS),
        ("2022-06-02", NATIONS),
        ("2022-06-03", NATIONS),
        ("2022-09-19", NATIONS),
        ("2023-05-01", NATIONS),
        ("2023-05-08", NATIONS),
        ("2026-06-15", [SCOTLAND]),
        # The days that those took the place of.
        ("1995-05-01", []),
        ("2002-05-27", []),
        ("2012-05-28", []),
        ("2020-05-04", []),
        ("2022-05-30", []),
        # What Scotland keeps and does not keep.
        ("2024-01-02", [SCOTLAND]),
        ("2024-04-01", [ENGLAND, IRELAND]),
        ("2024-08-05", [SCOTLAND]),
        ("2024-08-26", [ENGLAND, IRELAND]),
        ("2006-11-30", []),
        ("2007-11-30", [SCOTLAND]),
        ("2008-12-01", [SCOTLAND]),
        ("2019-12-02", [SCOTLAND]),
        # Northern Ireland's two days, and their substitutes.
        ("2004-03-17", [IRELAND]),
        ("2018-03-19", [IRELAND]),
        ("2019-03-18", [IRELAND]),
        ("2020-07-13", [IRELAND]),
        ("2025-07-14", [IRELAND]),
        # Christmas on a Sunday, on a Saturday, on a Friday.
        ("2011-12-26", NATIONS),
        ("2011-12-27", NATIONS),
        ("2016-12-27", NATIONS),
        ("2022-12-27", NATIONS),
        ("2004-12-27", NATIONS),
        ("2004-12-28", NATIONS),
        ("2020-12-28", NATIONS),
        ("2020-12-29", []),
        # New Year on a Sunday: Scotland keeps the 2nd, and the 3rd for the 1st.
        ("2012-01-02", NATIONS),
        ("2012-01-03", [SCOTLAND]),
        ("2017-01-03", [SCOTLAND]),
        ("2023-01-03", [SCOTLAND]),
        # On a Saturday: the 3rd everywhere, the 4th in Scotland.
        ("2005-01-03", NATIONS),
        ("2005-01-04", [SCOTLAND]),
        ("2011-01-04", [SCOTLAND]),
        ("2022-01-04", [SCOTLAND]),
        # On a Friday: Scotland's 2 January moves to the Monday.
        ("1999-01-04", [SCOTLAND]),
        ("2021-01-04", [SCOTLAND]),
    ],
)
def test_irregular_days(day: str, nations: list[str]) -> None:
    when = date.fromisoformat(day)
    assert when.weekday() < 5
    assert [nation for nation in NATIONS if not named(nation).is_working_day(when)] == list(nations)
    assert named(ALL).is_working_day(when) == (not nations)


@pytest.mark.parametrize(
    ("nation", "counts"),
    [
        (ALL, {2005: 12, 2019: 13, 2022: 15, 2026: 14}),
        (ENGLAND, {2005: 8, 2019: 8, 2022: 10, 2026: 8}),
    ],
)
def test_holidays_a_year(nation: str, counts: dict[int, int]) -> None:
    found = Counter(day.year for day in weekdays(named(nation).holidays))
    assert {year: found[year] for year in counts} == counts


def test_every_year_has_its_regular_days() -> None:
    regular = {ENGLAND: 8, SCOTLAND: 8, IRELAND: 10}
    for nation, least in regular.items():
        found = Counter(day.year for day in weekdays(named(nation).holidays))
        assert set(found) == set(YEARS)
        assert min(found.values()) == least, nation


def test_the_united_kingdom_is_closed_just_where_one_of_its_nations_is() -> None:
    everywhere, nations = named(ALL), [named(nation) for nation in NATIONS]
    day = everywhere.first
    while day <= everywhere.last:
        assert everywhere.is_working_day(day) == all(nation.is_working_day(day) for nation in nations)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-12-01", "St Andrew's Day (substitute day) in Scotland"),
        ("2004-04-12", "Easter Monday in England, Wales and Northern Ireland"),
        ("2004-04-09", "Good Friday"),
        (
            "2012-01-02",
            "2 January in Scotland; New Year's Day (substitute day) in England, Wales and Northern Ireland",
        ),
    ],
)
def test_the_united_kingdom_says_where_a_day_is_kept(day: str, name: str) -> None:
    assert named(ALL).holiday_name(date.fromisoformat(day)) == name


def test_every_row_of_the_table_is_sourced_and_checked() -> None:
    rows = sources(ALL)
    assert list(rows) == sorted(rows, key=lambda row: row.day)
    for row in rows:
        assert row.source
        assert row.checked
        assert row.announced_on is None or row.announced_on < row.day
        assert ("at a weekend" in row.source) == (row.day.weekday() > 4), row
    kept = Counter((row.day, nation) for row in rows for nation in row.nations)
    assert max(kept.values()) == 1


@pytest.mark.parametrize(
    ("day", "nation", "announced"),
    [
        ("2022-09-19", SCOTLAND, "2022-09-09"),
        ("2020-05-08", ENGLAND, "2019-06-07"),
        ("2020-05-08", SCOTLAND, "2019-07-02"),
        ("2022-06-03", IRELAND, "2020-11-12"),
        ("2023-05-08", ENGLAND, "2022-11-10"),
        ("2026-06-15", SCOTLAND, "2026-02-05"),
    ],
)
def test_the_first_public_notice_of_the_days_made_at_short_notice(
    day: str, nation: str, announced: str
) -> None:
    [row] = [row for row in sources(nation) if row.day == date.fromisoformat(day)]
    assert row.announced_on == date.fromisoformat(announced)


def test_sources_and_calendar_have_the_same_days() -> None:
    for each in shipped():
        assert {row.day for row in sources(each.name)} == set(named(each.name).holidays)
