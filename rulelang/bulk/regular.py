"""Whether a file of text is so regular that DuckDB reads it as `reading` does; all others go row by row.

Its beginning and a sample tell what to expect. Every byte is looked at while DuckDB is at work already.
"""

from __future__ import annotations

import csv
import re
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from attrs import define, evolve, frozen

from rulelang.reading.cells import NO, YES
from rulelang.reading.delimited import DELIMITERS
from rulelang.reading.tables import Source

# A block stays in the processor's cache; what two blocks share is looked at with both.
BLOCK, OVERLAP = 1 << 17, 1 << 12
# The sample: so many slices of so many bytes.
SLICES, SLICE = 16, 24_000
LONGEST_HEADING = 1 << 20
# UTF-8 and UTF-16 with their byte-order marks.
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# DuckDB lets blanks stand after a closing quotation mark.
AFTER_QUOTE = re.compile(rb'"[ \t]+[,;|\t\r\n]')
QUOTED = re.compile('"[^"]*"')
CONTINUED = bytes(range(0x80, 0xC0))
# What `str.strip` cuts off besides the ends of lines, as far as it is ASCII.
BLANK_BYTES = b" \t\x0b\x0c\x1c\x1d\x1e\x1f"


@define
class Look:
    """What is sought in every byte, and what was met so far; `lone` is None where it is not sought."""

    returns: bool
    delimiter: str
    bare: bool
    lone: bool | None
    sound: bool = True


class Looking(threading.Thread):
    """Looks at every byte of a file in a thread of its own."""

    def __init__(self, path: Path, sought: Look) -> None:
        super().__init__(name="rulelang: looking at a file", daemon=True)
        self._path, self._met = path, sought
        self.start()

    def run(self) -> None:
        try:
            _look(self._path, self._met)
        except OSError:
            # Why it cannot be read, `reading` says.
            self._met.sound = False

    def met(self) -> Look:
        """Return what was met, when all has been looked at."""
        self.join()
        return self._met


@frozen
class Regular:
    """A file of UTF-8 in which each line is a row. `sample` counts the texts of each column's sample.

    `bare` says that it is plain ASCII without a blank. `lone` says that a cell may be a single t or f, which DuckDB
    takes for a yes or a no. So it is in the sample; `as_met` tells how it is in the whole.
    """

    delimiter: str
    headings: tuple[str, ...]
    sample: tuple[Counter[str], ...]
    bare: bool
    lone: bool
    looking: Looking

    def as_met(self) -> Regular | None:
        """Return the file as it is now that each byte was looked at; None where DuckDB reads it in another way."""
        met = self.looking.met()
        if not met.sound:
            return None
        return evolve(self, bare=self.bare and met.bare, lone=self.lone or met.lone is True)


def regular_file(source: Source) -> Regular | None:
    """Return what a file is like if DuckDB can read it, as far as its beginning and a sample tell; or None."""
    if source.path.suffix.lower() == ".gz":
        return None
    # Why it cannot be read, `reading` says.
    with suppress(OSError), source.path.open("rb") as file:
        line = file.readline(LONGEST_HEADING)
        head = _head(line)
        if head is None:
            return None
        delimiter, headings = head
        sample, bare = _sample(file, len(line), delimiter, headings)
        bare = bare and delimiter != "\t"
        lone = False if any(map(is_truth, sample)) else None
        looking = Looking(source.path, Look(line.endswith(b"\r\n"), delimiter, bare, lone))
        return Regular(delimiter, headings, sample, bare, any(map(_has_lone_letter, sample)), looking)
    return None


