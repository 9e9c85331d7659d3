"""What may be written on the command line, and its help. What the words are worth is settled in `values`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from rulelang import __version__
from rulelang.cli import values
from rulelang.cli.refusals import unknown_word, unknown_words

RULES_HELP = (
    "a rule file, a folder of rule files, or the name of a shipped pack (`rulelang packs` lists them)"
)
DATA_HELP = "a folder of files named after the records, or NAME=PATH for one of them (NAME=book.xlsx#Sheet)"
AS_AT_HELP = "the date as at which cases are judged: 2005-03-01, or '2005-03-01 14:30'; without it, today"
SET_HELP = "the value of a parameter that is given at the run; may stand more than once"
FORMAT_HELP = "how the result is written: text (to read), json or csv (for programs)"

_INVALID_CHOICE = re.compile(r"argument \w+: invalid choice: '?([^']*?)'? \(choose from ")

_Commands = Any  # what argparse returns from add_subparsers has no public name


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to look."""

    def __init__(self, **settings: Any) -> None:
        # An abbreviated option would change its meaning when a new option comes.
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)
        self.commands: dict[str, _Parser] = {}

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {self._plain(message)}\nTry `{self.prog} --help`.\n")

    def _plain(self, message: str) -> str:
        if found := _INVALID_CHOICE.match(message):
            return unknown_word(found[1], self.commands, "command")
        return (
            message.removeprefix("argument ")
            .replace("the following arguments are required:", "still needed:")
            .replace("expected one argument", "needs a value after it")
        )

    def unknown(self, words: Sequence[str]) -> NoReturn:
        """Refuse words that nothing takes."""
        known = [option for action in self._actions for option in action.option_strings]
        self.error(unknown_words(" ".join(words), known))


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what a command line asks for. Exits where it asks for help, or cannot be understood."""
    top = parser()
    options, rest = top.parse_known_args(arguments)
    if rest:
        top.commands[options.named].unknown(rest)
    return options


def parser() -> _Parser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="rulelang",
        description="Inspection criteria and time limits, written as sentences and applied to case records.",
        epilog="For example:\n"
        "  rulelang check gwent examples/gwent/followup --as-at 2005-03-01\n\n"
        "`rulelang COMMAND --help` says more of one command.",
    )
    top.add_argument("--version", action="version", version=f"rulelang {__version__}")
    commands = top.add_subparsers(dest="named", metavar="COMMAND", required=True)
    for add in (_check, _test, _eval, _packs, _explain, _compile):
        add(commands)
    top.commands = commands.choices
    return top


def _command(
    commands: _Commands, name: str, module: str, summary: str, description: str, example: str
) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=description, epilog=f"For example:\n{example}"
    )
    # Which module of the command line carries it out; imported only then.
    one.set_defaults(module=module)
    return one


def _check(commands: _Commands) -> None:
    one = _command(
        commands, "check", "checking", "judge an export and print its scorecard",
        "Read an export of cases, judge each case by the rules, and print the scores.\n\n"
        "Exit code 0: judged, and the scores required were reached. 1: a score fell short, or with --strict\n"
        "the data have problems or a validation failed. 2: the rules or the command line are wrong.\n"
        "3: the data cannot be read.",
        "  rulelang check gwent examples/gwent/followup --as-at 2005-03-01\n"
        "  rulelang check gwent exports/may --by team --details details.csv --problems problems.csv",
    )  # fmt: skip
    one.add_argument("rules", metavar="RULES", type=values.name, help=RULES_HELP)
    one.add_argument("data", metavar="DATA", nargs="+", type=values.name, help=DATA_HELP)
    _as_at(one)
    one.add_argument("--by", metavar="FIELD", help="split the scores by a field or a define of the case")
    one.add_argument(
        "--where", metavar="CONDITION", help="judge only the cases of which this is yes: 'team is \"North\"'"
    )
    _set(one)
    one.add_argument(
        "--rated", metavar="NAME=LEVEL", action="append", default=[], type=values.rated,
        help="the level of a rating that the rules leave to the run; a reason may follow: 'overall=good: WHY'",
    )  # fmt: skip
    _format(one, ("text", "json", "csv"))
    one.add_argument("--out", metavar="PATH", help="write the result to a file in place of the screen")
    one.add_argument(
        "--details", metavar="PATH", type=values.details_path,
        help="write a row for every case and item, with its reason: .csv, .jsonl or .parquet",
    )  # fmt: skip
    one.add_argument("--problems", metavar="PATH", help="write every data problem to a CSV file")
    one.add_argument(
        "--require", metavar="SCORE", type=values.score, help="exit with 1 where a criterion scores less: 65"
    )
    one.add_argument(
        "--strict",
        action="store_true",
        help="exit with 1 where there is any data problem, or a validation of severity error failed",
    )
    one.add_argument("--data-only", action="store_true", help="read the data and report on it; judge nothing")
    one.add_argument(
        "--engine", metavar="ENGINE", type=values.one_of(("auto", "python", "duckdb", "spark"), "engine"),
        default="auto",
        help="who judges: python (case by case), duckdb (in one query), spark, or auto, the faster of the first two",
    )  # fmt: skip
    one.add_argument(
        "--threads", metavar="NUMBER", type=values.threads, help="how many threads duckdb may use; else all"
    )
    one.add_argument(
        "--memory", metavar="SIZE", type=values.memory, help="how much memory duckdb may use, such as 2GB"
    )
    one.add_argument("--findings", action="store_true", help="print the finding under each item")
    one.add_argument("--quiet", action="store_true", help="no progress, and no warnings about the rules")
    _layout(one)


def _test(commands: _Commands) -> None:
    one = _command(
        commands, "test", "examples", "run the examples in the rules",
        "Run the `example` blocks of the rules. Where one fails, say what was expected, what came, and why.\n\n"
        "Exit code 0: all passed. 1: an example failed. 2: the rules are wrong.",
        "  rulelang test gwent\n  rulelang test plans.rules 'bank holiday'\n  rulelang test plans.rules --echo",
    )  # fmt: skip
    one.add_argument("rules", metavar="RULES", type=values.name, help=RULES_HELP)
    one.add_argument("only", metavar="WORDS", nargs="?", help="only the examples whose title has these words")
    one.add_argument("--echo", action="store_true", help="say first, in dates, what each time limit means")
    _set(one)
    _layout(one)


def _eval(commands: _Commands) -> None:
    one = _command(
        commands, "eval", "calculating", "work out one expression, such as '2004-04-08 + 5 working days'",
        "Work out one expression of the language, on a case or on none. In place of an expression, - reads\n"
        "one a line from standard input and answers each on a line of its own.\n\n"
        "Working days are those of England and Wales unless --calendar or --rules says otherwise.",
        "  rulelang eval '2004-04-08 + 5 working days'\n"
        "  rulelang eval 'due is before 2005-01-01' --case '{\"due\": \"2004-12-24\"}'\n"
        "  rulelang eval '2024-12-24 + 3 working days' --calendar scotland --format json",
    )  # fmt: skip
    one.add_argument("expression", metavar="EXPRESSION", help="the expression, in quotes; - reads one a line")
    one.add_argument(
        "--case", metavar="JSON", help="a case to read fields from: JSON, or @ and a file's name"
    )
    one.add_argument(
        "--rules",
        metavar="RULES",
        type=values.name,
        help=f"take fields, defines and calendar from {RULES_HELP}",
    )
    one.add_argument("--calendar", metavar="NAME", help="whose working days are counted: scotland, US-MA")
    one.add_argument(
        "--as-at", metavar="DATE", type=values.date, help="what `as_at` is; what lies after it is missing"
    )
    _set(one)
    _format(one, ("text", "json"))
    _colour(one)


def _packs(commands: _Commands) -> None:
    one = _command(
        commands, "packs", "shelf", "list the rule packs that come with rulelang",
        "List the rule packs that come with rulelang. Their names may stand for RULES in other commands.",
        "  rulelang packs --format json",
    )  # fmt: skip
    _format(one, ("text", "json"))


def _explain(commands: _Commands) -> None:
    one = _command(
        commands, "explain", "telling", "say why a case came out as it did, or what time limits mean",
        "Say everything about one case: the outcome of each item and why, and what was due when.\n"
        "Without DATA, say in dates what each time limit of the rules means.",
        "  rulelang explain gwent examples/gwent/followup --case F1001 --item B1.rmp --as-at 2005-03-01\n"
        "  rulelang explain gwent",
    )  # fmt: skip
    one.add_argument("rules", metavar="RULES", type=values.name, help=RULES_HELP)
    one.add_argument("data", metavar="DATA", nargs="*", type=values.name, help=DATA_HELP)
    one.add_argument("--case", metavar="KEY", help="the key of the case, as in the export")
    one.add_argument("--item", metavar="ID", help="one item only, such as B1.rmp")
    _as_at(one)
    _set(one)
    _layout(one)


def _compile(commands: _Commands) -> None:
    one = _command(
        commands, "compile", "compiling", "write the rules as SQL for a database of your own",
        "Write the rules as one query with comments, for a database where the cases are tables.\n\n"
        "Texts for duckdb and postgres are tested; those for other dialects (snowflake, databricks, bigquery…)\n"
        "are translated and say that they are untested.",
        "  rulelang compile gwent --dialect postgres --as-at 2005-03-01 --out gwent.sql\n"
        "  rulelang compile gwent --dialect duckdb --rows cases --calendar table",
    )  # fmt: skip
    one.add_argument("rules", metavar="RULES", type=values.name, help=RULES_HELP)
    one.add_argument("--to", metavar="sql", default="sql", help="what is written: sql, and nothing else yet")
    one.add_argument(
        "--dialect", metavar="NAME", default="duckdb", help="whose SQL: duckdb, postgres, spark…"
    )
    _as_at(one)
    one.add_argument("--by", metavar="FIELD", help="split the counts by a field or a define of the case")
    one.add_argument("--where", metavar="CONDITION", help="judge only the cases of which this is yes")
    _set(one)
    one.add_argument(
        "--calendar", metavar="inline|table", default="inline",
        help="the working days inside the query, or in tables of their own that the text makes first",
    )  # fmt: skip
    one.add_argument(
        "--rows", metavar="counts|cases", default="counts",
        help="how many cases came to what, or what each case came to",
    )  # fmt: skip
    one.add_argument("--out", metavar="PATH", help="write the text to a file in place of the screen")
    _colour(one)


# --- options that commands share -----------------------------------------------------------------------------------


def _as_at(one: argparse.ArgumentParser) -> None:
    one.add_argument("--as-at", metavar="DATE", type=values.date, help=AS_AT_HELP)


def _set(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], type=values.setting, help=SET_HELP
    )


def _format(one: argparse.ArgumentParser, known: tuple[str, ...]) -> None:
    chosen: Callable[[str], str] = values.one_of(known)
    one.add_argument("--format", metavar="|".join(known), type=chosen, default="text", help=FORMAT_HELP)


def _layout(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--width",
        type=values.width,
        metavar="COLUMNS",
        help="how wide to write, 40 to 120; else the terminal's",
    )
    _colour(one)


def _colour(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--colour", "--color", action="store_true", default=None, help="use colour; else only on a terminal"
    )
    one.add_argument("--no-colour", "--no-color", action="store_false", dest="colour", help="use no colour")
