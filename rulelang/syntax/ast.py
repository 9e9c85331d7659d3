"""The abstract syntax: what an author wrote, with the place of each part. No names are resolved here.

Spans do not take part in equality, so that a printed and re-parsed tree equals the first.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from rulelang.outcomes import NoEvidence
from rulelang.source import NOWHERE, SourceFile, Span
from rulelang.types import Unit


def _span() -> Span:
    return field(default=NOWHERE, eq=False, repr=False, kw_only=True)


@frozen
class Name:
    """A name as written, without backquotes."""

    text: str
    span: Span = _span()


# --- expressions ------------------------------------------------------------------------------------------


@frozen
class InForce:
    """`in force from 2004-04-01 to 2005-03-31, by commenced`: both days in, None where there is no end."""

    first: dt.date | None = None
    last: dt.date | None = None
    by: Expr | None = None
    span: Span = _span()


@frozen
class Ref:
    """A name or a path: `commenced`, `case.episodes.plans`."""

    names: tuple[Name, ...]
    span: Span = _span()

    @property
    def text(self) -> str:
        return ".".join(name.text for name in self.names)


@frozen
class Literal:
    """A value as written: text, number (a Fraction), date, datetime, time, or True/False for yes and no."""

    value: str | Fraction | dt.date | dt.datetime | dt.time | bool
    span: Span = _span()


@frozen
class DurationLiteral:
    """`5 working days`."""

    amount: int
    unit: Unit
    span: Span = _span()


@frozen
class AsAt:
    """`as_at`: the as-at date of the run."""

    span: Span = _span()


@frozen
class Apply:
    """An operator of the table applied to operands: `a is at least b`, `date of x`, `x and y and z`.

    `op` is the operator's name in `rulelang.operators.table`; `op_span` is where its words stand.
    """

    op: str
    operands: tuple[Expr, ...]
    op_span: Span = _span()
    span: Span = _span()


@frozen
class Conditional:
    """`if C then A otherwise B`."""

    condition: Expr
    then: Expr
    otherwise: Expr
    span: Span = _span()


@frozen
class Selection:
    """A list, with the rows that count: `reviews where sufficient is yes`, `events where (kind is "x")`."""

    path: Ref
    where: Expr | None = None
    span: Span = _span()


class ListFunction(Enum):
    """What a list comes to. The value is its spelling before the list."""

    COUNT = "count of"
    COUNT_DIFFERENT = "count of different"
    LATEST = "latest of"
    EARLIEST = "earliest of"
    SUM = "sum of"
    LOWEST = "lowest of"
    HIGHEST = "highest of"


@frozen
class Aggregate:
    """`count of reviews`, `latest of reviews.completed`.

    `latest of x` and `earliest of x` of a single operand are always this; two or more operands are an
    Apply of `latest_of` or `earliest_of`.
    """

    function: ListFunction
    selection: Selection
    span: Span = _span()


@frozen
class Positioned:
    """`first of events.officer where kind is "x" by occurred`; position 1, 2 for `2nd`, -1 for `last`."""

    position: int
    selection: Selection
    by: Ref
    span: Span = _span()


@frozen
class MostWithin:
    """`most of absences.occurred in any 12 months`."""

    selection: Selection
    window: DurationLiteral
    span: Span = _span()


class Quantifier(Enum):
    SOME = "some"
    ALL = "all"
    NO = "no"


@frozen
class Quantified:
    """`all reviews have (C)`; `some other of case.plans has (C)` where `other`: C may say `other.x`."""

    quantifier: Quantifier
    selection: Selection
    condition: Expr
    other: bool = False
    span: Span = _span()


@frozen
class ShareOf:
    """`at least 95% of reviews have (C)`; `percent` is 95."""

    at_least: bool
    percent: Fraction
    selection: Selection
    condition: Expr
    span: Span = _span()


@frozen
class IsIn:
    """`x is in ethnicity_codes`, `d is in census_year`; `x is not in …` where `negated`."""

    operand: Expr
    collection: Name
    negated: bool = False
    span: Span = _span()


@frozen
class Passes:
    """`upn passes pupil_number`: the text has the check character that its check works out."""

    operand: Expr
    check: Name
    span: Span = _span()


@frozen
class Unique:
    """`reference is unique`: no other row of the file has this value."""

    field: Name
    span: Span = _span()


@frozen
class UniqueIn:
    """`place is unique in case`: no other row below the same row of `parent` has this value."""

    field: Name
    parent: Name
    span: Span = _span()


@frozen
class Apart:
    """`started to ended overlaps no other of case.plans`."""

    start: Name
    end: Name
    others: Ref
    span: Span = _span()


@frozen
class ParameterOn:
    """`review_interval on commenced`: the value of a parameter in force on a day."""

    parameter: Name
    day: Expr
    span: Span = _span()


@frozen
class OutcomeWords:
    """Outcome words that are no names, after `is`: `on time`, `not yet due`, `not met`, `not relevant`."""

    text: str
    span: Span = _span()


Expr = (
    Ref
    | Literal
    | DurationLiteral
    | AsAt
    | Apply
    | Conditional
    | Aggregate
    | Positioned
    | MostWithin
    | Quantified
    | ShareOf
    | IsIn
    | Passes
    | Unique
    | UniqueIn
    | Apart
    | ParameterOn
    | OutcomeWords
)


# --- declarations -----------------------------------------------------------------------------------------


@frozen
class Text:
    """A string in double quotes, without them."""

    value: str
    span: Span = _span()


@frozen
class Uses:
    pack: Name
    version: Text | None = None
    span: Span = _span()


class DateOrder(Enum):
    """How `03/04/2005` is read."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@frozen
