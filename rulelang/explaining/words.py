"""How values, dates and lines of a decision are said. One place, so that every report says them alike."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from rulelang.calendars.counting import NO_DUE_DATE_YET, day_of, days_between
from rulelang.model.expressions import Call, Expression, FieldValue
from rulelang.model.pack import Timescale
from rulelang.planning.decisions import Why
from rulelang.truth import NA, UNREADABLE
from rulelang.types import Duration


def day(value: dt.date) -> str:
    """Return "Mon 19 April 2004", with the time of a moment."""
    text = f"{value:%a} {value.day} {value:%B %Y}"
    return f"{text} {value:%H:%M}" if isinstance(value, dt.datetime) else text


def said(value: Any) -> str:
    """Return a value as a reader would say it."""
    match value:
        case None:
            return "not recorded"
        case bool():
            return "yes" if value else "no"
        case _ if value is NA:
            return "not applicable"
        case _ if value is UNREADABLE:
            return "not readable"
        case dt.date():
            return day(value)
        case dt.time():
            return f"{value:%H:%M}"
        case Fraction():
            return number(value)
        case str():
            return f"`{value}`"
        case Duration() | int():
            return str(value)
        case _:
            return str(value)


def number(value: int | Fraction) -> str:
    """Return an exact number: as a decimal where it ends, else to six places and an ellipsis."""
    if isinstance(value, int) or value.denominator == 1:
        return str(int(value))
    twos_and_fives = value.denominator
    for prime in (2, 5):
        while twos_and_fives % prime == 0:
            twos_and_fives //= prime
    if twos_and_fives == 1:
        places = 0
        while (value * 10**places).denominator != 1:
            places += 1
        digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
        return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    whole, sign = int(abs(value) * 10**6), "-" if value < 0 else ""
    digits = str(whole).rjust(7, "0")
    return f"{sign}{digits[:-6]}.{digits[-6:]}…"


def counted(amount: int, one: str, many: str | None = None) -> str:
    """Return "1 day", "3 days"."""
    return f"{amount} {one if amount == 1 else many or one + 's'}"


def called(node: Expression | None, fallback: str) -> str:
    """Return the author's own words for an expression, or a fallback."""
    if isinstance(node, FieldValue):
        return f"`{node.name}`"
    place = getattr(node, "place", None)
    return f"`{' '.join(place.text.split())}`" if place is not None else fallback


def clock_reason(timescale: Timescale, why: Why, kept: tuple[Any, ...], as_at: dt.date) -> str:
    """Say why a timescale came to its outcome. `kept` is (line, start, due, event, until, counts)."""
    _, start, due, event, until, counts = kept
    what = called(timescale.event.value, "what is asked for")
    since = called(timescale.start, "the start")
    match why:
        case Why.DOES_NOT_APPLY:
            return f"it does not apply: {called(timescale.applies, 'its condition')} is no"
        case Why.NOT_STARTED:
            return f"the clock has not started: {since} is {day(start)}, after the as-at date"
        case Why.ENDED_BEFORE_START:
            return (
                f"the duty ended before it began: {called(timescale.until, 'its end')} is {day(until)}, "
                f"{since} is {day(start)}"
            )
        case Why.NO_LIMIT:
            return "none of its limits holds for this case"
        case Why.UNREADABLE:
            return "something it reads could not be read, or leaves the calendar"
        case Why.APPLIES_MISSING:
            return f"whether it applies is not recorded: {called(timescale.applies, 'its condition')}"
        case Why.START_MISSING:
            return f"nothing is recorded in {since}, so the clock has no start"
        case Why.LIMIT_MISSING:
            return _limit_missing(timescale)
        case Why.IN_TIME:
            return _in_time(what, None if stands_still(timescale, due) else due, event, start)
        case Why.ENDED:
            return f"the duty ended first: {called(timescale.until, 'its end')} is {day(until)}" + (
                f", and it was due by {day(due)}" if due is not None else ""
            )
        case Why.TOO_LATE:
            return f"{what} is {day(event)}, {_over(due, event)} after it was due ({day(due)})"
        case Why.TOO_EARLY | Why.WAITED | Why.MAY_STILL_COME:
            return _not_before(why, what, event, counts, as_at)
        case Why.NOTHING_YET_OVERDUE:
            return f"nothing in {what} by {day(as_at)}; it was due by {day(due)}, {_over(due, as_at)} before"
        case Why.NOT_YET if due is not None:
            return _not_yet(None if stands_still(timescale, due) else due, as_at)
        case _:
            return _repeated(why, what, due, event, counts)


