"""Amendments: rules of used packs with what a directive says otherwise, written out and read again as a whole.

So all that is checked and told of an amended rule is told of its text as it then stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
from attrs import define, field

from rulelang.analysis.findings import Findings, meant, there_are
from rulelang.source import Place, SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_module
from rulelang.syntax.printing import print_module

Rule = ast.TimescaleDecl | ast.ItemDecl | ast.CriterionDecl | ast.ParameterDecl | ast.ValidationDecl
# A rule by what it is and how it is named after its pack: an item has its criterion before it.
Key = tuple[type, tuple[str, ...]]
_CALLED = {
    ast.TimescaleDecl: "a time limit",
    ast.ItemDecl: "an item",
    ast.CriterionDecl: "a criterion",
    ast.ParameterDecl: "a parameter",
    ast.ValidationDecl: "a validation",
}


@define
class Amending:
    """Amends the rules of used packs. `owners` are the packs that files belong to; amended texts join them."""

    findings: Findings
    owners: Mapping[str, str]
    _said: dict[tuple[str, Key, str], Place] = field(factory=dict)

    def amended(self, modules: Sequence[ast.Module]) -> tuple[ast.Module, ...]:
        """Return the modules with all amendments made; what is wrong with one is reported, and it is not made."""
        wanted: dict[tuple[str, Key], list[tuple[ast.AmendDecl, SourceFile]]] = {}
        for module in modules:
            for node in module.declarations:
                if isinstance(node, ast.AmendDecl):
                    key = self._target(node, module.file, modules)
                    if key is not None:
                        wanted.setdefault(key, []).append((node, module.file))
        return tuple(self._rewritten(module, wanted) for module in modules) if wanted else tuple(modules)

    # --- what is amended --------------------------------------------------------------------------------------

    def _target(
        self, node: ast.AmendDecl, file: SourceFile, modules: Sequence[ast.Module]
    ) -> tuple[str, Key] | None:
        names = [one.text for one in node.target.names]
        place = Place(file, node.target.span)
        pack, key = names[0], tuple(names[1:])
        used = sorted(set(self.owners.values()))
        if pack not in used:
            near = meant(pack, used)
            self.findings.error(
                "unknown-pack",
                f"`{pack}` is not a pack that these rules use",
                place,
                near,
                hint=None
                if near
                else "Say `uses national_standards` in the pack, and amend its rules by "
                "`amend national_standards.isp`; rules of one's own are changed where they stand.",
            )
            return None
        rules = list(self._rules(pack, modules))
        named = [(one, rule) for one, rule in rules if one[1] == key]
        if not named:
            known = [".".join((pack, *names)) for (_, names), _ in rules]
            near = meant(node.target.text, known)
            self.findings.error(
                "unknown-name",
                f"`{pack}` has no rule `{'.'.join(key)}` that can be amended",
                place,
                near,
                hint=None if near else there_are("rules", known),
            )
            return None
        # A name is free for each kind of thing: the lines say which is meant.
        fitting = [
            one for one in named if all(_is_line_of(one[1], change) for change in node.changes)
        ] or named
        if len(fitting) > 1 and fitting[0][0] == fitting[1][0]:
            self.findings.error(
                "not-yet-supported",
                f"`{node.target.text}` has several editions, and this version cannot amend one of them yet",
                place,
                hint="Amend it where it stands, with an edition that is in force from the day of the amendment.",
            )
            return None
        kind, rule = fitting[0]
        return (pack, kind) if self._is_sound(node, rule, file, (pack, kind)) else None

    def _rules(self, pack: str, modules: Sequence[ast.Module]) -> Iterator[tuple[Key, Rule]]:
        for module in modules:
            if self.owners.get(module.file.name) != pack:
                continue
            for node in module.declarations:
                if isinstance(node, Rule):
                    yield (type(node), (node.name.text,)), node
                if isinstance(node, ast.CriterionDecl):
                    for item in node.items:
                        yield (ast.ItemDecl, (node.name.text, item.name.text)), item

    def _is_sound(self, node: ast.AmendDecl, rule: Rule, file: SourceFile, key: tuple[str, Key]) -> bool:
        before = len(self.findings.diagnostics)
        place = Place(file, node.target.span)
        if node.source is None:
            self.findings.error(
                "missing-clause",
                f"it is not said by what `{node.target.text}` is amended",
                place,
                hint='Add a line such as `source "Circular 25/2004"`: it is shown wherever the rule is.',
            )
        if not node.changes:
            self.findings.error(
                "missing-clause",
                f"it is not said what of `{node.target.text}` is otherwise",
                place,
                hint="Add the lines that it is to have, such as `within 10 working days`.",
            )
        for change in node.changes:
            where = Place(file, change.span)
            if not _is_line_of(rule, change):
                self.findings.error("misplaced-clause", f"this is no line of {_CALLED[type(rule)]}", where)
            first = self._said.setdefault((*key, change.part), where)
            if first is not where:
                self.findings.error(
                    "declared-twice",
                    "this is amended twice",
                    where,
                    "again here",
                    others=[(first, "first here")],
                    hint="Keep the amendment that is in force.",
                )
        return not any(one.is_error for one in self.findings.diagnostics[before:])

    # --- the rules as they then stand -------------------------------------------------------------------------

    def _rewritten(
        self, module: ast.Module, wanted: Mapping[tuple[str, Key], list[tuple[ast.AmendDecl, SourceFile]]]
    ) -> ast.Module:
        pack = self.owners.get(module.file.name)
        changes = {key: found for (owner, key), found in wanted.items() if owner == pack}
        if pack is None or not changes:
            return module
        # The examples of a pack are of its rules as they stood.
        module = attrs.evolve(
            module,
            declarations=tuple(one for one in module.declarations if not isinstance(one, ast.ExampleDecl)),
        )
        declarations = tuple(_changed(node, changes) for node in module.declarations)
        if declarations == module.declarations:
            return module
        by = sorted({file.name for found in changes.values() for _, file in found})
        text = print_module(attrs.evolve(module, declarations=declarations))
        file = SourceFile(f"{module.file.name}, as amended in {', '.join(by)}", text)
        self.owners = {**self.owners, file.name: pack}
        made, mistakes = parse_module(file)
        self.findings.diagnostics += mistakes
        return made


def _changed(
    node: ast.Declaration, changes: Mapping[Key, list[tuple[ast.AmendDecl, SourceFile]]]
) -> ast.Declaration:
    if isinstance(node, ast.CriterionDecl):
        criterion = node.name.text
        items = tuple(
            _with(item, changes.get((ast.ItemDecl, (criterion, item.name.text)), [])) for item in node.items
        )
        node = attrs.evolve(node, items=items)
    return _with(node, changes.get((type(node), (node.name.text,)), [])) if isinstance(node, Rule) else node


def _is_line_of(rule: Rule, change: ast.Change) -> bool:
    """Say whether a change is of a line that such a rule may have."""
    if change.part == "requires":
        return isinstance(
            rule, ast.CriterionDecl if isinstance(change.value, Fraction) else ast.ValidationDecl
        )
    return change.part in {one.name for one in attrs.fields(type(rule))}


def _with(rule: Any, found: Sequence[tuple[ast.AmendDecl, SourceFile]]) -> Any:
    """Return a rule with its amendments; its title and its source say by what it is amended."""
    for node, _ in found:
        by = node.source.value if node.source is not None else ""
        changed = {one.part: one.value for one in node.changes}
        said: ast.Text | None = changed.pop("title", rule.title)
        if "editions" in changed:
            changed["editions"] = _since(rule.editions, changed["editions"])
        title = said.value if said is not None else rule.name.text
        source = f"{rule.source.value}; amended by {by}" if rule.source is not None else f"Amended by {by}"
        rule = attrs.evolve(
            rule,
            title=ast.Text(f"{title} (amended by {by})"),
            source=ast.Text(source),
            **changed,
        )
    return rule


def _since(before: Sequence[ast.Edition], now: Sequence[ast.Edition]) -> tuple[ast.Edition, ...]:
    """Return the editions of a parameter: those of the amendment from its first day on, until then the old ones."""
    first = min(one.since for one in now)
    return (*(one for one in before if one.since < first), *now)
