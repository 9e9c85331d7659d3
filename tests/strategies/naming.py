"""Names and lists in sight of a random expression, and how choices are drawn."""

from __future__ import annotations

from typing import Any

import attrs
from attrs import define, field, frozen
from hypothesis import strategies as st

from rulelang.syntax import ast
from tests.strategies.records import RECORDS, name


@frozen
class Scope:
    """The records of the rows in sight, innermost first, and the parameters that may stand bare."""

    rows: tuple[str, ...] = ("case",)
    clocked: bool = False

    def inside(self, *records: str) -> Scope:
        return attrs.evolve(self, rows=(*reversed(records), *self.rows))


@define
class Namer:
    """Draws names. `defines` and `timescales` are those declared so far, which a new rule may name."""

    draw: Any
    defines: dict[str, list[tuple[str, str]]] = field(factory=dict)
    timescales: list[str] = field(factory=list)

    def truth(self, scope: Scope, depth: int) -> ast.Expr:
        """Write a condition."""
        raise NotImplementedError

    def pick(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def chance(self, one_in: int) -> bool:
        return self.number(1, one_in) == one_in

    # --- names ---------------------------------------------------------------------------------------------

    def names_of(self, record: str) -> list[str]:
        shape = RECORDS[record]
        listed = [text for text, _ in shape.lists]
        return [
            *(one.name for one in shape.fields),
            *listed,
            *(text for text, _ in self.defines.get(record, ())),
        ]

    def reference(self, record: str, text: str, scope: Scope) -> ast.Ref:
        """Name a field of a row in sight: bare where the innermost row that has the name is that row."""
        owner = next(one for one in scope.rows if text in self.names_of(one))
        if owner == record and not self.chance(6):
            return ast.Ref((name(text),))
        return ast.Ref((name(record), name(text)))

    def known(self, kind: str, scope: Scope, *, planned: bool | None = None) -> ast.Ref | None:
        """Name a field or define of a kind in sight, if there is one."""
        found = []
        for record in dict.fromkeys(scope.rows):
            fields = [one for one in RECORDS[record].fields if one.kind == kind]
            found += [(record, one.name) for one in fields if planned is None or one.planned is planned]
            if planned is None:
                found += [(record, text) for text, its in self.defines.get(record, ()) if its == kind]
        if not found:
            return None
        record, text = self.pick(*found)
        return self.reference(record, text, scope)

    # --- lists ---------------------------------------------------------------------------------------------

    def rows(self, scope: Scope, depth: int) -> tuple[ast.Selection, tuple[str, ...]]:
        """Choose a list in sight; return it and the records of the rows that it goes through."""
        paths: list[tuple[ast.Ref, tuple[str, ...]]] = []
        for record in dict.fromkeys(scope.rows):
            for text, child in RECORDS[record].lists:
                ref = self.reference(record, text, scope)
                paths.append((ref, (child,)))
                for inner, deeper in RECORDS[child].lists:
                    paths.append((ast.Ref((*ref.names, name(inner))), (child, deeper)))
        path, records = self.pick(*paths)
        where = self._where(scope.inside(*records), depth) if self.chance(3) else None
        return ast.Selection(path, where), records

    def _where(self, scope: Scope, depth: int) -> ast.Expr:
        return self.truth(scope, min(depth, 1))

    def fields(self, kind: str, scope: Scope, depth: int, *, whole: bool = False) -> ast.Selection | None:
        """Choose a list and a field, or a define, of its rows of a kind."""
        chosen, records = self.rows(scope, depth)
        names = [
            one.name for one in RECORDS[records[-1]].fields if one.kind == kind and (one.whole or not whole)
        ]
        names += [text for text, its in self.defines.get(records[-1], ()) if its == kind and not whole]
        if not names:
            return None
        return attrs.evolve(chosen, path=ast.Ref((*chosen.path.names, name(self.pick(*names)))))
