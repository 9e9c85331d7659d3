"""A table as every format yields it: headings, then numbered rows of cells. Which format reads which file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from rulelang.reading.failures import cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.problems import ProblemKind


@frozen
class Damaged:
    """A row that cannot be taken apart into cells: it is set aside."""

    problem: str
    value: str | None = None
    kind: ProblemKind = ProblemKind.RAGGED_ROW


# The number that a spreadsheet shows beside the row (of JSON and Parquet: the first row is 1), and its cells.
NumberedRow = tuple[int, Sequence[Any] | Damaged]


@frozen
class Table:
    """Rows of cells under headings. `rows` can be run through once; `notes` may grow while it is.
    Whoever opens a table closes it.

    `as_text` says that every cell is text, so that nothing but the field's type can say what it is.
    """

    name: str
    shape: Shape
    rows: Iterator[NumberedRow]
    as_text: bool = False
    notes: list[str] = field(factory=list)
    close: Callable[[], None] = lambda: None


@frozen
class Source:
    """A file or a folder to read, the name to show it under, and the sheet or table in it, as after `#`."""

    path: Path
    name: str
    sheet: str | None = None


TEXT_FORMATS = (".csv", ".tsv", ".txt", ".psv", ".json", ".jsonl", ".ndjson")
EXCEL_FORMATS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
PARQUET_FORMATS = (".parquet", ".pq")
DATABASE_FORMATS = (".sqlite", ".sqlite3", ".db", ".duckdb")
# Formats of which one file can hold several tables, each with a name.
MANY_TABLES = EXCEL_FORMATS + DATABASE_FORMATS
FORMATS = TEXT_FORMATS + PARQUET_FORMATS + MANY_TABLES


def format_of(path: Path) -> str | None:
    """Return the format by the file's name, `.csv` for `cases.CSV.gz`; None where none can be read."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        last = suffixes[-2] if len(suffixes) > 1 else ""
        return last if last in TEXT_FORMATS else None
    return suffixes[-1] if suffixes and suffixes[-1] in FORMATS else None


def stem_of(path: Path) -> str:
    """Return the file's name without its format: `cases` for `cases.csv.gz`."""
    name = path.name
    for ending in (".gz", format_of(path) or ""):
        if ending and name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name


def open_table(source: Source) -> Table:
    """Open a file or a folder and read its headings. Raises ReadingError where it cannot be read."""
    kind = format_of(source.path)
    is_folder = source.path.is_dir()
    if kind is None and not is_folder:
        raise unknown_format(source.path)
    if source.sheet is not None and (is_folder or kind not in MANY_TABLES):
        message = f"`{source.name}` names a sheet, and {source.path.name} is not a workbook"
        raise cannot_read("unknown-format", message, "Leave out `#` and what follows it.")
    if is_folder or kind is None:
        from rulelang.reading.parquet_folders import open_parquet_folder

        return open_parquet_folder(source)
    return _opener(kind)(source)


def names_in(source: Source) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook, or of the tables of a database."""
    if format_of(source.path) in DATABASE_FORMATS:
        from rulelang.reading.database_files import table_names

        return table_names(source)
    from rulelang.reading.excel import sheet_names

    return sheet_names(source)


def unknown_format(path: Path) -> Exception:
    """Return the error for a file of a format that cannot be read."""
    return cannot_read(
        "unknown-format",
        f"{path.name} is in no format that can be read here",
        f"The ending of the name tells the format: {' '.join(TEXT_FORMATS)} (also with .gz after it),",
        f"{' '.join(PARQUET_FORMATS)}, {' '.join(EXCEL_FORMATS)} and {' '.join(DATABASE_FORMATS)}.",
    )


def _opener(kind: str) -> Callable[[Source], Table]:
    if kind in EXCEL_FORMATS:
        from rulelang.reading.excel import open_sheet

        return open_sheet
    if kind in PARQUET_FORMATS:
        from rulelang.reading.parquet import open_parquet

        return open_parquet
    if kind in DATABASE_FORMATS:
        from rulelang.reading.database_files import open_database_table

        return open_database_table
    if kind == ".json":
        from rulelang.reading.json_rows import open_json

        return open_json
    if kind in (".jsonl", ".ndjson"):
        from rulelang.reading.json_rows import open_json_lines

        return open_json_lines
    from rulelang.reading.delimited import open_delimited

    return open_delimited
