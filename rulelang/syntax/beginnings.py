"""What to say of a line whose first words begin no line here: misspelt, or a line of something else."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from attrs import frozen

from rulelang.diagnostics import Diagnostic, or_list
from rulelang.source import Span
from rulelang.syntax import patterns
from rulelang.syntax.tokens import Token
from rulelang.syntax.trouble import Complaint, Trouble, wrapped
from rulelang.syntax.units import begins_with, line_phrases, phrases, starters

_WORDS = re.compile(r"[^\s()#\"]+")
# How alike words must be, from 0 to 1, to be taken for a slip of the fingers.
_ALIKE = 0.75


def line_start(trouble: Trouble) -> Diagnostic | Complaint | None:
    """Return what to say where the first word of a line can begin none."""
    stopped = trouble.walk.stopped
    if trouble.walk.tokens or stopped is None or stopped.start != trouble.span.start:
        return None
    if trouble.goal != "declaration" or not starters(trouble.context):
        return None
    owners = [
        context for context in patterns.OWNERS if context != trouble.context and _begins(trouble, context)
    ]
    if owners:
        return _misplaced(trouble, owners)
    first = _WORDS.match(trouble.file.text, trouble.span.start, trouble.span.end)
    word = first.group() if first else trouble.word
    near = _nearest(trouble)
    if near is not None:
        return near.complaint(trouble)
    if word in _ON_THE_FIRST_LINE.get(trouble.context, ()):
        return trouble.diagnostic(
            "misplaced-clause",
            f"`{word}` stands in the first line of {trouble.where}",
            hint=f"It is written like this: `{patterns.DECLARATIONS[trouble.context]}`",
        )
    if trouble.context.startswith("record after"):
        return trouble.diagnostic(
            "misplaced-clause",
            "the fields of a record come before `inspected when`",
            hint="Write this line above it.",
        )
    named = patterns.NAMED_LINES.get(trouble.context)
    hint = f"Its lines begin with {or_list(line_phrases(trouble.context))}"
    hint += f", or are like this: `{named}`" if named else "."
    if trouble.context == "example":
        hint += " What the case holds stands below `case`, whatever its record is called."
    message = f"no line of {trouble.where} begins with `{word}`"
    return trouble.diagnostic("unknown-clause", message, hint=wrapped(hint))


_ON_THE_FIRST_LINE = {"pack": ("version",)}


@frozen
class _Near:
    """The words of a line that nearly begin one: the phrase that was meant, and the words in its place."""

    phrase: str
    wrong: Span
    right: str
    score: float

    def complaint(self, trouble: Trouble) -> Complaint:
        text = trouble.file.text
        wrong = " ".join(text[self.wrong.start : self.wrong.end].split())
        diagnostic = trouble.diagnostic(
            "misspelt-clause",
            f"no line of {trouble.where} begins with `{wrong}`",
            span=self.wrong,
            label=f"did you mean `{self.right}`?",
            hint=f"It is written like this: `{patterns.LINES[self.phrase]}`",
            replacement=self.right,
        )
        if self.right != self.phrase:
            return Complaint(diagnostic)
        terminal = next(name for name, phrase in phrases().items() if phrase == self.phrase)
        return Complaint(diagnostic, Token(terminal, self.phrase, self.wrong.start, self.wrong.end))


def _nearest(trouble: Trouble) -> _Near | None:
    text = trouble.file.text
    line_end = text.find("\n", trouble.span.start, trouble.span.end)
    end = trouble.span.end if line_end < 0 else line_end
    comment = text.find("#", trouble.span.start, end)
    end = end if comment < 0 else comment
    words = list(_WORDS.finditer(text, trouble.span.start, end))
    if not words or words[0].start() != trouble.span.start:
        return None
    contexts = {"case": ("case", "example"), "item": ("item", "criterion")}.get(trouble.context, ())
    known = {phrase for name in contexts or (trouble.context,) for phrase in line_phrases(name)}
    found = [near for phrase in sorted(known) if (near := _compared(phrase, words)) is not None]
    # Of likely phrases, one that begins with the very word.
    return max(found, key=lambda near: (near.phrase.split()[0] == words[0].group(), near.score), default=None)


def _compared(phrase: str, words: list[re.Match[str]]) -> _Near | None:
    parts = phrase.split()
    start = words[0].start()
    for count in (len(parts), len(parts) - 1):
        if 0 < count <= len(words):
            written = " ".join(word.group() for word in words[:count])
            score = _likeness(written, phrase)
            if score >= _ALIKE and len(written) > 3:
                return _Near(phrase, Span(start, words[count - 1].end()), phrase, score)
    same = next(
        (i for i, (part, word) in enumerate(zip(parts, words, strict=False)) if part != word.group()), 0
    )
    if same and same < len(words):  # it begins well, and goes on otherwise
        # A phrase that is a line of its own stands for all that is written.
        whole = patterns.LINES.get(phrase) == phrase
        return _Near(phrase, Span(start, words[-1 if whole else same].end()), phrase, 0.5 + same / 100)
    score = _likeness(words[0].group(), parts[0])
    if score >= _ALIKE and len(words[0].group()) > 3:
        return _Near(phrase, Span(start, words[0].end()), parts[0], score / 2)
    return None


def _likeness(written: str, meant: str) -> float:
    return SequenceMatcher(None, written.casefold(), meant).ratio()


def _begins(trouble: Trouble, context: str) -> str | None:
    """Return the terminal of the words that begin a line, as far as lines are known by them."""
    terminal = begins_with(trouble.file.text, trouble.span.start, trouble.span.end, context)
    return terminal if terminal and phrases()[terminal] in patterns.LINES else None


def _misplaced(trouble: Trouble, owners: list[str]) -> Diagnostic:
    phrase = phrases()[str(_begins(trouble, owners[0]))]
    article = {owner: f"an {owner}" if owner[0] in "aei" else f"a {owner}" for owner in owners}
    if trouble.context == "item" and "criterion" in owners:
        hint = "Write it above the criterion's first item."
    elif trouble.context == "criterion" and "item" in owners:
        hint = 'Begin an item first: `item isp "The plan met its requirements"`'
    else:
        hint = f"In {article[owners[0]]} it is written like this: `{patterns.LINES[phrase]}`"
    first = _WORDS.match(trouble.file.text, trouble.span.start, trouble.span.end)
    return trouble.diagnostic(
        "misplaced-clause",
        f"`{phrase}` is a line of {' or '.join(article.values())}, not of {trouble.where}",
        span=Span(*first.span()) if first else None,
        hint=hint,
    )
