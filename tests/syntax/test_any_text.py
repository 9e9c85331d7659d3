"""No text crashes the parser: whatever it is given, it answers with a tree and diagnostics."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics.rendering import render_all
from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_expression, parse_module
from rulelang.syntax.units import phrases

DESIGNS = sorted((Path(__file__).parent.parent / "designs").glob("*.rules"))
TEXTS = [path.read_text(encoding="utf-8") for path in DESIGNS]
LINES = sorted({line for text in TEXTS for line in text.splitlines()})
MARKS = """( ) , . | || - + * / " “ ” ' = == != && # ` 5 2.5 2004-04-08 17:00"""
WORDS = [*sorted(set(phrases().values())), *MARKS.split()]
LINKS = st.sampled_from([" ", "\n", "\n  ", "\n    ", ""])


def read(text: str) -> None:
    file = SourceFile("any.rules", text)
    module, diagnostics = parse_module(file)
    render_all(diagnostics)
    for diagnostic in diagnostics:
        assert diagnostic.label is not None
        span = diagnostic.label.place.span
        assert 0 <= span.start <= len(text)
        assert span.start <= span.end <= len(text) + 1
    lines = [line.strip("\ufeff \t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0") for line in text.split("\n")]
    if not module.declarations and any(line.strip() and not line.startswith("#") for line in lines):
        assert diagnostics


@given(st.text(max_size=200))
def test_any_text_at_all(text):
    read(text)
    parse_expression(SourceFile("-", text))


@given(st.lists(st.tuples(st.sampled_from(WORDS), LINKS), max_size=40))
def test_any_words_of_the_language(parts):
    text = "".join(word + link for word, link in parts)
    read(text)
    parse_expression(SourceFile("-", text))


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_any_lines_of_good_rules(lines):
    read("\n".join(lines))


@st.composite
def spoilt(draw):
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        until = min(len(text), at + draw(st.integers(0, 30)))
        put = draw(st.sampled_from(["", "(", ")", '"', "\n", " ", "=", "#", *WORDS]) | st.text(max_size=4))
        text = text[:at] + put + text[until:]
    return text


@given(spoilt())
def test_good_rules_spoilt(text):
    read(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000,
        "not " * 3000 + "x",
        "-" * 3000 + "x",
        "x" + " + x" * 3000,
        "x" + " - (x" * 3000 + ")" * 3000,
        "if a then " * 3000,
        "some a have (" * 2000 + "x" + ")" * 2000,
    ],
)
def test_deep_nesting_is_a_diagnostic(text):
    _, diagnostics = parse_expression(SourceFile("-", text))
    assert [diagnostic.code for diagnostic in diagnostics] == ["too-deep"]
    _, diagnostics = parse_module(SourceFile("-", f"define x as {text}\n"))
    assert [diagnostic.code for diagnostic in diagnostics] == ["too-deep"]


def test_a_long_chain_of_and_is_not_deep():
    tree, diagnostics = parse_expression(SourceFile("-", " and ".join(["x"] * 3000)))
    assert not diagnostics
    assert isinstance(tree, ast.Apply)
    assert len(tree.operands) == 3000
