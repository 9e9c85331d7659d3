"""Any likely word is free as a name; where a word of the language could stand too, backquotes make it one."""

from __future__ import annotations

import pytest

from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_expression, parse_module
from tests.strategies.words import LIKELY_NAMES

# Every place of a name, with the words that mean something else there and so need backquotes.
VALUES = {"yes", "no", "as_at", "some", "all", "if", "not"}
AFTER_IS = (
    (VALUES - {"if"})
    | {"unique"}
    | {"missing", "known", "readable", "within", "between", "in", "before", "after"}
)
TYPES = {"text", "judgement", "number", "date", "datetime", "duration"}
PLACES = {
    "a declared name": ("define {} as x\n", set()),
    "a field": ("record r\n  first_one text\n  {} text\n", {"key", "optional", "planned", "dated"}),
    "the first field": ("record r\n  {} text\n", {"dated"}),
    "a field's choice": ("record r\n  x {}\n", TYPES),
    "a value of a choice": ("choice c first_one, {}, last_one\n", set()),
    "a value of an inline choice": ("record r\n  x one of {} or other_one optional\n", set()),
    "a record": ("record r\n  x list of {} by crn\n", set()),
    "a key": ("record r\n  x list of review by {}\n", set()),
    "an item": ('criterion A1\n  item {} "Title"\n    met when x\n', set()),
    "a section": ('section {} "Title"\n', set()),
    "an item's timescale": ("criterion A1\n  item x\n    timescale {}\n    met when x\n", set()),
    "the start of a condition": ("criterion A1\n  item x\n    met when {} is yes\n", VALUES),
    "the whole of a condition": ("criterion A1\n  item x\n    met when {}\n    weight 2\n", VALUES),
    "after a dot": ("criterion A1\n  item x\n    met when case.{} is yes\n", set()),
    "after `is`": ("criterion A1\n  item x\n    met when x is {}\n", AFTER_IS),
    "after `and`": ("criterion A1\n  item x\n    met when x and {}\n", VALUES - {"if"}),
    "a list": ("criterion A1\n  item x\n    met when count of {} is 2\n", {"different"}),
    "a list that is quantified": ("criterion A1\n  item x\n    met when all {} have (x)\n", set()),
    "the operand of a clause": ("timescale t\n  from x\n  to {}\n  within 5 days\n", VALUES - {"not"}),
    "a field before another clause": ("timescale t\n  to y\n  within {}\n  from x\n", VALUES - {"not"}),
    "a level of bands": ("bands b\n  {} at 50 or more\n  low otherwise\n", {"of"}),
    "a field of a case": ('example "e"\n  case\n    {} is 5\n', set()),
    "a value of a case": ('example "e"\n  case\n    x is {}\n', {"yes", "no", "missing"}),
    "a table of a case": ('example "e"\n  case\n    {}\n      | a |\n      | 1 |\n', {"case", "expect"}),
    "a column of a table": (
        'example "e"\n  case\n    x\n      | {} |\n      | 1 |\n',
        {"yes", "no", "missing"},
    ),
    "a calendar": ("pack p\n  calendar {}\n", set()),
    "a parameter on a day": ("define x as {} on commenced\n", VALUES),
}


def names_in(node: object) -> set[str]:
    if isinstance(node, ast.Name):
        return {node.text}
    if isinstance(node, tuple):
        return {name for part in node for name in names_in(part)}
    fields = getattr(type(node), "__attrs_attrs__", ())
    return {name for field in fields for name in names_in(getattr(node, field.name))}


def is_read_as_a_name(text: str, word: str) -> bool:
    module, diagnostics = parse_module(SourceFile("-", text))
    return not diagnostics and word in names_in(module.declarations)


@pytest.mark.parametrize("place", PLACES)
def test_likely_words_are_free(place):
    pattern, taken = PLACES[place]
    assert len(LIKELY_NAMES) > 100
    not_free = {word for word in LIKELY_NAMES if not is_read_as_a_name(pattern.format(word), word)}
    assert not_free == taken


@pytest.mark.parametrize("place", PLACES)
def test_backquotes_make_any_word_a_name(place):
    pattern, _ = PLACES[place]
    assert [word for word in LIKELY_NAMES if not is_read_as_a_name(pattern.format(f"`{word}`"), word)] == []


@pytest.mark.parametrize("word", ["all", "some", "if", "not"])
def test_a_taken_word_is_told_to_stand_in_backquotes(word):
    _, diagnostics = parse_expression(SourceFile("-", f"{word} is x"))
    assert [diagnostic.code for diagnostic in diagnostics] == ["reserved-word"]
    assert diagnostics[0].fix is not None
    assert diagnostics[0].fix.replacement == f"`{word}`"


@pytest.mark.parametrize(
    "word", ["orbit", "andover", "island", "notes", "tower", "fromage", "withinness", "date_of"]
)
def test_a_word_that_begins_like_one_of_the_language_is_a_name(word):
    tree, diagnostics = parse_expression(SourceFile("-", f"{word} is x"))
    assert not diagnostics
    assert isinstance(tree, ast.Apply)
    assert tree.operands[0] == ast.Ref((ast.Name(word),))
