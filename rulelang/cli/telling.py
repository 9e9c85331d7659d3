"""`rulelang explain`: why one case came out as it did; without data, what the time limits of a pack mean."""

from __future__ import annotations

import argparse
import datetime as dt

from attrs import frozen

from rulelang.analysis.echo import echo
from rulelang.api import Pack
from rulelang.calendars import OutsideSpan
from rulelang.calendars.counting import day_of
from rulelang.cli import EXIT_JUDGED
from rulelang.cli.loading import known_item, loaded, no_as_at, today
from rulelang.cli.output import Progress, page_for, problem_in_words, say
from rulelang.cli.refusals import WrongCommand
from rulelang.diagnostics import did_you_mean
from rulelang.engines.python.evaluator import AsAt
from rulelang.explaining.judgement import Clock, ItemJudgement, Judgement, TimescaleJudgement
from rulelang.model.expressions import Const, Expression, ParameterValue
from rulelang.model.pack import Timescale
from rulelang.reading import CaseRow, DataProblem, Problems
from rulelang.reporting.page import Line, Page, Style, row, wrapped
from rulelang.reporting.words import counted, date_in_words
from rulelang.types import Duration, Unit

# Comparing a key with more keys than these takes too long to be worth it.
WORTH_COMPARING = 50_000


def run(options: argparse.Namespace) -> int:
    """Explain a case, or the time limits."""
    pack = loaded(options)
    item = known_item(pack, options.item) if options.item else None
    page = page_for(options.width, options.colour)
    if not options.data:
        if options.case or item:
            raise WrongCommand(
                "no DATA was given to look for the case in", "Name the export after the rules."
            )
        say(page, limits_in_dates(page, pack))
        return EXIT_JUDGED
    if options.case is None:
        raise WrongCommand("which case to explain was not said", "Add its key: --case KEY.")
    as_at = options.as_at or today()
    lines = [] if options.as_at else [*wrapped([page.ink(no_as_at(as_at))], page.width), ()]
    moment = AsAt.of(as_at, pack.schema.reading.time_zone)
    pack.evaluator  # noqa: B018  (made now: it says which parameters still need a value)
    found = _find(pack, options)
    judged = pack.evaluator.judge(found.case.row, moment, dirty=found.case.dirty)
    judgement = Judgement(pack.evaluator, found.case.row, moment, judged)
    lines += wrapped(
        [
            page.ink(f"Case {options.case},", Style.HEADING),
            page.ink(f"as at {date_in_words(as_at)}", Style.STRONG),
        ],
        page.width,
    )
    lines += _standing(page, pack, found, moment)
    if pack.evaluator.begun(found.case.row, moment):
        lines += _items(page, pack, judgement, item)
        lines += _timescales(page, pack, judgement, item)
    say(page, lines)
    return EXIT_JUDGED


def limits_in_dates(page: Page, pack: Pack) -> list[Line]:
    """Set what each time limit means, as a worked example in dates."""
    titles = {one.name: one.title for one in pack.checked.pack.timescales}
    lines: list[Line] = []
    for name, sentences in echo(pack.checked.pack):
        lines += _named(page, name, titles[name])
        for sentence in sentences.splitlines():
            lines += row(page, [page.ink(sentence)], indent=2, hang=2)
    if not lines:
        return wrapped([page.ink(f"{pack.name} has no time limit that can be shown in dates.")], page.width)
    return lines


def _named(page: Page, name: str, title: str) -> list[Line]:
    # The tied blank sets the name off by two.
    return row(page, [page.tied(f"{name} ", Style.STRONG), page.ink(title)], hang=2)


# --- the case ------------------------------------------------------------------------------------------------------


@frozen
class Found:
    """A case of an export, and what is wrong with its data."""

    case: CaseRow
    problems: tuple[DataProblem, ...]


def _find(pack: Pack, options: argparse.Namespace) -> Found:
    """Find a case by its key, or by its row number where cases have no key."""
    about: list[DataProblem] = []
    problems = Problems(lambda one: about.append(one) if one.key == options.case else None)
    with Progress() as progress:
        export = pack.read_data(options.data, problems=problems, progress=progress.rows)
    keyed = pack.schema.case.key is not None
    names = [one.key if keyed else str(one.line) for one in export.cases]
    if options.case in names:
        return Found(export.cases[names.index(options.case)], tuple(about))
    if about:
        raise WrongCommand(
            f"the case {options.case} was set aside, so it is judged in nothing",
            "\n".join(problem_in_words(one) for one in about[:10]),
        )
    raise _no_case(options.case, [name for name in names if name], "key" if keyed else "row")


def _no_case(wanted: str, known: list[str], called: str) -> WrongCommand:
    """Ask after a key that lost its noughts on the way, or that one like it was meant."""
    bare = wanted.lstrip("0").casefold()
    near = [name for name in known if name.lstrip("0").casefold() == bare][:1]
    if not near and len(known) <= WORTH_COMPARING:
        near = list(did_you_mean(wanted, known, limit=1))
    meant = f"; did you mean {near[0]}?" if near else ""
    return WrongCommand(f"there is no case with the {called} `{wanted}`{meant}")


