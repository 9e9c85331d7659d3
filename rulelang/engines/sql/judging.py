"""Items as nodes of a query (M8), and the whole of a plan: what each case comes to, and what is counted."""

from __future__ import annotations

from attrs import define, evolve, field, frozen

from rulelang.engines.sql.clocks import ClockResult, Clocks
from rulelang.engines.sql.conditions import OF_OUTCOME
from rulelang.engines.sql.deciding import Facts
from rulelang.engines.sql.gathering import NO_LIST
from rulelang.engines.sql.values import Val
from rulelang.model.expressions import CASE_DEPTH, Expression, Var
from rulelang.model.pack import Item
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.planning.decisions import (
    CLOCK_RESULT,
    DECIDED_BY,
    EXCUSED,
    ON_PURPOSE,
    Line,
    Slot,
    following,
)
from rulelang.planning.plan import ItemPlan
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Lambda,
    Member,
    Node,
    Variable,
    all_of,
    any_of,
    call,
    case,
    negation,
    whole,
)

ITEM_OUTCOMES = tuple(ItemOutcome)
OF_ITEM = {outcome: whole(number) for number, outcome in enumerate(ITEM_OUTCOMES)}


@frozen
class ItemResult:
    """What an item comes to in a case: the tests that give its outcomes, each never true of two.

    `rest` is the outcome where none of them holds. An item counted for rows has a list of numbers in `each`.
    """

    tests: tuple[tuple[ItemOutcome, Node], ...]
    rest: ItemOutcome
    each: Node | None = None
    # Where it follows from a timescale alone: that timescale, and the outcome by the line that decided it.
    follows: str | None = None
    by_line: tuple[tuple[int, ItemOutcome], ...] = ()
    # No two of the tests are ever true of one case.
    apart: bool = False

    @property
    def code(self) -> Node:
        """The number of its outcome."""
        return case(*((test, OF_ITEM[one]) for one, test in self.tests), otherwise=OF_ITEM[self.rest])


