"""Sheets of Excel workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rulelang.diagnostics import did_you_mean
from rulelang.reading.failures import cannot_read, listed
from rulelang.reading.headings import Shape
from rulelang.reading.problems import shown
from rulelang.reading.tables import NumberedRow, Source, Table
from rulelang.reading.text_files import reading


def open_sheet(source: Source) -> Table:
    """Open the sheet of a workbook, the first where none is named. Its first filled row is the heading."""
    with _workbook(source) as book:
        names = book.sheet_names
        wanted = source.sheet
        if not names:
            raise cannot_read("file-damaged", f"{source.name} holds no sheet")
        if wanted is None:
            wanted = names[0]
        if wanted not in names:
            near = did_you_mean(wanted, names, limit=1)
            meant = f"Did you mean `{near[0]}`?" if near else None
            message = f"{source.path.name} has no sheet `{wanted}`"
            raise cannot_read("file-not-found", message, meant, f"Its sheets are {listed(names)}.")
        rows = book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    notes: list[str] = []
    if source.sheet is None and len(names) > 1:
        rest = listed(name for name in names if name != wanted)
        notes.append(f"{source.name}: the first sheet, `{wanted}`, was read, and {rest} passed over.")
    start = next((place for place, row in enumerate(rows) if _filled(row)), None)
    if start is None:
        raise cannot_read(
            "file-damaged", f"{source.name}: the sheet `{wanted}` is empty: it has no heading row"
        )
    headings = tuple((shown(cell) or "").strip() for cell in rows[start])
    return Table(source.name, Shape(headings), _rows(source.name, rows, start + 1, notes), False, notes)


def sheet_names(source: Source) -> tuple[str, ...]:
    """Return the names of a workbook's sheets, in order."""
    with _workbook(source) as book:
        return tuple(book.sheet_names)


def _workbook(source: Source) -> Any:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        what = 'Install it: pip install "rulelang[excel]"'
        message = f"Reading {source.name} needs the library python-calamine"
        raise cannot_read("missing-extra", message, what) from None
    with reading(source):
        source.path.open("rb").close()
        try:
            return CalamineWorkbook.from_path(str(source.path))
        except (CalamineError, ValueError, OSError):
            message = (
                f"{source.name} is not a workbook that can be read; it may be damaged or locked by a password"
            )
            raise cannot_read(
                "file-damaged", message, "Save it again without a password, or as CSV."
            ) from None


def _filled(row: list[Any]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def _rows(name: str, rows: list[list[Any]], start: int, notes: list[str]) -> Iterator[NumberedRow]:
    blank = 0
    last = max((place for place, row in enumerate(rows) if _filled(row)), default=0)
    for place in range(start, last + 1):
        if _filled(rows[place]):
            # An empty cell comes as a text without signs, whatever its column is.
            yield place + 1, [None if cell == "" else cell for cell in rows[place]]
        else:
            blank += 1
    if blank:
        notes.append(f"{name}: {blank} blank {'row was' if blank == 1 else 'rows were'} passed over.")
