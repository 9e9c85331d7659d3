"""Decisions as Python: the lines of a plan as a chain of tests on the facts of a clock or an item."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from rulelang.engines.python import due_dates
from rulelang.engines.python.conditions import FALSE, TRUE, Tests, all_of, any_of, not_of
from rulelang.engines.python.emitting import INDENT
from rulelang.engines.python.listing import Listing
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
    following,
)
from rulelang.types import DATE, DateTimeType, Type


@define
class Facts:
    """The names of a clock's facts in the generated code. A slot that is not there is never up."""

    truths: dict[Slot, Tests] = field(factory=dict)
    dates: dict[Slot, tuple[str, Type | None]] = field(factory=dict)
    ahead: dict[Slot, tuple[str, Type]] = field(factory=dict)
    flags: dict[Slot, str] = field(factory=dict)
    # Dates that are there once the lines before have passed, so that nothing asks again.
    sure: set[Slot] = field(factory=lambda: {Slot.AS_AT})
    clock: str | None = None
    # The day or moment from which time is counted, where the start moves.
    counting: str | None = None
    # Pairs of which the first, if it is there, is after the second.
    later: set[tuple[Slot, Slot]] = field(factory=set)
    # Names of values that may have left the calendar.
    counted: list[str] = field(factory=list)
    # A due date that need not be worked out before it is asked for: its name and text.
    deferred: tuple[str, str] | None = None
    # What the full variant remembers besides: due, event and so on, by their part in the reason.
    extra: dict[str, str] = field(factory=dict)


# The Python test of a line, its number, the line.
Tested = tuple[str, int, Line]
EVENT_BY_DUE = Compare(Slot.EVENT, Order.BY, Slot.DUE)
EVENT_AFTER_DUE = Compare(Slot.EVENT, Order.AFTER, Slot.DUE)


