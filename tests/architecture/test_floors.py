"""A module imports only from the floors below it, and nothing heavy is imported before it is wanted."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from contextlib import redirect_stdout
from io import StringIO

import pytest

from tests.architecture.sources import PACKAGE, ROOT, modules

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
HEAVY = {"duckdb", "holidays", "hypothesis", "interegular", "lark", "numpy", "openpyxl", "pandas"}
HEAVY |= {"polars", "psycopg", "pyarrow", "pyspark", "pytest", "python_calamine", "sqlglot", "tzdata"}


def exists(dotted: str) -> bool:
    path = ROOT / dotted.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_the_contract_of_the_floors_is_kept(contract, monkeypatch):
    from importlinter.cli import lint_imports

    if not all(exists(container) for container in contract["containers"]):
        pytest.skip("no module is on this floor")
    monkeypatch.chdir(ROOT)
    said = StringIO()
    with redirect_stdout(said):
        broken = lint_imports(
            config_filename="pyproject.toml",
            limit_to_contracts=(contract["id"],),
            no_cache=True,
            is_debug_mode=False,
        )
    assert not broken, said.getvalue()


def test_every_folder_of_the_package_is_a_package():
    """A folder without __init__.py would escape the contract."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [str(f.relative_to(ROOT)) for f in sorted(folders) if not (f / "__init__.py").is_file()] == []


def test_only_the_command_line_imports_the_package_itself():
    """`rulelang` gathers the public names from the upper floors, so a lower one that imports them climbs."""
    climbing = [
        f"{module.path} imports {name}"
        for module in modules()
        if module.floor not in {"cli", "__main__"}
        for node in ast.walk(module.tree)
        for name in names_from_the_package_itself(node)
    ]
    assert climbing == []


def names_from_the_package_itself(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name == "rulelang"]
    if isinstance(node, ast.ImportFrom) and node.module == "rulelang":
        return [alias.name for alias in node.names if not exists(f"rulelang.{alias.name}")]
    return []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import rulelang", ["rulelang"]),
        ("from rulelang import load", ["load"]),
        ("from rulelang import shipped", []),
        ("import rulelang.shipped", []),
    ],
)
def test_an_import_of_the_package_itself_is_seen(source, names):
    assert names_from_the_package_itself(ast.parse(source).body[0]) == names


@pytest.mark.parametrize("module", ["rulelang", "rulelang.cli"])
def test_an_import_brings_in_nothing_heavy(module):
    if not exists(module):
        pytest.skip(f"{module} is not there")
    asked = f"import sys; before = set(sys.modules); import {module}; print(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == 0, done.stderr
    assert module in done.stdout.split()
    assert HEAVY & {name.partition(".")[0] for name in done.stdout.split()} == set()
