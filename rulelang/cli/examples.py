"""`rulelang test`: run the examples of a pack, and show what an example that failed came to."""

from __future__ import annotations

import argparse

from rulelang.cli import EXIT_JUDGED, EXIT_SHORT
from rulelang.cli.loading import loaded
from rulelang.cli.output import page_for, say
from rulelang.cli.telling import limits_in_dates
from rulelang.reporting.page import Line, Page, Style, row
from rulelang.reporting.words import counted
from rulelang.testing.examples import ExampleResult, ExpectationResult, run_examples


def run(options: argparse.Namespace) -> int:
    """Run the command: 1 when an example fails."""
    pack = loaded(options)
    page = page_for(options.width, options.colour)
    lines: list[Line] = []
    if options.echo:
        lines += [*limits_in_dates(page, pack), ()]
    results = run_examples(pack, options.only)
    failed = [one for one in results if not one.passed]
    for one in failed:
        lines += [*_failed(page, one), ()]
    lines += row(page, [page.ink(_summary(len(results), len(failed), pack.name, options.only))])
    say(page, lines)
    return EXIT_SHORT if failed else EXIT_JUDGED


def _summary(count: int, failed: int, pack: str, only: str | None) -> str:
    if not count:
        return f"{pack} has no example" + (f" with “{only}” in its title." if only else ".")
    which = f" with “{only}” in the title" if only else ""
    if not failed:
        return f"{counted(count, 'example')}{which}: {'all passed' if count > 1 else 'passed'}."
    return f"{counted(count, 'example')}{which}: {count - failed} passed, {failed} failed."


def _failed(page: Page, one: ExampleResult) -> list[Line]:
    lines = row(page, [page.ink("FAILED", Style.ALERT), page.ink(one.title, Style.STRONG)], hang=7)
    if one.place:
        lines += row(page, [page.ink(one.place, Style.FAINT)], indent=7)
    for expectation in one.expectations:
        if not expectation.passed:
            lines += _unmet(page, expectation)
    kept = sum(expectation.passed for expectation in one.expectations)
    if kept:
        lines += row(page, [page.ink(f"{counted(kept, 'other line')} held", Style.FAINT)], indent=7)
    return lines


def _unmet(page: Page, one: ExpectationResult) -> list[Line]:
    told = [("expected", one.text, Style.STRONG), ("came", one.came, Style.STRONG)]
    told += [("because", one.reason, Style.PLAIN)] if one.reason else []
    told += [("at", one.place, Style.FAINT)] if one.place else []
    lines: list[Line] = []
    for word, text, style in told:
        # Tied blanks set the words in a column.
        lines += row(page, [page.tied(word.ljust(8), Style.FAINT), page.ink(text, style)], indent=2, hang=9)
    return lines
