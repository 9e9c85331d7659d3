"""Putting the defines of child rows in the place of their names, so that engines see only those of the case."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from attrs import define

from rulelang.model.expressions import (
    Call,
    Choose,
    DefineValue,
    Expression,
    FieldValue,
    Fold,
    InCodes,
    Most,
    ParameterValue,
    Pick,
    Quantify,
    Rows,
    Share,
    Step,
    Unique,
    Var,
    children,
)
from rulelang.model.pack import DateSource, Define, GuardedLimit, Item, PauseSource, Timescale
from rulelang.planning.partial_dates import settled

Vars = Mapping[Var, Var]


@define
class Inliner:
    """Rewrites expressions of one pack; `case` is the record of the case."""

    defines: Mapping[tuple[str, str], Define]
    case: str

    def timescale(self, one: Timescale) -> Timescale:
        """Rewrite a timescale; with one clock for each row, its clauses are read on the row."""
        clock, vars_, parents = self._clock(one.clock_for)

        def again(node: Expression | None) -> Expression | None:
            return self.expression(node, vars_, parents) if node is not None else None

        def sure(node: Expression) -> Expression:
            return self.expression(node, vars_, parents)

        def dates(source: DateSource) -> DateSource:
            if source.rows is None:
                return DateSource(None, sure(source.value))
            rows, inside, lineage = self.rows(source.rows, vars_, parents)
            return DateSource(rows, self.expression(source.value, inside, lineage))

        def pause(source: PauseSource) -> PauseSource:
            if source.rows is None:
                return PauseSource(None, sure(source.first), sure(source.last))
            rows, inside, lineage = self.rows(source.rows, vars_, parents)
            return PauseSource(
                rows,
                self.expression(source.first, inside, lineage),
                self.expression(source.last, inside, lineage),
            )

        return attrs.evolve(
            one,
            clock_for=clock,
            applies=again(one.applies),
            start=again(one.start),
            target=again(one.target),
            counting_from=again(one.counting_from),
            earliest=again(one.earliest),
            extension=again(one.extension),
            every=again(one.every),
            until=again(one.until),
            event=dates(one.event),
            limits=tuple(
                GuardedLimit(sure(limit.length), again(limit.condition), place=limit.place)
                for limit in one.limits
            ),
            restarts=tuple(dates(source) for source in one.restarts),
            pauses=tuple(pause(source) for source in one.pauses),
        )

    def item(self, one: Item) -> Item:
        """Rewrite an item; counted once for each row, its clauses are read on the row."""
        rows, vars_, parents = self._clock(one.counted_for)

        def again(node: Expression | None) -> Expression | None:
            return self.expression(node, vars_, parents) if node is not None else None

        return attrs.evolve(
            one,
            counted_for=rows,
            relevant=again(one.relevant),
            met=again(one.met),
            no_evidence_when=again(one.no_evidence_when),
            excused=again(one.excused),
        )

    def of_case(self, node: Expression) -> Expression:
        """Rewrite an expression on the case."""
        return self.expression(node, {}, {})

    def _clock(self, rows: Rows | None) -> tuple[Rows | None, Vars, dict[Var, Var]]:
        return (None, {}, {}) if rows is None else self.rows(rows, {}, {})

    def rows(self, rows: Rows, vars_: Vars, parents: dict[Var, Var]) -> tuple[Rows, Vars, dict[Var, Var]]:
        """Rewrite a list; return it with the vars and parents that hold inside it."""
        made, inside, lineage = self._rows(rows, vars_, parents)
        where = settled(made.where) if made.where is not None else None
        return attrs.evolve(made, where=where), inside, lineage

    def _rows(self, rows: Rows, vars_: Vars, parents: dict[Var, Var]) -> tuple[Rows, Vars, dict[Var, Var]]:
        inside = dict(vars_)
        lineage = dict(parents)
        depth = max([var.depth for var in inside.values()] + [var.depth for var in lineage] + [0])
        steps = []
        for step in rows.steps:
            depth += 1
            fresh = Var(depth, step.var.record)
            parent = inside.get(step.parent, step.parent)
            inside[step.var] = fresh
            lineage[fresh] = parent
            steps.append(Step(parent, step.list, fresh, step.dated))
        where = self._opened(rows.where, inside, lineage) if rows.where is not None else None
        but = inside.get(rows.but, rows.but) if rows.but is not None else None
        return Rows(tuple(steps), where, but), inside, lineage

    def expression(self, node: Expression, vars_: Vars, parents: dict[Var, Var]) -> Expression:
        """Rewrite an expression: vars renamed, defines of child rows opened, partial dates asked day by day."""
        return settled(self._opened(node, vars_, parents))

    def _opened(self, node: Expression, vars_: Vars, parents: dict[Var, Var]) -> Expression:
        def again(one: Expression) -> Expression:
            return self._opened(one, vars_, parents)

        match node:
            case FieldValue():
                return attrs.evolve(node, var=vars_.get(node.var, node.var))
            case DefineValue() if node.record == self.case:
                return node
            case DefineValue():
                return self._written_out(node, vars_, parents)
            case Call():
                return attrs.evolve(node, args=tuple(again(arg) for arg in node.args))
            case Choose():
                return attrs.evolve(
                    node,
                    condition=again(node.condition),
                    then=again(node.then),
                    otherwise=again(node.otherwise),
                )
            case InCodes() | Unique():
                return attrs.evolve(node, operand=again(node.operand))
            case ParameterValue() if node.day is not None:
                return attrs.evolve(node, day=again(node.day))
            case Fold() | Most() | Pick() | Quantify() | Share():
                return self._over_rows(node, vars_, parents)
            case _:
                return node

    def _over_rows(
        self, node: Fold | Most | Pick | Quantify | Share, vars_: Vars, parents: dict[Var, Var]
    ) -> Expression:
        rows, inside, lineage = self._rows(node.rows, vars_, parents)

        def again(one: Expression) -> Expression:
            return self._opened(one, inside, lineage)

        match node:
            case Fold():
                return attrs.evolve(
                    node, rows=rows, value=again(node.value) if node.value is not None else None
                )
            case Most():
                return attrs.evolve(node, rows=rows, value=again(node.value))
            case Pick():
                return attrs.evolve(node, rows=rows, value=again(node.value), order=again(node.order))
            case _:
                return attrs.evolve(node, rows=rows, condition=again(node.condition))

    def _written_out(self, node: DefineValue, vars_: Vars, parents: dict[Var, Var]) -> Expression:
        """Return a define's own expression, read on this row: its vars are the row, its parents, the case."""
        made = self.defines[node.record, node.name]
        row: Var | None = vars_.get(node.var, node.var)
        renamed: dict[Var, Var] = {}
        chain = sorted(free_vars(made.value), key=lambda var: -var.depth)
        lineage: dict[str, Var] = {}
        while row is not None:
            lineage.setdefault(row.record, row)
            row = parents.get(row)
        for var in chain:
            if var.record in lineage:
                renamed[var] = lineage[var.record]
        return self._opened(made.value, renamed, parents)


def free_vars(node: Expression) -> set[Var]:
    """Return the rows an expression reads that it does not bind itself."""
    free: set[Var] = set()
    bound: set[Var] = set()
    _gather(node, free, bound)
    return free - bound


def _gather(node: Expression, free: set[Var], bound: set[Var]) -> None:
    match node:
        case FieldValue(var=var) | DefineValue(var=var):
            free.add(var)
        case Fold(rows=rows) | Most(rows=rows) | Pick(rows=rows) | Quantify(rows=rows) | Share(rows=rows):
            free.add(rows.steps[0].parent)
            bound.update(step.var for step in rows.steps)
            if rows.but is not None:
                free.add(rows.but)
    for child in children(node):
        _gather(child, free, bound)
