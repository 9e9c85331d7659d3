"""What declarations have in common: clauses in any order, each at most once unless it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from rulelang.diagnostics import did_you_mean, or_list
from rulelang.outcomes import NoEvidence
from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building.expressions import ExpressionBuilder, name_of, span_of, unquoted
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
        "gaps",
        "restarts",
        "pauses",
        "items",
        "levels",
        "cases",
        "expects",
    ]
)


@attrs.define
class Clause:
    """A clause on its way into its declaration: the attribute it sets, its value, its places."""

    attribute: str
    value: Any
    span: Span
    words: Span


def text_of(token: Token) -> ast.Text:
    """Return the text of a token."""
    return ast.Text(unquoted(token), span=token.span)


def texts(children: Sequence[Any]) -> tuple[ast.Text, ...]:
    """Return the texts among children."""
    return tuple(text_of(c) for c in children if type(c) is Token and c.type == "STRING")


def names(children: Sequence[Any]) -> tuple[ast.Name, ...]:
    """Return the names among children."""
    return tuple(name_of(c) for c in children if type(c) is Token and c.type == "NAME")


def tokens(children: Sequence[Any], *types: str) -> list[Token]:
    """Return the tokens of some kinds among children."""
    return [c for c in children if type(c) is Token and c.type in types]


class ClauseBuilder(ExpressionBuilder):
    """Builds the clauses that many declarations have."""

    def clause(self, attribute: str, children: Sequence[Any], value: Any) -> Clause:
        return Clause(attribute, value, span_of(children), children[0].span)

    def collect(self, children: Sequence[Any]) -> dict[str, Any]:
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
        return self.clause("title", children, text_of(children[0]))

    def source(self, children: list[Token]) -> Clause:
        return self.clause("source", children, text_of(children[1]))

    def in_force(self, children: list[Any]) -> Clause:
        days = [self.date(one) for one in tokens(children, "DATE")]
        up_to = children[0].type == "IN_FORCE_UP_TO"
        first = None if up_to else days[0]
        last = days[0] if up_to else days[1] if len(days) > 1 else None
        by = children[-1] if tokens(children, "BY") else None
        return self.clause("in_force", children, ast.InForce(first, last, by, span=span_of(children)))

    def describes(self, children: list[Token]) -> Clause:
        return self.clause("describes", children, text_of(children[1]))

    def no_evidence(self, children: list[Token]) -> Clause:
        words = " ".join(children[1].text.split())
        known = [value.value for value in NoEvidence]
        if words in known:
            return self.clause("no_evidence", children, NoEvidence(words))
        near = did_you_mean(words, known, limit=1)
        self.complain(
            "no-evidence-value",
            f"no evidence cannot count as `{words}`",
            children[1].span,
            hint=f"It counts as {or_list(known)}." + (f" Did you mean `{near[0]}`?" if near else ""),
            replacement=near[0] if near else None,
        )
        return self.clause("no_evidence", children, NoEvidence.UNKNOWN)

    def calendar_named(self, children: list[Token]) -> Clause:
        return self.clause("calendar", children, name_of(children[1]))
