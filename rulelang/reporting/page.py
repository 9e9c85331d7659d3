"""A page of text: styled words wrapped into rows and tables of a given width. Knows nothing of results.

No line is wider than the page, whatever the words; text from rules and exports can't control the terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from enum import Enum

from attrs import frozen

NARROWEST, WIDEST = 40, 120
GAP = 2
# Below this many columns for the words on the left, what stands on the right gets a line of its own.
_LEAST_ROOM = 16
# Printed as a space, but never broken at.
TIED = "\N{NO-BREAK SPACE}"

_ASCII = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "→": "->", "·": "-", "█": "#", "░": ".", "─": "-", "‘": "'", "’": "'"}
    | {"“": '"', "”": '"', "£": "GBP"}
)


class Style(Enum):
    """How words are set; the value is the terminal's code for it, used only in colour."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    HEADING = "1;36"
    ALERT = "1;31"


@frozen
class Ink:
    """Words in one style."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Ink, ...]


@frozen
class Page:
    """How wide to write, in colour or not, and whether only ASCII can be shown."""

    width: int = 80
    colour: bool = False
    ascii_only: bool = False

    def ink(self, text: str, style: Style = Style.PLAIN) -> Ink:
        """Make text safe to show: no control characters, no changes of writing direction, ASCII if asked."""
        if self.ascii_only:
            text = text.translate(_ASCII)
            text = unicodedata.normalize("NFKD", text)
            text = "".join(char for char in text if not unicodedata.combining(char))
            text = text.encode("ascii", "replace").decode("ascii")
        if not (text.isascii() and text.isprintable()):
            unsafe = "?" if self.ascii_only else "\N{REPLACEMENT CHARACTER}"
            text = "".join(_shown(char, unsafe) for char in text)
        return Ink(text, style)

    def tied(self, text: str, style: Style = Style.PLAIN) -> Ink:
        """Ink words that stay on one line if they fit on one."""
        ink = self.ink(text, style)
        return Ink(ink.text.replace(" ", TIED), style)

    def paint(self, lines: Iterable[Line]) -> str:
        """Return lines as text, each ended by a newline, without blanks at their ends."""
        return "".join(f"{self._painted(line)}\n" for line in lines)

    def _painted(self, line: Line) -> str:
        inks = [Ink(ink.text.replace(TIED, " "), ink.style) for ink in line]
        while inks and not inks[-1].text.rstrip():
            inks.pop()
        if inks:
            inks[-1] = Ink(inks[-1].text.rstrip(), inks[-1].style)
        return "".join(
            f"\x1b[{ink.style.value}m{ink.text}\x1b[0m" if self.colour and ink.style.value else ink.text
            for ink in inks
        )


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a wide character, none for an accent."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def breadth(line: Sequence[Ink]) -> int:
    """Return how many columns a line takes."""
    return sum(columns(ink.text) for ink in line)


def wrapped(inks: Sequence[Ink], width: int, hang: int = 0) -> list[Line]:
    """Break words into lines of at most a width, those after the first shorter by the hang and not indented.

    A word that is too long for a line is broken where it must be.
    """
    lines: list[list[Ink]] = [[]]
    room = width
    for ink in inks:
        for word in ink.text.split(" "):
            if not word:
                continue
            for piece in _pieces(word, width - hang):
                size = columns(piece)
                blank = 1 if lines[-1] else 0
                if size + blank > room:
                    lines.append([])
                    room, blank = width - hang, 0
                if blank:
                    same = lines[-1][-1].style is ink.style
                    lines[-1].append(Ink(" ", ink.style if same else Style.PLAIN))
                lines[-1].append(Ink(piece, ink.style))
                room -= size + blank
    return [_joined(line) for line in lines]


def row(
    page: Page,
    left: Sequence[Ink],
    right: Sequence[Ink] = (),
    *,
    indent: int = 0,
    hang: int = 0,
    reserve: int = 0,
) -> list[Line]:
    """Set words on the left, wrapped, with figures at the right edge of their first line.

    `hang` indents all lines but the first by so much more; `reserve` is what the right keeps free, so that
    rows align. Where too little room is left for words, the figures get a line of their own.
    """
    size = breadth(right)
    kept = max(size, reserve)
    room = page.width - indent - (kept + GAP if kept else 0)
    apart = room - hang < _LEAST_ROOM
    if apart:
        room = page.width - indent
    lines: list[Line] = [
        (Ink(" " * (indent + (hang if at else 0))), *line)
        for at, line in enumerate(wrapped(left, room, hang))
    ]
    if not right:
        return lines
    place = len(lines) - 1 if apart else 0
    if breadth(lines[place]) + GAP + size > page.width:
        return [*lines, *_right_edge(page, right)]
    padding = page.width - breadth(lines[place]) - size
    lines[place] = (*lines[place], Ink(" " * padding), *right)
    return lines


def table(
    page: Page,
    title: Ink,
    heads: Sequence[Ink],
    rows: Sequence[tuple[Line, Sequence[Ink]]],
    *,
    hang: int = GAP,
) -> list[Line]:
    """Set a table: words on the left, a column of figures for each head, heads broken into words."""
    wrapped_heads = [_head_lines(head) for head in heads]
    sizes = [
        max([breadth(line) for line in head] + [columns(cells[at].text) for _, cells in rows])
        for at, head in enumerate(wrapped_heads)
    ]
    height = max((len(head) for head in wrapped_heads), default=1)
    lines: list[Line] = []
    for level in range(height):
        cells = [
            _cell(line, size)
            for head, size in zip(wrapped_heads, sizes, strict=True)
            for line in [_from_below(head, height, level)]
        ]
        left: Line = (title,) if level == height - 1 else ()
        lines += row(page, left, _flat(cells))
    for words, figures in rows:
        cells = [_cell((ink,), size) for ink, size in zip(figures, sizes, strict=True)]
        lines += row(page, words, _flat(cells), hang=hang)
    return lines


def table_columns(page: Page, heads: Sequence[Ink], least_left: int, least_cell: int = 4) -> int:
    """Return how many of the heads fit beside words of a least width, at least one."""
    room = page.width - least_left
    for count, head in enumerate(heads):
        room -= GAP + max([least_cell, *(breadth(line) for line in _head_lines(head))])
        if room < 0:
            return max(count, 1)
    return len(heads)


def rule(page: Page) -> Line:
    """Return a line across the page."""
    return (page.ink("─" * page.width, Style.FAINT),)


def bar(page: Page, percent: int, cells: int = 10) -> Line:
    """Draw a per cent as a bar: any score above 0 shows, and only 100 fills it."""
    filled = 0 if percent == 0 else min(max(1, percent * cells // 100), cells)
    return page.ink("█" * filled), page.ink("░" * (cells - filled), Style.FAINT)


# --- the parts of a line ----------------------------------------------------------------------------------


def _right_edge(page: Page, right: Sequence[Ink]) -> list[Line]:
    size = breadth(right)
    if size > page.width:
        return wrapped(right, page.width)
    return [(Ink(" " * (page.width - size)), *right)]


def _pieces(word: str, width: int) -> list[str]:
    if columns(word) <= width:
        return [word]
    if TIED in word:
        return [piece for part in word.split(TIED) for piece in _pieces(part, width)]
    pieces, piece = [], ""
    for char in word:
        if columns(piece + char) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]


def _joined(line: Sequence[Ink]) -> Line:
    joined: list[Ink] = []
    for ink in line:
        if joined and joined[-1].style is ink.style:
            joined[-1] = Ink(joined[-1].text + ink.text, ink.style)
        else:
            joined.append(ink)
    return tuple(joined)


_LEAST_HEAD, _WIDEST_HEAD = 8, 16


def _head_lines(head: Ink) -> list[Line]:
    longest = max((columns(word) for word in head.text.split(" ")), default=0)
    return wrapped((head,), min(max(longest, _LEAST_HEAD), _WIDEST_HEAD))


def _from_below(head: Sequence[Line], height: int, level: int) -> Line:
    at = level - (height - len(head))
    return head[at] if at >= 0 else ()


def _cell(line: Line, size: int) -> Line:
    return Ink(" " * (size - breadth(line))), *line


def _flat(cells: Sequence[Line]) -> Line:
    return tuple(ink for at, cell in enumerate(cells) for ink in ((Ink(" " * GAP), *cell) if at else cell))


def _shown(char: str, unsafe: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Zl", "Zp") or char in "\t\n\r":
        return " "
    if kind in ("Cc", "Cs") or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        return unsafe
    return char


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
