"""Words that were meant as others: a word of the language used as a name, a phrase or a mark misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rulelang.diagnostics import did_you_mean
from rulelang.source import Span
from rulelang.syntax.grammar import parser
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Reading, Token
from rulelang.syntax.trouble import Complaint, Trouble, can_step, pattern_hint
from rulelang.syntax.units import phrases

_SEVERAL = re.compile(r"[a-z]+(?:[ \t]+[a-z]+){0,3}")
_LENGTH = re.compile(r"[a-z]+[ \t]+((?:working[ \t]+)?(?:day|week|month|year|hour|minute)s?)\b")
_PLAIN = re.compile(r"[a-z]+")


NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


def reserved(trouble: Trouble) -> Complaint | None:
    """A word of the language where it was meant as a name: with the name, more could be read."""
    tokens = trouble.walk.tokens
    for i in range(len(tokens) - 1, max(len(tokens) - 4, -1), -1):
        token = tokens[i]
        if token.type not in phrases() or " " in token.text.strip():
            continue
        as_name = Token("NAME", token.text, token.start, token.end)
        if _reads_on(trouble, i, as_name):
            return _complaint(
                trouble,
                "reserved-word",
                f"`{token.text}` is a word of the language here",
                as_name,
                f"if it is a name, write it in backquotes: `` `{token.text}` ``",
                f"`{token.text}`",
            )
    return None


def capital_name(trouble: Trouble) -> Complaint | None:
    """A word of the language in capitals that was read as a name: `NOT`."""
    for i, token in _last(trouble.walk.tokens, 2):
        word = token.text.lower()
        if token.type != "NAME" or word == token.text:
            continue
        for terminal, phrase in phrases().items():
            meant = Token(terminal, phrase, token.start, token.end)
            if phrase == word and _reads_on(trouble, i, meant):
                message = f"`{token.text}` is written in small letters: `{word}`"
                return _complaint(trouble, "capital-letters", message, meant, "", word)
    return None


def number_in_words(trouble: Trouble) -> Complaint | None:
    """A number in words: `five days`, `weight two`."""
    text, tokens, stopped = trouble.file.text, trouble.walk.tokens, trouble.walk.stopped
    places = [*_last(tokens, 1), *([(len(tokens), stopped)] if stopped else [])]
    for i, token in places:
        if token.text not in NUMBERS:
            continue
        digits = str(NUMBERS.index(token.text) + 1)
        length = _LENGTH.match(text, token.start, trouble.span.end)
        meant = [Token("NUMBER", digits, token.start, token.end)]
        if length:
            words = f"{digits} {length.group(1)}"
            meant.insert(0, Token("DURATION", words, token.start, length.end()))
        for one in meant:
            if _reads_on(trouble, i, one):
                message = f"numbers are written in figures: `{digits}`"
                return _complaint(trouble, "number-in-words", message, one, "", one.text)
    return None


def misspelt_words(trouble: Trouble) -> Complaint | None:
    """Words that are nearly a phrase of the language: `is at leest`."""
    text, stopped = trouble.file.text, trouble.walk.stopped
    if stopped is None:
        return None
    places = [*_last(trouble.walk.tokens, 3)][::-1]
    for i, token in [*places, (len(trouble.walk.tokens), stopped)]:
        viable = _viable_phrases(trouble, i)
        found = _SEVERAL.match(text, token.start, trouble.span.end)
        for count in range(len(found.group().split()) if found else 0, 0, -1):
            span = _words_span(text, token.start, count)
            wrong = " ".join(text[span.start : span.end].split())
            right = _near_phrase(wrong, viable)
            if right is None or span.end < stopped.start:
                continue
            meant = Token(viable[right], right, span.start, span.end)
            if _reads_on(trouble, i, meant):
                return _misspelt(trouble, wrong, meant)
    return None


def unfinished_phrase(trouble: Trouble) -> Complaint | None:
    """The beginning of a phrase without its end: `is more 5`."""
    text, tokens = trouble.file.text, trouble.walk.tokens
    if trouble.walk.stopped is None:
        return None
    for i, token in [*_last(tokens, 3)][::-1]:
        for count in range(len(tokens) - i, 0, -1):
            span = Span(token.start, tokens[i + count - 1].end)
            wrong = " ".join(text[span.start : span.end].split())
            for phrase, terminal in sorted(_viable_phrases(trouble, i).items()):
                meant = Token(terminal, phrase, span.start, span.end)
                if phrase.startswith(f"{wrong} ") and _reads_on(trouble, i, meant):
                    return _misspelt(trouble, wrong, meant)
    return None


def _last(tokens: list[Token], count: int) -> Iterator[tuple[int, Token]]:
    """Yield the last tokens, the last one first, with their numbers."""
    for i in range(len(tokens) - 1, max(len(tokens) - 1 - count, -1), -1):
        yield i, tokens[i]


def _viable_phrases(trouble: Trouble, count: int) -> dict[str, str]:
    """Return the phrases that could stand after the first tokens, each with its terminal."""
    machine = parser()
    stack = [machine.table.starts[trouble.goal]]
    if not can_step(stack, [token.type for token in (*trouble.lead, *trouble.walk.tokens[:count])]):
        return {}
    return {words: terminal for terminal, words in phrases().items() if machine.viable(stack, terminal)}


def _reads_on(trouble: Trouble, count: int, meant: Token) -> bool:
    """Tell whether, with `meant` after the first tokens, the line reads to its end or much further."""
    machine = parser()
    lead = [*trouble.lead, *trouble.walk.tokens[:count], meant]
    stack = [machine.table.starts[trouble.goal]]
    if not can_step(stack, [token.type for token in lead]):
        return False
    walk = machine.walk(
        trouble.file.text, meant.end, trouble.span.end, goal=trouble.goal, reading=Reading(), before=lead
    )
    if walk.stopped is None:
        return machine.viable(walk.stack, END) or trouble.walk.stopped is not None
    reached = trouble.walk.stopped.start if trouble.walk.stopped else trouble.span.end
    return sum(token.start >= reached for token in walk.tokens) >= 2


def _misspelt(trouble: Trouble, wrong: str, meant: Token) -> Complaint:
    message = f"`{wrong}` is not part of the language here"
    label = f"did you mean `{meant.text}`?"
    return _complaint(trouble, "misspelt-words", message, meant, label, meant.text)


def _complaint(
    trouble: Trouble, code: str, message: str, meant: Token, label: str, replacement: str
) -> Complaint:
    diagnostic = trouble.diagnostic(
        code, message, span=meant.span, label=label, hint=pattern_hint(trouble), replacement=replacement
    )
    return Complaint(diagnostic, meant)


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
    meant = Token(marks[near[0]], near[0], span.start, span.end)
    return _misspelt(trouble, tokens[-1].text, meant)


def _words_span(text: str, start: int, count: int) -> Span:
    ends = [found.end() for found in _PLAIN.finditer(text, start)][:count]
    return Span(start, ends[-1])


def _near_phrase(wrong: str, known: Iterable[str]) -> str | None:
    """Return the phrase of as many words of which one word is nearly written."""
    words = wrong.split()
    same = [phrase for phrase in known if len(phrase.split()) == len(words)]
    for phrase in did_you_mean(wrong, same, limit=3):
        odd = [(a, b) for a, b in zip(words, phrase.split(), strict=True) if a != b]
        if len(odd) == 1 and min(map(len, odd[0])) > 2 and did_you_mean(odd[0][0], [odd[0][1]]):
            return phrase
    return None
