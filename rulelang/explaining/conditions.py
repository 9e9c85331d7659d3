"""Which part of a condition decided it, and what was recorded there. Values come from the engine, not from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs
from attrs import define

from rulelang.explaining.words import called, counted, said
from rulelang.model.expressions import (
    Call,
    Choose,
    Const,
    DefineValue,
    Expression,
    FieldValue,
    Fold,
    Most,
    OutcomeIs,
    Pick,
    Quantify,
    Share,
    Unique,
    children,
)
from rulelang.planning.partial_dates import left_open
from rulelang.syntax.ast import ListFunction, Quantifier
from rulelang.truth import NA
from rulelang.types import WHOLE, YES_NO


@define
class Deciders:
    """Says why a condition came out as it did. `work_out` gives the value of any part of it on the case."""

    work_out: Callable[[Expression], Any]
    defines: dict[tuple[str, str], Any]
    # How many other rows of the file have a value that a row shares, and what one of them is called.
    clash: Callable[[Unique, Any, Any], tuple[int, Any]]

    def reason(self, node: Expression) -> str:
        """Return the deciding parts of a condition in words."""
        parts = list(dict.fromkeys(self._parts(node, self.work_out(node))))
        return "; ".join(parts)

    def _parts(self, node: Expression, result: Any) -> Iterator[str]:
        match node:
            case Call(op="and", args=(recorded, Quantify(clash=True) as apart)):
                yield from self._beside(recorded, apart, result)
            case Call(op="and" | "or", args=args):
                yield from self._logic(node.op, args, result)
            case Call(op="not", args=(arg,)):
                yield from self._parts(arg, self.work_out(arg))
            case Choose() if left_open(node):
                yield self._possible(node, result)
            case Choose(condition=condition, then=then, otherwise=otherwise):
                chosen = self.work_out(condition)
                yield from self._parts(condition, chosen)
                if chosen is True or chosen is False:
                    branch = then if chosen else otherwise
                    yield from self._parts(branch, self.work_out(branch))
            case DefineValue(record=record, name=name) if (record, name) in self.defines:
                inner = "; ".join(self._parts(self.defines[record, name].value, result))
                yield f"`{name}` is {said(result)} ({inner})"
            case Unique() if result is False:
                yield self._shared(node)
            case Quantify():
                yield self._quantified(node, result)
            case OutcomeIs(timescale=name, outcome=outcome):
                yield f"`{name}` is {'' if result is True else 'not '}{outcome.value}"
            case Const():
                yield f"the rule says {said(result)}"
            case _:
                yield self._atom(node, result)

    def _logic(self, op: str, args: tuple[Expression, ...], result: Any) -> Iterator[str]:
        """Of `and` that is no, the first no decides; of `or` that is yes, the first yes; else all that are alike."""
        values = [(arg, self.work_out(arg)) for arg in args]
        deciding = op == "or"
        if result is deciding:
            arg, value = next((arg, value) for arg, value in values if value is deciding)
            yield from self._parts(arg, value)
            return
        for arg, value in values:
            if value is result:
                yield from self._parts(arg, value)

    def _atom(self, node: Expression, result: Any) -> str:
        if isinstance(node, FieldValue):
            return self._recorded(node, result)
        leaves = list(dict.fromkeys(self._leaves(node)))
        told = ", ".join(self._recorded(leaf, self.work_out(leaf)) for leaf in leaves)
        text = called(node, "the condition")
        if result is None and any(self.work_out(leaf) is None for leaf in leaves):
            return told
        return f"{text} is {said(result)}" + (f": {told}" if told else "")

    def _possible(self, node: Choose, result: Any) -> str:
        """Say what a condition with a partial date comes to, which is nothing where its days differ."""
        leaves = [(leaf, self.work_out(leaf)) for leaf in dict.fromkeys(self._leaves(node.condition))]
        missing = [(leaf, value) for leaf, value in leaves if value is None]
        told = ", ".join(self._recorded(leaf, value) for leaf, value in missing or leaves)
        if result is None and missing:
            return told
        outcome = "could be yes or no" if result is None else f"is {said(result)}"
        return f"{called(node, 'the condition')} {outcome}: {told}"

    def _recorded(self, node: Expression, value: Any) -> str:
        name = called(node, "it")
        if value is None:
            return (
                f"nothing is recorded in {name}" if isinstance(node, FieldValue) else f"{name} is not known"
            )
        if value is NA:
            return f"{name} was judged not applicable"
        return f"{name} is {said(value)}"

    def _leaves(self, node: Expression) -> Iterator[Expression]:
        for child in children(node):
            match child:
                case FieldValue() | Fold() | Pick() | Most() | DefineValue():
                    yield child
                case Const() | Quantify() | Share():
                    continue
                case _:
                    yield from self._leaves(child)

    def _quantified(self, node: Quantify, result: Any) -> str:
        name = node.rows.steps[-1].list
        text = called(node.condition, "the condition").strip("`")
        everyone = self._count(node, None)
        if everyone == 0:
            return f"there are no `{name}`"
        wanted = node.condition
        if node.quantifier is Quantifier.ALL:
            wanted = Call("not", (node.condition,), YES_NO)
        matching = self._count(node, wanted)
        if result is None or matching is None:
            return f"of {counted(everyone, 'row')} in `{name}`, not all record whether `{text}`"
        failing = node.quantifier is Quantifier.ALL
        if not matching:
            failing, matching = not failing, everyone
        which = f"{matching} of {everyone}" if matching < everyone else f"all {everyone}"
        return f"`{text}` is {'no' if failing else 'yes'} for {'the one' if everyone == 1 else which} in `{name}`"

    def _beside(self, recorded: Expression, apart: Quantify, result: Any) -> Iterator[str]:
        """Say how a row stands to its siblings; where it records nothing to compare, only that."""
        if result is False:
            yield self._clash(apart)
        elif result is True:
            yield f"{called(apart, 'it')} is yes"
        elif self.work_out(recorded) is None:
            yield from self._parts(recorded, None)
        else:
            yield f"{called(apart, 'it')} is not known: another row may clash"

    def _shared(self, node: Unique) -> str:
        """Name another row of the file that has the same value, by its key where it has one."""
        own = None if node.named_by is None else self.work_out(node.named_by)
        many, other = self.clash(node, self.work_out(node.operand), own)
        if other is None:
            return f"{called(node, 'it')} is no: the clash is with {counted(many, 'other row')}"
        more = f" and {counted(many - 1, 'other row')}" if many > 1 else ""
        return f"{called(node, 'it')} is no: the clash is with {said(other)}{more}"

    def _clash(self, node: Quantify) -> str:
        """Name the row that clashes with this one, by its key where it has one."""
        many = self._count(node, node.condition)
        others = counted(many, "other row") if isinstance(many, int) else "another row"
        if node.named_by is None:
            return f"{called(node, 'it')} is no: the clash is with {others} in `{node.rows.steps[-1].list}`"
        rows = attrs.evolve(node.rows, where=node.condition)
        key = attrs.evolve(node.named_by, var=rows.var)
        first = self.work_out(Pick(1, rows, key, key, key.name, key.type))
        more = f" and {counted(many - 1, 'other row')}" if isinstance(many, int) and many > 1 else ""
        return f"{called(node, 'it')} is no: the clash is with {said(first)}{more}"

    def _count(self, node: Quantify, condition: Expression | None) -> Any:
        parts = tuple(one for one in (node.rows.where, condition) if one is not None)
        where = None if not parts else parts[0] if len(parts) == 1 else Call("and", parts, YES_NO)
        return self.work_out(Fold(ListFunction.COUNT, attrs.evolve(node.rows, where=where), None, WHOLE))
