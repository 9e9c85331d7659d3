"""A judgement: the outcome of every item and timescale of one case, with the reason for each when asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs
from attrs import frozen

from rulelang.calendars.counting import day_of, days_between
from rulelang.engines.python.evaluator import AsAt, Evaluator, Judged
from rulelang.explaining import words
from rulelang.explaining.conditions import Deciders
from rulelang.model.expressions import Expression, Rows, Var
from rulelang.model.pack import Item, Timescale
from rulelang.outcomes import VERDICT_OF, ItemOutcome, TimescaleOutcome, Verdict
from rulelang.planning.decisions import EXCUSED, ON_PURPOSE, Line, Why
from rulelang.planning.plan import ItemPlan, TimescalePlan


@frozen
class Moves:
    """What moved the ends of a clock: None where nothing did."""

    counted_from: dt.date | None = None
    agreed: dt.date | None = None


@frozen
class Clock:
    """One clock of a timescale: dates and moments are None where there is none.

    `days_over` counts the days from the due date to a late event, or to the as-at date where nothing came.
    """

    outcome: TimescaleOutcome
    why: Why
    start: dt.date | None
    due: dt.date | None
    event: dt.date | None
    reason_of: Callable[[], str] = attrs.field(eq=False, repr=False)
    moves_of: Callable[[], Moves] = attrs.field(eq=False, repr=False)
    days_over: int | None = None
    # Of a frequency: how many complete periods were kept, of how many.
    periods: tuple[int, int] | None = None

    @property
    def reason(self) -> str:
        """Why, in words, with what was due when and what came when."""
        return self.reason_of()

    @property
    def moves(self) -> Moves:
        """From when time was counted, where that is not the start, and the later date that was agreed."""
        return self.moves_of()


@frozen
class TimescaleJudgement:
    """What became of a timescale in this case; `clocks` has one, or one for each row."""

    name: str
    title: str
    outcome: TimescaleOutcome
    clocks: tuple[Clock, ...]

    @property
    def deciding(self) -> Clock | None:
        """The clock whose outcome is the case's: the first of the worst."""
        return next((clock for clock in self.clocks if clock.outcome is self.outcome), None)

    @property
    def reason(self) -> str:
        clock = self.deciding
        return clock.reason if clock is not None else "there are no rows to clock"

    @property
    def due(self) -> dt.date | None:
        clock = self.deciding
        return clock.due if clock is not None else None


@frozen
class ItemJudgement:
    """What an item came to in this case, or in one row where it is counted for rows."""

    id: str
    title: str
    outcome: ItemOutcome
    why: Why
    reason_of: Callable[[], str] = attrs.field(eq=False, repr=False)
    clock: Clock | None = None
    # The row, where it is counted for rows.
    row: Any = attrs.field(default=None, eq=False, repr=False)

    @property
    def reason(self) -> str:
        """Why, in words, with the values that decided."""
        return self.reason_of()

    def explain(self) -> str:
        """Return the item, its outcome and the reason on a few lines."""
        return f"{self.id}  {self.title}\n  {self.outcome.value}: {self.reason}"


@frozen
class ValidationJudgement:
    """What a validation says of a row: of which record, with which key, if the record has one."""

    id: str
    title: str
    verdict: Verdict
    record: str
    key: str | None
    reason_of: Callable[[], str] = attrs.field(eq=False, repr=False)

    @property
    def reason(self) -> str:
        """Why, in words, with the values that decided."""
        return self.reason_of()


