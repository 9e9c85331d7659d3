"""From reductions to AST: examples, with their tables and what they expect."""

from __future__ import annotations

import re
from typing import Any

from rulelang.outcomes import TimescaleOutcome
from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building.clauses import Clause, ClauseBuilder, text_of
from rulelang.syntax.building.expressions import name_of, span_of
from rulelang.syntax.rows import row_cells
from rulelang.syntax.tokens import Token

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
ITEM_WORDS = ("met", "excused", "unknown", "late", "overdue")


class ExampleBuilder(ClauseBuilder):
    """Builds examples."""

    def example(self, children: list[Any]) -> ast.ExampleDecl:
        clauses = self.collect(children)
        cases = clauses.pop("cases", ())
        return ast.ExampleDecl(
            text_of(children[1]),
            tuple(part for part in cases if isinstance(part, ast.GivenValue)),
            tuple(part for part in cases if isinstance(part, ast.GivenTable)),
            span=span_of(children),
            **clauses,
        )

    def case(self, children: list[Any]) -> Clause:
        return self.clause("cases", children, tuple(children[1:]))

    def ratings_given(self, children: list[Any]) -> Clause:
        return self.clause("ratings", children, tuple(children[1:]))

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
    ) -> ast.Literal | ast.DurationLiteral | ast.PartialDate | ast.Ref | ast.OutcomeWords:
        first = children[0]
        if len(children) == 3:
            return self._partial(children)
        if len(children) == 2:
            return ast.Literal(-self.number(children[1].text, children[1].span), span=span_of(children))
        if isinstance(first, Token):
            return ast.Ref((name_of(first),), span=first.span)
        value: ast.Literal | ast.DurationLiteral | ast.OutcomeWords = first
        return value

    def _partial(self, children: list[Token]) -> ast.PartialDate | ast.Literal:
        """Return `2005-03`, a month without its day."""
        span = span_of(children)
        return self._month("".join(token.text for token in children), span)

    def _month(self, text: str, span: Span) -> ast.PartialDate | ast.Literal:
        if _MONTH.fullmatch(text):
            return ast.PartialDate(text, span=span)
        hint = "A month is written year, month: `2004-04`; a day `2004-04-08`."
        self.complain("no-such-date", f"there is no month {text}", span, hint=hint)
        return ast.Literal("", span=span)

    def table(self, children: list[Token]) -> ast.GivenTable:
        name, head, *rows = children
        columns = [self._column(cell) for cell in row_cells(head)]
        made = [self._row(row, len(columns), head) for row in rows]
        # A column without a proper name is left out, so that it is complained of once.
        kept = [i for i, column in enumerate(columns) if column is not None]
        return ast.GivenTable(
            name_of(name),
            tuple(column for column in columns if column is not None),
            tuple(tuple(row[i] for i in kept) for row in made if row is not None),
            span=span_of(children),
        )

    def _column(self, cell: Token) -> ast.Name | None:
        if cell.type == "NAME":
            return name_of(cell)
        message = f"`{cell.text}` is not the name of a field" if cell.text else "a column has no name"
        hint = "The first row of a table names its fields: | completed | sufficient |"
        self.complain("table-head", message, cell.span, hint=hint)
        return None

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
                return ast.Literal(self.number(cell.text.replace(" ", ""), cell.span), span=cell.span)
            case "MONTH":
                return self._month(cell.text, cell.span)
            case "ODD":
                hint = (
                    'A cell holds a date, a number, yes, no, a name, or a text in double quotes like "this".'
                )
                self.complain("table-cell", f"`{cell.text}` is not a value", cell.span, hint=hint)
                return None
            case _:
                return self.literal([cell])

    def as_at_clause(self, children: list[Token]) -> Clause:
        return self.clause("as_at", children, self.day_or_moment(children[1]))

    def expect(self, children: list[Any]) -> Clause:
        span = span_of(children)
        condition = children[1]
        outcome = expected_outcome(condition)
        if outcome is None:
            made: Any = ast.ExpectCondition(condition, span=span)
        else:
            words, words_span = outcome
            made = ast.ExpectOutcome(condition.operands[0], words, outcome_span=words_span, span=span)
        return self.clause("expects", children, made)

    def expect_due(self, children: list[Any]) -> Clause:
        subject = self.ref([children[1]])
        made = ast.ExpectDue(subject, self.day_or_moment(children[3]), span=span_of(children))
        return self.clause("expects", children, made)


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
