"""Finding names: fields and defines of the rows in sight, paths through lists, and what to say of one not found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define

from rulelang.analysis.findings import Findings, meant, offered
from rulelang.analysis.scope import CASE, Listing, Scope, step_into
from rulelang.model.expressions import DefineValue, Expression, FieldValue, Rows, Step, Var
from rulelang.model.pack import Define
from rulelang.model.records import Schema
from rulelang.syntax import ast


@define
class Paths:
    """Resolves names against a schema; `define_of(record, name)` gives a define, checked on demand."""

    schema: Schema
    findings: Findings
    define_of: Callable[[str, str], Define | None]
    defined: Callable[[str], Iterable[str]]

    def find(self, ref: ast.Ref, scope: Scope) -> Expression | Listing | None:
        """Return what a name or path stands for, or None where no row in sight has it. Reports nothing."""
        first, *rest = ref.names
        for var in scope.rows:
            if self._has(var, first.text):
                return self._follow(var, ref, ref.names, scope, report=False)
        base = scope.called(first.text, self.schema)
        if base is not None and rest:
            return self._follow(base, ref, tuple(rest), scope, report=False)
        return None

    def report_unknown(self, ref: ast.Ref, scope: Scope, also: Iterable[str] = ()) -> None:
        """Say that a name or path is not found, which name is near, and what there is."""
        first, *rest = ref.names
        base = scope.called(first.text, self.schema) if rest else None
        for var in scope.rows:
            if self._has(var, first.text):
                self._follow(var, ref, ref.names, scope, report=True)
                return
        if base is not None:
            self._follow(base, ref, tuple(rest), scope, report=True)
            return
        self._unknown(first, scope.rows, scope, also)

    def names_of(self, record: str) -> list[str]:
        """Return the fields and defines of a record."""
        return [*self.schema.by_name[record].by_name, *self.defined(record)]

    def spoken(self, record: str) -> str:
        """Return what a message calls a record."""
        return CASE if record == self.schema.case.name else record

    def value(self, var: Var, name: str, scope: Scope, node: ast.Name | ast.Ref) -> Expression | None:
        """Return a plain field or a define of a row; None for a list."""
        one = self.schema.by_name[var.record].by_name.get(name)
        place = scope.place(node.span)
        if one is not None and not one.is_list:
            return FieldValue(var, name, one.type, one.is_viewed, place=place)
        if one is None:
            made = self.define_of(var.record, name)
            if made is not None:
                return DefineValue(var, var.record, name, made.value.type, place=place)
        return None

    def _has(self, var: Var, name: str) -> bool:
        return name in self.schema.by_name[var.record].by_name or name in self.defined(var.record)

    def _follow(
        self, base: Var, ref: ast.Ref, names: tuple[ast.Name, ...], scope: Scope, *, report: bool
    ) -> Expression | Listing | None:
        steps: list[Step] = []
        row, depth = base, scope.next_depth
        for position, name in enumerate(names):
            last = position == len(names) - 1
            one = self.schema.by_name[row.record].by_name.get(name.text)
            if one is not None and one.is_list:
                if one.type.record not in self.schema.by_name:  # type: ignore[union-attr]
                    return None
                steps.append(step_into(self.schema, row, name.text, depth))
                row, depth = steps[-1].var, depth + 1
                continue
            if not self._has(row, name.text):
                if report:
                    self._unknown(name, (row,), scope, ())
                return None
            if not last:
                if report:
                    self._no_parts(names[position], names[position + 1], scope)
                return None
            value = self.value(row, name.text, scope, ref)
            if not steps:
                return value
            return self._listing(steps, value, ref)
        return self._listing(steps, None, ref)

    def _listing(self, steps: list[Step], value: Expression | None, ref: ast.Ref) -> Listing:
        rows = Rows(tuple(steps))
        return Listing(rows, self.schema.by_name[rows.var.record], value, ref.text)

    def _unknown(
        self, name: ast.Name, rows: tuple[Var, ...], scope: Scope, also: Iterable[str]
    ) -> None:
        known = [one for var in rows for one in self.names_of(var.record)]
        owner = self.spoken(rows[0].record)
        near = meant(name.text, [*known, *also])
        hint = None if near else f"`{owner}` has {offered(self.names_of(rows[0].record))}."
        others = []
        if near and len(rows) >= 1:
            field = self.schema.by_name[rows[0].record].by_name.get(near.split("`")[1])
            if field is not None:
                others = [(field.place, f"`{field.name}` is declared here")]
        self.findings.error(
            "unknown-name",
            f"`{name.text}` is not a field of `{owner}`" + (", nor any other name in sight" if not near else ""),
            scope.place(name.span),
            near,
            others=others,
            hint=hint,
        )

    def _no_parts(self, name: ast.Name, part: ast.Name, scope: Scope) -> None:
        self.findings.error(
            "no-parts",
            f"`{name.text}` is a single value and has no `{part.text}`",
            scope.place(name.span.to(part.span)),
            hint="A dot goes from a list to a field of its rows, as in `reviews.completed`.",
        )
