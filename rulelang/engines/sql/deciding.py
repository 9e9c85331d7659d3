"""Decisions as nodes of a query: the lines of a plan as one `CASE`, by the facts of a clock or an item."""

from __future__ import annotations

from attrs import define, field

from rulelang.engines.sql.conditions import OF_OUTCOME
from rulelang.engines.sql.listing import Listing
from rulelang.engines.sql.values import Val
from rulelang.planning.decisions import (
    Ahead,
    ClockIs,
    Compare,
    Every,
    Flag,
    Holds,
    Known,
    Line,
    Order,
    Slot,
    State,
    Test,
)
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Node,
    absent,
    all_of,
    any_of,
    call,
    negation,
    there,
)
from rulelang.types import DATE, DateTimeType, Type

ORDERS = {Order.BEFORE: "lt", Order.BY: "le", Order.AFTER: "gt"}


@define
class Facts:
    """The facts of a clock or an item. A slot that is not there is never up."""

    truths: dict[Slot, Val] = field(factory=dict)
    dates: dict[Slot, tuple[Node, Type]] = field(factory=dict)
    ahead: dict[Slot, tuple[Node, Type]] = field(factory=dict)
    flags: dict[Slot, Node] = field(factory=dict)
    # Dates that are there once the lines before have passed, so that nothing asks again.
    sure: set[Slot] = field(factory=lambda: {Slot.AS_AT})
    # The outcome of the item's timescale.
    clock: Node | None = None
    # Tests that failed in an earlier line.
    failed: list[Test] = field(factory=list)
    # What decided, besides: the start that counts, the due date, the event, the counts.
    beyond: tuple[Node, ...] = ()
    start: Node | None = None
    due: Node | None = None
    # The day or moment from which time is counted, and its type.
    counting: tuple[Node, Type] | None = None
    event: Node | None = None


class Deciding(Listing):
    """Makes decisions."""

    def tests(self, lines: tuple[Line, ...], facts: Facts) -> list[tuple[Node, int, Line]]:
        """Return the lines that could hold, each with its test and its number, up to one that always does."""
        found = []
        for number, line in enumerate(lines):
            test = self.test(line.test, facts)
            if test != FALSE:
                found.append((test, number, line))
            self._learn(line.test, facts)
            if test == TRUE:
                break
        return found

    def _learn(self, test: Test, facts: Facts) -> None:
        """Note what is certain once a line's test has failed."""
        facts.failed.append(test)
        match test:
            case Known(slot=slot, absent=True):
                facts.sure.add(slot)
            case Flag(slot=Slot.LIMIT_MISSING):
                facts.sure.add(Slot.DUE)

    def test(self, test: Test, facts: Facts) -> Node:
        """Return the test of a line; NULL counts as no."""
        match test:
            case Holds(slot=slot, states=states):
                return self._holds(facts.truths.get(slot), states)
            case Flag(slot=slot):
                return facts.flags.get(slot, FALSE)
            case Known(slot=slot, absent=missing):
                if slot in facts.sure:
                    return FALSE if missing else TRUE
                if slot not in facts.dates:
                    known = TRUE if slot is Slot.START else FALSE
                    return negation(known) if missing else known
                known = there(facts.dates[slot][0])
                return negation(known) if missing else known
            case Ahead(slot=slot, yet=yet):
                return self._ahead(slot, yet, facts)
            case Compare():
                return self._ordered(test, facts)
            case ClockIs(outcome=outcome):
                return FALSE if facts.clock is None else call("eq", facts.clock, OF_OUTCOME[outcome])
            case Every(tests=tests):
                return all_of(*(self.test(one, facts) for one in tests))

    def _holds(self, truth: Val | None, states: tuple[State, ...]) -> Node:
        if truth is None:
            return FALSE
        tests = {
            State.YES: truth.sql,
            State.NO: negation(truth.sql),
            State.NA: truth.na,
            State.MISSING: all_of(absent(truth.sql), negation(truth.na)),
        }
        return any_of(*(tests[state] for state in states))

    def _ahead(self, slot: Slot, yet: bool, facts: Facts) -> Node:
        if slot not in facts.ahead:
            return FALSE
        value, type_ = facts.ahead[slot]
        reached = self.reached(value, type_)
        return negation(reached) if yet else reached

    def _ordered(self, test: Compare, facts: Facts) -> Node:
        pairs = {**facts.dates, Slot.AS_AT: (self.as_at_node(DATE), DATE)}
        if test.left not in pairs or test.right not in pairs:
            return FALSE
        if test.order is Order.AFTER and Compare(test.left, Order.BY, test.right) in facts.failed:
            # It did not come by then, and there is a due date: it came after, if at all.
            return all_of(*(there(pairs[one][0]) for one in (test.left, test.right) if one not in facts.sure))
        (a, a_type), (b, b_type) = pairs[test.left], pairs[test.right]
        if test.left is Slot.AS_AT and isinstance(b_type, DateTimeType):
            # The as-at date is a moment already.
            return call(ORDERS[test.order], self.as_at_node(b_type), self.moment(b))
        return self.in_order(ORDERS[test.order], a, a_type, b, b_type)

    def in_order(self, name: str, a: Node, a_type: Type, b: Node, b_type: Type) -> Node:
        """Return a comparison of two dates or moments; a moment beside a date compares by its date."""
        a_moment, b_moment = isinstance(a_type, DateTimeType), isinstance(b_type, DateTimeType)
        if a_moment and b_moment:
            return call(name, self.moment(a), self.moment(b))
        return call(name, call("date_of", a) if a_moment else a, call("date_of", b) if b_moment else b)
