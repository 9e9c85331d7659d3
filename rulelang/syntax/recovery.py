"""What is left of a declaration that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.diagnostics import Diagnostic, Label
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import ast


def recover(
    file: SourceFile, piece: Span, rest: Sequence[tuple[int, int]]
) -> tuple[list[ast.Declaration], list[Diagnostic]]:
    return [], [Diagnostic("unexpected-word", "this cannot be read", Label(Place(file, piece)))]


def recover_expression(file: SourceFile) -> tuple[ast.Expr | None, tuple[Diagnostic, ...]]:
    return None, (
        Diagnostic("unexpected-word", "this cannot be read", Label(Place(file, Span(0, len(file.text))))),
    )
