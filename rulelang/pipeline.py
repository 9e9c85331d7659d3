"""The passes in order: rule files to syntax, to a checked pack, to a plan, to an evaluator. Nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import frozen

from rulelang.analysis.packs import PackChecker
from rulelang.diagnostics import Diagnostic
from rulelang.engines.python.evaluator import Evaluator
from rulelang.model.expressions import Expression
from rulelang.model.pack import Pack
from rulelang.planning.lowering import lower
from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_expression, parse_module


@frozen
class Checked:
    """A pack that may be judged by, and the checker that knows its names, for expressions given later."""

    pack: Pack
    checker: PackChecker


def parse(files: Sequence[SourceFile]) -> tuple[tuple[ast.Module, ...], tuple[Diagnostic, ...]]:
    """Parse rule files; every mistake in every file is found."""
    parsed = [parse_module(file) for file in files]
    return tuple(module for module, _ in parsed), tuple(one for _, found in parsed for one in found)


# Gives the files of a pack that a file uses, by name; nothing where there is none.
FindPack = Callable[[str, SourceFile], Sequence[SourceFile]]


def parse_with_used(
    files: Sequence[SourceFile], find_pack: FindPack
) -> tuple[tuple[ast.Module, ...], tuple[Diagnostic, ...], dict[str, str]]:
    """Parse rule files, and those of the packs that they use, and so on; each pack once.

    Returns also which pack each further file belongs to.
    """
    owners: dict[str, str] = {}
    modules, found = parse(files)
    seen = {pack.name.text for module in modules for pack in _packs(module)}
    waiting = list(modules)
    while waiting:
        module = waiting.pop(0)
        for pack in _packs(module):
            for uses in pack.uses:
                if uses.pack.text in seen:
                    continue
                seen.add(uses.pack.text)
                more, wrong = parse(find_pack(uses.pack.text, module.file))
                modules, found = (*modules, *more), (*found, *wrong)
                waiting += more
                owners.update((one.file.name, uses.pack.text) for one in more)
    return modules, found, owners


def _packs(module: ast.Module) -> Iterator[ast.PackDecl]:
    return (one for one in module.declarations if isinstance(one, ast.PackDecl))


def _none(_name: str, _file: SourceFile) -> Sequence[SourceFile]:
    return ()


def check_files(
    files: Sequence[SourceFile], find_pack: FindPack | None = None
) -> tuple[Checked | None, tuple[Diagnostic, ...]]:
    """Parse and check rule files, and the packs they use, as one pack, and keep the checker.

    The pack is None where it cannot be judged by.
    """
    modules, syntax, owners = parse_with_used(files, find_pack or _none)
    checker = PackChecker(modules, owners)
    pack = checker.check()
    found = (*syntax, *checker.findings.diagnostics)
    if pack is None or any(one.is_error for one in found):
        return None, found
    return Checked(pack, checker), found


def check(files: Sequence[SourceFile]) -> tuple[Pack | None, tuple[Diagnostic, ...]]:
    """Parse and check rule files as one pack; the pack is None where it cannot be judged by."""
    checked, found = check_files(files)
    return (checked.pack if checked is not None else None), found


def check_text(name: str, text: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a text of rules, shown under a name."""
    return check([SourceFile(name, text)])[1]


def check_expression(
    checked: Checked, text: str, calendar: str | None = None
) -> tuple[Expression | None, tuple[Diagnostic, ...]]:
    """Parse and check one expression on the case of a pack."""
    file = SourceFile("expression", text)
    node, found = parse_expression(file)
    if node is None or any(one.is_error for one in found):
        return None, found
    checker = checked.checker
    before = len(checker.findings.diagnostics)
    expression = checker.expression(node, file, calendar)
    fresh = tuple(checker.findings.diagnostics[before:])
    del checker.findings.diagnostics[before:]
    return (None if any(one.is_error for one in fresh) else expression), (*found, *fresh)


def compile_pack(pack: Pack) -> Evaluator:
    """Return an evaluator for a checked pack."""
    return Evaluator(lower(pack))


def files_of(path: Path) -> list[Path]:
    """Return the rule files of a pack: the file itself, or those of a folder in the order of their names."""
    return sorted(path.glob("*.rules")) if path.is_dir() else [path]