class PackDecl:
    name: Name
    version: Text | None = None
    title: Text | None = None
    source: Text | None = None
    calendar: Name | None = None
    time_zone: Text | None = None
    date_order: DateOrder | None = None
    missing: tuple[Text, ...] = ()
    uses: tuple[Uses, ...] = ()
    no_evidence: NoEvidence | None = None
    span: Span = _span()


@frozen
class ChoiceValue:
    name: Name
    spellings: tuple[Text, ...] = ()
    span: Span = _span()


@frozen
class ChoiceDecl:
    name: Name
    values: tuple[ChoiceValue, ...]
    ordered: bool = False
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


class BasicType(Enum):
    TEXT = "text"
    YES_NO = "yes/no"
    JUDGEMENT = "judgement"
    WHOLE_NUMBER = "whole number"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    PARTIAL_DATE = "partial date"
    DURATION = "duration"


@frozen
class ChoiceRef:
    """A field typed by a declared choice."""

    name: Name
    span: Span = _span()


@frozen
class InlineChoice:
    """`one of sufficient or insufficient`."""

    values: tuple[Name, ...]
    span: Span = _span()


@frozen
class ListOf:
    """`list of review by crn`."""

    record: Name
    by: Name | None = None
    span: Span = _span()


FieldType = BasicType | ChoiceRef | InlineChoice | ListOf


@frozen
class FieldDecl:
    name: Name
    type: FieldType
    key: bool = False
    optional: bool = False
    planned: bool = False
    blank_is_no: bool = False
    column: Text | None = None
    title: Text | None = None
    type_span: Span = _span()
    span: Span = _span()


@frozen
class RecordDecl:
    """`dated` names the field from which a row is there; `inspected` is the condition of `inspected when`.

    `adds_to` names the pack that is used, whose record of this name gets the fields as well.
    """

    name: Name
    fields: tuple[FieldDecl, ...]
    title: Text | None = None
    read_from: Text | None = None
    adds_to: Name | None = None
    dated: Name | None = None
    inspected: Expr | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class DateTitle:
    """A date with an optional reason: `closed 2015-01-27 "Snow"`."""

    day: dt.date
    title: Text | None = None
    span: Span = _span()


@frozen
class CalendarDecl:
    """`bases` are the names (Name) or country codes (Text) after `holidays of`; `weekend` names days."""

    name: Name
    title: Text | None = None
    weekend: tuple[Name, ...] | None = None
    bases: tuple[Name | Text, ...] = ()
    read_from: Text | None = None
    closed: tuple[DateTitle, ...] = ()
    open: tuple[DateTitle, ...] = ()
    covers: tuple[dt.date, dt.date] | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class Edition:
    """`16 weeks from 2002-04-01`."""

    value: Expr
    since: dt.date
    span: Span = _span()


