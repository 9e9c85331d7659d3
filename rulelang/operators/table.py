"""The table of operators: one row an operator. Grammar terminals, printing, checking, docs and tests derive from it."""

from __future__ import annotations

from rulelang.operators import Example, Kind, Missing, Operator, Signature, Tier, functions
from rulelang.calendars import counting

_T, _N, _X, _D, _H = Kind.TRUTH, Kind.NUMBER, Kind.TEXT, Kind.DAY, Kind.TIME
_M, _L, _C, _O, _ANY = Kind.DATETIME, Kind.DURATION, Kind.CHOICE, Kind.ORDERED, Kind.ANY


def _to(result: Kind, *operands: tuple[Kind, ...]) -> tuple[Signature, ...]:
    return tuple(Signature(kinds, result) for kinds in operands)


_SAME_KIND = _to(_T, (_T, _T), (_N, _N), (_X, _X), (_D, _D), (_H, _H), (_C, _C))
_IN_ORDER = _to(_T, (_N, _N), (_D, _D), (_H, _H), (_O, _O))
_DATED = _to(_T, (_D, _D), (_H, _H))
_EVENT = _to(_T, (_D, _L, _D))
_STATE = _to(_T, (_ANY,))
_PART = Tier.PREFIX
_COMPARE = Tier.COMPARISON

