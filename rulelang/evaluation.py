"""A calculator for the language: one expression, on a case or on none, with or without rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import define, field, frozen

from rulelang.api import Pack, load_text
from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.engines.python.evaluator import AsAt
from rulelang.explaining.words import number
from rulelang.model.expressions import AsAtDate, Expression, walk
from rulelang.reading import Problems
from rulelang.truth import NA, UNREADABLE
from rulelang.types import ChoiceType, Type

DEFAULT_CALENDAR = "england_and_wales"
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?\Z")
_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
_YES_NO = {"yes", "no"}
_NOT_APPLICABLE = {"n/a", "not applicable"}


@frozen
class Answer:
    """The value of an expression and its type. A missing value is None; counts beyond the calendar are told."""

    value: Any
    type: Type
    beyond: tuple[Exception, ...] = ()

    @property
    def text(self) -> str:
        """The answer as the command line prints it."""
        return spelled(self.value)

    @property
    def json(self) -> dict[str, Any]:
        """The answer in JSON's terms: `value` and `type`."""
        return {"value": in_json(self.value), "type": type_name(self.type)}


@define
class Calculator:
    """Works out expressions, one after another, on one case."""

    pack: Pack
    case: Mapping[str, Any]
    as_at: AsAt | None
    calendar: str | None = None
    problems: Problems = field(factory=Problems)

    @classmethod
    def of(
        cls,
        *,
        rules: Pack | None = None,
        case: Mapping[str, Any] | None = None,
        as_at: dt.date | dt.datetime | None = None,
        calendar: str | None = None,
        time_zone: str | None = None,
    ) -> Calculator:
        """Return a calculator. Without rules the fields of the case have the types that their values look like.

        Without `as_at` nothing is hidden, and `as_at` in an expression is an error. Raises RulesError for an
        unknown calendar or time zone.
        """
        pack = rules or load_text(scratch_rules(case or {}, calendar or DEFAULT_CALENDAR, time_zone), "case")
        problems = Problems()
        row = pack.read(case or {}, problems=problems).row
        moment = AsAt.of(as_at, pack.schema.reading.time_zone) if as_at is not None else None
        return cls(pack, row, moment, calendar, problems)

    def answer(self, text: str) -> Answer:
        """Return the answer of an expression. Raises RulesError where it is wrong."""
        expression = self.pack.expression(text, self.calendar)
        if self.as_at is None and _asks_as_at(expression):
            hint = "Give one: --as-at 2005-03-01."
            raise RulesError(
                [Diagnostic("as-at-needed", "the expression asks for the as-at date", hint=hint)]
            )
        as_at = self.as_at or AsAt(dt.date.max, dt.datetime.max)
        value, beyond = self.pack.evaluator.work_out(expression, self.case, as_at)
        return Answer(value, expression.type, tuple(beyond))


def evaluate_expression(
    expression: str,
    *,
    rules: Pack | str | None = None,
    case: Mapping[str, Any] | None = None,
    as_at: dt.date | dt.datetime | None = None,
    calendar: str | None = None,
) -> Any:
    """Return the value of an expression: None where it is missing, `rulelang.NA` where it is not applicable.

    `rules` is a pack, or the text of one. Raises RulesError where the expression is wrong.
    """
    pack = load_text(rules) if isinstance(rules, str) else rules
    return Calculator.of(rules=pack, case=case, as_at=as_at, calendar=calendar).answer(expression).value


def _asks_as_at(node: Expression) -> bool:
    return any(isinstance(one, AsAtDate) for one in walk(node))


# --- a pack for a case without rules -------------------------------------------------------------------------------


def scratch_rules(case: Mapping[str, Any], calendar: str, time_zone: str | None = None) -> str:
    """Return the text of a pack whose records have the fields of a case, typed by their values."""
    records: dict[str, list[str]] = {}
    _record("case", [case], records)
    zone = f'\n  time zone "{time_zone}"' if time_zone else ""
    quoted = calendar if _NAME.match(calendar) else "scratch_calendar"
    lines = [f"pack scratch\n  calendar {quoted}{zone}\n"]
    if quoted != calendar:
        lines.append(f'calendar scratch_calendar\n  holidays of "{calendar}"\n')
    lines += [f"record {name}\n" + "\n".join(fields) + "\n" for name, fields in records.items()]
    return "\n".join(lines)


def _record(name: str, rows: list[Mapping[str, Any]], records: dict[str, list[str]]) -> None:
    records[name] = []
    fields: dict[str, list[Any]] = {}
    for row in rows:
        for key, value in row.items():
            fields.setdefault(key, []).append(value)
    for key, values in fields.items():
        if not _NAME.match(key):
            hint = "Names are written in small letters, digits and `_`."
            raise RulesError([Diagnostic("wrong-name", f'"{key}" cannot be the name of a field', hint=hint)])
        known = [value for value in values if value is not None]
        if known and all(isinstance(value, list) for value in known):
            child = f"{key}_row"
            records[name].append(f"  `{key}` list of {child}")
            _record(child, [row for value in known for row in value], records)
        else:
            records[name].append(f"  `{key}` {_type_of(known)} optional")
    if not fields:
        records[name].append("  nothing text optional")


def _type_of(values: list[Any]) -> str:
    looks = {_look(value) for value in values}
    if looks == {"whole number", "number"}:
        return "number"
    if looks and looks <= {"yes/no", "judgement"}:
        return "judgement" if "judgement" in looks else "yes/no"
    return looks.pop() if len(looks) == 1 else "text"


def _look(value: Any) -> str:
    match value:
        case bool():
            return "yes/no"
        case int():
            return "whole number"
        case float() | Fraction():
            return "number"
        case dt.datetime():
            return "datetime"
        case dt.date():
            return "date"
        case str() if _DATE.match(value):
            return "date"
        case str() if _MOMENT.match(value):
            return "datetime"
        case str() if value.casefold() in _YES_NO:
            return "yes/no"
        case str() if value.casefold() in _NOT_APPLICABLE:
            return "judgement"
        case _:
            return "text"


# --- answers -------------------------------------------------------------------------------------------------------


def spelled(value: Any) -> str:
    """Return a value as the language spells it."""
    match value:
        case None:
            return "missing"
        case bool():
            return "yes" if value else "no"
        case _ if value is NA:
            return "not applicable"
        case _ if value is UNREADABLE:
            return "missing"
        case int() | Fraction():
            return number(value)
        case dt.datetime():
            return value.isoformat(" ", "seconds" if value.second else "minutes")
        case dt.time():
            return value.isoformat("seconds" if value.second else "minutes")
        case _:
            return str(value)


def in_json(value: Any) -> Any:
    """Return a value in JSON: whole numbers as numbers, other numbers as text, missing as null."""
    match value:
        case None | bool():
            return value
        case int():
            return value
        case Fraction() if value.denominator == 1:
            return int(value)
        case dt.datetime():
            return value.isoformat()
        case _:
            return None if value is UNREADABLE else spelled(value)


def type_name(type_: Type) -> str:
    """Return a type as a rule file spells it."""
    if isinstance(type_, ChoiceType):
        return type_.name or "one of " + " or ".join(type_.values)
    named = {
        "a judgement": "judgement",
        "a whole number": "whole number",
        "a number": "number",
        "a date": "date",
        "a date and time": "datetime",
        "a time of day": "time",
        "a length of time": "duration",
    }
    return named.get(str(type_), str(type_))


__all__ = ["Answer", "Calculator", "evaluate_expression", "in_json", "scratch_rules", "spelled"]
