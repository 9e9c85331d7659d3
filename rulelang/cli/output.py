"""What goes to the terminal: in colour or not, how wide, safe to show; notices and progress apart from results."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from rulelang.reporting.page import Line, Page

if TYPE_CHECKING:
    from rulelang.reading import DataProblem

# Colours are ours and stay; any other control character would come from rules or data.
_CONTROL = re.compile(r"(\x1b\[[0-9;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STILL_QUICK = 1.0
BETWEEN_STEPS = 0.1


def colour_on(stream: TextIO, asked: bool | None = None) -> bool:
    """Say whether to colour: as asked, else on a terminal that wants it."""
    if asked is not None:
        return asked
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(asked: int | None) -> int:
    """Return the width for text: what was asked, or the terminal's."""
    if asked:
        return asked
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def only_ascii(stream: TextIO) -> bool:
    """Say whether a stream cannot show the lines and bars of a report."""
    try:
        "─█░·–“”".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def page_for(asked_width: int | None, asked_colour: bool | None) -> Page:
    """Return the page that text on standard output is set on."""
    width = min(max(width_of(asked_width), 40), 120)
    return Page(width, colour_on(sys.stdout, asked_colour), only_ascii(sys.stdout))


def say(page: Page, lines: Iterable[Line]) -> None:
    """Print lines of a page."""
    show(page.paint(lines))


def show(text: str) -> None:
    """Print text as it stands; what the terminal cannot show is replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def hand_over(text: str) -> None:
    """Write text that a program will read: in UTF-8 with the newlines it has, whatever the terminal's ways."""
    sys.stdout.flush()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        stream.write(text.encode("utf-8", "replace"))
        stream.flush()


def warn(text: str) -> None:
    """Print where it does not mix with the result."""
    sys.stdout.flush()
    encoding = sys.stderr.encoding or "utf-8"
    safe = _CONTROL.sub(lambda found: found[1] or "\N{REPLACEMENT CHARACTER}", text)
    print(safe.encode(encoding, "replace").decode(encoding), file=sys.stderr)


def problem_in_words(one: DataProblem) -> str:
    """Return a data problem as reports lay it out: where, what stands there, what is wrong with it."""
    place = one.file if one.row is None else f"{one.file} row {one.row}"
    parts = [place, *([one.column] if one.column else []), *([f'"{one.value}"'] if one.value else [])]
    return f"{', '.join(parts)}: {one.problem}"


class Progress:
    """One line on a terminal while work is long, gone when it is done or fails."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.wanted = sys.stderr.isatty() and not quiet
        begun = time.monotonic()
        self._next = begun + STILL_QUICK
        self._shown = False
        # The share of the work that was last told of, and when that work began.
        self._share, self._since = 0.0, begun

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def rows(self, file: str, rows: int) -> None:
        """Tell how many rows of a file were read."""
        self._show(f"{file}: {rows:,} rows read")

    def cases(self, cases: int) -> None:
        """Tell how many cases were judged."""
        self._show(f"{cases:,} cases judged")

    def share(self, done: float) -> None:
        """Tell how much of the work is done, and how long the rest will take; a `Share` knows how many rows it has."""
        now = time.monotonic()
        if done < self._share:
            # Another piece of work: a second query, or the details of each case.
            self._since = now
        self._share = done
        if not done or now == self._since:
            return
        left = (now - self._since) * (1 - done) / done
        full, empty = ("#", ".") if only_ascii(sys.stderr) else ("█", "░")
        bar = full * round(done * 20) + empty * (20 - round(done * 20))
        self._show(f"{bar} {done:4.0%}{_rows_of(getattr(done, 'rows', 0), done)}, {_in_words(left)} left")

    def _show(self, text: str) -> None:
        if not self.wanted or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BETWEEN_STEPS
        self._shown = True
        # Narrower than the terminal: a line that wraps could not be taken back.
        text = _CONTROL.sub("?", text)[: width_of(None) - 1]
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _rows_of(rows: int, done: float) -> str:
    return f", {round(rows * done):,} of {rows:,} rows" if rows else ""


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min"
