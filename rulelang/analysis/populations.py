"""Checking limits on a population: for each of what, how many, and which cases are counted."""

from __future__ import annotations

from attrs import define, field

from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings
from rulelang.analysis.kinds import told
from rulelang.analysis.names import Declared
from rulelang.analysis.scope import Scope
from rulelang.model.expressions import Const
from rulelang.model.pack import Item, Limit
from rulelang.model.structure import LimitStructure
from rulelang.outcomes import NoEvidence
from rulelang.syntax import ast
from rulelang.types import YES_NO, AnyType, ListType, OpenNumberType, PartialDateType


@define
class Populations:
    """Checks the limits of one pack; `built` are those that can be checked."""

    checker: Expressions
    findings: Findings
    built: list[Limit] = field(factory=list)

    def check(self, declared: Declared, scope: Scope) -> None:
        """Check one limit."""
        node: ast.LimitDecl = declared.node
        before = len(self.findings.diagnostics)
        name = node.name.text
        for there, example in ((node.each, "for each officer"), (node.most, "at most 25")):
            if there is None:
                self.findings.error(
                    "missing-clause",
                    f"the limit `{name}` does not say {'for each of what' if example[0] == 'f' else 'how many'}",
                    declared.place,
                    hint=f"Add a line such as `{example}`.",
                )
        each = self.checker.check(node.each, scope) if node.each is not None else None
        if each is not None and isinstance(each.type, ListType | PartialDateType | OpenNumberType):
            assert node.each is not None
            self.findings.error(
                "wrong-type",
                f"cases are counted for each value of a field, and `{node.each.text}` is {told(each.type)}",
                scope.place(node.each.span),
                hint="Name a field or a define of the case that has one value.",
            )
        if node.most is not None and node.most.denominator != 1:
            self.findings.error("wrong-score", f"no number of cases is {float(node.most):g}", declared.place)
        counted = (
            self.checker.condition(node.counted, scope) if node.counted is not None else Const(True, YES_NO)
        )
        if any(one.is_error for one in self.findings.diagnostics[before:]):
            return
        if each is None or node.each is None or node.most is None or isinstance(each.type, AnyType):
            return
        title = node.title.value if node.title else name
        source = node.source.value if node.source else None
        structure = LimitStructure(name, title, node.each.text, int(node.most), source)
        item = Item(name, title, met=counted, no_evidence=NoEvidence.UNKNOWN, place=declared.place)
        self.built.append(Limit(item, each, structure, place=declared.place))
