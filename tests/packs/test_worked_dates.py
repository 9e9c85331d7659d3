"""Dates worked out by hand, or published elsewhere: each is an example of the shipped rules.

The example passes, and would fail if the date were another.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen

import rulelang
from rulelang import pipeline
from rulelang.api import Pack, used_pack
from rulelang.source import SourceFile, read_source
from rulelang.testing.examples import run_examples

ROOT = Path(__file__).parents[2]


@frozen
class Vector:
    """A row of worked_dates.toml."""

    says: str
    known: str
    source: str | None
    given: tuple[str, ...]
    comes_to: str
    rules: str
    example: str
    first_day: bool


def vectors() -> list[Vector]:
    rows = tomllib.loads((ROOT / "tests" / "packs" / "worked_dates.toml").read_text(encoding="utf-8"))
    return [
        Vector(
            one["says"],
            one["known"],
            one.get("source"),
            tuple(one["from"]),
            one["comes_to"],
            one["rules"],
            one["example"],
            one.get("first_day", False),
        )
        for one in rows["vector"]
    ]


VECTORS = vectors()
NAMES = [f"{one.rules.split('/')[1]}: {one.says}" for one in VECTORS]
each = pytest.mark.parametrize("vector", VECTORS, ids=NAMES)


@cache
def pack_of(rules: str) -> Pack:
    """Load the pack that a file of examples belongs to: a folder of rules/, or a file of examples/ by itself."""
    path = ROOT / rules
    return rulelang.load(path.parent if rules.startswith("rules/") else path)


@cache
def blocks(rules: str) -> dict[str, str]:
    """Return the examples of a rule file: the lines of each, by its title."""
    text = (ROOT / rules).read_text(encoding="utf-8")
    found = re.findall(r'^(example "([^"]*)"\n(?:(?:[ \t].*)?\n)*)', text, flags=re.MULTILINE)
    return {title: block for block, title in found}


@each
def test_an_example_states_it_and_passes(vector: Vector) -> None:
    stated = blocks(vector.rules)[vector.example].split("\n", 1)[1]
    for wanted in (*vector.given, vector.comes_to):
        assert re.search(rf"(?<![\d.-]){re.escape(wanted)}(?![\d.-])", stated), wanted
    assert "expect" in stated
    (result,) = [one for one in run_examples(pack_of(vector.rules)) if one.title == vector.example]
    assert [one for one in result.expectations if not one.passed] == []


@each
def test_the_example_would_fail_by_another_value(vector: Vector) -> None:
    """An example that holds whatever the date is states nothing of it."""
    block = blocks(vector.rules)[vector.example]
    shifted = block.replace(vector.comes_to, moved(vector.comes_to, -1 if vector.first_day else 1))
    assert shifted != block
    pack = with_text(vector.rules, block, shifted)
    (result,) = [one for one in run_examples(pack) if one.place == place_of(vector)]
    assert not result.passed


@each
def test_what_was_published_names_its_source(vector: Vector) -> None:
    assert vector.known == ("published" if vector.source else "computed")


def moved(value: str, by: int) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (dt.date.fromisoformat(value) + dt.timedelta(days=by)).isoformat()
    return f"{float(value) + by:g}"


def place_of(vector: Vector) -> str:
    (one,) = [one for one in run_examples(pack_of(vector.rules)) if one.title == vector.example]
    assert one.place is not None
    return one.place


def with_text(rules: str, old: str, new: str) -> Pack:
    """Load the pack with the text of one example changed."""
    path = ROOT / rules
    paths = sorted(path.parent.glob("*.rules")) if rules.startswith("rules/") else [path]
    files = []
    for one in paths:
        source = read_source(one)
        files.append(SourceFile(source.name, source.text.replace(old, new)) if one == path else source)
    checked, found = pipeline.check_files(files, used_pack)
    assert checked is not None, found
    return Pack(checked, tuple(found))
