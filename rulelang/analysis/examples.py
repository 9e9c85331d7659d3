"""Checking examples: a typed case from what an author wrote, and what is expected of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define

from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, did_you_mean_one_of, meant, offered, there_are
from rulelang.analysis.given import HINTS, WRONG, Given, empty_row, plain, typed
from rulelang.analysis.kinds import told
from rulelang.analysis.names import Declared
from rulelang.analysis.scope import CASE, Scope
from rulelang.diagnostics import Fix, and_list
from rulelang.model.pack import Example, Expected, Item
from rulelang.model.ratings import RatingStructure
from rulelang.model.records import Field, Record, Schema
from rulelang.outcomes import ItemOutcome, TimescaleOutcome, Verdict
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import (
    AnyType,
    ChoiceType,
    ListType,
)


@define
class Examples:
    """Checks the examples of one pack."""

    schema: Schema
    checker: Expressions
    findings: Findings
    items: Mapping[str, Item]
    timescales: Mapping[str, Any]
    validations: Mapping[str, Any]
    ratings: Mapping[str, RatingStructure]

    def check(self, declared: Declared, scope: Scope) -> Example | None:
        """Return the example, or None where something in it is wrong."""
        node: ast.ExampleDecl = declared.node
        before = len(self.findings.diagnostics)
        place = Place(declared.file, node.title.span)
        case = self._case(node, scope)
        ratings = self._ratings(node, scope)
        has_case = bool(node.values or node.tables or not node.ratings)
        expects = tuple(
            one for one in (self._expected(expect, scope) for expect in node.expects) if one is not None
        )
        # Ratings alone are of no day.
        of_ratings = not has_case and all(one.rated is not None for one in expects)
        as_at = node.as_at or (dt.date.min if of_ratings else None)
        if as_at is None:
            self.findings.error(
                "missing-clause",
                "the example does not say as at which date it is judged",
                place,
                hint="Add a line such as `as at 2005-03-01`.",
            )
        if not node.expects:
            self.findings.error(
                "missing-clause",
                "the example expects nothing",
                place,
                hint="Add a line such as `expect isp is on time`.",
            )
        if any(one.is_error for one in self.findings.diagnostics[before:]) or as_at is None:
            return None
        return Example(node.title.value, case, as_at, expects, ratings, has_case, place=place)

    def _ratings(self, node: ast.ExampleDecl, scope: Scope) -> dict[str, str]:
        """Return the levels that an example gives to members of ratings, by name."""
        self._check_twice([given.field for given in node.ratings], scope)
        levels = {m.name: one.levels for one in self.ratings.values() for m in one.members}
        levels |= {one.id: one.levels for one in self.ratings.values() if not one.members}
        made = {}
        for given in node.ratings:
            name = given.field.text
            if name not in levels:
                near = meant(name, levels)
                self.findings.error(
                    "rating-member",
                    f"`{name}` is a member of no rating",
                    scope.place(given.field.span),
                    near,
                    hint=None if near else there_are("members", list(levels)),
                )
            elif isinstance(given.value, ast.Ref) and given.value.text in levels[name]:
                made[name] = given.value.text
            elif given.value is not None:
                self._no_level(scope.place(given.value.span), levels[name])
        return made

    def _no_level(self, place: Place, levels: Sequence[str]) -> None:
        near = meant(place.text, levels)
        self.findings.error(
            "unknown-value",
            f"`{place.text}` is not one of the levels",
            place,
            near,
            hint=None if near else f"They are {offered(levels)}.",
        )

    # --- the case -------------------------------------------------------------------------------------------

    def _case(self, node: ast.ExampleDecl, scope: Scope) -> dict[str, Any]:
        case = empty_row(self.schema.case)
        self._check_twice([given.field for given in node.values], scope)
        for given in node.values:
            one = self._field(self.schema.case, given.field, scope)
            if one is not None:
                place = scope.place(given.span if given.value is None else given.value.span)
                self._set(case, one, given.value, place)
        # The rows a table may hang below: the case, then the last row of each table above it.
        trail: list[tuple[Record, dict[str, Any]]] = [(self.schema.case, case)]
        for table in node.tables:
            trail = self._table(table, trail, scope)
        return case

    def _check_twice(self, names: Sequence[ast.Name], scope: Scope) -> None:
        seen: dict[str, ast.Name] = {}
        for name in names:
            first = seen.setdefault(name.text, name)
            if first is not name:
                self.findings.error(
                    "declared-twice",
                    f"`{name.text}` is given twice",
                    scope.place(name.span),
                    "again here",
                    others=[(scope.place(first.span), "first here")],
                )

    def _table(
        self, table: ast.GivenTable, trail: list[tuple[Record, dict[str, Any]]], scope: Scope
    ) -> list[tuple[Record, dict[str, Any]]]:
        for depth in range(len(trail) - 1, -1, -1):
            record, row = trail[depth]
            one = record.by_name.get(table.list.text)
            if one is not None and one.is_list:
                assert isinstance(one.type, ListType)
                if one.type.record not in self.schema.by_name:
                    return trail
                child = self.schema.child(one)
                self._check_twice(table.columns, scope)
                rows = [self._row(child, table, cells, scope) for cells in table.rows]
                row[one.name].extend(rows)
                return [*trail[: depth + 1], *([(child, rows[-1])] if rows else [])]
        known = [one.name for record, _ in trail for one in record.lists]
        near = meant(table.list.text, known)
        self.findings.error(
            "unknown-name",
            f"`{table.list.text}` is not a list of the case",
            scope.place(table.list.span),
            near,
            hint=None if near else there_are("lists", known),
        )
        return trail

    def _row(
        self, record: Record, table: ast.GivenTable, cells: tuple[Given, ...], scope: Scope
    ) -> dict[str, Any]:
        row = empty_row(record)
        for column, cell in zip(table.columns, cells, strict=False):
            one = self._field(record, column, scope, quiet=cells is not table.rows[0])
            if one is not None:
                place = scope.place(cell.span) if cell is not None else scope.place(column.span)
                self._set(row, one, cell, place)
        return row

    def _field(self, record: Record, name: ast.Name, scope: Scope, *, quiet: bool = False) -> Field | None:
        one = record.by_name.get(name.text)
        if one is not None:
            return one
        if not quiet:
            spoken = CASE if record is self.schema.case else record.name
            near = meant(name.text, record.by_name)
            self.findings.error(
                "unknown-name",
                f"`{name.text}` is not a field of `{spoken}`",
                scope.place(name.span),
                near,
                hint=None if near else f"`{spoken}` has {offered(record.by_name)}.",
            )
        return None

    def _set(self, row: dict[str, Any], one: Field, given: Given, place: Place) -> None:
        if one.is_list:
            self.findings.error(
                "wrong-type",
                f"`{one.name}` is a list: write its rows as a table",
                place,
                hint=f"For example:\n{one.name}\n  | completed  |\n  | 2004-07-12 |",
            )
            return
        value = typed(one, given)
        if value is WRONG:
            self._misfit(one, given, place)
            return
        row[one.name] = value

    def _misfit(self, one: Field, given: Given, place: Place) -> None:
        if isinstance(one.type, AnyType):
            return
        shown = place.text
        declared = [(one.place, "declared here")]
        unquoted = plain(one, given, self.checker)
        if unquoted is not None:
            self.findings.error(
                "wrong-type",
                f"`{one.name}` is {told(one.type)}, and `{shown}` is a text",
                place,
                others=declared,
                hint=f"Write it without quotes: `{unquoted}`.",
                fix=Fix(place, unquoted),
            )
        elif isinstance(one.type, ChoiceType) and not isinstance(given, ast.Literal):
            near = meant(shown, one.type.values)
            self.findings.error(
                "unknown-value",
                f"`{shown}` is not a value of `{one.name}`",
                place,
                near,
                others=declared,
                hint=None if near else f"Its values are {offered(one.type.values)}.",
            )
        else:
            self.findings.error(
                "wrong-type",
                f"`{one.name}` is {told(one.type)}, and `{shown}` is not",
                place,
                others=declared,
                hint=HINTS.get(type(one.type)),
            )

    # --- what is expected -----------------------------------------------------------------------------------

    def _expected(self, node: Any, scope: Scope) -> Expected | None:
        place = scope.place(node.span)
        text = scope.file.slice(node.span)
        match node:
            case ast.ExpectOutcome(subject=subject, outcome=outcome):
                return self._outcome(subject, outcome, node, scope, text)
            case ast.ExpectValidation(subject=name, outcome=words):
                return self._validated(name, words, text, place, scope)
            case ast.ExpectDue(subject=subject, due=due):
                if subject.text in self.timescales:
                    return Expected(subject.text, due=due, text=text, place=place)
                self._no_due_date(subject, scope)
                return None
            case ast.ExpectCondition(
                condition=ast.Apply("is", (ast.Ref() as subject, ast.Ref() as word))
            ) if subject.text in self.ratings:
                rating = self.ratings[subject.text]
                if word.text not in rating.levels:
                    self._no_level(scope.place(word.span), rating.levels)
                return Expected(subject.text, rated=word.text, text=text, place=place)
            case ast.ExpectCondition(condition=ast.Apply("is_missing", (ast.Ref() as subject,))) if (
                subject.text in self.ratings
            ):
                return Expected(subject.text, rated="", text=text, place=place)
            case ast.ExpectCondition(
                condition=ast.Apply("is", (ast.Ref() as subject, ast.Ref() as word))
            ) if subject.text in self.items:
                said = ast.ExpectOutcome(subject, word.text, outcome_span=word.span, span=node.span)
                return self._outcome(subject, word.text, said, scope, text)
            case _:
                condition = self.checker.condition(node.condition, scope)
                return Expected(None, condition=condition, text=text, place=place)

    def _validated(
        self, name: ast.Name, words: str, text: str, place: Place, scope: Scope
    ) -> Expected | None:
        declared = self.validations.get(name.text)
        if declared is not None and declared.node.whole is not None:
            self.findings.error(
                "whole-file-share",
                f"`{name.text}` is of the whole file, and an example is one case",
                scope.place(name.span),
                others=[(declared.place, "declared here")],
                hint="Take this line out: an export shows what a share comes to.",
            )
            return None
        if declared is not None:
            return Expected(name.text, validated=Verdict(words), text=text, place=place)
        near = meant(name.text, self.validations)
        self.findings.error(
            "unknown-name",
            f"there is no validation `{name.text}`",
            scope.place(name.span),
            near,
            hint=None if near else there_are("validations", self.validations),
        )
        return None

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
            near = meant(outcome.replace("_", " "), words)
            self.findings.error(
                "unknown-outcome",
                self._misnamed(name, outcome, kind),
                scope.place(node.outcome_span),
                near,
                hint=None if near else f"The outcomes of {what} are {and_list(words)}.",
            )
            return None
        return Expected(name, outcome=kind(outcome), text=text, place=place)

    def _misnamed(self, name: str, outcome: str, kind: type[ItemOutcome] | type[TimescaleOutcome]) -> str:
        what, other = ("an item", "a timescale") if kind is ItemOutcome else ("a timescale", "an item")
        of_other = {one.value for one in (TimescaleOutcome if kind is ItemOutcome else ItemOutcome)}
        if outcome in of_other:
            return f"`{outcome}` is an outcome of {other}, and `{name}` is {what}"
        return f"`{outcome}` is not an outcome of {what}"

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

    def _no_due_date(self, subject: ast.Ref, scope: Scope) -> None:
        item = self.items.get(subject.text)
        if item is None:
            self._unknown_subject(subject, scope, [*self.timescales])
            return
        self.findings.error(
            "item-has-no-date",
            f"`{subject.text}` is an item, and only a timescale has a due date",
            scope.place(subject.span),
            hint=f"Name the timescale: `expect {item.timescale} is due on …`." if item.timescale else None,
        )

    def _unknown_subject(self, subject: ast.Ref, scope: Scope, known: list[str]) -> None:
        whole = [id_ for id_ in self.items if id_.rpartition(".")[2] == subject.text]
        near = did_you_mean_one_of(tuple(whole[:2])) or meant(subject.text, known)
        self.findings.error(
            "unknown-name",
            f"`{subject.text}` is neither an item nor a timescale",
            scope.place(subject.span),
            near,
            hint=None if near or whole else _subject_hint(self.items, self.timescales),
        )


def _subject_hint(items: Mapping[str, Item], timescales: Mapping[str, Any]) -> str:
    examples = [*list(items)[:1], *list(timescales)[:1]]
    return "An item is named with its criterion" + (f": {and_list(examples)}." if examples else ".")
