"""Comparisons with partial dates, decided where every day that they could be agrees: written as ordinary expressions.

A comparison is monotone in a day, so its first and last possible day decide it. A partial date that stands in
several comparisons of one condition is one unknown: the condition is read on each day at which one of them turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from rulelang.model.expressions import (
    AsAtDate,
    Call,
    Choose,
    Const,
    Expression,
    FieldValue,
    Fold,
    InCodes,
    Most,
    ParameterValue,
    Pick,
    Quantify,
    Share,
    walk,
)
from rulelang.model.partial_dates import (
    COMPARISONS,
    ORDERED,
    PARTS,
    STATE,
    WITHIN,
    apart_by_days,
    fields_in,
    in_days,
    is_open,
)
from rulelang.types import DATE, DURATION, PARTIAL_DATE, WHOLE, YES_NO, Duration, PartialDateType, Unit

YES, NO, UNDECIDED = Const(True, YES_NO), Const(False, YES_NO), Const(None, YES_NO)
_JOINING = ("and", "or", "not", "at_least_of")


def settled(node: Expression) -> Expression:
    """Return an expression in which no partial date is compared: what it asks is asked of whole days."""
    if not any(isinstance(one.type, PartialDateType) for one in walk(node)):
        return node
    match node:
        case FieldValue():
            # Asked only whether it can be read.
            return attrs.evolve(node, viewed=False)
        case Call(op=op) if op in _JOINING:
            return _condition(node)
        case Call(op=op, args=args) if op in COMPARISONS and any(map(is_open, args)):
            return _condition(node)
        case Call(op=op, args=(operand,)) if op in PARTS:
            return _end(operand, first=op == "first_day_of")
        case Call(args=args):
            return attrs.evolve(node, args=tuple(settled(arg) for arg in args))
        case _:
            return _inside(node, settled)


def left_open(node: Expression) -> bool:
    """Say whether an expression is a comparison that `settled` wrote: one that a day may leave undecided."""
    return (
        isinstance(node, Choose) and isinstance(node.otherwise, Choose) and node.otherwise.then == UNDECIDED
    )


def _inside(node: Expression, again: Callable[[Expression], Expression]) -> Expression:
    match node:
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return attrs.evolve(
                node, condition=again(condition), then=again(then), otherwise=again(otherwise)
            )
        case InCodes(operand=operand):
            return attrs.evolve(node, operand=again(operand))
        case ParameterValue(day=day) if day is not None:
            return attrs.evolve(node, day=again(day))
        case Fold() | Most() | Pick() | Quantify() | Share():
            where = again(node.rows.where) if node.rows.where is not None else None
            node = attrs.evolve(node, rows=attrs.evolve(node.rows, where=where))
            if isinstance(node, Quantify | Share):
                return attrs.evolve(node, condition=again(node.condition))
            if isinstance(node, Pick):
                return attrs.evolve(node, value=again(node.value), order=again(node.order))
            return node if node.value is None else attrs.evolve(node, value=again(node.value))
        case _:
            return node


# --- conditions -------------------------------------------------------------------------------------------------


def _condition(node: Call) -> Expression:
    """Return a condition settled; partial dates that several of its comparisons share are tried day by day."""
    atoms = [
        atom
        for atom in _atoms(node)
        if isinstance(atom, Call) and atom.op in COMPARISONS and any(map(is_open, atom.args))
    ]
    for one in dict.fromkeys(field for atom in atoms for field in fields_in_comparison(atom)):
        beside = [atom for atom in atoms if one in set(fields_in_comparison(atom))]
        if len(beside) > 1:
            days = _turning_days(one, beside)
            if days is not None:
                return _agreed([_condition_on(node, one, day) for day in days], node)
    return _by_parts(node)


def _condition_on(node: Expression, one: FieldValue, day: Expression) -> Expression:
    """Return a condition with a partial date put as a day."""
    return settled(_put(node, one, day))


def _by_parts(node: Expression) -> Expression:
    if isinstance(node, Call) and node.op in _JOINING:
        return attrs.evolve(node, args=tuple(_by_parts(arg) for arg in node.args))
    if isinstance(node, Call) and node.op in COMPARISONS and any(map(is_open, node.args)):
        return _comparison(node)
    return settled(node)


def _atoms(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Call) and node.op in _JOINING:
        for arg in node.args:
            yield from _atoms(arg)
    else:
        yield node


def fields_in_comparison(node: Call) -> Iterator[FieldValue]:
    """Yield the partial dates that a comparison hangs on."""
    for arg in node.args:
        yield from fields_in(arg)


def _agreed(readings: list[Expression], of: Call) -> Expression:
    """Return yes where every reading is yes, no where every one is no, else missing."""
    place = of.place
    every = Call("and", tuple(readings), YES_NO, place=place)
    some = Call("or", tuple(readings), YES_NO, place=place)
    return Choose(every, YES, Choose(some, UNDECIDED, NO, YES_NO, place=place), YES_NO, place=place)


def _turning_days(one: FieldValue, atoms: list[Call]) -> list[Expression] | None:
    """Return days of which every stretch on which the comparisons agree has one; None where they can't be told."""
    first, last = _end(one, first=True), _end(one, first=False)
    days: list[Expression] = [first, last]
    for atom in atoms:
        if atom.op in STATE:
            continue
        for ordered in _orders(atom):
            turn = _turn(one, ordered)
            if turn is None:
                return None
            for around in (_moved(turn, -1), turn, _moved(turn, 1)):
                clipped = Call("earliest_of", (last, around), DATE)
                days.append(Call("latest_of", (first, clipped), DATE))
    return list(dict.fromkeys(days))


