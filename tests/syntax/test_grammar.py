"""The grammar is LALR without conflicts, its tokens do not collide, and Lark itself reads what we read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.operators.grammar import is_regular
from rulelang.operators.table import OPERATORS
from rulelang.syntax import tables
from rulelang.syntax.grammar import grammar_text, parser

DESIGNS = sorted((Path(__file__).parent.parent / "designs").glob("*.rules"))


def pieces(text: str) -> list[str]:
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        if line[:1].strip() and not line.startswith("#"):
            found.append("")
        if found:
            found[-1] += line
    return found


def test_no_conflict_is_settled_in_silence():
    tables.build(grammar_text(), strict=True)


@pytest.mark.needs("interegular")
def test_tokens_of_one_priority_do_not_collide():
    from lark import Lark

    Lark(grammar_text(), parser="lalr", lexer="contextual", start=list(tables.STARTS), strict=True)


def test_lark_s_own_lexer_and_driver_read_the_same_texts():
    from lark import Lark

    lark = Lark(grammar_text(), parser="lalr", lexer="contextual", start=list(tables.STARTS))
    texts = [piece for path in DESIGNS for piece in pieces(path.read_text(encoding="utf-8"))]
    assert len(texts) == 32
    for text in texts:
        lark.parse(text, start="declaration")


def test_every_operator_has_its_rule():
    rules = {rule.name for rule in parser().table.rules}
    assert [operator.name for operator in OPERATORS if operator.name not in rules] == []


def test_operators_with_numbers_in_their_pattern_are_written_by_hand():
    by_hand = {operator.name for operator in OPERATORS if not is_regular(operator)}
    assert by_hand == {"at_least_of", "characters_of"}


def test_a_new_operator_costs_a_row(monkeypatch):
    from rulelang.operators import Operator, Tier, grammar

    row = Operator("is_near", "{0} is near {1}", Tier.COMPARISON)
    monkeypatch.setattr(grammar, "OPERATORS", (*OPERATORS, row))
    assert "sum_tier IS_NEAR sum_tier -> is_near" in grammar.render()
    assert r"/is\s+near\b/" in grammar.render()
