"""The values that an example gives: what is written as a value of its field's type."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from rulelang.analysis.expressions import Expressions
from rulelang.model.records import Field, Record
from rulelang.syntax import ast
from rulelang.truth import NA
from rulelang.types import (
    ChoiceType,
    DateTimeType,
    DateType,
    Duration,
    DurationType,
    JudgementType,
    NumberType,
    PartialDateType,
    TextType,
    YesNoType,
)

Given = ast.Given
WRONG = object()
HINTS: dict[type, str] = {
    PartialDateType: "A partial date is a day, a month or a year: `2004-04-08`, `2004-04` or `2004`.",
    DateType: "A date is written year, month, day: `2004-04-08`.",
    DateTimeType: "Write the time too: `2004-04-08 09:30`.",
    DurationType: "A length of time is a number and a unit: `16 weeks`.",
    TextType: 'A text stands in double quotes: `"…"`.',
    YesNoType: "Write `yes`, `no` or `missing`.",
    JudgementType: "Write `yes`, `no`, `not applicable` or `missing`.",
}


def empty_row(record: Record) -> dict[str, Any]:
    """Return a row of a record in which everything is missing."""
    return {one.name: [] if one.is_list else None for one in record.fields}


def typed(one: Field, given: Given) -> Any:
    """Return what was given as a value of the field's type, or a mark that it is none."""
    if given is None:
        return None
    match one.type, given:
        case TextType(), ast.Literal(value=str(text)):
            return text
        case TextType(), ast.Ref():
            return given.text
        case YesNoType(), ast.Literal(value=bool(answer)):
            return answer
        case JudgementType(), ast.Literal(value=bool(answer)):
            return answer
        case JudgementType(), ast.OutcomeWords(text="not applicable"):
            return NA
        case NumberType(whole=whole), ast.Literal(value=Fraction() as number):
            if whole:
                return int(number) if number.denominator == 1 else WRONG
            return number
        case DateTimeType(), ast.Literal(value=dt.datetime() as when):
            return when
        case DateType(), ast.Literal(value=dt.date() as day) if not isinstance(day, dt.datetime):
            return day
        case PartialDateType(), _:
            return _partial(given)
        case DurationType(), ast.DurationLiteral(amount=amount, unit=unit):
            return Duration(amount, unit)
        case ChoiceType(values=values), ast.Ref():
            return given.text if given.text in values else WRONG
        case ChoiceType(values=values), ast.OutcomeWords(text=text):
            folded = text.replace(" ", "_")
            return folded if folded in values else WRONG
        case _:
            return WRONG


def _partial(given: Given) -> Any:
    match given:
        case ast.PartialDate(text=text):
            return text
        case ast.Literal(value=dt.date() as day) if not isinstance(day, dt.datetime):
            return day.isoformat()
        case ast.Literal(value=Fraction() as year) if year.denominator == 1 and 1 <= year <= 9999:
            return f"{int(year):04}"
        case _:
            return WRONG


def plain(one: Field, given: Given, checker: Expressions) -> str | None:
    """Return what was given in quotes as it should stand without them."""
    if not isinstance(given, ast.Literal) or not isinstance(given.value, str):
        return None
    if isinstance(one.type, ChoiceType):
        return checker.value_spelled(one.type, given.value)
    try:
        if isinstance(one.type, DateType):
            return dt.date.fromisoformat(given.value).isoformat()
    except ValueError:
        return None
    answer = given.value.casefold()
    return answer if isinstance(one.type, YesNoType | JudgementType) and answer in ("yes", "no") else None
