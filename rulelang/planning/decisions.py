"""The outcomes of a timescale and of an item (M4 to M8), decided here once, for every engine.

A decision is a list of lines, and the first whose test holds gives the outcome. Tests speak of slots: facts that
an engine works out for a case, such as the due date. An engine compiles tests; it decides nothing itself.
"""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from rulelang.outcomes import ItemOutcome, NoEvidence, TimescaleOutcome


class Slot(Enum):
    """A fact that tests speak of. Dates may be missing; truths are yes, no, missing or N/A; flags are decided."""

    # Truths.
    APPLIES = "applies"
    RELEVANT = "relevant"
    RESULT = "result"
    NO_EVIDENCE_WHEN = "no evidence when"
    EXCUSED_WHEN = "excused when"
    # Dates. START and UNTIL are read without the as-at rule; AHEAD and REACHED ask where they lie.
    START = "start"
    UNTIL = "until"
    DUE = "due"
    EVENT = "event"
    # The first day, or moment, on which an event is not too early.
    EARLIEST = "earliest"
    AS_AT = "as at"
    # Flags.
    UNREADABLE = "something it reads is unreadable"
    NO_LIMIT_HOLDS = "no limit holds"
    LIMIT_MISSING = "the limit is missing"
    LAST_BROKEN = "the last deadline is broken"
    SOME_BROKEN = "a deadline is broken"
    ANY_EVENT = "there was an event"
    ENDED_BY_FIRST = "the duty ended by the first deadline"
    ALL_KEPT = "every complete period is kept"
    ANY_PERIOD = "a period is complete"
    APPLIES_MISSING = "whether the timescale applies is missing"


class State(Enum):
    """What a truth may be."""

    YES = "yes"
    NO = "no"
    MISSING = "missing"
    NA = "not applicable"


@frozen
class Holds:
    """A truth is in one of these states."""

    slot: Slot
    states: tuple[State, ...]


@frozen
class Flag:
    """A flag is up."""

    slot: Slot


@frozen
class Known:
    """A date is there; `not known` where `absent`."""

    slot: Slot
    absent: bool = False


@frozen
class Ahead:
    """A date, read without the as-at rule, lies after the as-at date; it has been reached where not `yet`."""

    slot: Slot
    yet: bool = True


class Order(Enum):
    BEFORE = "<"
    BY = "<="
    AFTER = ">"


@frozen
class Compare:
    """Both dates are there and stand in this order."""

    left: Slot
    order: Order
    right: Slot


@frozen
class ClockIs:
    """The item's timescale has this outcome."""

    outcome: TimescaleOutcome


@frozen
class Every:
    """All of the tests hold; none at all holds."""

    tests: tuple[Test, ...] = ()


Test = Holds | Flag | Known | Ahead | Compare | ClockIs | Every
ALWAYS = Every()


class Why(Enum):
    """Why a line gave its outcome. Words are made of these in `rulelang.outcomes.words`."""

    DOES_NOT_APPLY = "does not apply"
    NOT_STARTED = "the start lies ahead"
    ENDED_BEFORE_START = "the duty ended before it began"
    NO_LIMIT = "no limit holds"
    UNREADABLE = "something it reads cannot be read"
    APPLIES_MISSING = "whether it applies is not recorded"
    START_MISSING = "no start is recorded"
    LIMIT_MISSING = "which limit holds is not recorded"
    IN_TIME = "in time"
    ENDED = "the duty ended first"
    TOO_LATE = "too late"
    TOO_EARLY = "too early"
    WAITED = "no earlier than it may be"
    MAY_STILL_COME = "it has not come, and it has no last day"
    NOTHING_YET_OVERDUE = "nothing came by the due date"
    NOT_YET = "the due date lies ahead"
    LAST_BROKEN = "the last deadline passed with nothing"
    SOME_BROKEN = "a deadline was broken"
    ALL_KEPT = "every deadline was kept"
    PERIODS_KEPT = "every period was kept"
    PERIODS_BROKEN = "a period was not kept"
    NO_PERIOD = "no period is complete"
    NOT_RELEVANT = "not relevant"
    CLOCK_NOT_APPLICABLE = "its timescale does not apply"
    RESULT_NA = "judged not applicable"
    CLOCK_NOT_YET = "its timescale is not yet due"
    RELEVANT_MISSING = "whether it is relevant is not recorded"
    MET = "what is asked for is there"
    NOT_MET = "what is asked for is not there"
    NO_EVIDENCE = "nothing is recorded"
    NO_EVIDENCE_ON_PURPOSE = "there is no evidence to judge by"
    EXCUSED = "excused"


