"""`rulelang eval`: a calculator for the language."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rulelang.api import load
from rulelang.cli import EXIT_JUDGED, EXIT_RULES
from rulelang.cli.output import say
from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.evaluation import Answer, Calculator


def run(options: argparse.Namespace) -> int:
    """Answer one expression, or one a line from standard input."""
    calculator = Calculator.of(
        rules=load(options.rules) if options.rules else None,
        case=_case(options.case),
        as_at=options.as_at,
        calendar=options.calendar,
    )
    as_json = options.format == "json"
    if options.expression == "-":
        for line in sys.stdin:
            say(_line(calculator, line.strip(), as_json))
        return EXIT_JUDGED
    try:
        answer = calculator.answer(options.expression)
    except RulesError as wrong:
        if not as_json:
            raise
        say(json.dumps(_error(wrong), ensure_ascii=False))
        return EXIT_RULES
    say(_shown(answer, as_json))
    for beyond in answer.beyond:
        print(f"rulelang: {beyond}", file=sys.stderr)
    return EXIT_JUDGED


def _line(calculator: Calculator, text: str, as_json: bool) -> str:
    if not text:
        return ""
    try:
        return _shown(calculator.answer(text), as_json)
    except RulesError as wrong:
        error = _error(wrong)
        return (
            json.dumps(error, ensure_ascii=False)
            if as_json
            else f"error[{error['error']}]: {error['message']}"
        )


def _shown(answer: Answer, as_json: bool) -> str:
    return json.dumps(answer.json, ensure_ascii=False) if as_json else answer.text


def _error(wrong: RulesError) -> dict[str, str]:
    first = next((one for one in wrong.diagnostics if one.is_error), wrong.diagnostics[0])
    return {"error": first.code, "message": first.message}


def _case(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8-sig")
        case = json.loads(text)
    except OSError as wrong:
        reason = (wrong.strerror or "it cannot be opened").lower()
        raise RulesError([Diagnostic("wrong-case", f"--case: cannot read the file: {reason}")]) from None
    except (ValueError, UnicodeDecodeError) as wrong:
        raise RulesError([Diagnostic("wrong-case", f"--case is not JSON: {wrong}")]) from None
    if not isinstance(case, dict):
        hint = '--case \'{"commenced": "2004-04-08"}\''
        raise RulesError([Diagnostic("wrong-case", "--case must be one case, a JSON object", hint=hint)])
    return case
