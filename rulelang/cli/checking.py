"""`rulelang check`: read an export, judge it, print and write what came of it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from rulelang.api import Pack, find_rules
from rulelang.cli import EXIT_JUDGED, EXIT_SHORT
from rulelang.cli.files import Outputs, refuse_clashes
from rulelang.cli.loading import loaded, no_as_at, today
from rulelang.cli.output import Progress, hand_over, page_for, say, show, warn
from rulelang.cli.refusals import WrongCommand
from rulelang.reading import Problems, csv_sink, find_sources
from rulelang.reporting.page import Page, wrapped
from rulelang.reporting.words import counted
from rulelang.scoring.given import given_ratings
from rulelang.scoring.result import Result
from rulelang.scoring.thresholds import check_thresholds
from rulelang.scoring.validations import errors, validated

if TYPE_CHECKING:
    from rulelang.cli.details import Details
    from rulelang.scoring.ratings import GivenRating


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    pack = loaded(options)
    _look_ahead(pack, options)
    if options.data_only:
        return _read_only(pack, options)
    as_at = options.as_at
    if as_at is None:
        as_at = today()
        _say_first(no_as_at(as_at), options)
    with Outputs() as outputs, Progress(quiet=options.quiet) as progress:
        problems = Problems(csv_sink(outputs.text(options.problems)) if options.problems else None)
        details = _details(options, outputs)
        result = pack.check(
            options.data, as_at=as_at, by=options.by, where=options.where, problems=problems,
            each=details.each if details else None, unjudged=details.unjudged if details else None,
            progress=progress.rows, judged=progress.cases,
            engine=options.engine, threads=options.threads, memory=options.memory,
            advance=progress.share if progress.wanted else None, ratings=_rated(options),
        )  # fmt: skip
        if details is not None:
            details.finish()
        text = _written(result, options)
        if options.out:
            outputs.text(options.out).write(text)
    _print(text, options)
    return _verdict(result, options)


def _look_ahead(pack: Pack, options: argparse.Namespace) -> None:
    """Find what is wrong with the command before a long export is read."""
    inputs = find_rules(options.rules)
    if options.engine != "spark":
        # A cluster reads from addresses that only it knows.
        sources = find_sources(pack.schema, options.data)
        inputs += [source.path for source in sources.files.values()]
    outputs = {"--out": options.out, "--details": options.details, "--problems": options.problems}
    refuse_clashes(outputs, inputs)
    if not options.data_only:
        pack.evaluator  # noqa: B018  (made now: it says which parameters still need a value)
        if options.where is not None:
            pack.condition(options.where)
        if options.by is not None:
            pack.expression(options.by)
        given_ratings(pack.structure.ratings, _rated(options))


def _rated(options: argparse.Namespace) -> dict[str, GivenRating]:
    given: dict[str, GivenRating] = {}
    for name, one in options.rated:
        if name in given:
            raise WrongCommand(f"--rated gives `{name}` twice")
        given[name] = one
    return given


def _details(options: argparse.Namespace, outputs: Outputs) -> Details | None:
    if options.details is None:
        return None
    from rulelang.cli.details import details_into

    return details_into(options.details, outputs)


def _say_first(text: str, options: argparse.Namespace) -> None:
    """Say what the reader of a report must know before it; programs get nothing but the result."""
    if options.format != "text" or options.out is not None:
        warn(text)
        return
    page = _page(options)
    say(page, [*wrapped([page.ink(text)], page.width), ()])
    sys.stdout.flush()


def _written(result: Result, options: argparse.Namespace) -> str:
    if options.format == "json":
        from rulelang.reporting.json_view import render_json

        return render_json(result)
    if options.format == "csv":
        from rulelang.reporting.csv_view import render_csv

        return render_csv(result)
    from rulelang.reporting.text import render_text

    page = _page(options)
    return render_text(
        result,
        width=page.width,
        colour=page.colour,
        ascii_only=page.ascii_only,
        findings=options.findings,
        least=options.require,
    )


def _page(options: argparse.Namespace) -> Page:
    if options.out:
        return Page(options.width or 80, bool(options.colour))
    return page_for(options.width, options.colour)


def _print(text: str, options: argparse.Namespace) -> None:
    if options.out:
        return
    (show if options.format == "text" else hand_over)(text)


def _verdict(result: Result, options: argparse.Namespace) -> int:
    """Say what fell short, apart from the result, and return the exit code."""
    thresholds = check_thresholds(result.scorecard, options.require)
    for one in thresholds.short:
        warn(f"Below the score required: {one.sentence}.")
    if options.format != "text" or options.out:
        for name in thresholds.without_score:
            warn(f"Not compared with the score required, having none: {name}.")
    failed = errors(validated(result.structure, result.tally))
    dirty = options.strict and _say_strict(result.problems.total, failed)
    return EXIT_SHORT if dirty or not thresholds.held else EXIT_JUDGED


def _say_strict(problems: int, failed: int = 0) -> bool:
    found = [counted(problems, "data problem")] if problems else []
    found += [f"{counted(failed, 'validation')} that failed"] if failed else []
    if found:
        are = "is" if problems + failed == 1 or (problems == 1 and failed) else "are"
        warn(f"With --strict this run fails: there {are} {' and '.join(found)}.")
    return bool(found)


# --- the data alone ------------------------------------------------------------------------------------------------


def _read_only(pack: Pack, options: argparse.Namespace) -> int:
    from rulelang.cli.reading_only import data_only

    with Outputs() as outputs:
        text, count = data_only(pack, options, _page(options), outputs)
        if options.out:
            outputs.text(options.out).write(text)
    _print(text, options)
    return EXIT_SHORT if options.strict and _say_strict(count) else EXIT_JUDGED
