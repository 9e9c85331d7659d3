"""Counting working days (M3): dated vectors, a walk over the days, and the laws that tie add to count."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rulelang.calendars import DueTable, OutsideSpan, WorkingCalendar, custom, named

FIRST = date(2004, 1, 1)
LENGTH = 120
LAST = FIRST + timedelta(days=LENGTH - 1)
DAYS = st.integers(0, LENGTH - 1).map(lambda n: FIRST + timedelta(days=n))
ENGLAND, ALL = "england_and_wales", "united_kingdom"


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """A calendar over the first months of 2004 with any weekend, closures and openings."""
    closed = draw(st.sets(DAYS, max_size=30))
    opened = draw(st.sets(DAYS, max_size=10)) - closed
    weekend = draw(st.sets(st.integers(0, 6), max_size=4))
    return custom("drawn", weekend=weekend, closed=closed, open=opened, first=FIRST, last=LAST)


def walk(calendar: WorkingCalendar, day: date, n: int) -> date | None:
    """Step a day at a time to the n-th working day; None where the walk leaves the calendar."""
    step = timedelta(days=1 if n > 0 else -1)
    while n:
        day += step
        if not calendar.first <= day <= calendar.last:
            return None
        if is_open(calendar, day):
            n -= step.days
    return day


def is_open(calendar: WorkingCalendar, day: date) -> bool:
    return day in calendar.openings or not (day.weekday() in calendar.weekend or day in calendar.holidays)


@pytest.mark.parametrize(
    ("calendar", "start", "n", "due"),
    [
        # The probation standards: Christmas with its substitute days, and Easter.
        (ENGLAND, "2004-12-17", 5, "2004-12-24"),
        (ENGLAND, "2004-12-17", 10, "2005-01-05"),
        (ENGLAND, "2004-12-17", 15, "2005-01-12"),
        (ENGLAND, "2004-03-26", 5, "2004-04-02"),
        (ENGLAND, "2004-03-26", 10, "2004-04-13"),
        (ENGLAND, "2004-03-26", 15, "2004-04-20"),
        (ENGLAND, "2004-04-08", 5, "2004-04-19"),
        # Freedom of information: a bank holiday anywhere in the United Kingdom.
        (ALL, "2026-05-22", 20, "2026-06-23"),
        (ENGLAND, "2026-05-22", 20, "2026-06-22"),
        (ALL, "2024-12-20", 20, "2025-01-23"),
        (ENGLAND, "2024-12-20", 20, "2025-01-22"),
        (ALL, "2025-11-10", 20, "2025-12-09"),
        (ENGLAND, "2025-11-10", 20, "2025-12-08"),
        (ALL, "2014-12-01", 20, "2014-12-31"),  # received on a holiday: that day is still day 0
        # The vectors of a public freedom of information service, weekend starts among them.
        (ALL, "2008-10-01", 20, "2008-10-29"),
        (ALL, "2007-02-01", 20, "2007-03-01"),
        (ALL, "2008-02-01", 20, "2008-02-29"),
        (ALL, "2009-03-12", 20, "2009-04-14"),
        (ALL, "2009-03-13", 20, "2009-04-15"),
        (ALL, "2009-03-14", 20, "2009-04-15"),
        (ALL, "2009-03-15", 20, "2009-04-15"),
        (ALL, "2009-03-16", 20, "2009-04-16"),
        # Where adding weekdays and then the holidays met on the way goes wrong.
        (ENGLAND, "2020-12-24", 5, "2021-01-05"),
        (ENGLAND, "2025-03-14", 45, "2025-05-21"),
        # Backwards, and nowhere.
        (ENGLAND, "2004-04-19", -5, "2004-04-08"),
        (ENGLAND, "2004-04-11", -1, "2004-04-08"),
        (ENGLAND, "2004-04-11", 0, "2004-04-11"),
        ("weekdays", "2004-04-08", 5, "2004-04-15"),
    ],
)
def test_dated_vectors(calendar: str, start: str, n: int, due: str) -> None:
    assert named(calendar).add(date.fromisoformat(start), n) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2004-04-08", "2004-04-19", 5),
        ("2004-04-08", "2004-04-08", 0),
        ("2004-04-08", "2004-04-12", 0),  # Good Friday to Easter Monday
        ("2004-04-09", "2004-04-13", 1),
        ("2004-04-19", "2004-04-08", -5),
        ("2004-12-17", "2005-01-05", 10),
    ],
)
def test_working_days_from_one_date_to_another(start: str, end: str, days: int) -> None:
    assert named(ENGLAND).count(date.fromisoformat(start), date.fromisoformat(end)) == days


@given(calendars(), DAYS, st.integers(-40, 40))
@settings(max_examples=150)
def test_add_agrees_with_a_walk_over_the_days(calendar: WorkingCalendar, day: date, n: int) -> None:
    expected = walk(calendar, day, n)
    if expected is None:
        with pytest.raises(OutsideSpan):
            calendar.add(day, n)
    else:
        assert calendar.add(day, n) == expected


@given(calendars(), DAYS, DAYS)
@settings(max_examples=150)
def test_count_agrees_with_a_walk_over_the_days(calendar: WorkingCalendar, a: date, b: date) -> None:
    low, high = min(a, b), max(a, b)
    walked = [low + timedelta(days=n) for n in range(1, (high - low).days + 1)]
    assert abs(calendar.count(a, b)) == sum(is_open(calendar, day) for day in walked)
    assert calendar.count(a, b) == -calendar.count(b, a)


@given(calendars(), DAYS)
@settings(max_examples=50)
def test_is_working_day_agrees_with_the_calendar(calendar: WorkingCalendar, day: date) -> None:
    assert calendar.is_working_day(day) == is_open(calendar, day)


@given(calendars(), DAYS, DAYS, DAYS)
@settings(max_examples=100)
def test_counts_add_up(calendar: WorkingCalendar, a: date, b: date, c: date) -> None:
    assert calendar.count(a, b) + calendar.count(b, c) == calendar.count(a, c)


@given(calendars(), DAYS, DAYS, st.integers(1, 40))
@settings(max_examples=150)
def test_add_and_count_are_adjoint(calendar: WorkingCalendar, a: date, b: date, n: int) -> None:
    """An event on `b` is within n working days after `a` just where at least n may be counted to it."""
    assume(a <= b)
    try:
        due = calendar.add(a, n)
    except OutsideSpan:
        assert calendar.count(a, b) < n
        return
    assert calendar.is_working_day(due)
    assert calendar.count(a, due) == n
    assert (due <= b) == (n <= calendar.count(a, b))


@given(calendars(), DAYS, DAYS)
@settings(max_examples=100)
def test_adding_what_was_counted_gives_the_last_working_day(
    calendar: WorkingCalendar, a: date, b: date
) -> None:
    assume(a <= b)
    assume(calendar.count(a, b) > 0)
    end = calendar.add(a, calendar.count(a, b))
    assert end <= b
    assert not any(is_open(calendar, end + timedelta(days=n)) for n in range(1, (b - end).days + 1))


@given(calendars(), DAYS, st.integers(1, 20))
@settings(max_examples=100)
def test_going_back_undoes_going_on(calendar: WorkingCalendar, day: date, n: int) -> None:
    assume(calendar.is_working_day(day))
    assume(walk(calendar, day, n) is not None)
    due = calendar.add(day, n)
    assert calendar.add(due, -n) == day
    assert calendar.count(due, day) == -n


@given(calendars(), DAYS, DAYS, st.integers(-20, 20))
@settings(max_examples=100)
def test_a_later_start_is_never_due_earlier(calendar: WorkingCalendar, a: date, b: date, n: int) -> None:
    assume(a <= b)
    early, late = walk(calendar, a, n), walk(calendar, b, n)
    assume(early is not None and late is not None)
    assert calendar.add(a, n) <= calendar.add(b, n)


@given(calendars(), DAYS, st.integers(-10, 10))
@settings(max_examples=60)
def test_a_due_table_says_what_add_says(calendar: WorkingCalendar, day: date, n: int) -> None:
    assume(walk(calendar, day, n) is not None)
    table = calendar.due_table(n)
    assert table[day] == table[day] == calendar.add(day, n)


def test_the_span_is_enforced_at_both_ends() -> None:
    calendar = named(ENGLAND)
    before, after = date(1989, 12, 31), date(2029, 1, 1)
    for day in (before, after):
        with pytest.raises(OutsideSpan):
            calendar.is_working_day(day)
        with pytest.raises(OutsideSpan):
            calendar.add(day, 0)
        with pytest.raises(OutsideSpan):
            calendar.count(day, date(2004, 1, 1))
        with pytest.raises(OutsideSpan):
            calendar.count(date(2004, 1, 1), day)
        with pytest.raises(OutsideSpan):
            calendar.due_table(5)[day]
        with pytest.raises(OutsideSpan):
            calendar.holiday_name(day)
        with pytest.raises(OutsideSpan):
            calendar.holidays_between(day, day)
    with pytest.raises(OutsideSpan):
        calendar.add(before, 1)
    with pytest.raises(OutsideSpan):
        calendar.add(after, -1)


def test_the_last_and_the_first_working_day_can_be_reached_and_no_further() -> None:
    calendar = named(ENGLAND)
    assert calendar.add(date(2028, 12, 28), 1) == date(2028, 12, 29)
    with pytest.raises(OutsideSpan):
        calendar.add(date(2028, 12, 28), 2)
    assert calendar.add(date(1990, 1, 3), -1) == date(1990, 1, 2)
    with pytest.raises(OutsideSpan):
        calendar.add(date(1990, 1, 3), -2)


def test_leaving_the_span_says_which_calendar_ends_when() -> None:
    with pytest.raises(OutsideSpan) as caught:
        named(ENGLAND).due_table(20)[date(2028, 12, 20)]
    left = caught.value
    assert (left.calendar, left.first, left.last) == (ENGLAND, date(1990, 1, 1), date(2028, 12, 31))
    assert left.asked == date(2028, 12, 20)
    assert str(left) == (
        "calendar `england_and_wales` covers 1 January 1990 to 31 December 2028: "
        "it cannot tell the date 20 working days after 20 December 2028"
    )
    assert str(pickle.loads(pickle.dumps(left))) == str(left)


def test_a_datetime_counts_by_its_date() -> None:
    calendar = named(ENGLAND)
    evening = datetime(2004, 4, 8, 22, 30)
    table = calendar.due_table(5)
    table.clear()
    assert calendar.add(evening, 0) == date(2004, 4, 8)
    assert not isinstance(calendar.add(evening, 0), datetime)
    assert table[evening] == date(2004, 4, 19)
    assert set(table) == {date(2004, 4, 8)}
    assert calendar.count(evening, datetime(2004, 4, 19, 1)) == 5
    assert calendar.holiday_name(datetime(2004, 4, 9, 12)) == "Good Friday"
    assert len(calendar.holidays_between(evening, datetime(2004, 4, 12, 1))) == 2


def test_the_holidays_that_explain_a_due_date() -> None:
    calendar = named(ENGLAND)
    assert calendar.holidays_between(date(2004, 4, 8), date(2004, 4, 19)) == [
        (date(2004, 4, 9), "Good Friday"),
        (date(2004, 4, 12), "Easter Monday"),
    ]
    # 25 and 26 December 2004 were a Saturday and a Sunday: they took no working day away.
    assert calendar.holidays_between(date(2004, 12, 24), date(2004, 12, 31)) == [
        (date(2004, 12, 27), "Christmas Day (substitute day)"),
        (date(2004, 12, 28), "Boxing Day (substitute day)"),
    ]
    assert calendar.holiday_name(date(2004, 12, 25)) == "Christmas Day"
    assert calendar.holiday_name(date(2004, 12, 24)) is None


def test_calendars_of_equal_content_are_equal_and_survive_pickling() -> None:
    calendar = named(ENGLAND)
    calendar.due_table(5)[date(2004, 4, 8)]
    copy = pickle.loads(pickle.dumps(calendar))
    assert copy == calendar
    assert hash(copy) == hash(calendar)
    assert copy.add(date(2004, 4, 8), 5) == date(2004, 4, 19)
    assert copy != custom("other", base=[calendar], closed=[date(2004, 4, 8)])
    with pytest.raises(TypeError):
        calendar.holidays[date(2004, 4, 8)] = "a day off"  # type: ignore[index]


def test_a_due_table_survives_pickling_with_its_calendar() -> None:
    table = pickle.loads(pickle.dumps(named(ENGLAND).due_table(5)))
    assert isinstance(table, DueTable)
    assert table[date(2004, 4, 8)] == date(2004, 4, 19)


def test_threads_share_one_table_and_agree() -> None:
    fresh = custom("fresh", base=[named(ENGLAND)])
    starts = [date(2004, 1, 1) + timedelta(days=n) for n in range(400)]

    def work(_: int) -> tuple[int, tuple[date, ...]]:
        table = fresh.due_table(10)
        return id(table), tuple(table[day] for day in starts)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(work, range(32)))
    assert len(answers) == 1
    assert answers.pop()[1] == tuple(walk(fresh, day, 10) for day in starts)
