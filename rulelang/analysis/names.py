"""Which names a pack declares, kind by kind, and that none is declared twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field, frozen

from rulelang.analysis.findings import Findings
from rulelang.source import Place, SourceFile
from rulelang.syntax import ast


@frozen
class Declared:
    """A declaration and the file it stands in."""

    file: SourceFile
    node: Any

    @property
    def place(self) -> Place:
        return Place(self.file, self.node.name.span)


KINDS: tuple[tuple[type, str], ...] = (
    (ast.ChoiceDecl, "choice"),
    (ast.RecordDecl, "record"),
    (ast.CalendarDecl, "calendar"),
    (ast.ParameterDecl, "parameter"),
    (ast.CodesDecl, "codes"),
    (ast.PeriodDecl, "period"),
    (ast.CheckDecl, "check"),
    (ast.TimescaleDecl, "timescale"),
    (ast.SectionDecl, "section"),
    (ast.CriterionDecl, "criterion"),
    (ast.BandsDecl, "bands"),
    (ast.RatingDecl, "rating"),
    (ast.ValidationDecl, "validation"),
    (ast.DecisionDecl, "decision"),
    (ast.LimitDecl, "limit"),
)


@define
class Names:
    """Every declaration of a pack by kind and name; `packs`, `defines` and `examples` in order."""

    by_kind: dict[str, dict[str, Declared]] = field(factory=lambda: {word: {} for _, word in KINDS})
    packs: list[Declared] = field(factory=list)
    defines: list[Declared] = field(factory=list)
    examples: list[Declared] = field(factory=list)
    # Records that add to one of a pack that is used, and, once they are settled, those that add to each record.
    additions: list[Declared] = field(factory=list)
    parts: dict[str, list[Declared]] = field(factory=dict)
    # The records among them that add to nothing.
    homeless: set[str] = field(factory=set)
    # What bears a name for the second time: to be checked, but never meant.
    again: list[Declared] = field(factory=list)
    # Sections and the criteria under them, as written: (section or None, criterion or None).
    outline: list[tuple[Declared | None, Declared | None]] = field(factory=list)

    def is_judged(self, name: str) -> bool:
        """Say whether this is the id of an item, a criterion or a section."""
        return self.judged_as(name) is not None

    def judged_as(self, name: str) -> str | None:
        """Return what a message calls the item, criterion or section of an id; None where there is none."""
        id_, _, item = name.partition(".")
        criterion = self.by_kind["criterion"].get(id_)
        if criterion is not None and item:
            return "an item" if any(one.name.text == item for one in criterion.node.items) else None
        if criterion is not None:
            return "a criterion"
        return "a section" if name in self.by_kind["section"] else None

    def parts_of(self, record: str) -> tuple[Declared, ...]:
        """Return the declarations that make a record: the first, then those that add to it."""
        return (self.by_kind["record"][record], *self.parts.get(record, ()))

    def kind(self, word: str) -> Mapping[str, Declared]:
        return self.by_kind[word]


_TWO_EDITIONS = (
    "Give one of them another name, or take one out. Editions of one rule stand in one file, and each says\n"
    "when it is `in force`."
)
_TWO_RECORDS = (
    "Give one of them another name, or take one out. To add fields to a record of a pack that is used,\n"
    "write `adds to` and the name of that pack below the record."
)


def collect(modules: Iterable[ast.Module], findings: Findings) -> Names:
    """Gather the declarations of all files of a pack; a name declared twice is reported with both places."""
    names = Names()
    for module in modules:
        section: Declared | None = None
        for node in module.declarations:
            declared = Declared(module.file, node)
            match node:
                case ast.AmendDecl():
                    continue  # made already
                case ast.PackDecl():
                    names.packs.append(declared)
                case ast.DefineDecl():
                    names.defines.append(declared)
                case ast.ExampleDecl():
                    names.examples.append(declared)
                case ast.RecordDecl(adds_to=ast.Name()):
                    names.additions.append(declared)
                case _:
                    fresh = _add(names, declared, findings)
                    if isinstance(node, ast.SectionDecl):
                        section = declared
                        if fresh:
                            names.outline.append((section, None))
                    elif isinstance(node, ast.CriterionDecl):
                        names.outline.append((section, declared))
                    if not fresh and isinstance(node, ast.RecordDecl):
                        # The rest is checked as if it added to the first.
                        names.parts.setdefault(node.name.text, []).append(declared)
                    elif not fresh:
                        names.again.append(declared)
    return names


def _hint_of_two(word: str, first: Declared, again: Declared) -> str:
    if word == "record" and first.file is not again.file:
        return _TWO_RECORDS
    if getattr(first.node, "in_force", None) or getattr(again.node, "in_force", None):
        return _TWO_EDITIONS
    return "Give one of them another name, or take one out."


def _add(names: Names, declared: Declared, findings: Findings) -> bool:
    word = next(word for kind, word in KINDS if isinstance(declared.node, kind))
    known = names.by_kind[word]
    name = declared.node.name.text
    first = known.get(name)
    if first is None:
        known[name] = declared
        return True
    findings.error(
        "declared-twice",
        f"the {word} `{name}` is declared twice",
        declared.place,
        "declared here again",
        others=[(first.place, "first declared here")],
        hint=_hint_of_two(word, first, declared),
    )
    return False
