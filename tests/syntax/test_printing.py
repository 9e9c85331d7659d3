"""What is printed reads back as the same tree, for every tree that the grammar can say."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from rulelang.diagnostics.rendering import render_all
from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_expression, parse_module
from rulelang.syntax.printing import print_expression, print_module
from tests.strategies.ast import DECLARATIONS, EXPRESSIONS

SLOW = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@SLOW
@given(EXPRESSIONS)
def test_an_expression_reads_back_as_it_was_printed(tree):
    text = print_expression(tree)
    read, diagnostics = parse_expression(SourceFile("-", text))
    assert not diagnostics, f"{text}\n{render_all(diagnostics)}"
    assert read == tree, text


@SLOW
@given(DECLARATIONS)
def test_a_declaration_reads_back_as_it_was_printed(tree):
    file = SourceFile("-", "")
    text = print_module(ast.Module(file, (tree,)))
    read, diagnostics = parse_module(SourceFile("-", text))
    assert not diagnostics, f"{text}\n{render_all(diagnostics)}"
    assert read.declarations == (tree,), text
    assert print_module(read) == text
