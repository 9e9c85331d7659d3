"""The pages of docs/diagnostics that show rules with a mistake: the rules, the message, the remedy."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import frozen

from rulelang.api import used_pack
from rulelang.diagnostics import Diagnostic
from rulelang.diagnostics.catalogue import THEMES
from rulelang.diagnostics.rendering import render_all
from rulelang.pipeline import check_files
from rulelang.source import SourceFile

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "diagnostics"
BLOCK = re.compile(r"^```(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_AS = "standards.rules"
# Themes whose pages belong to the parser and to the commands, and have tests of their own.
ELSEWHERE = {"How rules are written", "Running the rules"}


@frozen
class Page:
    """A page: the rules with the mistake, the message it promises, the rules without it."""

    code: str
    summary: str
    wrong: str
    message: str
    right: str


def rule_pages() -> list[Page]:
    """Return the checker's pages: those that show a mistake in whole packs that can be read to the end."""
    pages = []
    for path in (
        PAGES / f"{code}.md" for theme in THEMES if theme.title not in ELSEWHERE for code in theme.codes
    ):
        text = path.read_text(encoding="utf-8")
        blocks = [(found[1], found[2]) for found in BLOCK.finditer(text)]
        if "## What the rules say\n" in text and [kind for kind, _ in blocks] == ["rules", "text", "rules"]:
            pages.append(Page(path.stem, summary_of(path), *(content for _, content in blocks)))
    return pages


def summary_of(path: Path) -> str:
    """Return the paragraph under the heading, as one line."""
    return " ".join(path.read_text(encoding="utf-8").split("\n\n")[1].split())


def found_in(rules: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the rules of a page, which may use a pack that comes with rulelang."""
    return check_files([SourceFile(SHOWN_AS, rules)], used_pack)[1]


def shown(rules: str) -> str:
    """Return what a reader of a page sees who runs its rules where rulelang was built."""
    return render_all(found_in(rules)).replace(f"{ROOT}/", "")
