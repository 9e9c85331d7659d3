"""Parsing a file: cut at the left margin, each piece read for itself, every mistake of the file in one run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from rulelang.diagnostics import Diagnostic
from rulelang.source import SourceFile, Span
from rulelang.syntax import ast
from rulelang.syntax.declaring import Builder
from rulelang.syntax.grammar import parser
from rulelang.syntax.machine import Action, Stop
from rulelang.syntax.tables import Table

_MARGIN = re.compile(r"^(?=[^\s#\ufeff])", re.MULTILINE)
_COMMENT = re.compile(r'"[^"\n]*"|#([^\n]*)')


def parse_module(file: SourceFile) -> tuple[ast.Module, tuple[Diagnostic, ...]]:
    """Return the declarations of a file, as far as they can be read, and every mistake in how they are written."""
    from rulelang.syntax.recovery import recover

    machine = parser()
    builder = Builder(file)
    actions = actions_of(builder, machine.table)
    declarations: list[ast.Declaration] = []
    diagnostics: list[Diagnostic] = []
    pieces = list(_pieces(file.text))
    for number, (start, end) in enumerate(pieces):
        try:
            declaration = machine.parse(file.text, start, end, goal="declaration", actions=actions)
        except Stop:
            builder.diagnostics.clear()
            found, mistakes = recover(file, Span(start, end), pieces[number + 1 :])
            declarations += found
            diagnostics += mistakes
        else:
            declarations.append(declaration)
            diagnostics += builder.diagnostics
            builder.diagnostics.clear()
    return ast.Module(file, tuple(declarations), tuple(_comments(file.text))), tuple(diagnostics)


def actions_of(builder: Builder, table: Table) -> list[Action]:
    """Return what the builder makes of each rule: a method of the rule's name, else an operator of that name."""
    made: list[Action] = []
    for rule in table.rules:
        name = "is_" if rule.name == "is" else rule.name
        method: Any = getattr(builder, name, None)
        made.append(method if method is not None else partial(builder.operator, rule.name))
    return made


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text before each line that begins at the left margin."""
    starts = [found.start() for found in _MARGIN.finditer(text)]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def _comments(text: str) -> Iterator[ast.Comment]:
    if "#" not in text:
        return
    for found in _COMMENT.finditer(text):
        if found.group(1) is not None:
            yield ast.Comment(found.group(1).strip(), span=Span(*found.span()))


def parse_expression(file: SourceFile) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """Return one expression, or nothing where it cannot be read, and every mistake in how it is written."""
    from rulelang.syntax.recovery import recover_expression

    machine = parser()
    builder = Builder(file)
    try:
        start = 1 if file.text.startswith("\ufeff") else 0
        made: ast.Expr = machine.parse(
            file.text, start, len(file.text), goal="expression", actions=actions_of(builder, machine.table)
        )
    except Stop:
        return recover_expression(file)
    return made, tuple(builder.diagnostics)
