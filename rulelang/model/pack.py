"""A pack, checked: what each declaration means, before it is put in an order of judging."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any

from attrs import field, frozen

from rulelang.calendars import WorkingCalendar
from rulelang.model.checks import CheckCharacters
from rulelang.model.expressions import Expression, Rows
from rulelang.model.records import Schema
from rulelang.model.structure import LimitStructure, PackStructure, ValidationStructure
from rulelang.outcomes import ItemOutcome, NoEvidence, TimescaleOutcome, Verdict
from rulelang.source import Place
from rulelang.types import Duration, Type


def _place() -> Any:
    return field(default=None, eq=False, repr=False, kw_only=True)


@frozen
class Define:
    """A named expression on the case or on a child row."""

    name: str
    record: str
    value: Expression
    title: str | None = None
    place: Place | None = _place()


@frozen
class Parameter:
    """Editions, oldest first, as (first day in force, value); none for a value given at the run."""

    name: str
    type: Type
    editions: tuple[tuple[dt.date, Any], ...] = ()
    title: str | None = None
    source: str | None = None
    place: Place | None = _place()

    @property
    def given(self) -> bool:
        return not self.editions


@frozen
class Codes:
    """A list of codes; a range holds digits of one length, first to last."""

    name: str
    exact: frozenset[str]
    ranges: tuple[tuple[str, str], ...] = ()
    title: str | None = None
    place: Place | None = _place()


class TimescaleKind(Enum):
    SINGLE = "single"
    RECURRING = "recurring"
    FREQUENCY = "frequency"


class Moving(Enum):
    """Where a due date on a closed day moves: to the next working day, or to the one before."""

    NEXT = 1
    PREVIOUS = -1


@frozen
class GuardedLimit:
    """A length of time and when it holds; `condition` is None for `otherwise` and for a plain limit."""

    length: Expression
    condition: Expression | None = None
    place: Place | None = _place()


@frozen
class FrequencyPhase:
    """At least `events` in each `period`, for `periods` of them, or until the end where None."""

    events: int
    period: Duration
    periods: int | None


@frozen
class PauseSource:
    """Stretches in which the clock stands still, both days included: one a row, or one a case where no `rows`."""

    rows: Rows | None
    first: Expression
    last: Expression


@frozen
class DateSource:
    """Dates from a list, or one from the case where `rows` is None."""

    rows: Rows | None
    value: Expression


@frozen
class Timescale:
    """A time limit. Which of `limits`, `target`, `every` and `phases` is there depends on `kind` and is checked.

    Time is counted from `counting_from` where the start moves, else from `start`. An event before `earliest` is too
    early. `extension` is the latest agreed due date, `moving` what a due date on a closed day does.
    """

    name: str
    title: str
    kind: TimescaleKind
    event: DateSource
    calendar: str
    start: Expression | None = None
    counted: bool = False
    applies: Expression | None = None
    clock_for: Rows | None = None
    limits: tuple[GuardedLimit, ...] = ()
    target: Expression | None = None
    every: Expression | None = None
    phases: tuple[FrequencyPhase, ...] = ()
    restarts: tuple[DateSource, ...] = ()
    pauses: tuple[PauseSource, ...] = ()
    until: Expression | None = None
    source: str | None = None
    counting_from: Expression | None = None
    earliest: Expression | None = None
    extension: Expression | None = None
    moving: Moving | None = None
    early_events_count: bool = False
    place: Place | None = _place()

    @property
    def is_plain(self) -> bool:
        """Whether nothing moves its ends."""
        moved = (self.counting_from, self.earliest, self.extension, self.moving)
        return all(one is None for one in moved) and not self.early_events_count


@frozen
class Item:
    """What is judged in each case. `id` is `B1.rmp`."""

    id: str
    title: str
    relevant: Expression | None = None
    timescale: str | None = None
    met: Expression | None = None
    no_evidence: NoEvidence = NoEvidence.UNKNOWN
    no_evidence_when: Expression | None = None
    excused: Expression | None = None
    counted_for: Rows | None = None
    place: Place | None = _place()


@frozen
class Validation:
    """What a row must satisfy: an item that is judged on what the export says, whatever the as-at date."""

    item: Item
    structure: ValidationStructure
    place: Place | None = _place()


@frozen
class Limit:
    """At most so many cases for each value of `each`. Those count of which `item`, which is in no criterion, is met."""

    item: Item
    each: Expression
    structure: LimitStructure
    place: Place | None = _place()


@frozen
class Expected:
    """One `expect` line: an outcome of an item, timescale or validation, a due date, a rating, or a condition."""

    subject: str | None
    outcome: ItemOutcome | TimescaleOutcome | None = None
    due: dt.date | dt.datetime | None = None
    validated: Verdict | None = None
    condition: Expression | None = None
    # Of a rating: its level, an empty text where none is expected.
    rated: str | None = None
    text: str = ""
    place: Place | None = _place()


@frozen
class Example:
    """A test: a typed case row, ratings of members by name, a date, what to expect."""

    title: str
    case: dict[str, Any] = field(hash=False)
    as_at: dt.date | dt.datetime
    expects: tuple[Expected, ...]
    ratings: dict[str, str] = field(factory=dict, hash=False)
    # An example of ratings alone has no case.
    has_case: bool = True
    place: Place | None = _place()


@frozen
class Pack:
    """Everything a pack declares, in the order written."""

    structure: PackStructure
    schema: Schema
    calendars: dict[str, WorkingCalendar] = field(hash=False)
    calendar: str | None
    parameters: tuple[Parameter, ...] = ()
    # Texts that are listed, and those that have the check character worked out of them.
    codes: tuple[Codes | CheckCharacters, ...] = ()
    defines: tuple[Define, ...] = ()
    timescales: tuple[Timescale, ...] = ()
    items: tuple[Item, ...] = ()
    examples: tuple[Example, ...] = ()
    inspected: Expression | None = None
    validations: tuple[Validation, ...] = ()
    # Items that no criterion has: they count what ratings ask of cases.
    asked: tuple[Item, ...] = ()
    limits: tuple[Limit, ...] = ()