@attrs.define(slots=False, eq=False)
class Judgement:
    """One case, judged. `judgement["B1.rmp"].outcome`, `.reason`; `judgement.timescale("rmp")`; `.explain()`."""

    evaluator: Evaluator
    case: Any
    as_at: AsAt
    judged: Judged

    def __getitem__(self, item: str) -> ItemJudgement:
        """Return an item by its id. Of one counted for rows it is the first row's; `rows_of` has all."""
        found = self.rows_of(item)
        if not found:
            raise LookupError(f"{item} is counted once for each row, and this case has none")
        return found[0]

    def rows_of(self, item: str) -> tuple[ItemJudgement, ...]:
        """Return what an item came to in each row it is counted for; one for an item of the case."""
        if item not in self._item_places:
            raise KeyError(item)
        return self._item(self._item_places[item])

    @property
    def items(self) -> Iterator[ItemJudgement]:
        """Every item in the order of the rules, with each row of one counted for rows."""
        for place in self._item_places.values():
            yield from self._item(place)

    def validation(self, id_: str) -> tuple[ValidationJudgement, ...]:
        """Return what a validation says of each of its rows in this case; of the case itself it is one."""
        plans = self.evaluator.plan.items
        place = next(place for place, one in enumerate(plans) if one.item.id == id_)
        return tuple(self._validated(place, each) for each in self._item(place))

    @property
    def validations(self) -> Iterator[ValidationJudgement]:
        """What every validation of rows says, in the order of the rules, of each of its rows."""
        plan = self.evaluator.plan
        for one in plan.items:
            if one.item.id in plan.validations - plan.shares:
                yield from self.validation(one.item.id)

    def _validated(self, place: int, each: ItemJudgement) -> ValidationJudgement:
        rows = self.evaluator.plan.items[place].item.counted_for
        record = rows.var.record if rows is not None else self.evaluator.plan.schema.case.name
        row = each.row if rows is not None else self.case
        key = self.evaluator.plan.schema.by_name[record].key
        value = None if key is None or row is None else _cell(row, key.name)
        return ValidationJudgement(
            each.id, each.title, VERDICT_OF[each.outcome], record, value, each.reason_of
        )

    def timescale(self, name: str) -> TimescaleJudgement:
        """Return what became of a timescale."""
        place = self._clock_places[name]
        plan = self.evaluator.plan.timescales[place]
        one = plan.timescale
        return TimescaleJudgement(
            one.name, one.title, self.judged.timescales[place], self._clocks(plan, place)
        )

    @property
    def timescales(self) -> Iterator[TimescaleJudgement]:
        """Every timescale, in an order of judging."""
        return (self.timescale(name) for name in self._clock_places)

    def explain(self, item: str | None = None) -> str:
        """Return the reasons for one item, or for all, as text."""
        found = self.rows_of(item) if item is not None else tuple(self.items)
        return "\n".join(one.explain() for one in found)

    # --- places ------------------------------------------------------------------------------------------------

    @cached_property
    def _item_places(self) -> Mapping[str, int]:
        unlisted = self.evaluator.plan.unlisted
        places = {one.item.id: place for place, one in enumerate(self.evaluator.plan.items)}
        return {id_: place for id_, place in places.items() if id_ not in unlisted}

    @cached_property
    def _clock_places(self) -> Mapping[str, int]:
        return {one.timescale.name: place for place, one in enumerate(self.evaluator.plan.timescales)}

    # --- timescales --------------------------------------------------------------------------------------------

    def _clocks(self, plan: TimescalePlan, place: int) -> tuple[Clock, ...]:
        kept = self.judged.clocks[place]
        if plan.timescale.clock_for is None:
            return (self._clock(plan, kept, None),)
        return tuple(self._clock(plan, one, row) for one, row in kept)

    def _clock(self, plan: TimescalePlan, kept: tuple[Any, ...], row: Any) -> Clock:
        line = plan.lines[kept[0]]
        outcome = line.outcome
        assert isinstance(outcome, TimescaleOutcome)
        _, start, due, event, _, counts = kept
        over = None
        if (
            line.why is not Why.TOO_EARLY
            and outcome is TimescaleOutcome.LATE
            and due is not None
            and event is not None
        ):
            over = days_between(due, event)
        elif outcome is TimescaleOutcome.OVERDUE and due is not None:
            over = days_between(due, self.as_at.day)
        return Clock(
            outcome,
            line.why,
            start,
            None if words.stands_still(plan.timescale, due) else due,
            event,
            lambda: words.clock_reason(plan.timescale, line.why, kept, self.as_at.day),
            lambda: self._moves(plan.timescale, start, due, row),
            over,
            counts[1::-1] if isinstance(counts, tuple) else None,
        )

    def _moves(self, one: Timescale, start: dt.date | None, due: dt.date | None, row: Any) -> Moves:
        """Return what moved the ends of a clock; after a restart, time is counted from the restart itself."""
        counted = agreed = None
        if one.counting_from is not None and start is not None:
            begun, moved = (
                self._value(node, one.clock_for, row) for node in (one.start, one.counting_from) if node
            )
            counted = moved if begun == start and moved not in (None, day_of(start)) else None
        if one.extension is not None and due is not None:
            found = self._value(one.extension, one.clock_for, row)
            agreed = found if isinstance(found, dt.date) else None
        return Moves(counted, agreed)

    # --- items -------------------------------------------------------------------------------------------------

    def _item(self, place: int) -> tuple[ItemJudgement, ...]:
        plan = self.evaluator.plan.items[place]
        outcome, kept = self.judged.items[place], self.judged.whys[place]
        if plan.item.counted_for is None:
            assert isinstance(outcome, ItemOutcome)
            return (self._one(plan, outcome, kept, None),)
        assert isinstance(outcome, list)
        return tuple(
            self._one(plan, each, number, row) for each, (number, row) in zip(outcome, kept, strict=True)
        )

    def _one(self, plan: ItemPlan, outcome: ItemOutcome, number: int, row: Any) -> ItemJudgement:
        item = plan.item
        line = _line(plan, number)
        clock = self._clock_of(item, row)
        return ItemJudgement(
            item.id,
            item.title,
            outcome,
            line.why,
            lambda: self._reason(item, line.why, clock, row),
            clock,
            row,
        )

    def _clock_of(self, item: Item, row: Any) -> Clock | None:
        if item.timescale is None:
            return None
        place = self._clock_places[item.timescale]
        plan = self.evaluator.plan.timescales[place]
        if row is not None:
            kept = next((kept for kept, each in self.judged.clocks[place] if each is row), None)
            return self._clock(plan, kept, row) if kept is not None else None
        return self.timescale(item.timescale).deciding

    def _reason(self, item: Item, why: Why, clock: Clock | None, row: Any) -> str:
        told = clock.reason if clock is not None else "there are no rows to clock"
        match why:
            case Why.NOT_RELEVANT | Why.RELEVANT_MISSING:
                return self._because(item.relevant, item, row)
            case Why.CLOCK_NOT_APPLICABLE | Why.CLOCK_NOT_YET | Why.APPLIES_MISSING:
                return told
            case Why.RESULT_NA:
                return self._because(item.met, item, row)
            case Why.UNREADABLE:
                return "something it reads could not be read"
            case Why.NO_EVIDENCE_ON_PURPOSE:
                return f"there is no evidence to judge by: {self._because(item.no_evidence_when, item, row)}"
            case Why.EXCUSED:
                return f"not met, but excused: {self._because(item.excused, item, row)}"
            case _:
                return "; ".join(self._deciding(item, why, clock, told, row))

    def _deciding(self, item: Item, why: Why, clock: Clock | None, told: str, row: Any) -> list[str]:
        """Of a timescale and a condition, which decided: both where met, whichever failed or is missing otherwise."""
        good = (TimescaleOutcome.ON_TIME,)
        parts = []
        met = self._value(item.met, item.counted_for, row) if item.met is not None else True
        outcome = clock.outcome if clock is not None else None
        if item.timescale is not None:
            failing = outcome in (TimescaleOutcome.LATE, TimescaleOutcome.OVERDUE)
            if (
                why is Why.MET
                or (why is Why.NOT_MET and failing)
                or (why is Why.NO_EVIDENCE and outcome not in good)
            ):
                parts.append(told)
        if item.met is not None and (
            why is Why.MET
            or (why is Why.NOT_MET and met is False)
            or (why is Why.NO_EVIDENCE and met is None)
        ):
            parts.append(self._because(item.met, item, row))
        return parts

    def _because(self, node: Expression | None, item: Item, row: Any) -> str:
        if node is None:
            return ""
        deciders = Deciders(
            lambda part: self._value(part, item.counted_for, row),
            dict(self.evaluator.plan.defines),
            lambda node, value, own: self.evaluator.clash(node, value, own, self.case),
        )
        return deciders.reason(node)

    def _value(self, node: Expression, of: Rows | None, row: Any) -> Any:
        """Return the value of an expression on the case, or on a row of those that it is asked for."""
        rows: dict[Var, Any] = {}
        if of is not None and row is not None:
            rows = dict(zip([step.var for step in of.steps], self._lineage(of, row), strict=True))
        return self.evaluator.work_out(node, self.case, self.as_at, rows)[0]

    def _lineage(self, of: Rows, row: Any) -> list[Any]:
        """Return the rows from the case down to a row that is counted."""

        def search(parent: Any, steps: tuple[Any, ...]) -> list[Any] | None:
            for child in _list(parent, steps[0].list):
                if len(steps) == 1:
                    if child is row:
                        return [child]
                    continue
                below = search(child, steps[1:])
                if below is not None:
                    return [child, *below]
            return None

        return search(self.case, of.steps) or [row]


def _list(row: Any, name: str) -> Any:
    return _cell(row, name)


def _cell(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)


def _line(plan: ItemPlan, number: int) -> Line:
    """Return the line of a number: M8's lines, then its last two steps."""
    last = (ON_PURPOSE, EXCUSED)
    return plan.lines[number] if number < len(plan.lines) else last[number - len(plan.lines)]
