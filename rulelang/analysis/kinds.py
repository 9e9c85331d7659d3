"""Which types fit which kinds of operand, and what an operator's result is."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.analysis.findings import an
from rulelang.operators import Kind, Operator, Signature
from rulelang.types import (
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    TIME,
    WEEKDAY,
    WHOLE,
    YES_NO,
    AnyType,
    ChoiceType,
    DateTimeType,
    DateType,
    DurationType,
    JudgementType,
    ListType,
    NumberType,
    PartialDateType,
    RowType,
    TextType,
    TimeType,
    Type,
    YesNoType,
)

RESULTS: dict[Kind, Type] = {
    Kind.TRUTH: YES_NO,
    Kind.NUMBER: NUMBER,
    Kind.WHOLE: WHOLE,
    Kind.TEXT: TEXT,
    Kind.DATE: DATE,
    Kind.DATETIME: DATETIME,
    Kind.TIME: TIME,
    Kind.WEEKDAY: WEEKDAY,
}


def fits(type_: Type, kind: Kind) -> bool:
    """Say whether a value of a type may stand where a kind is asked for."""
    if isinstance(type_, AnyType):
        return True
    match kind:
        case Kind.ANY:
            return not isinstance(type_, ListType | RowType)
        case Kind.TRUTH:
            return isinstance(type_, YesNoType | JudgementType)
        case Kind.NUMBER | Kind.WHOLE:
            return isinstance(type_, NumberType)
        case Kind.TEXT:
            return isinstance(type_, TextType)
        case Kind.DAY:
            return isinstance(type_, DateType | DateTimeType)
        case Kind.PARTIAL:
            return isinstance(type_, PartialDateType)
        case Kind.DATE:
            return isinstance(type_, DateType)
        case Kind.DATETIME:
            return isinstance(type_, DateTimeType)
        case Kind.TIME:
            return isinstance(type_, TimeType)
        case Kind.DURATION:
            return isinstance(type_, DurationType)
        case Kind.CHOICE:
            return isinstance(type_, ChoiceType)
        case Kind.ORDERED:
            return isinstance(type_, ChoiceType) and (type_.ordered or not type_.values)
        case _:
            return False


def operand_kinds(operator: Operator, signature: Signature, count: int) -> tuple[Kind, ...]:
    """Return the kinds of so many operands; the last one of a variadic operator repeats."""
    kinds = signature.operands
    if operator.variadic or len(kinds) == 1:
        return (kinds + (kinds[-1],) * count)[:count]
    return kinds


def matching(operator: Operator, types: Sequence[Type]) -> Signature | None:
    """Return the signature that the types of the operands fit, or None."""
    for signature in operator.signatures:
        kinds = operand_kinds(operator, signature, len(types))
        if len(kinds) == len(types) and all(fits(t, k) for t, k in zip(types, kinds, strict=True)):
            return signature
    return None


def told(type_: Type) -> str:
    """Return a type as a message says it: "a text", "a `risk_level`", "a list of `review`"."""
    match type_:
        case YesNoType():
            return "a yes or no"
        case TextType():
            return "a text"
        case ChoiceType(name="weekday"):
            return "a day of the week"
        case ChoiceType(name=str() as name):
            return an(f"`{name}`")
        case _:
            return str(type_)


def is_truth(type_: Type) -> bool:
    """Say whether a value of a type is a yes or no, or a judgement."""
    return fits(type_, Kind.TRUTH)


def same_choice(types: Sequence[Type]) -> bool:
    """Say whether all choices among the types are the same one; an inline `one of` is known by its values."""
    choices = {(t.name, t.values) for t in types if isinstance(t, ChoiceType) and t.values}
    return len(choices) <= 1


def common(first: Type, second: Type) -> Type | None:
    """Return the type of a value that is one or the other, or None where they do not go together."""
    if isinstance(first, AnyType):
        return second
    if isinstance(second, AnyType) or first == second:
        return first
    if isinstance(first, NumberType) and isinstance(second, NumberType):
        return NUMBER
    if is_truth(first) and is_truth(second):
        return YES_NO
    return None
