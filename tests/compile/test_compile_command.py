"""`rulelang compile`: what it prints and refuses, and the texts that are translated."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

import rulelang
from rulelang.engines.sql.scripts.words import IN_DUCKDB, TO_TRANSLATE
from tests.cli.transcripts import played
from tests.compile.test_compile_scripts import script

PAGE = Path(__file__).parent / "transcripts" / "compile.md"
SOME = ("snowflake", "databricks", "spark", "clickhouse", "duckdb")


@pytest.mark.needs("sqlglot")
def test_the_transcript_comes_out_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("rulelang.cli.compiling.today", lambda: dt.date(2024, 6, 3))
    monkeypatch.setattr("rulelang.cli.compiling.translator", lambda: "sqlglot")
    text = PAGE.read_text(encoding="utf-8")
    came = played(text)
    if os.environ.get("RULELANG_WRITE_TRANSCRIPTS"):
        PAGE.write_text(came, encoding="utf-8")
    assert came == text


@pytest.mark.needs("sqlglot")
@pytest.mark.parametrize("dialect", SOME)
@pytest.mark.parametrize("rules", ["gwent", "gwent_self_assessment"])
def test_translated_texts_can_be_parsed(rules: str, dialect: str) -> None:
    import sqlglot

    from rulelang.query.translating import translate

    text = translate(script(rulelang.load(rules), TO_TRANSLATE), dialect)
    (tree,) = sqlglot.parse(text, read=dialect)
    assert tree is not None
    assert "list_transform" not in text.lower() or dialect == "duckdb"


@pytest.mark.needs("sqlglot", "duckdb")
def test_what_goes_through_the_translator_keeps_its_meaning() -> None:
    """The text for DuckDB, parsed and written by sqlglot, gives the same counts: it has lost no brackets."""
    from rulelang.query.translating import translate
    from tests.compile.test_compile_scripts import _rows, in_duckdb

    pack = rulelang.load("gwent")
    _, rows = _rows(pack, "followup")
    translated = translate(script(pack, TO_TRANSLATE), "duckdb")
    expected = in_duckdb(pack, rows, script(pack, IN_DUCKDB))
    assert sorted(in_duckdb(pack, rows, translated)) == sorted(expected)


def test_without_sqlglot_the_tested_dialects_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    from rulelang.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    assert main(["compile", "gwent", "--as-at", "2005-03-01", "--out", "gwent.sql"]) == 0
    assert main(["compile", "gwent", "--as-at", "2005-03-01", "--dialect", "snowflake"]) == 2
    assert "pip install 'rulelang[sql]'" in capsys.readouterr().err
