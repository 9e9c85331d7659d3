"""The scorecard as text: a block for each section, its criteria and their items."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from rulelang.reporting.page import Ink, Line, Page, Style, bar, breadth, columns, row, rule
from rulelang.reporting.words import (
    NO_CASES,
    bounds_in_words,
    level_in_words,
    no_score,
    number,
    percent,
    uncounted_in_words,
)
from rulelang.scoring.findings import finding_of
from rulelang.scoring.scores import CriterionScore, ItemScore, Score, Scorecard, SectionScore
from rulelang.scoring.thresholds import shortfall
from rulelang.syntax.ast import Scheme

# From these widths on, figures stand in columns, criteria have bars, and items have their names beside them.
_ALIGNED_FROM, _BARS_FROM, _NAMES_FROM = 56, 72, 100
_PERCENT = 4
_BAR = 10


@frozen
class _Columns:
    """Where things stand on every row: ids, items' names, and the figures on the right."""

    ids: int
    names: int
    figures: int
    bars: bool

    def indent(self) -> int:
        return self.ids + (self.names + 2 if self.names else 0)


def scorecard_block(
    page: Page, scorecard: Scorecard, *, findings: bool = False, least: Fraction | None = None
) -> list[Line]:
    """Set all sections. A criterion that falls short of what is required stands out."""
    places = _columns(page, scorecard)
    lines: list[Line] = []
    for section in scorecard.sections:
        if lines:
            lines.append(())
        lines += _section(page, section, places)
        for criterion in section.criteria:
            lines += _criterion(page, criterion, places, least)
            for item in criterion.items:
                lines += _item(page, item, places, findings)
    return lines


def _columns(page: Page, scorecard: Scorecard) -> _Columns:
    items = [item for criterion in scorecard.criteria for item in criterion.items]
    parts = [one.structure.id for one in scorecard.sections] + [
        one.structure.id for one in scorecard.criteria
    ]
    ids = [page.ink(part).text for part in parts]
    names = [page.ink(_name(item)).text for item in items] if page.width >= _NAMES_FROM else []
    bars = page.width >= _BARS_FROM
    right = [breadth(_item_figures(page, item)) for item in items]
    return _Columns(
        ids=min(max(map(columns, ids), default=2), 6) + 2,
        names=min(max(map(columns, names), default=0), 16),
        # A narrow page has no room to keep figures in a column beside every title.
        figures=max([_PERCENT, *right]) + (_BAR + 2 if bars else 0) if page.width >= _ALIGNED_FROM else 0,
        bars=bars,
    )


def _section(page: Page, section: SectionScore, places: _Columns) -> list[Line]:
    if not section.structure.id and not section.structure.title:
        # Criteria that stand in no section have no heading over them.
        return [rule(page)]
    left = _titled(page, section.structure.id, section.structure.title, Style.HEADING, places)
    figures: Line = (_score(page, section.score, Style.HEADING),) if section.score else ()
    return [
        *row(page, left, _with_bar(page, figures, None, places), hang=places.ids, reserve=places.figures),
        rule(page),
    ]


def _criterion(page: Page, criterion: CriterionScore, places: _Columns, least: Fraction | None) -> list[Line]:
    structure = criterion.structure
    left = _titled(page, structure.id, structure.title, Style.STRONG, places)
    left += _criterion_notes(page, criterion)
    short = shortfall(criterion, least)
    if short:
        left.append(page.tied(f"· below the {short.required.exact}% required", Style.ALERT))
    figures = _with_bar(page, _criterion_figures(page, criterion, short is not None), criterion.score, places)
    return row(page, left, figures, hang=places.ids, reserve=places.figures)


def _criterion_notes(page: Page, criterion: CriterionScore) -> list[Ink]:
    structure = criterion.structure
    if structure.not_scored is not None:
        return _reason(page, structure.not_scored)
    notes = []
    if structure.scheme is not Scheme.MEAN:
        notes.append(structure.scheme.value)
    unknown = any(item.counts.unknown for item in criterion.items if not item.structure.reported_only)
    if unknown and criterion.bounds:
        notes.append(f"unknowns → {bounds_in_words(criterion.bounds)}")
    return _noted(page, notes)