@frozen
class Line:
    """One line of a decision."""

    test: Test
    outcome: TimescaleOutcome | ItemOutcome
    why: Why
    # Said of the data as well, where the line holds.
    problem: bool = field(default=False)


_T = TimescaleOutcome
_NOT_APPLICABLE = (
    Line(Holds(Slot.APPLIES, (State.NO, State.NA)), _T.NOT_APPLICABLE, Why.DOES_NOT_APPLY),
    Line(Ahead(Slot.START), _T.NOT_APPLICABLE, Why.NOT_STARTED),
    Line(
        Compare(Slot.UNTIL, Order.BEFORE, Slot.START), _T.NOT_APPLICABLE, Why.ENDED_BEFORE_START, problem=True
    ),
    Line(Flag(Slot.NO_LIMIT_HOLDS), _T.NOT_APPLICABLE, Why.NO_LIMIT),
)
_UNKNOWN = (
    Line(Holds(Slot.APPLIES, (State.MISSING,)), _T.UNKNOWN, Why.APPLIES_MISSING),
    Line(Flag(Slot.UNREADABLE), _T.UNKNOWN, Why.UNREADABLE),
    Line(Known(Slot.START, absent=True), _T.UNKNOWN, Why.START_MISSING),
    Line(Flag(Slot.LIMIT_MISSING), _T.UNKNOWN, Why.LIMIT_MISSING),
)

_TOO_EARLY = Line(Compare(Slot.EVENT, Order.BEFORE, Slot.EARLIEST), _T.LATE, Why.TOO_EARLY)

# M4.
SINGLE = (
    *_NOT_APPLICABLE,
    *_UNKNOWN,
    _TOO_EARLY,
    Line(Compare(Slot.EVENT, Order.BY, Slot.DUE), _T.ON_TIME, Why.IN_TIME),
    Line(
        Every((Ahead(Slot.UNTIL, yet=False), Compare(Slot.UNTIL, Order.BY, Slot.DUE))),
        _T.NOT_APPLICABLE,
        Why.ENDED,
    ),
    Line(Compare(Slot.EVENT, Order.AFTER, Slot.DUE), _T.LATE, Why.TOO_LATE),
    Line(Compare(Slot.AS_AT, Order.AFTER, Slot.DUE), _T.OVERDUE, Why.NOTHING_YET_OVERDUE),
    Line(ALWAYS, _T.NOT_YET_DUE, Why.NOT_YET),
)
# M4, where there is a first day and no last one.
NOT_BEFORE = (
    *_NOT_APPLICABLE,
    *_UNKNOWN,
    _TOO_EARLY,
    Line(Known(Slot.EVENT), _T.ON_TIME, Why.WAITED),
    Line(Ahead(Slot.UNTIL, yet=False), _T.NOT_APPLICABLE, Why.ENDED),
    Line(ALWAYS, _T.NOT_YET_DUE, Why.MAY_STILL_COME),
)
# M5.
RECURRING = (
    *_NOT_APPLICABLE,
    *_UNKNOWN,
    Line(Flag(Slot.LAST_BROKEN), _T.OVERDUE, Why.LAST_BROKEN),
    Line(Flag(Slot.SOME_BROKEN), _T.LATE, Why.SOME_BROKEN),
    Line(Flag(Slot.ANY_EVENT), _T.ON_TIME, Why.ALL_KEPT),
    Line(Flag(Slot.ENDED_BY_FIRST), _T.NOT_APPLICABLE, Why.ENDED),
    Line(ALWAYS, _T.NOT_YET_DUE, Why.NOT_YET),
)
# M6.
FREQUENCY = (
    *_NOT_APPLICABLE,
    *_UNKNOWN,
    Line(Every((Flag(Slot.ANY_PERIOD), Flag(Slot.ALL_KEPT))), _T.ON_TIME, Why.PERIODS_KEPT),
    Line(Flag(Slot.ANY_PERIOD), _T.LATE, Why.PERIODS_BROKEN),
    Line(ALWAYS, _T.NOT_YET_DUE, Why.NO_PERIOD),
)

