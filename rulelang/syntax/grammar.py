"""The parser of the language: its grammar files, and the prepared table that saves making it each time."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path

from rulelang.shipped import grammar_folder
from rulelang.syntax import tables
from rulelang.syntax.machine import Machine
from rulelang.syntax.tokens import Lexer

FILES = ("operators.lark", "rulelang.lark")


@cache
def parser() -> Machine:
    """Return the parser of the language, from a prepared table where one fits."""
    table = load_table()
    return Machine(table, Lexer(table))


def grammar_text() -> str:
    """Return the grammar files as one text."""
    return "\n".join((grammar_folder() / name).read_text(encoding="utf-8") for name in FILES)


def load_table() -> tables.Table:
    """Return the parse table: the shipped one, the user's own, or one made now and kept for the next run."""
    text = grammar_text()
    name = _file_name(text)
    mine = cache_folder() / name
    for path in (grammar_folder() / "prepared" / name, mine):
        table = _read(path)
        if table is not None:
            return table
    table = tables.build(text)
    _write(table, mine)
    return table


def prepare(folder: Path) -> Path:
    """Write the prepared table for this Lark and this Python into a folder, and return its path.

    Raises OSError when the folder cannot be written.
    """
    text = grammar_text()
    path = folder / _file_name(text)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(path, _dumped(tables.build(text)))
    return path


def cache_folder() -> Path:
    """Return the user's folder for what can be made again: RULELANG_CACHE, or the system's own place."""
    named = os.environ.get("RULELANG_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "rulelang"


def _file_name(text: str) -> str:
    version = f"{tables.FORM}/{_lark_version()}/{platform.python_implementation()}{sys.version_info[:3]}"
    digest = hashlib.sha256(f"{version}\n{text}".encode()).hexdigest()
    return f"parser-{digest[:32]}.json"


def _lark_version() -> str:
    """Return Lark's version without importing Lark, which takes longer than all the rest here."""
    loaded = sys.modules.get("lark")
    if loaded is not None:
        return str(loaded.__version__)
    from importlib.util import find_spec

    spec = find_spec("lark")
    if spec is None or spec.origin is None:
        return "none"
    found = re.search(
        r'^__version__.*?"([^"]+)"', Path(spec.origin).read_text(encoding="utf-8"), re.MULTILINE
    )
    return found.group(1) if found else "unknown"


def _read(path: Path) -> tables.Table | None:
    """Return a prepared table, or nothing where it is not there or not whole."""
    try:
        digest, _, body = path.read_text(encoding="utf-8").partition("\n")
        if digest != hashlib.sha256(body.encode()).hexdigest():
            return None
        return tables.from_plain(json.loads(body))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _dumped(table: tables.Table) -> str:
    body = json.dumps(tables.to_plain(table), separators=(",", ":"))
    return f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}"


def _write(table: tables.Table, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, _dumped(table))
    except OSError:
        return  # it is made again next time


def _replace(path: Path, text: str) -> None:
    """Write a file beside its place, then rename it, so that no other run reads half of it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
