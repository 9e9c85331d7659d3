"""Parquet files and Arrow tables, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rulelang.reading.failures import cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.tables import NumberedRow, Source, Table
from rulelang.reading.text_files import reading

ROWS_A_BATCH = 8_192


def open_parquet(source: Source) -> Table:
    """Open a Parquet file. Raises ReadingError where pyarrow is not installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        what = 'Install it: pip install "rulelang[parquet]"'
        raise cannot_read("missing-extra", f"Reading {source.name} needs the library pyarrow", what) from None
    with reading(source):
        source.path.open("rb").close()
        try:
            file = parquet.ParquetFile(source.path)
        except pyarrow.ArrowInvalid:
            message = f"{source.name} is not a Parquet file, or was not copied to its end"
            raise cannot_read("file-damaged", message, "Fetch it again.") from None
    return Table(source.name, _shape(file.schema_arrow), _rows(source, file), close=file.close)


def _rows(source: Source, file: Any) -> Iterator[NumberedRow]:
    import pyarrow

    with reading(source), file:
        try:
            yield from batch_rows(file.iter_batches(ROWS_A_BATCH))
        except (pyarrow.ArrowException, OSError):
            message = f"{source.name} is damaged: not all of its rows can be read"
            raise cannot_read("file-damaged", message, "Fetch it again.") from None


def arrow_table(name: str, table: Any) -> Table:
    """Return a table that is held in memory by Arrow."""
    return Table(name, _shape(table.schema), batch_rows(table.to_batches(ROWS_A_BATCH)))


def batch_rows(batches: Iterable[Any]) -> Iterator[NumberedRow]:
    """Yield the rows of record batches, the first being row 1."""
    number = 0
    for batch in batches:
        for cells in zip(*map(_values, batch.columns), strict=True):
            number += 1
            yield number, cells


def _values(column: Any) -> list[Any]:
    import pyarrow

    kind = column.type
    if pyarrow.types.is_timestamp(kind) and kind.unit == "ns":
        # A datetime holds microseconds; whether pandas is installed must not change what is read.
        column = column.cast(pyarrow.timestamp("us", tz=kind.tz), safe=False)
    if pyarrow.types.is_float32(kind):
        # 0.1 in four bytes is one tenth as well, and as a number of eight bytes it would be 0.10000000149.
        return [None if text is None else float(text) for text in column.cast(pyarrow.string()).to_pylist()]
    return column.to_pylist()  # type: ignore[no-any-return]


def _shape(fields: Any) -> Shape:
    import pyarrow

    nested = {}
    for one in fields:
        kind = one.type
        is_list = pyarrow.types.is_list(kind) or pyarrow.types.is_large_list(kind)
        if is_list and pyarrow.types.is_struct(kind.value_type):
            nested[one.name] = _shape(list(kind.value_type))
    return Shape(tuple(one.name for one in fields), nested)
