"""Ratings: what the levels of members come to, whatever judged the cases, and which combinations lines leave out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rulelang
from rulelang.analysis.combining import combined
from rulelang.diagnostics import RulesError
from rulelang.model.ratings import (
    HowMany,
    LevelTest,
    Logic,
    MemberIs,
    MemberKind,
    RatingLine,
    RatingMember,
    RatingStructure,
    decided,
)
from rulelang.reporting.csv_view import render_csv
from rulelang.reporting.json_view import result_document
from rulelang.scoring.given import Given
from rulelang.scoring.ratings import GivenRating, rating_of
from rulelang.syntax.ast import RatingPolicy, Side

HEAD = """\
pack ours version "1"

choice level in order inadequate, requires_improvement, good, outstanding

record case read from "cases"
  crn     text key
  breach  yes/no optional
  a       judgement optional
  b       judgement optional

bands judged on exact scores
  outstanding           at 80 or more
  good                  at 65 or more
  requires_improvement  at 50 or more
  inadequate            otherwise

criterion A "One"
  rated by judged
  item a
    met when a
criterion B "Other"
  rated by judged
  item b
    met when b
criterion C "Breaches"
  item breach
    met when not breach

rating safe given at the run
rating caring given at the run
rating led given at the run
"""
AS_AT = dt.date(2024, 3, 1)
NOBODY: list[dict[str, Any]] = []


def pack(rating: str) -> rulelang.Pack:
    return rulelang.load_text(HEAD + rating)


def rated(rating: str, cases: Any = NOBODY, **given_: str | GivenRating) -> Any:
    return pack(rating).check(cases, as_at=AS_AT, ratings=given_).scorecard.rating("overall")


FIRST = """
rating overall of safe, caring, led, the first that holds
  inadequate            when 2 or more are inadequate
  requires_improvement  when 1 or more is inadequate or 2 or more are requires_improvement
  outstanding           when 2 or more are outstanding and none is below good
  good                  otherwise
"""


@pytest.mark.parametrize(
    ("levels", "level", "reason"),
    [
        (
            ("inadequate", "good", "inadequate"),
            "inadequate",
            "1 good, 2 inadequate; 2 or more are inadequate",
        ),
        (
            ("good", "good", "inadequate"),
            "requires_improvement",
            "2 good, 1 inadequate; 1 or more is inadequate or 2 or more are requires_improvement",
        ),
        (
            ("outstanding", "good", "outstanding"),
            "outstanding",
            "2 outstanding, 1 good; 2 or more are outstanding and none is below good",
        ),
        (("outstanding", "good", "good"), "good", "1 outstanding, 2 good; no line above holds"),
    ],
)
def test_the_first_line_that_holds(levels: tuple[str, str, str], level: str, reason: str):
    one = rated(FIRST, **dict(zip(("safe", "caring", "led"), levels, strict=True)))
    assert (one.level, one.reason) == (level, reason)


def test_the_lowest_is_named():
    one = rated(
        "rating overall of safe, caring, led, the lowest", safe="good", caring="good", led="outstanding"
    )
    assert (one.level, one.reason) == ("good", "the lowest is good: safe, caring")


POINTS = """
rating overall of safe, caring, led, the points added up
  outstanding           3 points, at 8 or more
  good                  2 points, at 5 or more
  requires_improvement  1 point, at 2 or more
  inadequate            0 points, otherwise
