"""Scripts run on tables, in DuckDB and on a PostgreSQL server, give the counts of the engine."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import rulelang
from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.lowering import Wanted
from rulelang.engines.sql.scripts.making import Ending, Script, write_script
from rulelang.engines.sql.scripts.words import IN_DUCKDB, IN_POSTGRES, Words
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.reading import Problems
from rulelang.scoring.tally import Tally
from tests.architecture.sources import ROOT
from tests.compile.tables import load
from tests.servers.postgres import NEEDS

DAY = dt.date(2005, 3, 1)
GWENT = [
    ("gwent", "followup"),
    ("gwent", "original"),
    ("gwent_self_assessment", "self_assessment"),
]
by_export = pytest.mark.parametrize(("rules", "export"), GWENT, ids=[export for _, export in GWENT])
# One of everything that a table may hold and that a script has words for.
KINDS = """
pack kinds version "1" "Every kind of column"
  calendar england_and_wales
  time zone "Europe/London"
  missing is written "-", "Not known"

choice level "Level" in order
  low, high "Very high" or "VH"

record case "A case" read from "All cases"
  ref       text key           column "Case ref"
  team      text optional
  level     level optional     column "Level of risk"
  score     number optional
  visits    whole number optional
  agreed    duration optional
  fit       judgement optional
  opened    datetime optional
  closed    datetime optional
  parts     list of part by case_ref

record part "A part of a case" read from "Parts"
  ref       text key
  begun     date optional
  done      date optional
  steps     list of step by part_ref

record step "A step of a part" read from "Steps"
  taken     date optional
  kind      text optional

timescale answer "Answered within four hours"
  from opened
  to closed
  within 4 hours

timescale parts_done "Each part done within three working days"
  one clock for each of parts
  from begun
  to done
  within 3 working days

criterion A1 "All of them"
  item level "The level is high"
    met when level is at least high
  item score "The score is above 2.5"
    met when score is more than 2.5
  item visits "Two visits"
    met when visits is at least 2
  item team "The team is North"
    met when team is "North"
  item fit "It fits"
    met when fit
  item answered "It was answered in time"
    timescale answer
  item steps "Some part had two steps or more"
    met when some parts have (count of steps is at least 2)
  item first "The first part was begun in 2024"
    met when first of parts.begun by begun is on or after 2024-01-01
  item each "Each part was done in time"
    counted once for each of parts
    timescale parts_done
"""


def counts_of(tally: Tally) -> dict[tuple[str, str, str], int]:
    """Return the counts above nothing, as a script gives them."""
    found: dict[tuple[str, str, str], int] = {}
    kinds: tuple[tuple[str, Mapping[str, Any], Any], ...] = (
        ("item", tally.items, ItemOutcome),
        ("timescale", tally.timescales, TimescaleOutcome),
    )
    for kind, many, outcomes in kinds:
        for name, counts in many.items():
            for outcome in outcomes:
                if number := getattr(counts, outcome.key):
                    found[kind, name, outcome.value] = number
    return found


def script(
    pack: Any, words: Words, *, as_at: dt.date = DAY, ending: Ending = Ending.COUNTS, **asked: str
) -> str:
    """Return the script of a pack as one text, its tables first."""
    moment = AsAt.of(as_at, pack.schema.reading.time_zone)
    wanted = Wanted(
        moment.day,
        moment.moment,
        where=pack.condition(asked["where"]) if "where" in asked else None,
        by=pack.expression(asked["by"]) if "by" in asked else None,
    )
    question = Script(wanted, ending, asked.get("calendar") == "table")
    written = write_script(pack.checked.pack, pack.evaluator.plan, question, words)
    return "\n".join((*written.tables, written.query))


def in_duckdb(pack: Any, rows: list[Any], text: str) -> list[Any]:
    """Return what a script gives in DuckDB."""
    import duckdb

    with duckdb.connect() as one:
        load(lambda sql, values: one.execute(sql, list(values)), pack.schema, rows, "?")
        return [tuple(row) for row in one.execute(text).fetchall()]


def on_postgres(connection: Any) -> Callable[[Any, list[Any], str], list[Any]]:
    """Return what runs a script on a server."""

    def run(pack: Any, rows: list[Any], text: str) -> list[Any]:
        load(lambda sql, values: connection.execute(sql, values or None), pack.schema, rows, "%s")
        *before, last = text.split(";\n")
        for one in before:
            connection.execute(one)
        return list(connection.execute(last).fetchall())

    return run


def _rows(pack: Any, export: str) -> tuple[str, list[Any]]:
    data = str(ROOT / "examples" / "gwent" / export)
    return data, [one.row for one in pack.read_data(data, problems=Problems()).cases]


def judged_one_by_one(pack: Any, rows: list[Any], as_at: dt.date) -> dict[tuple[str, str, str], int]:
    """Return the same counts of cases judged one at a time."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        judgement = pack.evaluate(row, as_at=as_at)
        for plan in pack.evaluator.plan.timescales:
            name = plan.timescale.name
            found["timescale", name, judgement.timescale(name).outcome.value] += 1
        for name, outcome in pack.outcomes(row, as_at=as_at).items():
            for one in outcome if isinstance(outcome, list) else [outcome]:
                found["item", name, one.value] += 1
    return dict(found)


