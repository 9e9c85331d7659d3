"""From reductions to AST: the pack, what the export holds, and values with a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building.clauses import Clause, ClauseBuilder, names, text_of, texts, tokens
from rulelang.syntax.building.expressions import name_of, span_of
from rulelang.syntax.tokens import Token


class ExportBuilder(ClauseBuilder):
    """Builds packs, choices, records, calendars, codes, periods, parameters and defines."""

    # --- pack

    def pack(self, children: list[Any]) -> ast.PackDecl:
        return ast.PackDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def pack_version(self, children: list[Token]) -> Clause:
        return self.clause("version", children, text_of(children[1]))

    def time_zone(self, children: list[Token]) -> Clause:
        return self.clause("time_zone", children, text_of(children[1]))

    def date_order(self, children: list[Token]) -> Clause:
        order = ast.DateOrder.DAY_FIRST if "DAY" in children[0].type else ast.DateOrder.MONTH_FIRST
        return self.clause("date_order", children, order)

    def missing_written(self, children: list[Token]) -> Clause:
        return self.clause("missing", children, texts(children))

    def uses(self, children: list[Token]) -> Clause:
        version = text_of(children[3]) if len(children) > 3 else None
        return self.clause("uses", children, ast.Uses(name_of(children[1]), version, span=span_of(children)))

    # --- what the export holds

    def choice(self, children: list[Any]) -> ast.ChoiceDecl:
        values = tuple(child for child in children if isinstance(child, ast.ChoiceValue))
        return ast.ChoiceDecl(
            name_of(children[1]),
            values,
            ordered=bool(tokens(children, "IN_ORDER")),
            span=span_of(children),
            **self.collect(children),
        )

    def choice_value(self, children: list[Token]) -> ast.ChoiceValue:
        return ast.ChoiceValue(name_of(children[0]), texts(children), span=span_of(children))

    def record(self, children: list[Any]) -> ast.RecordDecl:
        clauses = self.collect(children)
        fields = clauses.pop("field", ())
        return ast.RecordDecl(name_of(children[1]), fields, span=span_of(children), **clauses)

    def read_from(self, children: list[Token]) -> Clause:
        return self.clause("read_from", children, text_of(children[1]))

    def adds_to(self, children: list[Token]) -> Clause:
        return self.clause("adds_to", children, name_of(children[1]))

    def dated(self, children: list[Token]) -> Clause:
        return self.clause("dated", children, name_of(children[1]))

    def inspected(self, children: list[Any]) -> Clause:
        return self.clause("inspected", children, children[1])

    def field(self, children: list[Any]) -> Clause:
        marks = {"KEY": "key", "OPTIONAL": "optional", "PLANNED": "planned", "BLANK_IS_NO": "blank_is_no"}
        name, (type_, type_span), *rest = children
        parts = [
            Clause(marks[child.type], True, child.span, child.span) if type(child) is Token else child
            for child in rest
        ]
        span = Span(name.start, parts[-1].span.end if parts else type_span.end)
        made = ast.FieldDecl(name_of(name), type_, type_span=type_span, span=span, **self.collect(parts))
        return Clause("field", made, span, name.span)

    def field_column(self, children: list[Token]) -> Clause:
        return self.clause("column", children, text_of(children[1]))

    def basic_type(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        return ast.BasicType(" ".join(children[0].text.split())), children[0].span

    def choice_named(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        name = name_of(children[0])
        return ast.ChoiceRef(name, span=name.span), name.span

    def inline_choice(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        span = span_of(children)
        return ast.InlineChoice(names(children), span=span), span

    def list_of(self, children: list[Token]) -> tuple[ast.FieldType, Span]:
        record, *by = names(children)
        span = span_of(children)
        return ast.ListOf(record, by[0] if by else None, span=span), span

    def calendar(self, children: list[Any]) -> ast.CalendarDecl:
        return ast.CalendarDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def weekend(self, children: list[Token]) -> Clause:
        return self.clause("weekend", children, names(children))

    def holidays_of(self, children: list[Token]) -> Clause:
        named = tokens(children, "NAME", "STRING")
        bases = tuple(text_of(token) if token.type == "STRING" else name_of(token) for token in named)
        return self.clause("bases", children, bases)

    def holidays_read(self, children: list[Token]) -> Clause:
        return self.clause("read_from", children, text_of(children[1]))

    def closed(self, children: list[Any]) -> Clause:
        return self.clause("closed", children, tuple(c for c in children if isinstance(c, ast.DateTitle)))

    def opened(self, children: list[Any]) -> Clause:
        return self.clause("open", children, tuple(c for c in children if isinstance(c, ast.DateTitle)))

    def date_title(self, children: list[Token]) -> ast.DateTitle:
        title = text_of(children[1]) if len(children) > 1 else None
        return ast.DateTitle(self.date(children[0]), title, span=span_of(children))

    def covers(self, children: list[Token]) -> Clause:
        return self.clause("covers", children, self._dates(children))

    def _dates(self, children: Sequence[Any]) -> tuple[dt.date, dt.date]:
        first, last = (token for token in tokens(children, "DATE"))
        return self.date(first), self.date(last)

    def codes(self, children: list[Any]) -> ast.CodesDecl:
        ranges = tuple(child for child in children if isinstance(child, ast.CodeRange))
        return ast.CodesDecl(name_of(children[1]), ranges, span=span_of(children), **self.collect(children))

    def code_range(self, children: list[Token]) -> ast.CodeRange:
        first, *last = texts(children)
        return ast.CodeRange(first, last[0] if last else None, span=span_of(children))

    def period(self, children: list[Any]) -> ast.PeriodDecl:
        first, last = self._dates(children)
        return ast.PeriodDecl(
            name_of(children[1]), first, last, span=span_of(children), **self.collect(children)
        )

    # --- values

    def parameter(self, children: list[Any]) -> ast.ParameterDecl:
        clauses = self.collect(children)
        editions = clauses.pop("edition", ())
        return ast.ParameterDecl(name_of(children[1]), editions, span=span_of(children), **clauses)

    def edition(self, children: list[Any]) -> Clause:
        made = ast.Edition(children[0], self.date(children[2]), span=span_of(children))
        return self.clause("edition", children, made)

    def given_type(self, children: list[Token]) -> Clause:
        words = " ".join(children[0].text.split()[:-1])
        return self.clause("given", children, ast.BasicType(words))

    def define(self, children: list[Any]) -> ast.DefineDecl:
        named = names(children)
        at = next(i for i, child in enumerate(children) if type(child) is Token and child.type == "AS")
        record = named[1] if len(named) > 1 else None
        return ast.DefineDecl(
            named[0], children[at + 1], record, span=span_of(children), **self.collect(children)
        )
