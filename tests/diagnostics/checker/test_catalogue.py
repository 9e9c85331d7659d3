"""Every code is in the catalogue and has its page, and no page or entry is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rulelang.diagnostics.catalogue import SUMMARIES, THEMES
from rulelang.reading.problems import ProblemKind
from tests.architecture.sources import modules
from tests.diagnostics.checker.pages import ELSEWHERE, PAGES, summary_of

CODE = re.compile(r"[a-z]+(-[a-z]+)+|circle")
# Floors and modules whose diagnostics an author or an analyst sees.
SPEAKING = re.compile(
    r"rulelang/(analysis|syntax|reading|bulk|spark)/|rulelang/(api|evaluation|choosing|scoring/given)\.py"
)
NO_CODES = {kind.value for kind in ProblemKind}


def codes_used() -> set[str]:
    return {code for module in modules() if SPEAKING.match(module.path) for code in _codes_in(module.tree)}


def _codes_in(tree: ast.AST) -> Iterator[str]:
    """Yield what looks like a code and is given to something as an argument, or returned."""
    for node in ast.walk(tree):
        for value in [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []:
            if (
                isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and CODE.fullmatch(value.value)
            ):
                yield value.value


def test_every_code_of_the_package_is_in_the_catalogue():
    assert sorted(codes_used() - SUMMARIES.keys() - NO_CODES) == []


def test_no_entry_of_the_catalogue_is_left_over():
    assert sorted(SUMMARIES.keys() - codes_used()) == []


def test_no_code_stands_under_two_themes():
    assert sum(len(theme.codes) for theme in THEMES) == len(SUMMARIES)


OWN = [code for theme in THEMES if theme.title not in ELSEWHERE for code in theme.codes]


@pytest.mark.parametrize("code", OWN)
def test_every_code_has_a_page_that_says_what_the_catalogue_says(code: str):
    page = PAGES / f"{code}.md"
    assert page.is_file()
    assert summary_of(page) == SUMMARIES[code]


@pytest.mark.parametrize("path", sorted(PAGES.glob("*-*.md")), ids=lambda path: path.stem)
def test_every_page_is_headed_by_its_code(path: Path):
    assert path.read_text(encoding="utf-8").startswith(f"# {path.stem}\n")


def test_no_page_is_left_over():
    assert sorted({path.stem for path in PAGES.glob("*.md")} - SUMMARIES.keys() - {"README"}) == []
