"""Tables as DuckDB scans them: the file or frame behind each record, its columns by place, its row numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
from attrs import define, field

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.folders import read_folder
from rulelang.bulk.forms import TEXT
from rulelang.bulk.regular import Regular, regular_file
from rulelang.bulk.wording import BLANKS, quoted
from rulelang.engines.sql.layout import LINE
from rulelang.reading.headings import Shape
from rulelang.reading.tables import (
    PARQUET_FORMATS,
    TEXT_FORMATS,
    Damaged,
    Source,
    Table,
    format_of,
    open_table,
)

ROWS_A_BATCH = 50_000
LINE_OF_FILE = "file_row_number + 1"
JSON_FORMATS = (".json", ".jsonl", ".ndjson")


@define(eq=False)
class Scan:
    """A table to scan. `source` stands in FROM, and its columns are renamed `x0`, `x1`… by place.

    `line` is the row number where the scan has one of its own; else it is counted, which holds the scan to one
    thread. `quick` says that a column can be read without the others. `rough` is how a file of text is read
    where DuckDB cannot; `damaged` are its rows that were no rows, `blank` counts those passed over. Of a `regular`
    file of text, `typed` are the columns that DuckDB reads as another type, dates in the order `dates`, some of them
    `early`; in those `refused` it met a cell that it does not read as `reading` does.
    """

    table: Table
    source: str
    types: tuple[Any, ...]
    first: int = 1
    line: str | None = None
    quick: bool = True
    rough: Source | None = None
    regular: Regular | None = None
    typed: Mapping[int, str] = field(factory=dict)
    dates: str | None = None
    early: set[int] = field(factory=set)
    refused: set[int] = field(factory=set)
    damaged: list[tuple[int, Damaged]] = field(factory=list)
    blank: int = 0
    sought_blank: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of the columns, as they are read."""
        return tuple(TEXT if _as_text(str(one)) else str(one) for one in self.types)

    def refuse(self, place: int | None = None) -> None:
        """Read a column as text from now on; all of them, where there was one such before or none is named."""
        self.refused |= set(self.typed) if place is None or self.refused else {place}

    def select(self, lined: bool = False, as_text: bool = False) -> str:
        """Return the scan as a relation of `x0`, `x1`…, with `__line` where asked; `as_text` leaves types aside."""
        columns = [f"x{place}" for place in range(len(self.types))]
        source = f"{self.source} AS s({', '.join(columns)})"
        if self.regular is not None and self.rough is not None:
            typed = {} if as_text else self.typed
            source = f"{_read_csv(self.rough, self.regular, typed, self.dates)} AS s({', '.join(columns)})"
        if lined and self.line == LINE_OF_FILE:
            columns_and_line = ", ".join([*columns, "file_row_number"])
            source = f"{self.source[:-1]}, file_row_number = true) AS s({columns_and_line})"
        read = [
            f"{one}::VARCHAR AS {one}" if _as_text(str(kind)) else one
            for one, kind in zip(columns, self.types, strict=True)
        ]
        if lined:
            read.append(f"{self.line or f'row_number() OVER () + {self.first - 1}'} AS {LINE}")
        text = f"SELECT {', '.join(read)} FROM {source}"
        return f"({text})" if not self.blank else f"(SELECT * FROM ({text}) WHERE NOT {self.all_blank})"

    @property
    def all_blank(self) -> str:
        """A test of whether a row of text holds nothing; most rows hold something that is quickly seen."""
        cells = [f"x{place}" for place in range(len(self.types))]
        seen = " OR ".join(
            f"{cell} IS NOT NULL" if place in self.typed else f"{cell} BETWEEN '!' AND '~'"
            for place, cell in enumerate(cells)
        )
        whole = f"trim(concat({', '.join(cells)}), {quoted(BLANKS)}) = ''"
        return f"CASE WHEN {seen} THEN false ELSE {whole} END"

    def count_blank(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Pass over rows that hold nothing; return whether there are any that were not passed over before."""
        if self.sought_blank or self.quick or self.rough is None:
            return False
        self.sought_blank = True
        query = f"SELECT count(*) FROM {self.select()} WHERE {self.all_blank}"
        ((self.blank,),) = connection.execute(query).fetchall()
        return self.blank > 0


def _as_text(kind: str) -> bool:
    return kind.startswith("ENUM(") or kind == '"NULL"'


_numbers = itertools.count()


def fresh(what: str) -> str:
    """Return a name that nothing else has."""
    return f"__{what}_{next(_numbers)}"


def is_scanned(source: Source) -> bool:
    """Say whether DuckDB reads the file itself: text in rows and columns, and Parquet."""
    kind = format_of(source.path)
    return source.path.is_dir() or (kind in (*TEXT_FORMATS, *PARQUET_FORMATS) and kind not in JSON_FORMATS)


def scan_file(connection: duckdb.DuckDBPyConnection, source: Source) -> Scan:
    """Return the scan of a file that DuckDB reads. Raises ReadingError as `reading` does."""
    kind = format_of(source.path)
    if kind in TEXT_FORMATS and not source.path.is_dir():
        return _scan_text(connection, source)
    table = open_table(source)
    table.close()
    if source.path.is_dir():
        return scan_of(connection, table, read_folder(source.path, table.shape.headings))
    scan = scan_of(connection, table, f"read_parquet({quoted(str(source.path))})")
    scan.line = LINE_OF_FILE
    if any(one.lower() == "file_row_number" for one in table.shape.headings):
        raise NotInBulk("a column is named file_row_number")
    return scan


def _scan_text(connection: duckdb.DuckDBPyConnection, source: Source) -> Scan:
    regular = regular_file(source) if source.sheet is None else None
    if regular is None:
        return rough_scan(connection, source)
    table = Table(source.name, Shape(regular.headings), iter(()), True)
    kinds = (TEXT,) * len(regular.headings)
    return Scan(table, "", kinds, 2, quick=False, rough=source, regular=regular)


def scan_of(connection: duckdb.DuckDBPyConnection, table: Table, source: str) -> Scan:
    """Return the scan of what stands in FROM, its types as DuckDB finds them."""
    described = connection.sql(f"SELECT * FROM {source} LIMIT 0")
    return Scan(table, source, tuple(described.types))


def _read_csv(source: Source, regular: Regular, typed: Mapping[int, str], dates: str | None) -> str:
    places = range(len(regular.headings))
    columns = ", ".join(f"'x{place}': '{typed.get(place, TEXT)}'" for place in places)
    order = f", dateformat = {quoted(dates)}" if dates is not None else ""
    return (
        f"read_csv({quoted(str(source.path))}, header = true, auto_detect = false, columns = {{{columns}}}{order}, "
        f"delim = {quoted(regular.delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        "null_padding = false, compression = 'none')"
    )


def rough_scan(connection: duckdb.DuckDBPyConnection, source: Source) -> Scan:
    """Read a file of text row by row into a table of its own. Raises ReadingError as `reading` does."""
    import pyarrow

    table = open_table(source)
    width = len(table.shape.headings)
    name = fresh("rough")
    columns = [f"x{place}" for place in range(width)]
    connection.execute(
        f"CREATE TEMP TABLE {name} ({', '.join(f'{one} VARCHAR' for one in columns)}, number BIGINT)"
    )
    schema = pyarrow.schema([(one, pyarrow.string()) for one in columns] + [("number", pyarrow.int64())])
    scan = Scan(table, name, (TEXT,) * width, line="number")
    try:
        for batch in batches(table.rows, scan.damaged):
            made = [[row[place] or None for _, row in batch] for place in range(width)]
            whole = pyarrow.table([*made, [number for number, _ in batch]], schema=schema)
            connection.register("__batch", whole)
            connection.execute(f"INSERT INTO {name} FROM __batch")
            connection.unregister("__batch")
    finally:
        table.close()
    return scan


def batches(rows: Iterable[Any], damaged: list[tuple[int, Damaged]]) -> Iterable[list[tuple[int, Any]]]:
    """Yield numbered rows a batch at a time; those that are no rows are put aside."""
    batch: list[tuple[int, Any]] = []
    for number, row in rows:
        if isinstance(row, Damaged):
            damaged.append((number, row))
            continue
        batch.append((number, row))
        if len(batch) == ROWS_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
