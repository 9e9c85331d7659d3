"""Checking values with names: parameters and their editions, lists of codes, periods."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from attrs import define, field

from rulelang.analysis.calendars import read_beside
from rulelang.analysis.check_characters import CheckReader
from rulelang.analysis.findings import Findings, offered
from rulelang.analysis.kinds import common, told
from rulelang.analysis.names import Declared, Names
from rulelang.analysis.records import BASIC
from rulelang.model.checks import CheckCharacters
from rulelang.model.pack import Codes, Parameter
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import DATE, DURATION, NUMBER, TEXT, WHOLE, YES_NO, Duration, Type


@define
class DeclaredValues:
    """Builds the parameters and codes of one pack."""

    names: Names
    findings: Findings
    parameters: dict[str, Parameter] = field(factory=dict)
    # Lists of codes by name, and checks of characters by what they are called among them.
    codes: dict[str, Codes | CheckCharacters] = field(factory=dict)

    def build(self) -> None:
        """Check all of them."""
        for declared in self.names.kind("parameter").values():
            self._parameter(declared)
        for declared in self.names.kind("codes").values():
            self._codes(declared)
        for declared in self.names.kind("check").values():
            check = CheckReader(declared, self.findings).read()
            if check is not None:
                self.codes[check.name] = check
        for declared in self.names.kind("period").values():
            self._period(declared)

    def _parameter(self, declared: Declared) -> None:
        node: ast.ParameterDecl = declared.node
        name = node.name.text
        if node.given is not None:
            self.parameters[name] = Parameter(
                name, BASIC[node.given], title=title_of(node), place=declared.place
            )
            return
        editions = self._editions(node, declared)
        if not editions:
            return
        kind: Type = _type_of(editions[0][1])
        for _, value in editions[1:]:
            kind = common(kind, _type_of(value)) or kind
        source = node.source.value if node.source else None
        self.parameters[name] = Parameter(
            name, kind, tuple(editions), title_of(node), source, place=declared.place
        )

    def _editions(self, node: ast.ParameterDecl, declared: Declared) -> list[tuple[dt.date, Any]]:
        editions: list[tuple[dt.date, Any]] = []
        seen: dict[dt.date, ast.Edition] = {}
        for edition in node.editions:
            value = _edition_value(edition.value)
            if self._edition_fits(node, edition, value, editions, seen, declared):
                seen[edition.since] = edition
                editions.append((edition.since, value))
        if not node.editions:
            self.findings.error(
                "missing-clause",
                f"the parameter `{node.name.text}` has no value",
                declared.place,
                hint="Add a line such as `16 weeks from 2000-04-01`.",
            )
        return sorted(editions, key=lambda one: one[0])

    def _edition_fits(
        self,
        node: ast.ParameterDecl,
        edition: ast.Edition,
        value: Any,
        editions: list[tuple[dt.date, Any]],
        seen: dict[dt.date, ast.Edition],
        declared: Declared,
    ) -> bool:
        name, place = node.name.text, Place(declared.file, edition.span)
        if value is None:
            self.findings.error(
                "wrong-type",
                "the value of a parameter is a length of time, a number, a date, a text, yes or no",
                place,
            )
            return False
        if edition.since in seen:
            self.findings.error(
                "declared-twice",
                f"two values of `{name}` are in force from {edition.since}",
                place,
                "again here",
                others=[(Place(declared.file, seen[edition.since].span), "first here")],
                hint="Each value has a first day of its own.",
            )
            return False
        if editions and common(_type_of(editions[0][1]), _type_of(value)) is None:
            self.findings.error(
                "different-types",
                f"the values of `{name}` are of different kinds",
                place,
                f"this is {told(_type_of(value))}",
                others=[
                    (Place(declared.file, node.editions[0].span), f"this is {told(_type_of(editions[0][1]))}")
                ],
                hint="All values of a parameter are of one kind, so that rules may use whichever is in "
                "force.",
            )
            return False
        return True

    def _codes(self, declared: Declared) -> None:
        node: ast.CodesDecl = declared.node
        exact = {one.first.value for one in node.ranges if one.last is None}
        ranges = []
        for one in node.ranges:
            if one.last is None:
                continue
            first, last = one.first.value, one.last.value
            if not (first.isdigit() and last.isdigit() and len(first) == len(last) and first <= last):
                self.findings.error(
                    "wrong-range",
                    f'"{first}" to "{last}" is not a range of codes',
                    Place(declared.file, one.span),
                    hint='A range goes up, between digits of one length: "001" to "005".',
                )
                continue
            ranges.append((first, last))
        if node.read_from is not None:
            exact |= self._codes_from_file(node, declared)
        name = node.name.text
        self.codes[name] = Codes(name, frozenset(exact), tuple(ranges), title_of(node), place=declared.place)

    def _codes_from_file(self, node: ast.CodesDecl, declared: Declared) -> set[str]:
        assert node.read_from is not None
        place = Place(declared.file, node.read_from.span)
        rows = read_beside(node.read_from.value, place, self.findings)
        column = node.column.value if node.column else "code"
        if not rows:
            return set()
        if column not in rows[0]:
            self.findings.error(
                "file-beside",
                f'"{node.read_from.value}" has no column `{column}`',
                place,
                hint=f'It has {offered(list(rows[0]))}. Say which with `column "…"`.',
            )
            return set()
        return {row[column].strip() for row in rows if row[column] and row[column].strip()}

    def _period(self, declared: Declared) -> None:
        node: ast.PeriodDecl = declared.node
        if node.last < node.first:
            self.findings.error(
                "wrong-range",
                f"the period `{node.name.text}` ends before it begins",
                declared.place,
                hint=f"Both days are in it: `from {node.last} to {node.first}`.",
            )


def title_of(node: Any) -> str | None:
    """Return the title of a declaration, if it has one."""
    return node.title.value if node.title is not None else None


def _edition_value(node: ast.Expr) -> Any:
    match node:
        case ast.DurationLiteral(amount=amount, unit=unit):
            return Duration(amount, unit)
        case ast.Literal(value=Fraction() as number):
            return int(number) if number.denominator == 1 else number
        case ast.Literal(value=value):
            return value
        case _:
            return None


def _type_of(value: Any) -> Type:
    match value:
        case Duration():
            return DURATION
        case bool():
            return YES_NO
        case int():
            return WHOLE
        case Fraction():
            return NUMBER
        case dt.date():
            return DATE
        case _:
            return TEXT
