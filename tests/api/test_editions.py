"""Rules of one name that are in force at different times are one rule."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rulelang import Pack, RulesError, load, load_text

HEAD = """
pack ours version "1"
  calendar england_and_wales

record case read from "cases"
  crn        text key
  commenced  date
  told       date optional
  done       date optional

"""
FIRST = """
timescale plan "Ten days"
  source "Standards of 2000"
  in force up to 2002-03-31
  from commenced
  to done
  within 10 days
"""
SECOND = """
timescale plan "Five days"
  source "Standards of 2002"
  in force from 2002-04-01 onwards
  from commenced
  to done
  within 5 days
"""
ITEM = """
criterion A1
  item plan
    timescale plan
"""


def wrong(text: str) -> list[tuple[str, str]]:
    with pytest.raises(RulesError) as found:
        load_text(HEAD + text)
    return [(one.code, one.message) for one in found.value.diagnostics]


def warnings(pack: Pack) -> list[str]:
    return [one.message for one in pack.warnings]


def test_both_sources_are_told_each_with_its_time_and_the_title_of_the_last() -> None:
    (timescale,) = load_text(HEAD + FIRST + SECOND + ITEM).structure.timescales
    assert timescale.title == "Five days"
    assert timescale.source == (
        "Standards of 2000 (up to Sunday 31 March 2002); Standards of 2002 (from Monday 1 April 2002)"
    )


def test_editions_may_stand_in_any_order() -> None:
    first, second = (
        load_text(HEAD + text + ITEM).evaluate(
            {"commenced": day, "done": "2002-04-08"}, as_at=dt.date(2003, 1, 1)
        )
        for text, day in ((SECOND + FIRST, "2002-03-31"), (FIRST + SECOND, "2002-04-01"))
    )
    assert (first.timescale("plan").due, second.timescale("plan").due) == (
        dt.date(2002, 4, 10),
        dt.date(2002, 4, 6),
    )


def test_the_title_is_that_of_the_last_in_time_in_whatever_order_they_stand() -> None:
    (timescale,) = load_text(HEAD + SECOND + FIRST + ITEM).structure.timescales
    assert timescale.title == "Five days"
    assert timescale.source is not None
    assert timescale.source.startswith("Standards of 2000 (up to Sunday 31 March 2002); ")


WHOLE = """
validation known "Done is known"
  of the whole file
  in force {time}, by commenced
  requires at most {share}% of cases have (done is missing)
"""


@pytest.mark.parametrize(("share", "refused"), [(2, False), (1, True)])
def test_a_share_of_the_whole_file_has_editions_of_one_share_alone(share: int, refused: bool) -> None:
    text = (
        FIRST
        + WHOLE.format(time="up to 2002-03-31", share=2)
        + WHOLE.format(time="from 2002-04-01 onwards", share=share)
        + ITEM
    )
    if refused:
        assert wrong(text) == [("editions-differ", "the editions of `known` differ in `requires`")]
    else:
        assert [one.id for one in load_text(HEAD + text).structure.validations] == ["known"]


def test_a_rule_that_is_always_in_force_is_no_edition() -> None:
    always = SECOND.replace("  in force from 2002-04-01 onwards\n", "")
    assert ("declared-twice", "the timescale `plan` is declared twice") in wrong(FIRST + always + ITEM)


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        (
            "2002-04-01 onwards",
            "2002-03-31 onwards",
            "two editions of `plan` are in force on Sunday 31 March 2002",
        ),
        (
            "from 2002-04-01 onwards",
            "up to 2002-01-01",
            "two editions of `plan` are in force on the same days",
        ),
        (
            "2002-04-01 onwards",
            "2002-04-01 onwards, by told",
            "the editions of `plan` are chosen by different dates",
        ),
        (
            "from commenced",
            "beginning with commenced",
            "the editions of `plan` differ in `from` or `beginning with`",
        ),
        ("within 5 days", "by told", "the editions of `plan` differ in `within`"),
        ("within 5 days", "every 5 days", "the editions of `plan` differ in `within`"),
        ("within 5 days", "within 5 days\n  until told", "the editions of `plan` differ in `until`"),
        ("to done", "to told", "the editions of `plan` differ in `to`"),
    ],
)
def test_what_cannot_be_one_rule_is_refused(written: str, instead: str, message: str) -> None:
    assert message in [told for _, told in wrong(FIRST + SECOND.replace(written, instead) + ITEM)]


def test_days_between_two_editions_are_warned_of() -> None:
    pack = load_text(HEAD + FIRST + SECOND.replace("2002-04-01", "2002-04-03") + ITEM)
    assert warnings(pack) == [
        "no edition of `plan` is in force between Sunday 31 March 2002 and Wednesday 3 April 2002"
    ]
    assert warnings(load_text(HEAD + FIRST + SECOND + ITEM)) == []


def test_an_edition_is_not_amended(tmp_path: Path) -> None:
    (tmp_path / "ours.rules").write_text(HEAD + FIRST + SECOND + ITEM)
    (tmp_path / "more.rules").write_text(
        'pack more version "1"\n  uses ours\n  calendar england_and_wales\n\n'
        'amend ours.plan\n  source "A circular"\n  within 3 days\n'
    )
    with pytest.raises(RulesError) as found:
        load(tmp_path / "more.rules")
    assert [one.code for one in found.value.diagnostics] == ["not-yet-supported"]
