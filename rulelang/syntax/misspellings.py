"""Words that were meant as others: a word of the language used as a name, a phrase or a mark misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rulelang.diagnostics import did_you_mean
from rulelang.source import Span
from rulelang.syntax.grammar import parser
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Reading, Token
from rulelang.syntax.trouble import Complaint, Trouble, can_step, pattern_hint
from rulelang.syntax.units import phrases

_SEVERAL = re.compile(r"[a-z]+(?:[ \t]+[a-z]+){0,3}")
_PLAIN = re.compile(r"[a-z]+")


def reserved(trouble: Trouble) -> Complaint | None:
    """A word of the language where it was meant as a name: with the name, more could be read."""
    machine = parser()
    tokens, stopped = trouble.walk.tokens, trouble.walk.stopped
    for i in range(len(tokens) - 1, max(len(tokens) - 4, -1), -1):
        token = tokens[i]
        if token.type not in phrases() or " " in token.text.strip():
            continue
        stack = [machine.table.starts[trouble.goal]]
        as_name = Token("NAME", token.text, token.start, token.end)
        lead = [*trouble.lead, *tokens[:i], as_name]
        if not can_step(stack, [other.type for other in lead]):
            continue
        walk = machine.walk(
            trouble.file.text, token.end, trouble.span.end, goal=trouble.goal, reading=Reading(), before=lead
        )
        if walk.stopped is not None and (stopped is None or walk.stopped.start <= stopped.start):
            continue
        if walk.stopped is None and not machine.viable(walk.stack, END):
            continue
        diagnostic = trouble.diagnostic(
            "reserved-word",
            f"`{token.text}` is a word of the language here",
            span=token.span,
            label=f"if it is a name, write it in backquotes: `` `{token.text}` ``",
            hint=pattern_hint(trouble),
            replacement=f"`{token.text}`",
        )
        return Complaint(diagnostic, as_name)
    return None


def misspelt_words(trouble: Trouble) -> Complaint | None:
    """Words that are nearly a phrase of the language: `is at leest`."""
    machine = parser()
    text, tokens, stopped = trouble.file.text, trouble.walk.tokens, trouble.walk.stopped
    if stopped is None:
        return None
    places = [token.start for token in tokens[-3:]] + [stopped.start]
    for back, place in zip(range(len(places) - 1, -1, -1), places, strict=True):
        stack = [machine.table.starts[trouble.goal]]
        if not can_step(stack, [t.type for t in (*trouble.lead, *tokens[: len(tokens) - back])]):
            continue
        viable = {words: terminal for terminal, words in phrases().items() if machine.viable(stack, terminal)}
        found = _SEVERAL.match(text, place, trouble.span.end)
        for count in range(len(found.group().split()) if found else 0, 0, -1):
            span = _words_span(text, place, count)
            wrong = " ".join(text[span.start : span.end].split())
            right = _near_phrase(wrong, viable)
            if right is None or span.end < stopped.start:
                continue
            diagnostic = trouble.diagnostic(
                "misspelt-words",
                f"`{wrong}` is not part of the language here",
                span=span,
                label=f"did you mean `{right}`?",
                hint=pattern_hint(trouble),
                replacement=right,
            )
            return Complaint(diagnostic, Token(viable[right], right, span.start, span.end))
    return None


def field_mark(trouble: Trouble) -> Complaint | None:
    """A field with a misspelt mark: it reads like the name of the next field, which has no type."""
    tokens = trouble.walk.tokens
    if trouble.context != "record" or len(tokens) < 3 or tokens[-1].type != "NAME":
        return None
    marks = {"optional": "OPTIONAL", "planned": "PLANNED", "key": "KEY", "column": "COLUMN"}
    near = did_you_mean(tokens[-1].text, marks, limit=1)
    if not near or "TEXT" not in trouble.expected:
        return None
    span = tokens[-1].span
    diagnostic = trouble.diagnostic(
        "misspelt-words",
        f"`{tokens[-1].text}` is not part of the language here",
        span=span,
        label=f"did you mean `{near[0]}`?",
        hint=pattern_hint(trouble),
        replacement=near[0],
    )
    return Complaint(diagnostic, Token(marks[near[0]], near[0], span.start, span.end))


def _words_span(text: str, start: int, count: int) -> Span:
    ends = [found.end() for found in _PLAIN.finditer(text, start)][:count]
    return Span(start, ends[-1])


def _near_phrase(wrong: str, known: Iterable[str]) -> str | None:
    count = len(wrong.split())
    same = {words for words in known if len(words.split()) == count and words != wrong}
    near = did_you_mean(wrong, same, limit=1)
    if not near or len(wrong) < 4:
        return None
    pairs = zip(wrong.split(), near[0].split(), strict=True)
    far = sum(a != b for a, b in pairs)
    close = all(
        a == b or (len(a) > 2 and did_you_mean(a, [b]))
        for a, b in zip(wrong.split(), near[0].split(), strict=True)
    )
    return near[0] if far == 1 and close else None
