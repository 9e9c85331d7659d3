"""The report in a terminal: as it should look, and never wider than the terminal.

The pages under `rendered/` are what a reader sees. After a change that is meant, write them anew with
`RULELANG_REWRITE=1 pytest tests/reporting` and look at each one.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rulelang.model.structure import CriterionStructure, ItemStructure, PackStructure, SectionStructure
from rulelang.reporting.page import NARROWEST, WIDEST, columns
from rulelang.reporting.text import render_text
from rulelang.scoring.result import Group, Result, groups_of
from rulelang.scoring.tally import ItemCounts, Population, Tally

RENDERED = Path(__file__).with_name("rendered")
PAGES: dict[str, dict[str, Any]] = {
    "scorecard-40": {"width": 40},
    "scorecard-60": {"width": 60},
    "scorecard-80": {"width": 80},
    "scorecard-120-with-findings": {"width": 120, "findings": True},
    "scorecard-80-ascii": {"width": 80, "ascii_only": True},
    "groups-40": {"width": 40},
    "groups-80": {"width": 80},
}


@pytest.mark.parametrize("name", PAGES)
def test_a_report_looks_like_this(name: str, result: Result, grouped: Result) -> None:
    shown = render_text(grouped if name.startswith("groups") else result, **PAGES[name])
    page = RENDERED / f"{name}.txt"
    if os.environ.get("RULELANG_REWRITE"):
        page.parent.mkdir(exist_ok=True)
        page.write_text(shown, encoding="utf-8")
    assert shown == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", range(NARROWEST, WIDEST + 1, 7))
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_terminal(
    width: int, ascii_only: bool, result: Result, grouped: Result
) -> None:
    both = evolve(result, grouped_by=grouped.grouped_by, groups=grouped.groups)
    text = render_text(both, width=width, ascii_only=ascii_only, findings=True, least=Fraction(99))
    assert max(columns(line) for line in text.splitlines()) <= width
    assert text.isascii() or not ascii_only


words = st.text(st.characters(codec="utf-8"), max_size=60) | st.text("ab 漢\u0301\u202e\x1b\n-", max_size=150)
counts = st.builds(ItemCounts, *[st.sampled_from([0, 0, 1, 12, 10**6])] * 6)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    title=words, name=words, value=words, counts=counts, width=st.integers(1, 200), ascii_only=st.booleans()
)
def test_no_words_break_the_page_or_reach_the_terminal(
    title: str, name: str, value: str, counts: ItemCounts, width: int, ascii_only: bool
) -> None:
    items = (ItemStructure("X1.a", title, finding=name), ItemStructure(f"X1.{name}", name))
    criterion = CriterionStructure("X1", title, items, requires=Fraction(50))
    pack = PackStructure(name, "1", title, name, (SectionStructure(name, title, (criterion,)),), ())
    tally = Tally(1, {"X1.a": counts})
    result = Result(
        structure=pack,
        as_at=dt.date(2024, 1, 1),
        population=Population(1, 1),
        tally=tally,
        grouped_by=name,
        groups=groups_of(pack, {value: tally, None: tally}),
        notes=(title,),
    )
    text = render_text(result, width=width, ascii_only=ascii_only, findings=True)
    assert all(columns(line) <= max(width, NARROWEST) for line in text.split("\n"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert text.isascii() or not ascii_only


def test_colour_only_when_asked_and_the_same_words_with_it(result: Result) -> None:
    plain = render_text(result)
    coloured = render_text(result, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_no_relevant_case_is_said_and_is_not_nought(result: Result) -> None:
    shown = render_text(result)
    (line,) = [line for line in shown.splitlines() if "Children were seen alone" in line]
    assert line.rstrip().endswith("no relevant cases")
    (line,) = [line for line in shown.splitlines() if line.startswith("B3  Children")]
    assert "0%" not in line


def test_the_date_and_the_cases_come_first(result: Result, grouped: Result) -> None:
    first = render_text(result).splitlines()[:3]
    assert first == [
        "Inspection of homes",
        "homes 2024.1, as at Thursday 29 February 2024",
        "35 cases read: 30 judged, 2 set aside, 3 not yet begun",
    ]
    assert "as at Thursday 29 February 2024, 17:30" in render_text(grouped)


def test_one_case_is_not_one_cases(result: Result) -> None:
    one = evolve(result, population=Population(read=1, judged=1))
    assert "1 case read: 1 judged\n" in render_text(one)
    nothing = evolve(result, population=Population())
    assert "0 cases read: 0 judged\n" in render_text(nothing)


def test_what_the_run_requires_is_compared_with_every_criterion(result: Result) -> None:
    assert "Below the score required: B1 (49%)" in render_text(result)
    assert "Below the score required: B1 (49%), B2 (60%)" in render_text(result, least=Fraction(61))
    assert "Not compared with the score required, having none: B3" in render_text(result)


def test_problems_beyond_the_first_are_counted(result: Result) -> None:
    many = evolve(result.problems, listed=result.problems.listed[:1] * 100)
    many = evolve(many, counts=(evolve(many.counts[0], count=1234),))
    shown = render_text(evolve(result, problems=many))
    assert "Data problems: 1,234" in shown
    assert "and 1,229 more" in shown


def test_many_groups_make_several_tables(grouped: Result) -> None:
    groups = tuple(
        Group(f"officer {n}", one.tally, one.scorecard) for n in range(20) for one in grouped.groups[:1]
    )
    shown = render_text(evolve(grouped, groups=groups), width=80)
    assert shown.count("cases judged") > 1
    heads = " ".join(shown.split())
    assert all(f" {n} " in heads for n in range(20))


def test_ratings_stand_below_the_scores_with_what_they_come_from(rated: Result) -> None:
    text = render_text(rated, width=72)
    block = text[text.index("Ratings") :].partition("\n\n")[0]
    assert block.splitlines() == [
        "Ratings",
        "  leaders Leadership                                                good",
        "    Given at the run: The panel of 3 March",
        "  overall What homes come to                        requires improvement",
        "    1 good, 1 requires improvement, 1 inadequate: 3 points; at best",
        "      requires improvement, as 1 or more is below requires_improvement",
        "    Source: Framework, paragraph 12",
    ]
