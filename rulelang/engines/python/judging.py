"""The whole function: fields, timescales, items in one piece of Python, from a plan (M8)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rulelang.engines.python.clocks import may_be_in_doubt
from rulelang.engines.python.conditions import FALSE, TRUE, Tests, all_of, any_of, not_of
from rulelang.engines.python.deciding import Facts
from rulelang.engines.python.runtime import BEYOND
from rulelang.engines.python.starting import Following, Starting, plain_start
from rulelang.model.expressions import (
    CASE_DEPTH,
    Call,
    Choose,
    DefineValue,
    Expression,
    FieldValue,
    Fold,
    Most,
    OutcomeIs,
    Pick,
    Quantify,
    Rows,
    Share,
    Var,
    children,
    walk,
)
from rulelang.model.pack import Item, Timescale
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.planning.decisions import (
    CLOCK_RESULT,
    DECIDED_BY,
    EXCUSED,
    ON_PURPOSE,
    Holds,
    Line,
    Slot,
    State,
)
from rulelang.planning.lowering import item_expressions, through_defines, timescale_expressions
from rulelang.planning.nature import counts_time, in_order, is_truth, links_of
from rulelang.planning.plan import ItemPlan, Plan, TimescalePlan
from rulelang.truth import NA, UNREADABLE
from rulelang.types import JudgementType

# Python reads brackets in brackets only so deep: a test of a long decision table is written in pieces.
BRACKETS = 16


class Judging(Starting):
    """Writes the function that judges a case."""

    def timescales(self, following: dict[str, Following]) -> None:
        """Write all timescales; in the fast variant plain ones from one start together."""
        shared: dict[Expression, list[tuple[TimescalePlan, Following]]] = {}
        for one in self.plan.timescales:
            start = plain_start(one.timescale)
            if start is not None and not self.full:
                shared.setdefault(start, []).append((one, following.get(one.timescale.name, ())))
        # They ask about no other timescale, so they may all come first.
        groups = [group for group in shared.values() if len(group) > 1]
        for group in groups:
            self.together(group)
        done = {one.timescale.name for group in groups for one, _ in group}
        for one in self.plan.timescales:
            if one.timescale.name not in done:
                self.timescale(one, following.get(one.timescale.name, ()))

    def outcome_name(self, timescale: str) -> str:
        return f"o_{timescale}"

    # --- items -------------------------------------------------------------------------------------------------

    def item(self, plan: ItemPlan, number: int) -> None:
        """Write an item: its outcome in `iN`, or the outcomes of its rows; in the full variant why in `wN`."""
        item = plan.item
        if item.counted_for is None:
            clock = f"o_{item.timescale}" if item.timescale is not None else None
            self._item(plan, f"i{number}", f"w{number}", clock)
            return
        self.add(f"i{number} = []" + (f"; w{number} = []" if self.full else ""))
        if item.timescale is not None:
            self.add(f"at{number} = 0")
        with self.each(item.counted_for):
            yes, _, _ = self.where(item.counted_for)
            clock = None
            if item.timescale is not None:
                # One clock a row, in the order of the rows: those in doubt have one too.
                clock = self._row_clock(item, number)
            if yes != TRUE:
                self.add(f"if {not_of(yes)}: continue")
            self._item(plan, "i", "w", clock)
            self.add(f"i{number}.append(i)")
            if self.full:
                self.add(f"w{number}.append((w, {self.row(item.counted_for.var)}))")

    def _row_clock(self, item: Item, number: int) -> str:
        assert item.counted_for is not None
        _, no, na = self.where(item.counted_for)
        out = any_of(no, na)
        if out != FALSE:
            self.add(f"if {out}: continue")
        self.add(f"oc = o_{item.timescale}_each[at{number}]")
        if may_be_in_doubt(self._timescale_of(item)):
            self.add(f"mc = m_{item.timescale}_each[at{number}]")
        if self.full:
            self.add(f"xc = x_{item.timescale}_each[at{number}]")
        self.add(f"at{number} += 1")
        return "oc"

    def _item(self, plan: ItemPlan, out: str, kept: str, clock: str | None) -> None:
        item = plan.item
        if self._bare_field(item):
            self._field_only(plan, out)
            return
        facts = Facts(clock=clock)
        if item.relevant is not None:
            facts.truths[Slot.RELEVANT] = self.tests(item.relevant)
        facts.truths[Slot.RESULT] = self._result(item, clock)
        if clock is not None:
            facts.flags[Slot.APPLIES_MISSING] = self._applies_missing(item, clock)
        if self.full:
            facts.flags[Slot.UNREADABLE] = self._item_unreadable(item, clock)
        last = self._last_steps(item)
        if clock is None and item.relevant is None and not self.full and not last:
            self._judgement_only(plan, out, facts.truths[Slot.RESULT])
            return
        self.decide(plan.lines, facts, out, kept if self.full or last else None, None)
        self._write_last(last, plan.lines, out, kept)

    def _bare_field(self, item: Item) -> bool:
        """Say whether an item asks for one field that nothing else reads: by far the most common kind."""
        others = (item.relevant, item.timescale, item.no_evidence_when, item.excused, item.counted_for)
        return not self.full and item.met in self.read_once and all(one is None for one in others)

    def _field_only(self, plan: ItemPlan, out: str) -> None:
        """Write an item that asks for one field: it is read where it is first asked for, into a name used again.

        Reading it on a line of its own takes Python nearly twice as long.
        """
        node = plan.item.met
        assert isinstance(node, FieldValue)
        read = f"(v := {self.read(node.var, node.name)})"
        na = "v is NA" if isinstance(node.type, JudgementType) else FALSE
        self._judgement_only(plan, out, (f"{read} is True", "v is False", na))

    def _judgement_only(self, plan: ItemPlan, out: str, result: Tests) -> None:
        """Write an item that has nothing but a condition as one expression, its likeliest outcome first."""
        by_state = {State.YES: "", State.NA: "", State.NO: ""}
        for line in plan.lines:
            if isinstance(line.test, Holds) and line.test.slot is Slot.RESULT:
                by_state[line.test.states[0]] = self.constant(line.outcome, "T")
        yes, no, na = result
        rest = self.constant(plan.lines[-1].outcome, "T")
        text = f"{by_state[State.YES]} if {yes} else "
        text += f"{by_state[State.NA]} if {na} else " if na != FALSE else ""
        text += f"{by_state[State.NO]} if {no} else " if rest != by_state[State.NO] else ""
        self.add(f"{out} = {text}{rest}")

    def _result(self, item: Item, clock: str | None) -> Tests:
        parts: list[Tests] = []
        if clock is not None:
            yes = [f"{clock} is {self.constant(o, 'T')}" for o, result in CLOCK_RESULT.items() if result]
            no = [f"{clock} is {self.constant(o, 'T')}" for o, result in CLOCK_RESULT.items() if not result]
            parts.append((any_of(*yes), any_of(*no), FALSE))
        if item.met is not None:
            parts.append(self.tests(item.met))
        return self._and(parts)

    def _applies_missing(self, item: Item, clock: str) -> str:
        """Return the test that the clock is unknown because it is not recorded whether it applies (M8)."""
        timescale = self._timescale_of(item)
        if not may_be_in_doubt(timescale):
            return FALSE
        if timescale.clock_for is not None:
            missing = "mc" if clock == "oc" else f"m_{timescale.name}"
        else:
            assert timescale.applies is not None
            missing = self._holds(self.tests(timescale.applies), (State.MISSING,))
        return all_of(f"{clock} is {self.constant(TimescaleOutcome.UNKNOWN, 'T')}", missing)

    def _timescale_of(self, item: Item) -> Timescale:
        return next(one.timescale for one in self.plan.timescales if one.timescale.name == item.timescale)

    def _last_steps(self, item: Item) -> list[tuple[str, Line]]:
        steps = []
        for node, line in ((item.no_evidence_when, ON_PURPOSE), (item.excused, EXCUSED)):
            if node is not None:
                steps.append((self._holds(self.tests(node), (State.YES,)), line))
        return steps

    def _write_last(
        self, steps: list[tuple[str, Line]], lines: tuple[Line, ...], out: str, kept: str
    ) -> None:
        """Write M8's last two steps, which look at the outcome so far."""
        decided = tuple(number for number, line in enumerate(lines) if line.why in DECIDED_BY)
        not_met = self.constant(ItemOutcome.NOT_MET, "T")
        for test, line in steps:
            before = f"{kept} in {decided}" if line is ON_PURPOSE else f"{out} is {not_met}"
            self.add(f"if {before} and {test}:")
            self.add(f"    {out} = {self.constant(line.outcome, 'T')}")
            at = len(lines) + (0 if line is ON_PURPOSE else 1)
            self.add(f"    {kept} = {at}")

    # --- what cannot be read (M1) ------------------------------------------------------------------------------

    def _item_unreadable(self, item: Item, clock: str | None) -> str:
        nodes = [one for one in (item.relevant, item.met) if one is not None]
        tests = [self.unreadable(node) for node in nodes]
        if item.timescale is not None:
            tests.append("xc" if clock == "oc" else f"x_{item.timescale}")
        return any_of(*tests)

    def unreadable(self, node: Expression) -> str:
        """Return the test that something an expression reads could not be read, or left its calendar (M1)."""
        match node:
            case FieldValue():
                return f"{self.read(node.var, node.name)} is UNREADABLE"
            case DefineValue(record=record, name=name):
                return self.unreadable(self.plan.defines[record, name].value)
            case OutcomeIs(timescale=name):
                return f"x_{name}"
            case Call(op="is_readable"):
                return FALSE
            case Choose():
                return self._unreadable_branch(node)
            case Fold(rows=rows, value=value) | Most(rows=rows, value=value):
                values = (value,) if value is not None else ()
                return any_of(self._beyond(node), self.unreadable_rows(rows, *values))
            case Pick(rows=rows, value=value, order=order):
                return self.unreadable_rows(rows, value, order)
            case Quantify() if (clash := in_order(node)) is not None:
                return self.unreadable_beside(node.rows, clash)
            case Quantify(rows=rows, condition=condition) | Share(rows=rows, condition=condition):
                return self.unreadable_rows(rows, condition)
            case _:
                return any_of(self._beyond(node), *(self.unreadable(child) for child in children(node)))

    def _unreadable_branch(self, node: Choose) -> str:
        """Only the branch taken is read; both where it is missing which."""
        links, last = links_of(node)
        test = self.unreadable(last)
        for at, link in enumerate(reversed(links), 1):
            yes, no, _ = self.tests(link.condition)
            test = any_of(
                self.unreadable(link.condition),
                all_of(not_of(no), self.unreadable(link.then)),
                all_of(not_of(yes), test),
            )
            if at % BRACKETS == 0 and test not in (TRUE, FALSE):
                test = self.keep(test, "u")
        return test

    def _beyond(self, node: Expression) -> str:
        """Return the test that working a value out left its calendar."""
        if isinstance(node, Call) and (
            not counts_time(node) or (is_truth(node) and not self.is_computed(node))
        ):
            return FALSE
        if not isinstance(node, Call | Most):
            return FALSE
        name = self.value(node)
        return f"{name}_b" if name in self.timed else FALSE

    def unreadable_rows(self, rows: Rows | None, *values: Expression, listed: bool = False) -> str:
        """Return the test that a cell read in a list could not be read: of rows that are there and may count.

        With `listed` the condition of a row itself is held against it only where it is left missing.
        """
        if rows is None:
            return any_of(*(self.unreadable(node) for node in values))
        home = self.home_of(rows, *values)
        key = ("unreadable", rows, values, listed)
        if key not in home.known:
            with self.inside(home):
                home.known[key] = self._search(rows, values, listed)
        return home.known[key]

    def _search(self, rows: Rows, values: tuple[Expression, ...], listed: bool) -> str:
        name = self.fresh("u")
        self.add(f"{name} = False")
        with self.each(rows, self.where_dirty(*values, *([rows.where] if rows.where is not None else []))):
            yes, no, na = self.where(rows)
            test = any_of(*(self.unreadable(node) for node in values))
            if rows.where is not None:
                doubt = self.unreadable(rows.where)
                if listed:
                    doubt = all_of(doubt, not_of(any_of(yes, no, na)))
                test = any_of(all_of(test, not_of(no)), doubt)
            self.add(f"if {test}: {name} = True")
        return name