def _head(line: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return the delimiter and the headings of a heading row that ends with its line."""
    if line.startswith(MARKS):
        return None
    try:
        first = line.decode("utf-8").rstrip("\r\n")
    except UnicodeError:
        return None
    outside = QUOTED.sub("", first)
    if '"' in outside or not outside.strip() or "\r" in first or "\0" in first:
        return None
    delimiter = max(DELIMITERS, key=outside.count)
    try:
        ((*cells,),) = csv.reader([first], delimiter=delimiter, strict=True)
    except csv.Error:
        return None
    headings = tuple(one.strip() for one in cells)
    return (delimiter, headings) if any(headings) else None


# --- the sample ----------------------------------------------------------------------------------------------------


def _sample(
    file: IO[bytes], start: int, delimiter: str, headings: tuple[str, ...]
) -> tuple[tuple[Counter[str], ...], bool]:
    """Return how often each text stands in the columns of lines from all over the file, and whether they are bare."""
    size = file.seek(0, 2)
    # A slice is to hold some rows, however wide.
    wide = max(SLICE, 8 * start)
    rows: list[list[str]] = []
    bare = True
    for at in range(start, size, max((size - start) // SLICES, wide)):
        file.seek(at)
        content = file.read(wide)
        bare = bare and _is_bare(content)
        lines = content.decode("utf-8", "replace").split("\n")
        whole = lines[at > start : len(lines) - (file.tell() < size)]
        # A slice may begin within a quoted cell.
        with suppress(csv.Error):
            rows += csv.reader(whole, delimiter=delimiter)
    columns = list(zip(*(row for row in rows if len(row) == len(headings)), strict=True))
    return tuple(map(Counter, columns or [()] * len(headings))), bare


def _is_bare(block: bytes | bytearray) -> bool:
    return block.isascii() and not any(blank in block for blank in BLANK_BYTES)


def _has_lone_letter(sample: Counter[str]) -> bool:
    return any(letter in sample for letter in "DFTVdftv")


def texts_of(sample: Counter[str]) -> set[str]:
    """Return the texts of a column's sample, blank cells aside."""
    return sample.keys() - {""}


def is_truth(sample: Counter[str]) -> bool:
    """Whether all cells of a column's sample are a yes or a no, as `reading` and DuckDB alike read them."""
    texts = texts_of(sample)
    return bool(texts) and {one.lower() for one in texts} <= (YES | NO)


# --- every byte ----------------------------------------------------------------------------------------------------


def _look(path: Path, met: Look) -> None:
    """Look at all blocks of a file."""
    room = Room.of(BLOCK + OVERLAP)
    size = path.stat().st_size
    with path.open("rb") as file:
        for start in range(0, size, BLOCK):
            at = max(start - OVERLAP, 0)
            file.seek(at)
            block = room.read(file, start + BLOCK - at)
            last = at + len(block) >= size
            met.sound = _decodes(block, at > 0, last) and _plain_lines(block, met.returns, room)
            if not met.sound:
                return
            met.bare = met.bare and _is_bare(block)
            if met.lone is False:
                met.lone = _lone_letters(block, met.delimiter, last, room)


@frozen
class Room:
    """Memory for a block and for what is worked out of it, used over and over: to ask for more takes longer."""

    block: bytearray
    arrays: tuple[Any, Any, Any]

    @classmethod
    def of(cls, size: int) -> Room:
        """Return room for blocks of so many bytes, and one more."""
        import numpy

        first, second, third = (numpy.empty(size + 1, numpy.uint8) for _ in range(3))
        return cls(bytearray(size), (first, second, third))

    def read(self, file: IO[bytes], size: int) -> bytearray:
        """Read so many bytes, fewer at the end of the file."""
        with memoryview(self.block) as view:
            count = file.readinto(view[:size])  # type: ignore[attr-defined]
        return self.block if count == len(self.block) else self.block[:count]


def _decodes(block: bytearray, within: bool, last: bool) -> bool:
    """Whether a block is UTF-8 without NUL; a character that it cuts in two is whole in another block."""
    if b"\0" in block:
        return False
    if block.isascii():
        return True
    if within:
        block = block[len(block[:4]) - len(block[:4].lstrip(CONTINUED)) :]
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and not last
    return True


def _plain_lines(block: bytearray, returns: bool, room: Room) -> bool:
    """Whether all lines end alike, none is blank, and no quoted cell has blanks after it."""
    import numpy

    if b'"' in block and AFTER_QUOTE.search(block):
        return False
    cells = numpy.frombuffer(block, numpy.uint8)
    count = len(cells)
    first, second, third = (one[:count].view(bool) for one in room.arrays)
    ends = numpy.equal(cells, ord("\n"), out=first)
    if not returns:
        return b"\r" not in block and not numpy.logical_and(ends[:-1], ends[1:], out=second[:-1]).any()
    starts = numpy.equal(cells, ord("\r"), out=second)
    paired = numpy.array_equal(starts[:-1], ends[1:])
    return paired and not numpy.logical_and(ends[:-1], starts[1:], out=third[:-1]).any()


def _lone_letters(block: bytearray, delimiter: str, last: bool, room: Room) -> bool:
    """Whether a cell may be a single t or f; a few other letters are taken for them."""
    import numpy

    cells = numpy.frombuffer(block + b"\n" if last else block, numpy.uint8)
    count = len(cells)
    work, first, second = (one[:count] for one in room.arrays)
    letters = numpy.equal(numpy.bitwise_or(cells, 0x32, out=work), 0x76, out=first.view(bool))
    # The comma comes last of what is not part of a word.
    ends = numpy.less_equal(cells, ord(","), out=second.view(bool))
    if delimiter > ",":
        ends |= cells == ord(delimiter)
    found = numpy.logical_and(letters[1:-1], ends[:-2], out=work[2:].view(bool))
    return bool(numpy.logical_and(found, ends[2:], out=found).any())
