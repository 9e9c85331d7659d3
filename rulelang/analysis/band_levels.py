"""Checking bands of a number of the case: the level that it reaches, as one expression."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings
from rulelang.analysis.kinds import fits, told
from rulelang.analysis.names import Declared
from rulelang.analysis.scope import Scope
from rulelang.model.expressions import Call, Choose, Const, Expression
from rulelang.model.records import Choice
from rulelang.operators import Kind
from rulelang.syntax import ast
from rulelang.types import NUMBER, YES_NO, ChoiceType


@frozen
class BandLevels:
    """Makes an expression of each set of bands that is of a number of the case."""

    checker: Expressions
    findings: Findings
    choices: Mapping[str, Choice]

    def build(self, declared: Declared, scope: Scope) -> Expression | None:
        """Return the level that the number reaches, missing where it is; None where something is wrong."""
        node: ast.BandsDecl = declared.node
        assert node.of is not None
        before = len(self.findings.diagnostics)
        value = self.checker.check(node.of, scope)
        if not fits(value.type, Kind.NUMBER):
            self.findings.error(
                "wrong-type",
                f"bands are of a number, and `{scope.file.slice(node.of.span)}` is {told(value.type)}",
                scope.place(node.of.span),
                hint="For example: `bands need of count of visits`.",
            )
        if node.rounded:
            self.findings.error(
                "clauses-clash",
                f"`{node.name.text}` is of a number of the case, which is not rounded",
                declared.place,
                hint="Take out `on rounded scores`: that is for scores, which are shown rounded.",
            )
        self._check_levels(node, scope)
        if any(one.is_error for one in self.findings.diagnostics[before:]):
            return None
        return self._chosen(node, value, declared)

    def _check_levels(self, node: ast.BandsDecl, scope: Scope) -> None:
        seen: dict[object, ast.Band] = {}
        for level in node.levels:
            what = "`otherwise`" if level.at_least is None else f"`at {level.at_least} or more`"
            for key, text in ((level.name.text, f"`{level.name.text}`"), (level.at_least, what)):
                first = seen.setdefault(key, level)
                if first is not level:
                    self.findings.error(
                        "declared-twice",
                        f"{text} stands twice among the levels",
                        scope.place(level.span),
                        "again here",
                        others=[(scope.place(first.span), "first here")],
                    )
        if not node.levels:
            self.findings.error(
                "missing-clause",
                f"the bands `{node.name.text}` have no levels",
                scope.place(node.name.span),
                hint="Add a line for each, such as `high at 5 or more` and `low otherwise`.",
            )

    def _chosen(self, node: ast.BandsDecl, value: Expression, declared: Declared) -> Expression:
        rising = sorted(
            (one for one in node.levels if one.at_least is not None), key=lambda one: one.at_least or 0
        )
        rest = [one for one in node.levels if one.at_least is None]
        type_ = self._type(node.name.text, tuple(one.name.text for one in (*rest, *rising)))
        place = declared.place
        chosen: Expression = Const(rest[0].name.text if rest else None, type_, place=place)
        for one in rising:
            reached = Call("is_at_least", (value, Const(one.at_least, NUMBER)), YES_NO, place=place)
            chosen = Choose(reached, Const(one.name.text, type_, place=place), chosen, type_, place=place)
        return chosen

    def _type(self, name: str, levels: tuple[str, ...]) -> ChoiceType:
        """Return the choice whose values the levels are, else one of their own, the lowest first."""
        alike = (one.type for one in self.choices.values() if set(one.type.values) == set(levels))
        return next(alike, ChoiceType(name, levels, True))