def write(plan: Plan, *, full: bool, attributes: bool = False) -> tuple[str, dict[str, Any]]:
    """Return the text of the function that judges a case, and the objects it names.

    It takes the case, the as-at date as a day and as a moment, and the values given at the run; the full variant
    also takes whether any cell could not be read. It returns the outcomes of items and of timescales, in the
    order of the plan; the full variant also what decided each, and what left its calendar or was odd.
    """
    maker = Judging(plan, full=full, attributes=attributes)
    maker.read_once = _read_once(plan)
    case = Var(CASE_DEPTH, plan.schema.case.name)
    with maker.function_body(case) as body:
        if full:
            maker.add("notes = []; odd = []")
        fused = {} if full else _fused(plan)
        maker.timescales({name: _named(items) for name, items in fused.items()})
        done = {number for follow in fused.values() for number in follow}
        for number, item in enumerate(plan.items):
            if number not in done:
                maker.item(item, number)
        items = _tuple(f"i{number}" for number in range(len(plan.items)))
        clocks = _tuple(f"o_{one.timescale.name}" for one in plan.timescales)
        if full:
            whys = _tuple(f"w{number}" for number in range(len(plan.items)))
            kept = _tuple(f"c_{one.timescale.name}" for one in plan.timescales)
            maker.add(f"return {items}, {clocks}, {whys}, {kept}, notes, odd")
        else:
            maker.add(f"return {items}, {clocks}")
        # What is looked up most is at hand as a local: outcomes, tables of due dates, sets of values.
        at_hand = [name for name in maker.constants if name[0] in "TWS"]
        locals_ = "".join(f", {name}={name}" for name in ["NA", *at_hand])
        signature = "case, as_at, as_at_moment, given" + (", dirty" if full else "") + locals_
        text = "\n".join([f"def judge({signature}):", *body.lines, ""])
    return text, {**maker.constants, "NA": NA, "UNREADABLE": UNREADABLE, "BEYOND": BEYOND}


