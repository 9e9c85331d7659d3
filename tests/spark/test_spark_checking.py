"""An export judged on Spark: the result is that of the per-case engine, row numbers left out."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.cli import main
from rulelang.diagnostics import RulesError
from rulelang.engines.sql.rows import case_row, columns_of
from rulelang.reading import Problems, ReadingError, read_rows
from rulelang.scoring.given import Given
from rulelang.scoring.ratings import GivenRating
from rulelang.scoring.result import Result
from rulelang.spark.judging import check_on_spark
from rulelang.spark.opening import open_export
from rulelang.spark.running import plain
from rulelang.spark.scratch import Scratch
from tests.packs.test_gwent import EXPORTS, INSPECTIONS
from tests.parity.test_uniqueness import PACK as UNIQUENESS
from tests.parity.test_uniqueness import counts
from tests.reading.schemas import EVERY_TYPE, write
from tests.servers.spark import on_spark

AS_AT = dt.date(2005, 3, 1)
RULES = """\
pack plans version "1" "Plans in time"
  calendar england_and_wales
  dates are day first

record case read from "cases"
  crn        text key
  team       text optional
  commenced  date
  ended      date optional
  good       judgement optional
  plans      list of plan by crn

record plan read from "plans"
  ref        text key
  crn        text
  completed  date optional
  score      number optional

timescale plan "A plan within 15 working days"
  from   commenced
  to     plans.completed
  within 15 working days

timescale watch "Seen every 4 weeks"
  from   commenced
  to     plans.completed
  every  4 weeks
  until  ended

limit teams "No team has two good cases"
  for each team
  at most 1
  counted when good and plan is on time

section P
criterion P1
  no evidence counts as not met
  item plan
    timescale plan
  item watch
    timescale watch
  item good
    met when good
  item scored
    met when sum of plans.score is at least 2.5
"""
CASES = """\
crn,team,commenced,ended,good
1,a,08/04/2004,,Yes
2,b,2004-04-08,2004-06-01,N/A
3,a,08/04/2004,01/01/2004,no
4,,soon,,maybe
5,b,,,Yes
6,a,25/04/2004,,
6,a,26/04/2004,,
,b,26/04/2004,,yes
7,b,01/04/2005,,yes
8,a,08/04/2004
9,a,08/04/1890,,yes
"""
PLANS = """\
ref,crn,completed,score
p1,1,20/04/2004,1.5
p2,1,20/05/2004,1
p3,2,07/04/2004,
p4,6,20/04/2004,3
p5,77,20/04/2004,3
p6,,20/04/2004,3
p7,3,31/02/2004,x
p8,5,20/04/2004,2
p8,5,21/04/2004,2
,5,22/04/2004,2
"""


def same(came: Result, expected: Result) -> None:
    """Hold two results to be the same; a cluster has no row numbers, and lists problems in an order of its own."""
    assert came.tally == expected.tally
    assert came.population == expected.population
    assert came.population.accounted
    assert came.files == expected.files
    assert came.groups == expected.groups
    assert Counter(came.problems.counts) == Counter(expected.problems.counts)
    assert len(came.problems.listed) == len(expected.problems.listed)
    assert came.notes == expected.notes
    assert came.scorecard == expected.scorecard
    assert came.populations == expected.populations


@on_spark
@pytest.mark.parametrize(("by", "where"), [(None, None), ("team", "commenced is known")])
def test_every_row_is_accounted_for(
    interpreted: Any, tmp_path: Path, by: str | None, where: str | None
) -> None:
    pack = rulelang.load_text(RULES)
    write(tmp_path, cases_csv=CASES, plans_csv=PLANS)
    came = check_on_spark(pack, tmp_path, as_at=AS_AT, by=by, where=where, session=interpreted)
    same(came, pack.check(tmp_path, as_at=AS_AT, by=by, where=where, engine="python"))
    assert {one.row for one in came.problems.listed} == {None}
    assert [one for one in interpreted.catalog.listTables() if one.name.startswith("rulelang_")] == []


RATED = """
bands sorted_into on exact scores
  good at 60 or more
  poor otherwise
criterion P2
  rated by sorted_into
  item plan
    timescale plan
criterion P3
  rated by sorted_into
  item good
    met when good
rating overall of P2, P3, the first that holds
  poor when all are poor or at least 90% of cases have (good)
  good otherwise
  at best poor when some cases have (not good)
"""


@on_spark
def test_ratings_are_those_of_the_other_engines(interpreted: Any, tmp_path: Path) -> None:
    pack = rulelang.load_text(RULES + RATED)
    write(tmp_path, cases_csv=CASES, plans_csv=PLANS)
    came = check_on_spark(pack, tmp_path, as_at=AS_AT, by="team", session=interpreted)
    for engine in ("python", "duckdb"):
        same(came, pack.check(tmp_path, as_at=AS_AT, by="team", engine=engine))
    overall = came.scorecard.rating("overall")
    assert (overall.level, overall.before) == ("poor", "good")


GIVEN = """
rating safe given at the run
rating both of overall, safe, the lowest
  may be overridden
