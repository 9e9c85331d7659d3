"""`rulelang check`: read an export, judge it, print and write what came of it."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rulelang.api import Pack, load, shipped_packs
from rulelang.cli import EXIT_JUDGED, EXIT_SHORT
from rulelang.cli.output import colour_on, only_ascii, say, warn, width_of, written
from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.diagnostics.rendering import render_all
from rulelang.evaluation import Calculator
from rulelang.explaining.judgement import ItemJudgement, Judgement
from rulelang.explaining.words import day
from rulelang.inspection import plain
from rulelang.reading import CaseRow, Problems, csv_sink
from rulelang.reporting.csv_view import inert
from rulelang.scoring.result import Result
from rulelang.scoring.thresholds import check_thresholds

DETAIL_COLUMNS = ("key", "item", "outcome", "due", "event", "days_over", "reason")


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    pack = loaded(options.rules, options.set)
    as_at = as_at_of(options, quiet=options.data_only)
    with ExitStack() as stack:
        sink = csv_sink(stack.enter_context(written(options.problems))) if options.problems else None
        problems = Problems(sink)
        progress = Progress()
        export = pack.read_data(options.data, problems=problems, progress=progress.rows)
        if options.data_only:
            progress.done()
            return _data_only(export, problems, options)
        each = _details(options.details, stack) if options.details else None
        result = pack.inspect(
            export, as_at=as_at, by=options.by, where=options.where, each=each, problems=problems,
            progress=progress.cases,
        )  # fmt: skip
        progress.done()
        text = _written(result, options)
        if options.out:
            stack.enter_context(written(options.out)).write(text)
    if not options.out:
        sys.stdout.write(_showable(text))
    return _verdict(result, options)


def loaded(rules: str, given: list[str] | None = None) -> Pack:
    """Load the pack, say what deserves a second look, and set what is given at the run."""
    pack = load(rules)
    if Path(rules).exists() and rules in shipped_packs():
        warn(f"Using the rules at {rules}, not the shipped pack of that name.")
    if pack.warnings:
        warn(render_all(pack.warnings, colour=colour_on(sys.stderr)) + "\n")
    values = {}
    for one in given or []:
        name, equals, text = one.partition("=")
        if not equals:
            raise RulesError(
                [Diagnostic("wrong-option", f"--set {one} has no value", hint="Write --set NAME=VALUE.")]
            )
        values[name] = Calculator.of().answer(text).value
    return pack.with_values(**values) if values else pack


def as_at_of(options: argparse.Namespace, *, quiet: bool = False) -> dt.date | dt.datetime:
    """Return the as-at date; without one it is today, and that is said first."""
    if options.as_at is not None:
        return options.as_at  # type: ignore[no-any-return]
    today = dt.date.today()
    if not quiet:
        warn(f"Judged as at today, {day(today)}. Give --as-at for another date.")
    return today


class Progress:
    """One line on a terminal while work is long, gone when it is done."""

    def __init__(self) -> None:
        self._shown = False
        self._began = time.monotonic()

    def rows(self, file: str, rows: int) -> None:
        self._show(f"{file}: {rows:,} rows read")

    def cases(self, cases: int) -> None:
        self._show(f"{cases:,} cases judged")

    def _show(self, text: str) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._began > 1:
            self._shown = True
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _written(result: Result, options: argparse.Namespace) -> str:
    if options.format == "json":
        from rulelang.reporting.json_view import render_json

        return render_json(result).rstrip("\n") + "\n"
    if options.format == "csv":
        from rulelang.reporting.csv_view import render_csv

        return render_csv(result)
    from rulelang.reporting.text import render_text

    to_screen = not options.out
    text = render_text(
        result,
        width=width_of(options.width),
        colour=to_screen and colour_on(sys.stdout),
        ascii_only=to_screen and only_ascii(sys.stdout),
        findings=options.findings,
        least=options.require,
    )
    return text.rstrip("\n") + "\n"


def _showable(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _verdict(result: Result, options: argparse.Namespace) -> int:
    thresholds = check_thresholds(result.scorecard, options.require)
    if not thresholds.held and options.format != "text":
        for one in thresholds.short:
            warn(one.sentence)
    strict = options.strict and result.problems.total > 0
    if strict:
        warn(f"--strict: there are {result.problems.total:,} data problems.")
    return EXIT_SHORT if strict or not thresholds.held else EXIT_JUDGED


def _data_only(export: Any, problems: Problems, options: argparse.Namespace) -> int:
    say(f"{export.cases_read:,} cases read, {export.set_aside:,} set aside")
    for one in export.files:
        say(f"  {one.file}: {one.read:,} rows read, {one.used:,} used, {one.set_aside:,} set aside")
    for total in problems.totals:
        place = f"{total.file}, column {total.column}" if total.column else total.file
        say(f"  {total.count:,} × {total.kind.replace('-', ' ')} in {place}")
    for problem in problems.listed:
        say(f"    {problem}")
    for note in export.notes:
        say(f"  Note: {note}")
    return EXIT_SHORT if options.strict and problems.total else EXIT_JUDGED


# --- details -------------------------------------------------------------------------------------------------------


def _details(path: str, stack: ExitStack) -> Callable[[CaseRow, Judgement], None]:
    """Return what writes a row for each case and item, as CSV or JSON Lines by the file's name."""
    if not path.endswith((".csv", ".jsonl")):
        hint = "End its name in .csv or .jsonl."
        raise RulesError(
            [Diagnostic("wrong-option", f"--details cannot tell the format of {path}", hint=hint)]
        )
    stream = stack.enter_context(written(path))
    if path.endswith(".jsonl"):

        def write_json(case: CaseRow, judgement: Judgement) -> None:
            for item in judgement.items:
                row = dict(zip(DETAIL_COLUMNS, _detail(case, item), strict=True))
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")

        return write_json
    writer = csv.writer(stream)
    writer.writerow(DETAIL_COLUMNS)

    def write_csv(case: CaseRow, judgement: Judgement) -> None:
        for item in judgement.items:
            key, *rest, reason = _detail(case, item)
            writer.writerow([inert(key) if key else key, *rest, inert(reason)])

    return write_csv


def _detail(case: CaseRow, item: ItemJudgement) -> list[Any]:
    clock = item.clock
    due = plain(clock.due) if clock is not None and clock.due is not None else None
    event = plain(clock.event) if clock is not None and clock.event is not None else None
    over = clock.days_over if clock is not None else None
    return [case.key, item.id, item.outcome.value, due, event, over, item.reason]