def _read_once(plan: Plan) -> set[Expression | None]:
    """Return the yes/no fields and judgements of the case that are read in one place of the plan."""
    counts: Counter[FieldValue] = Counter()
    sources = [timescale_expressions(one.timescale) for one in plan.timescales]
    sources += [item_expressions(one.item) for one in plan.items]
    sources += [iter([one.value]) for one in plan.defines.values()]
    for source in sources:
        for node in source:
            counts.update(one for one in walk(node) if isinstance(one, FieldValue))
    return {one for one, times in counts.items() if times == 1 and one.var.depth == 0 and is_truth(one)}


def _named(items: dict[int, ItemPlan]) -> Following:
    return tuple((f"i{number}", item.lines) for number, item in items.items())


def _fused(plan: Plan) -> dict[str, dict[int, ItemPlan]]:
    """Return the items that have nothing but a timescale with a clock for the case, by timescale."""
    single = {one.timescale.name for one in plan.timescales if one.timescale.clock_for is None}
    found: dict[str, dict[int, ItemPlan]] = {}
    for number, one in enumerate(plan.items):
        item = one.item
        bare = (item.relevant, item.met, item.no_evidence_when, item.excused, item.counted_for)
        if item.timescale in single and all(part is None for part in bare):
            found.setdefault(item.timescale or "", {})[number] = one
    return found


