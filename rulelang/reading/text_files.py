"""Files of text: unpacked if they are packed, their encoding found out, every way to fail put into words."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO, cast

from attrs import frozen

from rulelang.reading.failures import ReadingError, cannot_read
from rulelang.reading.tables import Source

BLOCK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_KINDS = (
    (
        b"PK\x03\x04",
        "an Excel workbook or a zip archive",
        "If it is a workbook, give its name the ending .xlsx.",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Give its name the ending .xls."),
    (b"PAR1", "a Parquet file", "Give its name the ending .parquet."),
    (b"\x1f\x8b", "packed with gzip", "Give its name the ending .gz."),
    (b"%PDF", "a PDF document", "Export the table itself, as CSV."),
)


@frozen
class TextFile:
    """Text that is open for reading, and a note on its encoding if there is something to say."""

    stream: TextIO
    note: str | None = None


@contextlib.contextmanager
def reading(source: Source) -> Iterator[None]:
    """Turn every way in which a file can fail to be read into a ReadingError."""
    name = source.name
    try:
        yield
    except FileNotFoundError:
        raise cannot_read("file-not-found", f"There is no file `{source.path}`") from None
    except IsADirectoryError:
        raise cannot_read("file-not-found", f"`{source.path}` is a folder, and a file is needed") from None
    except PermissionError:
        what = "You may not read it: ask whoever keeps it, or copy it to a folder of your own."
        raise cannot_read("file-not-found", f"{name} cannot be opened", what) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        what = "It was probably not copied to its end. Fetch it again."
        raise cannot_read(
            "file-damaged", f"{name} is damaged: it cannot be unpacked to its end", what
        ) from None
    except OSError as error:
        why = error.strerror or "the system gives no reason"
        raise cannot_read("file-damaged", f"{name} cannot be read: {why}") from None


def open_text(source: Source) -> TextFile:
    """Open a file of text as UTF-8, UTF-16 with a byte-order mark, or else Windows-1252, and say if so.

    The whole file is run through once to find out, because a single byte late in it decides.
    """
    with reading(source), _open_bytes(source.path) as stream:
        encoding = _encoding(source, stream)
    with reading(source):
        text = io.TextIOWrapper(_open_bytes(source.path), encoding, newline="")
    note = None
    if encoding == "cp1252":
        note = f"{source.name} is not UTF-8; it was read as Windows-1252. Check names that have accents."
    return TextFile(text, note)


def _open_bytes(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def _encoding(source: Source, stream: IO[bytes]) -> str:
    head = stream.read(BLOCK)
    for mark, what, hint in OTHER_KINDS:
        if head.startswith(mark):
            raise cannot_read("file-damaged", f"{source.name} is not text: it is {what}", hint)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    wanted = marked or "utf-8"
    decoder = codecs.getincrementaldecoder(wanted)()
    block, lines, decodes = head, 0, True
    while block:
        if b"\0" in block and wanted != "utf-16":
            row = lines + block[: block.index(b"\0")].count(b"\n") + 1
            raise _nul(source, row)
        decodes = decodes and _decodes(decoder, block)
        lines += block.count(b"\n")
        block = stream.read(BLOCK)
    decodes = decodes and _decodes(decoder, b"", final=True)
    if decodes:
        return wanted
    if marked:
        kind = "UTF-16" if wanted == "utf-16" else "UTF-8"
        what = "Export it again, as UTF-8."
        raise cannot_read("file-damaged", f"{source.name} is marked as {kind} text and is not", what)
    return "cp1252"


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeError:
        return False
    return True


def _nul(source: Source, line: int) -> ReadingError:
    return cannot_read(
        "file-damaged",
        f"{source.name} is not plain text: line {line} holds an empty (NUL) character",
        "It is damaged, or in an encoding that does not say so. Export it again, as UTF-8.",
    )


def undecodable(source: Source) -> ReadingError:
    """Return the error for text that is neither UTF-8 nor Windows-1252."""
    what = "Export it again, as UTF-8."
    return cannot_read("file-damaged", f"{source.name} is neither UTF-8 nor Windows-1252 text", what)
