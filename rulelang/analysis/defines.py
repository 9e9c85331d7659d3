"""Checking defines, each when it is first asked for: named expressions of the case or of a child row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define, field

from rulelang.analysis.circles import Circles
from rulelang.analysis.declared_values import title_of
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant, there_are
from rulelang.analysis.names import Declared, Names
from rulelang.analysis.partial_dates import refused_as_value
from rulelang.analysis.scope import CASE, Scope
from rulelang.model.expressions import Expression, Var
from rulelang.model.pack import Define
from rulelang.model.records import Schema
from rulelang.source import Place, SourceFile
from rulelang.syntax import ast
from rulelang.types import ANY, ListType


@define
class Defines:
    """Builds the defines of a pack by (record, name); `expressions` is set before one is asked for."""

    names: Names
    findings: Findings
    schema: Schema
    circles: Circles
    # The calendar of the pack of a file.
    calendar: Callable[[SourceFile], str | None]
    built: dict[tuple[str, str], Define | None] = field(factory=dict)
    expressions: Expressions | None = None
    # Decision tables are defines of the case too; what makes an expression of one.
    decide: Callable[[Declared, Scope], Expression | None] | None = None
    # So are bands of a number of the case.
    rate: Callable[[Declared, Scope], Expression | None] | None = None

    def of_record(self, record: str) -> Iterable[str]:
        """Return the names defined for a record."""
        return [name for owner, name in self.all() if owner == record]

    def all(self) -> list[tuple[str, str]]:
        """Return (record, name) of each define, as written."""
        case = self.schema.case.name
        return [(self._owner(one), one.node.name.text) for one in self.names.defines] + [
            (case, name) for name in [*self.names.kind("decision"), *self._banded()]
        ]

    def _banded(self) -> dict[str, Declared]:
        return {name: one for name, one in self.names.kind("bands").items() if one.node.of is not None}

    def find(self, record: str, name: str) -> Define | None:
        """Return a define, checked now if it was not before; None where it is wrong or goes in a circle."""
        key = (record, name)
        if key in self.built:
            one = self.built[key]
            self.circles.asked(("define", *key))
            return one
        found = [each for each in self.names.defines if (self._owner(each), each.node.name.text) == key]
        if record == self.schema.case.name:
            beside = (self.names.kind("decision"), self._banded())
            found += [kind[name] for kind in beside if name in kind]
        if not found:
            return None
        self.circles.asked(("define", *key))
        self.built[key] = None
        for again in found[1:]:
            self._declared_again(name, again, found[0])
        if record in self.schema.by_name:
            self._build(key, found)
        else:
            for each in found:
                self._unknown_record(record, each)
        return self.built[key]

    def _owner(self, declared: Declared) -> str:
        record = declared.node.record
        return self.schema.case.name if record is None or record.text == CASE else str(record.text)

    def _build(self, key: tuple[str, str], found: list[Declared]) -> None:
        assert self.expressions is not None
        record, name = key
        self._check_shadow(record, name, found[0])
        for position, declared in enumerate(found):
            with self.circles.within(("define", record, name), declared.place):
                value = self._value(declared, self._scope(record, declared))
                one_value = not refused_as_value(self.expressions, value, "a define")
            if position == 0 and one_value and value.type != ANY:
                self.built[key] = Define(name, record, value, title_of(declared.node), place=declared.place)

    def _value(self, declared: Declared, scope: Scope) -> Expression:
        assert self.expressions is not None
        if isinstance(declared.node, ast.DecisionDecl):
            decided = self.decide(declared, scope) if self.decide is not None else None
            return decided or self.expressions.unknowable
        if isinstance(declared.node, ast.BandsDecl):
            rated = self.rate(declared, scope) if self.rate is not None else None
            return rated or self.expressions.unknowable
        return self.expressions.check(declared.node.value, scope)

    def _declared_again(self, name: str, again: Declared, first: Declared) -> None:
        self.findings.error(
            "declared-twice",
            f"`{name}` is defined twice",
            again.place,
            "again here",
            others=[(first.place, "first here")],
            hint="Give one of them another name, or take one out.",
        )

    def _unknown_record(self, record: str, declared: Declared) -> None:
        lists = [each for one in self.schema.records for each in one.lists if each.name == record]
        near = meant(record, self.schema.by_name)
        hint = None if near else there_are("records", self.schema.by_name)
        if lists:
            assert isinstance(lists[0].type, ListType)
            near, hint = "", f"`{record}` is a list; its rows are of the record `{lists[0].type.record}`."
        place = Place(declared.file, declared.node.record.span)
        self.findings.error("unknown-record", f"there is no record `{record}`", place, near, hint=hint)

    def _check_shadow(self, record: str, name: str, declared: Declared) -> None:
        one = self.schema.by_name[record].by_name.get(name)
        if one is not None:
            self.findings.error(
                "declared-twice",
                f"`{name}` is both a field and a define",
                declared.place,
                "defined here",
                others=[(one.place, "the field")],
                hint="Give the define another name.",
            )

    def _scope(self, record: str, declared: Declared) -> Scope:
        """Return the scope of a define: the row and its parents up to the case."""
        chain = [record]
        while chain[-1] != self.schema.case.name:
            parents = [
                one.name
                for one in self.schema.records
                if any(
                    isinstance(each.type, ListType) and each.type.record == chain[-1] for each in one.lists
                )
            ]
            if not parents or parents[0] in chain:
                break
            chain.append(parents[0])
        if chain[-1] != self.schema.case.name:
            chain.append(self.schema.case.name)
        depth = len(chain) - 1
        return Scope(
            declared.file,
            tuple(Var(depth - i, name) for i, name in enumerate(chain)),
            self.calendar(declared.file),
        )
