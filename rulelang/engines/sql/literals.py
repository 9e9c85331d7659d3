"""Values of the rules as nodes of a query, and what the column of a field of each type holds."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.values import Val
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Literal,
    Node,
    Sort,
    date,
    moment,
    null,
    text,
    whole,
    wide,
)
from rulelang.types import (
    ChoiceType,
    DateTimeType,
    DateType,
    JudgementType,
    NumberType,
    PartialDateType,
    TextType,
    TimeType,
    Type,
    YesNoType,
)

LARGEST = 2**62


def is_scaled(type_: Type) -> bool:
    """Say whether the column of a field of this type holds SCALE times its value."""
    return isinstance(type_, NumberType) and not type_.whole


def sort_of(type_: Type) -> Sort:
    """Return what the column of a field of this type holds."""
    match type_:
        case YesNoType() | JudgementType():
            return Sort.BOOLEAN
        case NumberType():
            return Sort.WHOLE
        case DateType():
            return Sort.DATE
        case DateTimeType():
            return Sort.MOMENT
        case TimeType():
            return Sort.TIME
        case TextType() | ChoiceType() | PartialDateType():
            return Sort.TEXT
        case _:
            return Sort.WHOLE


def literal(value: Any, type_: Type) -> Val:
    """Return a value of the rules, or one given at the run."""
    from rulelang.truth import NA as NOT_APPLICABLE

    if value is None:
        return Val(null(sort_of(type_)))
    if value is NOT_APPLICABLE:
        return Val(null(Sort.BOOLEAN), na=TRUE)
    match value:
        case bool():
            return Val(TRUE if value else FALSE)
        case int():
            return Val(number_of(value))
        case Fraction():
            return (
                Val(number_of(value.numerator))
                if value.denominator == 1
                else Val(wide(value.numerator), den=wide(value.denominator))
            )
        case dt.datetime():
            return Val(moment(value))
        case dt.date():
            return Val(date(value))
        case dt.time():
            return Val(Literal(value, Sort.TIME))
        case str():
            return Val(text(value))
    raise Unsupported(f"a value such as {value!r}")


def number_of(value: int) -> Node:
    """Return a whole number. Raises Unsupported where sums of it might not fit."""
    if abs(value) >= LARGEST:
        raise Unsupported("a number so large")
    return whole(value)
