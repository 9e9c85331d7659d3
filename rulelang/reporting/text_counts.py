"""Tables of text: what became of the time limits, and scores group by group."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.model.structure import PackStructure
from rulelang.reporting.page import Ink, Line, Page, Style, row, table, table_columns, wrapped
from rulelang.reporting.words import counted, number, percent, timescale_outcomes
from rulelang.scoring.result import Group, Result
from rulelang.scoring.scores import CriterionScore, Scorecard, SectionScore
from rulelang.scoring.tally import Tally, TimescaleCounts

# From this width on, time limits are a table; below it a list. Groups are a table from the second width on.
_LIMITS_TABLE_FROM, _GROUPS_TABLE_FROM = 90, 60
_LEAST_TITLE = 28
_IDS = 4
_ALWAYS = ("on time", "late", "overdue")
_NONE, _NOT_KNOWN = "–", "?"


def timescale_block(page: Page, structure: PackStructure, tally: Tally) -> list[Line]:
    """Set how many cases kept each time limit."""
    limits = [(one.title, tally.timescales.get(one.id, TimescaleCounts())) for one in structure.timescales]
    if not limits:
        return []
    if page.width < _LIMITS_TABLE_FROM:
        return _limits_list(page, limits)
    outcomes = [timescale_outcomes(counts) for _, counts in limits]
    heads = [
        word
        for at, (word, _) in enumerate(outcomes[0])
        if word in _ALWAYS or any(counts[at][1] for counts in outcomes)
    ]
    rows: list[tuple[Line, Sequence[Ink]]] = [
        ((page.ink(title),), [_count(page, count) for word, count in counts if word in heads])
        for (title, _), counts in zip(limits, outcomes, strict=True)
    ]
    return table(page, page.ink("Time limits", Style.HEADING), [page.ink(word) for word in heads], rows)


def _limits_list(page: Page, limits: Sequence[tuple[str, TimescaleCounts]]) -> list[Line]:
    lines: list[Line] = [(page.ink("Time limits", Style.HEADING),)]
    for title, counts in limits:
        lines += row(page, [page.ink(title)], indent=2, hang=2)
        found = [f"{number(count)} {word}" for word, count in timescale_outcomes(counts) if count]
        words = [page.tied(part + ("," if at < len(found) - 1 else "")) for at, part in enumerate(found)]
        lines += row(page, words or [page.ink("no cases", Style.FAINT)], indent=4)
    return lines


def _count(page: Page, count: int) -> Ink:
    return page.ink(number(count), Style.PLAIN if count else Style.FAINT)


# --- groups ------------------------------------------------------------------------------------------------


def group_block(page: Page, result: Result) -> list[Line]:
    """Set the scores of each group: criteria against groups, or a block a group on a narrow page."""
    if result.grouped_by is None or not result.groups:
        return []
    if page.width < _GROUPS_TABLE_FROM:
        return _group_blocks(page, result, result.grouped_by)
    columns = [("all", result.tally.judged, result.scorecard)]
    groups = [(group_name(group), group.tally.judged, group.scorecard) for group in result.groups]
    heads = [page.ink(name, Style.STRONG) for name, *_ in (*columns, *groups)]
    lines: list[Line] = wrapped([page.ink(f"By {result.grouped_by}", Style.HEADING)], page.width)
    while groups:
        fitting = max(table_columns(page, [heads[0], *heads[-len(groups) :]], _LEAST_TITLE) - 1, 1)
        panel = [*columns, *groups[:fitting]]
        lines += [(), *_panel(page, panel)]
        groups = groups[fitting:]
    return [*lines, *_legend(page, lines)]


def group_name(group: Group) -> str:
    """Return a group's value, or words for none."""
    return "nothing recorded" if group.value is None else group.value or "(empty)"


def _panel(page: Page, columns: Sequence[tuple[str, int, Scorecard]]) -> list[Line]:
    heads = [page.ink(name, Style.STRONG) for name, *_ in columns]
    rows: list[tuple[Line, Sequence[Ink]]] = [
        ((page.ink("cases judged"),), [page.ink(number(judged)) for _, judged, _ in columns])
    ]
    for at, section in enumerate(columns[0][2].sections):
        if all(one.structure.not_scored is not None for one in section.criteria):
            continue
        scores = [card.sections[at] for *_, card in columns]
        rows.append((_label(page, section, Style.STRONG), [_cell(page, one, Style.STRONG) for one in scores]))
        for number_in, criterion in enumerate(section.criteria):
            if criterion.structure.not_scored is None:
                cells = [_cell(page, one.criteria[number_in], Style.PLAIN) for one in scores]
                rows.append((_label(page, criterion, Style.PLAIN), cells))
    return table(page, Ink(""), heads, rows, hang=_IDS)


def _group_blocks(page: Page, result: Result, field: str) -> list[Line]:
    lines: list[Line] = []
    for group in result.groups:
        title = [page.ink(f"{field}: {group_name(group)},", Style.HEADING)]
        title.append(page.tied(counted(group.tally.judged, "case")))
        lines += [*([()] if lines else []), *wrapped(title, page.width)]
        for criterion in group.scorecard.criteria:
            if criterion.structure.not_scored is None:
                cell = _cell(page, criterion, Style.STRONG)
                lines += row(page, _label(page, criterion, Style.PLAIN), (cell,), hang=_IDS, reserve=4)
    return [*lines, *_legend(page, lines)]


def _label(page: Page, part: SectionScore | CriterionScore, style: Style) -> Line:
    ink = page.ink(part.structure.id, style)
    return page.tied(ink.text.ljust(_IDS - 1), style), page.ink(part.structure.title, style)


def _cell(page: Page, part: SectionScore | CriterionScore, style: Style) -> Ink:
    if part.score is not None:
        return page.ink(percent(part.score), style)
    return page.ink(_NONE if part.bounds is None else _NOT_KNOWN, Style.FAINT)


def _legend(page: Page, lines: Sequence[Line]) -> list[Line]:
    """Explain the marks that were used."""
    used = {ink.text.strip() for line in lines for ink in line}
    marks = ((_NONE, "no relevant cases"), (_NOT_KNOWN, "nothing known"))
    said = [f"{mark} {words}" for mark, words in marks if page.ink(mark).text in used]
    return wrapped([page.ink("; ".join(said), Style.FAINT)], page.width) if said else []
