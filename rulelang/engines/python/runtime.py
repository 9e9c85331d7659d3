"""What generated code calls: lists, windows, rounds, periods, pauses and restarts. Works on values, not on plans."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from rulelang.calendars import OutsideSpan, WorkingCalendar
from rulelang.calendars.counting import (
    NO_DUE_DATE_YET,
    ONE_DAY,
    add_duration,
    day_of,
    last_day_beginning_with,
    moment,
)
from rulelang.outcomes import WORST_FIRST, TimescaleOutcome
from rulelang.types import Duration, Unit

# A count that leaves its calendar, or the years 1 to 9999.
BEYOND = (OutsideSpan, OverflowError, ValueError)
DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7}

# First and last day of a pause, both in; None is still open.
Pause = tuple[dt.date, dt.date | None]


def latest(values: Sequence[Any]) -> Any:
    return max(values) if values else None


def earliest(values: Sequence[Any]) -> Any:
    return min(values) if values else None


def either_way(of: Callable[[list[Any]], Any], sure: list[Any], maybe: list[Any]) -> Any:
    """Return what a list comes to where doubtful rows make no difference, else missing (M1)."""
    without = of(sure)
    return without if not maybe or of(sure + maybe) == without else None


def total(values: list[Any]) -> Any:
    """Add up; a sum needs every value, and of nothing is 0 (M1)."""
    return None if None in values else sum(values)


def known(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def picked(rows: list[tuple[Any, Any, Any]], position: int) -> Any:
    """Return the value at a position of rows (order, key, value), put in order; ties go by the key (M1).

    Without keys a tie is settled only where the tied rows agree.
    """
    if len(rows) < abs(position):
        return None
    keyed = all(key is not None for _, key, _ in rows)
    rows = sorted(rows, key=(lambda row: row[:2]) if keyed else (lambda row: row[:1]))
    order, _, value = rows[position - 1 if position > 0 else position]
    if keyed:
        return value
    tied = [other for at, _, other in rows if at == order]
    return value if all(other == value for other in tied) else None


def most_within(dates: list[dt.date], window: Duration) -> int:
    """Return the most dates in any window of this length; the window begins with its first day."""
    days = sorted(day_of(day) for day in dates)
    ends = (bisect_right(days, last_day_beginning_with(day, window)) - at for at, day in enumerate(days))
    return max(ends, default=0)


def share(
    at_least: bool, fraction: Fraction, sure: tuple[int, int, int], maybe: tuple[int, int, int]
) -> bool | None:
    """Say whether a share is reached; each triple counts the rows that are yes, no and unknown (M1)."""
    yes, no, unknown = sure
    maybe_yes, maybe_no, maybe_unknown = maybe
    if yes + no + unknown == 0:
        return None
    lowest = Fraction(yes, yes + no + unknown + maybe_no + maybe_unknown)
    highest = Fraction(
        yes + unknown + maybe_yes + maybe_unknown, yes + no + unknown + maybe_yes + maybe_unknown
    )
    if at_least:
        return True if lowest >= fraction else False if highest < fraction else None
    return True if highest <= fraction else False if lowest > fraction else None


def in_codes(text: str, exact: frozenset[str], ranges: tuple[tuple[str, str], ...]) -> bool:
    """Say whether a text is a code, or digits in a range of codes of the same length."""
    if text in exact:
        return True
    return any(
        len(text) == len(first) and text.isascii() and text.isdigit() and first <= text <= last
        for first, last in ranges
    )


def edition(days: tuple[dt.date, ...], values: tuple[Any, ...], day: dt.date | None) -> Any:
    """Return the value of a parameter in force on a day; missing before the first edition."""
    if day is None:
        return None
    at = bisect_right(days, day_of(day))
    return values[at - 1] if at else None


def worst(outcomes: list[TimescaleOutcome]) -> TimescaleOutcome:
    """Return the case's outcome from those of its clocks (M7)."""
    return next((one for one in WORST_FIRST if one in outcomes), TimescaleOutcome.NOT_APPLICABLE)