def _standing(page: Page, pack: Pack, found: Found, as_at: AsAt) -> list[Line]:
    """Say what keeps a case from being counted, and what is wrong with its data."""
    lines: list[Line] = []
    if not pack.evaluator.begun(found.case.row, as_at):
        words = "This case has not yet begun on that date, so it is judged in nothing."
        lines += wrapped([page.ink(words)], page.width)
    elif not pack.evaluator.in_scope(found.case.row, as_at):
        words = "This case is out of scope, so it is not counted. What it would have come to:"
        lines += wrapped([page.ink(words)], page.width)
    for problem in found.problems:
        lines += row(
            page, [page.ink("Data problem:", Style.ALERT), page.ink(problem_in_words(problem))], hang=2
        )
    return lines


# --- items ---------------------------------------------------------------------------------------------------------


def _items(page: Page, pack: Pack, judgement: Judgement, only: str | None) -> list[Line]:
    lines: list[Line] = [(), (page.ink("Item" if only else "Items", Style.HEADING),)]
    for item in pack.checked.pack.items:
        if only in (None, item.id):
            lines += _named(page, item.id, item.title)
            rows = judgement.rows_of(item.id)
            for place, one in enumerate(rows, 1):
                lines += _item(page, one, f"row {place} of {len(rows)}, " if item.counted_for else "")
            if not rows:
                lines += row(page, [page.ink("there are no rows to count")], indent=2)
    return lines


def _item(page: Page, one: ItemJudgement, before: str) -> list[Line]:
    words = [page.tied(f"{before}{one.outcome.value}:", Style.STRONG), page.ink(one.reason)]
    return row(page, words, indent=2, hang=2)


# --- time limits ---------------------------------------------------------------------------------------------------


def _timescales(page: Page, pack: Pack, judgement: Judgement, only: str | None) -> list[Line]:
    asked = next((one.timescale for one in pack.checked.pack.items if one.id == only), None)
    shown = [one for one in pack.checked.pack.timescales if only is None or one.name == asked]
    if not shown:
        return []
    lines: list[Line] = [(), (page.ink("Time limit" if only else "Time limits", Style.HEADING),)]
    for timescale in shown:
        lines += _timescale(page, pack, timescale, judgement.timescale(timescale.name))
    return lines


def _timescale(page: Page, pack: Pack, timescale: Timescale, one: TimescaleJudgement) -> list[Line]:
    lines = _named(page, one.name, one.title)
    if not one.clocks:
        words = [page.tied(f"{one.outcome.value}:", Style.STRONG), page.ink(one.reason)]
        return lines + row(page, words, indent=2, hang=2)
    several = timescale.clock_for is not None
    for place, clock in enumerate(one.clocks, 1):
        before = f"row {place} of {len(one.clocks)}, " if several else ""
        words = [page.tied(f"{before}{clock.outcome.value}:", Style.STRONG), page.ink(clock.reason)]
        lines += row(page, words, indent=2, hang=2)
        lines += _clock(page, pack, timescale, clock)
    return lines


def _clock(page: Page, pack: Pack, timescale: Timescale, clock: Clock) -> list[Line]:
    moves = clock.moves
    dates = (
        ("started", clock.start),
        ("counted", moves.counted_from),
        ("agreed", moves.agreed),
        ("due", clock.due),
        ("came", clock.event),
    )
    facts = [
        (word, f"{'from ' if word == 'counted' else ''}{date_in_words(day)}")
        for word, day in dates
        if day is not None
    ]
    if clock.days_over:
        facts.append(("over", counted(clock.days_over, "day")))
    if clock.periods is not None:
        kept, complete = clock.periods
        facts.append(("kept", f"{kept} of {counted(complete, 'complete period')}"))
    if closed := _closed_days(pack, timescale, clock):
        facts.append(("closed", closed))
    lines: list[Line] = []
    for word, text in facts:
        lines += row(page, [page.tied(word.ljust(8), Style.FAINT), page.ink(text)], indent=4, hang=9)
    return lines


def _closed_days(pack: Pack, timescale: Timescale, clock: Clock) -> str:
    """Return the holidays that a limit in working days left out between start and due date."""
    calendar = pack.checked.pack.calendars.get(timescale.calendar)
    if calendar is None or clock.start is None or clock.due is None or not _in_working_days(pack, timescale):
        return ""
    counted_from = clock.moves.counted_from or clock.start
    first = day_of(counted_from) + dt.timedelta(days=0 if timescale.counted else 1)
    try:
        between = calendar.holidays_between(first, day_of(clock.due))
    except OutsideSpan:
        return ""
    return ", ".join(f"{date_in_words(day)} ({name})" for day, name in between)


def _in_working_days(pack: Pack, timescale: Timescale) -> bool:
    lengths = [limit.length for limit in timescale.limits]
    if timescale.every is not None:
        lengths.append(timescale.every)
    return any(_unit(pack, one) is Unit.WORKING_DAYS for one in lengths)


def _unit(pack: Pack, length: Expression) -> Unit | None:
    """Return the unit of a length that is written out, or of the newest edition of a parameter."""
    value = length.value if isinstance(length, Const) else None
    if isinstance(length, ParameterValue):
        editions = {one.name: one.editions for one in pack.checked.pack.parameters}.get(length.name)
        value = editions[-1][1] if editions else None
    return value.unit if isinstance(value, Duration) else None
