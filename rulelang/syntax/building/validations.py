"""From reductions to AST: what a record must satisfy."""

from __future__ import annotations

from typing import Any

from rulelang.syntax import ast
from rulelang.syntax.building.clauses import Clause, ClauseBuilder
from rulelang.syntax.building.expressions import name_of, span_of
from rulelang.syntax.tokens import Token


class ValidationBuilder(ClauseBuilder):
    """Builds validations, and what examples expect of them."""

    def validation(self, children: list[Any]) -> ast.ValidationDecl:
        return ast.ValidationDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def of_record(self, children: list[Token]) -> Clause:
        return self.clause("record", children, name_of(children[1]))

    def of_whole_file(self, children: list[Token]) -> Clause:
        return self.clause("whole", children, span_of(children))

    def requirement(self, children: list[Any]) -> Clause:
        return self.clause("requires", children, children[1])

    def severity(self, children: list[Token]) -> Clause:
        return self.clause("severity", children, name_of(children[1]))

    def expect_validation(self, children: list[Token]) -> Clause:
        words = {"FAILS": "fails", "PASSES": "passes"}.get(children[2].type, "is not checked")
        made = ast.ExpectValidation(name_of(children[1]), words, span=span_of(children))
        return self.clause("expects", children, made)
