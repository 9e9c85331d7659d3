"""Checking sections, criteria, items and bands: what is judged, and the skeleton that scoring knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from attrs import define, field

from rulelang.analysis import lists
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant, there_are
from rulelang.analysis.names import Declared, Names
from rulelang.analysis.scope import Scope
from rulelang.model.expressions import Rows
from rulelang.model.pack import Item, Timescale
from rulelang.model.structure import (
    FINDING_FIELDS,
    BandLevel,
    Bands,
    CriterionStructure,
    ItemStructure,
    SectionStructure,
)
from rulelang.outcomes import NoEvidence
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import ast

# The scope of a condition in a file.
ScopeOf = Callable[[SourceFile], Scope]


@define
class Items:
    """Checks the outline of one pack and gathers its items."""

    names: Names
    checker: Expressions
    findings: Findings
    timescales: Mapping[str, Timescale | None]
    # What no evidence counts as in the pack of a file.
    no_evidence: Callable[[SourceFile], NoEvidence | None]
    bands: dict[str, Bands] = field(factory=dict)
    items: list[Item] = field(factory=list)

    def sections(self, scope_of: ScopeOf) -> tuple[SectionStructure, ...]:
        """Check all sections; criteria before the first section make one of their own without a title."""
        for declared in self.names.kind("bands").values():
            if declared.node.of is not None:
                continue  # of a number of the case, and so a define
            self.bands[declared.node.name.text] = self._bands(declared)
        by_section: dict[str, tuple[Declared | None, list[Declared]]] = {}
        for section, criterion in self.names.outline:
            key = section.node.name.text if section else ""
            _, criteria = by_section.setdefault(key, (section, []))
            if criterion is not None:
                criteria.append(criterion)
        return tuple(self._section(section, criteria, scope_of) for section, criteria in by_section.values())

    def _section(
        self, section: Declared | None, criteria: list[Declared], scope_of: ScopeOf
    ) -> SectionStructure:
        if section is None:
            return SectionStructure("", "", tuple(self._criterion(one, None, scope_of) for one in criteria))
        node: ast.SectionDecl = section.node
        return SectionStructure(
            node.name.text,
            _text(node.title) or node.name.text,
            tuple(self._criterion(one, node, scope_of) for one in criteria),
            _text(node.describes),
            _text(node.source),
        )

    def _criterion(
        self, declared: Declared, section: ast.SectionDecl | None, scope_of: ScopeOf
    ) -> CriterionStructure:
        node: ast.CriterionDecl = declared.node
        scope = scope_of(declared.file)
        nearest = (
            node.no_evidence or (section.no_evidence if section else None) or self.no_evidence(declared.file)
        )
        seen: dict[str, ast.Name] = {}
        items = []
        for item in node.items:
            if item.name.text in seen:
                self.findings.error(
                    "declared-twice",
                    f"the item `{node.name.text}.{item.name.text}` is declared twice",
                    scope.place(item.name.span),
                    "again here",
                    others=[(scope.place(seen[item.name.text].span), "first here")],
                )
            seen.setdefault(item.name.text, item.name)
            items.append(self._item(item, node, nearest, scope))
        self._check_criterion(node, scope)
        return CriterionStructure(
            node.name.text,
            _text(node.title) or node.name.text,
            tuple(items),
            node.scheme or ast.Scheme.MEAN,
            _text(node.describes),
            _text(node.source),
            self._rated_by(node, scope),
            _text(node.not_scored),
            node.requires,
        )

    def _check_criterion(self, node: ast.CriterionDecl, scope: Scope) -> None:
        if not node.items and node.not_scored is None:
            self.findings.error(
                "empty-criterion",
                f"the criterion `{node.name.text}` has no items",
                scope.place(node.name.span),
                hint='Add an `item`, or say why it is `not scored "…"`.',
            )
        if node.not_scored is not None and node.requires is not None:
            self.findings.error(
                "clauses-clash",
                f"`{node.name.text}` is not scored, so no score can be required of it",
                scope.place(node.not_scored.span),
                hint="Take out `requires …`, or `not scored …`.",
            )
        if node.requires is not None and not 0 <= node.requires <= 100:
            self.findings.error(
                "wrong-score",
                f"no score is {float(node.requires):g}: scores lie between 0 and 100",
                scope.place(node.name.span),
            )

    def _rated_by(self, node: ast.CriterionDecl, scope: Scope) -> Bands | None:
        if node.rated_by is None:
            return None
        bands = self.bands.get(node.rated_by.text)
        if bands is None:
            near = meant(node.rated_by.text, self.bands)
            self.findings.error(
                "unknown-bands",
                f"there are no bands `{node.rated_by.text}`",
                scope.place(node.rated_by.span),
                near,
                hint=None if near else there_are("bands", self.bands, "Declare them with `bands`."),
            )
        return bands

    def _item(
        self, node: ast.ItemDecl, criterion: ast.CriterionDecl, nearest: NoEvidence | None, scope: Scope
    ) -> ItemStructure:
        id_ = f"{criterion.name.text}.{node.name.text}"
        place = scope.place(node.name.span)
        rows = self._counted(node, scope)
        inner = (
            scope.inside(rows)
            if rows is not None
            else scope
            if node.counted_for is None
            else scope.in_doubt()
        )
        if node.timescale is None and node.met is None:
            self.findings.error(
                "missing-clause",
                f"the item `{id_}` does not say when it is met",
                place,
                hint="Add `met when …` or `timescale …`, or both.",
            )
        condition = self.checker.condition
        self.items.append(
            Item(
                id_,
                _text(node.title) or node.name.text,
                condition(node.relevant, inner) if node.relevant else None,
                self._timescale(node, id_, rows, scope),
                condition(node.met, inner) if node.met else None,
                node.no_evidence or nearest or NoEvidence.UNKNOWN,
                condition(node.no_evidence_when, inner) if node.no_evidence_when else None,
                condition(node.excused, inner) if node.excused else None,
                rows,
                place=place,
            )
        )
        self._check_finding(node, scope)
        if node.weight is not None and node.weight <= 0:
            self.findings.error(
                "wrong-weight",
                f"the weight of `{id_}` must be more than 0",
                place,
                hint="To show an item without counting it, write `reported only`.",
            )
        return ItemStructure(
            id_,
            _text(node.title) or node.name.text,
            node.weight if node.weight is not None and node.weight > 0 else Fraction(1),
            node.reported_only,
            _text(node.finding),
            _text(node.source),
            node.counted_for.path.text if node.counted_for else None,
        )

    def _counted(self, node: ast.ItemDecl, scope: Scope) -> Rows | None:
        if node.counted_for is None:
            return None
        return lists.rows_only(self.checker, node.counted_for, scope, "counted once for each of")

    def _timescale(self, node: ast.ItemDecl, id_: str, rows: Rows | None, scope: Scope) -> str | None:
        if node.timescale is None:
            return None
        name, place = node.timescale.text, scope.place(node.timescale.span)
        if name not in self.timescales:
            near = meant(name, self.timescales)
            self.findings.error(
                "unknown-timescale",
                f"there is no timescale `{name}`",
                place,
                near,
                hint=None
                if near
                else there_are("timescales", self.timescales, "Declare it with `timescale`."),
            )
            return None
        timescale = self.timescales[name]
        if timescale is not None and rows is not None and timescale.clock_for != rows:
            rows_text = node.counted_for.path.text if node.counted_for else ""
            self.findings.error(
                "clauses-clash",
                f"`{id_}` is counted once for each of `{rows_text}`, and `{name}` does not have one "
                "clock for each of them",
                place,
                others=[(timescale.place, "this timescale")],
                hint=f"Add `one clock for each of {rows_text}` to it, or take another timescale."
                if timescale.clock_for is None
                else "Both must name the same list, with the same `where`.",
            )
        return name

    def _check_finding(self, node: ast.ItemDecl, scope: Scope) -> None:
        if node.finding is None:
            return
        for word in re.findall(r"\{([^{}]*)\}", node.finding.value):
            if word not in FINDING_FIELDS:
                self.findings.error(
                    "unknown-placeholder",
                    f"nothing is known that could be put for `{{{word}}}`",
                    _within(scope.place(node.finding.span), f"{{{word}}}"),
                    meant(word, FINDING_FIELDS),
                    hint="In a finding `{score}`, `{met}`, `{not_met}` and `{relevant}` are filled in.",
                )

    def _check_levels(self, declared: Declared) -> None:
        node: ast.BandsDecl = declared.node
        seen: dict[Fraction | None, ast.Band] = {}
        named: dict[str, ast.Band] = {}
        for level in node.levels:
            first = named.setdefault(level.name.text, level)
            if first is not level:
                self.findings.error(
                    "declared-twice",
                    f"`{level.name.text}` stands twice among the levels",
                    Place(declared.file, level.name.span),
                    "again here",
                    others=[(Place(declared.file, first.name.span), "first here")],
                )
            if level.at_least is not None and not 0 <= level.at_least <= 100:
                self.findings.error(
                    "wrong-score",
                    f"no score is {float(level.at_least):g}: scores lie between 0 and 100",
                    Place(declared.file, level.span),
                )
            if level.at_least in seen:
                what = "otherwise" if level.at_least is None else f"at {level.at_least} or more"
                self.findings.error(
                    "declared-twice",
                    f"two levels stand for `{what}`",
                    Place(declared.file, level.span),
                    "again here",
                    others=[(Place(declared.file, seen[level.at_least].span), "first here")],
                )
            seen.setdefault(level.at_least, level)

    def _bands(self, declared: Declared) -> Bands:
        node: ast.BandsDecl = declared.node
        self._check_levels(declared)
        levels = [BandLevel(level.name.text, level.at_least) for level in node.levels]
        scored = sorted(
            (level for level in levels if level.at_least is not None),
            key=lambda level: level.at_least or 0,
            reverse=True,
        )
        rest = [level for level in levels if level.at_least is None]
        return Bands(node.name.text, tuple(scored + rest[:1]), node.rounded, _text(node.title))


def _text(text: ast.Text | None) -> str | None:
    return text.value if text is not None else None


def _within(place: Place, words: str) -> Place:
    """Return the place of some words inside a text."""
    at = place.text.find(words)
    start = place.span.start + max(at, 0)
    return Place(place.file, Span(start, start + len(words))) if at >= 0 else place
