"""Checking examples: a typed case from what an author wrote, and what is expected of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import define

from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant, offered
from rulelang.analysis.names import Declared
from rulelang.analysis.scope import CASE, Scope
from rulelang.diagnostics import or_list
from rulelang.model.pack import Example, Expected, Item
from rulelang.model.records import Field, Record, Schema
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.truth import NA
from rulelang.types import (
    ChoiceType,
    DateTimeType,
    DateType,
    Duration,
    DurationType,
    JudgementType,
    NumberType,
    TextType,
    YesNoType,
)

Given = ast.Literal | ast.DurationLiteral | ast.Ref | ast.OutcomeWords | None
_WRONG = object()


@define
class Examples:
    """Checks the examples of one pack."""

    schema: Schema
    checker: Expressions
    findings: Findings
    items: Mapping[str, Item]
    timescales: Mapping[str, Any]

    def check(self, declared: Declared, scope: Scope) -> Example | None:
        """Return the example, or None where something in it is wrong."""
        node: ast.ExampleDecl = declared.node
        before = len(self.findings.diagnostics)
        place = Place(declared.file, node.title.span)
        case = self._case(node, scope)
        if node.as_at is None:
            self.findings.error(
                "missing-clause", "the example does not say as at which date it is judged", place,
                hint="Add a line such as `as at 2005-03-01`.",
            )
        if not node.expects:
            self.findings.error(
                "missing-clause", "the example expects nothing", place,
                hint="Add a line such as `expect isp is on time`.",
            )
        expects = tuple(one for one in (self._expected(expect, scope) for expect in node.expects) if one is not None)
        if any(one.is_error for one in self.findings.diagnostics[before:]) or node.as_at is None:
            return None
        return Example(node.title.value, case, node.as_at, expects, place=place)

    # --- the case ----------------------------------------------------------------------------------------------

    def _case(self, node: ast.ExampleDecl, scope: Scope) -> dict[str, Any]:
        case = empty_row(self.schema.case)
        for given in node.values:
            one = self._field(self.schema.case, given.field, scope)
            if one is not None:
                self._set(case, one, given.value, scope.place(given.span), scope)
        # The rows a table may hang below: the case, then the last row of each table above it.
        trail: list[tuple[Record, dict[str, Any]]] = [(self.schema.case, case)]
        for table in node.tables:
            trail = self._table(table, trail, scope)
        return case

    def _table(
        self, table: ast.GivenTable, trail: list[tuple[Record, dict[str, Any]]], scope: Scope
    ) -> list[tuple[Record, dict[str, Any]]]:
        for depth in range(len(trail) - 1, -1, -1):
            record, row = trail[depth]
            one = record.by_name.get(table.list.text)
            if one is not None and one.is_list:
                child = self.schema.child(one)
                rows = [self._row(child, table, cells, scope) for cells in table.rows]
                row[one.name].extend(rows)
                return [*trail[: depth + 1], *([(child, rows[-1])] if rows else [])]
        known = [one.name for record, _ in trail for one in record.lists]
        self.findings.error(
            "unknown-name", f"`{table.list.text}` is not a list of the case", scope.place(table.list.span),
            meant(table.list.text, known), hint=f"The lists are {offered(known)}." if known else None,
        )
        return trail

    def _row(self, record: Record, table: ast.GivenTable, cells: tuple[Given, ...], scope: Scope) -> dict[str, Any]:
        row = empty_row(record)
        for column, cell in zip(table.columns, cells, strict=False):
            one = self._field(record, column, scope, quiet=cells is not table.rows[0])
            if one is not None:
                place = scope.place(cell.span) if cell is not None else scope.place(column.span)
                self._set(row, one, cell, place, scope)
        return row

    def _field(self, record: Record, name: ast.Name, scope: Scope, *, quiet: bool = False) -> Field | None:
        one = record.by_name.get(name.text)
        if one is not None:
            return one
        if not quiet:
            spoken = CASE if record is self.schema.case else record.name
            near = meant(name.text, record.by_name)
            self.findings.error(
                "unknown-name", f"`{name.text}` is not a field of `{spoken}`", scope.place(name.span), near,
                hint=None if near else f"`{spoken}` has {offered(record.by_name)}.",
            )
        return None

    def _set(self, row: dict[str, Any], one: Field, given: Given, place: Place, scope: Scope) -> None:
        if one.is_list:
            self.findings.error(
                "wrong-type", f"`{one.name}` is a list: write its rows as a table", place,
                hint=f"For example:\n{one.name}\n  | completed  |\n  | 2004-07-12 |",
            )
            return
        value = typed(one, given)
        if value is _WRONG:
            shown = scope.file.slice(place.span)
            near = meant(shown, one.type.values) if isinstance(one.type, ChoiceType) else ""
            self.findings.error(
                "wrong-type", f"`{one.name}` is {one.type}, and this is not", place, near,
                others=[(one.place, "declared here")],
            )
            return
        row[one.name] = value

    # --- what is expected --------------------------------------------------------------------------------------

    def _expected(self, node: Any, scope: Scope) -> Expected | None:
        place = scope.place(node.span)
        text = scope.file.slice(node.span)
        match node:
            case ast.ExpectOutcome(subject=subject, outcome=outcome):
                return self._outcome(subject, outcome, node, scope, text)
            case ast.ExpectDue(subject=subject, due=due):
                if subject.text in self.timescales:
                    return Expected(subject.text, due=due, text=text, place=place)
                self._unknown_subject(subject, scope, [*self.timescales])
                return None
            case _:
                condition = self.checker.condition(node.condition, scope)
                return Expected(None, condition=condition, text=text, place=place)

    def _outcome(
        self, subject: ast.Ref, outcome: str, node: ast.ExpectOutcome, scope: Scope, text: str
    ) -> Expected | None:
        name = subject.text
        place = scope.place(node.span)
        if name in self.items:
            kind: type[ItemOutcome] | type[TimescaleOutcome] = ItemOutcome
        elif name in self.timescales:
            kind = TimescaleOutcome
        else:
            return self._as_condition(subject, outcome, node, scope, text)
        words = [one.value for one in kind]
        if outcome not in words:
            what = "an item" if kind is ItemOutcome else "a timescale"
            self.findings.error(
                "unknown-outcome", f"`{outcome}` is not an outcome of {what}", scope.place(node.outcome_span),
                meant(outcome, words), hint=f"The outcomes of {what} are {or_list(words)}.",
            )
            return None
        return Expected(name, outcome=kind(outcome), text=text, place=place)

    def _as_condition(
        self, subject: ast.Ref, outcome: str, node: ast.ExpectOutcome, scope: Scope, text: str
    ) -> Expected | None:
        """Read `expect status is closed` as a condition where the name is a field and not an item."""
        if self.checker.paths.find(subject, scope) is None:
            self._unknown_subject(subject, scope, [*self.items, *self.timescales])
            return None
        word = ast.Ref((ast.Name(outcome, span=node.outcome_span),), span=node.outcome_span)
        condition = self.checker.condition(ast.Apply("is", (subject, word), span=node.span), scope)
        return Expected(None, condition=condition, text=text, place=scope.place(node.span))

    def _unknown_subject(self, subject: ast.Ref, scope: Scope, known: list[str]) -> None:
        self.findings.error(
            "unknown-name", f"`{subject.text}` is neither an item nor a timescale", scope.place(subject.span),
            meant(subject.text, known), hint="An item is named with its criterion: `B1.rmp`.",
        )


def empty_row(record: Record) -> dict[str, Any]:
    """Return a row of a record in which everything is missing."""
    return {one.name: [] if one.is_list else None for one in record.fields}


def typed(one: Field, given: Given) -> Any:
    """Return what was given as a value of the field's type, or a mark that it is none."""
    if given is None:
        return None
    match one.type, given:
        case TextType(), ast.Literal(value=str(text)):
            return text
        case TextType(), ast.Ref():
            return given.text
        case YesNoType(), ast.Literal(value=bool(answer)):
            return answer
        case JudgementType(), ast.Literal(value=bool(answer)):
            return answer
        case JudgementType(), ast.OutcomeWords(text="not applicable"):
            return NA
        case NumberType(whole=whole), ast.Literal(value=Fraction() as number):
            if whole:
                return int(number) if number.denominator == 1 else _WRONG
            return number
        case DateTimeType(), ast.Literal(value=dt.datetime() as when):
            return when
        case DateType(), ast.Literal(value=dt.date() as day) if not isinstance(day, dt.datetime):
            return day
        case DurationType(), ast.DurationLiteral(amount=amount, unit=unit):
            return Duration(amount, unit)
        case ChoiceType(values=values), ast.Ref():
            return given.text if given.text in values else _WRONG
        case ChoiceType(values=values), ast.OutcomeWords(text=text):
            folded = text.replace(" ", "_")
            return folded if folded in values else _WRONG
        case _:
            return _WRONG
