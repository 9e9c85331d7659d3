"""`rulelang eval`: a calculator for the language."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from rulelang.cli import EXIT_DATA, EXIT_JUDGED, EXIT_RULES, where_of
from rulelang.cli.loading import loaded
from rulelang.cli.output import hand_over, problem_in_words, show, warn
from rulelang.cli.refusals import WrongCommand
from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.evaluation import Answer, Calculator


def run(options: argparse.Namespace) -> int:
    """Answer one expression, or one a line from standard input."""
    as_json = options.format == "json"
    if options.rules is None and options.set:
        raise WrongCommand(
            "--set gives values to the parameters of rules, and there are none", "Add --rules."
        )
    rules = loaded(options) if options.rules else None
    case = _case(options.case)
    try:
        calculator = Calculator.of(rules=rules, case=case, as_at=options.as_at, calendar=options.calendar)
        for problem in calculator.problems.listed:
            warn(f"--case: {problem_in_words(attrs.evolve(problem, file='case'))}")
        if options.expression == "-":
            return _answer_lines(calculator, as_json)
        answer = calculator.answer(options.expression)
    except RulesError as wrong:
        plainer = _without_scratch(wrong, options)
        if not as_json:
            raise plainer from None
        hand_over(json.dumps(_error(plainer), ensure_ascii=False) + "\n")
        return EXIT_RULES
    (hand_over if as_json else show)(_shown(answer, as_json) + "\n")
    for beyond in answer.beyond:
        warn(f"Missing, because {beyond}.")
    # The defines of a case without rules are none, so the words of the expression tell.
    asked = rules is None and options.calendar is None and "working day" in options.expression
    if asked and not as_json and sys.stdout.isatty():
        warn("Working days are those of England and Wales; --calendar names others.")
    return EXIT_JUDGED


def _answer_lines(calculator: Calculator, as_json: bool) -> int:
    """Answer each line at once: another program may wait for the answer before it asks again."""
    for number, line in enumerate(_lines(), 1):
        if line is None:
            warn(f"rulelang eval: line {number} of the input is not UTF-8 text; stopped there")
            return EXIT_DATA
        hand_over(_line(calculator, line.strip(), as_json) + "\n")
    return EXIT_JUDGED


def _lines() -> Iterator[str | None]:
    first = True
    for line in getattr(sys.stdin, "buffer", sys.stdin):
        try:
            text = line.decode("utf-8-sig" if first else "utf-8") if isinstance(line, bytes) else line
        except UnicodeDecodeError:
            yield None
            return
        first = False
        yield text


def _line(calculator: Calculator, text: str, as_json: bool) -> str:
    if not text:
        return ""
    try:
        return " ".join(_shown(calculator.answer(text), as_json).split("\n"))
    except RulesError as wrong:
        return _error_line(_error(wrong), as_json)
    except Exception as fault:
        if os.environ.get("RULELANG_DEBUG"):
            raise
        # Whoever asks line by line still waits for the other answers.
        told = (
            f"this is a fault of the program; please report it: {type(fault).__name__} at {where_of(fault)}"
        )
        return _error_line({"error": "program-fault", "message": told}, as_json)


def _error_line(error: dict[str, str], as_json: bool) -> str:
    if as_json:
        return json.dumps(error, ensure_ascii=False)
    return f"error[{error['error']}]: {error['message']}"


def _shown(answer: Answer, as_json: bool) -> str:
    return json.dumps(answer.json, ensure_ascii=False) if as_json else answer.text


def _error(wrong: RulesError) -> dict[str, str]:
    """Return the first error on one line: the message, what stands under the place, what to do."""
    first = next((one for one in wrong.diagnostics if one.is_error), wrong.diagnostics[0])
    label = first.label.text if first.label is not None else ""
    text = f"{first.message}; {label}" if label else first.message
    message = f"{text}. {first.hint}" if first.hint else text
    return {"error": first.code, "message": " ".join(message.split())}


def _without_scratch(wrong: RulesError, options: argparse.Namespace) -> RulesError:
    """Leave out of messages the rules that were made up for a case without rules."""
    return wrong if options.rules else RulesError([_plainer(one, options) for one in wrong.diagnostics])


def _plainer(one: Diagnostic, options: argparse.Namespace) -> Diagnostic:
    if one.code == "unknown-name" and options.case is None:
        return attrs.evolve(one, hint='Fields need a case: --case \'{"commenced": "2004-04-08"}\'.')
    if one.label is not None and one.label.place.file.name == "case":
        hint = one.label.text[:1].upper() + one.label.text[1:]
        return attrs.evolve(one, label=None, others=(), hint=one.hint or hint or None)
    return one


def _case(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    where = "--case"
    if text.startswith("@"):
        where = text[1:]
        try:
            text = Path(where).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise WrongCommand(f"--case: {where} is not UTF-8 text") from None
        except OSError:
            there = Path(where).exists()
            reason = "it cannot be opened" if there else "there is no such file"
            raise WrongCommand(f"--case: cannot read {where}: {reason}") from None
    example = (
        'A case is written like this: {"commenced": "2004-04-08", "reviews": [{"completed": "2004-07-12"}]}'
    )
    try:
        case = json.loads(text)
    except ValueError as wrong:
        line = getattr(wrong, "lineno", 1)
        column = getattr(wrong, "colno", 1)
        raise WrongCommand(
            f"{where} is not JSON: it cannot be read from line {line}, column {column} on", example
        ) from None
    if not isinstance(case, dict):
        raise WrongCommand(f"{where} must be one case", example)
    return case
