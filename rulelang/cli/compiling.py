"""`rulelang compile`: the rules as a text of SQL, for those who run it in their own database."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rulelang import __version__
from rulelang.api import Pack, find_rules
from rulelang.cli import EXIT_JUDGED
from rulelang.cli.files import Outputs, refuse_clashes
from rulelang.cli.loading import loaded, no_as_at, today
from rulelang.cli.output import hand_over, warn
from rulelang.cli.refusals import WrongCommand, unknown_word
from rulelang.engines.python.evaluator import AsAt
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.lowering import Wanted
from rulelang.engines.sql.scripts.making import Ending, Script, Written, write_script
from rulelang.engines.sql.scripts.words import IN_DUCKDB, IN_POSTGRES, TO_TRANSLATE, Words
from rulelang.query.translating import NoTranslator, Untranslatable, known_dialects, translate, translator
from rulelang.query.writing import NotWritten
from rulelang.reporting.words import date_in_words

if TYPE_CHECKING:
    from rulelang.model.expressions import Expression

TESTED: dict[str, tuple[str, Words]] = {
    "duckdb": ("DuckDB", IN_DUCKDB),
    "postgres": ("PostgreSQL", IN_POSTGRES),
}
ALSO = {"postgresql": "postgres"}


def run(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    _known(options.to, ("sql",), "form of output")
    _known(options.calendar, ("inline", "table"), "way of giving the calendar")
    _known(options.rows, tuple(one.value for one in Ending), "kind of rows")
    dialect = _dialect(options.dialect.lower())
    pack = loaded(options)
    refuse_clashes({"--out": options.out}, find_rules(options.rules))
    as_at = options.as_at
    if as_at is None:
        as_at = today()
        warn(no_as_at(as_at))
    text = _text(pack, options, dialect, as_at)
    if options.out is None:
        hand_over(text)
        return EXIT_JUDGED
    with Outputs() as outputs:
        outputs.text(options.out).write(text)
    return EXIT_JUDGED


def _known(word: str, known: Iterable[str], what: str) -> None:
    if word not in known:
        raise WrongCommand(unknown_word(word, known, what))


def _dialect(name: str) -> str:
    name = ALSO.get(name, name)
    if name in TESTED:
        return name
    try:
        known = dict.fromkeys((*TESTED, *known_dialects()))
    except NoTranslator:
        raise WrongCommand(
            f"the dialect `{name}` is translated by sqlglot, which is not installed",
            f"Install it with: pip install 'rulelang[sql]'. Without it there are: {', '.join(TESTED)}.",
        ) from None
    _known(name, known, "dialect")
    return name


def _text(pack: Pack, options: argparse.Namespace, dialect: str, as_at: dt.date | dt.datetime) -> str:
    title, words = TESTED.get(dialect, (dialect, TO_TRANSLATE))
    head = _head(pack, options, title, as_at)
    try:
        written = _written(pack, options, words, as_at)
        if dialect in TESTED:
            return _joined(head, written.tables, written.query)
        tables = tuple(translate(one, dialect) for one in written.tables)
        untested = f"UNTESTED: put into the words of {dialect} by {translator()}; nobody has run it."
        return _joined([untested, "", *head], tables, translate(written.query, dialect))
    except Unsupported as wrong:
        raise WrongCommand(
            f"these rules cannot be one query, because of {wrong}", "`rulelang check` judges by them."
        ) from None
    except NotWritten as wrong:
        raise WrongCommand(f"{title} has no words for `{wrong.function}`, which these rules need") from None
    except Untranslatable as wrong:
        raise WrongCommand(
            f"these rules cannot be put into the words of {dialect}: {wrong}",
            f"There are tested texts for {' and '.join(TESTED)}.",
        ) from None


def _written(pack: Pack, options: argparse.Namespace, words: Words, as_at: dt.date | dt.datetime) -> Written:
    plan = pack.evaluator.plan
    moment = AsAt.of(as_at, pack.schema.reading.time_zone)

    def inlined(node: Expression | None) -> Expression | None:
        return None if node is None else plan.inlined(node)

    wanted = Wanted(
        moment.day,
        moment.moment,
        where=inlined(pack.condition(options.where) if options.where is not None else None),
        by=inlined(pack.expression(options.by) if options.by is not None else None),
        given=dict(pack.given),
    )
    script = Script(wanted, Ending(options.rows), options.calendar == "table")
    return write_script(pack.checked.pack, plan, script, words)


def _joined(head: list[str], tables: tuple[str, ...], query: str) -> str:
    comment = "".join(f"-- {one}\n" if one else "--\n" for one in head)
    if not tables:
        return f"{comment}\n{query}"
    made = "\n".join(tables)
    return (
        f"{comment}\n-- The tables of the calendar: to be made once, and again when these rules change.\n\n{made}\n"
        f"-- The query.\n\n{query}"
    )


def _head(pack: Pack, options: argparse.Namespace, title: str, as_at: dt.date | dt.datetime) -> list[str]:
    from rulelang.engines.sql.scripts.comments import line

    moment = f" at {as_at:%H:%M}" if isinstance(as_at, dt.datetime) else ""
    day = as_at.date() if isinstance(as_at, dt.datetime) else as_at
    lines = [
        line(f"{pack.title} ({pack.name} {pack.version}), as at {date_in_words(day)}{moment}."),
        f"Written by rulelang {__version__} for {title}. Change the rules and compile them again, not this text.",
    ]
    if options.where is not None:
        lines.append(line(f"Only the cases of which this is yes: {options.where}"))
    if options.by is not None:
        lines.append(line(f"Split by: {options.by}"))
    lines += [line(f"With {name} = {value}") for name, value in pack.given.items()]
    return lines
