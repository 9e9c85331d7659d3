"""A small result with one of everything a report must show."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from attrs import evolve, frozen

from rulelang.model.ratings import (
    HowMany,
    LevelTest,
    MemberKind,
    RatingCap,
    RatingLine,
    RatingMember,
    RatingStructure,
)
from rulelang.model.structure import (
    BandLevel,
    Bands,
    CriterionStructure,
    ItemStructure,
    LimitStructure,
    PackStructure,
    SectionStructure,
    TimescaleStructure,
)
from rulelang.reading.problems import DataProblem, ProblemKind, ProblemTotal
from rulelang.scoring.ratings import GivenRating
from rulelang.scoring.result import DataProblems, Result, groups_of
from rulelang.scoring.scores import score
from rulelang.scoring.tally import ItemCounts, Population, Tally, TimescaleCounts
from rulelang.syntax.ast import RatingPolicy, Scheme, Side


@frozen
class File:
    file: str
    read: int
    used: int
    set_aside: int


BANDS = Bands(
    "bands",
    (
        BandLevel("good", Fraction(65)),
        BandLevel("requires_improvement", Fraction(50)),
        BandLevel("inadequate", None),
    ),
)

PLANS = CriterionStructure(
    "B1",
    "Plans",
    (
        ItemStructure(
            "B1.in_time",
            "The plan was written in time",
            finding="{score} of cases had a plan in time: {met} of {relevant}; {not_met} had none",
        ),
        ItemStructure(
            "B1.agreed",
            "The plan was agreed with the person it is for, and signed by both",
            weight=Fraction(2),
        ),
        ItemStructure("B1.shared", "The plan was shared with everybody who is named in it"),
        ItemStructure("B1.liked", "The plan was liked", reported_only=True),
    ),
    bands=BANDS,
    requires=Fraction(65),
)
REVIEWS = CriterionStructure(
    "B2",
    "Reviews of plans, and what follows from them",
    (
        ItemStructure("B2.held", "Reviews were held every 16 weeks"),
        ItemStructure("B2.followed", "What reviews decided was done"),
    ),
    scheme=Scheme.LOWEST,
    bands=BANDS,
)
CHILDREN = CriterionStructure(
    "B3",
    "Children",
    (ItemStructure("B3.seen", "Children were seen alone"),),
    bands=BANDS,
    requires=Fraction(50),
)
LEADERS = CriterionStructure("A1", "Leadership", (), not_scored="Leaders were not inspected this time")

PACK = PackStructure(
    "homes",
    "2024.1",
    "Inspection of homes",
    "Standards for homes, 2024",
    (
        SectionStructure("A", "Management", (LEADERS,)),
        SectionStructure("B", "Quality of plans", (PLANS, REVIEWS, CHILDREN)),
    ),
    (
        TimescaleStructure("plan", "Plan within five working days"),
        TimescaleStructure("review", "Reviews every 16 weeks until the stay ends"),
        TimescaleStructure("visit", "Visits"),
    ),
)

COUNTS = Tally(
    30,
    {
        "B1.in_time": ItemCounts(met=20, not_met=5, not_yet_due=3, excused=2),
        "B1.agreed": ItemCounts(met=9, not_met=18, unknown=3),
        "B1.shared": ItemCounts(unknown=30),
        "B1.liked": ItemCounts(met=1, not_met=29),
        "B2.held": ItemCounts(met=1280, not_met=720),
        "B2.followed": ItemCounts(met=12, not_met=8, not_relevant=10),
        "B3.seen": ItemCounts(not_relevant=30),
    },
    {
        "plan": TimescaleCounts(on_time=20, late=3, overdue=2, not_yet_due=5),
        "review": TimescaleCounts(on_time=12, overdue=8, not_applicable=10),
    },
)

NORTH = Tally(18, {"B1.in_time": ItemCounts(met=12), "B1.shared": ItemCounts(unknown=18)})
SOUTH = Tally(
    11,
    {"B1.in_time": ItemCounts(met=8, not_met=3), "B2.held": ItemCounts(1, 2), "B2.followed": ItemCounts(1)},
)
ELSEWHERE = Tally(1, {"B1.in_time": ItemCounts(not_met=1), "B2.held": ItemCounts(unknown=1)})


@pytest.fixture
def result() -> Result:
    """Return a result without groups."""
    return Result(
        structure=PACK,
        as_at=dt.date(2024, 2, 29),
        population=Population(read=35, judged=30, set_aside=2, not_yet_begun=3),
        tally=COUNTS,
        files=(File("cases.csv", 35, 33, 2), File("reviews.csv", 2000, 2000, 0)),
        problems=DataProblems(
            (
                DataProblem("cases.csv", 7, "agreed", "yess", "Not yes or no.", ProblemKind.UNREADABLE, "H7"),
                DataProblem(
                    "cases.csv", 9, "key", "H9", "Row 12 has this key too.", ProblemKind.DUPLICATE_KEY, "H9"
                ),
                DataProblem(
                    "cases.csv", 12, "key", "H9", "Row 9 has this key too.", ProblemKind.DUPLICATE_KEY, "H9"
                ),
                DataProblem(
                    "cases.csv", 3, "begun", "2024-01-02 09:00", "Time left out.", ProblemKind.TIME_DROPPED
                ),
            ),
            (
                ProblemTotal("unreadable", "cases.csv", "agreed", 1, False),
                ProblemTotal("duplicate-key", "cases.csv", "key", 2, False),
                ProblemTotal("time-dropped", "cases.csv", "begun", 1, True),
            ),
        ),
        notes=("old_cases.csv is not named by any record, so it was passed over",),
        parameters=(("reference_date", "2024-02-01"),),
    )


@pytest.fixture
def rated(grouped: Result) -> Result:
    """Return the same result, by team, with a rating that leaders are given and one that is worked out."""
    levels = ("inadequate", "requires_improvement", "good")
    leaders = RatingStructure("leaders", "Leadership", (), levels, RatingPolicy.GIVEN)
    members = (
        RatingMember("B1", "Plans", MemberKind.CRITERION),
        RatingMember("B2", "Reviews", MemberKind.CRITERION),
        RatingMember("leaders", "Leadership", MemberKind.RATING),
    )
    cap = RatingCap(1, True, HowMany(LevelTest(Side.BELOW, 1), 1), "1 or more is below requires_improvement")
    overall = RatingStructure(
        "overall",
        "What homes come to",
        members,
        levels,
        RatingPolicy.POINTS,
        (
            RatingLine(2, points=Fraction(2), at_least=Fraction(3)),
            RatingLine(1, points=Fraction(1), at_least=Fraction(2)),
            RatingLine(0, points=Fraction(0)),
        ),
        (cap,),
        source="Framework, paragraph 12",
    )
    homes = LimitStructure("homes", "Two homes a head", "head", 2)
    structure = evolve(PACK, ratings=(leaders, overall), limits=(homes,))
    groups = tuple(evolve(one, scorecard=score(structure, one.tally)) for one in grouped.groups)
    return Result(
        structure=structure,
        as_at=grouped.as_at,
        population=grouped.population,
        tally=COUNTS,
        grouped_by="team",
        groups=groups,
        ratings=(("leaders", GivenRating("good", "The panel of 3 March")),),
        populations={
            "homes": {"Ann": ItemCounts(met=4), "Bob": ItemCounts(met=2, unknown=1), None: ItemCounts(met=1)}
        },
    )


@pytest.fixture
def grouped(result: Result) -> Result:
    """Return the same result, by team."""
    groups = groups_of(PACK, {"North": NORTH, "South-East and islands": SOUTH, None: ELSEWHERE})
    return Result(
        structure=PACK,
        as_at=dt.datetime(2024, 2, 29, 17, 30),
        population=result.population,
        tally=COUNTS,
        grouped_by="team",
        groups=groups,
    )
