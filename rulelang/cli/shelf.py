"""`rulelang packs`: what comes with rulelang."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rulelang.api import load, shipped_packs
from rulelang.cli import EXIT_JUDGED
from rulelang.cli.output import hand_over, page_for, say
from rulelang.reporting.page import Line, Style, row
from rulelang.reporting.words import counted

# What a pack may hold, and what one of it is called.
_SIZES = (
    ("items", "item"),
    ("timescales", "time limit"),
    ("validations", "validation"),
    ("ratings", "rating"),
    ("limits", "limit on a group"),
    ("examples", "example"),
)


def run(options: argparse.Namespace) -> int:
    """List the shipped packs."""
    packs = [_told(name) for name in shipped_packs()]
    if options.format == "json":
        hand_over(json.dumps(packs, ensure_ascii=False, indent=2) + "\n")
        return EXIT_JUDGED
    page = page_for(None, None)
    lines: list[Line] = []
    for one in packs:
        lines += row(page, [page.ink(one["name"], Style.STRONG), page.ink(one["version"])])
        sizes = ", ".join(
            counted(one[key], word, "limits on groups" if key == "limits" else None)
            for key, word in _SIZES
            if one[key]
        )
        lines += row(page, [page.ink(f"{one['title']}: {sizes}")], indent=2, hang=2)
    say(page, lines)
    return EXIT_JUDGED


def _told(name: str) -> dict[str, Any]:
    pack = load(name)
    return {
        "name": name,
        "version": pack.version,
        "title": pack.title,
        "items": len(pack.checked.pack.items),
        "timescales": len(pack.checked.pack.timescales),
        "validations": len(pack.checked.pack.validations),
        "ratings": len(pack.structure.ratings),
        "limits": len(pack.structure.limits),
        "examples": len(pack.checked.pack.examples),
    }
