"""Cases given in Python: rows as mappings or objects, frames of other libraries. One case is `one_case`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rulelang.diagnostics import did_you_mean
from rulelang.model.records import Schema
from rulelang.reading.assembly import Export, as_mapping, assemble
from rulelang.reading.failures import cannot_read, listed
from rulelang.reading.headings import Shape, fold
from rulelang.reading.json_rows import rows_table, shape_of
from rulelang.reading.problems import Problems
from rulelang.reading.sources import Sources, source_name
from rulelang.reading.tables import Table


def read_rows(schema: Schema, rows: Iterable[Any], *, problems: Problems | None = None) -> Export:
    """Read cases given as mappings or objects, lists nested in them, into typed cases.

    The first row is row 1. Raises ReadingError where no row has a column that a field needs.
    """
    return read_tables(schema, {source_name(schema.case): rows}, problems=problems)


def read_tables(schema: Schema, tables: Mapping[str, Any], *, problems: Problems | None = None) -> Export:
    """Read tables given by the names that files of theirs would have.

    Each is a Polars, pandas or Arrow table or an iterable of mappings or objects.
    """
    by_name = {fold(source_name(one)): one for one in schema.records}
    by_name = {**{fold(one.name): one for one in schema.records}, **by_name}
    taken: dict[str, Table] = {}
    for name, table in tables.items():
        record = by_name.get(fold(name))
        if record is None:
            known = [source_name(one) for one in schema.records]
            near = did_you_mean(name, known, limit=1)
            meant = f"Did you mean `{near[0]}`?" if near else None
            raise cannot_read(
                "unknown-file", f"No record is read from `{name}`", meant, f"There are {listed(known)}."
            )
        taken[record.name] = _table(name, table)
    if schema.case.name not in taken:
        name = source_name(schema.case)
        raise cannot_read("absent-file", f"There is no table for the cases: give one named `{name}`")
    return assemble(schema, taken, problems, sources=Sources({}))


def _table(name: str, table: Any) -> Table:
    library = type(table).__module__.partition(".")[0]
    if library == "pyarrow":
        from rulelang.reading.parquet import arrow_table

        return arrow_table(name, table)
    if library == "polars":
        frame = table.collect() if hasattr(table, "collect") else table
        return _polars_table(name, frame)
    if library == "pandas":
        frame = table.astype(object).where(table.notna(), None)
        headings = list(map(str, frame.columns))
        rows = (dict(zip(headings, cells, strict=True)) for cells in frame.itertuples(index=False, name=None))
        return rows_table(name, enumerate(map(_deep_mapping, rows), 1))
    if isinstance(table, str | bytes | Mapping) or not isinstance(table, Iterable):
        what = "Give a list of mappings, such as dictionaries, or a table of Polars, pandas or Arrow."
        raise cannot_read("not-rows", f"`{name}` is no table and no list of rows", what)
    return rows_table(name, enumerate(map(_deep_mapping, table), 1))


def _polars_table(name: str, frame: Any) -> Table:
    nested = {
        column: shape_of([row for cell in frame[column].to_list() for row in cell or () if row is not None])
        for column, kind in frame.schema.items()
        if str(kind).startswith("List(Struct(")
    }
    return Table(name, Shape(tuple(frame.columns), nested), enumerate(frame.iter_rows(), 1))


def _deep_mapping(one: Any) -> Any:
    row = as_mapping(one)
    if not isinstance(row, Mapping):
        return row
    return {str(name): _deep_cell(cell) for name, cell in row.items()}


def _deep_cell(cell: Any) -> Any:
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    return [_deep_mapping(each) for each in cell] if isinstance(cell, list | tuple) else cell
