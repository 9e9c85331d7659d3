"""Ratings as text: the level of each, what it comes from, and what the run gave."""

from __future__ import annotations

from rulelang.reporting.page import Line, Page, Style, row, wrapped
from rulelang.reporting.words import level_in_words
from rulelang.scoring.ratings import RatingResult
from rulelang.scoring.result import Result


def rating_block(page: Page, result: Result) -> list[Line]:
    """Set each rating with its level on the right, and below it why it is that."""
    ratings = result.scorecard.ratings
    if not ratings:
        return []
    lines = wrapped([page.ink("Ratings", Style.HEADING)], page.width)
    for one in ratings:
        level = page.ink(
            level_in_words(one.level) if one.level is not None else "no rating",
            Style.STRONG if one.level is not None else Style.FAINT,
        )
        name = [page.tied(one.structure.id, Style.STRONG), page.ink(one.structure.title)]
        lines += row(page, name, (level,), indent=2, hang=2)
        lines += row(page, [page.ink(_why(one), Style.FAINT)], indent=4, hang=2)
        if one.structure.source:
            lines += row(page, [page.ink(f"Source: {one.structure.source}", Style.FAINT)], indent=4, hang=2)
    return lines


def _why(one: RatingResult) -> str:
    return one.reason[:1].upper() + one.reason[1:]
