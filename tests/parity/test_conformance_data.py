"""The reference gives the answers of the conformance data, written down by hand from the same text."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.outcomes import VERDICT_OF
from rulelang.truth import NA, UNREADABLE
from tests.reference.judging import CaseReader, judge

DATA = Path(__file__).parents[1] / "conformance"


def _cases(kind: str) -> list[Any]:
    found = []
    for file in sorted(DATA.glob(f"{kind}_*.toml")):
        shared = tomllib.loads(file.read_text(encoding="utf-8"))
        for number, case in enumerate(shared.pop("case"), start=1):
            found.append(pytest.param({**shared, **case}, id=f"{file.stem}-{number}"))
    return found


@lru_cache(maxsize=256)
def _pack(rules: str) -> rulelang.Pack:
    return rulelang.load_text(rules)


def _reader(case: Mapping[str, Any]) -> CaseReader:
    pack = _pack(case["rules"])
    text = case["as_at"]
    as_at = dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    return judge(pack.checked.pack, pack.read(case.get("given", {})).row, as_at)


@pytest.mark.parametrize("case", _cases("expressions"))
def test_an_expression_has_its_value(case: Mapping[str, Any]) -> None:
    expression = _pack(case["rules"]).expression(case["expression"], case.get("calendar"))
    expected = None if case.get("missing") else "not applicable" if case.get("na") else case["expected"]
    assert _in_json(_reader(case).value(expression)) == expected, case["why"]


@pytest.mark.parametrize("case", _cases("rules"))
def test_a_case_comes_to_its_outcomes(case: Mapping[str, Any]) -> None:
    reader = _reader(case)
    assert {subject: _outcome(reader, subject) for subject in case["expect"]} == case["expect"], case["why"]


def _outcome(reader: CaseReader, subject: str) -> Any:
    kind, _, name = subject.rpartition(" ")
    if kind == "timescale":
        return reader.timescale(name).outcome.value
    if kind == "due":
        due = reader.timescale(name).clocks[0].due
        return due if due is None else due.isoformat()
    if kind == "validation":
        found = reader.validation(name)
        return [VERDICT_OF[one].value for one in (found if isinstance(found, list) else [found])]
    outcome = reader.item(name)
    return [one.value for one in outcome] if isinstance(outcome, list) else outcome.value


def _in_json(value: Any) -> Any:
    if value is UNREADABLE or value is None or isinstance(value, bool | str):
        return None if value is UNREADABLE else value
    if value is NA:
        return "not applicable"
    if isinstance(value, int | Fraction):
        return int(value) if Fraction(value).denominator == 1 else str(float(value))
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