@frozen
class ParameterDecl:
    """Editions, or `given` with the type of a value set at the run (`parameter counted_on date given`)."""

    name: Name
    editions: tuple[Edition, ...] = ()
    given: BasicType | None = None
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class CodeRange:
    """`"001" to "005"`; a single code has no `last`."""

    first: Text
    last: Text | None = None
    span: Span = _span()


@frozen
class CodesDecl:
    name: Name
    ranges: tuple[CodeRange, ...] = ()
    read_from: Text | None = None
    column: Text | None = None
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class PeriodDecl:
    name: Name
    first: dt.date
    last: dt.date
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class Weights:
    """`weights 2, 3, 4 from character 2`: what characters count, one after another; the first character is 1."""

    values: tuple[int, ...]
    start: int
    span: Span = _span()


@frozen
class Remainder:
    """`divided by 11 leaves 0`, or `leaves character 1`, where `of_character`."""

    divisor: int
    left: int
    of_character: bool = False
    span: Span = _span()


@frozen
class CheckDecl:
    """A number with a check character: what it looks like, what its characters count, what is left of their sum."""

    name: Name
    picture: Text | None = None
    letters: Text | None = None
    weights: Weights | None = None
    remainder: Remainder | None = None
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class DefineDecl:
    """`define overdue of review as …`; without `record` it is of the case."""

    name: Name
    value: Expr
    record: Name | None = None
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class Start:
    """`from X`, or `beginning with X` where `counted`."""

    value: Expr
    counted: bool = False
    span: Span = _span()


@frozen
class Limit:
    """`within 5 working days when high_risk`; `otherwise` and the plain form have no condition."""

    length: Expr
    condition: Expr | None = None
    otherwise: bool = False
    span: Span = _span()


@frozen
class Phase:
    """`at least 1 in each week for 16 weeks`; the last phase may have no `length`."""

    events: int
    period: DurationLiteral
    length: DurationLiteral | None = None
    span: Span = _span()


@frozen
class Gap:
    """`at least 3 clear days before hearing_on`: so long before or after a date, both ends left out where `clear`."""

    length: Expr
    clear: bool
    before: bool
    anchor: Expr
    span: Span = _span()


@frozen
class Moves:
    """`moves to the next working day`, or the previous one where not `onward`: a due date on a closed day."""

    onward: bool
    span: Span = _span()


@frozen
class CutOff:
    """`a start from 17:00 counts as the next working day`."""

    time: dt.time
    span: Span = _span()


@frozen
class WorkingStart:
    """`starts on a working day`."""

    span: Span = _span()


@frozen
class EarlyEvents:
    """`early events count`, or `do not count`."""

    count: bool
    span: Span = _span()


@frozen
class Pause:
    """`paused from A to B`, both days included."""

    first: Expr
    last: Expr
    span: Span = _span()


@frozen
class TimescaleDecl:
    """A time limit: `limits`, `target` or `gaps` make it single, `every` recurring, `phases` a frequency."""

    name: Name
    title: Text | None = None
    source: Text | None = None
    applies: Expr | None = None
    clock_for: Selection | None = None
    start: Start | None = None
    event: Expr | Selection | None = None
    limits: tuple[Limit, ...] = ()
    target: Expr | None = None
    every: Expr | None = None
    phases: tuple[Phase, ...] = ()
    gaps: tuple[Gap, ...] = ()
    cut_off: CutOff | None = None
    working_start: WorkingStart | None = None
    early: EarlyEvents | None = None
    extended: Expr | Selection | None = None
    moves: Moves | None = None
    restarts: tuple[Selection, ...] = ()
    pauses: tuple[Pause, ...] = ()
    until: Expr | None = None
    calendar: Name | None = None
    in_force: InForce | None = None
    span: Span = _span()


@frozen
class SectionDecl:
    name: Name
    title: Text | None = None
    source: Text | None = None
    describes: Text | None = None
    no_evidence: NoEvidence | None = None
    in_force: InForce | None = None
    span: Span = _span()


@frozen
class ItemDecl:
    name: Name
    title: Text | None = None
    source: Text | None = None
    relevant: Expr | None = None
    timescale: Name | None = None
    met: Expr | None = None
    no_evidence: NoEvidence | None = None
    no_evidence_when: Expr | None = None
    excused: Expr | None = None
    finding: Text | None = None
    reported_only: bool = False
    weight: Fraction | None = None
    counted_for: Selection | None = None
    in_force: InForce | None = None
    span: Span = _span()


