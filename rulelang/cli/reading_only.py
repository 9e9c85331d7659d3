"""`rulelang check --data-only`: what was read, what was set aside and what is wrong with the data; nothing judged."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
from collections.abc import Callable

from rulelang.api import Pack
from rulelang.cli.files import Outputs
from rulelang.cli.output import Progress, problem_in_words
from rulelang.reading import DataProblem, Export, Problems, csv_sink
from rulelang.reporting.page import Ink, Line, Page, Style, row, wrapped
from rulelang.reporting.words import counted, number

_KEYS = ("pack", "cases", "files", "data_problems", "data_problem_counts", "notes")

Sink = Callable[[DataProblem], None]


def data_only(pack: Pack, options: argparse.Namespace, page: Page, outputs: Outputs) -> tuple[str, int]:
    """Read the export; return what to say of it and how many problems there are."""
    listing = io.StringIO(newline="")
    sinks: list[Sink] = [csv_sink(outputs.text(options.problems))] if options.problems else []
    if options.format == "csv":
        sinks.append(csv_sink(listing))

    def tell(one: DataProblem) -> None:
        for sink in sinks:
            sink(one)

    problems = Problems(tell)
    with Progress(quiet=options.quiet) as progress:
        export = pack.read_data(options.data, problems=problems, progress=progress.rows)
    if options.format == "csv":
        return listing.getvalue(), problems.total
    if options.format == "json":
        return _json(pack, export, problems), problems.total
    return page.paint(_text(pack, export, problems, page)), problems.total


def _json(pack: Pack, export: Export, problems: Problems) -> str:
    from rulelang.reporting.json_view import result_document
    from rulelang.scoring.result import DataProblems, Result
    from rulelang.scoring.tally import Population, Tally

    # A result of which only what concerns the data is shown; its as-at date is none of these.
    result = Result(
        structure=pack.structure,
        as_at=dt.date.min,
        population=Population(export.cases_read, set_aside=export.set_aside),
        tally=Tally(),
        files=export.files,
        problems=DataProblems(problems.listed, problems.totals),
        notes=export.notes,
    )
    document = result_document(result)
    shown = {key: document[key] for key in _KEYS}
    shown["cases"] = {"read": export.cases_read, "set_aside": export.set_aside}
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _text(pack: Pack, export: Export, problems: Problems, page: Page) -> list[Line]:
    lines = wrapped([page.ink(f"Data for {pack.title}", Style.HEADING)], page.width)
    said = (
        f"{counted(export.cases_read, 'case')} read, {number(export.set_aside)} set aside; nothing is judged"
    )
    lines += [*wrapped([page.ink(said)], page.width), (), (page.ink("Files", Style.HEADING),)]
    for file in export.files:
        rows = (
            f"{counted(file.read, 'row')} read, {number(file.used)} used, {number(file.set_aside)} set aside"
        )
        lines += row(page, [page.ink(f"{file.file}: {rows}")], indent=2, hang=2)
    lines += [(), (page.ink(f"Data problems: {number(problems.total)}", Style.HEADING),)]
    for one in problems.totals:
        place = f"{one.column} in {one.file}" if one.column else one.file
        style = Style.FAINT if one.is_note else Style.PLAIN
        words = f"{number(one.count)} {one.kind.replace('-', ' ')}: {place}"
        lines += row(page, [page.ink(words, style)], indent=2, hang=2)
    if problems.listed:
        lines.append(())
    for problem in problems.listed:
        lines += row(page, [page.ink(problem_in_words(problem))], indent=2, hang=2)
    more = sum(one.count for one in problems.totals) - len(problems.listed)
    if more > 0:
        rest = f"and {number(more)} more; --problems PATH writes them all"
        lines += row(page, [page.ink(rest, Style.FAINT)], indent=2)
    return lines + _notes(page, export.notes)


def _notes(page: Page, notes: tuple[str, ...]) -> list[Line]:
    if not notes:
        return []
    lines: list[Line] = [(), (Ink("Notes", Style.HEADING),)]
    for note in notes:
        lines += row(page, [page.ink(note)], indent=2, hang=2)
    return lines