def _turn(one: FieldValue, ordered: Call) -> Expression | None:
    """Return the day on which `P + n days before D` turns: D - n days; None where it isn't so plain."""
    left, right = ordered.args
    if one in set(fields_in(right)):
        left, right = right, left
    if not apart_by_days(left) or is_open(right):
        return None
    days = 0
    while isinstance(left, Call):
        whole = in_days(left.args[1]) or 0
        days += whole if left.op == "add" else -whole
        left = left.args[0]
    return _moved(settled(right), -days)


def _moved(day: Expression, days: int) -> Expression:
    if days == 0:
        return Call("date_of", (day,), DATE)
    length = Const(Duration(abs(days), Unit.DAYS), DURATION)
    return Call("add" if days > 0 else "subtract", (Call("date_of", (day,), DATE), length), DATE)


def _put(node: Expression, one: FieldValue, day: Expression) -> Expression:
    """Return an expression with a day in the place of a partial date, and its types as they then are."""
    if node == one:
        return day
    if isinstance(node, Call):
        # Whether it can be read does not hang on its day.
        if node.op == "is_readable" or (node.op in PARTS and node.args == (one,)):
            return node
        args = tuple(_put(arg, one, day) for arg in node.args)
        kind = node.type
        if is_open(node) and not any(map(is_open, args)):
            kind = DATE if kind == PARTIAL_DATE else WHOLE
        return attrs.evolve(node, args=args, type=kind)
    if isinstance(node, Choose) and is_open(node):
        then, otherwise = _put(node.then, one, day), _put(node.otherwise, one, day)
        kind = node.type if is_open(then) or is_open(otherwise) else then.type
        return attrs.evolve(node, then=then, otherwise=otherwise, type=kind)
    return node


# --- comparisons ------------------------------------------------------------------------------------------------


def _comparison(node: Call) -> Expression:
    """Return a comparison as what its first and last possible days say of it."""
    if node.op in STATE:
        return attrs.evolve(node, args=(_end(node.args[0], first=True),))
    return _decided(node)


def _decided(node: Call) -> Expression:
    args, place = node.args, node.place

    def joined(op: str, parts: list[Expression]) -> Expression:
        return parts[0] if len(parts) == 1 else Call(op, tuple(parts), YES_NO, place=place)

    match node.op:
        case "is_not" | "is_not_one_of":
            same = attrs.evolve(node, op=node.op.replace("_not", ""))
            return Call("not", (_decided(same),), YES_NO, place=place)
        case "is_one_of":
            alike = [attrs.evolve(node, op="is", args=(args[0], other)) for other in args[1:]]
            return joined("or", [_decided(one) for one in alike])
        case "is_between":
            # Its ends may leave it open, though no day lies between two that stand the wrong way round.
            about = _ordered(Call("is_at_most", args[1:], YES_NO, place=place))
            if is_open(args[0]):
                there = Call("is_known", (_end(args[0], first=True),), YES_NO, place=place)
                about = Choose(there, about, UNDECIDED, YES_NO, place=place)
            return joined("and", [*(_ordered(one) for one in _orders(node)), about])
        case _:
            return joined("and", [_ordered(one) for one in _orders(node)])


