"""What a time limit means is said in dates that a reader can check against a calendar on the wall."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.analysis.echo import echo
from rulelang.api import used_pack
from rulelang.calendars import named
from rulelang.calendars.working import in_words
from rulelang.diagnostics import Diagnostic
from rulelang.pipeline import Checked, check, check_files
from rulelang.source import SourceFile, read_source
from tests.architecture.sources import ROOT

HEAD = """\
pack ours
  calendar england_and_wales

record case read from "cases"
  crn        text key
  commenced  date
  done       date optional
  seen_at    datetime optional
  left_at    datetime optional
  due_on     date optional planned
  fine       yes/no optional
  reviews    list of review by crn

record review read from "reviews"
  held       date
  checked    date optional

parameter interval
  4 months from 2000-04-01
  16 weeks from 2002-04-01

example "of the year that the examples below are taken from"
  case
    commenced is 2004-01-01
  as at 2004-12-31
  expect crn is missing

"""


def meaning(limit: str, start: str = "from commenced", event: str = "to done") -> str:
    rules = f"{HEAD}timescale t\n  {start}\n  {event}\n  {limit}\n"
    pack, found = check([SourceFile("ours.rules", rules)])
    assert pack is not None, [one.message for one in found]
    (_, text), *_ = echo(pack)
    return text


def test_working_days_are_shown_over_easter():
    assert meaning("within 5 working days") == (
        "For a case with `commenced` on Thursday 8 April 2004 the last day is Monday 19 April 2004 "
        "(weekends, Friday 9 April, Good Friday, and Monday 12 April, Easter Monday, do not count)."
    )


def test_days_are_shown_over_the_same_days_so_that_the_two_can_be_told_apart():
    assert meaning("within 5 days") == (
        "For a case with `commenced` on Thursday 8 April 2004 the last day is Tuesday 13 April 2004 "
        "(weekends and bank holidays count)."
    )


def test_beginning_with_is_told_beside_from():
    assert meaning("within 5 working days", "beginning with commenced") == (
        "For a case with `commenced` on Thursday 8 April 2004 the last day is Friday 16 April 2004 "
        "(that day is day 1; with `from` it would be Monday 19 April 2004; "
        "weekends, Friday 9 April, Good Friday, and Monday 12 April, Easter Monday, do not count)."
    )


def test_months_are_shown_where_a_month_is_too_short():
    assert meaning("within 1 month") == (
        "For a case with `commenced` on Saturday 31 January 2004 the last day is Sunday 29 February 2004 "
        "(that month has no 31st)."
    )


def test_hours_are_shown_to_the_minute():
    assert meaning("within 4 hours", "from seen_at", "to left_at") == (
        "For a case with `seen_at` at 16:30 on Monday 7 June 2004 "
        "the last moment is 20:30 on Monday 7 June 2004."
    )


def test_each_limit_of_several_is_shown_with_its_condition():
    first, second = meaning("within 5 days when fine\n  within 10 days otherwise").splitlines()
    assert "the last day where `fine` is Tuesday 13 April 2004" in first
    assert "the last day otherwise is Sunday 18 April 2004" in second


def test_a_recurring_limit_shows_that_an_event_starts_the_next_round():
    assert meaning("every 16 weeks", event="to reviews.held") == (
        "For a case with `commenced` on Monday 7 June 2004 the first of `reviews.held` is due "
        "by Monday 27 September 2004. "
        "If it comes on Monday 20 September 2004, the next is due by Monday 10 January 2005."
    )


def test_a_parameter_is_shown_with_its_newest_value():
    assert "Monday 27 September 2004" in meaning("every interval", event="to reviews.held")


def test_a_frequency_shows_its_periods_and_where_they_change():
    limit = "at least 1 in each week for 16 weeks\n  then at least 1 in each 2 weeks"
    assert meaning(limit, event="to reviews.held") == (
        "For a case with `commenced` on Monday 7 June 2004 the first period is "
        "Monday 7 June 2004 to Sunday 13 June 2004 and the second "
        "Monday 14 June 2004 to Sunday 20 June 2004; each needs at least 1. "
        "From Monday 27 September 2004 each period is 2 weeks, and needs at least 1."
    )


def test_a_recorded_due_date_is_named():
    assert meaning("by due_on").startswith("The last day is the one recorded as `due_on`")


def test_a_clock_for_each_row_speaks_of_the_row():
    text = meaning("within 5 days", "one clock for each of reviews\n  from held", "to checked")
    assert text.startswith("For a review with `held` on ")


def test_what_is_said_of_working_days_is_what_the_calendar_counts():
    calendar = named("england_and_wales")
    for amount in (1, 5, 15, 40):
        text = meaning(f"within {amount} working days")
        start = next(day for day, _ in _days_of(2004) if f"on {day:%A} {in_words(day)} the" in text)
        assert in_words(calendar.add(start, amount)) in text


def _days_of(year: int):
    import datetime as dt

    first = dt.date(year, 1, 1)
    return [(first + dt.timedelta(days=n), n) for n in range(366)]


PACKS = [*sorted((ROOT / "tests" / "designs").glob("*.rules")), *sorted((ROOT / "rules").iterdir())]


def found(path: Path) -> tuple[Checked | None, tuple[Diagnostic, ...]]:
    files = sorted(path.glob("*.rules")) if path.is_dir() else [path]
    return check_files([read_source(file) for file in files], used_pack)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_time_limit_of_the_packs_is_told(path: Path):
    checked, _ = found(path)
    assert checked is not None
    assert [name for name, _ in echo(checked.pack)] == [one.name for one in checked.pack.timescales]


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_good_packs_are_not_suspected_of_anything(path: Path):
    assert [one.message for one in found(path)[1]] == []


def test_limits_before_and_after_a_date_are_shown_from_that_date():
    assert meaning("at least 3 clear days before due_on", "") == (
        "With `due_on` on Monday 7 June 2004 the last day is Thursday 3 June 2004."
    )
    assert meaning("at least 60 days after commenced", "") == (
        "With `commenced` on Monday 7 June 2004 the first day is Friday 6 August 2004."
    )


def test_what_may_still_move_the_last_day_is_said():
    text = meaning("within 5 days\n  extended to due_on\n  moves to the next working day")
    assert text.endswith(
        " A later date that was agreed counts in its place. From a closed day it moves to the next working day."
    )
    assert meaning("by due_on\n  moves to the previous working day") == (
        "The last day is the one recorded as `due_on`. From a closed day it moves to the previous working day."
    )


def test_a_window_has_a_first_day_and_a_last_one():
    text = meaning("within 60 days\n  at least 28 days after commenced")
    assert text.startswith("For a case with `commenced` on ")
    assert text.endswith(" With `commenced` on Monday 7 June 2004 the first day is Monday 5 July 2004.")


def test_what_moves_off_a_closed_day_is_the_last_day():
    text = meaning(
        "at least 3 days after commenced\n  at least 3 clear days before due_on\n  moves to the previous working day",
        "",
    )
    assert text == (
        "With `commenced` on Monday 7 June 2004 the first day is Thursday 10 June 2004. "
        "With `due_on` on Monday 7 June 2004 the last day is Thursday 3 June 2004. "
        "From a closed day it moves to the previous working day."
    )


def test_where_the_day_that_is_shown_is_closed_the_day_that_it_moves_to_is_said():
    text = meaning("within 1 month\n  moves to the next working day")
    assert text.endswith(
        "the last day is Sunday 29 February 2004 (that month has no 31st). "
        "That day is closed, so it moves to Monday 1 March 2004."
    )
