"""Only the command line prints and reads the clock; no file speaks of where it was written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT, modules, tracked_files

CLOCK = {
    *(("datetime", name) for name in ("now", "today", "utcnow")),
    *(("time", name) for name in ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime")),
    ("date", "today"),
}
STREAMS = {("sys", "stdout"), ("sys", "stderr")}
# Put together from halves, so that this file does not hold what it looks for.
FORBIDDEN = ["../" + "shared", "/wo" + "rk/", "/ro" + "ot/", "/opt/" + "pypi", "/opt/" + "wheels"]


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of everything that prints or reads the clock."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"print", "input"}
        ):
            yield node.lineno, node.func.id
        if isinstance(node, ast.Attribute):
            owner = (
                node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            )
            if (owner, node.attr) in CLOCK | STREAMS:
                yield node.lineno, f"{owner}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in {"time", "sys"}:
            yield from (
                (node.lineno, f"{node.module}.{alias.name}")
                for alias in node.names
                if (node.module, alias.name) in CLOCK | STREAMS
            )


def test_only_the_command_line_prints_and_reads_the_clock():
    found = [
        f"{module.path}:{line} {name}"
        for module in modules()
        if module.floor not in {"cli", "__main__"}
        for line, name in spoken(module.tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("print(1)", "print"),
        ("import datetime\ndatetime.datetime.now()", "datetime.now"),
        ("date.today()", "date.today"),
        ("from time import monotonic", "time.monotonic"),
        ("sys.stderr.write('x')", "sys.stderr"),
    ],
)
def test_printing_and_reading_the_clock_are_seen(source, name):
    assert [found for _, found in spoken(ast.parse(source))] == [name]


def test_a_method_of_ours_with_such_a_name_is_let_be():
    assert list(spoken(ast.parse("case.now\nself.print(1)\nreport.time"))) == []


def test_no_file_speaks_of_where_it_was_written():
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word.encode() in content]
    assert found == []
