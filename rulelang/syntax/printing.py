"""Declarations as canonical text: one clause a line, in one order. Comments are the formatter's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rulelang.syntax import ast
from rulelang.syntax.phrasing import (
    expression_text,
    name_text,
    number_text,
    quoted,
)
from rulelang.syntax.printing_clauses import (
    amended_lines,
    criterion_lines,
    edition_lines,
    in_force_text,
    item_lines,
    timescale_lines,
    validation_lines,
)
from rulelang.syntax.printing_examples import given_lines
from rulelang.syntax.printing_ratings import limit_lines, rating_lines

_TYPE_WORDS = frozenset(
    {"text", "judgement", "number", "date", "datetime", "partial", "duration", "whole", "one", "list"}
)
_FIELD_WORDS = frozenset({"key", "optional", "planned", "dated", "by", "blank"})
Lines = Iterator[str]
_Sourced = ast.Declaration | ast.ItemDecl


def print_module(module: ast.Module) -> str:
    """Return the text of a module, without its comments; reading it gives an equal module."""
    return "\n".join(print_declaration(declaration) for declaration in module.declarations)


def print_declaration(node: ast.Declaration) -> str:
    """Return the text of one declaration."""
    return "".join(f"{line}\n" for line in _lines(node))


def print_expression(node: ast.Expr) -> str:
    """Return the text of an expression."""
    return expression_text(node)


def _lines(node: ast.Declaration) -> Lines:
    return _LINES[type(node)](node)


def _head(keyword: str, name: ast.Name, title: ast.Text | None) -> str:
    return f"{keyword} {name.text}" + (f" {_quoted(title)}" if title else "")


def _quoted(text: ast.Text) -> str:
    return quoted(text.value)


def _commas(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _source(node: _Sourced) -> Lines:
    if node.source:
        yield f"  source {_quoted(node.source)}"
    in_force: ast.InForce | None = getattr(node, "in_force", None)
    if in_force is not None:
        yield f"  {in_force_text(in_force)}"


def _described(node: ast.SectionDecl | ast.CriterionDecl) -> Lines:
    yield from _source(node)
    if node.describes:
        yield f"  describes {_quoted(node.describes)}"
    if node.no_evidence:
        yield f"  no evidence counts as {node.no_evidence.value}"


def _pack(node: ast.PackDecl) -> Lines:
    version = f" version {_quoted(node.version)}" if node.version else ""
    yield f"pack {node.name.text}{version}" + (f" {_quoted(node.title)}" if node.title else "")
    yield from _source(node)
    if node.calendar:
        yield f"  calendar {node.calendar.text}"
    if node.time_zone:
        yield f"  time zone {_quoted(node.time_zone)}"
    if node.date_order:
        yield f"  dates are {node.date_order.value}"
    if node.missing:
        yield f"  missing is written {_commas(map(_quoted, node.missing))}"
    for uses in node.uses:
        yield f"  uses {uses.pack.text}" + (f" version {_quoted(uses.version)}" if uses.version else "")
    if node.no_evidence:
        yield f"  no evidence counts as {node.no_evidence.value}"


def _choice(node: ast.ChoiceDecl) -> Lines:
    values = _commas(
        " ".join([name_text(value.name, frozenset({"source"})), *_or_texts(value.spellings)])
        for value in node.values
    )
    yield _head("choice", node.name, node.title) + (" in order " if node.ordered else " ") + values
    yield from _source(node)


def _or_texts(texts: tuple[ast.Text, ...]) -> list[str]:
    return [" or ".join(map(_quoted, texts))] if texts else []


def _record(node: ast.RecordDecl) -> Lines:
    yield _head("record", node.name, node.title) + (
        f" read from {_quoted(node.read_from)}" if node.read_from else ""
    )
    if node.adds_to:
        yield f"  adds to {node.adds_to.text}"
    yield from _source(node)
    if node.dated:
        yield f"  dated {node.dated.text}"
    for field in node.fields:
        yield "  " + _field(field)
    if node.inspected is not None:
        yield f"  inspected when {expression_text(node.inspected)}"


def _field(node: ast.FieldDecl) -> str:
    parts = [name_text(node.name, _FIELD_WORDS), _type(node.type)]
    parts += [word for word, holds in _marks(node) if holds]
    if node.column:
        parts.append(f"column {_quoted(node.column)}")
    if node.title:
        parts.append(_quoted(node.title))
    return " ".join(parts)


def _marks(node: ast.FieldDecl) -> tuple[tuple[str, bool], ...]:
    return (
        ("key", node.key),
        ("optional", node.optional),
        ("planned", node.planned),
        ("blank is no", node.blank_is_no),
    )


def _type(node: ast.FieldType) -> str:
    match node:
        case ast.BasicType():
            return node.value
        case ast.ChoiceRef():
            return name_text(node.name, _TYPE_WORDS)
        case ast.InlineChoice():
            *most, last = (name.text for name in node.values)
            return f"one of {_commas(most)} or {last}"
        case ast.ListOf():
            return f"list of {node.record.text}" + (f" by {node.by.text}" if node.by else "")


def _calendar(node: ast.CalendarDecl) -> Lines:
    yield _head("calendar", node.name, node.title)
    yield from _source(node)
    if node.weekend:
        yield f"  weekend {_commas(day.text for day in node.weekend)}"
    for base in node.bases:
        yield "  holidays of " + (_quoted(base) if isinstance(base, ast.Text) else base.text)
    if node.read_from:
        yield f"  holidays read from {_quoted(node.read_from)}"
    for words, days in (("closed", node.closed), ("open", node.open)):
        for day in days:
            yield f"  {words} {day.day.isoformat()}" + (f" {_quoted(day.title)}" if day.title else "")
    if node.covers:
        first, last = node.covers
        yield f"  covers {first.isoformat()} to {last.isoformat()}"


def _parameter(node: ast.ParameterDecl) -> Lines:
    yield _head("parameter", node.name, node.title)
    if node.given:
        yield f"  {node.given.value} given"
    yield from edition_lines(node.editions)
    yield from _source(node)


def _codes(node: ast.CodesDecl) -> Lines:
    head = _head("codes", node.name, node.title)
    if node.read_from:
        column = f" column {_quoted(node.column)}" if node.column else ""
        yield f"{head} read from {_quoted(node.read_from)}{column}"
    else:
        ranges = (
            _quoted(part.first) + (f" to {_quoted(part.last)}" if part.last else "") for part in node.ranges
        )
        yield f"{head} {_commas(ranges)}"
    yield from _source(node)


def _period(node: ast.PeriodDecl) -> Lines:
    yield f"{_head('period', node.name, node.title)} from {node.first.isoformat()} to {node.last.isoformat()}"
    yield from _source(node)


def _check(node: ast.CheckDecl) -> Lines:
    yield _head("check", node.name, node.title)
    yield from _source(node)
    if node.picture:
        yield f"  picture {_quoted(node.picture)}"
    if node.letters:
        yield f"  letters {_quoted(node.letters)}"
    if node.weights:
        yield f"  weights {_commas(map(str, node.weights.values))} from character {node.weights.start}"
    if node.remainder:
        which = "character " if node.remainder.of_character else ""
        yield f"  divided by {node.remainder.divisor} leaves {which}{node.remainder.left}"


def _define(node: ast.DefineDecl) -> Lines:
    record = f" of {node.record.text}" if node.record else ""
    yield f"{_head('define', node.name, node.title)}{record} as {expression_text(node.value)}"
    yield from _source(node)


def _timescale(node: ast.TimescaleDecl) -> Lines:
    yield _head("timescale", node.name, node.title)
    yield from _source(node)
    yield from timescale_lines(node)


def _section(node: ast.SectionDecl) -> Lines:
    yield _head("section", node.name, node.title)
    yield from _described(node)


def _criterion(node: ast.CriterionDecl) -> Lines:
    yield _head("criterion", node.name, node.title)
    yield from _described(node)
    yield from criterion_lines(node)
    for item in node.items:
        yield "  " + _head("item", item.name, item.title)
        for line in _item(item):
            yield f"  {line}"


def _item(node: ast.ItemDecl) -> Lines:
    yield from _source(node)
    yield from item_lines(node)


def _amend(node: ast.AmendDecl) -> Lines:
    title = next((one.value for one in node.changes if one.part == "title"), None)
    yield f"amend {expression_text(node.target)}" + (f" {_quoted(title)}" if title is not None else "")
    yield from _source(node)
    yield from amended_lines(node)


def _bands(node: ast.BandsDecl) -> Lines:
    form = "" if node.of is not None else " on exact scores"
    of = f" of {_banded(node.of)}" if node.of is not None else ""
    yield _head("bands", node.name, node.title) + of + (" on rounded scores" if node.rounded else form)
    yield from _source(node)
    for level in node.levels:
        threshold = "otherwise" if level.at_least is None else f"at {number_text(level.at_least)} or more"
        yield f"  {level.name.text} {threshold}"


def _banded(node: ast.Expr) -> str:
    return expression_text(node) if isinstance(node, ast.Ref) else f"({expression_text(node)})"


def _limit(node: ast.LimitDecl) -> Lines:
    yield _head("limit", node.name, node.title)
    yield from _source(node)
    yield from limit_lines(node)


def _rating(node: ast.RatingDecl) -> Lines:
    members = ", ".join(one.text for one in node.members)
    of = f"of {members}, " if members else ""
    yield _head("rating", node.name, node.title) + f" {of}{node.policy.value}"
    yield from _source(node)
    yield from rating_lines(node)


def _decision(node: ast.DecisionDecl) -> Lines:
    yield _head("decision", node.name, node.title)
    yield from _source(node)
    yield f"  {'exactly one row holds' if node.unique else 'the first row that holds'}"
    rows = [[cell.text for cell in row] for row in (node.head, *node.rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(node.head))]
    for row in rows:
        yield f"  | {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"


def _validation(node: ast.ValidationDecl) -> Lines:
    yield _head("validation", node.name, node.title)
    yield from _source(node)
    if node.record is not None:
        yield f"  of {node.record.text}"
    if node.whole is not None:
        yield "  of the whole file"
    if node.applies is not None:
        yield f"  applies when {expression_text(node.applies)}"
    yield from validation_lines(node)


def _example(node: ast.ExampleDecl) -> Lines:
    yield f"example {_quoted(node.title)}"
    yield from _source(node)
    yield from given_lines(node)


_LINES: dict[type[ast.Declaration], Callable[..., Lines]] = {
    ast.PackDecl: _pack,
    ast.ChoiceDecl: _choice,
    ast.RecordDecl: _record,
    ast.CalendarDecl: _calendar,
    ast.ParameterDecl: _parameter,
    ast.CodesDecl: _codes,
    ast.PeriodDecl: _period,
    ast.CheckDecl: _check,
    ast.DefineDecl: _define,
    ast.TimescaleDecl: _timescale,
    ast.SectionDecl: _section,
    ast.CriterionDecl: _criterion,
    ast.DecisionDecl: _decision,
    ast.ValidationDecl: _validation,
    ast.LimitDecl: _limit,
    ast.AmendDecl: _amend,
    ast.BandsDecl: _bands,
    ast.RatingDecl: _rating,
    ast.ExampleDecl: _example,
}
