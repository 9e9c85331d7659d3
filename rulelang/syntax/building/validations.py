"""From reductions to AST: what a record must satisfy, decision tables, limits on a population."""

from __future__ import annotations

from typing import Any

from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building.clauses import Clause, ClauseBuilder, text_of, tokens
from rulelang.syntax.building.expressions import name_of, span_of
from rulelang.syntax.rows import row_cells
from rulelang.syntax.tokens import Token


def _cells(row: Token) -> tuple[ast.DecisionCell, ...]:
    return tuple(ast.DecisionCell(cell.text, span=cell.span) for cell in row_cells(row))


class ValidationBuilder(ClauseBuilder):
    """Builds validations, and what examples expect of them."""

    def validation(self, children: list[Any]) -> ast.ValidationDecl:
        return ast.ValidationDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def decision(self, children: list[Any]) -> ast.DecisionDecl:
        head, *rows = [one for one in children if isinstance(one, Token) and one.type == "ROW"]
        columns = _cells(head)
        kept = [cells for row in rows if (cells := self._decision_row(row, head, len(columns))) is not None]
        return ast.DecisionDecl(
            name_of(children[1]), columns, tuple(kept), span=span_of(children), **self.collect(children)
        )

    def _decision_row(self, row: Token, head: Token, width: int) -> tuple[ast.DecisionCell, ...] | None:
        cells = _cells(row)
        if len(cells) == width:
            return cells
        self.complain(
            "row-width",
            f"this row has {len(cells)} cell{'s' if len(cells) != 1 else ''}, and the table has {width} "
            f"column{'s' if width != 1 else ''}",
            row.span,
            others=[(head.span, "the columns")],
            hint="A cell stands between two bars: | high or very_high | yes | senior |",
        )
        return None

    def cap(self, children: list[Any]) -> ast.LimitDecl:
        return ast.LimitDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def for_each(self, children: list[Any]) -> Clause:
        each = self.ref([children[1]])
        return Clause("each", each, Span(children[0].span.start, each.span.end), children[0].span)

    def at_most_of(self, children: list[Token]) -> Clause:
        return self.clause("most", children, self.number(children[1].text, children[1].span))

    def counted_when(self, children: list[Any]) -> Clause:
        return self.clause("counted", children, children[1])

    def first_row(self, children: list[Token]) -> Clause:
        return self.clause("unique", children, False)

    def one_row(self, children: list[Token]) -> Clause:
        return self.clause("unique", children, True)

    def of_record(self, children: list[Token]) -> Clause:
        return self.clause("record", children, name_of(children[1]))

    def of_whole_file(self, children: list[Token]) -> Clause:
        return self.clause("whole", children, span_of(children))

    def requirement(self, children: list[Any]) -> Clause:
        return self.clause("requires", children, children[1])

    def unique(self, children: list[Token]) -> ast.Unique:
        return ast.Unique(name_of(children[0]), span=span_of(children))

    def unique_in(self, children: list[Token]) -> ast.UniqueIn:
        return ast.UniqueIn(name_of(children[0]), name_of(children[2]), span=span_of(children))

    def apart(self, children: list[Any]) -> ast.Apart:
        others = self.ref([children[4]])
        span = Span(children[0].span.start, others.span.end)
        return ast.Apart(name_of(children[0]), name_of(children[2]), others, span=span)

    def severity(self, children: list[Token]) -> Clause:
        return self.clause("severity", children, name_of(children[1]))

    def expect_validation(self, children: list[Token]) -> Clause:
        words = {"FAILS": "fails", "PASSES": "passes"}.get(children[2].type, "is not checked")
        made = ast.ExpectValidation(name_of(children[1]), words, span=span_of(children))
        return self.clause("expects", children, made)

    # --- check characters

    def check(self, children: list[Any]) -> ast.CheckDecl:
        return ast.CheckDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def picture(self, children: list[Token]) -> Clause:
        return self.clause("picture", children, text_of(children[1]))

    def letters(self, children: list[Token]) -> Clause:
        return self.clause("letters", children, text_of(children[1]))

    def weights(self, children: list[Token]) -> Clause:
        *values, start = [self._whole_number(one) for one in tokens(children, "NUMBER")]
        return self.clause("weights", children, ast.Weights(tuple(values), start, span=span_of(children)))

    def remainder(self, children: list[Token]) -> Clause:
        divisor, left = (self._whole_number(one) for one in tokens(children, "NUMBER"))
        of_character = bool(tokens(children, "LEAVES_CHARACTER"))
        made = ast.Remainder(divisor, left, of_character, span=span_of(children))
        return self.clause("remainder", children, made)

    def _whole_number(self, token: Token) -> int:
        number = self.number(token.text, token.span)
        if number.denominator != 1:
            self.complain("check-characters", "this is a whole number in a check", token.span)
        return int(number)