"""


@pytest.mark.parametrize(
    ("levels", "level", "points"),
    [
        (("outstanding", "outstanding", "good"), "outstanding", 8),
        (("outstanding", "good", "good"), "good", 7),
        (("inadequate", "requires_improvement", "requires_improvement"), "requires_improvement", 2),
        (("inadequate", "requires_improvement", "inadequate"), "inadequate", 1),
    ],
)
def test_points_are_added_up(levels: tuple[str, str, str], level: str, points: int):
    one = rated(POINTS, **dict(zip(("safe", "caring", "led"), levels, strict=True)))
    assert (one.level, one.points) == (level, points)


CAPPED = FIRST + "  at best requires_improvement when some cases have (breach)\n"
GOOD = {"safe": "good", "caring": "good", "led": "good"}


@pytest.mark.parametrize(
    ("breaches", "level", "before"),
    [
        ([False, False], "good", None),
        ([False, True, None], "requires_improvement", "good"),
        ([False, None], None, None),
        ([], "good", None),
    ],
)
def test_a_cap_hangs_on_the_cases(breaches: list[bool | None], level: str | None, before: str | None):
    cases = [{"crn": str(number), "breach": one} for number, one in enumerate(breaches)]
    one = rated(CAPPED, cases, **GOOD)
    assert (one.level, one.before) == (level, before)


def test_a_cap_that_would_change_nothing_may_stay_open():
    cases = [{"crn": "1", "breach": None}]
    assert rated(CAPPED, cases, **{**GOOD, "safe": "inadequate"}).level == "requires_improvement"


def test_at_worst():
    floor = FIRST + "  at worst good when safe is outstanding\n"
    one = rated(floor, safe="outstanding", caring="inadequate", led="inadequate")
    assert (one.level, one.before) == ("good", "inadequate")
    assert one.reason.endswith("; at worst good, as safe is outstanding")


@pytest.mark.parametrize(
    ("clause", "level"),
    [
        ("", None),
        ("unrated members are left out", "good"),
        ("unrated members count as inadequate", "requires_improvement"),
        ("unrated members keep an earlier rating", None),
    ],
)
def test_a_member_without_a_rating(clause: str, level: str | None):
    one = rated(f"{FIRST}  {clause}\n", safe="good", caring="good")
    assert one.level == level
    if level is None:
        assert one.reason == "led is not rated"
    assert one.members == ("good", "good", None)


def test_an_earlier_rating_is_kept_by_what_was_not_rated_again():
    rules = "rating overall of A, B, the lowest\n  unrated members keep an earlier rating\n"
    cases = [{"crn": "1", "a": True}]
    assert rated(rules, cases).reason == "B is not rated"
    assert rated(rules, cases, B="good").level == "good"
    # What was rated again has its new rating.
    assert rated(rules, cases, A="inadequate", B="good").level == "good"


def test_a_rating_is_overridden_with_a_reason():
    rules = f"{FIRST}  may be overridden\n"
    one = rated(rules, **GOOD, overall=GivenRating("outstanding", "One case would change it"))
    assert (one.level, one.before, one.overridden) == ("outstanding", "good", True)
    assert one.reason.startswith("overridden: One case would change it. By the rules it is good: 3 good")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"overall": "good"}, "`overall` is worked out by the rules"),
        ({"saef": "good"}, "there is no rating `saef` that a run could give"),
        ({"safe": "goood"}, "`goood` is not one of the levels of `safe`"),
    ],
)
def test_a_run_gives_what_the_rules_leave_to_it(given_: dict[str, str], said: str):
    with pytest.raises(RulesError, match=said):
        rated(FIRST, **given_)


def test_an_override_needs_a_reason():
    with pytest.raises(RulesError, match="no reason is given for another rating"):
        rated(f"{FIRST}  may be overridden\n", **GOOD, overall="outstanding")


def test_ratings_of_ratings_of_criteria():
    rules = "rating overall of both, safe, the lowest\nrating both of A, B, the lowest\n"
    cases = [{"crn": str(number), "a": number < 7, "b": True} for number in range(10)]
    result = pack(rules).check(cases, as_at=AS_AT, ratings={"safe": "outstanding"})
    assert [(one.structure.id, one.level) for one in result.scorecard.ratings] == [
        ("safe", "outstanding"),
        ("caring", None),
        ("led", None),
        ("both", "good"),
        ("overall", "good"),
    ]


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_every_engine_rates_alike():
    import pyarrow as pa

    rules = "rating overall of A, B, the lowest\n  at best good when at least 30% of cases have (breach)\n"
    made = pack(rules)
    cases = pa.table(
        {
            "crn": [str(number) for number in range(10)],
            "breach": [number < 3 for number in range(10)],
            "a": [True] * 10,
            "b": [True] * 10,
        }
    )
    documents = [
        result_document(made.check(cases, as_at=AS_AT, by="breach", engine=engine))
        for engine in ("python", "duckdb")
    ]
    assert documents[0]["ratings"] == documents[1]["ratings"]
    assert [one["ratings"] for one in documents[0]["groups"]] == [
        one["ratings"] for one in documents[1]["groups"]
    ]
    overall = documents[0]["ratings"][-1]
    assert (overall["level"], overall["before"]) == ("good", "outstanding")


# --- every combination -------------------------------------------------------------------------------------------

LEVELS = ("poor", "fair", "good")
TESTS = st.builds(
    LevelTest, st.sampled_from([one for one in Side if one is not Side.UNRATED]), st.integers(0, 2)
)
ATOMS = st.one_of(
    st.builds(HowMany, TESTS, st.none() | st.integers(0, 4), st.none() | st.integers(0, 4)),
    st.builds(HowMany, TESTS, every=st.just(True)),
    st.builds(MemberIs, st.integers(0, 3), TESTS),
)
CONDITIONS: st.SearchStrategy[Any] = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Logic, st.sampled_from(["and", "or"]), st.tuples(inner, inner)),
        st.builds(Logic, st.just("not"), st.tuples(inner)),
    ),
    max_leaves=4,
)
LINES = st.lists(st.builds(RatingLine, st.integers(0, 2), CONDITIONS), min_size=1, max_size=4)
MEMBERS = tuple(RatingMember(name, name, MemberKind.RATING) for name in "abcd")


@given(LINES)
def test_the_combinations_are_those_that_trying_each_order_finds(lines: list[RatingLine]):
    structure = RatingStructure("r", "r", MEMBERS, LEVELS, RatingPolicy.ONE, tuple(lines))
    found = combined(structure)
    assert found is not None
    gaps = 0
    clashes: dict[tuple[int, int], int] = {}
    first: set[int] = set()
    for levels in itertools.product(range(3), repeat=4):
        holding = [place for place, one in enumerate(lines) if decided(one.when, levels, lambda _: None)]  # type: ignore[arg-type]
        gaps += not holding
        first |= set(holding[:1])
        for pair in itertools.combinations(holding, 2):
            if lines[pair[0]].level != lines[pair[1]].level:
                clashes[pair] = clashes.get(pair, 0) + 1
        reached = rating_of(structure, levels, lambda _: None).level
        assert reached == (
            LEVELS[lines[holding[0]].level] if len({lines[one].level for one in holding}) == 1 else None
        )
    assert (found.total, found.gaps, found.clashes, found.first) == (3**4, gaps, clashes, first)
    if found.gap is not None:
        assert rating_of(structure, found.gap.levels, lambda _: None).level is None


def test_too_many_combinations_are_not_tried():
    members = tuple(RatingMember(f"m{number}", "", MemberKind.RATING) for number in range(20))
    asked = Logic("or", tuple(MemberIs(place, LevelTest(Side.ITSELF, 1)) for place in range(20)))
    structure = RatingStructure("r", "r", members, LEVELS, RatingPolicy.FIRST, (RatingLine(1, asked),))
    assert combined(structure) is None


CQC = """
rating overall of safe, caring, led, effective, responsive, exactly one holds
  inadequate            when 2 or more are inadequate
  requires_improvement  when 2 or more are requires_improvement
  good                  when none is inadequate and 1 or fewer are requires_improvement
  outstanding           when 2 or more are outstanding and none is below good
