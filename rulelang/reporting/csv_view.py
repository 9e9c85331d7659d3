"""A result as CSV: one tidy row for each section, criterion and item, of all cases and of each group."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TextIO

from attrs import astuple

from rulelang.reading.spreadsheets import inert
from rulelang.scoring.limits import LimitResult, limited
from rulelang.scoring.result import Result
from rulelang.scoring.rounding import cut_text
from rulelang.scoring.scores import Bounds, Score, Scorecard
from rulelang.scoring.validations import ValidationResult, validated

COLUMNS = (
    *("level", "section", "criterion", "item", "title", "by", "group"),
    *("met", "not_met", "excused", "not_relevant", "not_yet_due", "unknown", "relevant"),
    *("percent", "exact", "lowest", "highest", "rating", "reason"),
)
_NO_COUNTS = (None,) * 7


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
    for one in validated(result.structure, result.tally):
        writer.writerow(_validation(one))
    for limit in limited(result.structure, result.populations):
        writer.writerows(_limit(limit))
    for group in result.groups:
        writer.writerows(_rows(group.scorecard, result.grouped_by, group.value))


def _rows(scorecard: Scorecard, by: str | None, group: str | None) -> Iterator[Row]:
    of_group = (inert(by), inert(group))
    for section in scorecard.sections:
        in_section = section.structure.id
        names: Row = ("section", in_section, None, None, inert(section.structure.title))
        yield (*names, *of_group, *_NO_COUNTS, *_figures(section.score, section.bounds), None, None)
        for criterion in section.criteria:
            in_criterion = criterion.structure.id
            names = ("criterion", in_section, in_criterion, None, inert(criterion.structure.title))
            figures = _figures(criterion.score, criterion.bounds)
            yield (*names, *of_group, *_NO_COUNTS, *figures, inert(criterion.rating), None)
            for item in criterion.items:
                names = ("item", in_section, in_criterion, item.structure.id, inert(item.structure.title))
                counts = (*astuple(item.counts), item.counts.relevant)
                yield (*names, *of_group, *counts, *_figures(item.score, item.bounds), None, None)
    for one in scorecard.ratings:
        names = ("rating", None, None, one.structure.id, inert(one.structure.title))
        yield (*names, *of_group, *_NO_COUNTS, *_figures(None, None), inert(one.level), inert(one.reason))


def _limit(one: LimitResult) -> Iterator[Row]:
    """Yield a row for each group that is over a limit, or may be: its cases as met, those that may be as unknown."""
    for each in (*one.over, *one.maybe):
        names = ("limit", None, None, one.structure.id, inert(one.structure.title))
        counts = (each.counted, 0, 0, 0, 0, each.unknown, each.counted)
        rated = "over" if each in one.over else "may be over"
        yield (
            *names,
            inert(one.structure.each),
            inert(each.value),
            *counts,
            None,
            None,
            None,
            None,
            rated,
            None,
        )


def _validation(one: ValidationResult) -> Row:
    """Return a validation: rows that passed as met, those that failed as not met, those not checked as unknown."""
    passed = one.checked - one.failed
    counts = (passed, one.failed, 0, one.not_applicable, 0, one.not_checked, one.checked)
    names = ("validation", None, None, one.structure.id, inert(one.structure.title), None, None)
    share = (None if one.share is None else cut_text(one.share * 100),)
    return (*names, *counts, None, *share, None, None, one.structure.severity.value, None)


def _figures(score: Score | None, bounds: Bounds | None) -> Row:
    """Return percent, exact, lowest and highest: numbers all, empty where there is none."""
    shown = (score.percent, cut_text(score.value)) if score else (None, None)
    ends = (bounds.lowest.percent, bounds.highest.percent) if bounds else (None, None)
    return *shown, *ends