def _orders(node: Call) -> Iterator[Call]:
    """Yield the orders that a comparison asks for, all of which must hold."""
    args = node.args

    def order(op: str, left: Expression, right: Expression) -> Call:
        return Call(op, (left, right), YES_NO, place=node.place)

    match node.op:
        case "is" | "is_not":
            yield order("is_at_least", *args)
            yield order("is_at_most", *args)
        case "is_one_of" | "is_not_one_of":
            for other in args[1:]:
                yield order("is_at_least", args[0], other)
        case "is_between":
            yield order("is_at_least", args[0], args[1])
            yield order("is_at_most", args[0], args[2])
        case op if op in WITHIN:
            event, length, anchor = args
            for sign, name in WITHIN[op]:
                yield order(name, event, _end_of_stretch(anchor, length, sign, node.calendar))
        case op:
            yield order(ORDERED[op], *args)


def _end_of_stretch(anchor: Expression, length: Expression, sign: int, calendar: str | None) -> Expression:
    if sign == 0:
        return anchor
    kind = PARTIAL_DATE if is_open(anchor) else DATE
    return Call("add" if sign > 0 else "subtract", (anchor, length), kind, calendar, place=anchor.place)


def _ordered(node: Call) -> Expression:
    left, right = node.args
    if not any(map(is_open, node.args)):
        return attrs.evolve(node, args=tuple(settled(arg) for arg in node.args))
    if set(fields_in(left)) & set(fields_in(right)):
        # Apart by so many days whatever the day is: any day tells.
        return attrs.evolve(node, args=tuple(_end(arg, first=True) for arg in node.args))
    rising = node.op in ("is_at_least", "is_more_than")
    least = attrs.evolve(node, args=(_end(left, first=rising), _end(right, first=not rising)))
    most = attrs.evolve(node, args=(_end(left, first=not rising), _end(right, first=rising)))
    otherwise = Choose(most, UNDECIDED, NO, YES_NO, place=node.place)
    return Choose(least, YES, otherwise, YES_NO, place=node.place)


def _end(node: Expression, *, first: bool) -> Expression:
    """Return the least, or the greatest, that a value could be."""
    match node:
        case FieldValue(type=PartialDateType()):
            return _end_of_field(node, first=first)
        case Call(op="add" | "subtract") if is_open(node):
            day, length = node.args
            return attrs.evolve(node, args=(_end(day, first=first), settled(length)), type=DATE)
        case Call(op="year_of") if is_open(node):
            return attrs.evolve(node, args=(_end(node.args[0], first=first),), type=WHOLE)
        case Call() if is_open(node):
            start, end = node.args
            return attrs.evolve(node, args=(_end(start, first=not first), _end(end, first=first)), type=WHOLE)
        case Choose() if is_open(node):
            then, otherwise = _end(node.then, first=first), _end(node.otherwise, first=first)
            condition = settled(node.condition)
            return attrs.evolve(node, condition=condition, then=then, otherwise=otherwise, type=then.type)
        case _:
            return settled(node)


def _end_of_field(node: FieldValue, *, first: bool) -> Expression:
    """Return a field's first or last possible day; one that has happened did so by the as-at date (M2)."""
    recorded = attrs.evolve(node, viewed=False)
    begins = Call("first_day_of", (recorded,), DATE, place=node.place)
    ends = Call("last_day_of", (recorded,), DATE, place=node.place)
    if not node.viewed:
        return begins if first else ends
    as_at = AsAtDate()
    there = Call("is_at_most", (begins, as_at), YES_NO)
    day = begins if first else Call("earliest_of", (ends, as_at), DATE)
    return Choose(there, day, Const(None, DATE), DATE, place=node.place)
