"""Finding names: fields and defines of rows in sight, paths through lists; what to say of one not found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define

from rulelang.analysis.findings import Findings, did_you_mean_one_of, nearest, offered
from rulelang.analysis.scope import CASE, Listing, Scope, step_into
from rulelang.diagnostics import or_list
from rulelang.model.expressions import (
    Call,
    Choose,
    Const,
    DefineValue,
    Expression,
    FieldValue,
    Rows,
    Step,
    Var,
)
from rulelang.model.pack import Define
from rulelang.model.records import Schema
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import YES_NO, ListType


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

    def declares(self, ref: ast.Ref, scope: Scope) -> bool:
        """Say whether a row in sight has the first name, even where what it stands for is wrong."""
        return any(self._has(var, ref.names[0].text) for var in scope.rows)

    def report_unknown(self, ref: ast.Ref, scope: Scope, also: Iterable[str] = ()) -> None:
        """Say that a name or path is not found, which name is near, and what there is."""
        if scope.broken:
            return
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
            read = FieldValue(var, name, one.type, one.is_viewed, place=place)
            if not one.blank_is_no:
                return read
            # A cell that cannot be read is not blank.
            readable = Call("is_readable", (read,), YES_NO)
            blank = Choose(readable, Const(False, YES_NO), read, YES_NO)
            return Call("first_known_of", (read, blank), YES_NO, place=place)
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
                    self._no_parts(name, names[position + 1], scope)
                return None
            value = self.value(row, name.text, scope, ref)
            if not steps:
                return value
            return self._listing(steps, value, ref)
        return self._listing(steps, None, ref)

    def _listing(self, steps: list[Step], value: Expression | None, ref: ast.Ref) -> Listing:
        rows = Rows(tuple(steps))
        return Listing(rows, self.schema.by_name[rows.var.record], value, ref.text)

    def _unknown(self, name: ast.Name, rows: tuple[Var, ...], scope: Scope, also: Iterable[str]) -> None:
        own = self.names_of(rows[0].record)
        known = [one for var in rows for one in self.names_of(var.record)]
        below = self._below(name.text, rows)
        near = () if below else nearest(name.text, [*known, *also])
        owners = or_list(dict.fromkeys(self.spoken(var.record) for var in rows))
        hint = None
        if below:
            hint = f"It is a field of the rows of `{below}`: ask `some {below} have ({name.text} …)`."
            if below.endswith(name.text):
                hint = f"It is a list further down: write `{below}`."
        elif not near:
            hint = f"`{self.spoken(rows[0].record)}` has {offered(own)}." if own else None
        self.findings.error(
            "unknown-name",
            f"`{name.text}` is not a field of {owners}",
            scope.place(name.span),
            did_you_mean_one_of(near),
            others=self._declared(near[:1], rows),
            hint=hint,
        )

    def _declared(self, near: tuple[str, ...], rows: tuple[Var, ...]) -> list[tuple[Place | None, str]]:
        for one in near:
            for var in rows:
                field = self.schema.by_name[var.record].by_name.get(one)
                if field is not None:
                    return [(field.place, f"`{one}` is declared here")]
        return []

    def _below(self, name: str, rows: tuple[Var, ...]) -> str | None:
        """Return the path of the list, below a row in sight, that has this field or is called this."""
        waiting = [(one.name, one, 1) for var in rows for one in self.schema.by_name[var.record].lists]
        while waiting:
            path, one, depth = waiting.pop(0)
            assert isinstance(one.type, ListType)
            child = self.schema.by_name.get(one.type.record)
            if child is None or depth > len(self.schema.records):
                continue
            if name in child.by_name:
                return f"{path}.{name}" if child.by_name[name].is_list else path
            waiting += [(f"{path}.{each.name}", each, depth + 1) for each in child.lists]
        return None

    def _no_parts(self, name: ast.Name, part: ast.Name, scope: Scope) -> None:
        self.findings.error(
            "no-parts",
            f"`{name.text}` is a single value and has no `{part.text}`",
            scope.place(name.span.to(part.span)),
            hint=_part_of(name.text, part.text)
            or "A dot goes from a list to a field of its rows, as in `reviews.completed`.",
        )


def _part_of(name: str, part: str) -> str | None:
    if part in ("day", "date", "time", "year", "month", "weekday"):
        words = "date of" if part in ("day", "date") else f"{part} of"
        return f"A part of a date is written before it: `{words} {name}`."
    return None