rating effective given at the run
rating responsive given at the run
"""


def test_published_principles_leave_gaps_and_clash():
    warnings = {one.message.partition(" combinations")[0]: one.code for one in pack(CQC).warnings}
    assert warnings == {
        "no line of `overall` holds for 240 of 1,024": "rating-gap",
        "`inadequate` and `requires_improvement` both hold for 80 of 1,024": "rating-overlap",
        "`good` and `outstanding` both hold for 26 of 1,024": "rating-overlap",
    }


# Lines that ask the same of cases hang together, as do shares of cases of which one condition is yes.
@pytest.mark.parametrize(
    "lines",
    [
        "inadequate when some cases have (breach)\n  good when no cases have (breach)",
        "inadequate when some cases have (breach)\n  good when not some cases have (breach)",
        "inadequate when at least 50% of cases have (breach)\n  good when not at least 50% of cases have (breach)",
    ],
)
def test_what_is_asked_of_cases_twice_leaves_no_gap(lines: str):
    for policy in ("the first that holds", "exactly one holds"):
        assert pack(f"rating overall of safe, caring, led, {policy}\n  {lines}\n").warnings == ()


def test_shares_of_cases_clash_only_where_both_can_hold():
    clash = """
rating overall of safe, caring, led, exactly one holds
  inadequate  when at least 50% of cases have (breach)
  good        when at most 50% of cases have (breach)
