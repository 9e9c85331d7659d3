"""From reductions to AST: expressions. Shapes only; what is declared is built in `declaring`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs

from rulelang.diagnostics import Diagnostic, Fix, Label
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import ast
from rulelang.syntax.tokens import Token
from rulelang.types import Unit

# Sums and products lean to the left and so grow without a stack; passes over the tree do not.
CHAIN = 100
# Digits a number may have.
DIGITS = 30
NOT_YET = "It is not left out in silence: take it out of the rules, or wait for a version that knows it."
# What is asked of a value without another beside it.
_SAYS_ALL = {"IS_KNOWN": "is_known", "IS_NOT_MISSING": "is_known", "IS_MISSING": "is_missing"}
UNITS = {word: unit for unit in Unit for word in (unit.value, unit.value[:-1])}


def span_of(children: Sequence[Any]) -> Span:
    """Return the span from the first child to the last."""
    return Span(children[0].span.start, children[-1].span.end)


def unquoted(token: Token) -> str:
    """Return what a text token says: without its quotes, a doubled quote as one."""
    return token.text[1:-1].replace('""', '"')


def name_of(token: Token) -> ast.Name:
    """Return the name of a token, without backquotes."""
    return ast.Name(token.text.strip("`"), span=token.span)


class ExpressionBuilder:
    """Builds expressions; a method a rule. Rules that are operators need none."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.diagnostics: list[Diagnostic] = []
        self._chain: tuple[ast.Expr | None, int] = (None, 0)

    def complain(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        others: Sequence[tuple[Span, str]] = (),
        hint: str | None = None,
        replacement: str | None = None,
    ) -> None:
        """Note a mistake found while building."""
        place = Place(self.file, span)
        fix = Fix(place, replacement) if replacement is not None else None
        extra: Any = [Label(Place(self.file, other), text) for other, text in others]
        self.diagnostics.append(Diagnostic(code, message, Label(place, label), extra, hint, fix=fix))

    def operator(self, name: str, children: list[Any]) -> ast.Apply:
        """Build an operator of the table: its words are the tokens, its operands the rest."""
        operands = tuple(child for child in children if type(child) is not Token)
        words = next(child for child in children if type(child) is Token)
        node = ast.Apply(name, operands, op_span=words.span, span=span_of(children))
        if operands[0] is self._chain[0]:
            self._chain = (node, self._chain[1] + 1)
            if self._chain[1] == CHAIN:
                hint = "Name parts of it with `define`, and combine those."
                self.complain("too-deep", "this expression is too long to follow", words.span, hint=hint)
        else:
            self._chain = (node, 1)
        return node

    # --- values

    def number(self, text: str, span: Span) -> Fraction:
        """Return an exact number; one of more digits than anything counted has is a slip."""
        if len(text) <= DIGITS:
            return Fraction(text)
        hint = "Numbers here count cases, days and percentages."
        self.complain("too-many-digits", f"this number has {len(text)} digits", span, hint=hint)
        return Fraction(0)

    def literal(self, children: list[Token]) -> ast.Literal | ast.DurationLiteral:
        token = children[0]
        match token.type:
            case "STRING":
                return ast.Literal(unquoted(token), span=token.span)
            case "NUMBER":
                return ast.Literal(self.number(token.text, token.span), span=token.span)
            case "YES" | "NO":
                return ast.Literal(token.type == "YES", span=token.span)
            case "DATE":
                return ast.Literal(self.date(token), span=token.span)
            case "DATETIME":
                return ast.Literal(self.datetime(token), span=token.span)
            case "TIME":
                return ast.Literal(self.time(token), span=token.span)
            case _:
                return self.duration(token)

    def duration(self, token: Token) -> ast.DurationLiteral:
        """Return `5 working days`; a unit alone is one of it."""
        first, *rest = token.text.split()
        amount, words = (first, rest) if first.isdigit() else ("1", [first, *rest])
        unit = " ".join(words)
        if len(amount) > 6:
            self.complain("no-such-length", f"`{amount} {unit}` is longer than any calendar", token.span)
            amount = "1"
        return ast.DurationLiteral(int(amount), UNITS[unit], span=token.span)

    def date(self, token: Token) -> dt.date:
        try:
            return dt.date.fromisoformat(token.text)
        except ValueError:
            self.complain(
                "no-such-date", f"there is no day {token.text}", token.span, hint=_date_hint(token.text)
            )
            return dt.date(2000, 1, 1)

    def datetime(self, token: Token) -> dt.datetime:
        try:
            return dt.datetime.fromisoformat(token.text)
        except ValueError:
            day, hint = token.text[:10], _date_hint(token.text[:10])
            try:
                dt.date.fromisoformat(day)
                hint = "A time runs from 00:00 to 23:59."
            except ValueError:
                pass
            self.complain("no-such-date", f"there is no moment {token.text}", token.span, hint=hint)
            return dt.datetime(2000, 1, 1)

    def time(self, token: Token) -> dt.time:
        try:
            return dt.time.fromisoformat(token.text.rjust(5, "0"))
        except ValueError:
            hint = "A time runs from 00:00 to 23:59."
            self.complain("no-such-date", f"there is no time {token.text}", token.span, hint=hint)
            return dt.time()

    def day_or_moment(self, token: Token) -> dt.date | dt.datetime:
        return self.datetime(token) if token.type == "DATETIME" else self.date(token)

    def path(self, children: list[Token]) -> tuple[ast.Name, ...]:
        return tuple([name_of(child) for child in children if child.type == "NAME"])

    def path_span(self, names: tuple[ast.Name, ...]) -> Span:
        return Span(names[0].span.start, names[-1].span.end)

    def ref(self, children: list[tuple[ast.Name, ...]]) -> ast.Ref:
        names = children[0]
        return ast.Ref(names, span=Span(names[0].span.start, names[-1].span.end))

    def as_at(self, children: list[Token]) -> ast.AsAt:
        return ast.AsAt(span=children[0].span)

    def outcome_words(self, children: list[Token]) -> ast.OutcomeWords:
        token = children[0]
        words = "not applicable" if token.type == "NOT_APPLICABLE" else " ".join(token.text.split())
        return ast.OutcomeWords(words, span=token.span)

    def parenthesised(self, children: list[Any]) -> ast.Expr:
        # The place of what stands in parentheses takes them in.
        inner: ast.Expr = attrs.evolve(children[1], span=span_of(children))
        return inner

    # --- operators that are not regular

    def is_(self, children: list[Any]) -> ast.Apply:
        right = children[2]
        if _not_applicable(right):
            return self.operator("is_not_applicable", children[:2])
        if isinstance(right, ast.Ref) and self.file.slice(right.span) == "unique":
            # `unique` is refused as a value, so this can only be what a validation asks.
            message = "`is unique` is what a validation requires, alone on its line"
            hint = "Write a validation with the line `requires … is unique`."
            self.complain("unique-elsewhere", message, right.span, hint=hint)
            return self.operator("is_known", children[:2])
        return self.operator("is", children)

    def is_not(self, children: list[Any]) -> ast.Apply:
        if _not_applicable(children[2]):
            inner = self.operator("is_not_applicable", children[:2])
            return ast.Apply("not", (inner,), op_span=children[1].span, span=span_of(children))
        return self.operator("is_not", children)

    def is_not_yet_due(self, children: list[Any]) -> ast.Apply:
        return self.operator("is", [*children, ast.OutcomeWords("not yet due", span=children[1].span)])

    def at_least_of(self, children: list[Any]) -> ast.Apply:
        number = self.literal([children[1]])
        conditions = tuple(child for child in children if type(child) is not Token)
        return ast.Apply(
            "at_least_of", (number, *conditions), op_span=children[0].span, span=span_of(children)
        )

    def characters_of(self, children: list[Any]) -> ast.Apply:
        operands = (self.literal([children[1]]), self.literal([children[3]]), children[-1])
        return ast.Apply("characters_of", operands, op_span=children[0].span, span=span_of(children))

    # --- forms

    def conditional(self, children: list[Any]) -> ast.Conditional:
        return ast.Conditional(children[1], children[3], children[5], span=span_of(children))

    def is_in(self, children: list[Any]) -> ast.IsIn:
        operand, words, name = children
        return ast.IsIn(operand, name_of(name), words.type == "IS_NOT_IN", span=span_of(children))

    def passes(self, children: list[Any]) -> ast.Passes:
        return ast.Passes(children[0], name_of(children[2]), span=span_of(children))

    def parameter_on(self, children: list[Any]) -> ast.ParameterOn:
        return ast.ParameterOn(name_of(children[0]), children[2], span=span_of(children))

    def selection(self, children: list[Any]) -> ast.Selection:
        if isinstance(children[0], ast.Selection):
            return children[0]
        names = children[0]
        span = self.path_span(names)
        return ast.Selection(ast.Ref(names, span=span), span=span)

    def chosen(self, children: list[Any]) -> ast.Selection:
        names, (where, end) = children
        span = self.path_span(names)
        return ast.Selection(ast.Ref(names, span=span), where, span=Span(span.start, end))

    def where(self, children: list[Any]) -> tuple[ast.Expr, int]:
        """Return the condition and where it ends."""
        end = children[-1].span.end
        if children[1].__class__ is Token:
            return children[2], end
        left = self.ref([children[1]])
        alone = _SAYS_ALL.get(children[2].type)
        if alone is not None:
            return self.operator(alone, [left, children[2]]), end
        if children[2].type == "IS_NOT_YET_DUE":
            return self.is_not_yet_due([left, children[2]]), end
        value = children[3]
        if isinstance(value, Token):
            value = ast.Ref((name_of(value),), span=value.span)
        return self.is_([left, children[2], value]), end

    def list_function(self, children: list[Token]) -> Token:
        return children[0]

    def aggregate(self, children: list[Any]) -> ast.Aggregate:
        function = ast.ListFunction(" ".join(children[0].text.split()))
        return ast.Aggregate(function, children[1], span=span_of(children))

    def positioned(self, children: list[Any]) -> ast.Positioned:
        words, selection, _, names = children
        position = {"FIRST_OF": 1, "LAST_OF": -1}.get(words.type)
        if position is None:
            position = self._ordinal(words)
        by = self.ref([names])
        return ast.Positioned(position, selection, by, span=words.span.to(by.span))

    def _ordinal(self, token: Token) -> int:
        word = token.text.split()[0]
        number = int(word[:-2])
        right = ordinal(number)
        if number == 0 or len(word) > 5:
            hint = "Counting begins with `first of`, `2nd of`, `3rd of`."
            self.complain("no-such-position", f"there is no `{word}` row", token.span, hint=hint)
            return 1
        if word != right:
            place = Span(token.start, token.start + len(word))
            self.complain("no-such-position", f"`{word}` is written `{right}`", place, replacement=right)
        return number

    def most_within(self, children: list[Any]) -> ast.MostWithin:
        return ast.MostWithin(children[1], self.duration(children[3]), span=span_of(children))

    def quantified(self, children: list[Any]) -> ast.Quantified:
        tokens = [child for child in children if type(child) is Token]
        selection, condition = (child for child in children if type(child) is not Token)
        other = tokens[1].type == "OTHER_OF"
        quantifier = ast.Quantifier(tokens[0].text)
        return ast.Quantified(quantifier, selection, condition, other, span=span_of(children))

    def share_of(self, children: list[Any]) -> ast.ShareOf:
        words, number = children[0], children[1]
        selection, condition = (child for child in children if type(child) is not Token)
        percent = self.number(number.text, number.span)
        if percent > 100:
            message = f"{number.text}% is more than all of them"
            self.complain("no-such-share", message, number.span, hint="A share lies between 0% and 100%.")
        return ast.ShareOf(words.type == "AT_LEAST", percent, selection, condition, span=span_of(children))


def ordinal(number: int) -> str:
    """Return `2nd`, `11th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def _not_applicable(node: Any) -> bool:
    return isinstance(node, ast.OutcomeWords) and node.text == "not applicable"


def _date_hint(text: str) -> str:
    year, month, day = (int(part) for part in text.split("-"))
    if year == 0:
        return "Years run from 0001 to 9999."
    if not 1 <= month <= 12:
        swapped = (
            f" Did you mean `{year:04d}-{day:02d}-{month:02d}`?" if 1 <= day <= 12 and month <= 31 else ""
        )
        return f"Dates are written year, month, day, and there are 12 months.{swapped}"
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(1)).day if year < 9999 else 31
    return f"That month has {last} days."
