"""The pages of docs/diagnostics that show rules with a mistake: the rules, the message, the remedy."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import frozen

PAGES = Path(__file__).parents[3] / "docs" / "diagnostics"
BLOCK = re.compile(r"^```(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN_AS = "standards.rules"


@frozen
class Page:
    """A page: the rules with the mistake, the message it promises, the rules without it."""

    code: str
    summary: str
    wrong: str
    message: str
    right: str


def rule_pages() -> list[Page]:
    """Return the pages that show a mistake in whole packs; pages of other kinds have tests of their own."""
    pages = []
    for path in sorted(PAGES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        blocks = [(found[1], found[2]) for found in BLOCK.finditer(text)]
        if "## What the rules say\n" in text and [kind for kind, _ in blocks] == ["rules", "text", "rules"]:
            pages.append(Page(path.stem, summary_of(path), *(content for _, content in blocks)))
    return pages


def summary_of(path: Path) -> str:
    """Return the paragraph under the heading, as one line."""
    return " ".join(path.read_text(encoding="utf-8").split("\n\n")[1].split())
