"""From reductions to AST: declarations, their clauses in any order, each at most once unless it repeats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import attrs

from rulelang.diagnostics import did_you_mean, or_list
from rulelang.outcomes import NoEvidence, TimescaleOutcome
from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building import ExpressionBuilder, name_of, span_of, unquoted
from rulelang.syntax.machine import Action
from rulelang.syntax.rows import row_cells
from rulelang.syntax.tables import Table
from rulelang.syntax.tokens import Token

# Clauses that may stand more than once; their attribute holds all of them.
MANY = frozenset(
    [
        "uses",
        "missing",
        "field",
        "bases",
        "closed",
        "open",
        "edition",
        "limits",
        "phases",
        "restarts",
        "pauses",
        "items",
        "levels",
        "cases",
        "expects",
    ]
)
ITEM_WORDS = ("met", "excused", "unknown", "late", "overdue")


@attrs.define
class Clause:
    """A clause on its way into its declaration: the attribute it sets, its value, where it and its words stand."""

    attribute: str
    value: Any
    span: Span
    words: Span


def text_of(token: Token) -> ast.Text:
    """Return the text of a token."""
    return ast.Text(unquoted(token), span=token.span)


def _texts(children: Sequence[Any]) -> tuple[ast.Text, ...]:
    return tuple(text_of(c) for c in children if type(c) is Token and c.type == "STRING")


def _names(children: Sequence[Any]) -> tuple[ast.Name, ...]:
    return tuple(name_of(c) for c in children if type(c) is Token and c.type == "NAME")


def _tokens(children: Sequence[Any], *types: str) -> list[Token]:
    return [c for c in children if type(c) is Token and c.type in types]


class Builder(ExpressionBuilder):
    """Builds declarations; a method a rule."""

    # --- what many declarations have

    def _clause(self, attribute: str, children: Sequence[Any], value: Any) -> Clause:
        return Clause(attribute, value, span_of(children), children[0].span)

    def _collect(self, children: Sequence[Any]) -> dict[str, Any]:
        """Return the attributes that the clauses among the children set; say where one stands twice."""
        found: dict[str, Any] = {}
        first: dict[str, Clause] = {}
        for child in children:
            if type(child) is not Clause:
                continue
            if child.attribute in MANY:
                values = child.value if isinstance(child.value, tuple) else (child.value,)
                found[child.attribute] = found.get(child.attribute, ()) + values
            elif child.attribute in first:
                self._repeated(first[child.attribute], child)
            else:
                first[child.attribute] = child
                found[child.attribute] = child.value
        return found

    def _repeated(self, first: Clause, second: Clause) -> None:
        words = " ".join(self.file.slice(second.words).split())
        what = "the title" if words.startswith('"') else f"`{words}`"
        self.complain(
            "repeated-clause",
            f"{what} stands here a second time",
            second.words,
            others=[(first.words, "the first is here")],
            hint="Keep the one that holds, and delete the other.",
        )

    def title(self, children: list[Token]) -> Clause:
        return self._clause("title", children, text_of(children[0]))

    def source(self, children: list[Token]) -> Clause:
        return self._clause("source", children, text_of(children[1]))

    def describes(self, children: list[Token]) -> Clause:
        return self._clause("describes", children, text_of(children[1]))

    def no_evidence(self, children: list[Token]) -> Clause:
        words = " ".join(children[1].text.split())
        known = [value.value for value in NoEvidence]
        if words in known:
            return self._clause("no_evidence", children, NoEvidence(words))
        near = did_you_mean(words, known, limit=1)
        self.complain(
            "no-evidence-value",
            f"no evidence cannot count as `{words}`",
            children[1].span,
            hint=f"It counts as {or_list(known)}." + (f" Did you mean `{near[0]}`?" if near else ""),
            replacement=near[0] if near else None,
        )
        return self._clause("no_evidence", children, NoEvidence.UNKNOWN)

    def calendar_named(self, children: list[Token]) -> Clause:
        return self._clause("calendar", children, name_of(children[1]))

    # --- pack

    def pack(self, children: list[Any]) -> ast.PackDecl:
        return ast.PackDecl(name_of(children[1]), span=span_of(children), **self._collect(children))

    def pack_version(self, children: list[Token]) -> Clause:
        return self._clause("version", children, text_of(children[1]))

    def time_zone(self, children: list[Token]) -> Clause:
        return self._clause("time_zone", children, text_of(children[1]))

    def date_order(self, children: list[Token]) -> Clause:
        order = ast.DateOrder.DAY_FIRST if "DAY" in children[0].type else ast.DateOrder.MONTH_FIRST
        return self._clause("date_order", children, order)

    def missing_written(self, children: list[Token]) -> Clause:
        return self._clause("missing", children, _texts(children))

    def uses(self, children: list[Token]) -> Clause:
        version = text_of(children[3]) if len(children) > 3 else None
        return self._clause("uses", children, ast.Uses(name_of(children[1]), version, span=span_of(children)))

    # --- what the export holds

    def choice(self, children: list[Any]) -> ast.ChoiceDecl:
        values = tuple(child for child in children if isinstance(child, ast.ChoiceValue))
        return ast.ChoiceDecl(
            name_of(children[1]),
            values,
            ordered=bool(_tokens(children, "IN_ORDER")),
            span=span_of(children),
            **self._collect(children),
        )

    def choice_value(self, children: list[Token]) -> ast.ChoiceValue:
        return ast.ChoiceValue(name_of(children[0]), _texts(children), span=span_of(children))

    def record(self, children: list[Any]) -> ast.RecordDecl:
        clauses = self._collect(children)
        fields = clauses.pop("field", ())
        return ast.RecordDecl(name_of(children[1]), fields, span=span_of(children), **clauses)

    def read_from(self, children: list[Token]) -> Clause:
        return self._clause("read_from", children, text_of(children[1]))

    def dated(self, children: list[Token]) -> Clause:
        return self._clause("dated", children, name_of(children[1]))

    def inspected(self, children: list[Any]) -> Clause:
        return self._clause("inspected", children, children[1])

    def field(self, children: list[Any]) -> Clause:
        marks = {"KEY": "key", "OPTIONAL": "optional", "PLANNED": "planned"}
        name, (type_, type_span), *rest = children
        parts = [
            Clause(marks[child.type], True, child.span, child.span) if type(child) is Token else child
            for child in rest
        ]
        span = Span(name.start, parts[-1].span.end if parts else type_span.end)
        made = ast.FieldDecl(name_of(name), type_, type_span=type_span, span=span, **self._collect(parts))
        return Clause("field", made, span, name.span)

    def field_column(self, children: list[Token]) -> Clause:
        return self._clause("column", children, text_of(children[1]))

    def basic_type(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        return ast.BasicType(" ".join(children[0].text.split())), children[0].span

    def choice_named(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        name = name_of(children[0])
        return ast.ChoiceRef(name, span=name.span), name.span

    def inline_choice(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        span = span_of(children)
        return ast.InlineChoice(_names(children), span=span), span

    def list_of(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        record, *by = _names(children)
        span = span_of(children)
        return ast.ListOf(record, by[0] if by else None, span=span), span

    def calendar(self, children: list[Any]) -> ast.CalendarDecl:
        return ast.CalendarDecl(name_of(children[1]), span=span_of(children), **self._collect(children))

    def weekend(self, children: list[Token]) -> Clause:
        return self._clause("weekend", children, _names(children))

    def holidays_of(self, children: list[Token]) -> Clause:
        named = _tokens(children, "NAME", "STRING")
        bases = tuple(text_of(token) if token.type == "STRING" else name_of(token) for token in named)
        return self._clause("bases", children, bases)

    def holidays_read(self, children: list[Token]) -> Clause:
        return self._clause("read_from", children, text_of(children[1]))

    def closed(self, children: list[Any]) -> Clause:
        return self._clause("closed", children, tuple(c for c in children if isinstance(c, ast.DateTitle)))

    def opened(self, children: list[Any]) -> Clause:
        return self._clause("open", children, tuple(c for c in children if isinstance(c, ast.DateTitle)))

    def date_title(self, children: list[Token]) -> ast.DateTitle:
        title = text_of(children[1]) if len(children) > 1 else None
        return ast.DateTitle(self.date(children[0]), title, span=span_of(children))

    def covers(self, children: list[Token]) -> Clause:
        return self._clause("covers", children, self._dates(children))

    def _dates(self, children: Sequence[Any]) -> tuple[dt.date, dt.date]:
        first, last = (token for token in _tokens(children, "DATE"))
        return self.date(first), self.date(last)

    def codes(self, children: list[Any]) -> ast.CodesDecl:
        ranges = tuple(child for child in children if isinstance(child, ast.CodeRange))
        return ast.CodesDecl(name_of(children[1]), ranges, span=span_of(children), **self._collect(children))

    def code_range(self, children: list[Token]) -> ast.CodeRange:
        first, *last = _texts(children)
        return ast.CodeRange(first, last[0] if last else None, span=span_of(children))

    def period(self, children: list[Any]) -> ast.PeriodDecl:
        first, last = self._dates(children)
        return ast.PeriodDecl(
            name_of(children[1]), first, last, span=span_of(children), **self._collect(children)
        )

    # --- values

    def parameter(self, children: list[Any]) -> ast.ParameterDecl:
        clauses = self._collect(children)
        editions = clauses.pop("edition", ())
        return ast.ParameterDecl(name_of(children[1]), editions, span=span_of(children), **clauses)

    def edition(self, children: list[Any]) -> Clause:
        made = ast.Edition(children[0], self.date(children[2]), span=span_of(children))
        return self._clause("edition", children, made)

    def given_type(self, children: list[Token]) -> Clause:
        words = " ".join(children[0].text.split()[:-1])
        return self._clause("given", children, ast.BasicType(words))

    def define(self, children: list[Any]) -> ast.DefineDecl:
        names = _names(children)
        at = next(i for i, child in enumerate(children) if type(child) is Token and child.type == "AS")
        record = names[1] if len(names) > 1 else None
        return ast.DefineDecl(
            names[0], children[at + 1], record, span=span_of(children), **self._collect(children)
        )

    # --- time limits

    def timescale(self, children: list[Any]) -> ast.TimescaleDecl:
        return ast.TimescaleDecl(name_of(children[1]), span=span_of(children), **self._collect(children))

    def applies(self, children: list[Any]) -> Clause:
        return self._clause("applies", children, children[1])

    def clock_for(self, children: list[Any]) -> Clause:
        return self._clause("clock_for", children, children[1])

    def start(self, children: list[Any]) -> Clause:
        counted = children[0].type == "BEGINNING_WITH"
        return self._clause("start", children, ast.Start(children[1], counted, span=span_of(children)))

    def event(self, children: list[Any]) -> Clause:
        return self._clause("event", children, children[1])

    def limit(self, children: list[Any]) -> Clause:
        condition = children[3] if len(children) > 3 else None
        otherwise = len(children) == 3
        self._expect_unit(children)
        made = ast.Limit(children[1], condition, otherwise, span=span_of(children))
        return self._clause("limits", children, made)

    def _expect_unit(self, children: list[Any]) -> None:
        words, length = children[:2]
        if isinstance(length, ast.Literal) and isinstance(length.value, Fraction):
            self.complain(
                "missing-unit",
                f"I got as far as `{words.text} {length.value}`; then I expected a unit of time",
                length.span,
                hint=f"It is written like this: `{words.text} {length.value} working days`",
            )

    def target(self, children: list[Any]) -> Clause:
        return self._clause("target", children, children[1])

    def every(self, children: list[Any]) -> Clause:
        self._expect_unit(children)
        return self._clause("every", children, children[1])

    def phase(self, children: list[Token]) -> Clause:
        number, period, *length = _tokens(children, "NUMBER", "UNIT", "DURATION")
        made = ast.Phase(
            int(self._whole(number)),
            self.duration(period),
            self.duration(length[0]) if length else None,
            span=span_of(children),
        )
        return self._clause("phases", children, made)

    def restarts(self, children: list[Any]) -> Clause:
        return self._clause("restarts", children, children[1])

    def pause(self, children: list[Any]) -> Clause:
        return self._clause("pauses", children, ast.Pause(children[1], children[3], span=span_of(children)))

    def until(self, children: list[Any]) -> Clause:
        return self._clause("until", children, children[1])

    def _whole(self, token: Token) -> Fraction:
        number = Fraction(token.text)
        if number.denominator != 1 or number == 0 or len(token.text) > 9:
            hint = "Write `1`, `2` and so on."
            self.complain("no-such-count", f"`{token.text}` is no number of times", token.span, hint=hint)
            return Fraction(1)
        return number

    # --- what is inspected

    def section(self, children: list[Any]) -> ast.SectionDecl:
        return ast.SectionDecl(name_of(children[1]), span=span_of(children), **self._collect(children))

    def criterion(self, children: list[Any]) -> ast.CriterionDecl:
        items = tuple(child for child in children if isinstance(child, ast.ItemDecl))
        return ast.CriterionDecl(
            name_of(children[1]), items, span=span_of(children), **self._collect(children)
        )

    def scheme(self, children: list[Token]) -> Clause:
        words = {"SCORE_MEAN_OF_ITEMS": ast.Scheme.MEAN, "SCORE_LOWEST_OF_ITEMS": ast.Scheme.LOWEST}
        return self._clause("scheme", children, words.get(children[0].type, ast.Scheme.POOLED))

    def rated_by(self, children: list[Token]) -> Clause:
        return self._clause("rated_by", children, name_of(children[1]))

    def not_scored(self, children: list[Token]) -> Clause:
        return self._clause("not_scored", children, text_of(children[1]))

    def requires(self, children: list[Token]) -> Clause:
        return self._clause("requires", children, Fraction(children[1].text))

    def item(self, children: list[Any]) -> ast.ItemDecl:
        return ast.ItemDecl(name_of(children[1]), span=span_of(children), **self._collect(children))

    def item_timescale(self, children: list[Token]) -> Clause:
        return self._clause("timescale", children, name_of(children[1]))

    def relevant(self, children: list[Any]) -> Clause:
        return self._clause("relevant", children, children[1])

    def met(self, children: list[Any]) -> Clause:
        return self._clause("met", children, children[1])

    def no_evidence_when(self, children: list[Any]) -> Clause:
        return self._clause("no_evidence_when", children, children[1])

    def excused(self, children: list[Any]) -> Clause:
        return self._clause("excused", children, children[1])

    def finding(self, children: list[Token]) -> Clause:
        return self._clause("finding", children, text_of(children[1]))

    def reported_only(self, children: list[Token]) -> Clause:
        return self._clause("reported_only", children, True)

    def weight(self, children: list[Token]) -> Clause:
        return self._clause("weight", children, Fraction(children[1].text))

    def counted_for(self, children: list[Any]) -> Clause:
        return self._clause("counted_for", children, children[1])

    def bands(self, children: list[Any]) -> ast.BandsDecl:
        clauses = self._collect(children)
        levels = clauses.pop("levels", ())
        return ast.BandsDecl(name_of(children[1]), levels, span=span_of(children), **clauses)

    def scores_form(self, children: list[Token]) -> Clause:
        return self._clause("rounded", children, children[0].type == "ON_ROUNDED_SCORES")

    def band(self, children: list[Token]) -> Clause:
        threshold = Fraction(children[2].text) if len(children) > 2 else None
        made = ast.Band(name_of(children[0]), threshold, span=span_of(children))
        return self._clause("levels", children, made)

    # --- examples

    def example(self, children: list[Any]) -> ast.ExampleDecl:
        clauses = self._collect(children)
        cases = clauses.pop("cases", ())
        return ast.ExampleDecl(
            text_of(children[1]),
            tuple(part for part in cases if isinstance(part, ast.GivenValue)),
            tuple(part for part in cases if isinstance(part, ast.GivenTable)),
            span=span_of(children),
            **clauses,
        )

    def case(self, children: list[Any]) -> Clause:
        return self._clause("cases", children, tuple(children[1:]))

    def given(self, children: list[Any]) -> ast.GivenValue:
        words = children[1]
        if words.type == "IS":
            value = children[2]
        elif words.type == "IS_MISSING":
            value = None
        else:
            value = ast.OutcomeWords(" ".join(words.text.split()[1:]), span=words.span)
        return ast.GivenValue(name_of(children[0]), value, span=span_of(children))

    def given_value(
        self, children: list[Any]
    ) -> ast.Literal | ast.DurationLiteral | ast.Ref | ast.OutcomeWords:
        first = children[0]
        if len(children) == 2:
            return ast.Literal(-Fraction(children[1].text), span=span_of(children))
        if isinstance(first, Token):
            return ast.Ref((name_of(first),), span=first.span)
        value: ast.Literal | ast.DurationLiteral | ast.OutcomeWords = first
        return value

    def table(self, children: list[Token]) -> ast.GivenTable:
        name, head, *rows = children
        columns = tuple(self._column(cell) for cell in row_cells(head))
        made = [self._row(row, len(columns), head) for row in rows]
        return ast.GivenTable(
            name_of(name), columns, tuple(row for row in made if row is not None), span=span_of(children)
        )

    def _column(self, cell: Token) -> ast.Name:
        if cell.type == "NAME":
            return name_of(cell)
        message = f"`{cell.text}` is not the name of a field" if cell.text else "a column has no name"
        hint = "The first row of a table names its fields: | completed | sufficient |"
        self.complain("table-head", message, cell.span, hint=hint)
        return ast.Name(cell.text or "_", span=cell.span)

    def _row(self, row: Token, width: int, head: Token) -> tuple[Any, ...] | None:
        cells = row_cells(row)
        if len(cells) == width:
            return tuple(self._cell(cell) for cell in cells)
        count = f"{len(cells)} cell{'s' if len(cells) != 1 else ''}"
        self.complain(
            "row-width",
            f"this row has {count}, and the table has {width} column{'s' if width != 1 else ''}",
            row.span,
            others=[(head.span, "the columns")],
            hint="A cell stands between two bars, and an empty cell is missing: | 2004-07-12 |  |",
        )
        return None

    def _cell(self, cell: Token) -> Any:
        match cell.type:
            case "EMPTY":
                return None
            case "NAME":
                return ast.Ref((name_of(cell),), span=cell.span)
            case "WORDS":
                return ast.OutcomeWords(cell.text, span=cell.span)
            case "NEGATIVE":
                return ast.Literal(Fraction(cell.text.replace(" ", "")), span=cell.span)
            case "ODD":
                hint = (
                    'A cell holds a date, a number, yes, no, a name, or a text in double quotes like "this".'
                )
                self.complain("table-cell", f"`{cell.text}` is not a value", cell.span, hint=hint)
                return None
            case _:
                return self.literal([cell])

    def as_at_clause(self, children: list[Token]) -> Clause:
        return self._clause("as_at", children, self.day_or_moment(children[1]))

    def expect(self, children: list[Any]) -> Clause:
        span = span_of(children)
        condition = children[1]
        outcome = expected_outcome(condition)
        if outcome is None:
            made: Any = ast.ExpectCondition(condition, span=span)
        else:
            words, words_span = outcome
            made = ast.ExpectOutcome(condition.operands[0], words, outcome_span=words_span, span=span)
        return self._clause("expects", children, made)

    def expect_due(self, children: list[Any]) -> Clause:
        subject = self.ref([children[1]])
        made = ast.ExpectDue(subject, self.day_or_moment(children[3]), span=span_of(children))
        return self._clause("expects", children, made)


def actions_of(builder: Builder, table: Table) -> list[Action]:
    """Return what the builder makes of each rule: a method of the rule's name, else an operator of that name."""
    made: list[Action] = []
    for rule in table.rules:
        name = "is_" if rule.name == "is" else rule.name
        method: Any = getattr(builder, name, None)
        made.append(method if method is not None else partial(builder.operator, rule.name))
    return made


def expected_outcome(condition: Any) -> tuple[str, Span] | None:
    """Return the outcome that `NAME is OUTCOME` expects, in words, or nothing for any other condition."""
    if not isinstance(condition, ast.Apply) or not isinstance(condition.operands[0], ast.Ref):
        return None
    if condition.op == "is_not_applicable":
        return TimescaleOutcome.NOT_APPLICABLE.value, condition.op_span
    if condition.op not in ("is", "is_not"):
        return None
    value = condition.operands[1]
    if isinstance(value, ast.OutcomeWords):
        return (value.text, value.span) if condition.op == "is" else None
    if not isinstance(value, ast.Ref) or len(value.names) > 1:
        return None
    if condition.op == "is":
        return (value.text, value.span) if value.text in ITEM_WORDS else None
    return (
        (f"not {value.text}", condition.op_span.to(value.span)) if value.text in ("met", "relevant") else None
    )
