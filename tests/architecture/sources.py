"""The package's modules as text and trees, for the tests that read rather than run them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache, cached_property
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "rulelang"
LEFT_OUT = {"__pycache__", "build", "dist"}


@attrs.define(frozen=True, slots=False)
class Module:
    """A module of the package: its path from the root of the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def floor(self) -> str:
        """Return the floor it is on: `reading` for rulelang/reading/columns.py."""
        parts = Path(self.path).with_suffix("").parts
        return parts[1]

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the package, in the order of their paths."""
    paths = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths
    )


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files of the repository; outside a git checkout, all in the folder that are not hidden."""
    if (ROOT / ".git").exists():
        try:
            listed = subprocess.run(
                ["git", "-c", "safe.directory=*", "ls-files", "-z"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split("\0")
        except (OSError, subprocess.CalledProcessError):
            listed = []
        if any(listed):
            return tuple(path for name in listed if name and (path := ROOT / name).is_file())
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return tuple(
        ROOT / path
        for path in sorted(found)
        if not any(part.startswith(".") or part in LEFT_OUT for part in path.parts)
    )
