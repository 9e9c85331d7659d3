"""What to say of a line that cannot be read: what was being read, how far it got, what was expected, how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from attrs import frozen

from rulelang.diagnostics import Diagnostic, Fix, Label, did_you_mean, or_list
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import patterns
from rulelang.syntax.expectations import described
from rulelang.syntax.grammar import parser
from rulelang.syntax.machine import Walk
from rulelang.syntax.slips import Slip
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Reading, Token
from rulelang.syntax.units import Unit, begins_with, line_phrases, near_line, phrases, starters

_LATER_WORDS = [(name, re.compile(pattern)) for name, pattern in patterns.LATER_WORDS]
_LATER_LINES = [(name, re.compile(pattern)) for name, pattern in patterns.LATER_LINES]
_WORKING = re.compile(r"working\s+(\d+)\s+(?:working\s+)?days?\b")
_SEVERAL = re.compile(r"[a-z]+(?:[ \t]+[a-z]+){0,3}")
_PLAIN = re.compile(r"[a-z]+")
_WORD = re.compile(r"`?[^\W\d]\w*`?")


@frozen
class Trouble:
    """A line that could not be read: the file, where it stands, what it is a line of, and how far it was read."""

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
        return Diagnostic(
            code,
            message,
            Label(place, label),
            tuple(Label(Place(self.file, other), text) for other, text in others),
            hint=hint,
            fix=None if replacement is None else Fix(place, replacement, certain),
        )


@frozen
class Complaint:
    """A message, and the token that was meant, where that is plain: the line can then be read on."""

    diagnostic: Diagnostic
    meant: Token | None = None


def slip_diagnostic(file: SourceFile, slip: Slip) -> Diagnostic:
    """Return the message for a slip."""
    place = Place(file, slip.span)
    fix = Fix(place, slip.replacement, slip.certain)
    return Diagnostic(slip.code, slip.message, Label(place), hint=slip.hint, fix=fix)


def trouble_of(file: SourceFile, unit: Unit, where: str) -> Trouble:
    """Return what is known of a unit that could not be read."""
    return Trouble(file, unit.span, unit.context, where, unit.walk, unit.lead)


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
    text, start = trouble.file.text, trouble.span.start
    places = [(start, _LATER_LINES)] if trouble.context not in ("", "record", "codes") else []
    stopped = trouble.walk.stopped
    if stopped is not None:
        places.append((stopped.start, _LATER_WORDS))
        if trouble.walk.tokens:
            places.append((trouble.walk.tokens[-1].start, _LATER_WORDS))
    for position, known in places:
        for name, pattern in known:
            found = pattern.match(text, position, trouble.span.end)
            if found:
                return later(trouble.file, name, Span(*found.span()))
    return None


def later(file: SourceFile, name: str, span: Span) -> Diagnostic:
    """Return the message for a part of the language that this version does not judge."""
    return Diagnostic(
        "not-yet-supported",
        f"`{name}` is part of the language, but this version does not judge it yet",
        Label(Place(file, span)),
        hint="It is not left out in silence: take it out of the rules, or wait for a version that knows it.",
    )


def _line_start(trouble: Trouble) -> Diagnostic | Complaint | None:
    """A line whose first words begin no line here: misspelt, or a line of another declaration."""
    if (
        trouble.walk.tokens
        or trouble.walk.stopped is None
        or not trouble.context
        or trouble.goal != "declaration"
    ):
        return None
    if trouble.walk.stopped.start != trouble.span.start or not starters(trouble.context):
        return None
    text = trouble.file.text
    found = re.compile(r"[^\W\d]\w*(?:[ \t]+[^\W\d]\w*)?").match(text, trouble.span.start, trouble.span.end)
    words = found.group() if found else trouble.word
    owners = [
        context
        for context in patterns.CONTEXTS
        if context != trouble.context and "`" not in context and _begins(text, trouble.span, context)
    ]
    if owners:
        return _misplaced(trouble, owners)
    near = near_line(words, trouble.context) if found else None
    if near is not None:
        wrong = " ".join(words.split()[: len(near.split())]) if len(near.split()) > 1 else words.split()[0]
        right = near if len(wrong.split()) == len(near.split()) else near.split()[0]
        span = Span(trouble.span.start, trouble.span.start + len(wrong))
        terminal = next(terminal for terminal, phrase in phrases().items() if phrase == near)
        diagnostic = trouble.diagnostic(
            "misspelt-clause",
            f"no line of {trouble.where} begins with `{wrong}`",
            span=span,
            label=f"did you mean `{right}`?",
            hint=f"It is written like this: `{patterns.LINES[near]}`",
            replacement=right,
        )
        return Complaint(
            diagnostic, Token(terminal, near, span.start, _meant_end(trouble, span, near, right))
        )
    known = or_list(line_phrases(trouble.context))
    named = patterns.NAMED_LINES.get(trouble.context)
    hint = f"Its lines begin with {known}" + (f", or are like this: `{named}`" if named else ".")
    message = f"no line of {trouble.where} begins with `{words.split()[0] if words.split() else words}`"
    return trouble.diagnostic("unknown-clause", message, hint=hint)


def _meant_end(trouble: Trouble, wrong: Span, phrase: str, right: str) -> int:
    """Return where a phrase ends of which only the first word was misspelt: its other words may follow."""
    rest = phrase[len(right) :].split()
    found = re.compile(r"\s+".join(["", *rest])).match(trouble.file.text, wrong.end) if rest else None
    return found.end() if found else wrong.end


def _begins(text: str, span: Span, context: str) -> str | None:
    """Return the terminal of the words that begin a line, as far as lines are known by them."""
    terminal = begins_with(text, span.start, span.end, context)
    return terminal if terminal and phrases()[terminal] in patterns.LINES else None


def _misplaced(trouble: Trouble, owners: list[str]) -> Diagnostic:
    phrase = phrases()[str(_begins(trouble.file.text, trouble.span, owners[0]))]
    article = {owner: f"an {owner}" if owner[0] in "aei" else f"a {owner}" for owner in owners}
    belongs = " or ".join(article.values())
    if trouble.context.startswith("record after"):
        hint = "The fields come first, and `inspected when` after them."
    elif trouble.context == "item" and "criterion" in owners:
        hint = "Write it above the criterion's first item."
    elif trouble.context == "criterion" and "item" in owners:
        hint = 'Begin an item first: `item isp "The plan met its requirements"`'
    else:
        hint = f"In {article[owners[0]]} it is written like this: `{patterns.LINES[phrase]}`"
    return trouble.diagnostic(
        "misplaced-clause",
        f"`{phrase}` is a line of {belongs}, not of {trouble.where}",
        span=Span(trouble.span.start, trouble.span.start + len(phrase.split()[0])),
        hint=hint,
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


def _reserved(trouble: Trouble) -> Complaint | None:
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
        if not _can_step(stack, [other.type for other in lead]):
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
            hint=_pattern_hint(trouble),
            replacement=f"`{token.text}`",
        )
        return Complaint(diagnostic, as_name)
    return None


def _misspelt_words(trouble: Trouble) -> Complaint | None:
    """Words that are nearly a phrase of the language: `is at leest`."""
    machine = parser()
    text, tokens, stopped = trouble.file.text, trouble.walk.tokens, trouble.walk.stopped
    if stopped is None:
        return None
    places = [token.start for token in tokens[-3:]] + [stopped.start]
    for back, place in zip(range(len(places) - 1, -1, -1), places, strict=True):
        stack = [machine.table.starts[trouble.goal]]
        if not _can_step(stack, [t.type for t in (*trouble.lead, *tokens[: len(tokens) - back])]):
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
                hint=_pattern_hint(trouble),
                replacement=right,
            )
            return Complaint(diagnostic, Token(viable[right], right, span.start, span.end))
    return None


def _field_mark(trouble: Trouble) -> Complaint | None:
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
        hint=_pattern_hint(trouble),
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


def _can_step(stack: list[int], types: list[str]) -> bool:
    machine = parser()
    for terminal in types:
        if not machine.viable(stack, terminal):
            return False
        machine.step(stack, terminal)
    return True


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
    stack = [parser().table.starts[trouble.goal]]
    if not _can_step(stack, [*(t.type for t in trouble.lead), *(t.type for t in tokens[:-1]), "DURATION"]):
        return None
    units = ("minutes", "hours", "days", "working days", "weeks", "months", "years")
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
        hint=_pattern_hint(trouble),
    )


def _pattern_hint(trouble: Trouble) -> str | None:
    """Return the nearest sentence pattern: of the form being read, else of the line, else of the declaration."""
    words = phrases()
    for token in reversed(trouble.walk.tokens[1:] if trouble.context else trouble.walk.tokens):
        phrase = words.get(token.type, "")
        if phrase in patterns.FORMS:
            return f"It is written like this: `{patterns.FORMS[phrase]}`"
    first = words.get(trouble.walk.tokens[0].type, "") if trouble.walk.tokens else ""
    if trouble.context == first and first in patterns.DECLARATIONS:
        return f"It is written like this: `{patterns.DECLARATIONS[first]}`"
    if first in patterns.LINES and trouble.context:
        return f"It is written like this: `{patterns.LINES[first]}`"
    if first in patterns.FORMS:
        return f"It is written like this: `{patterns.FORMS[first]}`"
    named = patterns.NAMED_LINES.get(trouble.context)
    return f"A line of it is written like this: `{named}`" if named else None


def _unexpected(trouble: Trouble) -> Diagnostic:
    expected = trouble.expected
    starting = starters(trouble.context) if trouble.context in patterns.CONTEXTS else frozenset()
    wanted = described(expected, phrases(), starting)
    reading = f"I was reading {trouble.where}"
    got = f" and got as far as `{_shortened(trouble.so_far)}`" if trouble.so_far else ""
    word = trouble.word
    if not word:
        return trouble.diagnostic(
            "incomplete-clause",
            f"{reading}{got}; then I expected {wanted}",
            label="something is missing after this",
            hint=_pattern_hint(trouble),
        )
    return trouble.diagnostic(
        "unexpected-word",
        f"{reading}{got}; then I expected {wanted}",
        label=f"`{_shortened(word)}` cannot stand here",
        hint=_pattern_hint(trouble),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else "… " + text[-57:].partition(" ")[2]


_DETECTORS: tuple[Callable[[Trouble], Diagnostic | Complaint | None], ...] = (
    _too_deep,
    _later,
    _line_start,
    _parentheses,
    _units,
    _field_mark,
    _missing_or,
    _reserved,
    _misspelt_words,
)
