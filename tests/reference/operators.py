"""What each operator comes to, missing and N/A included: names as in the table, meanings as in M1 and M3."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import Any

from attrs import frozen

from rulelang.calendars import WorkingCalendar
from rulelang.truth import NA, UNREADABLE
from rulelang.types import WEEKDAYS, ChoiceType, Duration, Type
from tests.reference import counting
from tests.reference.logic import Between, absent, conjunction, disjunction, is_absent, negation
from tests.reference.seeing import AsAtView


def calculate(
    op: str, args: list[Any], types: list[Type], as_at: AsAtView, calendar: WorkingCalendar | None
) -> Any:
    """Return the value of an operator over operands, of which a count may stand between two bounds."""
    time = Time(as_at, calendar)
    if op in COMPARISONS:
        return compare(COMPARISONS[op], args, types, time)
    if op in ("is_one_of", "is_not_one_of"):
        first, *others = args
        answers = [compare(COMPARISONS["is"], [first, one], types, time) for one in others]
        found = disjunction(answers)
        return negation(found) if op == "is_not_one_of" else found
    if op == "is_between":
        value, low, high = args
        return conjunction(
            (
                compare(COMPARISONS["is_at_least"], [value, low], types, time),
                compare(COMPARISONS["is_at_most"], [value, high], types, time),
            )
        )
    settled = [one.settled if isinstance(one, Between) else one for one in args]
    if op in SPECIAL:
        return SPECIAL[op](settled, time)
    if any(one is NA or is_absent(one) for one in settled):
        return absent(settled)
    try:
        return PLAIN[op](time, *settled)
    except counting.Unanswerable:
        return UNREADABLE


@frozen(eq=False)
class Time:
    """What counting needs: the as-at date with its zone, and the calendar of working days."""

    as_at: AsAtView
    calendar: WorkingCalendar | None

    def due(self, start: dt.date, length: Duration, sign: int = 1) -> dt.date | Any:
        """Return `start + length`, or UNREADABLE where the calendar cannot tell."""
        try:
            return counting.due(
                start, Duration(sign * length.amount, length.unit), self.calendar, self.as_at.zone
            )
        except counting.Unanswerable:
            return UNREADABLE

    def by(self, left: Any, right: Any) -> Any:
        """Say whether one date is on or before another."""
        if is_absent(left) or is_absent(right):
            return absent((left, right))
        return self.as_at.order(left, right) <= 0


# --- comparing: a count between bounds is compared for every value it may have ----------------------------

COMPARISONS: dict[str, Callable[[int], bool]] = {
    "is": lambda order: order == 0,
    "is_not": lambda order: order != 0,
    "is_at_least": lambda order: order >= 0,
    "is_at_most": lambda order: order <= 0,
    "is_more_than": lambda order: order > 0,
    "is_less_than": lambda order: order < 0,
    "before": lambda order: order < 0,
    "after": lambda order: order > 0,
    "on_or_before": lambda order: order <= 0,
    "on_or_after": lambda order: order >= 0,
}


def compare(test: Callable[[int], bool], args: list[Any], types: list[Type], time: Time) -> Any:
    gone = [one for one in args if not isinstance(one, Between) and (one is NA or is_absent(one))]
    if gone:
        return absent([*gone, *(one.settled for one in args if isinstance(one, Between) and one.unreadable)])
    choice = next((one for one in types if isinstance(one, ChoiceType)), None)
    answers = {
        test(_order(left, right, choice, time)) for left in _may_be(args[0]) for right in _may_be(args[1])
    }
    if len(answers) == 1:
        return answers.pop()
    return UNREADABLE if any(isinstance(one, Between) and one.unreadable for one in args) else None


def _may_be(value: Any) -> list[Any]:
    return list(range(value.low, value.high + 1)) if isinstance(value, Between) else [value]


def _order(left: Any, right: Any, choice: ChoiceType | None, time: Time) -> int:
    if isinstance(left, dt.date):
        return time.as_at.order(left, right)
    if choice is not None:
        left, right = choice.values.index(left), choice.values.index(right)
    return int(left > right) - int(left < right)


# --- operators that decide for themselves what is missing -------------------------------------------------


def _at_least_of(args: list[Any], _: Time) -> Any:
    wanted, *conditions = args
    if not isinstance(wanted, int):
        return wanted
    return disjunction(conjunction(some) for some in combinations(conditions, max(wanted, 0)))


def _first_known(args: list[Any], _: Time) -> Any:
    known = [one for one in args if not is_absent(one)]
    return known[0] if known else absent(args)


def _extreme(args: list[Any], time: Time, *, sign: int) -> Any:
    if any(one is NA for one in args):
        return NA
    known = [one for one in args if not is_absent(one)]
    if not known:
        return absent(args)
    chosen = known[0]
    for one in known[1:]:
        if sign * _order(one, chosen, None, time) > 0:
            chosen = one
    return chosen


def _is_missing(args: list[Any], _: Time) -> Any:
    return UNREADABLE if args[0] is UNREADABLE else args[0] is None


def _is_not_applicable(args: list[Any], _: Time) -> Any:
    return UNREADABLE if args[0] is UNREADABLE else args[0] is NA


def _within(args: list[Any], time: Time, *, before: bool, after: bool) -> Any:
    if any(one is NA or is_absent(one) for one in args):
        return absent(args)
    event, length, anchor = args
    first = time.due(anchor, length, -1) if before else anchor
    last = time.due(anchor, length) if after else anchor
    return conjunction((time.by(first, event), time.by(event, last)))


SPECIAL: dict[str, Callable[[list[Any], Time], Any]] = {
    "and": lambda args, _: conjunction(args),
    "or": lambda args, _: disjunction(args),
    "not": lambda args, _: negation(args[0]),
    "at_least_of": _at_least_of,
    "first_known_of": _first_known,
    "latest_of": partial(_extreme, sign=1),
    "earliest_of": partial(_extreme, sign=-1),
    "is_missing": _is_missing,
    "is_known": lambda args, time: negation(_is_missing(args, time)),
    "is_not_applicable": _is_not_applicable,
    "within_after": partial(_within, before=False, after=True),
    "within_before": partial(_within, before=True, after=False),
    "within_either": partial(_within, before=True, after=True),
}


# --- operators over what is known -------------------------------------------------------------------------


def _plus(time: Time, left: Any, right: Any, sign: int) -> Any:
    if isinstance(right, Duration):
        return time.due(left, right, sign)
    return left + sign * right


def _characters(_: Time, first: int, last: int, text: str) -> str:
    return "".join(letter for place, letter in enumerate(text, start=1) if first <= place <= last)


def _working_days(time: Time, first: dt.date, last: dt.date) -> int:
    assert time.calendar is not None
    return counting.working_days_from(counting.day_of(first), counting.day_of(last), time.calendar)


def _is_working_day(time: Time, day: dt.date) -> bool:
    assert time.calendar is not None
    return counting.is_open(counting.day_of(day), time.calendar)


def _months(_: Time, first: dt.date, last: dt.date, size: int) -> int:
    return counting.months_from(counting.day_of(first), counting.day_of(last), size)


def _days(first: dt.date, last: dt.date) -> int:
    return (counting.day_of(last) - counting.day_of(first)).days


def _is_shown(character: str, sign: str) -> bool:
    letters, digits = string.ascii_letters, string.digits
    shown = {"A": letters, "9": digits, "X": letters + digits, "?": character}
    return character in shown.get(sign, sign)


PLAIN: dict[str, Callable[..., Any]] = {
    "no_later_after": lambda t, x, length, y: t.by(x, t.due(y, length)),
    "no_later_before": lambda t, x, length, y: t.by(x, t.due(y, length, -1)),
    "no_earlier_after": lambda t, x, length, y: t.by(t.due(y, length), x),
    "no_earlier_before": lambda t, x, length, y: t.by(t.due(y, length, -1), x),
    "is_working_day": _is_working_day,
    "starts_with": lambda _, text, part: text[: len(part)] == part,
    "ends_with": lambda _, text, part: text[max(len(text) - len(part), 0) :] == part,
    "contains": lambda _, text, part: part in text,
    "matches": lambda _, text, picture: len(text) == len(picture) and all(map(_is_shown, text, picture)),
    "is_made_of": lambda _, text, characters: all(one in characters for one in text),
    "does_not_match": lambda t, text, picture: not PLAIN["matches"](t, text, picture),
    "is_not_made_of": lambda _, text, characters: bool({*text} - {*characters}),
    "add": partial(_plus, sign=1),
    "subtract": partial(_plus, sign=-1),
    "multiply": lambda _, left, right: left * right,
    "divide": lambda _, left, right: None if right == 0 else Fraction(left) / right,
    "negate": lambda _, value: -value,
    "date_of": lambda _, value: counting.day_of(value),
    "time_of": lambda _, value: value.time(),
    "year_of": lambda _, value: value.year,
    "month_of": lambda _, value: value.month,
    "weekday_of": lambda _, value: WEEKDAYS[value.weekday()],
    "length_of": lambda _, text: len(text),
    "characters_of": _characters,
    "working_days_from": _working_days,
    "days_from": lambda _, first, last: _days(first, last),
    "weeks_from": lambda _, first, last: _days(first, last) // 7,
    "months_from": partial(_months, size=1),
    "years_from": partial(_months, size=12),
    "hours_from": lambda t, first, last: counting.minutes_from(first, last, t.as_at.zone) / 60,
    "minutes_from": lambda t, first, last: counting.minutes_from(first, last, t.as_at.zone),
}
