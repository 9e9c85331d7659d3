"""Modules and functions of a size one can hold in mind, opened by a docstring and named for what they do."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest

from tests.architecture.sources import PACKAGE, modules

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 60
LINES_OF_MOST_FUNCTIONS = 40
MOST = 0.9

# Longer than the rule allows, each for a reason. One that has become short enough has to leave the list.
LONG_MODULES: dict[str, str] = {
    "rulelang/operators/table.py": "the table of operators, one row each",
    "rulelang/syntax/ast.py": "the table of syntax nodes, one class each",
}
LONG_FUNCTIONS: dict[str, str] = {}

SAYS_NOTHING = {"util", "utils", "helper", "helpers", "manager", "data", "misc", "common"}


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function has, its docstring apart."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


FUNCTIONS = {
    f"{module.path}:{node.name}": lines_of(node) for module in modules() for node in module.functions
}
MODULES = {module.path: len(module.text.splitlines()) for module in modules()}


def test_modules_are_short():
    assert {p: n for p, n in MODULES.items() if n > LINES_OF_A_MODULE and p not in LONG_MODULES} == {}


def test_functions_are_short():
    assert {f: n for f, n in FUNCTIONS.items() if n > LINES_OF_A_FUNCTION and f not in LONG_FUNCTIONS} == {}


def test_most_functions_are_shorter_still():
    longer = {f: n for f, n in FUNCTIONS.items() if n > LINES_OF_MOST_FUNCTIONS}
    assert len(longer) <= (1 - MOST) * len(FUNCTIONS), longer


def test_every_exception_is_still_needed():
    assert [p for p in LONG_MODULES if MODULES.get(p, 0) <= LINES_OF_A_MODULE] == []
    assert [f for f in LONG_FUNCTIONS if FUNCTIONS.get(f, 0) <= LINES_OF_A_FUNCTION] == []


def test_a_function_is_measured_without_its_docstring():
    tree = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x\n')
    assert lines_of(tree.body[0]) == 3  # type: ignore[arg-type]


def test_every_module_opens_with_a_docstring_of_one_to_five_lines():
    lines = {module.path: len((ast.get_docstring(module.tree) or "").splitlines()) for module in modules()}
    assert {path: count for path, count in lines.items() if not 1 <= count <= 5} == {}


def test_no_module_has_a_name_that_says_nothing():
    stems = {
        module.path: module.path.removesuffix(".py").removesuffix("/__init__").rsplit("/", 1)[-1]
        for module in modules()
    }
    assert {path for path, stem in stems.items() if SAYS_NOTHING & set(stem.strip("_").split("_"))} == set()


def test_no_class_or_function_has_a_name_that_says_nothing():
    named = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = {
        f"{module.path}:{node.lineno} {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, named) and SAYS_NOTHING - {"data", "common"} & set(words(node.name))
    }
    assert found == set()


def words(name: str) -> list[str]:
    """Return the words of a snake_case or CamelCase name, in small letters."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).strip("_").split("_")


def test_every_module_says_that_annotations_are_read_late():
    wanting = [
        module.path
        for module in modules()
        if len(module.tree.body) > 1 and "from __future__ import annotations" not in module.text
    ]
    assert wanting == []


def test_every_public_name_has_a_docstring():
    if not (PACKAGE / "__init__.py").is_file():
        pytest.skip("the package has no public names")
    package = importlib.import_module("rulelang")
    wanting = []
    for name in getattr(package, "__all__", ()):
        value = getattr(package, name)
        if not inspect.isclass(value) and not inspect.isroutine(value):
            continue
        members = [(name, value)]
        if inspect.isclass(value):
            members += [
                (f"{name}.{m}", v)
                for m, v in vars(value).items()
                if not m.startswith("_") and inspect.isfunction(v)
            ]
        wanting += [of for of, member in members if not (inspect.getdoc(member) or "").strip()]
    assert wanting == []
