"""The passes in order: rule files to syntax, to a checked pack, to a plan, to an evaluator. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rulelang.analysis.packs import check_pack
from rulelang.diagnostics import Diagnostic
from rulelang.engines.python.evaluator import Evaluator
from rulelang.model.pack import Pack
from rulelang.planning.lowering import lower
from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_module


def parse(files: Sequence[SourceFile]) -> tuple[tuple[ast.Module, ...], tuple[Diagnostic, ...]]:
    """Parse rule files; every mistake in every file is found."""
    parsed = [parse_module(file) for file in files]
    return tuple(module for module, _ in parsed), tuple(one for _, found in parsed for one in found)


def check(files: Sequence[SourceFile]) -> tuple[Pack | None, tuple[Diagnostic, ...]]:
    """Parse and check rule files as one pack; the pack is None where it cannot be judged by."""
    modules, syntax = parse(files)
    pack, checked = check_pack(modules)
    found = (*syntax, *checked)
    return (None if any(one.is_error for one in found) else pack), found


def check_text(name: str, text: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a text of rules, shown under a name."""
    return check([SourceFile(name, text)])[1]


def compile_pack(pack: Pack) -> Evaluator:
    """Return an evaluator for a checked pack."""
    return Evaluator(lower(pack))


def files_of(path: Path) -> list[Path]:
    """Return the rule files of a pack: the file itself, or those of a folder in the order of their names."""
    return sorted(path.glob("*.rules")) if path.is_dir() else [path]
