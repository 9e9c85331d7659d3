"""Findings: an item's `finding "{score} of cases had …"` with its numbers filled in."""

from __future__ import annotations

import re

from rulelang.scoring.scores import ItemScore

# What may stand in braces in a `finding`; the checker refuses anything else.
FINDING_FIELDS = ("score", "met", "not_met", "relevant")

_FIELD = re.compile(r"\{(" + "|".join(FINDING_FIELDS) + r")\}")


def finding_of(item: ItemScore) -> str | None:
    """Return the item's finding in words: None without a `finding`, or without a score to speak of."""
    if item.structure.finding is None or item.score is None:
        return None
    numbers = {
        "score": f"{item.score.percent}%",
        "met": f"{item.counts.met:,}",
        "not_met": f"{item.counts.not_met:,}",
        "relevant": f"{item.counts.relevant:,}",
    }
    return _FIELD.sub(lambda found: numbers[found[1]], item.structure.finding)
