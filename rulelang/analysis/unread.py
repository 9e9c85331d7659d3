"""Leaving out what only follows from lines that could not be read: that has been said once, by the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rulelang.diagnostics import Diagnostic
from rulelang.syntax import ast

_WORD = re.compile(r"[^\W\d]\w*")
# Codes of messages that a declaration lacks something, which a line that could not be read may have said.
LACKING = {"missing-clause", "empty-criterion", "no-calendar", "no-key-to-join"}
# Codes of messages that something is wrong between records, when one of them could not be read in full.
RECORDS = {"two-case-records", "no-case-record"}


def without_echoes(found: Sequence[Diagnostic], modules: Iterable[ast.Module]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that would stand even if every unread line had been read."""
    unread = [one for module in modules for one in module.unread]
    if not unread:
        return tuple(found)
    words = frozenset().union(*(one.words for one in unread))
    names = {one.name for one in unread}
    kinds = {one.kind for one in unread}
    return tuple(one for one in found if not _is_echo(one, words, names, kinds))


def _is_echo(one: Diagnostic, words: frozenset[str], names: set[str | None], kinds: set[str]) -> bool:
    text = one.label.place.text if one.label else ""
    if one.code == "no-pack":
        return bool(kinds & {"pack", "declaration"})
    if one.code == "no-calendar":
        return "pack" in kinds
    if one.code in RECORDS:
        return bool(kinds & {"record", "declaration"})
    if one.code in LACKING:
        return text.strip('`"') in names or None in names
    return one.code.startswith("unknown-") and bool(words & set(_WORD.findall(text)))
