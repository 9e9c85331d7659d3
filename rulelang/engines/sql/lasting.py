"""Lengths of time as nodes of a query: the lengths that an expression may be, each with its condition."""

from __future__ import annotations

from typing import Any

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import AMOUNT, BAD, UNIT
from rulelang.engines.sql.moments import Moments
from rulelang.engines.sql.spans import day_of, fixed
from rulelang.engines.sql.values import Length, Lengths
from rulelang.model.expressions import (
    Call,
    Choose,
    Const,
    DefineValue,
    Expression,
    FieldValue,
    ParameterValue,
)
from rulelang.query.nodes import (
    FALSE,
    Node,
    all_of,
    any_of,
    call,
    date,
    negation,
    surely,
    surely_not,
    text,
)
from rulelang.types import (
    Unit,
)


class Lasting(Moments):
    """Makes lengths of time."""

    def once(self, node: Expression, write: Any) -> Any:
        raise NotImplementedError

    def lengths(self, node: Expression) -> Lengths:
        """Return the lengths of time that an expression may be."""
        if isinstance(node, Const):
            return fixed(node.value)
        return self.once(node, self._lengths)  # type: ignore[no-any-return]

    def _lengths(self, node: Expression) -> Lengths:
        match node:
            case DefineValue(record=record, name=name):
                return self.lengths(self.plan.defines[record, name].value)
            case FieldValue():
                return self._length_field(node)
            case ParameterValue():
                return self._length_parameter(node)
            case Choose():
                return self._choose_length(node)
            case Call(op="first_known_of", args=args):
                known: tuple[Length, ...] = ()
                na, bad, before = FALSE, FALSE, FALSE
                for one in (self.lengths(arg) for arg in args):
                    known += one.only_if(negation(before))
                    na = any_of(na, all_of(negation(before), one.na))
                    bad = any_of(bad, one.bad)
                    before = any_of(before, one.there, one.na)
                return Lengths(known, na, bad)
        raise Unsupported("a length of time that is worked out from a list")

    def _length_field(self, node: FieldValue) -> Lengths:
        found = self.layout_of(node.var).fields.get(node.name)
        if found is None:
            return Lengths(())
        amount, unit = (self.column(node.var, node.name + suffix) for suffix in (AMOUNT, UNIT))
        known = tuple(Length(call("is_true", call("eq", unit, text(one.value))), amount, one) for one in Unit)
        return Lengths(known, FALSE, self.column(node.var, node.name + BAD) if found.bad else FALSE)

    def _length_parameter(self, node: ParameterValue) -> Lengths:
        if node.day is None:
            return fixed(self.given[node.name])
        parameter = self.plan.parameters[node.name]
        day = self.val(node.day)
        on = self.keep(day_of(node.day, day.sql), "day")
        known = []
        later: Node = FALSE
        for since, value in reversed(parameter.editions):
            begun = call("is_true", call("ge", on, date(since)))
            known.append(Length(all_of(negation(later), begun), value.amount, value.unit))
            later = begun
        return Lengths(tuple(known), day.na, day.bad)

    def _choose_length(self, node: Choose) -> Lengths:
        condition = self.val(node.condition)
        then, otherwise = self.lengths(node.then), self.lengths(node.otherwise)
        yes, no = surely(condition.sql), surely_not(condition.sql)
        return Lengths(
            (*then.only_if(yes), *otherwise.only_if(no)),
            any_of(condition.na, all_of(yes, then.na), all_of(no, otherwise.na)),
            self.chosen_bad(condition, then.bad, otherwise.bad),
        )
