"""`rulelang explain`: why one case came out as it did; without data, what the time limits of a pack mean."""

from __future__ import annotations

import argparse

from rulelang.analysis.echo import echo
from rulelang.analysis.findings import meant
from rulelang.api import Pack
from rulelang.calendars.counting import day_of
from rulelang.cli import EXIT_JUDGED
from rulelang.cli.checking import as_at_of, loaded
from rulelang.cli.output import say
from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.engines.python.evaluator import AsAt
from rulelang.explaining.judgement import Clock, Judgement
from rulelang.explaining.words import day
from rulelang.model.expressions import Const
from rulelang.model.pack import Timescale
from rulelang.reading import CaseRow, Problems
from rulelang.types import Duration, Unit


def run(options: argparse.Namespace) -> int:
    """Explain a case, or the time limits."""
    pack = loaded(options.rules)
    if not options.data:
        for name, sentence in echo(pack.checked.pack):
            say(f"{name}: {sentence}")
        return EXIT_JUDGED
    if options.case is None:
        raise RulesError(
            [Diagnostic("wrong-option", "explain needs the key of a case", hint="Add --case KEY.")]
        )
    as_at = as_at_of(options)
    one = _find(pack, options)
    moment = AsAt.of(as_at, pack.schema.reading.time_zone)
    judged = pack.evaluator.judge(one.row, moment, dirty=one.dirty)
    judgement = Judgement(pack.evaluator, one.row, moment, judged)
    _check_item(judgement, options.item)
    say(f"Case {one.key}, as at {day(as_at)}")
    if not pack.evaluator.begun(one.row, moment):
        say("This case has not yet begun on that date, so it is judged in nothing.")
        return EXIT_JUDGED
    say()
    say(judgement.explain(options.item))
    if options.item is None:
        _timescales(pack, judgement)
    return EXIT_JUDGED


def _find(pack: Pack, options: argparse.Namespace) -> CaseRow:
    problems = Problems()
    export = pack.read_data(options.data, problems=problems)
    for one in export.cases:
        if one.key == options.case:
            return one
    near = meant(options.case, [one.key for one in export.cases if one.key])
    about = [str(problem) for problem in problems.listed if problem.key == options.case]
    hint = "\n".join(["It was set aside:", *about]) if about else None
    text = f"no case has the key {options.case}"
    raise RulesError([Diagnostic("unknown-case", f"{text}; {near}" if near else text, hint=hint)])


def _check_item(judgement: Judgement, item: str | None) -> None:
    ids = [one.item.id for one in judgement.evaluator.plan.items]
    if item is not None and item not in ids:
        near = meant(item, ids)
        text = f"there is no item {item}"
        raise RulesError([Diagnostic("unknown-item", f"{text}; {near}" if near else text)])


def _timescales(pack: Pack, judgement: Judgement) -> None:
    say()
    say("Time limits")
    by_name = {one.name: one for one in pack.checked.pack.timescales}
    for one in judgement.timescales:
        say(f"{one.name}  {one.title}")
        say(f"  {one.outcome.value}: {one.reason}")
        for clock in one.clocks:
            closed = _closed_days(pack, by_name[one.name], clock)
            if closed:
                say(f"  not counted: {closed}")


def _closed_days(pack: Pack, timescale: Timescale, clock: Clock) -> str:
    """Return the holidays between start and due date, where the limit counts working days."""
    counts = any(
        isinstance(limit.length, Const)
        and isinstance(limit.length.value, Duration)
        and limit.length.value.unit is Unit.WORKING_DAYS
        for limit in timescale.limits
    )
    calendar = pack.checked.pack.calendars.get(timescale.calendar)
    if not counts or calendar is None or clock.start is None or clock.due is None:
        return ""
    between = calendar.holidays_between(day_of(clock.start), day_of(clock.due))
    return ", ".join(f"{day(date)} ({name})" for date, name in between)
