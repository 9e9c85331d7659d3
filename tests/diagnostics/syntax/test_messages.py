"""Mistakes of form, and the very messages that they bring about: see the pages beside this test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rulelang.diagnostics.rendering import render_all
from rulelang.source import SourceFile
from rulelang.syntax.parsing import parse_module

HERE = Path(__file__).parent
CASE = re.compile(
    r"^## (?P<title>.+?)\n+```rules\n(?P<rules>.*?)^```\n+```text\n(?P<message>.*?)^```$", re.M | re.S
)
CASES = [
    pytest.param(found["rules"], found["message"], id=f"{path.stem}: {found['title']}")
    for path in sorted(HERE.glob("*.md"))
    for found in CASE.finditer(path.read_text(encoding="utf-8"))
]
# What Lark, Python and the grammar call things.
INSIDE = re.compile(
    r"\b(?:Token|Expr|Unexpected\w+|None|tuple|LPAR|RPAR|NAME|STRING|[A-Z]+_[A-Z_]+|\w+_tier|\$END)\b"
)


def said(rules: str) -> str:
    _, diagnostics = parse_module(SourceFile("standards.rules", rules))
    return render_all(diagnostics) + "\n"


def test_there_are_cases():
    assert len(CASES) > 40


@pytest.mark.parametrize(("rules", "message"), CASES)
def test_the_message_is_the_one_shown(rules, message):
    assert said(rules) == message


@pytest.mark.parametrize(("rules", "message"), CASES)
def test_no_message_names_the_inside_of_the_program(rules, message):
    assert INSIDE.findall(message) == []


@pytest.mark.parametrize(("rules", "message"), CASES)
def test_a_message_has_at_most_ten_lines(rules, message):
    assert [one for one in message.split("\n\n") if len(one.splitlines()) > 10] == []