def write_value(plan: Plan, node: Expression, *, rows: tuple[Var, ...] = ()) -> tuple[str, dict[str, Any]]:
    """Return the text of a function that works out one expression on a case (and rows of it, outermost first)."""
    maker = Judging(plan, full=True)
    case = Var(CASE_DEPTH, plan.schema.case.name)
    names = "".join(f", {maker.row(var)}" for var in rows)
    with maker.function_body(case) as body:
        body.vars = (case, *rows)
        maker.add("notes = []; odd = []")
        for one in asked_first(plan, node):
            maker.timescale(one)
        name = maker.value(node)
        maker.add(f"return {name}, notes")
        text = "\n".join([f"def work_out(case, as_at, as_at_moment, given, dirty{names}):", *body.lines, ""])
    return text, {**maker.constants, "NA": NA, "UNREADABLE": UNREADABLE, "BEYOND": BEYOND}


def asked_first(plan: Plan, node: Expression) -> list[TimescalePlan]:
    """Return the timescales an expression asks about, with those that they ask about, in order."""
    by_name = {one.timescale.name: one for one in plan.timescales}
    needed: set[str] = set()
    waiting = [iter([node])]
    while waiting:
        for one in through_defines(waiting.pop(), plan.defines):
            if isinstance(one, OutcomeIs) and one.timescale not in needed:
                needed.add(one.timescale)
                waiting.append(timescale_expressions(by_name[one.timescale].timescale))
    return [one for one in plan.timescales if one.timescale.name in needed]


def _tuple(names: Any) -> str:
    listed = list(names)
    return "(" + ", ".join(listed) + ("," if len(listed) == 1 else "") + ")"
