"""A result as CSV: one tidy row for each section, criterion and item, of all cases and of each group."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TextIO

from attrs import astuple

from rulelang.scoring.result import Result
from rulelang.scoring.rounding import cut_text
from rulelang.scoring.scores import Bounds, Score, Scorecard

COLUMNS = (
    *("level", "section", "criterion", "item", "title", "by", "group"),
    *("met", "not_met", "excused", "not_relevant", "not_yet_due", "unknown", "relevant"),
    *("percent", "exact", "lowest", "highest", "rating"),
)
_NO_COUNTS = (None,) * 7

# What a spreadsheet takes for the beginning of a formula; -1.5 and a lone dash are harmless.
_FORMULA = re.compile(r"[=+\-@\t\n＝＋－＠]")
_HARMLESS = re.compile(r"[+-]?[0-9]*\.?[0-9]*")

Row = tuple[str | int | None, ...]


def render_csv(result: Result) -> str:
    """Return a result as CSV text."""
    stream = io.StringIO(newline="")
    write_csv(result, stream)
    return stream.getvalue()


def write_csv(result: Result, stream: TextIO) -> None:
    """Write a result as CSV to a stream that leaves newlines alone (`newline=""`)."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(result.scorecard, None, None))
    for group in result.groups:
        writer.writerows(_rows(group.scorecard, result.grouped_by, group.value))


def inert(text: str | None) -> str | None:
    """Put an apostrophe before text that a spreadsheet would run as a formula; numbers stay as they are."""
    if not text:
        return text
    # Half a character, which JSON can hold, can't be written as UTF-8; a bare carriage return isn't quoted.
    text = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def _rows(scorecard: Scorecard, by: str | None, group: str | None) -> Iterator[Row]:
    of_group = (inert(by), inert(group))
    for section in scorecard.sections:
        in_section = section.structure.id
        names: Row = ("section", in_section, None, None, inert(section.structure.title))
        yield (*names, *of_group, *_NO_COUNTS, *_figures(section.score, section.bounds), None)
        for criterion in section.criteria:
            in_criterion = criterion.structure.id
            names = ("criterion", in_section, in_criterion, None, inert(criterion.structure.title))
            figures = _figures(criterion.score, criterion.bounds)
            yield (*names, *of_group, *_NO_COUNTS, *figures, inert(criterion.rating))
            for item in criterion.items:
                names = ("item", in_section, in_criterion, item.structure.id, inert(item.structure.title))
                counts = (*astuple(item.counts), item.counts.relevant)
                yield (*names, *of_group, *counts, *_figures(item.score, item.bounds), None)


def _figures(score: Score | None, bounds: Bounds | None) -> Row:
    """Return percent, exact, lowest and highest: numbers all, empty where there is none."""
    shown = (score.percent, cut_text(score.value)) if score else (None, None)
    ends = (bounds.lowest.percent, bounds.highest.percent) if bounds else (None, None)
    return *shown, *ends
