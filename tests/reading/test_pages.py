"""Each page of docs/diagnostics on an export that cannot be read shows the very message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.reading.pages import PAGES, Page, message_of, page_of

SOURCE = Path(__file__).parents[2] / "rulelang" / "reading"
FOUND = [page for page in map(page_of, sorted(PAGES.glob("*.md"))) if page]
CODE = re.compile(r'(?:failure|cannot_read|_fail)\(\s*"([a-z]+(?:-[a-z]+)+)"')


@pytest.mark.parametrize("page", FOUND, ids=lambda page: page.path.stem)
def test_the_page_shows_the_message(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = message_of(page, tmp_path)
    assert said.startswith(f"error[{page.path.stem}]: ")
    assert said == page.message


def test_every_code_has_a_page():
    codes = {
        code for module in SOURCE.glob("*.py") for code in CODE.findall(module.read_text(encoding="utf-8"))
    }
    assert len(codes) >= 10
    assert sorted(codes - {path.stem for path in PAGES.glob("*.md")}) == []