def by(event: dt.date, due: dt.date, zone: ZoneInfo | None) -> bool:
    """Say whether an event came on or before a due date or moment, whichever it is."""
    if isinstance(event, dt.datetime) and isinstance(due, dt.datetime):
        return moment(event, zone) <= moment(due, zone)
    return day_of(event) <= day_of(due)


def past(as_at: dt.date, as_at_moment: dt.datetime, due: dt.date, zone: ZoneInfo | None) -> bool:
    """Say whether the as-at date lies after a due date or moment."""
    if isinstance(due, dt.datetime):
        return moment(as_at_moment, zone) > moment(due, zone)
    return as_at > due


def pause_days(pauses: list[tuple[Any, Any]], odd: list[Any] | None = None) -> list[Pause]:
    """Return pauses by their days; one that ends before it starts is left out and noted as odd."""
    days = [(day_of(first), day_of(last) if last is not None else None) for first, last in pauses]
    good = [pause for pause in days if pause[1] is None or pause[1] >= pause[0]]
    if odd is not None:
        odd.extend(pause for pause in days if pause not in good)
    return good


# --- pauses and restarts (M4) --------------------------------------------------------------------------------------


def union_of(pauses: Iterable[Pause], start: dt.date) -> list[Pause]:
    """Join pauses that touch or overlap, clipped to begin no earlier than `start`; in order."""
    joined: list[Pause] = []
    for first, last in sorted(pauses, key=lambda pause: pause[0]):
        first = max(first, start)
        if last is not None and last < first:
            continue
        if joined and (joined[-1][1] is None or first <= joined[-1][1] + ONE_DAY):
            before = joined[-1]
            if before[1] is not None and (last is None or last > before[1]):
                joined[-1] = (before[0], last)
            continue
        joined.append((first, last))
    return joined


def _as_moment(value: dt.date) -> dt.datetime:
    """Return a date or datetime so that both sort together."""
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min)


def paused_due(
    start: dt.date,
    length: Duration,
    counted: bool,
    calendar: WorkingCalendar | None,
    zone: ZoneInfo | None,
    pauses: Iterable[Pause],
) -> dt.date:
    """Return the due date with the paused days left out, or NO_DUE_DATE_YET where a pause is open on it (M4)."""
    day = day_of(start)
    stretches = union_of(pauses, day if counted else day + ONE_DAY)
    if length.unit is Unit.WORKING_DAYS:
        assert calendar is not None
        return _unpaused_working_days(day - ONE_DAY if counted else day, length.amount, calendar, stretches)
    due = last_day_beginning_with(start, length) if counted else add_duration(start, length, calendar, zone)
    base, moved = due, 0
    while True:
        through = 0
        for first, last in stretches:
            if first > day_of(due):
                break
            if last is None:
                return NO_DUE_DATE_YET
            through += (min(last, day_of(due)) - first).days + 1
        if through == moved:
            return due
        moved = through
        due = base + moved * ONE_DAY


def _unpaused_working_days(
    day: dt.date, amount: int, calendar: WorkingCalendar, stretches: list[Pause]
) -> dt.date:
    due = calendar.add(day, amount)
    for first, last in stretches:
        if first > due:
            break
        if last is None:
            return NO_DUE_DATE_YET
        # The working days of the pause do not count: as many more follow it.
        used = calendar.count(day, first - ONE_DAY) if first > day else 0
        day, amount = last, amount - max(used, 0)
        due = calendar.add(day, amount)
    return due


def restarted(
    start: dt.date,
    length: Duration,
    counted: bool,
    calendar: WorkingCalendar | None,
    zone: ZoneInfo | None,
    pauses: list[Pause],
    restarts: Iterable[dt.date],
    event: dt.date | None,
) -> tuple[dt.date, dt.date]:
    """Return the start that counts and its due date, after restarts.

    A restart counts only on or before the running due date, with the pauses begun by then, and before the event.
    """
    for again in sorted(restarts, key=_as_moment):
        if day_of(again) < day_of(start) or (event is not None and by(event, again, zone)):
            continue
        begun = [pause for pause in pauses if pause[0] <= day_of(again)]
        if by(again, paused_due(start, length, counted, calendar, zone, begun), zone):
            start = again
    return start, paused_due(start, length, counted, calendar, zone, pauses)