@define
class Judging(Clocks):
    """Makes what a plan comes to."""

    clocks: dict[str, ClockResult] = field(factory=dict)

    def begin(self) -> None:
        """Open the block of the case."""
        self.open_block((Var(CASE_DEPTH, self.plan.schema.case.name),))

    def judge(self) -> list[ItemResult]:
        """Make all timescales and items."""
        for plan in self.plan.timescales:
            self.clocks[plan.timescale.name] = self.timescale(plan)
        return [self.item(plan) for plan in self.plan.items]

    def outcome_of(self, timescale: str) -> tuple[Node, Node]:
        found = self.clocks[timescale]
        return found.outcome, found.bad

    # --- cases -------------------------------------------------------------------------------------------------

    def begun(self) -> Node:
        """Return the test, never NULL, that a case is there on the as-at date (M2)."""
        name = self.plan.begun
        if name is None or name not in self.layout.fields:
            return TRUE
        one = self.plan.schema.case.by_name[name]
        value = self.column(Var(CASE_DEPTH, self.plan.schema.case.name), name)
        return negation(call("is_true", negation(self.reached(value, one.type))))

    def holds(self, condition: Expression | None) -> Node:
        """Return the test, never NULL, that a condition is yes."""
        return TRUE if condition is None else self.val(condition).yes

    # --- items -------------------------------------------------------------------------------------------------

    def item(self, plan: ItemPlan) -> ItemResult:
        """Return what an item comes to."""
        item = plan.item
        if item.counted_for is not None:
            return self._counted(plan)
        clock = self.clocks[item.timescale] if item.timescale is not None else None
        bare = (item.relevant, item.met, item.no_evidence_when, item.excused)
        if clock is not None and clock.line is not None and all(part is None for part in bare):
            return self._following(plan, clock)
        outcome = clock.outcome if clock is not None else None
        missing = clock.applies_missing if clock is not None else FALSE
        bad = clock.bad if clock is not None else FALSE
        return self._decided(plan, outcome, missing, bad)

    def _following(self, plan: ItemPlan, clock: ClockResult) -> ItemResult:
        """Return an item that has nothing but a timescale: its outcome follows from the line that decided that."""
        by_line = tuple((number, self._outcome_after(plan, line)) for number, line in clock.lines)
        grouped: dict[ItemOutcome, list[int]] = {}
        for number, outcome in by_line:
            grouped.setdefault(outcome, []).append(number)
        *most, (last, _) = grouped.items()
        assert clock.line is not None
        tests = tuple((one, call("in", clock.line, *map(whole, numbers))) for one, numbers in most)
        return ItemResult(tests, last, None, plan.item.timescale, by_line, apart=True)

    def _outcome_after(self, plan: ItemPlan, line: Line) -> ItemOutcome:
        outcome = following(plan.lines, line).outcome
        assert isinstance(outcome, ItemOutcome)
        return outcome

    def _decided(self, plan: ItemPlan, outcome: Node | None, missing: Node, bad: Node) -> ItemResult:
        lines = self._lines(plan, outcome, missing, bad)
        return self._last_steps(plan.item, lines)

    def _lines(
        self, plan: ItemPlan, outcome: Node | None, missing: Node, bad: Node
    ) -> list[tuple[Node, int, Line]]:
        item = plan.item
        facts = Facts(clock=outcome)
        parts = []
        if outcome is not None:
            parts.append(Val(_clock_result(outcome)))
        if item.met is not None:
            parts.append(self.val(item.met))
        if item.relevant is not None:
            facts.truths[Slot.RELEVANT] = self.val(item.relevant)
        facts.truths[Slot.RESULT] = self.both(parts)
        if outcome is not None and missing != FALSE:
            unknown = call("eq", outcome, OF_OUTCOME[TimescaleOutcome.UNKNOWN])
            facts.flags[Slot.APPLIES_MISSING] = all_of(unknown, missing)
        bads = [self.bad(one) for one in (item.relevant, item.met) if one is not None]
        facts.flags[Slot.UNREADABLE] = any_of(*bads, bad)
        return self.tests(plan.lines, facts)

    def _last_steps(self, item: Item, lines: list[tuple[Node, int, Line]]) -> ItemResult:
        """Put lines of one outcome together; then M8's last two steps, which look at the outcome so far."""
        if item.no_evidence_when is None and item.excused is None:
            plain = _by_outcome([(test, line) for test, _, line in lines])
            only_met = item.relevant is None and item.timescale is None and item.counted_for is None
            return evolve(plain, apart=only_met and self.bad(_met(item)) == FALSE)
        on_purpose = self.holds(item.no_evidence_when) if item.no_evidence_when is not None else FALSE
        excused = self.holds(item.excused) if item.excused is not None else FALSE
        number = self.keep(
            case(*((test, whole(at)) for test, at, _ in lines[:-1]), otherwise=whole(lines[-1][1])), "line"
        )
        by_number = {at: line for _, at, line in lines}
        found: list[tuple[Node, Line]] = []
        for at, line in by_number.items():
            here = call("eq", number, whole(at))
            if line.why in DECIDED_BY and on_purpose != FALSE:
                found.append((all_of(here, on_purpose), ON_PURPOSE))
            if line.outcome is ItemOutcome.NOT_MET and excused != FALSE:
                found.append((all_of(here, excused), EXCUSED))
            found.append((here, line))
        return _by_outcome(found)

    # --- counted once for each row -----------------------------------------------------------------------------

    def _counted(self, plan: ItemPlan) -> ItemResult:
        item = plan.item
        assert item.counted_for is not None
        self.note_parents(item.counted_for)
        if item.timescale is None:

            def code(yes: Node, _may: Node) -> Node:
                return case((yes, self._decided(plan, None, FALSE, FALSE).code))

            each = self.keep(self.rows(item.counted_for, code), "each")
        else:
            each = self.keep(self._with_clocks(plan), "each")
        return ItemResult((), ItemOutcome.UNKNOWN, each)

    def _with_clocks(self, plan: ItemPlan) -> Node:
        """Return the outcomes of the rows whose clocks were made, each read beside its clock."""
        item = plan.item
        assert item.timescale is not None
        assert item.counted_for is not None
        clock = self.clocks[item.timescale]
        assert clock.each is not None
        if clock.each == NO_LIST:
            return clock.each
        element = Variable("__c")
        steps = item.counted_for.steps
        block = self.open_block(tuple(step.var for step in steps))
        for step in steps:
            self.rows_in[step.var] = Member(element, f"__r{step.var.depth}")
            self.layouts[step.var] = self.layout_of(step.parent).lists[step.list]
        outcome = self.keep(Member(element, "o"), "outcome")
        counts = TRUE if item.counted_for.where is None else self.val(item.counted_for.where).yes
        made = self._decided(plan, outcome, Member(element, "m"), Member(element, "x"))
        body = self.closed(block, case((counts, made.code)))
        for step in steps:
            del self.rows_in[step.var]
        return call("list_known", call("list_map", clock.each, Lambda(("__c",), body)))


def _met(item: Item) -> Expression:
    assert item.met is not None
    return item.met


def _clock_result(outcome: Node) -> Node:
    """Return what a timescale's outcome says of the result, missing where it says nothing (M8)."""
    yes = [OF_OUTCOME[one] for one, result in CLOCK_RESULT.items() if result]
    no = [OF_OUTCOME[one] for one, result in CLOCK_RESULT.items() if not result]
    return case((call("in", outcome, *yes), TRUE), (call("in", outcome, *no), FALSE))


def _by_outcome(lines: list[tuple[Node, Line]]) -> ItemResult:
    """Return outcomes and their tests, in order, neighbours of one outcome together; the last line always holds."""
    merged: list[tuple[ItemOutcome, Node]] = []
    for test, line in lines:
        assert isinstance(line.outcome, ItemOutcome)
        if merged and merged[-1][0] is line.outcome:
            merged[-1] = (line.outcome, any_of(merged[-1][1], test))
        else:
            merged.append((line.outcome, test))
    rest = merged.pop()[0]
    return ItemResult(tuple(merged), rest)
