"""Checking a whole pack, in the order in which its declarations need one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfoNotFoundError

from attrs import define, field

from rulelang.analysis import suspicions
from rulelang.analysis.additions import Adding, last_of
from rulelang.analysis.amending import Amending
from rulelang.analysis.band_levels import BandLevels
from rulelang.analysis.calendars import Calendars
from rulelang.analysis.circles import Circles, Owner
from rulelang.analysis.decisions import Decisions
from rulelang.analysis.declared_values import DeclaredValues
from rulelang.analysis.defines import Defines
from rulelang.analysis.editions import joined
from rulelang.analysis.examples import Examples
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant
from rulelang.analysis.in_force import spelled_out
from rulelang.analysis.items import Items
from rulelang.analysis.names import Declared, Names, collect
from rulelang.analysis.paths import Paths
from rulelang.analysis.populations import Populations
from rulelang.analysis.ratings import Ratings
from rulelang.analysis.records import Records
from rulelang.analysis.scope import Scope
from rulelang.analysis.timescales import Timescales
from rulelang.analysis.unread import without_echoes
from rulelang.analysis.validations import Validations
from rulelang.calendars.counting import zone_named
from rulelang.diagnostics import Diagnostic
from rulelang.model.expressions import Expression, Var
from rulelang.model.pack import Pack, Timescale
from rulelang.model.records import Reading, Schema
from rulelang.model.structure import PackStructure, SectionStructure, TimescaleStructure
from rulelang.outcomes import NoEvidence
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import ast


def check_pack(modules: Sequence[ast.Module]) -> tuple[Pack | None, tuple[Diagnostic, ...]]:
    """Check all files of a pack, and of the packs it uses, as one.

    The pack is None where it cannot be judged by.
    """
    checker = PackChecker(tuple(modules))
    pack = checker.check()
    return (None if checker.findings.has_errors else pack), tuple(checker.findings.diagnostics)


@define
class PackChecker:
    """Holds what is known of a pack while it is checked, and after it for expressions given later."""

    modules: tuple[ast.Module, ...]
    # Of the files of packs that are used: the name of the pack each belongs to.
    owners: Mapping[str, str] = field(factory=dict)
    findings: Findings = field(factory=Findings)
    names: Names = field(factory=Names)
    expressions: Expressions | None = None
    root: Scope | None = None
    circles: Circles = field(factory=Circles)
    timescales: dict[str, Timescale | None] = field(factory=dict)
    calendar: str | None = None
    main: ast.PackDecl | None = None

    def check(self) -> Pack | None:
        """Check everything; return None where there is no record to check against."""
        pack = self._checked()
        self.findings.diagnostics[:] = without_echoes(self.findings.diagnostics, self.modules)
        return pack

    def expression(self, node: ast.Expr, file: SourceFile, calendar: str | None = None) -> Expression:
        """Check an expression on the case, after the pack: what is wrong joins the findings."""
        assert self.expressions is not None
        assert self.root is not None
        scope = self.expressions.at(self._in(file), calendar or self.root.calendar)
        return self.expressions.check(node, scope)

    def _checked(self) -> Pack | None:
        self.names = self._collected()
        declared = self._pack_declared()
        node: ast.PackDecl = declared.node
        self.main = node
        calendars = Calendars(self.names, self.findings)
        calendars.build_declared()
        self.calendar = self._default_calendar(declared, calendars)
        for one in self.names.packs:
            if one is not declared:
                self._default_calendar(one, calendars)
        values = DeclaredValues(self.names, self.findings)
        values.build()
        Adding(self.names, self.findings, self.owners, node.name.text).settle()
        records = Records(self.names, self.findings)
        schema = records.build(self._reading(declared))
        if schema is None:
            self._no_record(declared)
            return None
        defines = Defines(self.names, self.findings, schema, self.circles, self._calendar_of)
        paths = Paths(schema, self.findings, defines.find, defines.of_record)
        expressions = Expressions(
            self.names, paths, self.findings, values.parameters, values.codes, self._asks
        )
        defines.expressions = self.expressions = expressions
        defines.decide = Decisions(expressions, self.findings, records.choices).build
        defines.rate = BandLevels(expressions, self.findings, records.choices).build
        for record, name in defines.all():
            defines.find(record, name)
        self.root = Scope(declared.file, (Var(0, schema.case.name),), self.calendar)
        self._check_timescales(calendars, expressions)
        items = Items(self.names, expressions, self.findings, self.timescales, self._no_evidence_of)
        sections = items.sections(self._in)
        inspected = self._inspected(expressions, schema)
        validations = self._validations(expressions, schema, defines)
        populations = self._populations(expressions)
        ratings = self._ratings(expressions, records, items, sections)
        self.circles.report(self.findings)
        by_id = {item.id: item for item in items.items}
        names = self.names.kind("validation")
        examples = Examples(schema, expressions, self.findings, by_id, self.timescales, names, ratings.built)
        checked = [examples.check(one, self._in(one.file)) for one in self.names.examples]
        pack = Pack(
            _structure(node, sections, self.timescales, validations, ratings, populations),
            schema,
            calendars.built,
            self.calendar,
            tuple(values.parameters.values()),
            tuple(values.codes.values()),
            tuple(one for one in defines.built.values() if one is not None),
            tuple(one for one in self.timescales.values() if one is not None),
            tuple(items.items),
            tuple(one for one in checked if one is not None),
            inspected,
            tuple(validations.built),
            tuple(ratings.asked),
            tuple(populations.built),
        )
        suspicions.look_over(pack, self.names, self.findings, self.owners)
        return pack

    def _validations(self, expressions: Expressions, schema: Schema, defines: Defines) -> Validations:
        made = Validations(expressions, self.findings, schema, defines)
        for one in self.names.kind("validation").values():
            made.check(one, self._in(one.file))
        return made

    def _populations(self, expressions: Expressions) -> Populations:
        made = Populations(expressions, self.findings)
        for one in self.names.kind("limit").values():
            made.check(one, self._in(one.file))
        return made

    def _ratings(
        self, expressions: Expressions, records: Records, items: Items, sections: tuple[SectionStructure, ...]
    ) -> Ratings:
        criteria = {one.id: one for section in sections for one in section.criteria}
        made = Ratings(
            self.names, expressions, self.findings, criteria, items.bands, records.choices, self._in
        )
        made.check()
        return made

    def _collected(self) -> Names:
        """Gather what is declared, once rules are amended and their times spelled out."""
        amending = Amending(self.findings, self.owners)
        modules = amending.amended(self.modules)
        self.owners = amending.owners
        return collect(spelled_out(joined(modules, self.findings), self.findings), self.findings)

    # --- the pack itself ------------------------------------------------------------------------------------

    def _pack_declared(self) -> Declared:
        """Return the pack; where none is declared, report it and go on with an empty one."""
        used = {uses.pack.text for one in self.names.packs for uses in one.node.uses}
        mains = [one for one in self.names.packs if one.node.name.text not in used] or self.names.packs[:1]
        for one in self.names.packs:
            self._check_uses(one)
        if mains:
            first, *rest = mains
            for again in rest:
                self.findings.error(
                    "declared-twice",
                    "the rules declare two packs",
                    again.place,
                    "the second",
                    others=[(first.place, "the first")],
                    hint="Files checked together are one pack. Keep one of the lines.",
                )
            return first
        file = self.modules[0].file if self.modules else SourceFile("rules", "")
        self.findings.error(
            "no-pack",
            "the rules do not say which pack they are",
            Place(file, Span(0, 0)),
            hint='Begin with a line such as `pack our_standards version "1" "Our standards"`.',
        )
        return Declared(file, ast.PackDecl(ast.Name("rules")))

    def _check_uses(self, declared: Declared) -> None:
        there = {one.node.name.text: one for one in self.names.packs}
        for uses in declared.node.uses:
            place = Place(declared.file, uses.pack.span)
            used = there.get(uses.pack.text)
            if used is None:
                self.findings.error(
                    "unknown-pack",
                    f"the pack `{uses.pack.text}` was not found",
                    place,
                    meant(uses.pack.text, there.keys() - {declared.node.name.text}),
                    hint=f"It is looked for beside these rules, as {uses.pack.text}.rules or a folder "
                    f"{uses.pack.text}, and among the shipped packs.",
                )
            elif uses.version is not None and used.node.version != uses.version:
                has = f'version "{used.node.version.value}"' if used.node.version else "no version"
                self.findings.error(
                    "other-version",
                    f'version "{uses.version.value}" of `{uses.pack.text}` is asked for, and the one found has {has}',
                    Place(declared.file, uses.version.span),
                    others=[(used.place, "the pack found")],
                    hint="Name the version that these rules were written for, and look at what has changed.",
                )

    def _no_record(self, declared: Declared) -> None:
        self.findings.error(
            "no-case-record",
            "the pack declares no record, so there is no case to judge",
            declared.place,
            hint='Add one, such as `record case read from "cases"`, with its fields below.',
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
                    "unknown-time-zone",
                    f'"{zone}" is not a time zone',
                    Place(declared.file, node.time_zone.span),
                    hint='Time zones are named by a region and a city: "Europe/London".',
                )
                zone = None
        return Reading(order, tuple(text.value for text in node.missing), zone)

    def _default_calendar(self, declared: Declared, calendars: Calendars) -> str | None:
        name: ast.Name | None = declared.node.calendar
        if not self.names.packs:
            return ""  # it might have named one
        if name is None:
            return None
        calendars.find(name.text, Place(declared.file, name.span))
        return name.text

    # --- what a file has from its own pack -------------------------------------------------------------------

    def _owner(self, file: SourceFile) -> ast.PackDecl | None:
        name = self.owners.get(file.name)
        return next((one.node for one in self.names.packs if one.node.name.text == name), None)

    def _calendar_of(self, file: SourceFile) -> str | None:
        """Return the calendar of the pack that a file belongs to, or that of the pack that is judged by."""
        owner = self._owner(file)
        return owner.calendar.text if owner is not None and owner.calendar is not None else self.calendar

    def _no_evidence_of(self, file: SourceFile) -> NoEvidence | None:
        """Return what no evidence counts as in the pack that a file belongs to."""
        owner = self._owner(file) or self.main
        return owner.no_evidence if owner is not None else None

    def _in(self, file: SourceFile) -> Scope:
        assert self.root is not None
        return Scope(file, self.root.rows, self._calendar_of(file))

    # --- timescales, and what is inspected ------------------------------------------------------------------

    def _asks(self, name: str, _: Place) -> None:
        self.circles.asked(("timescale", "", name))

    def _check_timescales(self, calendars: Calendars, expressions: Expressions) -> None:
        checker = Timescales(expressions, self.findings)
        twice = [one for one in self.names.again if isinstance(one.node, ast.TimescaleDecl)]
        for declared in [*self.names.kind("timescale").values(), *twice]:
            node: ast.TimescaleDecl = declared.node
            scope = self._in(declared.file)
            if node.calendar is not None:
                calendars.find(node.calendar.text, Place(declared.file, node.calendar.span))
                scope = expressions.at(scope, node.calendar.text)
            owner: Owner = ("timescale", "", node.name.text)
            with self.circles.within(owner, declared.place):
                self.timescales.setdefault(node.name.text, checker.check(declared, scope))

    def _inspected(self, expressions: Expressions, schema: Schema) -> Expression | None:
        found = None
        for name in self.names.kind("record"):
            declared = last_of(self.names.parts_of(name), "inspected")
            if declared is None:
                continue
            node: ast.RecordDecl = declared.node
            assert node.inspected is not None
            if name == schema.case.name:
                found = expressions.condition(node.inspected, self._in(declared.file))
                continue
            self.findings.error(
                "clauses-clash",
                f"`inspected when` chooses cases, and `{name}` is not the record of the case",
                Place(declared.file, node.inspected.span),
                others=[(schema.case.place, "the case")],
                hint=f"Move the line to the end of `{schema.case.name}`; "
                "rows of a list are chosen with `where`, wherever the list stands.",
            )
        return found


def _structure(
    node: ast.PackDecl,
    sections: tuple[SectionStructure, ...],
    timescales: dict[str, Timescale | None],
    validations: Validations,
    ratings: Ratings,
    populations: Populations,
) -> PackStructure:
    return PackStructure(
        node.name.text,
        node.version.value if node.version else "",
        node.title.value if node.title else node.name.text,
        node.source.value if node.source else None,
        sections,
        tuple(TimescaleStructure(t.name, t.title, t.source) for t in timescales.values() if t),
        tuple(one.structure for one in validations.built),
        tuple(ratings.built.values()),
        tuple(one.structure for one in populations.built),
    )
