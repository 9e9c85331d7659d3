"""Expressions as nodes of a query: fields, operators, parameters; each worked out once in the block it belongs to."""

from __future__ import annotations

from typing import Any

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.conditions import bad_of, na_of
from rulelang.engines.sql.lasting import Lasting
from rulelang.engines.sql.layout import BAD, NA, SCALE
from rulelang.engines.sql.literals import is_scaled, literal, sort_of
from rulelang.engines.sql.spans import day_of, end_type, last_day, months_between, years_between
from rulelang.engines.sql.texts import LOOKED_AT, characters, looked_at
from rulelang.engines.sql.values import ONE, Val, added, divided, multiplied
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
    Most,
    ParameterValue,
    Pick,
    Quantify,
    Share,
    walk,
)
from rulelang.planning.nature import is_truth, links_of
from rulelang.query.nodes import (
    ATOMS,
    FALSE,
    TRUE,
    Node,
    Sort,
    absent,
    all_of,
    any_of,
    call,
    case,
    date,
    negation,
    null,
    surely,
    surely_not,
    there,
    whole,
    wide,
)
from rulelang.types import (
    DATETIME,
    ChoiceType,
    DateTimeType,
    DateType,
    DurationType,
    Type,
)


class Expressions(Lasting):
    """Makes values."""

    def val(self, node: Expression) -> Val:
        """Return what an expression comes to, worked out where it belongs and kept there."""
        if isinstance(node.type, DurationType):
            lengths = self.lengths(node)
            return Val(case((lengths.there, whole(1))), lengths.na, lengths.bad)
        match node:
            case Const(value=value):
                return literal(value, node.type)
            case AsAtDate():
                return Val(date(self.as_at))
            case ClockDay():
                assert self.clock_day is not None
                return Val(self.clock_day)
            case _:
                return self.once(node, self._write)  # type: ignore[no-any-return]

    def once(self, node: Expression, write: Any) -> Any:
        home = self.home(node)
        clocked = any(isinstance(one, ClockDay) for one in walk(node))
        key = (node, self.raw, self.clock_day if clocked else None)
        if clocked:
            # The clock's day is known only where the clock is being made.
            home = self.block
        if key not in home.known:
            with self.inside(home):
                home.known[key] = write(node)
        return home.known[key]

    def _write(self, node: Expression) -> Val:
        match node:
            case FieldValue():
                return self._field(node)
            case DefineValue(record=record, name=name):
                return self._define(self.plan.defines[record, name].value, name)
            case Fold() | Pick() | Most() | Quantify() | Share():
                return self.kept(self.over_rows(node), "list")
            case ParameterValue():
                return self._parameter(node)
            case Call(op="first_known_of"):
                return self._first_known(node)
            case Call() if is_truth(node) and not self._is_computed(node):
                return self.truth(node)
            case Call():
                return self._call(node)
            case Choose() if not is_truth(node):
                return self._choose_value(node)
            case _:
                return self.truth(node)

    def _define(self, node: Expression, name: str) -> Val:
        """Return a define of the case: no row is in sight in it, whatever rows are where it is named."""
        in_sight, self.rows_in = self.rows_in, {}
        try:
            return self.kept(self.val(node), name)
        finally:
            self.rows_in = in_sight

    def kept(self, value: Val, stem: str) -> Val:
        den = None if value.den is None else self.keep(value.den, stem)
        return Val(self.keep(value.sql, stem), self.keep_flag(value.na), self.keep_flag(value.bad), den)

    def keep_flag(self, node: Node) -> Node:
        """Keep a test that is never NULL under a name that says so."""
        return node if isinstance(node, ATOMS) else self.named(node, self.fresh("flag") + BAD)

    def over_rows(self, node: Fold | Pick | Most | Quantify | Share) -> Val:
        raise NotImplementedError

    # --- fields ------------------------------------------------------------------------------------------------

    def _field(self, node: FieldValue) -> Val:
        found = self.layout_of(node.var).fields.get(node.name)
        if found is None:
            return Val(null(sort_of(node.type)), den=wide(SCALE) if is_scaled(node.type) else None)
        value = self.column(node.var, node.name)
        na = self.column(node.var, node.name + NA) if found.na else FALSE
        bad = self.column(node.var, node.name + BAD) if found.bad else FALSE
        if node.viewed and not self.raw:
            value = self.keep(case((self.reached(value, node.type), value)), f"{node.name}_seen")
        return Val(value, na, bad, wide(SCALE) if is_scaled(node.type) else None)

    # --- moments (M3) ------------------------------------------------------------------------------------------

    # --- choosing ----------------------------------------------------------------------------------------------

    def _choose_value(self, node: Choose) -> Val:
        links, last = links_of(node)
        if isinstance(node.type, ChoiceType) and all(isinstance(link.then, Const) for link in links):
            return self._choose_constant(links, last)
        condition, then, otherwise = (self.val(one) for one in (node.condition, node.then, node.otherwise))
        self._of_one_kind(node.then, node.otherwise)
        yes, no = surely(condition.sql), surely_not(condition.sql)
        den = None
        if then.den != otherwise.den:
            den = case((yes, then.den or ONE), otherwise=otherwise.den or ONE)
        return self.kept(
            Val(
                case((condition.sql, then.sql), (no, otherwise.sql)),
                any_of(condition.na, all_of(yes, then.na), all_of(no, otherwise.na)),
                self.chosen_bad(condition, then.bad, otherwise.bad),
                den if den is not None else then.den,
            ),
            "choice",
        )

    def _choose_constant(self, links: list[Choose], last: Expression) -> Val:
        """Return one of some values of a choice: links side by side, as one in another is a step of its own."""
        conditions = [self.val(link.condition) for link in links]
        otherwise = self.val(last)
        nothing = null(sort_of(links[0].type))
        chosen: list[tuple[Node, Node]] = []
        na: list[tuple[Node, Node]] = []
        bad: list[tuple[Node, Node]] = []
        for one, link in zip(conditions, links, strict=True):
            chosen += [(one.sql, self.val(link.then).sql), (absent(one.sql), nothing)]
            na += [(one.na, TRUE), (negation(surely_not(one.sql)), FALSE)]
            bad += [(one.bad, TRUE), (surely(one.sql), FALSE)]
        parts = (*conditions, otherwise)
        return self.kept(
            Val(
                case(*chosen, otherwise=otherwise.sql),
                FALSE if na_of(*parts) == FALSE else case(*na, otherwise=otherwise.na),
                FALSE if bad_of(*parts) == FALSE else case(*bad, otherwise=otherwise.bad),
            ),
            "choice",
        )

    def _of_one_kind(self, *nodes: Expression) -> None:
        kinds = {type(one.type) for one in nodes if isinstance(one.type, DateType | DateTimeType)}
        if len(kinds) > 1:
            raise Unsupported("a date beside a date and time in one choice")

    def _first_known(self, node: Call) -> Val:
        values = [self.val(arg) for arg in node.args]
        self._of_one_kind(*node.args)
        dens = list(dict.fromkeys(one.den for one in values))
        first, *others = values
        sql, na, den = first.sql, first.na, first.den
        if len(dens) > 1:
            den = case(*((there(one.sql), one.den or ONE) for one in values))
        known = any_of(there(first.sql), first.na)
        for one in others:
            na = any_of(na, all_of(negation(known), one.na))
            sql = (
                case((known, sql), otherwise=one.sql)
                if known != there(sql)
                else call("coalesce", sql, one.sql)
            )
            known = any_of(known, there(one.sql), one.na)
        return self.kept(Val(sql, na, bad_of(*values), den), "first")

    # --- operators ---------------------------------------------------------------------------------------------

    def _is_computed(self, node: Call) -> bool:
        return node.op in COMPUTED

    def _call(self, node: Call) -> Val:
        if node.op in ("add", "subtract") and isinstance(node.args[1].type, DurationType):
            return self._moved(node)
        if node.op in ("latest_of", "earliest_of"):
            return self._latest_of(node)
        if node.op in WITHIN:
            return self._within(node)
        values = [self.val(arg) for arg in node.args]
        found = self._applied(node, values)
        if node.op in ("working_days_from", "is_working_day"):
            beyond = self.beyond(all_of(*(there(one.sql) for one in values), absent(found.sql)))
            found = Val(found.sql, found.na, any_of(found.bad, beyond))
        return found if is_truth(node) else self.kept(found, node.op.removesuffix("_of"))

    def _applied(self, node: Call, values: list[Val]) -> Val:
        """Return an operator applied to values; NULL where one of them is."""
        match node.op:
            case "add" | "subtract":
                return added(values[0], values[1], node.op)
            case "multiply":
                return multiplied(*values)
            case "divide":
                return divided(*values)
            case "negate":
                (one,) = values
                return Val(call("negate", one.sql), one.na, one.bad, one.den)
            case "characters_of":
                return characters(node, values)
        names = [one.sql for one in values]
        dates = [day_of(arg, value) for arg, value in zip(node.args, names, strict=True)]
        return Val(self._function(node, names, dates), na_of(*values), bad_of(*values), self._den(node))

    def _den(self, node: Call) -> Node | None:
        return {"hours_from": wide(3_600_000_000), "minutes_from": wide(60_000_000)}.get(node.op)

    def _function(self, node: Call, names: list[Node], dates: list[Node]) -> Node:
        match node.op:
            case "date_of":
                return dates[0]
            case "year_of" | "month_of":
                return call(node.op, dates[0])
            case "weekday_of":
                assert isinstance(node.type, ChoiceType)
                from rulelang.engines.sql.conditions import unranked

                return unranked(call("weekday_of", dates[0]), node.type)
            case "first_day_of":
                return call("first_day", names[0])
            case "last_day_of":
                return last_day(names[0])
            case "days_from":
                return call("days_between", *dates)
            case "weeks_from":
                return call("floor_divide", call("days_between", *dates), whole(7))
            case "months_from":
                return months_between(*dates)
            case "years_from":
                return years_between(*dates)
            case "hours_from" | "minutes_from":
                return call("micros_between", self.moment(names[0]), self.moment(names[1]))
            case "working_days_from":
                first, last = (self.rank(node.calendar, one) for one in dates)
                return call("subtract", last, first)
            case op if op in LOOKED_AT:
                return looked_at(node, names)
            case "is_working_day":
                return self.looked_up(node.calendar or "", "working", dates[0])
            case _:
                return call(node.op, *names)

    def _latest_of(self, node: Call) -> Val:
        values = [self.val(arg) for arg in node.args]
        name = "greatest" if node.op == "latest_of" else "least"
        na = na_of(*values)
        if isinstance(node.type, DateTimeType) and self.plan.schema.reading.time_zone:
            sql = self._latest_moment([one.sql for one in values], "gt" if node.op == "latest_of" else "lt")
        else:
            sql = call(name, *(one.sql for one in values))
        return self.kept(Val(sql if na == FALSE else case((negation(na), sql)), na, bad_of(*values)), name)

    def _latest_moment(self, values: list[Node], order: str) -> Node:
        best, *others = values
        for one in others:
            later = call(order, self.moment(one), self.moment(best))
            best = self.keep(case((absent(best), one), (later, one), otherwise=best), "best")
        return best

    # --- time --------------------------------------------------------------------------------------------------

    def beyond(self, test: Node) -> Node:
        """Note that a count left its calendar: something is then said of the case's data."""
        if self.block.of_case and test != FALSE:
            self.noted.append(test)
        return test

    def _moved(self, node: Call) -> Val:
        start, lengths = self.val(node.args[0]), self.lengths(node.args[1])
        sign = 1 if node.op == "add" else -1
        if isinstance(node.type, DateType) and end_type(lengths, node.args[0].type) is DATETIME:
            raise Unsupported("hours or minutes beside longer lengths of time")
        found = self.later(start.sql, node.args[0].type, lengths, node.calendar, sign)
        beyond = self.beyond(all_of(there(start.sql), lengths.there, absent(found)))
        bad = any_of(start.bad, lengths.bad, beyond)
        return self.kept(Val(found, any_of(start.na, lengths.na), bad), "moved")

    def _within(self, node: Call) -> Val:
        """Return whether an event lies within a time of an anchor; the first comparison that is no decides."""
        event, anchor = self.val(node.args[0]), self.val(node.args[2])
        lengths = self.lengths(node.args[1])
        ends = []
        tests: list[tuple[Node, Node]] = []
        for sign, name in WITHIN[node.op]:
            if sign == 0:
                end, type_ = anchor.sql, node.args[2].type
            else:
                end = self.later(anchor.sql, node.args[2].type, lengths, node.calendar, sign, name == "le")
                type_ = end_type(lengths, node.args[2].type)
            tests.append((self._side(name, event.sql, node.args[0].type, end, type_), end))
            ends.append(end)
        given = all_of(there(event.sql), there(anchor.sql), lengths.there)
        before: Node = TRUE
        beyond: list[Node] = []
        for test, end in tests:
            beyond.append(self.beyond(all_of(given, before, absent(end))))
            before = all_of(before, surely(test))
        sql = case((any_of(*beyond), null(Sort.BOOLEAN)), (given, all_of(*(test for test, _ in tests))))
        na = any_of(event.na, anchor.na, lengths.na)
        bad = any_of(event.bad, anchor.bad, lengths.bad, *beyond)
        return self.kept(Val(sql if na == FALSE else case((negation(na), sql)), na, bad), "within")

    def _side(self, name: str, event: Node, event_type: Type, end: Node, end_type: Type) -> Node:
        a_moment, b_moment = isinstance(event_type, DateTimeType), isinstance(end_type, DateTimeType)
        if a_moment and b_moment:
            return call(name, self.moment(event), self.moment(end))
        if a_moment:
            return call(name, call("date_of", event), end)
        return call(name, event, call("date_of", end) if b_moment else end)

    # --- parameters and lengths --------------------------------------------------------------------------------

    def _parameter(self, node: ParameterValue) -> Val:
        parameter = self.plan.parameters[node.name]
        if node.day is None:
            return literal(self.given[node.name], node.type)
        day = self.val(node.day)
        on = day_of(node.day, day.sql)
        values = [
            (call("ge", on, date(since)), literal(value, node.type))
            for since, value in reversed(parameter.editions)
        ]
        den = values[0][1].den if len({one.den for _, one in values}) == 1 else None
        if den is None and any(one.den is not None for _, one in values):
            den = case(*((test, one.den or ONE) for test, one in values))
        return self.kept(
            Val(case(*((test, one.sql) for test, one in values)), day.na, day.bad, den), node.name
        )


# Operators of an event, a length of time and an anchor: the ends, each by a sign (0: the anchor) and a comparison.
WITHIN = {
    "within_after": ((0, "ge"), (1, "le")),
    "within_before": ((-1, "ge"), (0, "le")),
    "within_either": ((-1, "ge"), (1, "le")),
    "no_later_after": ((1, "le"),),
    "no_later_before": ((-1, "le"),),
    "no_earlier_after": ((1, "ge"),),
    "no_earlier_before": ((-1, "ge"),),
}
COMPUTED = (*WITHIN, "is_working_day", "starts_with", "ends_with", "contains", *LOOKED_AT)