# --- rounds (M5) ---------------------------------------------------------------------------------------------------


@frozen
class Rounds:
    """How long each round of a recurring time limit is: one length, or editions of a parameter by first day."""

    days: tuple[dt.date, ...]
    lengths: tuple[Duration | None, ...]
    calendar: WorkingCalendar | None = None
    # The same lengths where they are so many days, which is faster to add.
    _spans: tuple[dt.timedelta | None, ...] = field(init=False, eq=False)

    @_spans.default
    def _in_days(self) -> tuple[dt.timedelta | None, ...]:
        return tuple(
            dt.timedelta(days=one.amount * DAYS_IN[one.unit]) if one is not None and one.unit in DAYS_IN else None
            for one in self.lengths
        )

    def plain_deadline(self, anchor: dt.date, _first: bool) -> dt.date | None:
        """Return the deadline where nothing is paused and the first day does not count."""
        at = bisect_right(self.days, anchor) - 1 if self.days else 0
        if at < 0:
            return None
        span = self._spans[at]
        return anchor + span if span is not None else self.deadline(anchor, False, ())

    def deadline(self, anchor: dt.date, counted: bool, pauses: Sequence[Pause]) -> dt.date | None:
        """Return the deadline of the round that starts on a day; None where no length is in force."""
        length = edition(self.days, self.lengths, anchor) if self.days else self.lengths[0]
        if length is None:
            return None
        if pauses:
            return paused_due(anchor, length, counted, self.calendar, None, pauses)
        if counted:
            return last_day_beginning_with(anchor, length, self.calendar)
        return add_duration(anchor, length, self.calendar)


# Whether the last deadline is broken with nothing since, whether any is, whether there was an event, whether the
# duty ended by the first deadline, whether a length is missing; then the first broken deadline (else the running
# one), how many are broken, and the event that broke it (else the last one).
Followed = tuple[bool, bool, bool, bool, bool, dt.date | None, int, dt.date | None]
LENGTH_MISSING: Followed = (False, False, False, False, True, None, 0, None)


def rounds(
    start: dt.date,
    events: list[dt.date],
    lengths: Rounds,
    until: dt.date | None,
    as_at: dt.date,
    pauses: Sequence[Pause] = (),
    counted: bool = False,
) -> Followed:
    """Follow the rounds of a recurring time limit (M5), by dates."""
    days = [day_of(event) for event in events]
    end = day_of(until) if until is not None else None
    if not pauses and not counted:
        return _followed(day_of(start), days, lengths.plain_deadline, end, as_at)
    return _followed(
        day_of(start), days, lambda day, first: lengths.deadline(day, counted and first, pauses), end, as_at
    )


def elapsed_rounds(
    start: dt.datetime,
    events: list[dt.datetime],
    lengths: Rounds,
    until: dt.datetime | None,
    as_at: dt.datetime,
    zone: ZoneInfo | None,
    pauses: Sequence[Pause] = (),
    counted: bool = False,
) -> Followed:
    """Follow the rounds of a time limit in hours or minutes, by moments; what is returned is local time again."""
    length = lengths.lengths[0]
    assert length is not None and not counted
    elapsed = dt.timedelta(minutes=length.amount * (60 if length.unit is Unit.HOURS else 1))
    end = None
    if until is not None:
        end = moment(until if isinstance(until, dt.datetime) else dt.datetime.combine(until, dt.time.max), zone)

    def deadline(at: dt.datetime, _first: bool) -> dt.datetime:
        if not pauses:
            return at + elapsed
        due = paused_due(_local(at, zone) or at, length, False, None, zone, pauses)
        return moment(due, zone) if isinstance(due, dt.datetime) else dt.datetime.max

    found = _followed(moment(start, zone), [moment(event, zone) for event in events], deadline, end, as_at)
    return (*found[:5], _local(found[5], zone), found[6], _local(found[7], zone))


