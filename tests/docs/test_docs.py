"""What the documentation shows is so: its rules load, its commands print what is shown, its programs run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, OutcomeTable, Table, pages, parts_of, run_here
from tests.docs.refresh import session_of

PAGES = pages()
# What the rules of a page need besides rulelang.
NEEDS = {"calendars.md": ("holidays",)}
RUN = [
    pytest.param(
        page,
        id=str(page.relative_to(ROOT)),
        marks=[pytest.mark.needs(*NEEDS[page.name])] if page.name in NEEDS else [],
    )
    for page in PAGES
    if run_here(page)
]
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.mark.parametrize("page", RUN)
def test_every_block_does_what_the_page_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    session = session_of(page, tmp_path)
    for block, came in session.outputs:
        assert came == block.text, (
            f"{page.name}:{block.line}: write it anew with python -m tests.docs.refresh"
        )


@by_page
def test_every_link_leads_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    for target, _ in LINK.findall(text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@by_page
def test_every_anchor_is_a_heading(page: Path):
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", text):
        if "://" not in target:
            other = (page.parent / target).read_text(encoding="utf-8") if target else text
            assert anchor in {_anchor(line) for line in other.splitlines() if line.startswith("#")}, anchor


def _anchor(heading: str) -> str:
    words = heading.lstrip("#").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def test_the_pages_are_read_to_the_end():
    parts = [part for page in PAGES for part in parts_of(page.read_text(encoding="utf-8"))]
    answers = sum(len(part.rows) for part in parts if isinstance(part, Table | OutcomeTable))
    rules = sum(isinstance(part, Block) and part.kind == "rules" for part in parts)
    assert (answers > 180, rules > 35) == (True, True)