def _limit_missing(timescale: Timescale) -> str:
    if timescale.earliest is not None and not timescale.limits and timescale.target is None:
        return f"the first day cannot be told: {called(timescale.earliest, 'its date')}"
    if isinstance(timescale.target, Call):
        return f"the last day cannot be told: {called(timescale.target, 'its date')}"
    if timescale.target is not None:
        return f"nothing is recorded in {called(timescale.target, 'the due date')}, so there is no due date"
    guards = [limit.condition for limit in timescale.limits if limit.condition is not None]
    if guards:
        return f"which limit holds is not recorded: {', '.join(called(guard, 'its condition') for guard in guards)}"
    return "no limit was in force on the day the clock started"


def _not_yet(due: dt.date | None, as_at: dt.date) -> str:
    if due is None:
        return "the clock stands still, so there is no due date yet"
    return f"it is due by {day(due)}, and the as-at date is {day(as_at)}"


def stands_still(timescale: Timescale, due: dt.date | None) -> bool:
    """Say whether a pause is open on the due date, so that there is none yet."""
    return bool(timescale.pauses) and due is not None and day_of(due) == NO_DUE_DATE_YET


def _not_before(why: Why, what: str, event: Any, earliest: dt.date, as_at: dt.date) -> str:
    if why is Why.MAY_STILL_COME:
        return f"nothing in {what} by {day(as_at)}; it may come from {day(earliest)}"
    if why is Why.TOO_EARLY:
        return f"{what} is {day(event)}, and it may come no earlier than {day(earliest)}"
    return f"{what} is {day(event)}; it may come from {day(earliest)}"


def _in_time(what: str, due: Any, event: Any, start: Any) -> str:
    if due is None:
        return f"{what} is {day(event)}, while the clock stood still"
    if start is not None and day_of(event) < day_of(start):
        return f"{what} is {day(event)}, before the clock started ({day(start)}); it was due by {day(due)}"
    last = "the last day" if day_of(event) == day_of(due) else f"due by {day(due)}"
    return f"{what} is {day(event)}, {last}"


def _over(due: dt.date, then: dt.date) -> str:
    days = days_between(due, then)
    if days == 0 and isinstance(due, dt.datetime) and isinstance(then, dt.datetime):
        minutes = int((then - due).total_seconds() // 60)
        return (
            counted(minutes // 60, "hour") + f" {minutes % 60} min"
            if minutes >= 60
            else counted(minutes, "minute")
        )
    return counted(days, "day")


def _repeated(why: Why, what: str, due: Any, event: Any, counts: Any) -> str:
    match why:
        case Why.LAST_BROKEN:
            more = f"; {counted(counts, 'deadline')} broken in all" if counts > 1 else ""
            return f"nothing in {what} by the deadline of {day(due)}, nor since{more}"
        case Why.SOME_BROKEN:
            more = f"; {counted(counts, 'deadline')} broken in all" if counts > 1 else ""
            return f"the deadline of {day(due)} was broken: the next in {what} is {day(event)}{more}"
        case Why.ALL_KEPT:
            return (
                f"every deadline was kept: the last in {what} is {day(event)}, the next is due by {day(due)}"
            )
        case Why.PERIODS_KEPT:
            return f"all {counted(counts[0], 'complete period')} held enough in {what}"
        case Why.PERIODS_BROKEN:
            complete, kept, broken, held = counts
            return (
                f"{kept} of {counted(complete, 'complete period')} held enough in {what}; the first that did not "
                f"began on {day(broken)} and held {held}"
            )
        case _:
            return "no period is complete yet"
