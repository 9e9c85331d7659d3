"""Editions of a rule: rules of one name that are in force at different times, made one rule before it is checked.

What all editions share stays as it is. What differs is chosen by the day that decides which is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import attrs

from rulelang.analysis.echo import spelled
from rulelang.analysis.findings import Findings
from rulelang.analysis.in_force import both, days_of, starts_of
from rulelang.source import NOWHERE, Place, SourceFile
from rulelang.syntax import ast

Rule = ast.TimescaleDecl | ast.ItemDecl | ast.ValidationDecl
# What a reader calls the parts that editions cannot have otherwise.
_CALLED = {
    "event": "`to`",
    "start": "`from` or `beginning with`",
    "clock_for": "`one clock for each of`",
    "target": "`by`",
    "every": "`every`",
    "phases": "`at least … in each`",
    "gaps": "`at least … before` or `after`",
    "cut_off": "`a start from`",
    "working_start": "`starts on a working day`",
    "early": "`early events`",
    "extended": "`extended to`",
    "moves": "`moves to`",
    "restarts": "`restarts at`",
    "pauses": "`paused from`",
    "until": "`until`",
    "calendar": "`calendar`",
    "limits": "`within`",
    "timescale": "`timescale`",
    "no_evidence": "`no evidence counts as`",
    "reported_only": "`reported only`",
    "weight": "`weight`",
    "counted_for": "`counted once for each of`",
    "record": "`of`",
    "whole": "`of the whole file`",
    "severity": "`severity`",
    "met": "`met when`",
    "requires": "`requires`",
}


def joined(modules: Sequence[ast.Module], findings: Findings) -> tuple[ast.Module, ...]:
    """Return modules in which the editions of a rule that stand in one file are one rule."""
    starts = starts_of(modules)
    made = []
    for module in modules:
        joiner = _Joiner(module.file, starts, findings)
        made.append(attrs.evolve(module, declarations=tuple(joiner.declarations(module.declarations))))
    return tuple(made)


@attrs.frozen
class _Edition:
    """A rule and the condition that it is in force."""

    rule: Any
    holds: ast.Expr

    @property
    def time(self) -> ast.InForce:
        one: ast.InForce = self.rule.in_force
        return one


@attrs.frozen
class _Joiner:
    file: SourceFile
    starts: dict[str, ast.Expr]
    findings: Findings

    def declarations(self, nodes: Sequence[ast.Declaration]) -> Iterator[ast.Declaration]:
        for node in self._rules(nodes, ast.TimescaleDecl | ast.ValidationDecl):
            if isinstance(node, ast.CriterionDecl):
                yield attrs.evolve(node, items=tuple(self._rules(node.items, ast.ItemDecl)))
            else:
                yield node

    def _rules(self, nodes: Sequence[Any], kinds: Any) -> Iterator[Any]:
        groups: dict[tuple[type, str], list[Any]] = {}
        for node in nodes:
            if isinstance(node, kinds):
                groups.setdefault((type(node), node.name.text), []).append(node)
        for node in nodes:
            found = groups.get((type(node), node.name.text), []) if isinstance(node, kinds) else []
            if len(found) < 2 or any(one.in_force is None for one in found):
                yield node
            elif found[0] is node:
                yield self._one(found)

    def _one(self, rules: Sequence[Any]) -> Any:
        """Return one rule of several editions; where they cannot be one, the first, and what is wrong is reported."""
        rules = sorted(rules, key=lambda one: (one.in_force.first is not None, one.in_force.first or 0))
        days = [one.in_force.by or self._day(one) for one in rules]
        editions = [
            _Edition(one, holds)
            for one, day in zip(rules, days, strict=True)
            if (holds := days_of(one.in_force, day, self.file, self.findings)) is not None
        ]
        if len(editions) < len(rules):
            return attrs.evolve(rules[0], in_force=None)
        if any(day != days[0] for day in days):
            at = next(one for one, day in zip(rules, days, strict=True) if day != days[0])
            self._differ(rules[0], at, at.in_force.span, "are chosen by different dates")
            return attrs.evolve(rules[0], in_force=None)
        self._check_times(rules)
        return _Joining(editions, self._unlike).one()

    def _day(self, rule: Rule) -> ast.Expr | None:
        """Return the day that decides where none is named: the start of the time limit."""
        match rule:
            case ast.TimescaleDecl(start=ast.Start(value=value)):
                return value
            case ast.ItemDecl(timescale=ast.Name(text=text)):
                return self.starts.get(text)
            case _:
                return None

    def _check_times(self, rules: Sequence[Any]) -> None:
        """Report days on which two editions are in force, and days between them on which none is.

        The rules come in the order of their times.
        """
        for before, after in pairwise(rules):
            last, first = before.in_force.last, after.in_force.first
            places = Place(self.file, after.in_force.span), Place(self.file, before.in_force.span)
            name = before.name.text
            if last is None or first is None or first <= last:
                on = f"on {spelled(first)}" if first is not None else "on the same days"
                self.findings.error(
                    "editions-overlap",
                    f"two editions of `{name}` are in force {on}",
                    places[0],
                    others=[(places[1], "the edition before")],
                    hint="End the edition before on the day before this one begins.",
                )
            elif (first - last).days > 1:
                self.findings.warning(
                    "editions-gap",
                    f"no edition of `{name}` is in force between {spelled(last)} and {spelled(first)}",
                    places[0],
                    others=[(places[1], "the edition before")],
                    hint="Between them the rule does not apply. Both days of `in force` are in.",
                )

    def _unlike(self, first: Any, other: Any, part: str) -> None:
        value = getattr(other, part)
        line = value[0] if isinstance(value, tuple) and value else value
        span = getattr(line, "span", other.name.span)
        self._differ(first, other, span, f"differ in {_CALLED.get(part, part)}")

    def _differ(self, first: Any, other: Any, span: Any, how: str) -> None:
        self.findings.error(
            "editions-differ",
            f"the editions of `{first.name.text}` {how}",
            Place(self.file, span),
            others=[(Place(self.file, first.name.span), "the first edition")],
            hint=f"Editions of one rule may differ in {_MAY[type(other)]}.\nWhat differs in more is another "
            "rule: give it a name of its own.",
        )


_MAY = {
    ast.TimescaleDecl: "`applies when`, in the day that it is counted from, in `within` and in `until`",
    ast.ItemDecl: "`relevant when`, `met when`, `excused when` and `no evidence when`",
    ast.ValidationDecl: "`applies when` and `requires`",
}
_TOLD = ("name", "title", "source", "finding", "in_force", "span")


@attrs.frozen
class _Joining:
    """Makes one rule of editions; `unlike` is told of a part that differs and may not."""

    editions: Sequence[_Edition]
    unlike: Callable[[Any, Any, str], None]

    def one(self) -> Any:
        first, last = self.editions[0].rule, self.editions[-1].rule
        changed: dict[str, Any] = {"in_force": None, "source": self._sources()}
        for told in ("title", "finding"):
            if hasattr(first, told):
                changed[told] = getattr(last, told) or getattr(first, told)
        ways = {
            "excused": self._when,
            "no_evidence_when": self._when,
            "met": self._chosen,
            "requires": self._chosen,
            "until": self._chosen,
            "start": self._starts,
            "limits": self._limits,
        }
        for part in (one.name for one in attrs.fields(type(first))):
            if part in _TOLD:
                continue
            if part in ("applies", "relevant"):
                changed[part] = self._where(part)
            elif not all(_same(part, one.rule, first) for one in self.editions):
                changed[part] = ways.get(part, self._refused)(part)
        return attrs.evolve(first, **changed)

    def _where(self, part: str) -> ast.Expr:
        """It applies where an edition is in force, and applies."""
        each = tuple(_in_force_and(one.holds, getattr(one.rule, part)) for one in self.editions)
        return ast.Apply("or", each, op_span=each[0].span, span=each[0].span)

    def _when(self, part: str) -> ast.Expr:
        each = tuple(
            _in_force_and(one.holds, getattr(one.rule, part))
            for one in self.editions
            if getattr(one.rule, part) is not None
        )
        return each[0] if len(each) == 1 else ast.Apply("or", each, op_span=each[0].span, span=each[0].span)

    def _chosen(self, part: str) -> Any:
        values = [getattr(one.rule, part) for one in self.editions]
        if part == "met":
            # Without `met when` the time limit alone decides.
            values = [value or ast.Literal(True, span=NOWHERE) for value in values]
        # A share of the whole file is counted over all cases: there is no day of a case to choose one by.
        if any(value is None or isinstance(value, ast.ShareOf) for value in values):
            return self._refused(part)
        return self._choice(values)

    def _choice(self, values: Sequence[ast.Expr]) -> ast.Expr:
        """Return the value of the edition in force; of the last where none is, for then it does not apply."""
        made = values[-1]
        for one, value in list(zip(self.editions, values, strict=True))[-2::-1]:
            made = ast.Conditional(one.holds, value, made, span=value.span)
        return made

    def _starts(self, part: str) -> Any:
        starts = [one.rule.start for one in self.editions]
        if any(one is None or one.counted != starts[0].counted for one in starts):
            return self._refused(part)
        return attrs.evolve(starts[0], value=self._choice([one.value for one in starts]))

    def _limits(self, part: str) -> Any:
        if not all(one.rule.limits for one in self.editions):
            return self._refused(part)
        return tuple(
            attrs.evolve(limit, condition=both(one.holds, limit.condition), otherwise=False)
            for one in self.editions
            for limit in one.rule.limits
        )

    def _refused(self, part: str) -> Any:
        first = self.editions[0].rule
        other = next(one.rule for one in self.editions if not _same(part, one.rule, first))
        self.unlike(first, other, part)
        return getattr(first, part)

    def _sources(self) -> ast.Text | None:
        told = [
            f"{one.rule.source.value} ({_time(one.time)})"
            for one in self.editions
            if one.rule.source is not None
        ]
        return ast.Text("; ".join(told), span=self.editions[0].rule.source.span) if told else None


def _same(part: str, one: Any, other: Any) -> bool:
    mine, theirs = getattr(one, part), getattr(other, part)
    # `of the whole file` is kept as the place where it stands.
    return (mine is None) == (theirs is None) if part == "whole" else bool(mine == theirs)


def _in_force_and(holds: ast.Expr, condition: ast.Expr | None) -> ast.Expr:
    made = both(holds, condition)
    assert made is not None
    return made


def _time(one: ast.InForce) -> str:
    if one.last is None:
        return f"from {spelled(one.first)}" if one.first is not None else "always"
    if one.first is None:
        return f"up to {spelled(one.last)}"
    return f"{spelled(one.first)} to {spelled(one.last)}"
