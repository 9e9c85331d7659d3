"""From reductions to AST: time limits, and what is inspected and how it is scored."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rulelang.source import Span
from rulelang.syntax import ast
from rulelang.syntax.building.clauses import Clause, ClauseBuilder, text_of, tokens
from rulelang.syntax.building.expressions import name_of, span_of
from rulelang.syntax.tokens import Token
from rulelang.types import Unit


class StandardsBuilder(ClauseBuilder):
    """Builds timescales, sections, criteria, items and bands."""

    # --- time limits

    def timescale(self, children: list[Any]) -> ast.TimescaleDecl:
        return ast.TimescaleDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def applies(self, children: list[Any]) -> Clause:
        return self.clause("applies", children, children[1])

    def clock_for(self, children: list[Any]) -> Clause:
        return self.clause("clock_for", children, children[1])

    def start(self, children: list[Any]) -> Clause:
        counted = children[0].type == "BEGINNING_WITH"
        return self.clause("start", children, ast.Start(children[1], counted, span=span_of(children)))

    def event(self, children: list[Any]) -> Clause:
        return self.clause("event", children, children[1])

    def limit(self, children: list[Any]) -> Clause:
        condition = children[3] if len(children) > 3 else None
        otherwise = len(children) == 3
        made = ast.Limit(self._length(children), condition, otherwise, span=span_of(children))
        return self.clause("limits", children, made)

    def _length(self, children: list[Any]) -> ast.Expr:
        """Return the length of a limit; of a number without a unit, that many working days, and say so."""
        words, length = children[:2]
        if not isinstance(length, ast.Literal) or not isinstance(length.value, Fraction):
            return length  # type: ignore[no-any-return]
        self.complain(
            "missing-unit",
            f"I got as far as `{words.text} {length.value}`; then I expected a unit of time",
            length.span,
            hint=f"It is written like this: `{words.text} {length.value} working days`",
        )
        return ast.DurationLiteral(int(length.value), Unit.WORKING_DAYS, span=length.span)

    def target(self, children: list[Any]) -> Clause:
        return self.clause("target", children, children[1])

    def every(self, children: list[Any]) -> Clause:
        return self.clause("every", children, self._length(children))

    def phase(self, children: list[Token]) -> Clause:
        number, period, *length = tokens(children, "NUMBER", "UNIT", "DURATION")
        made = ast.Phase(
            int(self._whole(number)),
            self.duration(period),
            self.duration(length[0]) if length else None,
            span=span_of(children),
        )
        return self.clause("phases", children, made)

    def gap(self, children: list[Any]) -> Clause:
        clear = isinstance(children[2], Token) and children[2].type == "CLEAR"
        order, anchor = children[-2:]
        if clear:
            number, _, unit = children[1:4]
            length: ast.Expr = self.duration(
                Token("DURATION", f"{number.text} {unit.text}", number.start, unit.end)
            )
        else:
            length = self._length(children)
        made = ast.Gap(length, clear, order.type == "BEFORE", anchor, span=span_of(children))
        return self.clause("gaps", children, made)

    def extended(self, children: list[Any]) -> Clause:
        return self.clause("extended", children, children[1])

    def moves(self, children: list[Token]) -> Clause:
        onward = children[0].type == "MOVES_TO_THE_NEXT_WORKING_DAY"
        return self.clause("moves", children, ast.Moves(onward, span=span_of(children)))

    def cut_off(self, children: list[Token]) -> Clause:
        return self.clause("cut_off", children, ast.CutOff(self.time(children[1]), span=span_of(children)))

    def working_start(self, children: list[Token]) -> Clause:
        return self.clause("working_start", children, ast.WorkingStart(span=span_of(children)))

    def early(self, children: list[Token]) -> Clause:
        made = ast.EarlyEvents(children[0].type == "EARLY_EVENTS_COUNT", span=span_of(children))
        return self.clause("early", children, made)

    def restarts(self, children: list[Any]) -> Clause:
        return self.clause("restarts", children, children[1])

    def pause(self, children: list[Any]) -> Clause:
        return self.clause("pauses", children, ast.Pause(children[1], children[3], span=span_of(children)))

    def until(self, children: list[Any]) -> Clause:
        return self.clause("until", children, children[1])

    def _whole(self, token: Token) -> Fraction:
        number = self.number(token.text, token.span)
        if number.denominator != 1 or number == 0 or len(token.text) > 9:
            hint = "Write `1`, `2` and so on."
            self.complain("no-such-count", f"`{token.text}` is no number of times", token.span, hint=hint)
            return Fraction(1)
        return number

    # --- what is inspected

    def section(self, children: list[Any]) -> ast.SectionDecl:
        return ast.SectionDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def criterion(self, children: list[Any]) -> ast.CriterionDecl:
        items = tuple(child for child in children if isinstance(child, ast.ItemDecl))
        return ast.CriterionDecl(
            name_of(children[1]), items, span=span_of(children), **self.collect(children)
        )

    def scheme(self, children: list[Token]) -> Clause:
        words = {"SCORE_MEAN_OF_ITEMS": ast.Scheme.MEAN, "SCORE_LOWEST_OF_ITEMS": ast.Scheme.LOWEST}
        return self.clause("scheme", children, words.get(children[0].type, ast.Scheme.POOLED))

    def rated_by(self, children: list[Token]) -> Clause:
        return self.clause("rated_by", children, name_of(children[1]))

    def not_scored(self, children: list[Token]) -> Clause:
        return self.clause("not_scored", children, text_of(children[1]))

    def requires(self, children: list[Token]) -> Clause:
        return self.clause("requires", children, self.number(children[1].text, children[1].span))

    def item(self, children: list[Any]) -> ast.ItemDecl:
        return ast.ItemDecl(name_of(children[1]), span=span_of(children), **self.collect(children))

    def item_timescale(self, children: list[Token]) -> Clause:
        return self.clause("timescale", children, name_of(children[1]))

    def relevant(self, children: list[Any]) -> Clause:
        return self.clause("relevant", children, children[1])

    def met(self, children: list[Any]) -> Clause:
        return self.clause("met", children, children[1])

    def no_evidence_when(self, children: list[Any]) -> Clause:
        return self.clause("no_evidence_when", children, children[1])

    def excused(self, children: list[Any]) -> Clause:
        return self.clause("excused", children, children[1])

    def finding(self, children: list[Token]) -> Clause:
        return self.clause("finding", children, text_of(children[1]))

    def reported_only(self, children: list[Token]) -> Clause:
        return self.clause("reported_only", children, True)

    def weight(self, children: list[Token]) -> Clause:
        return self.clause("weight", children, self.number(children[1].text, children[1].span))

    def counted_for(self, children: list[Any]) -> Clause:
        return self.clause("counted_for", children, children[1])

    def bands(self, children: list[Any]) -> ast.BandsDecl:
        clauses = self.collect(children)
        levels = clauses.pop("levels", ())
        return ast.BandsDecl(name_of(children[1]), levels, span=span_of(children), **clauses)

    def banded(self, children: list[Any]) -> Clause:
        of = children[2] if len(children) > 2 else self.ref([children[1]])
        span = Span(children[0].span.start, children[-1].span.end if len(children) > 2 else of.span.end)
        return Clause("of", of, span, children[0].span)

    def scores_form(self, children: list[Token]) -> Clause:
        return self.clause("rounded", children, children[0].type == "ON_ROUNDED_SCORES")

    def band(self, children: list[Token]) -> Clause:
        threshold = Fraction(children[2].text) if len(children) > 2 else None
        made = ast.Band(name_of(children[0]), threshold, span=span_of(children))
        return self.clause("levels", children, made)
