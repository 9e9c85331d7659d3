"""What other programs read: JSON with the keys of the reference page, and CSV that opens safely."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from rulelang.reading.spreadsheets import inert
from rulelang.reporting.csv_view import COLUMNS, render_csv
from rulelang.reporting.json_view import render_json
from rulelang.scoring.result import Result, groups_of

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "scores.md"


def section_of_reference(title: str) -> str:
    text = REFERENCE.read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def documented(title: str) -> set[str]:
    """Return what stands in backquotes in the first column of a section's table."""
    rows = [line.split("|")[1] for line in section_of_reference(title).splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def key_paths(value: Any, path: str = "") -> Iterator[str]:
    """Return the path of each key that holds no object with keys of its own, scores and bounds aside."""
    if value == [] and "[]" in path:
        return
    if isinstance(value, dict) and value.keys() and not is_whole(value, path):
        for key, held in value.items():
            yield from key_paths(held, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value) and not repeats(path):
        for one in value:
            yield from key_paths(one, f"{path}[]")
    else:
        yield path


def is_whole(value: dict[str, Any], path: str) -> bool:
    return path == "parameters" or bool({"percent", "lowest"} & value.keys())


def repeats(path: str) -> bool:
    return path in ("groups[].sections", "groups[].timescales", "groups[].ratings")


def test_json_has_the_documented_keys_and_no_other(result: Result, rated: Result) -> None:
    both = evolve(rated, problems=result.problems, files=result.files, parameters=result.parameters)
    assert set(key_paths(json.loads(render_json(both)))) == documented("JSON")


def test_the_keys_that_stay(result: Result) -> None:
    document = json.loads(render_json(result))
    stay = {
        "pack": {"name", "version"},
        "cases": {"read", "judged", "set_aside", "out_of_scope", "not_yet_begun"},
    }
    for key, keys in stay.items():
        assert keys <= document[key].keys()
    lists = {
        "files": {"file", "read", "used", "set_aside"},
        "sections": {"id", "title", "score", "criteria"},
        "timescales": {"id", "on_time", "late", "overdue", "not_yet_due", "not_applicable", "unknown"},
        "data_problems": {"file", "row", "column", "value", "problem"},
    }
    for key, keys in lists.items():
        assert all(keys <= one.keys() for one in document[key])
    for key in ("ratings", "validations", "limits", "groups"):
        assert document[key] == []
    criterion = document["sections"][1]["criteria"][0]
    assert {"id", "title", "score", "bounds", "rating", "items"} <= criterion.keys()
    outcomes = {"met", "not_met", "excused", "not_relevant", "not_yet_due", "unknown"}
    assert outcomes | {"id", "title", "score", "bounds"} <= criterion["items"][0].keys()


def test_a_score_is_a_per_cent_and_its_exact_text_or_null(result: Result) -> None:
    document = json.loads(render_json(result))
    plans, reviews, children = document["sections"][1]["criteria"]
    assert plans["score"] == {"percent": 49, "exact": "48.88888…"}
    assert plans["bounds"] == {
        "lowest": {"percent": 35, "exact": "35"},
        "highest": {"percent": 65, "exact": "65"},
    }
    assert (plans["rating"], plans["requires"]) == ("inadequate", {"percent": 65, "exact": "65"})
    assert reviews["scheme"] == "lowest of items"
    assert (children["score"], children["bounds"], children["rating"]) == (None, None, None)
    assert document["sections"][0]["criteria"][0]["not_scored"] == "Leaders were not inspected this time"
    in_time = plans["items"][0]
    assert (in_time["met"], in_time["relevant"]) == (20, 25)
    assert in_time["finding"] == "80% of cases had a plan in time: 20 of 25; 5 had none"


def test_dates_and_counts_in_json(result: Result, grouped: Result) -> None:
    document = json.loads(render_json(result))
    assert document["as_at"] == "2024-02-29"
    assert document["data_problem_counts"]["total"] == 3
    assert document["data_problem_counts"]["listed"] == 4
    assert document["data_problems"][0]["row"] == 7
    assert document["parameters"] == {"reference_date": "2024-02-01"}
    document = json.loads(render_json(grouped))
    assert document["as_at"] == "2024-02-29T17:30:00"
    assert [(one["value"], one["judged"]) for one in document["groups"]] == [
        ("North", 18),
        ("South-East and islands", 11),
        (None, 1),
    ]
    assert document["groups"][0]["sections"][1]["criteria"][0]["score"]["percent"] == 100


def test_the_same_result_gives_the_same_text(result: Result, grouped: Result) -> None:
    again = evolve(result, tally=evolve(result.tally, items=dict(reversed(list(result.tally.items.items())))))
    assert render_json(again) == render_json(result)
    assert render_csv(again) == render_csv(result)


def test_line_ends_in_text_keep_to_their_cell(grouped: Result) -> None:
    odd = evolve(grouped, groups=groups_of(grouped.structure, {"a\r\nb\rc": grouped.tally}))
    assert {row["group"] for row in rows_of(odd)} == {"", "a\nb\nc"}


def test_half_a_character_is_still_written_as_utf_8(result: Result) -> None:
    odd = evolve(
        result,
        notes=("\ud800",),
        grouped_by="team",
        groups=groups_of(result.structure, {"\udc00": result.tally}),
    )
    render_json(odd).encode("utf-8")
    render_csv(odd).encode("utf-8")


def rows_of(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(result), newline="")))