"""


@on_spark
def test_ratings_are_given_to_a_run_on_spark(
    interpreted: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = rulelang.load_text(RULES + RATED + GIVEN)
    write(tmp_path, cases_csv=CASES, plans_csv=PLANS)
    given: Given = {"safe": "poor", "both": GivenRating("good", "One case was judged otherwise")}
    runs: list[Given] = [{}, {"safe": "good"}, given]
    for said in runs:
        came = check_on_spark(pack, tmp_path, as_at=AS_AT, ratings=said, session=interpreted)
        same(came, pack.check(tmp_path, as_at=AS_AT, ratings=said, engine="python"))
    assert [came.scorecard.rating(name).level for name in ("safe", "both")] == ["poor", "good"]
    with pytest.raises(RulesError, match="not one of the levels of `safe`"):
        check_on_spark(pack, tmp_path, as_at=AS_AT, ratings={"safe": "fair"}, session=interpreted)

    (tmp_path / "plans.rules").write_text(RULES + RATED + GIVEN, encoding="utf-8")
    command = ["check", "plans.rules", "cases.csv", "plans.csv"]
    command = [command[0], *(str(tmp_path / one) for one in command[1:])]
    command += ["--as-at", "2005-03-01", "--format", "json", "--rated", "safe=poor"]
    command += ["--rated", "both=good: One case was judged otherwise"]
    by_engine = []
    for engine in ("spark", "python"):
        assert main([*command, "--engine", engine]) == 0
        by_engine.append(json.loads(capsys.readouterr().out)["ratings"])
    assert by_engine[0] == by_engine[1]
    assert by_engine[0][2]["reason"].startswith("overridden: One case was judged otherwise")


OF_PLANS = "array<struct<ref string, completed date, score decimal(6,2)>>"
NESTED = f"crn string, team string, commenced date, ended date, good boolean, plans {OF_PLANS}"


@on_spark
def test_rows_nested_in_a_frame_are_those_of_a_table(spark: Any) -> None:
    from decimal import Decimal

    pack = rulelang.load_text(RULES)
    start = dt.date(2004, 4, 8)
    plans: list[Any] = [("p1", dt.date(2004, 4, 20), Decimal("1.5")), ("p2", None, Decimal("1.25"))]
    rows = [
        ("1", "a", start, None, True, plans),
        ("2", "b", start, dt.date(2004, 6, 1), None, None),
        ("3", None, None, None, False, [("p3", start, None), (None, start, None), ("p1", start, None)]),
        (None, "b", start, None, True, [("p4", start, None)]),
    ]
    names = ("crn", "team", "commenced", "ended", "good", "plans")
    of_plan = ("ref", "completed", "score")
    given = [
        {
            **dict(zip(names, row, strict=True)),
            "plans": [dict(zip(of_plan, one, strict=True)) for one in row[5] or ()],
        }
        for row in rows
    ]
    came = check_on_spark(pack, spark.createDataFrame(rows, NESTED), as_at=AS_AT, session=spark)
    same(came, pack.check(given, as_at=AS_AT))


TEXTS = [
    "",
    " ",
    "-",
    "not  known",
    "1",
    "01",
    " 2 ",
    "3.5",
    "1e-3",
    "-1",
    "+1",
    "1,000",
    "Yes",
    "no",
    "N/A",
    "vh",
]
TEXTS += [
    "high",
    "16 weeks",
    "P3D",
    "08/04/2004",
    "04/25/2004",
    "25/04/2004",
    "2004-04-08",
    "0000-01-01",
    "8 April 2004",
]
TEXTS += [
    "2004-04-08 10:30",
    "2004-04-08T00:00:00",
    "2004-04-08 24:00:00",
    "2004/04/08",
    "\u00a0x\u00a0",
    "a'b\\c",
    "20040408",
]


@on_spark
def test_a_text_is_read_as_it_is_row_by_row(spark: Any) -> None:
    names = [one.name for one in EVERY_TYPE.case.fields]
    rows = [dict.fromkeys(names, text) | {"crn": f"k{n}"} for n, text in enumerate(TEXTS)]
    slow, fast = Problems(), Problems()
    expected = read_rows(EVERY_TYPE, rows, problems=slow)
    scratch = Scratch(spark)
    try:
        frame = spark.createDataFrame([tuple(row[name] for name in names) for row in rows], names)
        opened = open_export(scratch, EVERY_TYPE, frame, fast)
        columns = ", ".join(f"`{one}`" for one in columns_of(opened.layout, EVERY_TYPE.case))
        found = [plain(row) for row in spark.sql(f"SELECT {columns} FROM {opened.cases}").collect()]
    finally:
        scratch.close()
    cases = {one.key: one for one in (case_row(EVERY_TYPE, opened.layout, row) for row in found)}
    for one in expected.cases:
        assert cases[one.key].row == one.row
        assert cases[one.key].dirty == one.dirty


@on_spark
def test_many_different_texts_are_looked_up_in_a_table(interpreted: Any) -> None:
    pack = rulelang.load_text(RULES)
    spelled = [
        f"{day} {month} 2004" for day in range(1, 29) for month in ("March", "April", "May", "sometime")
    ]
    yes = cycle(["Y", "n", "n/a", "?"])
    cases = [{"crn": str(n), "commenced": one, "good": next(yes)} for n, one in enumerate(spelled)]
    frames = {
        "cases": interpreted.createDataFrame(
            [tuple(one.values()) for one in cases], ["crn", "commenced", "good"]
        ),
        "plans": interpreted.createDataFrame([("p1", "1", "4 May 2004")], ["ref", "crn", "completed"]),
    }
    given = {"cases": cases, "plans": [{"ref": "p1", "crn": "1", "completed": "4 May 2004"}]}
    same(check_on_spark(pack, frames, as_at=AS_AT, session=interpreted), pack.check(given, as_at=AS_AT))


@on_spark
@pytest.mark.parametrize("folder", ["followup", "original", "self_assessment"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_gwent_inspections(interpreted: Any, tmp_path: Path, folder: str, form: str) -> None:
    pack = rulelang.load("gwent_self_assessment" if folder == "self_assessment" else "gwent")
    as_at = INSPECTIONS.get(folder, dt.date(2004, 11, 19))
    data = EXPORTS / folder
    expected = pack.check(data, as_at=as_at, engine="python")
    if form == "csv":
        same(check_on_spark(pack, data, as_at=as_at, session=interpreted), expected)
        return
    for file in data.glob("*.csv"):
        read = interpreted.read.option("header", True).csv(str(file))
        read.write.parquet(str(tmp_path / file.stem))
    came = check_on_spark(pack, tmp_path, as_at=as_at, session=interpreted)
    assert (came.tally, came.population) == (expected.tally, expected.population)


@on_spark
def test_a_column_that_is_not_there_is_told_of_as_elsewhere(spark: Any) -> None:
    pack = rulelang.load_text(RULES)
    with pytest.raises(ReadingError) as wrong:
        check_on_spark(pack, spark.createDataFrame([("1",)], ["crn"]), as_at=AS_AT, session=spark)
    with pytest.raises(ReadingError) as expected:
        pack.check({"cases": [{"crn": "1"}]}, as_at=AS_AT)
    assert str(wrong.value) == str(expected.value)


@on_spark
def test_what_spark_cannot_do_is_said(spark: Any, tmp_path: Path) -> None:
    pack = rulelang.load_text(RULES)
    write(tmp_path, cases_json="[]")
    with pytest.raises(RulesError, match=r"Spark cannot judge this: cases\.json, which is neither"):
        check_on_spark(pack, tmp_path / "cases.json", as_at=AS_AT, session=spark)
    frames = {
        "cases": spark.createDataFrame([("1", {"a": 1})], "crn string, commenced map<string, int>"),
        "plans": spark.createDataFrame([("1", "1")], "ref string, crn string"),
    }
    with pytest.raises(RulesError, match="`commenced` in a column of the type map<string,int>"):
        check_on_spark(pack, frames, as_at=AS_AT, session=spark)


@pytest.mark.parametrize("seed", [0])
def test_values_that_the_file_repeats(spark: Any, seed: int, tmp_path: Path) -> None:
    """Random children of whom some share a number, and plans and visits that share their days."""
    chance = random.Random(seed)
    days = [None, dt.date(2025, 1, 1), dt.date(2025, 1, 2), dt.date(2030, 1, 1)]
    children = [
        {
            "child_id": f"c{chance.randrange(12)}",
            "upn": chance.choice([None, "A", "B", "b", str(number)]),
            "points": chance.choice([None, "1", "1.0", "2.5"]),
            "born": chance.choice(days),
            "plans": [
                {
                    "plan_id": f"{number}/{plan}",
                    "started": chance.choice(days),
                    "visits": [{"held": chance.choice(days)} for _ in range(chance.randrange(3))],
                }
                for plan in range(chance.randrange(3))
            ],
        }
        for number in range(12)
    ]
    shared: dict[str, Any] = {"upn": "Z", "points": "1", "born": None}
    shared["plans"] = [{"plan_id": "w", "started": days[1], "visits": [{"held": days[1]}]}]
    children += [{**shared, "child_id": "one"}, {**shared, "child_id": "other", "plans": []}]
    path = tmp_path / "children.jsonl"
    path.write_text("".join(json.dumps(one, default=str) + "\n" for one in children), encoding="utf-8")
    one = UNIQUENESS.check(tmp_path, as_at=AS_AT, engine="python")
    other = check_on_spark(UNIQUENESS, spark.read.json(str(path)), as_at=AS_AT, session=spark)
    assert counts(other) == counts(one)
    assert counts(one)["upn"][1] > 0
