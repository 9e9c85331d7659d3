"""What to say of a line that cannot be read: how far it got, what was expected, how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable

from rulelang.diagnostics import Diagnostic, Fix, Label, did_you_mean, or_list
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import patterns
from rulelang.syntax.beginnings import line_start
from rulelang.syntax.building.expressions import NOT_YET, UNITS
from rulelang.syntax.expectations import described
from rulelang.syntax.grammar import parser
from rulelang.syntax.misspellings import (
    capital_name,
    field_mark,
    misspelt_words,
    number_in_words,
    reserved,
    unfinished_phrase,
)
from rulelang.syntax.slips import Slip
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Token
from rulelang.syntax.trouble import Complaint, Trouble, can_step, pattern_hint
from rulelang.syntax.units import phrases, starters

_LATER_WORDS = [(name, re.compile(pattern)) for name, pattern in patterns.LATER_WORDS]
_WORKING = re.compile(r"working\s+(\d+)\s+(?:working\s+)?days?\b")


def slip_diagnostic(file: SourceFile, slip: Slip) -> Diagnostic:
    """Return the message for a slip."""
    place = Place(file, slip.span)
    fix = Fix(place, slip.replacement, slip.certain)
    return Diagnostic(slip.code, slip.message, Label(place), hint=slip.hint, fix=fix)


def complain(trouble: Trouble) -> Complaint:
    """Return the message for a line that cannot be read: the most particular that fits."""
    for detect in _DETECTORS:
        found = detect(trouble)
        if found is not None:
            return found if isinstance(found, Complaint) else Complaint(found)
    return Complaint(_unexpected(trouble))


def _too_deep(trouble: Trouble) -> Diagnostic | None:
    if not trouble.walk.too_deep:
        return None
    hint = "Name the inner parts with `define`, and use those names here."
    return trouble.diagnostic("too-deep", "this is nested too deeply to follow", hint=hint)


def _later(trouble: Trouble) -> Diagnostic | None:
    stopped = trouble.walk.stopped
    if stopped is None:
        return None
    for token in (stopped, *trouble.walk.tokens[-3:]):
        for name, pattern in _LATER_WORDS:
            found = pattern.match(trouble.file.text, token.start, trouble.span.end)
            if found and (trouble.context == "parameter" or not name.startswith("parameter")):
                return later(trouble.file, name, Span(*found.span()))
    return None


def later(file: SourceFile, name: str, span: Span) -> Diagnostic:
    """Return the message for a part of the language that this version does not judge."""
    return Diagnostic(
        "not-yet-supported",
        f"`{name}` is part of the language, but this version does not judge it yet",
        Label(Place(file, span)),
        hint=NOT_YET,
    )


def _parentheses(trouble: Trouble) -> Diagnostic | None:
    stopped = trouble.walk.stopped
    open_ = _unclosed(trouble.walk.tokens)
    if stopped is not None and stopped.type == "RPAR" and not open_:
        message = "this `)` closes nothing"
        return trouble.diagnostic(
            "unbalanced-parentheses",
            message,
            hint="Delete it, or write the `(` that it closes.",
            replacement="",
        )
    if not open_ or (stopped is not None and stopped.type != END) or "RPAR" not in trouble.expected:
        return None
    end = trouble.walk.tokens[-1].end
    return trouble.diagnostic(
        "unbalanced-parentheses",
        "a `(` is not closed",
        span=open_[-1].span,
        label="it opens here",
        others=((Span(end - 1, end), "and is still open here"),),
        hint="Every `(` needs its `)`.",
    )


def _unclosed(tokens: list[Token]) -> list[Token]:
    open_: list[Token] = []
    for token in tokens:
        if token.type == "LPAR":
            open_.append(token)
        elif token.type == "RPAR" and open_:
            open_.pop()
    return open_


def _units(trouble: Trouble) -> Diagnostic | Complaint | None:
    """A length of time in the wrong order, or with an unknown unit."""
    tokens, stopped = trouble.walk.tokens, trouble.walk.stopped
    text = trouble.file.text
    for token in tokens[-2:]:
        found = _WORKING.match(text, token.start, trouble.span.end)
        if found and token.type == "NAME":
            right = f"{found.group(1)} working days"
            span = Span(*found.span())
            message = f"`{' '.join(found.group().split())}` is in the wrong order"
            return trouble.diagnostic(
                "unknown-unit", message, span=span, label=f"write `{right}`", replacement=right, certain=True
            )
    if stopped is None or not tokens or tokens[-1].type != "NUMBER" or stopped.type != "NAME":
        return None
    if trouble.word == "each" and "IN_EACH" in trouble.expected:
        return None
    stack = [parser().table.starts[trouble.goal]]
    if not can_step(stack, [*(t.type for t in trouble.lead), *(t.type for t in tokens[:-1]), "DURATION"]):
        return None
    units = ("minutes", "hours", "days", "working days", "weeks", "months", "years")
    if "." in tokens[-1].text and trouble.word in UNITS:
        return trouble.diagnostic(
            "no-such-length",
            f"`{tokens[-1].text} {trouble.word}` is not a whole number of {trouble.word}",
            span=tokens[-1].span.to(stopped.span),
            hint="A length of time is counted in whole units: write `36 hours`, not `1.5 days`.",
        )
    near = did_you_mean(trouble.word, units, limit=1)
    return trouble.diagnostic(
        "unknown-unit",
        f"`{trouble.word}` is not a unit of time",
        label=f"did you mean `{near[0]}`?" if near else "",
        hint=f"The units are {or_list(units)}.",
    )


def _missing_or(trouble: Trouble) -> Diagnostic | None:
    words = [token.type for token in trouble.walk.tokens]
    if (
        not {"COMMA", "OR"} <= trouble.expected
        or not words
        or words[-1] not in ("NAME", "STRING", "NUMBER", "DATE")
    ):
        return None
    if not {"IS_ONE_OF", "IS_NOT_ONE_OF", "ONE_OF"} & set(words):
        return None
    stopped = trouble.walk.stopped
    last = trouble.walk.tokens[-1]
    if stopped is not None and stopped.type in ("NAME", "STRING", "NUMBER", "DATE"):
        return None
    return trouble.diagnostic(
        "incomplete-clause",
        "the last of several values follows an `or`",
        span=last.span,
        hint=pattern_hint(trouble),
    )


def _unexpected(trouble: Trouble) -> Diagnostic:
    expected = trouble.expected
    starting = starters(trouble.context) if trouble.context in patterns.CONTEXTS else frozenset()
    wanted = described(expected, phrases(), starting)
    reading = f"I was reading {trouble.where}"
    got = f" and got as far as `{_shortened(trouble.so_far)}`" if trouble.so_far else ""
    word, hint = trouble.word, pattern_hint(trouble)
    if not word:
        return trouble.diagnostic(
            "incomplete-clause", f"{reading}{got}", label=f"then I expected {wanted}", hint=hint
        )
    label = f"then I expected {wanted}, not `{_shortened(word)}`"
    return trouble.diagnostic("unexpected-word", f"{reading}{got}", label=label, hint=hint)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else "… " + text[-57:].partition(" ")[2]


_DETECTORS: tuple[Callable[[Trouble], Diagnostic | Complaint | None], ...] = (
    _too_deep,
    _later,
    line_start,
    capital_name,
    number_in_words,
    _parentheses,
    _units,
    field_mark,
    _missing_or,
    reserved,
    misspelt_words,
    unfinished_phrase,
)