def _local(at: dt.date | None, zone: ZoneInfo | None) -> dt.date | None:
    if zone is None or not isinstance(at, dt.datetime):
        return at
    return at.replace(tzinfo=dt.UTC).astimezone(zone).replace(tzinfo=None)


def _followed(
    start: Any, events: list[Any], deadline: Callable[[Any, bool], Any], until: Any, as_at: Any
) -> Followed:
    end = as_at if until is None or until > as_at else until
    anchor, broken, any_event = start, 0, False
    shown_due = shown_event = None
    limit = first = deadline(anchor, True)
    for event in sorted(events):
        if event < start or event > end:
            continue
        if limit is None:
            return LENGTH_MISSING
        any_event = True
        if event > limit:
            if not broken:
                shown_due, shown_event = limit, event
            broken += 1
        anchor = event
        limit = deadline(anchor, False)
    if limit is None:
        return LENGTH_MISSING
    last_broken = as_at > limit and (until is None or until > limit)
    if last_broken:
        shown_due, shown_event = limit, None
        broken += 1
    elif not broken:
        shown_due, shown_event = limit, anchor if any_event else None
    ended = until is not None and until <= as_at and until <= first
    return last_broken, broken > 0, any_event, ended, False, shown_due, broken, shown_event


# --- periods (M6) --------------------------------------------------------------------------------------------------

PhaseOf = tuple[int, Duration, int | None]


def periods(
    start: dt.date,
    events: list[dt.date],
    phases: Sequence[PhaseOf],
    until: dt.date | None,
    as_at: dt.date,
    pauses: Sequence[Pause] = (),
) -> tuple[int, int, dt.date | None, int]:
    """Count the complete periods of a frequency and those kept (M6).

    Returns (complete, kept, first day of the first period not kept, events in it). A period is complete when its
    last day is on or before both the end of the duty and the as-at date; one with a paused day is left out.
    """
    end = as_at if until is None or day_of(until) > as_at else day_of(until)
    if not pauses and all(period.unit in DAYS_IN for _, period, _ in phases):
        return _periods_of_days(start, events, phases, day_of(end))
    days = sorted(day_of(event) for event in events)
    complete = kept = 0
    broken: dt.date | None = None
    broken_events = 0
    phase_start = day_of(start)
    for needed, period, number in phases:
        k = 0
        first = phase_start
        while number is None or k < number:
            after = add_duration(phase_start, Duration(period.amount * (k + 1), period.unit))
            if after - ONE_DAY > day_of(end):
                return complete, kept, broken, broken_events
            if not _paused_in(pauses, first, after - ONE_DAY):
                complete += 1
                held = bisect_right(days, after - ONE_DAY) - bisect_right(days, first - ONE_DAY)
                if held >= needed:
                    kept += 1
                elif broken is None:
                    broken, broken_events = first, held
            first, k = after, k + 1
        phase_start = first
    return complete, kept, broken, broken_events


def _periods_of_days(
    start: dt.date, events: list[dt.date], phases: Sequence[PhaseOf], end: dt.date
) -> tuple[int, int, dt.date | None, int]:
    """Count periods of so many days: the same as above, by numbers of days instead of dates."""
    first, last = start.toordinal(), end.toordinal()
    days = [event.toordinal() for event in events]
    complete = kept = 0
    broken: dt.date | None = None
    broken_events = 0
    for needed, period, number in phases:
        length = period.amount * DAYS_IN[period.unit]
        whole = max((last - first + 1) // length, 0)
        if number is not None and whole > number:
            whole = number
        held = [0] * whole
        after = first + whole * length
        for day in days:
            if first <= day < after:
                held[(day - first) // length] += 1
        enough = sum(1 for count in held if count >= needed)
        if broken is None and enough < whole:
            at = next(k for k, count in enumerate(held) if count < needed)
            broken, broken_events = dt.date.fromordinal(first + at * length), held[at]
        complete += whole
        kept += enough
        if number is None or whole < number:
            break
        first = after
    return complete, kept, broken, broken_events


def _paused_in(pauses: Sequence[Pause], first: dt.date, last: dt.date) -> bool:
    return any(begin <= last and (end is None or end >= first) for begin, end in pauses)