OPERATORS: tuple[Operator, ...] = (
    # logic
    Operator(
        "or", "{0} or {1}", Tier.OR, variadic=True,
        meaning="Yes when any is yes; no when all are no.",
        signatures=_to(_T, (_T,)), missing=Missing.KLEENE,
        examples=(Example("yes or no", "yes"), Example("no or no", "no")),
    ),
    Operator(
        "and", "{0} and {1}", Tier.AND, variadic=True,
        meaning="Yes when all are yes; no when any is no.",
        signatures=_to(_T, (_T,)), missing=Missing.KLEENE,
        examples=(Example("yes and no", "no"), Example("yes and yes", "yes")),
    ),
    Operator(
        "not", "not {0}", Tier.NOT,
        meaning="The opposite.",
        signatures=_to(_T, (_T,)), missing=Missing.KLEENE,
        examples=(Example("not yes", "no"),),
    ),
    Operator(
        "at_least_of", "at least {n} of ({...})", Tier.PRIMARY, variadic=True,
        meaning="Yes when at least so many of the conditions are yes.",
        signatures=_to(_T, (Kind.WHOLE, _T)), missing=Missing.KLEENE,
        examples=(Example("at least 2 of ((yes), (no), (yes))", "yes"),),
    ),
    # compare
    Operator(
        "is", "{0} is {1}", _COMPARE,
        meaning="The two are the same. Text compares exactly; a date and time beside a date compares by its date.",
        signatures=_SAME_KIND, function=functions.equal, clocked=True,
        examples=(Example("2 is 2.0", "yes"), Example('"a" is "A"', "no"), Example("2004-04-08 is 2004-04-09", "no")),
    ),
    Operator(
        "is_not", "{0} is not {1}", _COMPARE,
        meaning="The two differ.",
        signatures=_SAME_KIND, function=functions.unequal, clocked=True,
        examples=(Example("2 is not 3", "yes"),),
    ),
    Operator(
        "is_one_of", "{0} is one of {...}", _COMPARE, variadic=True,
        meaning="It is the same as one of these.",
        signatures=_SAME_KIND, missing=Missing.KLEENE,
        examples=(Example("2 is one of 1, 2 or 3", "yes"),),
    ),
    Operator(
        "is_not_one_of", "{0} is not one of {...}", _COMPARE, variadic=True,
        meaning="It is none of these.",
        signatures=_SAME_KIND, missing=Missing.KLEENE,
        examples=(Example("2 is not one of 1, 2 or 3", "no"),),
    ),
    Operator(
        "is_at_least", "{0} is at least {1}", _COMPARE, symbols=(">=",),
        meaning="The same or more; of a choice in order, the same or higher.",
        signatures=_IN_ORDER, function=functions.at_least, clocked=True,
        examples=(Example("2 is at least 2", "yes"), Example("2 >= 3", "no")),
    ),
    Operator(
        "is_at_most", "{0} is at most {1}", _COMPARE, symbols=("<=",),
        meaning="The same or less.",
        signatures=_IN_ORDER, function=functions.at_most, clocked=True,
        examples=(Example("2 is at most 2", "yes"),),
    ),
    Operator(
        "is_more_than", "{0} is more than {1}", _COMPARE, symbols=(">",),
        meaning="More, not the same.",
        signatures=_IN_ORDER, function=functions.more_than, clocked=True,
        examples=(Example("2 is more than 2", "no"),),
    ),
    Operator(
        "is_less_than", "{0} is less than {1}", _COMPARE, symbols=("<",),
        meaning="Less, not the same.",
        signatures=_IN_ORDER, function=functions.less_than, clocked=True,
        examples=(Example("2 is less than 3", "yes"),),
    ),
    Operator(
        "is_between", "{0} is between {1} and {2}", _COMPARE,
        meaning="From the first to the second, both ends in.",
        signatures=_to(_T, (_N, _N, _N), (_D, _D, _D), (_H, _H, _H), (_O, _O, _O)), missing=Missing.KLEENE,
        examples=(Example("3 is between 1 and 3", "yes"),),
    ),
    Operator(
        "before", "{0} before {1}", _COMPARE, symbols=("is before",),
        meaning="Earlier, not the same day.",
        signatures=_DATED, function=functions.less_than, clocked=True,
        examples=(Example("2004-04-08 before 2004-04-09", "yes"), Example("2004-04-08 before 2004-04-08", "no")),
    ),
    Operator(
        "after", "{0} after {1}", _COMPARE, symbols=("is after",),
        meaning="Later, not the same day.",
        signatures=_DATED, function=functions.more_than, clocked=True,
        examples=(Example("2004-04-08 after 2004-04-08", "no"),),
    ),
    Operator(
        "on_or_before", "{0} on or before {1}", _COMPARE, symbols=("is on or before",),
        meaning="The same day or earlier.",
        signatures=_DATED, function=functions.at_most, clocked=True,
        examples=(Example("2004-04-08 on or before 2004-04-08", "yes"),),
    ),
    Operator(
        "on_or_after", "{0} on or after {1}", _COMPARE, symbols=("is on or after",),
        meaning="The same day or later.",
        signatures=_DATED, function=functions.at_least, clocked=True,
        examples=(Example("2004-04-08 on or after 2004-04-08", "yes"),),
    ),
    Operator(
        "within_after", "{0} is within {1} after {2}", _COMPARE,
        meaning="From that day to the last day of the time after it, both in.",
        signatures=_EVENT, function=functions.within_after, clocked=True,
        examples=(
            Example("2004-04-19 is within 5 working days after 2004-04-08", "yes"),
            Example("2004-04-07 is within 5 days after 2004-04-08", "no"),
        ),
    ),
    Operator(
        "within_before", "{0} is within {1} before {2}", _COMPARE,
        meaning="From the first day of the time before that day to that day, both in.",
        signatures=_EVENT, function=functions.within_before, clocked=True,
        examples=(Example("2004-04-05 is within 3 days before 2004-04-08", "yes"),),
    ),
    Operator(
        "within_either", "{0} is within {1} either side of {2}", _COMPARE,
        meaning="No further from that day than this, before or after, both ends in.",
        signatures=_EVENT, function=functions.within_either, clocked=True,
        examples=(Example("2004-04-11 is within 3 days either side of 2004-04-08", "yes"),),
    ),
    Operator(
        "no_later_after", "{0} is no later than {1} after {2}", _COMPARE,
        meaning="On or before the last day of the time after that day; early counts.",
        signatures=_EVENT, function=functions.no_later_after, clocked=True,
        examples=(Example("2004-01-01 is no later than 5 days after 2004-04-08", "yes"),),
    ),
    Operator(
        "no_later_before", "{0} is no later than {1} before {2}", _COMPARE,
        meaning="On or before the day that lies so long before that day.",
        signatures=_EVENT, function=functions.no_later_before, clocked=True,
        examples=(Example("2004-04-03 is no later than 5 days before 2004-04-08", "yes"),),
    ),
    Operator(
        "no_earlier_after", "{0} is no earlier than {1} after {2}", _COMPARE,
        meaning="On or after the last day of the time after that day.",
        signatures=_EVENT, function=functions.no_earlier_after, clocked=True,
        examples=(Example("2004-04-12 is no earlier than 5 days after 2004-04-08", "no"),),
    ),
    Operator(
        "no_earlier_before", "{0} is no earlier than {1} before {2}", _COMPARE,
        meaning="On or after the day that lies so long before that day.",
        signatures=_EVENT, function=functions.no_earlier_before, clocked=True,
        examples=(Example("2004-04-03 is no earlier than 5 days before 2004-04-08", "yes"),),
    ),
    # state
    Operator(
        "is_missing", "{0} is missing", _COMPARE,
        meaning="Nothing is recorded, or not yet on the as-at date.",
        signatures=_STATE, missing=Missing.DECIDED,
        examples=(Example("(1 / 0) is missing", "yes"),),
    ),
    Operator(
        "is_known", "{0} is known", _COMPARE, symbols=("is not missing",),
        meaning="Something is recorded; an inspector's N/A is known.",
        signatures=_STATE, missing=Missing.DECIDED,
        examples=(Example("2 is known", "yes"),),
    ),
    Operator(
        "is_not_applicable", "{0} is not applicable", _COMPARE,
        meaning="The inspector judged it not applicable.",
        signatures=_to(_T, (_T,)), missing=Missing.DECIDED,
    ),
    Operator(
        "is_readable", "{0} is readable", _COMPARE,
        meaning="The cell of the export fitted the field's type; an empty one does.",
        signatures=_STATE, missing=Missing.DECIDED,
        examples=(),
    ),
    Operator(
        "is_working_day", "{0} is a working day", _COMPARE,
        meaning="It is a working day in the calendar.",
        signatures=_to(_T, (_D,)), function=functions.is_working_day, clocked=True,
        examples=(Example("2004-04-09 is a working day", "no"), Example("2004-04-08 is a working day", "yes")),
    ),
    # text
    Operator(
        "starts_with", "{0} starts with {1}", _COMPARE,
        meaning="The text begins with exactly these characters.",
        signatures=_to(_T, (_X, _X)), function=str.startswith,
        examples=(Example('"E1001" starts with "E"', "yes"),),
    ),
    Operator(
        "ends_with", "{0} ends with {1}", _COMPARE,
        meaning="The text ends with exactly these characters.",
        signatures=_to(_T, (_X, _X)), function=str.endswith,
        examples=(Example('"E1001" ends with "2"', "no"),),
    ),
    Operator(
        "contains", "{0} contains {1}", _COMPARE,
        meaning="The text holds exactly these characters somewhere.",
        signatures=_to(_T, (_X, _X)), function=str.__contains__,
        examples=(Example('"E1001" contains "100"', "yes"),),
    ),
    # arithmetic
    Operator(
        "add", "{0} + {1}", Tier.SUM,
        meaning="The sum; or the date so long after a date. 5 working days after a day leave that day out.",
        signatures=(*_to(_N, (_N, _N)), *_to(Kind.SAME, (_D, _L))), function=functions.add, clocked=True,
        examples=(
            Example("1 + 2", "3"),
            Example("2004-04-08 + 5 working days", "2004-04-19"),
            Example("2026-01-31 + 1 month", "2026-02-28"),
        ),
    ),
    Operator(
        "subtract", "{0} - {1}", Tier.SUM,
        meaning="The difference; or the date so long before a date.",
        signatures=(*_to(_N, (_N, _N)), *_to(Kind.SAME, (_D, _L))), function=functions.subtract, clocked=True,
        examples=(Example("1 - 3", "-2"), Example("2004-04-13 - 1 working day", "2004-04-08")),
    ),
    Operator(
        "multiply", "{0} * {1}", Tier.PRODUCT,
        meaning="The product, exactly.",
        signatures=_to(_N, (_N, _N)), function=lambda left, right: left * right,
        examples=(Example("1.1 * 3", "3.3"),),
    ),
    Operator(
        "divide", "{0} / {1}", Tier.PRODUCT,
        meaning="The quotient, exactly; missing when the divisor is 0.",
        signatures=_to(_N, (_N, _N)), function=functions.divide,
        examples=(Example("1 / 4", "0.25"), Example("(1 / 3) * 3", "1")),
    ),
    Operator(
        "negate", "-{0}", Tier.PREFIX,
        meaning="The number with its sign turned.",
        signatures=_to(_N, (_N,)), function=lambda value: -value,
        examples=(Example("-(2)", "-2"),),
    ),
    # parts
    Operator(
        "date_of", "date of {0}", _PART,
        meaning="The date of a date and time.",
        signatures=_to(Kind.DATE, (_D,)), function=counting.day_of,
        examples=(Example("date of (2026-03-29 00:30)", "2026-03-29"),),
    ),
    Operator(
        "time_of", "time of {0}", _PART,
        meaning="The time of day of a date and time.",
        signatures=_to(Kind.TIME, (_M,)), function=lambda value: value.time(),
        examples=(Example("time of (2026-03-29 00:30)", "00:30"),),
    ),
    Operator(
        "year_of", "year of {0}", _PART,
        meaning="The year of a date.",
        signatures=_to(Kind.WHOLE, (_D,)), function=lambda value: value.year,
        examples=(Example("year of 2004-04-08", "2004"),),
    ),
    Operator(
        "month_of", "month of {0}", _PART,
        meaning="The month of a date, 1 to 12.",
        signatures=_to(Kind.WHOLE, (_D,)), function=lambda value: value.month,
        examples=(Example("month of 2004-04-08", "4"),),
    ),
    Operator(
        "weekday_of", "weekday of {0}", _PART,
        meaning="The day of the week of a date: monday to sunday.",
        signatures=_to(Kind.WEEKDAY, (_D,)), function=functions.weekday_of,
        examples=(Example("weekday of 2004-04-08 is thursday", "yes"),),
    ),
    Operator(
        "length_of", "length of {0}", _PART,
        meaning="How many characters a text has.",
        signatures=_to(Kind.WHOLE, (_X,)), function=len,
        examples=(Example('length of "E1001"', "5"),),
    ),
    Operator(
        "characters_of", "characters {n} to {m} of {0}", _PART,
        meaning="Some of the characters of a text, counted from 1, both ends in.",
        signatures=_to(_X, (Kind.WHOLE, Kind.WHOLE, _X)), function=functions.characters_of,
        examples=(Example('characters 2 to 3 of "E1001"', '"10"'),),
    ),
    # counting time: the ends are names or parentheses
    Operator(
        "working_days_from", "working days from {0} to {1}", _PART,
        meaning="The working days after the first day up to and including the last; negative when it lies before.",
        signatures=_to(Kind.WHOLE, (_D, _D)), function=functions.working_days_from, clocked=True,
        examples=(Example("working days from (2004-04-08) to (2004-04-19)", "5"),),
    ),
    Operator(
        "days_from", "days from {0} to {1}", _PART,
        meaning="The days from one date to another; negative when it lies before.",
        signatures=_to(Kind.WHOLE, (_D, _D)), function=counting.days_between,
        examples=(Example("days from (2004-04-08) to (2004-04-19)", "11"),),
    ),
    Operator(
        "weeks_from", "weeks from {0} to {1}", _PART,
        meaning="The whole weeks from one date to another: the most that fit.",
        signatures=_to(Kind.WHOLE, (_D, _D)), function=counting.weeks_between,
        examples=(Example("weeks from (2004-04-08) to (2004-04-28)", "2"),),
    ),
    Operator(
        "months_from", "months from {0} to {1}", _PART,
        meaning="The whole months from one date to another: the most that fit.",
        signatures=_to(Kind.WHOLE, (_D, _D)), function=counting.months_between,
        examples=(Example("months from (2014-01-31) to (2014-02-28)", "1"),),
    ),
    Operator(
        "years_from", "years from {0} to {1}", _PART,
        meaning="The whole years from one date to another: an age.",
        signatures=_to(Kind.WHOLE, (_D, _D)), function=counting.years_between,
        examples=(Example("years from (2004-02-29) to (2005-02-28)", "1"),),
    ),
    Operator(
        "hours_from", "hours from {0} to {1}", _PART,
        meaning="The hours elapsed between two moments, exactly, clock changes allowed for.",
        signatures=_to(_N, (_M, _M)), function=functions.hours_from, clocked=True,
        examples=(Example("hours from (2026-03-28 00:30) to (2026-03-28 05:15)", "4.75"),),
    ),
    Operator(
        "minutes_from", "minutes from {0} to {1}", _PART,
        meaning="The minutes elapsed between two moments, exactly, clock changes allowed for.",
        signatures=_to(_N, (_M, _M)), function=functions.minutes_from, clocked=True,
        examples=(Example("minutes from (2026-03-28 00:30) to (2026-03-28 05:15)", "285"),),
    ),
    # choose: two or more operands that are names, literals or parentheses
    Operator(
        "first_known_of", "first known of {...}", _PART, variadic=True,
        meaning="The first that is known.",
        signatures=_to(Kind.SAME, (_T,), (_N,), (_X,), (_D,), (_H,), (_L,), (_C,)), missing=Missing.LEFT_OUT,
        examples=(Example("first known of (1 / 0), 2", "2"),),
    ),
    Operator(
        "latest_of", "latest of {...}", _PART, variadic=True,
        meaning="The latest of these dates that are known.",
        signatures=_to(Kind.SAME, (_D,), (_H,)), missing=Missing.LEFT_OUT, function=functions.latest,
        examples=(Example("latest of 2004-04-08, 2004-04-19", "2004-04-19"),),
    ),
    Operator(
        "earliest_of", "earliest of {...}", _PART, variadic=True,
        meaning="The earliest of these dates that are known.",
        signatures=_to(Kind.SAME, (_D,), (_H,)), missing=Missing.LEFT_OUT, function=functions.earliest,
        examples=(Example("earliest of 2004-04-08, 2004-04-19", "2004-04-08"),),
    ),
)

BY_NAME = {operator.name: operator for operator in OPERATORS}
