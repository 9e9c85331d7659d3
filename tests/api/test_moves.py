"""A clock says what moved its ends: the day from which time was counted, and the date that was agreed."""

from __future__ import annotations

import datetime as dt

import pytest

import rulelang
from rulelang.explaining.judgement import Clock, Moves

RULES = """\
pack ours version "1"
  calendar england_and_wales

record case read from "cases"
  crn       text key
  received  date optional
  replied   date optional
  agreed    date optional planned
  agains    list of again by crn

record again read from "agains"
  came      date
  answered  date optional
  until     date optional planned

timescale reply "A reply within a month"
  from received
  starts on a working day
  to replied
  within 1 month
  restarts at agains.came
  extended to agreed
  moves to the next working day

timescale answers "Each answered in five days"
  one clock for each of agains
  from came
  starts on a working day
  to answered
  within 5 days
  extended to until

criterion T1 "In time"
  item reply "In time"
    timescale reply
"""
D = dt.date
SATURDAY, MONDAY = D(2026, 3, 7), D(2026, 3, 9)


@pytest.fixture(scope="module")
def pack() -> rulelang.Pack:
    return rulelang.load_text(RULES)


def clock(pack: rulelang.Pack, **case: object) -> Clock:
    (one,) = (
        pack.evaluate({"crn": "1", "agains": [], **case}, as_at=D(2026, 12, 31)).timescale("reply").clocks
    )
    return one


def test_a_start_that_moved_is_told_beside_the_start(pack: rulelang.Pack):
    one = clock(pack, received=SATURDAY)
    assert (one.start, one.moves) == (SATURDAY, Moves(counted_from=MONDAY))


def test_a_start_that_stays_says_nothing(pack: rulelang.Pack):
    assert clock(pack, received=MONDAY).moves == Moves()


def test_no_start_has_not_moved(pack: rulelang.Pack):
    assert clock(pack, agreed=D(2026, 4, 30)).moves == Moves()


def test_the_agreed_date_is_told_though_the_due_date_moved_on_from_it(pack: rulelang.Pack):
    one = clock(pack, received=MONDAY, agreed=D(2026, 7, 4))
    assert (one.due, one.moves) == (D(2026, 7, 6), Moves(agreed=D(2026, 7, 4)))


def test_after_a_restart_time_is_counted_from_that_day(pack: rulelang.Pack):
    one = clock(pack, received=SATURDAY, agains=[{"came": D(2026, 3, 14)}])
    assert (one.start, one.moves) == (D(2026, 3, 14), Moves())


def test_each_row_has_its_own(pack: rulelang.Pack):
    agains = [{"came": SATURDAY}, {"came": MONDAY, "until": D(2026, 5, 1)}]
    judged = pack.evaluate({"crn": "1", "agains": agains}, as_at=D(2026, 12, 31))
    assert [one.moves for one in judged.timescale("answers").clocks] == [
        Moves(counted_from=MONDAY),
        Moves(agreed=D(2026, 5, 1)),
    ]
