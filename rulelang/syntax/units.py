"""Cutting a declaration that cannot be read into its lines: each is read for itself, and hides no other.

A unit is a line with the lines that continue it. Where one begins is asked of the grammar: at words that can
begin a line here, at a name where one can, or at words that can neither continue a line nor begin one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import attrs

from rulelang.diagnostics import did_you_mean
from rulelang.source import Span
from rulelang.syntax.grammar import parser
from rulelang.syntax.machine import Walk
from rulelang.syntax.patterns import CONTEXTS, DECLARATIONS, LINES
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Reading, Token

# Declarations of one sentence: there are no lines to tell apart.
WHOLE = ("choice", "codes", "period", "define")
# What can follow the first line of a declaration or an item, but begins none of its lines.
_NOT_A_START = {END, "STRING", "VERSION", "ROW"}
_FIRST = re.compile(r"[^\W\d]\w*(?:[ \t]+[^\W\d]\w*)?")


@attrs.define
class Unit:
    """A stretch of a declaration: its first line, the first line of an item, or one of the lines below."""

    start: int
    end: int
    context: str
    head: bool = False
    lead: tuple[Token, ...] = ()
    reading: Reading = attrs.field(factory=Reading)
    walk: Walk = attrs.field(init=False)

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def read(self) -> bool:
        """Whether it could be read to its end, and may end there."""
        return self.walk.stopped is None and self.complete

    @property
    def complete(self) -> bool:
        return parser().viable(self.walk.stack, END)


def before(context: str) -> tuple[Token, ...]:
    """Return the tokens that lead to a context, standing nowhere."""
    return tuple(Token(kind, text, 0, 0) for kind, text in CONTEXTS.get(context, ()))


@cache
def starters(context: str) -> frozenset[str]:
    """Return the terminals that can begin a line."""
    if context == "record after `inspected when`":
        return starters("record") - {"NAME", "INSPECTED_WHEN"}
    machine = parser()
    states = [machine.table.starts["declaration"]]
    for token in before(context):
        machine.step(states, token.type)
    return machine.expected(states) - _NOT_A_START


@cache
def phrases() -> dict[str, str]:
    """Return the words of each terminal that has words: `met when` of MET_WHEN."""
    found = {}
    for spellings in parser().table.words.values():
        for pattern, terminal in spellings:
            words = pattern.partition("\\b")[0]
            found[terminal] = words.replace("\\s+", " ").replace("[ \t]+", " ").replace("\\/", "/")
    return found


@cache
def line_phrases(context: str) -> tuple[str, ...]:
    """Return the words that begin the lines of a context, in the order of the alphabet."""
    words = {phrases().get(terminal, "") for terminal in starters(context)}
    return tuple(sorted(words & LINES.keys()))


def begins_with(text: str, position: int, end: int, context: str) -> str | None:
    """Return the terminal of the words at a position that begin a line of a context."""
    word = _FIRST.match(text, position, end)
    if word is None:
        return None
    for pattern, terminal in parser().table.words.get(word.group().split()[0], ()):
        if terminal in starters(context) and re.compile(pattern).match(text, position, end):
            return terminal
    return None


def probe(text: str, unit: Unit) -> None:
    """Read a unit as far as it can be read."""
    unit.reading.slips.clear()
    unit.walk = parser().walk(
        text, unit.start, unit.end, goal="declaration", reading=unit.reading, before=unit.lead
    )


def cut(text: str, piece: Span, kind: str, lead: tuple[Token, ...]) -> list[Unit]:
    """Cut a declaration into units, each read as far as it can be."""
    lines = list(lines_of(text, piece))
    first_end = lines[0][1] if lines else piece.end
    units = [Unit(piece.start, first_end, kind, head=True, lead=lead)]
    for start, end in lines[1:]:
        current = units[-1]
        probe(text, current)
        context = _context_below(text, current)
        if kind in WHOLE or not _begins(text, start, end, current, context):
            current.end = end
            continue
        units.append(_new_unit(text, start, end, kind, context))
    probe(text, units[-1])
    return units


def _new_unit(text: str, start: int, end: int, kind: str, context: str) -> Unit:
    if kind == "criterion" and begins_with(text, start, end, "criterion") == "ITEM":
        return Unit(start, end, "item", head=True, lead=before("criterion"))
    if context == "case" and begins_with(text, start, end, "example"):
        context = "example"
    return Unit(start, end, context, lead=before(context))


def _context_below(text: str, unit: Unit) -> str:
    """Return the context of the lines below a unit."""
    first = begins_with(text, unit.start, unit.end, unit.context) if not unit.head else None
    if first == "CASE":
        return "case"
    if first == "INSPECTED_WHEN":
        return "record after `inspected when`"
    return unit.context


def lines_of(text: str, piece: Span) -> Iterator[tuple[int, int]]:
    """Return the lines of a piece that are neither blank nor only a comment, from their first word on."""
    position = piece.start
    while position < piece.end:
        newline = text.find("\n", position, piece.end)
        end = piece.end if newline < 0 else newline
        line = text[position:end]
        inner = line.lstrip()
        if inner and not inner.startswith("#"):
            yield end - len(inner), end
        position = end + 1


def _begins(text: str, start: int, end: int, current: Unit, context: str) -> bool:
    """Tell whether a line begins a unit, or continues the one before."""
    walk, stack = current.walk, current.walk.stack
    known = begins_with(text, start, end, context)
    if known is None and context in ("item", "case"):
        known = begins_with(text, start, end, {"item": "criterion", "case": "example"}[context])
    if known:
        # `to` on a line of its own may still belong to `paused from`.
        return walk.stopped is not None or current.complete or not parser().viable(stack, known)
    named = "NAME" in starters(context)
    if walk.stopped is not None:
        return named or _looks_like_start(text, start, end, context)
    if current.complete:
        return not _continues(text, start, end, stack, context)
    # The line before is not finished: only what is surely the start of another ends it.
    if named and not current.head:
        alone = Unit(start, end, context, lead=before(context))
        probe(text, alone)
        kinds = [token.type for token in alone.walk.tokens[:2]]
        if alone.read or (len(kinds) == 2 and kinds[0] == "NAME" != kinds[1]):
            return True
    found = parser().walk_one(text, start, end, stack)
    if found is not None and parser().viable(stack, found):
        return len(walk.tokens) == 1 and _looks_like_start(text, start, end, context)
    return _looks_like_start(text, start, end, context)


def _continues(text: str, start: int, end: int, stack: list[int], context: str) -> bool:
    machine = parser()
    found = machine.walk_one(text, start, end, stack)
    if found is None or not machine.viable(stack, found):
        return False
    # A name that can follow begins the next field, value or level.
    return not (found in starters(context) and found not in phrases())


def _looks_like_start(text: str, start: int, end: int, context: str) -> bool:
    word = _FIRST.match(text, start, end)
    if word is None:
        return False
    first = word.group().split(maxsplit=1)[0]
    if first in DECLARATIONS or any(begins_with(text, start, end, other) for other in CONTEXTS):
        return True
    return near_line(word.group(), context)


def near_line(words: str, context: str) -> bool:
    """Tell whether words are nearly those that begin a line: `wihtin`."""
    contexts = {"case": ("case", "example"), "item": ("item", "criterion")}.get(context, (context,))
    known = [phrase for name in contexts for phrase in line_phrases(name)]
    first = words.split(maxsplit=1)[0]
    firsts = {phrase.split(maxsplit=1)[0] for phrase in known}
    if first in firsts:
        return True
    near = did_you_mean(first, firsts, limit=1)
    return bool(near) and len(first) > 3 and abs(len(near[0]) - len(first)) <= 2
