"""`rulelang packs`: what comes with rulelang."""

from __future__ import annotations

import argparse
import json

from rulelang.api import load, shipped_packs
from rulelang.cli import EXIT_JUDGED
from rulelang.cli.output import say


def run(options: argparse.Namespace) -> int:
    """List the shipped packs."""
    rows = []
    for name in shipped_packs():
        pack = load(name)
        criteria = [one for section in pack.structure.sections for one in section.criteria]
        rows.append(
            {
                "name": name,
                "version": pack.version,
                "title": pack.title,
                "items": sum(len(one.items) for one in criteria),
                "examples": len(pack.checked.pack.examples),
            }
        )
    if options.format == "json":
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return EXIT_JUDGED
    for row in rows:
        say(f"{row['name']} {row['version']}")
        say(f"  {row['title']}: {row['items']} items, {row['examples']} examples")
    return EXIT_JUDGED