def _check(pack: Any, rows: list[Any], words: Words, run: Any, expected: Any, as_at: dt.date = DAY) -> None:
    for calendar in ("inline", "table"):
        came = run(pack, rows, script(pack, words, as_at=as_at, calendar=calendar))
        counted = {(kind, name, outcome): number for kind, name, outcome, number in came}
        assert counted.pop(("cases", "all", "judged")) == len(rows)
        assert counted == expected


# --- the Gwent exports ----------------------------------------------------------------------------------------------


@by_export
@pytest.mark.needs("duckdb")
def test_duckdb_gives_the_counts(rules: str, export: str) -> None:
    pack = rulelang.load(rules)
    data, rows = _rows(pack, export)
    _check(pack, rows, IN_DUCKDB, in_duckdb, counts_of(pack.check(data, as_at=DAY).tally))


@by_export
@NEEDS
def test_postgres_gives_the_counts(rules: str, export: str, connection: Any) -> None:
    pack = rulelang.load(rules)
    data, rows = _rows(pack, export)
    _check(pack, rows, IN_POSTGRES, on_postgres(connection), counts_of(pack.check(data, as_at=DAY).tally))


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=NEEDS)])
def place(request: pytest.FixtureRequest) -> tuple[Words, Any]:
    """Return the words of a database and what runs a script in it."""
    if request.param == "duckdb":
        pytest.importorskip("duckdb")
        return IN_DUCKDB, in_duckdb
    return IN_POSTGRES, on_postgres(request.getfixturevalue("connection"))


def test_each_case_in_words(place: tuple[Words, Any]) -> None:
    words, run = place
    pack = rulelang.load("gwent")
    _, rows = _rows(pack, "followup")
    text = script(pack, words, ending=Ending.CASES)
    came = {row[0]: row[1:] for row in run(pack, rows, text)}
    for row in rows:
        judgement = pack.evaluate(row, as_at=DAY)
        names = [one.timescale.name for one in pack.evaluator.plan.timescales]
        expected = [judgement.timescale(name).outcome.value for name in names]
        expected += [judgement[one.item.id].outcome.value for one in pack.evaluator.plan.items]
        assert list(came[row["crn"]]) == ["judged", *expected]


def test_split_and_chosen(place: tuple[Words, Any]) -> None:
    words, run = place
    pack = rulelang.load("gwent")
    data, rows = _rows(pack, "followup")
    where = "risk_of_harm is very_high"
    came = run(pack, rows, script(pack, words, by="sex_offender", where=where))
    for group in pack.check(data, as_at=DAY, by="sex_offender", where=where).groups:
        counted = {row[1:4]: row[4] for row in came if row[0] == group.value and row[1] != "cases"}
        assert counted == counts_of(group.tally)
    assert sum(row[4] for row in came if row[3] == "out of scope") > 0


