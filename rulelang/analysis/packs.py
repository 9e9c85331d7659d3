"""Checking a whole pack, in the order in which its declarations need one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from attrs import define, field

from rulelang.analysis.calendars import Calendars, read_beside
from rulelang.analysis.circles import Circles, Owner
from rulelang.analysis.examples import Examples
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, offered
from rulelang.analysis.items import Items
from rulelang.analysis.kinds import common
from rulelang.analysis.names import Declared, Names, collect
from rulelang.analysis.paths import Paths
from rulelang.analysis.records import BASIC, Records
from rulelang.analysis.scope import CASE, Scope
from rulelang.analysis.timescales import Timescales
from rulelang.calendars.counting import zone_named
from rulelang.diagnostics import Diagnostic
from rulelang.model.expressions import Expression, Var
from rulelang.model.pack import Codes, Define, Pack, Parameter, Timescale
from rulelang.model.records import Reading, Schema
from rulelang.model.structure import PackStructure, TimescaleStructure
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import ast
from rulelang.types import ANY, DATE, DURATION, NUMBER, TEXT, WHOLE, YES_NO, Duration, Type


def check_pack(modules: Sequence[ast.Module]) -> tuple[Pack | None, tuple[Diagnostic, ...]]:
    """Check all files of a pack (and of the packs it uses) as one; return it, or None where it cannot be judged by."""
    checker = PackChecker(tuple(modules))
    pack = checker.check()
    return (None if checker.findings.has_errors else pack), tuple(checker.findings.diagnostics)


@define
class PackChecker:
    """Holds what is known of a pack while it is checked."""

    modules: tuple[ast.Module, ...]
    findings: Findings = field(factory=Findings)
    names: Names = field(factory=Names)
    parameters: dict[str, Parameter] = field(factory=dict)
    codes: dict[str, Codes] = field(factory=dict)
    defines: dict[tuple[str, str], Define | None] = field(factory=dict)
    timescales: dict[str, Timescale | None] = field(factory=dict)
    circles: Circles = field(factory=Circles)
    schema: Schema | None = None
    expressions: Expressions | None = None
    calendar: str | None = None

    def check(self) -> Pack | None:
        """Check everything, in order; return None where there is no case record to check against."""
        self.names = collect(self.modules, self.findings)
        declared = self._pack_declared()
        if declared is None:
            return None
        node: ast.PackDecl = declared.node
        calendars = Calendars(self.names, self.findings)
        calendars.build_declared()
        self.calendar = self._default_calendar(declared, calendars)
        self.schema = Records(self.names, self.findings).build(self._reading(declared))
        if self.schema is None:
            self._no_record(declared)
            return None
        self._check_parameters()
        self._check_codes()
        paths = Paths(self.schema, self.findings, self.define_of, self._defined)
        self.expressions = Expressions(self.names, paths, self.findings, self.parameters, self.codes, self._asks)
        for record, name in self._all_defines():
            self.define_of(record, name)
        self._check_timescales(calendars)
        root = self._root(declared.file)
        items = Items(self.names, self.expressions, self.findings, self.timescales, node.no_evidence)
        sections = items.sections(root)
        inspected = self._inspected()
        self.circles.report(self.findings)
        by_id = {item.id: item for item in items.items}
        examples = Examples(self.schema, self.expressions, self.findings, by_id, self.timescales)
        checked = tuple(examples.check(one, self._root(one.file)) for one in self.names.examples)
        structure = PackStructure(
            node.name.text,
            node.version.value if node.version else "",
            node.title.value if node.title else node.name.text,
            node.source.value if node.source else None,
            sections,
            tuple(TimescaleStructure(t.name, t.title, t.source) for t in self.timescales.values() if t),
        )
        return Pack(
            structure,
            self.schema,
            calendars.built,
            self.calendar,
            tuple(self.parameters.values()),
            tuple(self.codes.values()),
            tuple(one for one in self.defines.values() if one is not None),
            tuple(one for one in self.timescales.values() if one is not None),
            tuple(items.items),
            tuple(one for one in checked if one is not None),
            inspected,
        )

    def expression(self, node: ast.Expr, file: SourceFile, calendar: str | None = None) -> Expression:
        """Check an expression on the case, after the pack: what is wrong joins the findings."""
        assert self.expressions is not None
        return self.expressions.check(node, self.expressions.at(self._root(file), calendar or self.calendar))

    # --- the pack itself ---------------------------------------------------------------------------------------

    def _pack_declared(self) -> Declared | None:
        if self.names.packs:
            first, *rest = self.names.packs
            for again in rest:
                self.findings.error(
                    "declared-twice", "the rules declare two packs", again.place, "the second",
                    others=[(first.place, "the first")], hint="One pack is one set of rules. Keep one of the lines.",
                )
            return first
        first_file = self.modules[0].file
        self.findings.error(
            "no-pack", "the rules do not say which pack they are", Place(first_file, Span(0, 0)),
            hint='Begin with a line such as `pack my_standards version "1" "Our standards"`.',
        )
        return None

    def _no_record(self, declared: Declared) -> None:
        if not self.names.kind("record"):
            self.findings.error(
                "no-case-record", "the pack declares no record, so there is no case to judge", declared.place,
                hint='Add one, such as `record case read from "cases"` with its fields below.',
            )

    def _reading(self, declared: Declared) -> Reading:
        node: ast.PackDecl = declared.node
        order = None if node.date_order is None else node.date_order is ast.DateOrder.DAY_FIRST
        zone = node.time_zone.value if node.time_zone else None
        if zone is not None and node.time_zone is not None:
            try:
                zone_named(zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                self.findings.error(
                    "unknown-time-zone", f'"{zone}" is not a time zone', Place(declared.file, node.time_zone.span),
                    hint='Time zones are named by a region and a city: "Europe/London".',
                )
                zone = None
        return Reading(order, tuple(text.value for text in node.missing), zone)

    def _default_calendar(self, declared: Declared, calendars: Calendars) -> str | None:
        name: ast.Name | None = declared.node.calendar
        if name is None:
            return None
        calendars.find(name.text, Place(declared.file, name.span))
        return name.text

    def _root(self, file: Any) -> Scope:
        assert self.schema is not None
        return Scope(file, (Var(0, self.schema.case.name),), self.calendar)

    # --- values with names -------------------------------------------------------------------------------------

    def _check_parameters(self) -> None:
        for name, declared in self.names.kind("parameter").items():
            node: ast.ParameterDecl = declared.node
            if node.given is not None:
                self.parameters[name] = Parameter(name, BASIC[node.given], title=_title(node), place=declared.place)
                continue
            editions = self._editions(node, declared)
            if editions:
                kind: Type = _type_of(editions[0][1])
                for _, value in editions[1:]:
                    kind = common(kind, _type_of(value)) or kind
                source = node.source.value if node.source else None
                self.parameters[name] = Parameter(
                    name, kind, tuple(editions), _title(node), source, place=declared.place
                )

    def _editions(self, node: ast.ParameterDecl, declared: Declared) -> list[tuple[dt.date, Any]]:
        editions: list[tuple[dt.date, Any]] = []
        seen: dict[dt.date, ast.Edition] = {}
        for edition in node.editions:
            place = Place(declared.file, edition.span)
            value = _edition_value(edition.value)
            if value is None:
                self.findings.error(
                    "wrong-type", "the value of a parameter is a length of time, a number, a date, a text, yes or no",
                    place,
                )
                continue
            if edition.since in seen:
                self.findings.error(
                    "declared-twice", f"two values of `{node.name.text}` are in force from {edition.since}", place,
                    "again here", others=[(Place(declared.file, seen[edition.since].span), "first here")],
                )
                continue
            if editions and common(_type_of(editions[0][1]), _type_of(value)) is None:
                self.findings.error(
                    "different-types",
                    f"the values of `{node.name.text}` are of different kinds: one is {_type_of(editions[0][1])}, "
                    f"this is {_type_of(value)}",
                    place,
                )
                continue
            seen[edition.since] = edition
            editions.append((edition.since, value))
        if not node.editions:
            self.findings.error(
                "missing-clause", f"the parameter `{node.name.text}` has no value", declared.place,
                hint="Add a line such as `16 weeks from 2000-04-01`.",
            )
        return sorted(editions, key=lambda one: one[0])

    def _check_codes(self) -> None:
        for name, declared in self.names.kind("codes").items():
            node: ast.CodesDecl = declared.node
            exact = {one.first.value for one in node.ranges if one.last is None}
            ranges = []
            for one in node.ranges:
                if one.last is None:
                    continue
                first, last = one.first.value, one.last.value
                if not (first.isdigit() and last.isdigit() and len(first) == len(last) and first <= last):
                    self.findings.error(
                        "wrong-range", f'"{first}" to "{last}" is not a range of codes',
                        Place(declared.file, one.span),
                        hint='A range goes up between digits of one length: "001" to "005".',
                    )
                    continue
                ranges.append((first, last))
            if node.read_from is not None:
                exact |= self._codes_from_file(node, declared)
            self.codes[name] = Codes(name, frozenset(exact), tuple(ranges), _title(node), place=declared.place)
        for declared in self.names.kind("period").values():
            self._check_period(declared)

    def _codes_from_file(self, node: ast.CodesDecl, declared: Declared) -> set[str]:
        assert node.read_from is not None
        place = Place(declared.file, node.read_from.span)
        rows = read_beside(node.read_from.value, place, self.findings)
        column = node.column.value if node.column else "code"
        if not rows:
            return set()
        if column not in rows[0]:
            self.findings.error(
                "file-beside", f'"{node.read_from.value}" has no column `{column}`', place,
                hint=f"Its columns are {offered(list(rows[0]))}.",
            )
            return set()
        return {row[column].strip() for row in rows if row[column] and row[column].strip()}

    def _check_period(self, declared: Declared) -> None:
        node: ast.PeriodDecl = declared.node
        if node.last < node.first:
            self.findings.error(
                "wrong-range", f"the period `{node.name.text}` ends before it begins", declared.place,
                hint="Both days are in it: `from 2022-04-01 to 2023-03-31`.",
            )

    # --- defines -----------------------------------------------------------------------------------------------

    def _defined(self, record: str) -> Iterable[str]:
        return [name for owner, name in self._all_defines() if owner == record]

    def _all_defines(self) -> list[tuple[str, str]]:
        assert self.schema is not None
        case = self.schema.case.name
        pairs = []
        for one in self.names.defines:
            owner = one.node.record.text if one.node.record else case
            pairs.append((case if owner == CASE else owner, one.node.name.text))
        return pairs

    def define_of(self, record: str, name: str) -> Define | None:
        """Return a define, checked now if it was not before; None where it is wrong or goes in a circle."""
        key = (record, name)
        if key in self.defines:
            one = self.defines[key]
            self.circles.asked(("define", *key))
            return one
        found = [
            declared
            for declared, pair in zip(self.names.defines, self._all_defines(), strict=True)
            if pair == key
        ]
        if not found:
            return None
        self.circles.asked(("define", *key))
        self.defines[key] = None
        self._define_once(key, found)
        return self.defines[key]

    def _define_once(self, key: tuple[str, str], found: list[Declared]) -> None:
        assert self.schema is not None and self.expressions is not None
        record, name = key
        declared = found[0]
        for again in found[1:]:
            self.findings.error(
                "declared-twice", f"`{name}` is defined twice", again.place, "again here",
                others=[(declared.place, "first here")],
            )
        if record not in self.schema.by_name:
            place = Place(declared.file, declared.node.record.span)
            self.findings.error(
                "unknown-record", f"there is no record `{record}`", place,
                hint=f"The records are {offered(self.schema.by_name)}.",
            )
            return
        self._check_shadow(record, name, declared)
        root = self._root(declared.file)
        scope = root if record == self.schema.case.name else self._scope_in(record, declared)
        with self.circles.within(("define", record, name), declared.place):
            value = self.expressions.check(declared.node.value, scope)
        if value.type == ANY:
            return
        self.defines[key] = Define(name, record, value, _title(declared.node), place=declared.place)

    def _check_shadow(self, record: str, name: str, declared: Declared) -> None:
        assert self.schema is not None
        field_ = self.schema.by_name[record].by_name.get(name)
        if field_ is not None:
            self.findings.error(
                "declared-twice", f"`{name}` is both a field and a define", declared.place, "defined here",
                others=[(field_.place, "the field")], hint="Give the define another name.",
            )

    def _scope_in(self, record: str, declared: Declared) -> Scope:
        """Return the scope of a define on a child row: the row and its parents up to the case."""
        assert self.schema is not None
        chain = [record]
        while chain[-1] != self.schema.case.name:
            parents = [
                one.name
                for one in self.schema.records
                if any(str(f.type) == f"a list of `{chain[-1]}`" for f in one.lists)
            ]
            if not parents or parents[0] in chain:
                break
            chain.append(parents[0])
        depth = len(chain) - 1
        return Scope(declared.file, tuple(Var(depth - i, name) for i, name in enumerate(chain)), self.calendar)

    # --- timescales --------------------------------------------------------------------------------------------

    def _asks(self, name: str, place: Place) -> None:
        self.circles.asked(("timescale", "", name))

    def _check_timescales(self, calendars: Calendars) -> None:
        assert self.expressions is not None
        checker = Timescales(self.expressions, self.findings)
        for name, declared in self.names.kind("timescale").items():
            node: ast.TimescaleDecl = declared.node
            scope = self._root(declared.file)
            if node.calendar is not None:
                calendars.find(node.calendar.text, Place(declared.file, node.calendar.span))
                scope = self.expressions.at(scope, node.calendar.text)
            owner: Owner = ("timescale", "", name)
            with self.circles.within(owner, declared.place):
                self.timescales[name] = checker.check(declared, scope)

    def _inspected(self) -> Any:
        assert self.schema is not None and self.expressions is not None
        for name, declared in self.names.kind("record").items():
            node: ast.RecordDecl = declared.node
            if node.inspected is None:
                continue
            if name != self.schema.case.name:
                self.findings.error(
                    "clauses-clash", "`inspected when` belongs to the record of the case",
                    Place(declared.file, node.inspected.span), others=[(self.schema.case.place, "the case")],
                )
                continue
            return self.expressions.condition(node.inspected, self._root(declared.file))
        return None


def _title(node: Any) -> str | None:
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


