"""Loops over child rows: counts and other aggregates, positions, windows, quantifiers, shares (M1, M2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import attrs
from attrs import frozen

from rulelang.engines.python import runtime, siblings
from rulelang.engines.python.conditions import FALSE, TRUE, Tests, all_of, any_of, not_of
from rulelang.engines.python.emitting import Block
from rulelang.engines.python.values import Values
from rulelang.model.clashes import Clash
from rulelang.model.expressions import (
    Call,
    Expression,
    FieldValue,
    Fold,
    Most,
    Pick,
    Quantify,
    Rows,
    Share,
    Step,
    Var,
)
from rulelang.planning.lowering import through_defines
from rulelang.planning.nature import counts_time, in_order, may_be_na, never_missing, uncertain
from rulelang.syntax.ast import ListFunction, Quantifier
from rulelang.types import DATE, YES_NO, ChoiceType, DateTimeType, JudgementType, YesNoType

ALWAYS: Tests = (TRUE, FALSE, FALSE)


@frozen
class Gathered:
    """The names of the lists a loop filled: rows that count, and rows whose condition is missing (or None)."""

    sure: str
    maybe: str | None


class Listing(Values):
    """Writes loops."""

    @contextmanager
    def each(self, rows: Rows, only_if: str = "") -> Iterator[None]:
        """Write a loop over rows that are there; `where` is left to the body. `only_if` is a test to loop at all."""
        with ExitStack() as stack:
            for step in rows.steps:
                source = self.read(step.parent, step.list)
                if only_if and step is rows.steps[0]:
                    source = f"({source} if {only_if} else ())"
                stack.enter_context(self.nested(f"for {self.row(step.var)} in {source}:", (step.var,)))
                self._only_if_there(step)
            if rows.but is not None:
                self.add(f"if {self.row(rows.var)} is {self.row(rows.but)}: continue")
            yield

    def _only_if_there(self, step: Step) -> None:
        """Skip a row that is not there yet on the as-at date (M2)."""
        if step.dated is None or self.raw:
            return
        one = self.plan.schema.by_name[step.var.record].by_name[step.dated]
        with self.unviewed():
            name = self.value(FieldValue(step.var, step.dated, one.type, viewed=False))
        is_moment = isinstance(one.type, DateTimeType)
        seen, limit = (self.moment(name), "as_at_moment") if is_moment else (name, "as_at")
        self.add(f"if {name} is not None and {seen} > {limit}: continue")
        # Of a row that is there, the date is the same in both views.
        self.block.known[FieldValue(step.var, step.dated, one.type, viewed=True), False, None] = name

    def where(self, rows: Rows) -> Tests:
        return ALWAYS if rows.where is None else self.tests(rows.where)

    # --- lists of values ---------------------------------------------------------------------------------------

    def gather(self, rows: Rows, text_of: list[Expression | None], *, skip_missing: bool) -> Gathered:
        """Write a loop that gathers values; several expressions make a tuple, and a None in them stands for None.

        With `skip_missing` a row whose first value is missing or N/A is left out.
        """
        home = self.home_of(rows, *(one for one in text_of if one is not None))
        with self.inside(home):
            short = self._comprehension(rows, text_of, skip_missing)
            if short is not None:
                return Gathered(self.keep(short, "s"), None)
            sure, maybe = self.fresh("s"), self.fresh("m")
            at = len(self.block.lines)
            with self.each(rows):
                yes, no, na = self.where(rows)
                names = [self.value(one) if one is not None else "None" for one in text_of]
                self._skip(text_of[0], names[0], skip_missing)
                item = names[0] if len(names) == 1 else f"({', '.join(names)})"
                doubtful = self._append(sure, maybe, item, yes, any_of(no, na))
            pad = "    " * self.block.indent
            begin = f"{pad}{sure} = []" + (f"; {maybe} = []" if doubtful else "")
            self.block.lines.insert(at, begin)
            return Gathered(sure, maybe if doubtful else None)

    def _comprehension(self, rows: Rows, text_of: list[Expression | None], skip_missing: bool) -> str | None:
        """Return a list comprehension for the plainest lists, one field or nothing of each row: much the fastest."""
        if len(rows.steps) != 1 or rows.where is not None or rows.but is not None or len(text_of) != 1:
            return None
        (step,), (node,) = rows.steps, text_of
        row, tests = self.row(step.var), []
        if step.dated is not None and not self.raw:
            if self.plan.schema.by_name[step.var.record].by_name[step.dated].type != DATE:
                return None
            tests.append(self._passes("d", step.var, step.dated))
        if node is None:
            item = "1"
        elif isinstance(node, FieldValue) and node.var == step.var and node.type == DATE and skip_missing:
            item = "v"
            same = step.dated == node.name and not self.raw and node.viewed
            tests = [] if same else tests
            tests += [f"(v := {self.read(step.var, node.name)}) is not None"]
            tests += ["v is not UNREADABLE"] if self.full else []
            tests += ["v <= as_at"] if node.viewed and not self.raw else []
        else:
            return None
        filters = f" if {' and '.join(tests)}" if tests else ""
        return f"[{item} for {row} in {self.read(step.parent, step.list)}{filters}]"

    def _passes(self, name: str, var: Var, field: str) -> str:
        bad = f"{name} is UNREADABLE or " if self.full else ""
        return f"(({name} := {self.read(var, field)}) is None or {bad}{name} <= as_at)"

    def _skip(self, first: Expression | None, name: str, skip_missing: bool) -> None:
        if first is None or not skip_missing or never_missing(first):
            return
        test = f"{name} is None"
        if may_be_na(first, self.plan) and not isinstance(first.type, YesNoType | JudgementType):
            # N/A is known: it counts, but it is no date and no number.
            test = f"{test} or {name} is NA"
        self.add(f"if {test}: continue")

    def _append(self, sure: str, maybe: str, item: str, yes: str, out: str) -> bool:
        """Write the appending of an item; return whether some may be doubtful."""
        if yes == TRUE:
            self.add(f"{sure}.append({item})")
            return False
        self.add(f"if {yes}: {sure}.append({item})")
        self.add(f"elif {not_of(out)}: {maybe}.append({item})")
        return True

    def home_of(self, rows: Rows, *values: Expression) -> Block:
        """Return the block in which a loop over rows that works these values out belongs."""
        return self.home(Quantify(Quantifier.SOME, rows, Call("and", values, YES_NO)))

    # --- forms -------------------------------------------------------------------------------------------------

    def over_rows(self, node: Fold | Pick | Most | Quantify | Share) -> str:
        match node:
            case Fold():
                return self._fold(node)
            case Pick():
                found = self.gather(node.rows, [node.value, node.order, self._key(node)], skip_missing=True)
                return self._either_way(found, self._picking(node))
            case Most():
                found = self.gather(node.rows, [node.value], skip_missing=True)
                window = self.constant(node.window)
                return self._either_way(
                    found, f"lambda dates: {self.function(runtime.most_within)}(dates, {window})"
                )
            case Quantify():
                return self._quantify(node)
            case Share():
                return self._share(node)

    def _key(self, node: Pick) -> Expression | None:
        if node.key is None:
            return None
        one = self.plan.schema.by_name[node.rows.var.record].by_name[node.key]
        return FieldValue(node.rows.var, node.key, one.type, viewed=one.is_viewed)

    def _picking(self, node: Pick) -> str:
        ranked = self._rank("o", node.order)
        return (
            f"lambda rows: {self.function(runtime.picked)}([({ranked}, k, v) for v, o, k in rows "
            f"if o is not None], {node.position})"
        )

    def _rank(self, name: str, node: Expression) -> str:
        """Return the text by which a value sorts: a choice by its place in the order, a moment as a moment."""
        if isinstance(node.type, ChoiceType):
            ranks = {value: rank for rank, value in enumerate(node.type.values)}
            return f"{self.constant(ranks, 'R', key=node.type)}[{name}]"
        if isinstance(node.type, DateTimeType):
            return self.moment(name)
        return name

    def _either_way(self, found: Gathered, function: str) -> str:
        if found.maybe is None:
            return self.keep(f"({function})({found.sure})")
        either = self.function(runtime.either_way)
        return self.keep(f"{either}({function}, {found.sure}, {found.maybe})")

    def _fold(self, node: Fold) -> str:
        if node.function in (ListFunction.COUNT, ListFunction.COUNT_DIFFERENT):
            return self._count(node)
        assert node.value is not None
        if node.function is ListFunction.SUM:
            found = self.gather(node.rows, [node.value], skip_missing=False)
            return self._either_way(found, self.function(runtime.total))
        found = self.gather(node.rows, [node.value], skip_missing=True)
        best = "max" if node.function in (ListFunction.LATEST, ListFunction.HIGHEST) else "min"
        ranked = self._rank("v", node.value)
        key = "" if ranked == "v" else f", key=lambda v: {ranked}"
        if found.maybe is None:
            return self.keep(f"{best}({found.sure}{key}, default=None)")
        return self._either_way(found, f"lambda values: {best}(values{key}, default=None)")

    def _count(self, node: Fold) -> str:
        if uncertain(node):
            low, high = self.bounds(node)
            return self.keep(f"{low} if {low} == {high} else None")
        if node.value is None and len(node.rows.steps) == 1 and node.rows.but is None:
            step = node.rows.steps[0]
            if step.dated is None or self.raw:
                return self.keep(f"len({self.read(step.parent, step.list)})")
        found = self.gather(node.rows, [node.value], skip_missing=True)
        return self.keep(self._size(node, found.sure))

    def _size(self, node: Fold, name: str) -> str:
        return f"len(set({name}))" if node.function is ListFunction.COUNT_DIFFERENT else f"len({name})"

    def bounds(self, node: Fold) -> tuple[str, str]:
        """Return the least and the most that a count may be (M1)."""
        home = self.home_of(node.rows, *(one for one in (node.value,) if one is not None))
        key = ("bounds", node, self.raw)
        if key not in home.known:
            with self.inside(home):
                found = self.gather(node.rows, [node.value], skip_missing=True)
                low = self.keep(self._size(node, found.sure))
                high = low
                if found.maybe is not None:
                    high = self.keep(self._size(node, f"{found.sure} + {found.maybe}"))
                home.known[key] = f"{low} {high}"
        low, high = home.known[key].split()
        return low, high

    # --- quantifiers -------------------------------------------------------------------------------------------

    def _quantify(self, node: Quantify) -> str:
        """Write `some`, `all` or `no`: one row may decide it, doubtful rows leave it missing, N/A rows are out."""
        clash = in_order(node)
        if clash is not None:
            return self._apart(node.rows, clash)
        name = self.fresh("q")
        begin, decided = {
            Quantifier.SOME: ("False", "True"),
            Quantifier.ALL: ("True", "False"),
            Quantifier.NO: ("True", "False"),
        }[node.quantifier]
        self.add(f"{name} = {begin}")
        with self.each(node.rows):
            w_yes, w_no, w_na = self.where(node.rows)
            c_yes, c_no, c_na = self.tests(node.condition)
            deciding, harmless = (c_no, c_yes) if node.quantifier is Quantifier.ALL else (c_yes, c_no)
            test = all_of(w_yes, deciding)
            out = any_of(w_no, w_na, harmless, c_na)
            only = len(node.rows.steps) == 1
            self.add(f"if {test}:")
            self.add(f"    {name} = {decided}" + ("; break" if only else ""))
            doubt = f"elif {not_of(out)}:" if only else f"elif {name} is not {decided} and {not_of(out)}:"
            self.add(doubt)
            self.add(f"    {name} = None")
        return name

    # --- a row beside its siblings -----------------------------------------------------------------------------

    def _apart(self, rows: Rows, clash: Clash) -> str:
        """Write that no other row clashes: the rows are put in order once, where their parent is in sight."""
        assert rows.but is not None
        all_rows, number = attrs.evolve(rows, but=None), f"id({self.row(rows.but)})"
        table = self.for_siblings(
            "in order", all_rows, clash.other, lambda: self._put_in_order(all_rows, clash)
        )
        own = ", ".join(map(self._held, clash.own))
        return self.keep(f"{table}.apart({own}, {number})")

    def for_siblings(
        self, what: str, rows: Rows, values: tuple[Expression, ...], write: Callable[[], str]
    ) -> str:
        """Write what is worked out once for all rows of a parent, and return its name."""
        home = self.home_of(rows, *values)
        key = (what, rows, values, self.raw)
        if key not in home.known:
            with self.inside(home):
                home.known[key] = write()
        return home.known[key]

    def _put_in_order(self, rows: Rows, clash: Clash) -> str:
        name, at = self.fresh("s"), len(self.block.lines)
        with self.each(rows):
            held = ", ".join(map(self._held, clash.other))
            self.add(f"{name}.append(({held}, id({self.row(rows.var)})))")
        self.block.lines.insert(at, f"{'    ' * self.block.indent}{name} = []")
        if not clash.of_times:
            return self.keep(f"{self.function(siblings.Values)}.of({name})")
        days = dt.datetime if isinstance(clash.other[0].type, DateTimeType) else dt.date
        first, last = (self.constant(day, "D") for day in (days.min, days.max))
        return self.keep(f"{self.function(siblings.Times)}.of({name}, {first}, {last})")

    def unreadable_beside(self, rows: Rows, clash: Clash) -> str:
        """Return the test that a cell could not be read that a row beside another holds: its own, or the other's."""
        assert rows.but is not None
        all_rows, row = attrs.evolve(rows, but=None), f"id({self.row(rows.but)})"
        found = self.for_siblings("unread", all_rows, clash.other, lambda: self._unread(all_rows, clash))
        every, unread = found.split()
        another = self.function(siblings.another)
        own = all_of(any_of(*map(self.unreadable, clash.own)), f"{another}({every}, {row})")
        return any_of(f"{another}({unread}, {row})", own)

    def _unread(self, rows: Rows, clash: Clash) -> str:
        """Write two lists, of all rows and of those with a cell that could not be read; return their names."""
        every, unread, at = self.fresh("u"), self.fresh("u"), len(self.block.lines)
        with self.each(rows, self.where_dirty(*clash.other)):
            number = f"id({self.row(rows.var)})"
            self.add(f"{every}.append({number})")
            self.add(f"if {any_of(*map(self.unreadable, clash.other))}: {unread}.append({number})")
        self.block.lines.insert(at, f"{'    ' * self.block.indent}{every} = []; {unread} = []")
        return f"{every} {unread}"

    def where_dirty(self, *nodes: Expression) -> str:
        """Return the test without which nothing of some expressions on rows can have been left unread."""
        timed = any(counts_time(one) for one in through_defines(iter(nodes), self.plan.defines))
        return "" if timed else "dirty"

    def _held(self, node: Expression) -> str:
        """Return the text of a value that is compared, or of what is known instead."""
        name = self.value(node)
        text = name
        if isinstance(node.type, DateTimeType) and self.moment(name) != name:
            out = any_of(f"{name} is None", f"{name} is NA" if may_be_na(node, self.plan) else FALSE)
            text = f"({name} if {out} else {self.moment(name)})"
        doubt = self.unreadable(node) if self.full else FALSE
        return text if doubt == FALSE else f"(UNREADABLE if {name} is None and {doubt} else {text})"

    def _share(self, node: Share) -> str:
        names = [self.fresh("n") for _ in range(6)]
        self.add(" = ".join(names) + " = 0")
        with self.each(node.rows):
            w_yes, w_no, w_na = self.where(node.rows)
            c_yes, c_no, c_na = self.tests(node.condition)
            self.add(f"if {any_of(w_no, w_na, c_na)}: continue")
            for number, (test, name) in enumerate(
                (
                    (all_of(w_yes, c_yes), names[0]),
                    (all_of(w_yes, c_no), names[1]),
                    (w_yes, names[2]),
                    (c_yes, names[3]),
                    (c_no, names[4]),
                )
            ):
                self.add(f"{'el' if number else ''}if {test}: {name} += 1")
            self.add(f"else: {names[5]} += 1")
        sure, maybe = f"({', '.join(names[:3])})", f"({', '.join(names[3:])})"
        fraction = self.constant(node.fraction)
        return self.keep(f"{self.function(runtime.share)}({node.at_least}, {fraction}, {sure}, {maybe})")
