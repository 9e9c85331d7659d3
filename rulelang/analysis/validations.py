"""Checking validations: of which rows each asks, and that it can be decided from the export alone."""

from __future__ import annotations

from fractions import Fraction

from attrs import define, field

from rulelang.analysis import lists
from rulelang.analysis.defines import Defines
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant, there_are
from rulelang.analysis.names import Declared
from rulelang.analysis.scope import CASE, Scope, step_into
from rulelang.model.expressions import DefineValue, OutcomeIs, Rows, Step, Unique, Var, walk
from rulelang.model.pack import Item, Validation
from rulelang.model.records import Schema
from rulelang.model.structure import Severity, Share, ValidationStructure
from rulelang.outcomes import NoEvidence
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import ListType

SEVERITIES = tuple(one.value for one in Severity)


@define
class Validations:
    """Checks the validations of one pack; `built` are those that can be checked."""

    checker: Expressions
    findings: Findings
    schema: Schema
    defines: Defines
    built: list[Validation] = field(factory=list)

    def check(self, declared: Declared, scope: Scope) -> None:
        """Check one validation."""
        node: ast.ValidationDecl = declared.node
        before = len(self.findings.diagnostics)
        severity = self._severity(node, scope)
        if node.requires is None:
            self.findings.error(
                "missing-clause",
                f"the validation `{node.name.text}` does not say what it requires",
                declared.place,
                hint="Add a line such as `requires ended on or after started`.",
            )
            return
        made = self._whole(node, scope) if node.whole is not None else self._of_rows(node, scope)
        fresh = self.findings.diagnostics[before:]
        if made is None or any(one.is_error for one in fresh):
            return
        item, share = made
        self._decided_by_the_export(item, declared.place)
        self.built.append(
            Validation(
                item,
                ValidationStructure(
                    node.name.text,
                    node.title.value if node.title else node.name.text,
                    severity,
                    item.counted_for.var.record if item.counted_for is not None else self.schema.case.name,
                    node.source.value if node.source else None,
                    share,
                    isinstance(item.met, Unique),
                ),
                place=declared.place,
            )
        )

    def _severity(self, node: ast.ValidationDecl, scope: Scope) -> Severity:
        if node.severity is None:
            return Severity.ERROR
        if node.severity.text in SEVERITIES:
            return Severity(node.severity.text)
        self.findings.error(
            "unknown-value",
            f"`{node.severity.text}` is not a severity",
            scope.place(node.severity.span),
            meant(node.severity.text, SEVERITIES),
            hint="A validation is an `error`, or a `query` that somebody should look into.",
        )
        return Severity.ERROR

    def _item(
        self, node: ast.ValidationDecl, requires: ast.Expr, rows: Rows | None, inner: Scope, outer: Scope
    ) -> Item:
        condition = self.checker.condition
        return Item(
            node.name.text,
            node.title.value if node.title else node.name.text,
            condition(node.applies, inner) if node.applies is not None else None,
            met=condition(requires, inner),
            no_evidence=NoEvidence.UNKNOWN,
            counted_for=rows,
            place=outer.place(node.name.span),
        )

    def _of_rows(self, node: ast.ValidationDecl, scope: Scope) -> tuple[Item, None] | None:
        name = node.record.text if node.record is not None else CASE
        assert node.requires is not None
        if name in (CASE, self.schema.case.name):
            return self._item(node, node.requires, None, scope, scope), None
        steps = self._way_to(name)
        if steps is None:
            assert node.record is not None
            records = [one.name for one in self.schema.records]
            near = meant(name, records)
            self.findings.error(
                "unknown-record",
                f"there is no record `{name}`",
                scope.place(node.record.span),
                near,
                hint=None if near else there_are("records", records),
            )
            return None
        rows = Rows(steps)
        return self._item(node, node.requires, rows, scope.inside(rows), scope), None

    def _way_to(self, record: str) -> tuple[Step, ...] | None:
        """Return the steps from the case down to a record that some list holds."""
        chain: list[tuple[str, str]] = []
        wanted = record
        while wanted != self.schema.case.name:
            found = next(
                (
                    (parent.name, one.name)
                    for parent in self.schema.records
                    for one in parent.lists
                    if isinstance(one.type, ListType) and one.type.record == wanted
                ),
                None,
            )
            if found is None or found in chain:
                return None
            chain.append(found)
            wanted = found[0]
        steps: list[Step] = []
        row = Var(0, self.schema.case.name)
        for _, name in reversed(chain):
            steps.append(step_into(self.schema, row, name, len(steps) + 1))
            row = steps[-1].var
        return tuple(steps)

    def _whole(self, node: ast.ValidationDecl, scope: Scope) -> tuple[Item, Share] | None:
        """Check a share of all rows: a condition on each, counted over the file."""
        requires = node.requires
        if not isinstance(requires, ast.ShareOf):
            assert requires is not None
            self.findings.error(
                "whole-file-share",
                "of the whole file only a share can be required",
                scope.place(requires.span),
                hint="For example: `requires at most 2% of cases have (gender is missing)`.",
            )
            return None
        share = Share(requires.at_least, Fraction(requires.percent) / 100)
        path = requires.selection.path
        if path.text == "cases" and requires.selection.where is None:
            return self._item(node, requires.condition, None, scope, scope), share
        rows = lists.rows_only(self.checker, requires.selection, scope, "of")
        if rows is None:
            return None
        return self._item(node, requires.condition, rows, scope.inside(rows), scope), share

    def _decided_by_the_export(self, item: Item, place: Place) -> None:
        waiting = [one for one in (item.relevant, item.met) if one is not None]
        opened: set[tuple[str, str]] = set()
        while waiting:
            for node in walk(waiting.pop()):
                if isinstance(node, DefineValue) and (node.record, node.name) not in opened:
                    opened.add((node.record, node.name))
                    made = self.defines.find(node.record, node.name)
                    waiting += [made.value] if made is not None else []
                if not isinstance(node, OutcomeIs):
                    continue
                self.findings.error(
                    "outcome-in-validation",
                    f"`{node.timescale}` is judged as at a date, and a validation reads what the export says",
                    node.place or place,
                    hint="Compare the dates themselves, or make an item of it.",
                )