class Scheme(Enum):
    """How a criterion's score comes from its items (M9)."""

    MEAN = "mean of items"
    LOWEST = "lowest of items"
    POOLED = "pooled"


@frozen
class CriterionDecl:
    """`requires` is the score in `requires at least 65`."""

    name: Name
    items: tuple[ItemDecl, ...] = ()
    title: Text | None = None
    source: Text | None = None
    describes: Text | None = None
    no_evidence: NoEvidence | None = None
    scheme: Scheme | None = None
    rated_by: Name | None = None
    not_scored: Text | None = None
    requires: Fraction | None = None
    in_force: InForce | None = None
    span: Span = _span()


@frozen
class Band:
    """`good at 65 or more`; `at_least` is None for `otherwise`."""

    name: Name
    at_least: Fraction | None
    span: Span = _span()


@frozen
class BandsDecl:
    """`rounded` for `on rounded scores`; exact scores otherwise. With `of` they are of a number of the case."""

    name: Name
    levels: tuple[Band, ...]
    rounded: bool = False
    of: Expr | None = None
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


class RatingPolicy(Enum):
    """How the ratings of members come to one."""

    FIRST = "the first that holds"
    ONE = "exactly one holds"
    LOWEST = "the lowest"
    POINTS = "the points added up"
    GIVEN = "given at the run"


class Side(Enum):
    """Which levels a test names, beside the one it writes."""

    ITSELF = ""
    BELOW = "below"
    ABOVE = "above"
    OR_BETTER = "or better"
    OR_WORSE = "or worse"
    UNRATED = "unrated"


@frozen
class LevelTest:
    """`inadequate`, `below good`, `good or better`, `unrated`; the level is None of the last alone."""

    side: Side
    level: Name | None = None
    span: Span = _span()


@frozen
class RatingCount:
    """`2 or more are inadequate`: from `least` to `most` members, None where there is no end; `every` is `all`."""

    test: LevelTest
    least: int | None = None
    most: int | None = None
    every: bool = False
    span: Span = _span()


@frozen
class RatingMember:
    """`safe is inadequate`: the level of one member."""

    member: Name
    test: LevelTest
    span: Span = _span()


@frozen
class RatingCases:
    """`some cases have (C)`, `no cases have (C)`, `at least 10% of cases have (C)`: the last with a `percent`."""

    condition: Expr
    some: bool = True
    percent: Fraction | None = None
    span: Span = _span()


@frozen
class RatingLogic:
    """`and`, `or`, `not` of conditions on ratings."""

    op: str
    parts: tuple[RatingCondition, ...]
    span: Span = _span()


RatingCondition = RatingCount | RatingMember | RatingCases | RatingLogic


@frozen
class RatingLevel:
    """A line of a rating: when a level is reached, or what it counts and from how many points on it is reached.

    Where neither a condition nor `at_least` is there, it is `otherwise`.
    """

    name: Name
    when: RatingCondition | None = None
    points: Fraction | None = None
    at_least: Fraction | None = None
    span: Span = _span()


@frozen
class RatingCap:
    """`at best good when …`, or `at worst`."""

    name: Name
    when: RatingCondition
    best: bool = True
    span: Span = _span()


@frozen
class RatingDecl:
    """What the levels of several members come to, or one that is given at the run and has none.

    Unrated members count as the level `unrated`, are `left_out`, or keep an `earlier` rating.
    """

    name: Name
    members: tuple[Name, ...]
    policy: RatingPolicy
    levels: tuple[RatingLevel, ...] = ()
    caps: tuple[RatingCap, ...] = ()
    unrated: Name | None = None
    left_out: bool = False
    earlier: bool = False
    overridden: bool = False
    title: Text | None = None
    source: Text | None = None
    span: Span = _span()


@frozen
class PartialDate:
    """`2005-03` in an example: a month of which the day is not recorded."""

    text: str
    span: Span = _span()


Given = Literal | DurationLiteral | PartialDate | Ref | OutcomeWords | None


@frozen
class DecisionCell:
    """A cell of a decision table, as written."""

    text: str
    span: Span = _span()


