"""The value of an expression on a case, straight from M1 to M3: one node at a time, nothing remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Protocol

import attrs
from attrs import frozen

from rulelang.model.checks import CheckCharacters
from rulelang.model.expressions import (
    AsAtDate,
    Call,
    Choose,
    ClockDay,
    Const,
    DefineValue,
    Expression,
    FieldValue,
    Fold,
    InCodes,
    Most,
    OutcomeIs,
    ParameterValue,
    Pick,
    Quantify,
    Rows,
    Share,
    Unique,
)
from rulelang.model.pack import Pack
from rulelang.outcomes import TimescaleOutcome
from rulelang.syntax.ast import ListFunction, Quantifier
from rulelang.truth import NA, UNREADABLE
from rulelang.types import ChoiceType, Duration, Type
from tests.reference import checks, counting, partial_dates
from tests.reference.logic import Between, absent, conjunction, disjunction, is_absent, negation
from tests.reference.operators import calculate
from tests.reference.seeing import AsAtView, Row, Sight, sight_of

# A row of a list, and whether its condition is yes (True) or missing (None or UNREADABLE).
Member = tuple[Sight, Any]


class Clocks(Protocol):
    """Gives the outcome of a timescale in a case, and whether it reads something unreadable."""

    def outcome_of(self, name: str) -> tuple[TimescaleOutcome, bool]: ...


@frozen(eq=False)
class Values:
    """Works out expressions on one case, as at one date."""

    pack: Pack
    as_at: AsAtView
    clocks: Clocks

    def value(self, node: Expression, sight: Sight) -> Any:
        """Return the value of an expression; a count that is not settled is missing."""
        value = self.raw(node, sight)
        return value.settled if isinstance(value, Between) else value

    def truth(self, node: Expression | None, sight: Sight, *, otherwise: Any = True) -> Any:
        """Return a condition's truth; what a clause that is not there comes to is `otherwise`."""
        return otherwise if node is None else self.value(node, sight)

    def raw(self, node: Expression, sight: Sight) -> Any:
        """Return the value of an expression; a count may stand between two bounds."""
        match node:
            case Const(value=value):
                return value
            case AsAtDate():
                return self.as_at.day
            case ClockDay():
                return sight.clock_day
            case FieldValue():
                return self._field(node, sight)
            case DefineValue(var=var, record=record, name=name):
                found = next(one for one in self.pack.defines if (one.record, one.name) == (record, name))
                return self.raw(found.value, sight_of(sight.rows[var], sight))
            case Call():
                return self._call(node, sight)
            case Choose(condition=condition, then=then, otherwise=otherwise):
                chosen = self.value(condition, sight)
                if not isinstance(chosen, bool):
                    branches = [self.value(one, sight) for one in (then, otherwise)]
                    return UNREADABLE if chosen is None and UNREADABLE in branches else chosen
                return self.raw(then if chosen else otherwise, sight)
            case InCodes(operand=operand, codes=codes):
                return self._in_codes(self.value(operand, sight), codes)
            case Unique():
                return self._unique(node, sight)
            case ParameterValue(name=name, day=day):
                return self._parameter(name, day, sight)
            case OutcomeIs(timescale=name, outcome=wanted):
                outcome, unreadable = self.clocks.outcome_of(name)
                if wanted is not TimescaleOutcome.UNKNOWN and outcome is TimescaleOutcome.UNKNOWN:
                    return UNREADABLE if unreadable else None
                return outcome is wanted
            case _:
                return self._of_list(node, sight)

    def _field(self, node: FieldValue, sight: Sight) -> Any:
        if (node.var, node.name) in sight.days:
            return sight.days[node.var, node.name]
        value = sight.rows[node.var].cells[node.name]
        planned = not node.viewed
        hidden = sight.viewed and not planned and isinstance(value, dt.date) and self.as_at.lies_before(value)
        return None if hidden else value

    def _in_codes(self, text: Any, name: str) -> Any:
        if not isinstance(text, str):
            return text
        codes = next(one for one in self.pack.codes if one.name == name)
        if isinstance(codes, CheckCharacters):
            return checks.passes(codes, text)
        in_range = any(
            len(text) == len(first) and text.isdecimal() and int(first) <= int(text) <= int(last)
            for first, last in codes.ranges
        )
        return in_range or text in codes.exact

    def _unique(self, node: Unique, sight: Sight) -> Any:
        """A case by itself is the whole file."""
        value = self.value(node.operand, sight)
        if is_absent(value):
            return value
        assert isinstance(node.operand, FieldValue)
        row = sight.rows[node.operand.var]
        while row.parent is not None:
            row = row.parent
        rows = [row.cells]
        for name in node.path:
            rows = [below for one in rows for below in one[name]]
        return sum(one[node.name] == value for one in rows) == 1

    def _parameter(self, name: str, day: Expression | None, sight: Sight) -> Any:
        parameter = next(one for one in self.pack.parameters if one.name == name)
        if day is None:
            return None
        on = self.value(day, sight)
        if not isinstance(on, dt.date):
            return on
        in_force = [value for since, value in parameter.editions if since <= counting.day_of(on)]
        return in_force[-1] if in_force else None

    # --- operators -----------------------------------------------------------------------------------------

    def _call(self, node: Call, sight: Sight) -> Any:
        if node.op == "is_readable":
            (operand,) = node.args
            assert isinstance(operand, FieldValue | DefineValue)
            return self.value(operand, sight) is not UNREADABLE
        if node.op in partial_dates.PARTS:
            return self._possible_day(node, sight)
        if fields := partial_dates.open_fields(node, sight):
            return self._on_every_day(node, fields, sight)
        args = [self.raw(one, sight) for one in node.args]
        if node.op in ("is_missing", "is_known") and args == [None]:
            # Late: it reads values itself.
            from tests.reference.cells import reads_unreadable

            if reads_unreadable(self, node.args[0], sight):
                return UNREADABLE
        types = [one.type for one in node.args]
        calendar = self.pack.calendars[node.calendar] if node.calendar else None
        return calculate(node.op, args, types, self.as_at, calendar)

    def _on_every_day(self, node: Call, fields: list[FieldValue], sight: Sight) -> Any:
        """Return what a condition comes to on every day that its partial dates could be; missing where days differ."""
        unread = {(one.var, one.name): self._unread(one, sight) for one in fields}
        answers = {
            self.value(node, attrs.evolve(sight, days={**sight.days, **unread, **days}))
            for days in partial_dates.readings(fields, sight, self.as_at)
        }
        if len(answers) == 1:
            return answers.pop()
        return next((one for one in (NA, UNREADABLE) if one in answers), None)

    def _unread(self, one: FieldValue, sight: Sight) -> Any:
        cell = sight.rows[one.var].cells[one.name]
        return None if isinstance(cell, str) else cell

    def _possible_day(self, node: Call, sight: Sight) -> Any:
        (operand,) = node.args
        assert isinstance(operand, FieldValue)
        days = partial_dates.days_of(operand, sight, self.as_at)
        if not days:
            return self._unread(operand, sight)
        return days[0] if node.op == "first_day_of" else days[-1]

    # --- lists ---------------------------------------------------------------------------------------------

    def members(self, rows: Rows, sight: Sight) -> list[Member]:
        """Return the rows of a list that are there and whose condition is yes or missing."""
        members = []
        for inner in self.all_there(rows, sight):
            holds = self.truth(rows.where, inner)
            if holds is not False and holds is not NA:
                members.append((inner, holds))
        return members

    def all_there(self, rows: Rows, sight: Sight) -> Iterator[Sight]:
        """Yield the rows of a list that are there, whatever its condition says."""
        for inner in self._there(rows, 0, sight):
            if rows.but is None or not inner.rows[rows.var].is_row(sight.rows[rows.but]):
                yield inner

    def _there(self, rows: Rows, position: int, sight: Sight) -> Iterator[Sight]:
        if position == len(rows.steps):
            yield sight
            return
        step = rows.steps[position]
        parent = sight.rows[step.parent]
        for cells in parent.cells[step.list] or ():
            since = cells[step.dated] if step.dated else None
            if sight.viewed and self.as_at.lies_before(since):
                continue
            yield from self._there(
                rows, position + 1, sight.also(step.var, Row(step.var.record, cells, parent))
            )

    def _of_list(self, node: Expression, sight: Sight) -> Any:
        match node:
            case Fold():
                return self._fold(node, sight)
            case Pick(rows=rows):
                return self._all_in_and_all_out(
                    self.members(rows, sight), lambda some: self._pick(node, some)
                )
            case Most(rows=rows, value=value, window=window):
                members = self.members(rows, sight)
                return self._all_in_and_all_out(members, lambda some: self._most(value, window, some))
            case Quantify(quantifier=quantifier, rows=rows, condition=condition):
                return self._quantify(quantifier, condition, self.members(rows, sight))
            case Share():
                return self._share(node, self.members(node.rows, sight))
            case _:
                raise AssertionError(f"no such expression: {node}")

    def _fold(self, node: Fold, sight: Sight) -> Any:
        members = self.members(node.rows, sight)
        match node.function:
            case ListFunction.COUNT:
                if node.value is not None:
                    members = [one for one in members if not is_absent(self.value(node.value, one[0]))]
                return _bounds(members, len)
            case ListFunction.COUNT_DIFFERENT:
                assert node.value is not None
                value = node.value
                members = [one for one in members if not is_absent(self.value(value, one[0]))]
                return _bounds(
                    members, lambda some: len({self._same(self.value(value, one)) for one in some})
                )
            case _:
                return self._all_in_and_all_out(members, lambda some: self._measure(node, some))

    def _same(self, value: Any) -> Any:
        """Return what values that are the same have in common."""
        return counting.moment(value, self.as_at.zone) if isinstance(value, dt.datetime) else value

    def _all_in_and_all_out(self, members: list[Member], come_to: Callable[[list[Sight]], Any]) -> Any:
        """Return what a list comes to, missing unless rows of a missing condition make no difference."""
        without = come_to([sight for sight, holds in members if holds is True])
        alltogether = come_to([sight for sight, _ in members])
        if without == alltogether and type(without) is type(alltogether):
            return without
        in_doubt = [holds for _, holds in members if holds is not True]
        return UNREADABLE if UNREADABLE in (without, alltogether, *in_doubt) else None

    def _measure(self, node: Fold, some: list[Sight]) -> Any:
        assert node.value is not None
        values = [self.value(node.value, one) for one in some]
        if any(value is NA for value in values):
            return NA
        known = [value for value in values if not is_absent(value)]
        if node.function is ListFunction.SUM:
            return sum(known) if len(known) == len(values) else absent(values)
        if not known:
            return absent(values)
        highest = node.function in (ListFunction.LATEST, ListFunction.HIGHEST)
        chosen = known[0]
        for value in known[1:]:
            if (self._rank(value, node.type) > self._rank(chosen, node.type)) is highest:
                chosen = value
        return chosen

    def _rank(self, value: Any, type_: Type) -> Any:
        if isinstance(type_, ChoiceType):
            return type_.values.index(value)
        return self._same(value)

    def _pick(self, node: Pick, some: list[Sight]) -> Any:
        """Return the value of the row in a position; ties go by the key, else the tied rows must agree."""
        rows: list[tuple[Any, Any, Any]] = []
        unreadable = False
        for one in some:
            value, order = self.value(node.value, one), self.value(node.order, one)
            unreadable = unreadable or UNREADABLE in (value, order)
            if not is_absent(value) and not is_absent(order):
                key = one.rows[node.rows.var].cells[node.key] if node.key else None
                rows.append((self._rank(order, node.order.type), key, value))
        index = node.position - 1 if node.position > 0 else len(rows) + node.position
        if not 0 <= index < len(rows):
            return UNREADABLE if unreadable else None
        tied_at = sorted(rank for rank, _, _ in rows)[index]
        tied = [(key, value) for rank, key, value in rows if rank == tied_at]
        if all(not is_absent(key) for key, _ in tied):
            before = sum(rank < tied_at for rank, _, _ in rows)
            chosen = sorted(key for key, _ in tied)[index - before]
            tied = [(key, value) for key, value in tied if key == chosen]
        agreed = {self._same(value) for _, value in tied}
        if len(agreed) > 1:
            return UNREADABLE if unreadable else None
        return tied[0][1]

    def _most(self, node: Expression, window: Duration, some: list[Sight]) -> Any:
        values = [self.value(node, one) for one in some]
        if any(value is NA for value in values):
            return NA
        days = [counting.day_of(value) for value in values if not is_absent(value)]
        most = 0
        for first in days:
            try:
                last = counting.due_beginning_with(first, window, None)
            except counting.Unanswerable:
                last = dt.date.max  # no date lies beyond it
            most = max(most, sum(first <= day <= last for day in days))
        return most

    def _quantify(self, quantifier: Quantifier, condition: Expression, members: list[Member]) -> Any:
        asked = [(holds, self.value(condition, sight)) for sight, holds in members]
        asked = [(holds, answer) for holds, answer in asked if answer is not NA]
        if quantifier is Quantifier.ALL:
            return conjunction(disjunction((negation(holds), answer)) for holds, answer in asked)
        some = disjunction(conjunction((holds, answer)) for holds, answer in asked)
        return negation(some) if quantifier is Quantifier.NO else some

    def _share(self, node: Share, members: list[Member]) -> Any:
        asked = [(holds, self.value(node.condition, sight)) for sight, holds in members]
        asked = [(holds, answer) for holds, answer in asked if answer is not NA]
        open_to = {self._share_holds(node, world) for world in _worlds(asked)}
        if len(open_to) == 1:
            return open_to.pop()
        return absent([one for pair in asked for one in pair if not isinstance(one, bool)])

    def _share_holds(self, node: Share, answers: list[bool]) -> bool | None:
        if not answers:
            return None
        share = Fraction(sum(answers), len(answers))
        return share >= node.fraction if node.at_least else share <= node.fraction


def _worlds(asked: list[tuple[Any, Any]]) -> Iterator[list[bool]]:
    """Yield each way the rows may turn out: a row in doubt in or out, a missing answer yes or no."""
    if not asked:
        yield []
        return
    (holds, answer), *rest = asked
    for others in _worlds(rest):
        if holds is not True:
            yield others
        for turned in [answer] if isinstance(answer, bool) else [True, False]:
            yield [turned, *others]


def _bounds(members: list[Member], come_to: Callable[[list[Sight]], int]) -> Any:
    sure = [sight for sight, holds in members if holds is True]
    low, high = come_to(sure), come_to([sight for sight, _ in members])
    return Between(low, high, any(holds is UNREADABLE for _, holds in members))
