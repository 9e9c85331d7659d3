"""A line that could not be read: what is known of it, and how a message about it is made."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from attrs import frozen

from rulelang.diagnostics import Diagnostic, Fix, Label
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import patterns
from rulelang.syntax.grammar import parser
from rulelang.syntax.machine import Walk
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Token
from rulelang.syntax.units import Unit, phrases

_WORD = re.compile(r"`?[^\W\d]\w*`?")


@frozen
class Trouble:
    """A line that could not be read: where it stands, what it is a line of, how far it was read."""

    file: SourceFile
    span: Span
    context: str
    where: str  # "the timescale `isp`"
    walk: Walk
    lead: tuple[Token, ...]
    goal: str = "declaration"

    @property
    def place(self) -> Span:
        """Where it stopped: the word there, or the end of its text."""
        stopped = self.walk.stopped
        if stopped is None or stopped.type == END:
            last = self.walk.tokens[-1] if self.walk.tokens else None
            end = last.end if last else self.span.start
            return Span(max(end - 1, 0), end) if last else Span(end, end + 1)
        return stopped.span

    @property
    def so_far(self) -> str:
        """The author's words up to where it stopped, on one line."""
        tokens = self.walk.tokens
        return " ".join(self.file.text[self.span.start : tokens[-1].end].split()) if tokens else ""

    @property
    def word(self) -> str:
        stopped = self.walk.stopped
        if stopped is None:
            return ""
        if stopped.type:
            return " ".join(self.file.text[stopped.start : stopped.end].split())
        found = _WORD.match(self.file.text, stopped.start, self.span.end)
        return found.group() if found else stopped.text

    @property
    def expected(self) -> frozenset[str]:
        return parser().expected(self.walk.stack)

    def diagnostic(
        self,
        code: str,
        message: str,
        *,
        span: Span | None = None,
        label: str = "",
        others: tuple[tuple[Span, str], ...] = (),
        hint: str | None = None,
        replacement: str | None = None,
        certain: bool = False,
    ) -> Diagnostic:
        place = Place(self.file, span or self.place)
        more: Any = [Label(Place(self.file, other), text) for other, text in others]
        return Diagnostic(
            code,
            message,
            Label(place, label),
            more,
            hint=hint,
            fix=None if replacement is None else Fix(place, replacement, certain),
        )


@frozen
class Complaint:
    """A message, and the token that was meant, where that is plain: the line can then be read on."""

    diagnostic: Diagnostic
    meant: Token | None = None


def trouble_of(file: SourceFile, unit: Unit, where: str) -> Trouble:
    """Return what is known of a unit that could not be read."""
    return Trouble(file, unit.span, unit.context, where, unit.walk, unit.lead)


def wrapped(text: str) -> str:
    """Return a long hint in lines."""
    return "\n".join(textwrap.wrap(text, 96, break_long_words=False, break_on_hyphens=False))


def can_step(stack: list[int], types: list[str]) -> bool:
    """Move a stack of states over terminals, as far as they are viable; tell whether all were."""
    machine = parser()
    for terminal in types:
        if not machine.viable(stack, terminal):
            return False
        machine.step(stack, terminal)
    return True


def pattern_hint(trouble: Trouble) -> str | None:
    """Return the nearest sentence pattern: of the form being read, else the line, else the declaration."""
    words = phrases()
    for token in reversed(trouble.walk.tokens[1:] if trouble.context else trouble.walk.tokens):
        phrase = words.get(token.type, "")
        if phrase == "where" and "BY" in trouble.expected:
            continue  # it is `first of` that is not finished
        if phrase in patterns.FORMS:
            return f"It is written like this: `{patterns.FORMS[phrase]}`"
    first = words.get(trouble.walk.tokens[0].type, "") if trouble.walk.tokens else ""
    if trouble.context == first and first in patterns.DECLARATIONS:
        return f"It is written like this: `{patterns.DECLARATIONS[first]}`"
    if first == "at least" and trouble.context and not {"IN_EACH", "PERCENT"} & trouble.expected:
        return f"It is written like this: `{patterns.GAP}`"
    if first in patterns.LINES and trouble.context:
        return f"It is written like this: `{patterns.LINES[first]}`"
    if first in patterns.FORMS:
        return f"It is written like this: `{patterns.FORMS[first]}`"
    named = patterns.NAMED_LINES.get(trouble.context)
    return f"A line of it is written like this: `{named}`" if named else None
