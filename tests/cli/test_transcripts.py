"""What the commands print and the codes they exit with: every page of `transcripts/` comes out as it stands."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.cli.transcripts import PAGES, played

TODAY = dt.date(2005, 3, 1)


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder beside the example exports, on a known day, at a terminal 80 wide."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("RULELANG_DEBUG", raising=False)
    for module in ("checking", "telling"):
        monkeypatch.setattr(f"rulelang.cli.{module}.today", lambda: TODAY)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_transcript_comes_out_as_it_stands(page: Path, at_work: Path) -> None:
    text = page.read_text(encoding="utf-8")
    came = played(text)
    if os.environ.get("RULELANG_WRITE_TRANSCRIPTS"):
        page.write_text(came, encoding="utf-8")
    assert came == text
