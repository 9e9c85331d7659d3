"""The outcomes of a case: its items (M8), its timescales (M7), whether it is judged at all (M2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

from rulelang.model.expressions import CASE_DEPTH, Expression, Rows, Var
from rulelang.model.pack import Item, Pack
from rulelang.outcomes import ItemOutcome, NoEvidence, TimescaleOutcome
from rulelang.truth import NA, UNREADABLE
from tests.reference.cells import reads_unreadable
from tests.reference.clocks import Clock, ClockReader
from tests.reference.logic import conjunction, is_absent
from tests.reference.seeing import AsAtView, Row, Sight
from tests.reference.values import Member, Values

_T, _I = TimescaleOutcome, ItemOutcome
# M7: of several clocks the first of these that there is.
WORST = (_T.OVERDUE, _T.LATE, _T.UNKNOWN, _T.ON_TIME, _T.NOT_YET_DUE, _T.NOT_APPLICABLE)


def judge(pack: Pack, case: Mapping[str, Any], as_at: dt.date | dt.datetime) -> CaseReader:
    """Return a reader of what a pack says of a case, as at a date."""
    return CaseReader(pack, case, AsAtView.of(as_at, pack))


@frozen
class Judged:
    """What the clocks of a timescale in a case came to: one, or one for each row."""

    clocks: tuple[Clock, ...]
    outcome: TimescaleOutcome

    @property
    def deciding(self) -> tuple[Clock, ...]:
        return tuple(one for one in self.clocks if one.outcome is self.outcome)


@define(eq=False)
class CaseReader:
    """Everything that is asked of one case; worked out when asked."""

    pack: Pack
    case: Mapping[str, Any]
    as_at: AsAtView
    _clocks: dict[str, Judged] = field(factory=dict)

    @property
    def values(self) -> Values:
        return Values(self.pack, self.as_at, self)

    @property
    def sight(self) -> Sight:
        record = self.pack.schema.case.name
        return Sight({Var(CASE_DEPTH, record): Row(record, self.case)})

    def value(self, node: Expression) -> Any:
        return self.values.value(node, self.sight)

    @property
    def begun(self) -> bool:
        dated = self.pack.schema.case.dated
        return dated is None or not self.as_at.lies_before(self.case[dated])

    @property
    def in_scope(self) -> bool:
        return self.pack.inspected is None or self.value(self.pack.inspected) is True

    # --- timescales ----------------------------------------------------------------------------------------

    def timescale(self, name: str) -> Judged:
        """Return what became of a timescale in the case (M7)."""
        if name not in self._clocks:
            timescale = next(one for one in self.pack.timescales if one.name == name)
            reader = ClockReader(timescale, self.values)
            clocks = tuple(
                reader.clock(sight, counts) for sight, counts in self._rows_of(timescale.clock_for)
            )
            outcomes = {one.outcome for one in clocks}
            worst = next((one for one in WORST if one in outcomes), _T.NOT_APPLICABLE)
            self._clocks[name] = Judged(clocks, worst)
        return self._clocks[name]

    def outcome_of(self, name: str) -> tuple[TimescaleOutcome, bool]:
        judged = self.timescale(name)
        return judged.outcome, any(one.unreadable for one in judged.clocks)

    def _rows_of(self, rows: Rows | None) -> list[Member]:
        return [(self.sight, True)] if rows is None else self.values.members(rows, self.sight)

    # --- items ---------------------------------------------------------------------------------------------

    def item(self, id_: str) -> ItemOutcome | list[ItemOutcome]:
        """Return the outcome of an item; of each row, where it is counted once for each."""
        item = next(one for one in (*self.pack.items, *self.pack.asked) if one.id == id_)
        if item.counted_for is None:
            judged = self.timescale(item.timescale) if item.timescale else None
            return self._item(item, self.sight, judged)
        rows = [sight for sight, counts in self._rows_of(item.counted_for) if counts is True]
        return [self._item(item, sight, self._clock_of_row(item, sight)) for sight in rows]

    def validation(self, id_: str) -> ItemOutcome | list[ItemOutcome]:
        """Return the same of a validation, which reads what the export says whatever the date (M2)."""
        item = next(one.item for one in self.pack.validations if one.item.id == id_)
        sight = self.sight.unviewed()
        if item.counted_for is None:
            return self._item(item, sight, None)
        rows = self.values.members(item.counted_for, sight)
        return [self._item(item, inner, None) for inner, counts in rows if counts is True]

    def _clock_of_row(self, item: Item, sight: Sight) -> Judged | None:
        if item.timescale is None:
            return None
        timescale = next(one for one in self.pack.timescales if one.name == item.timescale)
        clock = ClockReader(timescale, self.values).clock(sight)
        return Judged((clock,), clock.outcome)

    def _item(self, item: Item, sight: Sight, clock: Judged | None) -> ItemOutcome:
        outcome, converted = self._before_exceptions(item, sight, clock)
        asked = outcome in (_I.MET, _I.NOT_MET) or converted
        if asked and self.values.truth(item.no_evidence_when, sight, otherwise=False) is True:
            outcome = _I.UNKNOWN
        if outcome is _I.NOT_MET and self.values.truth(item.excused, sight, otherwise=False) is True:
            outcome = _I.EXCUSED
        return outcome

    def _before_exceptions(self, item: Item, sight: Sight, clock: Judged | None) -> tuple[ItemOutcome, bool]:
        """Return the outcome, and whether `no evidence counts as` made it."""
        relevant = self.values.truth(item.relevant, sight)
        met = self.values.truth(item.met, sight)
        timed = _timed(clock)
        result = conjunction((timed, met))
        if relevant is False or relevant is NA:
            return _I.NOT_RELEVANT, False
        if clock and clock.outcome is _T.NOT_APPLICABLE:
            return _I.NOT_RELEVANT, False
        if result is NA:
            return _I.NOT_RELEVANT, False
        if clock and clock.outcome is _T.NOT_YET_DUE:
            return _I.NOT_YET_DUE, False
        if is_absent(relevant):
            return _I.UNKNOWN, False
        if clock and clock.outcome is _T.UNKNOWN and any(one.applies_missing for one in clock.deciding):
            return _I.UNKNOWN, False
        if isinstance(result, bool):
            return (_I.MET if result else _I.NOT_MET), False
        if result is UNREADABLE or self._reads_unreadable(item, sight):
            return _I.UNKNOWN, False
        return _no_evidence(item.no_evidence), True

    def _reads_unreadable(self, item: Item, sight: Sight) -> bool:
        return any(
            reads_unreadable(self.values, node, sight)
            for node in (item.relevant, item.met)
            if node is not None
        )


def _timed(clock: Judged | None) -> Any:
    """Return what a timescale says of its item's result."""
    if clock is None:
        return True
    match clock.outcome:
        case _T.ON_TIME:
            return True
        case _T.LATE | _T.OVERDUE:
            return False
        case _:
            return UNREADABLE if any(one.unreadable for one in clock.clocks) else None


def _no_evidence(counts_as: NoEvidence) -> ItemOutcome:
    return ItemOutcome(counts_as.value)
