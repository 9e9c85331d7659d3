"""What may be written on the command line, and its help."""

from __future__ import annotations

import argparse
import datetime as dt
from fractions import Fraction
from typing import NoReturn

from rulelang import __version__

RULES_HELP = "a rule file, a folder of them, or the name of a shipped pack (see `rulelang packs`)"
AS_AT_HELP = "the date as at which cases are judged: 2005-03-01, or '2005-03-01 14:30'"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where to look."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nTry `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="rulelang",
        description="Inspection criteria and time limits, written as sentences, applied to case records.",
        epilog="For example: rulelang check gwent examples/gwent/followup --as-at 2005-03-01",
    )
    top.add_argument("--version", action="version", version=f"rulelang {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _check(commands)
    _test(commands)
    _eval(commands)
    _packs(commands)
    _explain(commands)
    return top


def _check(commands: argparse._SubParsersAction[_Parser]) -> None:
    one = commands.add_parser("check", help="judge an export and print its scorecard")
    one.set_defaults(command="checking")
    one.add_argument("rules", metavar="RULES", help=RULES_HELP)
    one.add_argument(
        "data", metavar="DATA", nargs="+",
        help="a folder of files named after the records, or name=path (name=book.xlsx#Sheet)",
    )  # fmt: skip
    _as_at(one)
    one.add_argument("--by", metavar="FIELD", help="split the scores by a field or a define of the case")
    one.add_argument("--where", metavar="CONDITION", help="judge only the cases of which this is yes")
    one.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="a parameter given at the run"
    )
    one.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="how the result is written"
    )
    one.add_argument("--out", metavar="PATH", help="write the result to a file instead of the screen")
    one.add_argument("--details", metavar="PATH", help="write a row for each case and item: .csv or .jsonl")
    one.add_argument("--problems", metavar="PATH", help="write every data problem to a CSV file")
    one.add_argument("--require", metavar="SCORE", type=_score, help="exit 1 if a criterion scores less")
    one.add_argument("--strict", action="store_true", help="exit 1 if there is any data problem")
    one.add_argument("--data-only", action="store_true", help="read the data and report on it; judge nothing")
    one.add_argument("--findings", action="store_true", help="print the finding of each item")
    one.add_argument("--width", type=int, metavar="COLUMNS", help="the width of the text, 40 to 120")


def _test(commands: argparse._SubParsersAction[_Parser]) -> None:
    one = commands.add_parser("test", help="run the examples in the rules")
    one.set_defaults(command="examples")
    one.add_argument("rules", metavar="RULES", help=RULES_HELP)
    one.add_argument("only", metavar="WORDS", nargs="?", help="only examples whose title holds these words")
    one.add_argument("--echo", action="store_true", help="say in dates what each time limit means")


def _eval(commands: argparse._SubParsersAction[_Parser]) -> None:
    one = commands.add_parser("eval", help="work out one expression, such as '2004-04-08 + 5 working days'")
    one.set_defaults(command="calculating")
    one.add_argument("expression", metavar="EXPRESSION", help="the expression; - reads one a line")
    one.add_argument("--case", metavar="JSON", help="a case to read fields from: JSON, or @ and a file")
    one.add_argument("--rules", metavar="RULES", help=RULES_HELP)
    one.add_argument("--calendar", metavar="NAME", help="whose working days are counted (england_and_wales)")
    _as_at(one)
    one.add_argument("--format", choices=("text", "json"), default="text", help="how the answer is written")


def _packs(commands: argparse._SubParsersAction[_Parser]) -> None:
    one = commands.add_parser("packs", help="list the packs that come with rulelang")
    one.set_defaults(command="shelf")
    one.add_argument("--format", choices=("text", "json"), default="text", help="how the list is written")


def _explain(commands: argparse._SubParsersAction[_Parser]) -> None:
    one = commands.add_parser("explain", help="say why a case came out as it did")
    one.set_defaults(command="telling")
    one.add_argument("rules", metavar="RULES", help=RULES_HELP)
    one.add_argument(
        "data", metavar="DATA", nargs="*", help="the export; without it, what the time limits mean"
    )
    one.add_argument("--case", metavar="KEY", help="the key of the case")
    one.add_argument("--item", metavar="ID", help="one item, such as B1.rmp")
    _as_at(one)


def _as_at(one: argparse.ArgumentParser) -> None:
    one.add_argument("--as-at", metavar="DATE", type=_date, help=AS_AT_HELP)


def _date(text: str) -> dt.date | dt.datetime:
    try:
        return dt.date.fromisoformat(text) if len(text) <= 10 else dt.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date; write it as 2005-03-01") from None


def _score(text: str) -> Fraction:
    try:
        score = Fraction(text.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"'{text}' is not a score; write a percentage such as 65") from None
    if not 0 <= score <= 100:
        raise argparse.ArgumentTypeError(f"a score lies between 0 and 100, not at {text}")
    return score