def test_csv_has_the_documented_columns() -> None:
    assert set(COLUMNS) == documented("CSV")


def test_a_row_for_each_section_criterion_and_item(result: Result) -> None:
    rows = rows_of(result)
    assert [row["level"] for row in rows].count("item") == 7
    assert [row["level"] for row in rows].count("criterion") == 4
    assert [row["level"] for row in rows].count("section") == 2
    (agreed,) = [row for row in rows if row["item"] == "B1.agreed"]
    assert {key: agreed[key] for key in ("met", "not_met", "unknown", "relevant", "percent", "exact")} == {
        "met": "9",
        "not_met": "18",
        "unknown": "3",
        "relevant": "27",
        "percent": "33",
        "exact": "33.33333",
    }
    assert (agreed["lowest"], agreed["highest"], agreed["by"], agreed["group"]) == ("30", "40", "", "")


def test_no_score_is_an_empty_cell_and_not_nought(result: Result) -> None:
    (seen,) = [row for row in rows_of(result) if row["item"] == "B3.seen"]
    assert (seen["relevant"], seen["percent"], seen["exact"], seen["lowest"]) == ("0", "", "", "")


def test_counts_stand_in_item_rows_only(result: Result) -> None:
    rows = rows_of(result)
    assert sum(int(row["met"] or 0) for row in rows) == sum(one.met for one in result.tally.items.values())


def test_groups_follow_all_cases(grouped: Result) -> None:
    rows = [row for row in rows_of(grouped) if row["item"] == "B1.in_time"]
    assert [(row["by"], row["group"], row["met"]) for row in rows] == [
        ("", "", "20"),
        ("team", "North", "12"),
        ("team", "South-East and islands", "8"),
        ("team", "", "0"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+44 1633", "-2+3", "@SUM(A1)", "\t=1", "\n=1", "＝1", "-a"])
def test_a_spreadsheet_runs_no_text_as_a_formula(text: str, grouped: Result) -> None:
    assert inert(text) == f"'{text}"
    odd = evolve(grouped, groups=groups_of(grouped.structure, {text: grouped.tally}))
    assert {row["group"] for row in rows_of(odd)} == {"", f"'{text}"}
    assert json.loads(render_json(odd))["groups"][0]["value"] == text


@pytest.mark.parametrize("text", ["-1", "+1.5", "-.5", "-", "a=1", "North", "", None])
def test_other_text_and_numbers_stay_as_they_are(text: str | None) -> None:
    assert inert(text) == text


def test_a_rating_of_a_table_is_a_row_of_its_own(rated: Result) -> None:
    rows = [row for row in csv.DictReader(io.StringIO(render_csv(rated))) if row["level"] == "rating"]
    assert [(row["item"], row["group"], row["rating"]) for row in rows][:3] == [
        ("leaders", "", "good"),
        ("overall", "", "requires_improvement"),
        ("leaders", "North", ""),
    ]