"""
    assert [one.message for one in pack(clash).warnings] == [
        "`inadequate` and `good` both hold for 64 of 192 combinations"
    ]
    gap = clash.replace("at most 50%", "at most 40%")
    assert [one.message.partition(", such")[0] for one in pack(gap).warnings] == [
        "no line of `overall` holds for 64 of 192 combinations"
    ]


def test_a_line_that_never_holds_is_told_where_exactly_one_does():
    rules = """
rating overall of safe, caring, led, exactly one holds
  inadequate  when 2 or more are inadequate and none is inadequate
  outstanding when 1 or more are inadequate
  good        when none is inadequate
"""
    assert [(one.code, one.message) for one in pack(rules).warnings] == [
        ("dead-level", "this line is never reached: it holds for no combination")
    ]


def test_points_that_reach_no_level_and_levels_that_no_points_reach():
    rules = """
rating overall of safe, caring, led, the points added up
  outstanding           3 points, at 10 or more
  good                  2 points, at 5 or more
  requires_improvement  1 point, at 5 or more
  inadequate            0 points, at 1 or more
"""
    assert [(one.code, one.message) for one in pack(rules).warnings] == [
        (
            "rating-gap",
            "no line of `overall` holds for 1 of 64 combinations, such as 3 inadequate",
        ),
        *2
        * [
            (
                "dead-level",
                "this level is never reached: no combination comes to so many points, or another takes all that do",
            )
        ],
    ]


def test_a_line_about_nothing_but_unrated_members_never_decides():
    rules = """
rating overall of safe, caring, led, the first that holds
  inadequate  when all are unrated
  good        otherwise
  unrated members are left out
"""
    assert [(one.code, one.message) for one in pack(rules).warnings] == [
        ("dead-level", "this line is never reached: it holds for no combination")
    ]


@pytest.mark.parametrize("policy", ["the first that holds", "exactly one holds"])
def test_an_otherwise_that_is_left_nothing_is_told(policy: str):
    rules = f"""
rating overall of safe, caring, led, {policy}
  inadequate  when 2 or more are inadequate
  good        when not 2 or more are inadequate
  outstanding otherwise
"""
    assert [(one.code, one.message) for one in pack(rules).warnings] == [
        ("dead-level", "this line is never reached: a line above it holds for every combination")
    ]
    assert pack(rules.replace("not 2 or more are", "all are good and none is")).warnings == ()


def test_a_table_says_why_a_rating_is_what_it_is():
    levels: Given = {"safe": "good", "caring": "inadequate", "led": GivenRating("good", "seen")}
    result = pack("rating overall of safe, caring, led, the lowest\n").check([], as_at=AS_AT, ratings=levels)
    rows = csv.DictReader(io.StringIO(render_csv(result), newline=""))
    said = {row["item"]: (row["rating"], row["reason"]) for row in rows if row["level"] == "rating"}
    assert said["overall"] == ("inadequate", "the lowest is inadequate: caring")
    assert said["led"] == ("good", "given at the run: seen")
