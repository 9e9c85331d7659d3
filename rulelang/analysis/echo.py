"""What a time limit means, as a worked example in dates: the English echo of a timescale.

A day is chosen on which the limit shows what it counts and what it does not; nothing here is judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from attrs import frozen

from rulelang.calendars import OutsideSpan, WorkingCalendar
from rulelang.calendars.counting import add_duration, day_of, last_day_beginning_with
from rulelang.calendars.working import in_words
from rulelang.model.expressions import Call, Const, Expression, ParameterValue
from rulelang.model.pack import FrequencyPhase, Moving, Pack, Timescale, TimescaleKind
from rulelang.types import WEEKDAYS, Duration, Unit

ONE_DAY = dt.timedelta(days=1)
# The year that examples are taken from where a pack has no example of its own.
USUAL_YEAR = 2024


def echo(pack: Pack) -> tuple[tuple[str, str], ...]:
    """Return what each time limit of a pack means, as (timescale, sentence), in the order declared."""
    return tuple((one.name, text) for one in pack.timescales if (text := echo_of(pack, one)))


def echo_of(pack: Pack, timescale: Timescale) -> str | None:
    """Return what one time limit means, or None where no day is known to show it on."""
    clock = _Clock(timescale, pack.calendars.get(timescale.calendar), _parameters(pack))
    try:
        if timescale.target is not None or (timescale.earliest is not None and not timescale.limits):
            return _by_dates(pack, clock)
        if timescale.kind is TimescaleKind.FREQUENCY:
            return _frequency(pack, timescale)
        lengths = clock.lengths()
        if not lengths:
            return None
        start = _instructive_day(pack, clock, lengths[0][1])
        if timescale.kind is TimescaleKind.RECURRING:
            return _recurring(clock, start, lengths[0][1])
        told = "\n".join(_single(clock, start, condition, length) for condition, length in lengths)
        first = _end_of(pack, clock, timescale.earliest, "first")
        return f"{told} {first}" if first else told
    except (OutsideSpan, OverflowError, ValueError):
        return None


def _parameters(pack: Pack) -> dict[str, tuple[tuple[dt.date, Duration], ...]]:
    return {one.name: one.editions for one in pack.parameters}


@frozen
class _Clock:
    """A timescale with the calendar that counts for it."""

    timescale: Timescale
    calendar: WorkingCalendar | None
    parameters: dict[str, tuple[tuple[dt.date, Duration], ...]]

    def lengths(self) -> list[tuple[str, Duration]]:
        """Return each limit with the words of its condition."""
        if self.timescale.every is not None:
            return [("", length) for length in self._length(self.timescale.every)]
        found: list[tuple[str, Duration]] = []
        several = len(self.timescale.limits) > 1
        for limit in self.timescale.limits:
            place = limit.condition.place if limit.condition is not None else None
            condition = f" where `{place.text}`" if place else " otherwise" if several else ""
            found += [(condition, length) for length in self._length(limit.length)]
        return found

    def _length(self, node: Expression) -> Iterator[Duration]:
        if isinstance(node, Const) and isinstance(node.value, Duration):
            yield node.value
        elif isinstance(node, ParameterValue) and self.parameters.get(node.name):
            # The newest edition: the one that most new cases are judged by.
            value = self.parameters[node.name][-1][1]
            if isinstance(value, Duration):
                yield value

    def due(self, start: dt.date, length: Duration) -> dt.date:
        if self.timescale.counted:
            return last_day_beginning_with(start, length, self.calendar)
        return add_duration(start, length, self.calendar)

    def case(self, start: dt.date) -> str:
        """Return "for a case with `commenced` on Thursday 8 April 2004"."""
        one = self.timescale.start
        words = one.place.text if one is not None and one.place is not None else "its start"
        rows = self.timescale.clock_for
        record = rows.var.record if rows is not None else "case"
        article = "an" if record[0] in "aeio" else "a"
        at = f"at {start:%H:%M} on" if isinstance(start, dt.datetime) else "on"
        return f"For {article} {record.replace('_', ' ')} with `{words}` {at} {spelled(start)}"


def spelled(day: dt.date) -> str:
    """Return "Thursday 8 April 2004"."""
    return f"{WEEKDAYS[day.weekday()].capitalize()} {in_words(day_of(day))}"


# --- the sentences ------------------------------------------------------------------------------------------


def _single(clock: _Clock, start: dt.date, condition: str, length: Duration) -> str:
    due = clock.due(start, length)
    sentence = f"{clock.case(start)} the last day{condition} is {spelled(due)}"
    if isinstance(due, dt.datetime):
        sentence = f"{clock.case(start)} the last moment{condition} is {due:%H:%M} on {spelled(due)}"
    reasons = [_first_day(clock, start, length), _left_out(clock, start, due, length)]
    shown = "; ".join(each for each in reasons if each)
    moves = clock.timescale.pauses or clock.timescale.restarts
    later = " A pause or a new start makes it later." if moves else ""
    return sentence + (f" ({shown})" if shown else "") + "." + later + _moved(clock, due)


def _first_day(clock: _Clock, start: dt.date, length: Duration) -> str | None:
    """Return what `beginning with` changes."""
    if not clock.timescale.counted:
        return None
    other = add_duration(start, length, clock.calendar)
    return f"that day is day 1; with `from` it would be {spelled(other)}"


def _left_out(clock: _Clock, start: dt.date, due: dt.date, length: Duration) -> str | None:
    if length.unit.counts_moments:
        return None
    if length.unit is not Unit.WORKING_DAYS:
        if due.day != start.day and length.unit in (Unit.MONTHS, Unit.YEARS) and not clock.timescale.counted:
            ending = "st" if start.day == 31 else "th"
            return f"that month has no {start.day}{ending}"
        return "weekends and bank holidays count" if length.unit is Unit.DAYS else None
    assert clock.calendar is not None
    closed = _closed(clock, start, due)
    named = [f"{spelled(day).removesuffix(f' {day.year}')}, {name}" for day, name in closed]
    if not named:
        return "weekends do not count"
    if len(named) == 1:
        return f"weekends and {named[0]}, do not count"
    return f"weekends, {', '.join(named[:-1])}, and {named[-1]}, do not count"


def _closed(clock: _Clock, start: dt.date, due: dt.date) -> list[tuple[dt.date, str]]:
    assert clock.calendar is not None
    return clock.calendar.holidays_between(day_of(start) + ONE_DAY, day_of(due))


def _recurring(clock: _Clock, start: dt.date, length: Duration) -> str:
    first = clock.due(start, length)
    early = first - (7 if (first - start).days > 14 else 1) * ONE_DAY
    after = add_duration(early, length, clock.calendar)
    event = clock.timescale.event.value.place
    what = f"the first of `{event.text}`" if event is not None else "the first"
    return (
        f"{clock.case(start)} {what} is due by {spelled(first)}. "
        f"If it comes on {spelled(early)}, the next is due by {spelled(after)}."
    )


def _frequency(pack: Pack, one: Timescale) -> str:
    clock = _Clock(one, None, {})
    start = _usual_day(pack)
    phase = one.phases[0]
    bounds = [add_duration(start, _times(phase, k)) for k in (0, 1, 2)]
    shown = [f"{spelled(bounds[k])} to {spelled(bounds[k + 1] - ONE_DAY)}" for k in (0, 1)]
    text = (
        f"{clock.case(start)} the first period is {shown[0]} and the second {shown[1]}; "
        f"each needs at least {phase.events}."
    )
    if len(one.phases) > 1 and phase.periods is not None:
        later = add_duration(start, _times(phase, phase.periods))
        second = one.phases[1]
        text += f" From {spelled(later)} each period is {second.period}, and needs at least {second.events}."
    return text


def _times(phase: FrequencyPhase, count: int) -> Duration:
    return Duration(phase.period.amount * count, phase.period.unit)


def _by_dates(pack: Pack, clock: _Clock) -> str | None:
    """Return the last and the first day of a limit that other dates set."""
    one = clock.timescale
    said = [_end_of(pack, clock, one.earliest, "first"), _end_of(pack, clock, one.target, "last")]
    told = " ".join(each for each in said if each)
    return told + _moved(clock, None) if told else None


def _end_of(pack: Pack, clock: _Clock, end: Expression | None, which: str) -> str | None:
    """Return the last or first day that another date sets."""
    if end is None or end.place is None:
        return None
    if not isinstance(end, Call):
        open_days = ", whatever day of the week it is" if clock.timescale.moving is None else ""
        return f"The {which} day is the one recorded as `{end.place.text}`{open_days}."
    shown = _counted_to(pack, clock, end)
    if shown is None:
        return None
    what = f"moment is {shown[1]:%H:%M} on" if isinstance(shown[1], dt.datetime) else "day is"
    return f"{shown[0]} the {which} {what} {spelled(shown[1])}."


def _counted_to(pack: Pack, clock: _Clock, end: Call) -> tuple[str, dt.date] | None:
    """Return "With `hearing_on` on Friday 20 October 2023" and the day that is so long before or after it."""
    anchor, length = end.args
    further = 0
    if isinstance(anchor, Call) and anchor.op == end.op:
        # The day that `clear` leaves out besides.
        further = 1
        anchor, length = anchor.args
    if isinstance(anchor, Call) and anchor.op == "date_of":
        (anchor,) = anchor.args
    if not isinstance(length, Const) or not isinstance(length.value, Duration) or anchor.place is None:
        return None
    sign = -1 if end.op == "subtract" else 1
    day: dt.date = _usual_day(pack)
    if length.value.unit.counts_moments:
        day = dt.datetime.combine(day, dt.time(16, 30))
    moved = add_duration(day, Duration(sign * length.value.amount, length.value.unit), clock.calendar)
    at = f"at {day:%H:%M} on" if isinstance(day, dt.datetime) else "on"
    return f"With `{anchor.place.text}` {at} {spelled(day)}", moved + sign * further * ONE_DAY


def _moved(clock: _Clock, due: dt.date | None) -> str:
    """Return what may still move the last day; where that day is closed, to which day it moves."""
    one, text = clock.timescale, ""
    if one.counting_from is not None:
        text += " A start that moves to a working day counts from there."
    if one.extension is not None:
        text += " A later date that was agreed counts in its place."
    if one.moving is None:
        return text
    if due is not None and clock.calendar is not None and not clock.calendar.is_working_day(due):
        return (
            f"{text} That day is closed, so it moves to {spelled(clock.calendar.add(due, one.moving.value))}."
        )
    side = "next" if one.moving is Moving.NEXT else "previous"
    return f"{text} From a closed day it moves to the {side} working day."


# --- the day to show it on ----------------------------------------------------------------------------------


def _instructive_day(pack: Pack, clock: _Clock, length: Duration) -> dt.date:
    """Return a working day before days that the limit leaves out, or another day that shows what it does."""
    if length.unit.counts_moments:
        return dt.datetime.combine(_usual_day(pack), dt.time(16, 30))
    year = _usual_day(pack).year
    if length.unit in (Unit.MONTHS, Unit.YEARS):
        return _clipped(year, length) if not clock.timescale.counted else dt.date(year, 6, 1)
    if clock.calendar is None or length.unit is Unit.WEEKS:
        return _usual_day(pack)
    return _before_holidays(clock, year, length) or _usual_day(pack)


def _before_holidays(clock: _Clock, year: int, length: Duration) -> dt.date | None:
    """Return the working day before a holiday of a year whose limit holds most holidays."""
    calendar = clock.calendar
    assert calendar is not None
    best: tuple[int, dt.date] | None = None
    for day, _ in calendar.holidays_between(
        max(dt.date(year, 1, 2), calendar.first + ONE_DAY), min(dt.date(year, 12, 31), calendar.last)
    ):
        eve = day - ONE_DAY
        if not calendar.is_working_day(eve):
            continue
        count = len(calendar.holidays_between(eve, min(clock.due(eve, length), calendar.last)))
        if best is None or count > best[0]:
            best = (count, eve)
    return best[1] if best else None


def _clipped(year: int, length: Duration) -> dt.date:
    """Return a 31st whose corresponding day does not exist, where there is one."""
    for month in (1, 3, 5, 7, 8, 10, 12):
        day = dt.date(year, month, 31)
        if add_duration(day, length).day != 31:
            return day
    return dt.date(year, 6, 1)


def _usual_day(pack: Pack) -> dt.date:
    """Return a Monday in the year of the pack's first example, or in a usual year within its calendar."""
    year = USUAL_YEAR
    calendar = pack.calendars.get(pack.calendar or "")
    if calendar is not None and not calendar.first.year <= year <= calendar.last.year:
        year = calendar.last.year
    if pack.examples:
        year = day_of(pack.examples[0].as_at).year
        if calendar is not None:
            year = min(max(year, calendar.first.year), calendar.last.year)
    first = dt.date(year, 6, 1)
    return first + ONE_DAY * (-first.weekday() % 7)
