"""Parsing a file: cut at the left margin, each piece read for itself, every mistake in one run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rulelang.diagnostics import Diagnostic
from rulelang.source import SourceFile, Span
from rulelang.syntax import ast
from rulelang.syntax.building import Builder, actions_of
from rulelang.syntax.grammar import parser
from rulelang.syntax.machine import Stop
from rulelang.syntax.patterns import DECLARATIONS
from rulelang.syntax.swallowed import swallows_a_slip

_MARGIN = re.compile(r"^(?=[^\s#\ufeff])", re.MULTILINE)
_CONTENT = re.compile(r"^(?:[^\S\n]|\ufeff)*[^\s#\ufeff]", re.MULTILINE)
_KEYWORD = re.compile(rf"(?:{'|'.join(DECLARATIONS)})\b")
_COMMENT = re.compile(r'"[^"\n]*"|#([^\n]*)')


def parse_module(file: SourceFile) -> tuple[ast.Module, tuple[Diagnostic, ...]]:
    """Return the declarations of a file, as far as they can be read, and every mistake of form."""
    machine = parser()
    builder = Builder(file)
    actions = actions_of(builder, machine.table)
    declarations: list[ast.Declaration] = []
    diagnostics: list[Diagnostic] = []
    unread: list[ast.Unread] = []
    for start, end in _rejoined(file, diagnostics):
        try:
            declaration = machine.parse(file.text, start, end, goal="declaration", actions=actions)
            if swallows_a_slip(declaration, file.text):
                raise Stop
        except Stop:
            builder.diagnostics.clear()
            # What is for texts with mistakes is loaded for texts with mistakes.
            from rulelang.syntax.recovery import recover

            found = recover(file, Span(start, end))
            declarations += found.declarations
            diagnostics += found.diagnostics
            unread += found.unread
        else:
            declarations.append(declaration)
            diagnostics += builder.diagnostics
            builder.diagnostics.clear()
    if not file.text.isascii():
        from rulelang.syntax.characters import suspicious_characters

        diagnostics += suspicious_characters(file)
    module = ast.Module(file, tuple(declarations), tuple(_comments(file.text)), tuple(unread))
    return module, tuple(sorted(diagnostics, key=_place))


def _place(diagnostic: Diagnostic) -> int:
    return diagnostic.label.place.span.start if diagnostic.label else 0


def _rejoined(file: SourceFile, diagnostics: list[Diagnostic]) -> list[tuple[int, int]]:
    """Return the pieces of a file, lines that wrongly stand at the left margin with what they belong to."""
    pieces = _pieces(file.text)
    if pieces and file.text[: pieces[0][0]].rpartition("\n")[2].strip("\ufeff"):
        from rulelang.syntax.recovery import indented

        diagnostics.append(indented(file, pieces[0][0]))
    if all(_KEYWORD.match(file.text, start) for start, _ in pieces):
        return pieces
    from rulelang.syntax.recovery import rejoin

    joined, found = rejoin(file, pieces)
    diagnostics += found
    return joined


def _pieces(text: str) -> list[tuple[int, int]]:
    """Cut a text before each line that begins at the left margin."""
    starts = [found.start() for found in _MARGIN.finditer(text)]
    above = _CONTENT.search(text, 0, starts[0] if starts else len(text))
    if above:  # indented, with nothing above that it could belong to
        starts.insert(0, above.end() - 1)
    return list(pairwise([*starts, len(text)]))


def _comments(text: str) -> Iterator[ast.Comment]:
    if "#" not in text:
        return
    for found in _COMMENT.finditer(text):
        if found.group(1) is not None:
            yield ast.Comment(found.group(1).strip(), span=Span(*found.span()))


def parse_expression(file: SourceFile) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    """Return one expression, or nothing where it cannot be read, and every mistake in how it is written."""
    machine = parser()
    builder = Builder(file)
    try:
        start = 1 if file.text.startswith("\ufeff") else 0
        made: ast.Expr = machine.parse(
            file.text, start, len(file.text), goal="expression", actions=actions_of(builder, machine.table)
        )
    except Stop:
        from rulelang.syntax.recovery import recover_expression

        return recover_expression(file)
    return made, tuple(builder.diagnostics)
