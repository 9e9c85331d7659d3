"""Slips: single words and marks that are not the language's, but whose meaning is plain: tables and search.

A slip is reported, and the parser goes on with what was meant. Texts without mistakes are not searched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from attrs import frozen

from rulelang.diagnostics import did_you_mean
from rulelang.source import Span
from rulelang.types import Unit


@frozen
class Slip:
    """A mistake put right while reading: at `span` stands `terminal`, as `replacement`, or nothing.

    After a `doubtful` slip the rest of its line is not worth a message of its own.
    """

    code: str
    message: str
    span: Span
    terminal: str | None
    replacement: str
    hint: str | None = None
    certain: bool = True
    doubtful: bool = False


Viable = Callable[[str], bool]

# Marks of other languages: what they stand for, and the word to write.
MARKS: dict[str, tuple[str, str]] = {
    "===": ("IS", "is"),
    "==": ("IS", "is"),
    "=<": ("IS_AT_MOST", "is at most"),
    "=>": ("IS_AT_LEAST", "is at least"),
    "!=": ("IS_NOT", "is not"),
    "<>": ("IS_NOT", "is not"),
    "=": ("IS", "is"),
    "≠": ("IS_NOT", "is not"),
    "≥": ("IS_AT_LEAST", "is at least"),
    "≤": ("IS_AT_MOST", "is at most"),
    "&&": ("AND", "and"),
    "&": ("AND", "and"),
    "||": ("OR", "or"),
    "|": ("OR", "or"),
    "!": ("NOT", "not"),
    "–": ("MINUS", "-"),
    "—": ("MINUS", "-"),
    "−": ("MINUS", "-"),
    "‐": ("MINUS", "-"),
    "×": ("TIMES", "*"),
    "÷": ("OVER", "/"),
    "[": ("LPAR", "("),
    "{": ("LPAR", "("),
    "]": ("RPAR", ")"),
    "}": ("RPAR", ")"),
}
# Wordings that are no part of the language and can be nothing else, longest first.
WORDINGS: tuple[tuple[str, str, str], ...] = (
    ("add to", "ADDS_TO", "adds to"),
    ("is not greater than or equal to", "IS_LESS_THAN", "is less than"),
    ("is not less than or equal to", "IS_MORE_THAN", "is more than"),
    ("is greater than or equal to", "IS_AT_LEAST", "is at least"),
    ("is less than or equal to", "IS_AT_MOST", "is at most"),
    ("is more than or equal to", "IS_AT_LEAST", "is at least"),
    ("is bigger than", "IS_MORE_THAN", "is more than"),
    ("is greater than", "IS_MORE_THAN", "is more than"),
    ("is larger than", "IS_MORE_THAN", "is more than"),
    ("is higher than", "IS_MORE_THAN", "is more than"),
    ("is smaller than", "IS_LESS_THAN", "is less than"),
    ("is fewer than", "IS_LESS_THAN", "is less than"),
    ("is lower than", "IS_LESS_THAN", "is less than"),
    ("is not more than", "IS_AT_MOST", "is at most"),
    ("is no more than", "IS_AT_MOST", "is at most"),
    ("is not less than", "IS_AT_LEAST", "is at least"),
    ("is no less than", "IS_AT_LEAST", "is at least"),
    ("is not equal to", "IS_NOT", "is not"),
    ("is different from", "IS_NOT", "is not"),
    ("does not equal", "IS_NOT", "is not"),
    ("not equal to", "IS_NOT", "is not"),
    ("not equal", "IS_NOT", "is not"),
    ("is the same as", "IS", "is"),
    ("is equal to", "IS", "is"),
    ("equal to", "IS", "is"),
    ("equals", "IS", "is"),
    ("isn't", "IS_NOT", "is not"),
    ("is later than", "AFTER", "after"),
    ("is earlier than", "BEFORE", "before"),
    ("later than", "AFTER", "after"),
    ("earlier than", "BEFORE", "before"),
    ("greater than", "IS_MORE_THAN", "is more than"),
    ("less than", "IS_LESS_THAN", "is less than"),
    ("no later than", "IS_NO_LATER_THAN", "is no later than"),
    ("is any of", "IS_ONE_OF", "is one of"),
    ("begins with", "STARTS_WITH", "starts with"),
    ("number of", "COUNT_OF", "count of"),
    ("total of", "SUM_OF", "sum of"),
    ("else", "OTHERWISE", "otherwise"),
)
_WORDING = re.compile(
    "|".join(rf"(?P<w{n}>{words.replace(' ', chr(92) + 's+')}\b)" for n, (words, _, _) in enumerate(WORDINGS))
)
# Units of other places: the amount of one in units of the language.
UNITS: dict[str, tuple[int, Unit]] = {
    "business day": (1, Unit.WORKING_DAYS),
    "bank day": (1, Unit.WORKING_DAYS),
    "office day": (1, Unit.WORKING_DAYS),
    "work day": (1, Unit.WORKING_DAYS),
    "workday": (1, Unit.WORKING_DAYS),
    "weekday": (1, Unit.WORKING_DAYS),
    "week day": (1, Unit.WORKING_DAYS),
    "days working": (1, Unit.WORKING_DAYS),
    "calendar day": (1, Unit.DAYS),
    "calendar week": (1, Unit.WEEKS),
    "calendar month": (1, Unit.MONTHS),
    "wk": (1, Unit.WEEKS),
    "fortnight": (2, Unit.WEEKS),
    "quarter": (3, Unit.MONTHS),
    "yr": (1, Unit.YEARS),
    "hr": (1, Unit.HOURS),
    "min": (1, Unit.MINUTES),
}
_UNIT_WORDS = {word for unit in Unit for word in (unit.value, unit.value[:-1])}
_AMOUNT = re.compile(r"(\d+)([ \t]*)([a-z]+)(?:[ \t]+([a-z]+))?", re.IGNORECASE)
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b|(\d{4})/(\d{1,2})/(\d{1,2})\b")
_LOOSE_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b")
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_SPELT = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(m[:3] + '[a-z]*' for m in _MONTHS)})\s+(\d{{4}})\b", re.I
)
_QUOTES = "“”„‟"


def find_slip(text: str, position: int, end: int, viable: Viable) -> Slip | None:
    """Return the slip that begins at `position`, if what it stands for can stand there."""
    char = text[position]
    line_end = text.find("\n", position, end)
    line_end = end if line_end < 0 else line_end
    if char in _QUOTES or char in "\"'‘’":
        return _quoted(text, position, line_end, viable)
    if char.isdigit():
        return _number(text, position, line_end, viable)
    if char.isalpha():
        return _wording(text, position, end, viable)
    return _mark(text, position, line_end, viable)


def find_early_slip(text: str, position: int, end: int, viable: Viable) -> Slip | None:
    """Return a slip whose first word could also be read alone: `is greater than`, `5 business days`."""
    char = text[position]
    if char.isdigit():
        return _number(text, position, end, viable)
    return _wording(text, position, end, viable) if char.isalpha() else None


def _quoted(text: str, position: int, line_end: int, viable: Viable) -> Slip | None:
    if not viable("STRING"):
        return None
    char = text[position]
    closing = _QUOTES + '"' if char in _QUOTES or char == '"' else "'‘’"
    close = next((i for i in range(position + 1, line_end) if text[i] in closing), None)
    if close is None:
        stop = len(text[:line_end].rstrip())
        return Slip(
            "unclosed-text",
            "a text begins here and does not end",
            Span(position, max(stop, position + 1)),
            "STRING",
            _as_text(text[position + 1 : stop]),
            hint='A text stands between two double quotes on one line: "like this".',
            certain=False,
            doubtful=True,
        )
    replacement = _as_text(text[position + 1 : close])
    kind = "curly" if char in _QUOTES or text[close] in _QUOTES else "single"
    return Slip(
        "wrong-quotes",
        f"a text stands in straight double quotes, not in {kind} ones",
        Span(position, close + 1),
        "STRING",
        replacement,
        hint=f"Write {replacement}"
        + (" (word processors bend quotes by themselves)." if kind == "curly" else "."),
    )


def _as_text(inner: str) -> str:
    return '"' + inner.replace('"', '""') + '"'


def _mark(text: str, position: int, line_end: int, viable: Viable) -> Slip | None:
    for width in (3, 2, 1):
        mark = text[position : min(position + width, line_end)]
        if len(mark) == width and mark in MARKS and viable(MARKS[mark][0]):
            terminal, word = MARKS[mark]
            message = f"`{mark}` is not part of the language: write `{word}`"
            return Slip("symbol-for-word", message, Span(position, position + width), terminal, word)
    char = text[position]
    here = Span(position, position + 1)
    if unicodedata.category(char) in ("Cf", "Cc", "Co", "Cn", "Cs"):
        name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
        message = f"there is an invisible character here ({name})"
        return Slip("invisible-character", message, here, None, "", hint="Delete it; nothing else changes.")
    if char in '()|"%+-*/<>,.':  # marks of the language, out of place: the clause says more
        if char in ",." and not text[position + 1 : line_end].split("#", maxsplit=1)[0].strip():
            return Slip(
                "stray-mark", f"a line does not end in `{char}`", here, None, "", hint="Leave it out."
            )
        return None
    return Slip(
        "stray-mark",
        f"`{char}` cannot stand here" if char in MARKS else f"`{char}` is not part of the language",
        here,
        None,
        "",
        hint=None if char in MARKS else "Leave it out.",
        certain=char in ";:",
        doubtful=char not in ";:",
    )


def _wording(text: str, position: int, end: int, viable: Viable) -> Slip | None:
    found = _WORDING.match(text, position, end)
    if not found or not found.lastgroup:
        return None
    _, terminal, word = WORDINGS[int(found.lastgroup[1:])]
    if not viable(terminal):
        return None
    message = f"`{' '.join(found.group().split())}` is not part of the language: write `{word}`"
    return Slip("other-wording", message, Span(*found.span()), terminal, word)


def _number(text: str, position: int, end: int, viable: Viable) -> Slip | None:
    return _date(text, position, end, viable) or _duration(text, position, end, viable)


def _duration(text: str, position: int, end: int, viable: Viable) -> Slip | None:
    found = _AMOUNT.match(text, position, end)
    if not found or not viable("DURATION"):
        return None
    amount, gap, first, second = found.groups()
    pair = f"{first} {second}".lower() if second else ""
    if first.lower() == "clear":  # of a limit before or after a date
        return None
    for words, stop in ((pair, found.end()), (first.lower(), found.end(3))):
        if not words:
            continue
        known = words in _UNIT_WORDS
        if known and gap and text[position:stop] == text[position:stop].lower():
            return None
        span = Span(position, stop)
        if known:
            unit = next(unit for unit in Unit if words in (unit.value, unit.value[:-1]))
            return _unit_slip(text, span, unit.spelled(int(amount)), certain=True)
        other = UNITS.get(words) or UNITS.get(words.removesuffix("s"))
        if other:
            factor, unit = other
            return _unit_slip(text, span, unit.spelled(factor * int(amount)), certain=factor == 1)
    for words, stop in ((pair, found.end()), (first.lower(), found.end(3))):
        near = did_you_mean(words, _UNIT_WORDS, limit=1) if len(words) > 3 else ()
        if near and _close(words, near[0]):
            unit = next(unit for unit in Unit if near[0] in (unit.value, unit.value[:-1]))
            return _unit_slip(text, Span(position, stop), unit.spelled(int(amount)), certain=False)
    return None


def _close(wrong: str, right: str) -> bool:
    """Tell a slip of the fingers from another word: as many words, each nearly right."""
    if wrong.count(" ") != right.count(" "):
        return False
    pairs = zip(wrong.split(), right.split(), strict=True)
    return all(abs(len(a) - len(b)) <= 2 and bool(did_you_mean(a, [b])) for a, b in pairs)


def _unit_slip(text: str, span: Span, right: str, *, certain: bool) -> Slip:
    wrong = text[span.start : span.end]
    return Slip(
        "unknown-unit",
        f"`{wrong}` is not a length of time that the language knows",
        span,
        "DURATION",
        right,
        hint=f"Did you mean `{right}`?" if not certain else f"Write `{right}`.",
        certain=certain,
    )


def _date(text: str, position: int, end: int, viable: Viable) -> Slip | None:
    if not viable("DATE"):
        return None
    loose = _LOOSE_ISO.match(text, position, end)
    if loose and len(loose.group()) < 10:
        year, month, day = (int(part) for part in loose.groups())
        return _date_slip(loose, (year, month, day), certain=True)
    spelt = _SPELT.match(text, position, end)
    if spelt:
        month = next(n for n, name in enumerate(_MONTHS, 1) if spelt.group(2).lower().startswith(name[:3]))
        return _date_slip(spelt, (int(spelt.group(3)), month, int(spelt.group(1))), certain=True)
    slashed = _SLASHED.match(text, position, end)
    if not slashed:
        return None
    if slashed.group(4):
        year, month, day = (int(part) for part in slashed.groups()[3:])
        return _date_slip(slashed, (year, month, day), certain=True)
    day, month, year = (int(part) for part in slashed.groups()[:3])
    year += 2000 if year < 100 else 0
    if month > 12:
        day, month = month, day
    return _date_slip(slashed, (year, month, day), certain=False)


def _date_slip(found: re.Match[str], parts: tuple[int, int, int], *, certain: bool) -> Slip:
    right = "{:04d}-{:02d}-{:02d}".format(*parts)
    spelt = f"{parts[2]} {_MONTHS[(parts[1] - 1) % 12].capitalize()} {parts[0]}"
    return Slip(
        "date-form",
        f"a date is written year, month, day: `{found.group()}` is not",
        Span(*found.span()),
        "DATE",
        right,
        hint=f"Write `{right}`." if certain else f"If you mean {spelt}, write `{right}`.",
        certain=certain,
    )
