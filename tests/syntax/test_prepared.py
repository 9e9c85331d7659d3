"""The parser comes from a prepared table, made again in silence where it does not fit or cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rulelang.shipped import grammar_folder
from rulelang.syntax import grammar, tables

TEXTS = {name: (grammar_folder() / name).read_text(encoding="utf-8") for name in grammar.FILES}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RULELANG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(grammar, "grammar_folder", lambda: tmp_path / "grammar")
    (tmp_path / "grammar").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "grammar" / name).write_text(text, encoding="utf-8")
    return tmp_path / "cache"


@pytest.fixture
def counted(monkeypatch):
    built: list[str] = []
    build = tables.build

    def noted(text: str) -> tables.Table:
        built.append(text)
        return build(text)

    monkeypatch.setattr(tables, "build", noted)
    return built


def test_what_was_made_is_kept_for_the_next_run(cache, counted):
    first = grammar.load_table()
    assert grammar.load_table() == first
    assert len(counted) == 1
    assert [path.suffix for path in cache.iterdir()] == [".json"]


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-40], lambda _: "", lambda text: text.replace("1", "2", 1)]
)
def test_a_damaged_table_is_made_again(cache, counted, spoil):
    grammar.load_table()
    path = next(cache.iterdir())
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    grammar.load_table()
    assert len(counted) == 2


def test_another_grammar_another_lark_and_another_python_have_tables_of_their_own(cache, monkeypatch):
    names = {grammar._file_name("a"), grammar._file_name("b")}
    monkeypatch.setattr(grammar, "_lark_version", lambda: "0.0")
    names.add(grammar._file_name("a"))
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    names.add(grammar._file_name("a"))
    assert len(names) == 4


def test_a_folder_that_cannot_be_written_is_no_matter(cache, counted):
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert grammar.load_table().rules
    assert len(counted) == 1


def test_a_prepared_table_beside_the_grammar_is_used(cache, counted):
    grammar.prepare(cache.parent / "grammar" / "prepared")
    counted.clear()
    grammar.load_table()
    assert counted == []
    assert not cache.exists()


def test_a_table_survives_being_written():
    table = grammar.load_table()
    assert tables.from_plain(json.loads(json.dumps(tables.to_plain(table)))) == table


def test_lark_is_not_loaded_where_a_table_is_prepared():
    grammar.load_table()
    code = (
        "import sys; from rulelang.source import SourceFile;"
        "from rulelang.syntax.parsing import parse_module;"
        "parse_module(SourceFile('x', 'section A \"T\"')); print('lark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
