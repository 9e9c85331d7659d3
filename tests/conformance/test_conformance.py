"""What the language means, case by case: the data files beside this one, run on the per-case engine."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

import rulelang
from rulelang.scoring.limits import limited
from rulelang.scoring.ratings import GivenRating
from rulelang.scoring.result import merged
from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_expression, parse_module
from rulelang.truth import NA
from tests.parity.spelling import written

HERE = Path(__file__).parent


def _cases(kind: str) -> list[Any]:
    cases = []
    for file in sorted(HERE.glob(f"{kind}_*.toml")):
        shared = tomllib.loads(file.read_text(encoding="utf-8"))
        for number, case in enumerate(shared.pop("case"), start=1):
            name = f"{file.stem}-{number}-{case.get('expression', '')}"
            cases.append(pytest.param({**shared, **case}, id=name.rstrip("-")))
    return cases


def _as_at(case: Mapping[str, Any]) -> dt.date | dt.datetime:
    text = case["as_at"]
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


# --- expressions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", _cases("expressions"))
def test_an_expression_has_its_value(case: Mapping[str, Any]) -> None:
    value = rulelang.evaluate_expression(
        case["expression"],
        rules=case["rules"],
        case=case.get("given", {}),
        as_at=_as_at(case),
    )
    assert _in_json(value) == _expected(case), case["why"]


def _expected(case: Mapping[str, Any]) -> Any:
    if case.get("missing"):
        return None
    return "not applicable" if case.get("na") else case["expected"]


def _in_json(value: Any) -> Any:
    """Spell a value as `rulelang eval --format json` does."""
    if value is None or isinstance(value, bool | str):
        return value
    if value is NA:
        return "not applicable"
    if isinstance(value, int | Fraction):
        return int(value) if Fraction(value).denominator == 1 else str(float(value))
    return value.isoformat()


# --- timescales and items -----------------------------------------------------------------------------------

_PACKS: dict[str, Any] = {}


def _pack(rules: str) -> Any:
    if rules not in _PACKS:
        _PACKS[rules] = rulelang.load_text(rules)
    return _PACKS[rules]


@pytest.mark.parametrize("case", _cases("rules"))
def test_a_case_comes_to_its_outcomes(case: Mapping[str, Any]) -> None:
    judgement = _pack(case["rules"]).evaluate(case["given"], as_at=_as_at(case))
    outcomes = {subject: _outcome(judgement, subject) for subject in case["expect"]}
    assert outcomes == case["expect"], case["why"]


def _outcome(judgement: Any, subject: str) -> Any:
    kind, _, name = subject.rpartition(" ")
    if kind == "timescale":
        return str(judgement.timescale(name).outcome.value)
    if kind == "due":
        due = judgement.timescale(name).due
        return due if due is None else due.isoformat()
    if kind == "validation":
        return [one.verdict.value for one in judgement.validation(name)]
    return str(judgement[name].outcome.value)


# --- scores -------------------------------------------------------------------------------------------------


def _given(case: Mapping[str, Any]) -> dict[str, GivenRating]:
    """Return the ratings that a run gives: a level, or a level and a reason."""
    said = case.get("given", {})
    return {name: GivenRating(*([one] if isinstance(one, str) else one)) for name, one in said.items()}


@pytest.mark.parametrize("case", _cases("scores"))
def test_cases_come_to_their_scores(case: Mapping[str, Any]) -> None:
    result = _pack(case["rules"]).check(case["cases"], as_at=_as_at(case), ratings=_given(case))
    _compare(result, case)


@pytest.mark.parametrize("case", _cases("scores"))
@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_cases_come_to_their_scores_in_one_query(case: Mapping[str, Any], tmp_path: Path) -> None:
    result = _pack(case["rules"]).check(
        written(case["cases"], tmp_path), as_at=_as_at(case), ratings=_given(case), engine="duckdb"
    )
    assert not [one for one in result.notes if "case by case" in one]
    _compare(result, case)


@pytest.mark.parametrize("case", _cases("scores"))
def test_counts_of_parts_add_up(case: Mapping[str, Any]) -> None:
    pack = _pack(case["rules"])
    whole, *parts = (
        pack.check(some, as_at=_as_at(case), ratings=_given(case))
        for some in (case["cases"], *([one] for one in case["cases"]))
    )
    assert merged(parts).scorecard == whole.scorecard
    assert merged(parts).populations == whole.populations


def _compare(result: Any, case: Mapping[str, Any]) -> None:
    for subject, expected in case["expect"].items():
        assert _figures(result, subject, expected) == expected, f"{subject}: {case['why']}"


def _figures(result: Any, subject: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    kind, _, name = subject.rpartition(" ")
    if subject == "population":
        return {key: getattr(result.population, key) for key in wanted}
    if kind == "rating":
        return {"level": result.scorecard.rating(name).level or False}
    if kind == "limit":
        (found,) = (one for one in limited(result.structure, result.populations) if one.structure.id == name)
        told = {side: {one.value: one.counted for one in getattr(found, side)} for side in ("over", "maybe")}
        return {**told, "groups": found.groups, "without": found.without}
    floor = _floor(result.scorecard, subject)
    return {key: _figure(floor, key) for key in wanted}


def _floor(scorecard: Any, subject: str) -> Any:
    if "." in subject:
        return scorecard.item(subject)
    named = {one.structure.id: one for one in (*scorecard.sections, *scorecard.criteria)}
    return named[subject]


def _figure(floor: Any, key: str) -> Any:
    match key:
        case "percent" | "exact":
            return getattr(floor.score, key)
        case "score":
            return floor.score is not None
        case "lowest" | "highest":
            return getattr(floor.bounds, key).percent
        case "rating":
            return floor.rating or False
        case _:
            return getattr(floor.counts, key)


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", _cases("refused"))
def test_what_has_no_meaning_is_refused(case: Mapping[str, Any]) -> None:
    rules = case["base"] + case.get("rules", "")
    if "expression" in case:
        rules += f"\ndefine probe as {case['expression']}\n"
    with pytest.raises(rulelang.RulesError):
        rulelang.load_text(rules)


@pytest.mark.parametrize("file", sorted(HERE.glob("refused_*.toml")), ids=lambda file: file.stem)
def test_what_is_refused_stands_on_sound_rules(file: Path) -> None:
    rulelang.load_text(tomllib.loads(file.read_text(encoding="utf-8"))["base"])


# --- nothing is left out ------------------------------------------------------------------------------------


def test_every_operator_has_a_case() -> None:
    from rulelang.operators.table import OPERATORS

    used = {node.op for node in _nodes_used() if isinstance(node, ast.Apply)}
    assert {operator.name for operator in OPERATORS} <= used


def test_every_form_has_a_case() -> None:
    rules = [
        parse_module(SourceFile("rules", text))[0]
        for text in {one.values[0]["rules"] for one in _cases("rules")}
    ]
    # Some stand alone after `requires`, and so in no expression.
    alone = {
        type(one.requires)
        for module in rules
        for one in module.declarations
        if isinstance(one, ast.ValidationDecl)
    }
    used = {type(node) for node in _nodes_used()} | alone
    assert set(get_args(ast.Expr)) <= used
    functions = {node.function for node in _nodes_used() if isinstance(node, ast.Aggregate)}
    assert functions == set(ast.ListFunction)
    quantifiers = {node.quantifier for node in _nodes_used() if isinstance(node, ast.Quantified)}
    assert quantifiers == set(ast.Quantifier)


def test_every_part_of_the_meaning_has_a_case() -> None:
    kinds = ("expressions", "rules", "scores", "refused")
    reasons = " ".join(param.values[0]["why"] for kind in kinds for param in _cases(kind))
    assert [part for part in range(1, 10) if f"M{part}" not in reasons] == []


@cache
def _nodes_used() -> tuple[Any, ...]:
    texts = [param.values[0]["expression"] for param in _cases("expressions")]
    read = [parse_expression(SourceFile("expression", text))[0] for text in texts]
    return tuple(node for expression in read for node in _nodes(expression))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for part in getattr(node, "__attrs_attrs__", ()):
        value = getattr(node, part.name)
        for child in value if isinstance(value, tuple) else (value,):
            if hasattr(child, "__attrs_attrs__"):
                yield from _nodes(child)