def _reason(page: Page, reason: str) -> list[Ink]:
    """Set a longer note: free to break, but not after its mark."""
    first, _, rest = reason.partition(" ")
    return [page.tied(f"· {first}", Style.FAINT), page.ink(rest, Style.FAINT)] if first else []


def _noted(page: Page, notes: list[str]) -> list[Ink]:
    """Set short notes after a title, none broken in itself."""
    marked = [f"· {note}" if at == 0 else note for at, note in enumerate(notes)]
    return [page.tied(note + ("," if note != marked[-1] else ""), Style.FAINT) for note in marked]


def _criterion_figures(page: Page, criterion: CriterionScore, short: bool) -> Line:
    if criterion.structure.not_scored is not None:
        return (page.ink("not scored", Style.FAINT),)
    if criterion.score is None:
        return (page.ink(no_score(criterion.bounds), Style.FAINT),)
    figure = _score(page, criterion.score, Style.ALERT if short else Style.STRONG)
    if criterion.rating is None:
        return (figure,)
    return page.ink(level_in_words(criterion.rating)), Ink(" "), figure


def _item(page: Page, item: ItemScore, places: _Columns, findings: bool) -> list[Line]:
    left = [page.ink(item.structure.title), *_noted(page, _item_notes(item))]
    figures = _with_bar(page, _item_figures(page, item), None, places)
    lines = row(page, left, figures, indent=places.indent(), hang=2, reserve=places.figures)
    if places.names:
        name = page.ink(_name(item), Style.FAINT)
        lines = _named(lines, name, places)
    finding = finding_of(item) if findings else None
    if finding:
        lines += row(page, [page.ink(finding)], indent=places.indent() + 2, hang=0, reserve=places.figures)
    return lines


def _item_notes(item: ItemScore) -> list[str]:
    notes = uncounted_in_words(item.counts, item.bounds)
    if item.structure.reported_only:
        notes.insert(0, "reported only")
    if item.structure.weight != 1:
        notes.insert(0, f"weight {item.structure.weight}")
    return notes


def _item_figures(page: Page, item: ItemScore) -> Line:
    if item.score is None:
        said = no_score(item.bounds)
        return (page.ink(said, Style.FAINT if said == NO_CASES else Style.PLAIN),)
    counts = f"{number(item.counts.met)} of {number(item.counts.relevant)}"
    return page.ink(counts), Ink("  "), _score(page, item.score, Style.PLAIN)


def _named(lines: list[Line], name: Ink, places: _Columns) -> list[Line]:
    """Write an item's name into the blanks before its title, on a line of its own where it is too long."""
    space = places.names + 2
    first, *rest = lines
    if columns(name.text) > places.names:
        return [(Ink(" " * places.ids), name), *lines]
    blank = Ink(" " * (space - columns(name.text)))
    return [(Ink(" " * places.ids), name, blank, *first[1:]), *rest]


def _titled(page: Page, name: str, title: str, style: Style, places: _Columns) -> list[Ink]:
    """Set an id and a title so that titles stand under one another."""
    ink = page.ink(name, style)
    padded = page.tied(ink.text.ljust(places.ids - 1), style)
    return [padded, page.ink(title, style)]


def _with_bar(page: Page, figures: Line, score: Score | None, places: _Columns) -> Line:
    """Add a criterion's bar; other rows keep its place free, so that their figures align."""
    if not places.bars:
        return figures
    drawn = bar(page, score.percent, _BAR) if score else (Ink(" " * _BAR),)
    return *figures, Ink("  "), *drawn


def _score(page: Page, score: Score, style: Style) -> Ink:
    return page.ink(percent(score).rjust(_PERCENT), style)


def _name(item: ItemScore) -> str:
    """Return the item's own part of its id: `rmp` of `B1.rmp`."""
    return item.structure.id.rpartition(".")[2]