# --- every kind of column -------------------------------------------------------------------------------------------


def _kinds() -> list[dict[str, Any]]:
    def part(ref: str, begun: str, done: str | None, steps: int) -> dict[str, Any]:
        return {"ref": ref, "begun": begun, "done": done, "steps": [{"taken": begun, "kind": "x"}] * steps}

    return [
        {
            "ref": "1", "team": "North", "level": "VH", "score": "2.75", "visits": 3, "agreed": "3 weeks",
            "fit": "N/A", "opened": "2024-03-31T00:30", "closed": "2024-03-31T05:15",
            "parts": [part("a", "2023-12-22", "2023-12-28", 2), part("b", "2024-01-02", None, 0)],
        },
        {
            "ref": "2", "team": None, "level": "low", "score": "2.5", "visits": 1, "agreed": None, "fit": "no",
            "opened": "2024-03-01T09:00", "closed": "2024-03-01T13:00",
            "parts": [part("c", "2024-05-01", "2024-05-03", 1)],
        },
        {"ref": "3", "fit": "yes", "parts": []},
    ]  # fmt: skip


def test_every_kind_of_column(place: tuple[Words, Any]) -> None:
    words, run = place
    pack = rulelang.load_text(KINDS)
    as_at = dt.date(2024, 6, 1)
    rows = [pack.read(one).row for one in _kinds()]
    _check(pack, rows, words, run, judged_one_by_one(pack, rows, as_at), as_at)


def test_a_choice_that_is_none_is_unreadable(place: tuple[Words, Any]) -> None:
    words, run = place
    pack = rulelang.load_text(KINDS)
    row = dict(pack.read({"ref": "1", "parts": []}).row)
    came = run(pack, [{**row, "level": "middling"}], script(pack, words, as_at=dt.date(2024, 6, 1)))
    assert ("item", "A1.level", "unknown", 1) in came


# --- comments -------------------------------------------------------------------------------------------------------


def test_titles_stay_in_their_comments(place: tuple[Words, Any]) -> None:
    words, run = place
    text = KINDS.replace('"The level is high"', '"*/ DROP TABLE x; -- \N{LINE SEPARATOR}1/0"')
    pack = rulelang.load_text(text)
    came = run(pack, [pack.read({"ref": "1", "parts": []}).row], script(pack, words))
    assert ("cases", "all", "judged", 1) in came


# --- splits and lists -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("score", {2.75, 2.5, None}),
        ("visits", {3, 1, None}),
        ("level", {"high", "low", None}),
        ("fit", {"not applicable", "no", "yes"}),
        ("opened", {dt.datetime(2024, 3, 31, 0, 30), dt.datetime(2024, 3, 1, 9), None}),
    ],
)
def test_what_cases_are_split_by(place: tuple[Words, Any], by: str, groups: set[Any]) -> None:
    words, run = place
    pack = rulelang.load_text(KINDS)
    rows = [pack.read(one).row for one in _kinds()]
    came = run(pack, rows, script(pack, words, as_at=dt.date(2024, 6, 1), by=by))
    assert {float(row[0]) if by == "score" and row[0] is not None else row[0] for row in came} == groups


def test_rows_that_are_counted_are_a_list(place: tuple[Words, Any]) -> None:
    words, run = place
    pack = rulelang.load_text(KINDS)
    as_at = dt.date(2024, 6, 1)
    rows = [pack.read(one).row for one in _kinds()]
    came = run(pack, rows, script(pack, words, as_at=as_at, ending=Ending.CASES))
    assert [row[-1] for row in came] == [
        [one.value for one in dict[str, Any](pack.outcomes(row, as_at=as_at))["A1.each"]] for row in rows
    ]
