"""What to say of a line that cannot be read: what was being read, how far it got, what was expected, how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable

from rulelang.diagnostics import Diagnostic, Fix, Label, did_you_mean, or_list
from rulelang.source import Place, SourceFile, Span
from rulelang.syntax import patterns
from rulelang.syntax.expectations import described
from rulelang.syntax.grammar import parser
from rulelang.syntax.misspellings import field_mark, misspelt_words, reserved
from rulelang.syntax.slips import Slip
from rulelang.syntax.tables import END
from rulelang.syntax.tokens import Token
from rulelang.syntax.trouble import Complaint, Trouble, can_step, pattern_hint
from rulelang.syntax.units import begins_with, line_phrases, near_line, phrases, starters

_LATER_WORDS = [(name, re.compile(pattern)) for name, pattern in patterns.LATER_WORDS]
_LATER_LINES = [(name, re.compile(pattern)) for name, pattern in patterns.LATER_LINES]
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
    if not can_step(stack, [*(t.type for t in trouble.lead), *(t.type for t in tokens[:-1]), "DURATION"]):
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
        hint=pattern_hint(trouble),
    )


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
            hint=pattern_hint(trouble),
        )
    return trouble.diagnostic(
        "unexpected-word",
        f"{reading}{got}; then I expected {wanted}",
        label=f"`{_shortened(word)}` cannot stand here",
        hint=pattern_hint(trouble),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else "… " + text[-57:].partition(" ")[2]


_DETECTORS: tuple[Callable[[Trouble], Diagnostic | Complaint | None], ...] = (
    _too_deep,
    _later,
    _line_start,
    _parentheses,
    _units,
    field_mark,
    _missing_or,
    reserved,
    misspelt_words,
)