@frozen
class DecisionDecl:
    """A decision table: the last column is what is decided; `unique` says that exactly one row holds."""

    name: Name
    head: tuple[DecisionCell, ...] = ()
    rows: tuple[tuple[DecisionCell, ...], ...] = ()
    title: Text | None = None
    source: Text | None = None
    unique: bool = False
    span: Span = _span()


@frozen
class Change:
    """What an amendment says of one part of a rule, by the name of the part."""

    part: str
    value: Any
    span: Span = _span()


@frozen
class AmendDecl:
    """`amend national_standards.isp`: parts of a rule of a used pack that are otherwise here."""

    target: Ref
    changes: tuple[Change, ...] = ()
    source: Text | None = None
    span: Span = _span()


@frozen
class LimitDecl:
    """`limit caseload`: at most so many cases for each value of a field, of those that are counted."""

    name: Name
    title: Text | None = None
    source: Text | None = None
    each: Ref | None = None
    most: Fraction | None = None
    counted: Expr | None = None
    span: Span = _span()


@frozen
class ValidationDecl:
    """What a record must satisfy: `of` a record, or of the whole file."""

    name: Name
    title: Text | None = None
    source: Text | None = None
    record: Name | None = None
    whole: Span | None = None
    applies: Expr | None = None
    requires: Expr | None = None
    severity: Name | None = None
    in_force: InForce | None = None
    span: Span = _span()


@frozen
class GivenValue:
    """`commenced is 2004-04-08`; None is `is missing`; a Ref is a choice's value."""

    field: Name
    value: Given
    span: Span = _span()


@frozen
class GivenTable:
    """The rows of a child list: `columns`, then a tuple of cells a row; a cell is a GivenValue's value."""

    list: Name
    columns: tuple[Name, ...]
    rows: tuple[tuple[Given, ...], ...]
    span: Span = _span()


@frozen
class ExpectOutcome:
    """`expect B1.rmp is met`, `expect rmp is on time`: `outcome` holds the words as written."""

    subject: Ref
    outcome: str
    outcome_span: Span = _span()
    span: Span = _span()


@frozen
class ExpectValidation:
    """`expect v8925 fails`, `passes` or `is not checked`."""

    subject: Name
    outcome: str
    span: Span = _span()


@frozen
class ExpectDue:
    """`expect rmp is due on 2004-04-19`."""

    subject: Ref
    due: dt.date | dt.datetime
    span: Span = _span()


@frozen
class ExpectCondition:
    """`expect count of reviews is 2`: any other condition on the case."""

    condition: Expr
    span: Span = _span()


@frozen
class ExampleDecl:
    """A test: a case, ratings of members, a date, what to expect. `tables` stand as written; nested by name."""

    title: Text
    values: tuple[GivenValue, ...] = ()
    tables: tuple[GivenTable, ...] = ()
    ratings: tuple[GivenValue, ...] = ()
    as_at: dt.date | dt.datetime | None = None
    expects: tuple[ExpectOutcome | ExpectDue | ExpectValidation | ExpectCondition, ...] = ()
    source: Text | None = None
    span: Span = _span()


Declaration = (
    PackDecl
    | ChoiceDecl
    | RecordDecl
    | CalendarDecl
    | ParameterDecl
    | CodesDecl
    | PeriodDecl
    | CheckDecl
    | DefineDecl
    | TimescaleDecl
    | SectionDecl
    | CriterionDecl
    | BandsDecl
    | RatingDecl
    | ValidationDecl
    | DecisionDecl
    | LimitDecl
    | AmendDecl
    | ExampleDecl
)


@frozen
class Comment:
    """A `#` comment with its text, which the formatter keeps."""

    text: str
    span: Span = _span()


@frozen
class Unread:
    """Lines of a declaration that could not be read, which has been said already.

    What such a declaration seems to lack, or what uses one of these names in vain, is no mistake of its own.
    `name` is nothing where it could not be read either.
    """

    kind: str
    name: str | None
    words: frozenset[str]
    span: Span = _span()


@frozen
class Module:
    """One rule file: its declarations in order, its comments, and what of it could not be read."""

    file: SourceFile = field(eq=False, repr=False)
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(default=(), eq=False)
    unread: tuple[Unread, ...] = field(default=(), eq=False)