_I = ItemOutcome


def item_lines(no_evidence: NoEvidence) -> tuple[Line, ...]:
    """Return M8 up to what is met, not met, or stays missing and counts as `no_evidence` says."""
    return (
        Line(Holds(Slot.RELEVANT, (State.NO, State.NA)), _I.NOT_RELEVANT, Why.NOT_RELEVANT),
        Line(ClockIs(_T.NOT_APPLICABLE), _I.NOT_RELEVANT, Why.CLOCK_NOT_APPLICABLE),
        Line(Holds(Slot.RESULT, (State.NA,)), _I.NOT_RELEVANT, Why.RESULT_NA),
        Line(ClockIs(_T.NOT_YET_DUE), _I.NOT_YET_DUE, Why.CLOCK_NOT_YET),
        Line(Holds(Slot.RELEVANT, (State.MISSING,)), _I.UNKNOWN, Why.RELEVANT_MISSING),
        Line(Flag(Slot.APPLIES_MISSING), _I.UNKNOWN, Why.APPLIES_MISSING),
        Line(Holds(Slot.RESULT, (State.YES,)), _I.MET, Why.MET),
        Line(Holds(Slot.RESULT, (State.NO,)), _I.NOT_MET, Why.NOT_MET),
        Line(Flag(Slot.UNREADABLE), _I.UNKNOWN, Why.UNREADABLE),
        Line(ALWAYS, no_evidence.outcome, Why.NO_EVIDENCE),
    )


# M8's last two steps: each looks at the outcome so far.
ON_PURPOSE = Line(Holds(Slot.NO_EVIDENCE_WHEN, (State.YES,)), _I.UNKNOWN, Why.NO_EVIDENCE_ON_PURPOSE)
EXCUSED = Line(Holds(Slot.EXCUSED_WHEN, (State.YES,)), _I.EXCUSED, Why.EXCUSED)
# What `no evidence when` may still make unknown: what was decided or converted, not what was never asked.
DECIDED_BY = (Why.MET, Why.NOT_MET, Why.NO_EVIDENCE)

# M8: what a timescale's outcome says of the item's result. Others leave it missing.
CLOCK_RESULT = {_T.ON_TIME: True, _T.LATE: False, _T.OVERDUE: False}


def following(lines: tuple[Line, ...], clock: Line) -> Line:
    """Return the line of an item that has nothing but a timescale, given the line that decided the timescale."""
    result = CLOCK_RESULT.get(clock.outcome) if isinstance(clock.outcome, TimescaleOutcome) else None
    state = {True: State.YES, False: State.NO, None: State.MISSING}[result]
    for line in lines:
        match line.test:
            case ClockIs(outcome=outcome) if outcome is clock.outcome:
                return line
            case Holds(slot=Slot.RESULT, states=states) if state in states:
                return line
            case Flag(slot=Slot.APPLIES_MISSING) if clock.why is Why.APPLIES_MISSING:
                return line
            case Flag(slot=Slot.UNREADABLE) if clock.why is Why.UNREADABLE:
                return line
    return lines[-1]
