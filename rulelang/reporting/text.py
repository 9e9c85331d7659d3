"""The report a manager reads in a terminal: its blocks, in order. Blocks of figures are in `text_…`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rulelang.diagnostics import Severity
from rulelang.reading.problems import DataProblem, ProblemTotal
from rulelang.reporting.page import NARROWEST, WIDEST, Ink, Line, Page, Style, row, wrapped
from rulelang.reporting.text_counts import group_block, timescale_block
from rulelang.reporting.text_limits import limit_block
from rulelang.reporting.text_ratings import rating_block
from rulelang.reporting.text_scores import scorecard_block
from rulelang.reporting.text_validations import validation_block
from rulelang.reporting.words import counted, date_in_words, number, population_in_words
from rulelang.scoring.result import Result
from rulelang.scoring.thresholds import check_thresholds

PROBLEMS_SHOWN = 5

_KINDS = {
    "unreadable": "not readable",
    "blank-required": "blank where a value is needed",
    "no-key": "without a key",
    "duplicate-key": "with a key that stands more than once",
    "ragged-row": "with too many or too few cells",
    "orphan": "without a parent row",
    "parent-set-aside": "whose parent row was set aside",
    "nested-shape": "not a list of rows",
    "unknown-field": "not a field of the record",
    "time-dropped": "with a time of day that is not used",
    "time-assumed": "without a time of day, taken as midnight",
}


def render_text(
    result: Result,
    *,
    width: int = 80,
    colour: bool = False,
    ascii_only: bool = False,
    findings: bool = False,
    least: Fraction | None = None,
) -> str:
    """Return a result as text, no line wider than asked (40 to 120 columns).

    `findings` adds each item's finding in words. `least` is the score the run requires of every criterion.
    """
    page = Page(min(max(width, NARROWEST), WIDEST), colour, ascii_only)
    blocks = [
        _header(page, result),
        scorecard_block(page, result.scorecard, findings=findings, least=least),
        _thresholds(page, result, least),
        rating_block(page, result),
        timescale_block(page, result.structure, result.tally),
        limit_block(page, result),
        validation_block(page, result),
        group_block(page, result),
        _problems(page, result),
        _notes(page, result.notes),
    ]
    lines: list[Line] = []
    for block in blocks:
        if block:
            lines += [(), *block] if lines else block
    return page.paint(lines)


def heading(page: Page, text: str) -> list[Line]:
    """Set the heading of a block."""
    return wrapped([page.ink(text, Style.HEADING)], page.width)


def listed(page: Page, parts: Sequence[str]) -> list[Ink]:
    """Set parts with commas, none broken in itself."""
    last = len(parts) - 1
    return [page.tied(part + ("," if at < last else "")) for at, part in enumerate(parts)]


def _header(page: Page, result: Result) -> list[Line]:
    pack = result.structure
    lines = wrapped([page.ink(pack.title, Style.HEADING)], page.width)
    as_at = f"as at {date_in_words(result.as_at)}"
    lines += wrapped([page.ink(f"{pack.name} {pack.version},"), page.ink(as_at, Style.STRONG)], page.width)
    lines += wrapped([page.ink(population_in_words(result.population))], page.width)
    for name, value in result.parameters:
        lines += row(page, [page.ink(f"with {name} = {value}")], hang=2)
    if pack.source:
        lines += row(page, [page.ink(f"Source: {pack.source}", Style.FAINT)], hang=2)
    return lines


def _thresholds(page: Page, result: Result, least: Fraction | None) -> list[Line]:
    """Name the criteria below what is required, and those that can't be compared for want of a score."""
    found = check_thresholds(result.scorecard, least)
    lines: list[Line] = []
    if found.short:
        names = [f"{short.criterion} ({short.reached})" for short in found.short]
        words = [page.ink("Below the score required:", Style.ALERT), *listed(page, names)]
        lines += row(page, words, hang=2)
    if found.without_score:
        words = [page.ink("Not compared with the score required, having none:")]
        lines += row(page, [*words, *listed(page, found.without_score)], hang=2)
    return lines


def _problems(page: Page, result: Result) -> list[Line]:
    problems = result.problems
    short = [file for file in result.files if file.set_aside]
    if not problems.counts and not short:
        return []
    lines = heading(page, f"Data problems: {number(problems.total)}")
    for file in short:
        said = f"{file.file}: {counted(file.read, 'row')} read, {number(file.set_aside)} set aside"
        lines += row(page, [page.ink(said)], indent=2, hang=2)
    counts = sorted(problems.counts, key=lambda one: (one.is_note, -one.count, one.file, one.column or ""))
    for one in counts:
        style = Style.FAINT if one.is_note else Style.PLAIN
        lines += row(page, [page.ink(_summary(one), style)], indent=2, hang=2)
    needing_repair = [one for one in problems.listed if one.severity is not Severity.NOTE]
    shown = needing_repair[:PROBLEMS_SHOWN]
    if shown:
        lines.append(())
    for problem in shown:
        lines += row(page, _problem(page, problem), indent=2, hang=2)
    more = problems.total - len(shown)
    if shown and more > 0:
        lines += row(page, [page.ink(f"and {number(more)} more", Style.FAINT)], indent=2)
    return lines


def _summary(one: ProblemTotal) -> str:
    where = f"{one.column} in {one.file}" if one.column else one.file
    words = _KINDS.get(one.kind, one.kind.replace("-", " "))
    return f"{number(one.count)} {words}: {where}"


def _problem(page: Page, problem: DataProblem) -> list[Ink]:
    place = problem.file if problem.row is None else f"{problem.file} row {problem.row}"
    if problem.column:
        place = f"{place}, {problem.column}"
    if problem.value:
        place = f'{place}, "{problem.value}"'
    return [page.ink(f"{place}:", Style.FAINT), page.ink(problem.problem)]


def _notes(page: Page, notes: tuple[str, ...]) -> list[Line]:
    if not notes:
        return []
    lines = heading(page, counted(len(notes), "note").capitalize())
    for note in notes:
        lines += row(page, [page.ink(note)], indent=2, hang=2)
    return lines
