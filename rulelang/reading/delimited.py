"""CSV and its kin: the delimiter found from the heading row, rows one by one, damaged ones marked."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, islice
from typing import TextIO

from rulelang.reading.failures import ReadingError, cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.tables import Damaged, NumberedRow, Source, Table
from rulelang.reading.text_files import open_text, reading, undecodable

DELIMITERS = (",", ";", "\t", "|")
# Headings may run over several lines, in quotes; more lines than this are no heading row.
HEADING_LINES = 50


def open_delimited(source: Source) -> Table:
    """Open a file of delimited text. Its first row that is not blank holds the headings."""
    text = open_text(source)
    notes = [text.note] if text.note else []
    with reading(source):
        try:
            lines = list(islice(text.stream, HEADING_LINES))
        except UnicodeError:
            text.stream.close()
            raise undecodable(source) from None
    rows = _numbered(source, text.stream, lines, _delimiter(lines))
    number, headings = next(((number, row) for number, row in rows if row and _filled(row)), (0, []))
    if isinstance(headings, Damaged):
        message = f"{source.name}: its heading row cannot be read. {headings.problem}"
        raise cannot_read("file-damaged", message)
    shape = Shape(tuple(heading.strip() for heading in headings))
    if not number:
        raise cannot_read("file-damaged", f"{source.name} is empty: it has no heading row")
    body = _body(source.name, rows, len(headings), notes)
    return Table(source.name, shape, body, True, notes, text.stream.close)


def _filled(row: list[str] | Damaged) -> bool:
    return isinstance(row, Damaged) or any(cell.strip() for cell in row)


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter that stands most often outside quotes in the first line that holds anything."""
    heading: list[str] = []
    quoted = False
    for char in chain.from_iterable(lines):
        if char == '"':
            quoted = not quoted
        elif char in "\r\n" and not quoted:
            if any(not one.isspace() for one in heading):
                break
            heading = []
        elif not quoted:
            heading.append(char)
    return max(DELIMITERS, key=heading.count)


def _numbered(
    source: Source, stream: TextIO, lines: list[str], delimiter: str
) -> Iterator[tuple[int, list[str] | Damaged]]:
    """Yield the rows with the numbers that a spreadsheet shows, a quoted newline not counted."""
    number = 0
    row: list[str] | Damaged
    with stream, reading(source):
        # Strict: a quotation mark left open would swallow the rest of the file into one cell, in silence.
        rows = csv.reader(chain(lines, stream), delimiter=delimiter, strict=True)
        while True:
            number += 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except UnicodeError:
                raise undecodable(source) from None
            except csv.Error as error:
                if "expected after" not in str(error):
                    raise _open_quote(source, number) from None
                row = Damaged(STRAY_QUOTE)
            yield number, row


STRAY_QUOTE = (
    "A quotation mark closes a cell that goes on after it. Within quotes, a quotation mark is written twice. "
    "The row was set aside."
)


def _open_quote(source: Source, number: int) -> ReadingError:
    return cannot_read(
        "file-damaged",
        f"{source.name}, row {number}: a quotation mark opens a cell and none closes it, so where the row "
        "ends cannot be told",
        "Close it, or export the file again. Within quotes, a quotation mark is written twice.",
    )


def _body(
    name: str, rows: Iterator[tuple[int, list[str] | Damaged]], width: int, notes: list[str]
) -> Iterator[NumberedRow]:
    blank = 0
    for number, row in rows:
        if isinstance(row, Damaged):
            yield number, row
        elif not (row and (row[0].strip() or any(cell.strip() for cell in row))):
            blank += 1
        else:
            yield number, row if len(row) == width else _ragged(row, width)
    if blank:
        notes.append(f"{name}: {blank} blank {'row was' if blank == 1 else 'rows were'} passed over.")


def _ragged(row: list[str], width: int) -> Damaged:
    cells = f"{len(row)} {'cell' if len(row) == 1 else 'cells'}"
    more = "more" if len(row) > width else "fewer"
    value = ", ".join(row)
    return Damaged(
        f"The row has {cells}, {more} than the {width} headings. It was set aside: which cell belongs to "
        "which column cannot be told. A cell that holds the delimiter must stand in quotes.",
        value if len(value) <= 200 else value[:199] + "…",
    )
