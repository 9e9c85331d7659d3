"""Whether a file of text is so regular that DuckDB reads it as `reading` does; all others go row by row.

Every byte is looked at once, by several threads; a few rows from all over the file are kept as a sample.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO

from attrs import define, evolve, frozen

from rulelang.reading.cells import NO, YES
from rulelang.reading.delimited import DELIMITERS
from rulelang.reading.tables import Source

# A block stays in the processor's cache; what two blocks share is looked at with both. A thread takes a share.
BLOCK, OVERLAP, SHARE = 1 << 18, 1 << 12, 1 << 24
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


@frozen
class Regular:
    """A file of UTF-8 in which each line is a row. `sample` counts the texts of each column's sample.

    `bare` says that it is plain ASCII without a blank. `lone` says that a cell may be a single t or f, which DuckDB
    takes for a yes or a no; that is only found out where the sample has a column of yes and no.
    """

    delimiter: str
    headings: tuple[str, ...]
    sample: tuple[Counter[str], ...]
    bare: bool = False
    lone: bool = False


@define
class Look:
    """What is sought in every byte, and what was met so far; `lone` is None where it is not sought."""

    returns: bool
    delimiter: str
    bare: bool
    lone: bool | None
    sound: bool = True


def regular_file(source: Source, threads: int) -> Regular | None:
    """Return what a file is like if DuckDB can read it, or None."""
    if source.path.suffix.lower() == ".gz":
        return None
    # Why it cannot be read, `reading` says.
    with suppress(OSError), source.path.open("rb") as file:
        line = file.readline(LONGEST_HEADING)
        head = _head(line)
        if head is None:
            return None
        sample = _sample(file, len(line), *head)
        lone = False if any(map(is_truth, sample)) else None
        sought = Look(line.endswith(b"\r\n"), head[0], head[0] != "\t", lone)
        looks = _looks(source.path, sought, threads)
        if all(one.sound for one in looks):
            bare, lone = all(one.bare for one in looks), any(one.lone for one in looks)
            return Regular(*head, sample, bare, lone)
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
) -> tuple[Counter[str], ...]:
    """Return how often each text stands in the columns of whole lines from all over the file."""
    size = file.seek(0, 2)
    # A slice is to hold some rows, however wide.
    wide = max(SLICE, 8 * start)
    rows: list[list[str]] = []
    for at in range(start, size, max((size - start) // SLICES, wide)):
        file.seek(at)
        lines = file.read(wide).decode("utf-8", "replace").split("\n")
        whole = lines[at > start : len(lines) - (file.tell() < size)]
        # A slice may begin within a quoted cell.
        with suppress(csv.Error):
            rows += csv.reader(whole, delimiter=delimiter)
    columns = list(zip(*(row for row in rows if len(row) == len(headings)), strict=True))
    return tuple(map(Counter, columns or [()] * len(headings)))


def texts_of(sample: Counter[str]) -> set[str]:
    """Return the texts of a column's sample, blank cells aside."""
    return sample.keys() - {""}


def is_truth(sample: Counter[str]) -> bool:
    """Whether all cells of a column's sample are a yes or a no, as `reading` and DuckDB alike read them."""
    texts = texts_of(sample)
    return bool(texts) and {one.lower() for one in texts} <= (YES | NO)


# --- every byte ----------------------------------------------------------------------------------------------------


def _looks(path: Path, sought: Look, threads: int) -> list[Look]:
    """Look at all blocks of a file; return what was met in each share of them."""
    size = path.stat().st_size
    look = partial(_look, path, size, sought)
    shares = range(0, size, SHARE)
    if len(shares) <= 1 or threads <= 1:
        return list(map(look, shares))
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(look, shares))


def _look(path: Path, size: int, sought: Look, share: int) -> Look:
    met = evolve(sought)
    with path.open("rb") as file:
        for start in range(share, min(share + SHARE, size), BLOCK):
            at = max(start - OVERLAP, 0)
            file.seek(at)
            block = file.read(start + BLOCK - at)
            last = at + len(block) >= size
            met.sound = _decodes(block, at > 0, last) and _plain_lines(block, met.returns)
            if not met.sound:
                break
            met.bare = met.bare and block.isascii() and not any(blank in block for blank in BLANK_BYTES)
            if met.lone is False:
                met.lone = _lone_letters(block, met.delimiter, last)
    return met


def _decodes(block: bytes, within: bool, last: bool) -> bool:
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


def _plain_lines(block: bytes, returns: bool) -> bool:
    """Whether all lines end alike, none is blank, and no quoted cell has blanks after it."""
    import numpy

    if b'"' in block and AFTER_QUOTE.search(block):
        return False
    cells = numpy.frombuffer(block, numpy.uint8)
    ends = cells == ord("\n")
    if not returns:
        return b"\r" not in block and not (ends[:-1] & ends[1:]).any()
    starts = cells == ord("\r")
    return numpy.array_equal(starts[:-1], ends[1:]) and not (ends[:-1] & starts[1:]).any()


def _lone_letters(block: bytes, delimiter: str, last: bool) -> bool:
    """Whether a cell may be a single t or f; a few other letters are taken for them."""
    import numpy

    cells = numpy.frombuffer(block + b"\n" if last else block, numpy.uint8)
    letters = (cells | 0x32) == 0x76
    # The comma comes last of what is not part of a word.
    ends = cells <= ord(",")
    if delimiter > ",":
        ends |= cells == ord(delimiter)
    return bool((letters[1:-1] & ends[:-2] & ends[2:]).any())