class Deciding(Listing):
    """Writes decisions."""

    def decide(
        self,
        lines: tuple[Line, ...],
        facts: Facts,
        out: str,
        kept: str | None,
        remembered: str | None,
        fused: tuple[tuple[str, tuple[Line, ...]], ...] = (),
    ) -> None:
        """Write a decision: the first line whose test holds; lines that cannot hold are left out.

        `fused` are items that follow from the timescale alone, with their lines: decided in the same branch.
        """
        tests = self.may_hold(lines, facts)
        if kept is None and not fused:
            # Lines just before the last that come to the same need no test of their own.
            while len(tests) > 1 and tests[-2][2].outcome is tests[-1][2].outcome:
                del tests[-2]
        self.chain(tests, facts, lambda number, line: self.branch(number, line, out, kept, remembered, fused))

    def may_hold(self, lines: tuple[Line, ...], facts: Facts) -> list[Tested]:
        """Return the lines that could hold, each with its Python test and its number, up to one that always does."""
        tests = []
        for number, line in enumerate(lines):
            test = self.test(line.test, facts)
            if test != FALSE:
                tests.append((test, number, line))
            self._learn(line.test, facts)
            if test == TRUE:
                break
        return tests

    def branch(
        self,
        number: int,
        line: Line,
        out: str,
        kept: str | None,
        remembered: str | None,
        fused: tuple[tuple[str, tuple[Line, ...]], ...],
    ) -> list[str]:
        written = [f"{out} = {self.constant(line.outcome, 'T')}"]
        if kept is not None:
            written.append(f"{kept} = ({number}, {remembered})" if remembered else f"{kept} = {number}")
        for name, item_lines in fused:
            decided = following(item_lines, line)
            written.append(f"{name} = {self.constant(decided.outcome, 'T')}")
        return written

    def _learn(self, test: Test, facts: Facts) -> None:
        """Note what is certain once a line's test has failed, so that no later line asks again."""
        match test:
            case Known(slot=slot, absent=True):
                facts.sure.add(slot)
            case Flag(slot=Slot.LIMIT_MISSING):
                facts.sure.add(Slot.DUE)
            case Compare(left=left, order=Order.BY, right=right):
                facts.later.add((left, right))

    def chain(
        self, tests: list[Tested], facts: Facts, branch: Callable[[int, Line], list[str]], pad: str = ""
    ) -> None:
        """Write `if`, `elif`, `else`; a due date is worked out just before the first test that asks for it."""
        word = "if"
        for at, (test, number, line) in enumerate(tests):
            if facts.deferred is not None and facts.deferred[0] in test:
                name, text = facts.deferred
                facts.deferred = None
                if word == "elif":
                    self.add(f"{pad}else:")
                    word, pad = "if", pad + INDENT
                self.add(f"{pad}{name} = {text}")
            after = tests[at + 1] if at + 1 < len(tests) else None
            if after is not None and line.test == EVENT_BY_DUE and after[2].test == EVENT_AFTER_DUE:
                # In time or late: whether there is an event is asked once.
                self.add(f"{pad}{word} {after[0]}:")
                (event, e_type), (due, d_type) = facts.dates[Slot.EVENT], facts.dates[Slot.DUE]
                order = self._order(event, e_type, "<=", due, d_type)
                self.written(f"{pad}{INDENT}if {order}:", branch(number, line), pad + INDENT)
                self.written(f"{pad}{INDENT}else:", branch(after[1], after[2]), pad + INDENT)
                word = "elif"
                continue
            if at > 0 and tests[at - 1][2].test == EVENT_BY_DUE and line.test == EVENT_AFTER_DUE:
                continue
            head = "else:" if test == TRUE and word == "elif" else f"{word} {test}:"
            self.written(f"{pad}{head}", branch(number, line), pad)
            word = "elif"

    def written(self, head: str, lines: list[str], pad: str) -> None:
        self.add(head)
        for line in lines:
            self.add(f"{pad}{INDENT}{line}")

    def test(self, test: Test, facts: Facts) -> str:
        """Return the Python test of a line's test."""
        match test:
            case Holds(slot=slot, states=states):
                return self._holds(facts.truths.get(slot), states)
            case Flag(slot=slot):
                return facts.flags.get(slot, FALSE)
            case Known(slot=slot, absent=absent):
                there = self._there(slot, facts)
                return not_of(there) if absent else there
            case Ahead(slot=slot, yet=yet):
                return self._ahead(slot, yet, facts)
            case Compare():
                return self._ordered(test, facts)
            case ClockIs(outcome=outcome):
                return FALSE if facts.clock is None else f"{facts.clock} is {self.constant(outcome, 'T')}"
            case Every(tests=tests):
                return all_of(*(self.test(one, facts) for one in tests))

    def _holds(self, tests: Tests | None, states: tuple[State, ...]) -> str:
        if tests is None:
            return FALSE
        yes, no, na = tests
        missing = not_of(any_of(yes, no, na))
        by_state = {State.YES: yes, State.NO: no, State.NA: na, State.MISSING: missing}
        return any_of(*(by_state[state] for state in states))

    def _there(self, slot: Slot, facts: Facts) -> str:
        if slot in facts.sure:
            return TRUE
        if slot not in facts.dates:
            return TRUE if slot is Slot.START else FALSE
        return f"{facts.dates[slot][0]} is not None"

    def _ahead(self, slot: Slot, yet: bool, facts: Facts) -> str:
        if slot not in facts.ahead:
            return FALSE
        name, type_ = facts.ahead[slot]
        later = self._after_as_at(name, type_)
        there = f"{name} is not None"
        return all_of(there, later) if yet else all_of(there, not_of(later))

    def _after_as_at(self, name: str, type_: Type) -> str:
        if isinstance(type_, DateTimeType):
            return f"{self.moment(name)} > as_at_moment"
        return f"{name} > as_at"

    def _ordered(self, test: Compare, facts: Facts) -> str:
        pairs = {**facts.dates, Slot.AS_AT: ("as_at", DATE)}
        if test.left not in pairs or test.right not in pairs:
            return FALSE
        there = all_of(*(self._there(slot, facts) for slot in (test.left, test.right)))
        if test.order is Order.AFTER and (test.left, test.right) in facts.later:
            return there
        (a, a_type), (b, b_type) = pairs[test.left], pairs[test.right]
        return all_of(there, self._order(a, a_type, test.order.value, b, b_type, test.left is Slot.AS_AT))

    def _order(
        self, a: str, a_type: Type | None, symbol: str, b: str, b_type: Type | None, as_at: bool = False
    ) -> str:
        """Return a comparison of two dates or moments; a type of None is known only case by case."""
        if as_at and isinstance(b_type, DateTimeType):
            return f"as_at_moment {symbol} {self.moment(b)}"
        if a_type is None or b_type is None:
            if as_at:
                return f"{self.function(due_dates.past)}(as_at, as_at_moment, {b}, {self._zone_name()})"
            by = f"{self.function(due_dates.by)}({a}, {b}, {self._zone_name()})"
            return (
                by
                if symbol == "<="
                else not_of(by)
                if symbol == ">"
                else not_of(f"{self.function(due_dates.by)}({b}, {a}, {self._zone_name()})")
            )
        a_moment, b_moment = isinstance(a_type, DateTimeType), isinstance(b_type, DateTimeType)
        if a_moment and b_moment:
            return f"{self.moment(a)} {symbol} {self.moment(b)}"
        return f"{a}{'.date()' if a_moment else ''} {symbol} {b}{'.date()' if b_moment else ''}"
