"""What Spark is given: DataFrames, or paths of Parquet and CSV that the session reads; one table for each record."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, frozen

from rulelang.diagnostics import did_you_mean
from rulelang.engines.sql.building import Unsupported
from rulelang.model.records import Record, Schema
from rulelang.query.spark import SPARK
from rulelang.reading.delimited import DELIMITERS
from rulelang.reading.failures import cannot_read, listed
from rulelang.reading.headings import Shape, fold
from rulelang.reading.sources import Sources, find_sources, source_name
from rulelang.reading.tables import PARQUET_FORMATS, Table, format_of
from rulelang.spark.scratch import Scratch, configured

CSV_FORMATS = (".csv", ".tsv", ".txt", ".psv")
REMOTE = re.compile(r"(?:[^/=]+=)?[a-z][a-z0-9+.-]+:/")
QUOTED = re.compile('"[^"]*"')
DAMAGED = "__damaged"
INFERENCE = "spark.sql.sources.partitionColumnTypeInference.enabled"


@define(eq=False)
class Frame:
    """A table as a view of the session whose columns are named `x0`, `x1`… by place.

    `damaged` is the view of the rows that were no rows, where there may be any; `lost` marks them in `view`.
    """

    table: Table
    view: str
    types: tuple[Any, ...]
    damaged: str | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of the columns, as Spark spells them; one without a type is of texts that are not there."""
        return tuple(_kind(one) for one in self.types)


@frozen
class Given:
    """The tables of an export by the names of their records, and what was found where."""

    frames: Mapping[str, Frame]
    sources: Sources


def given(scratch: Scratch, schema: Schema, data: Any) -> Given:
    """Return the tables of an export: a DataFrame of cases, DataFrames by name, or paths.

    Raises ReadingError where `reading` does, and Unsupported for what Spark does not read.
    """
    if isinstance(data, str | os.PathLike):
        data = [data]
    if hasattr(data, "createOrReplaceTempView"):
        data = {source_name(schema.case): data}
    if isinstance(data, Mapping):
        return Given(_by_name(scratch, schema, data), Sources({}))
    paths = [os.fspath(one) for one in data]
    if any(REMOTE.match(one) for one in paths):
        return Given(_remote(scratch, schema, paths), Sources({}))
    sources = find_sources(schema, paths)
    if sources.served:
        raise Unsupported("the tables of a database server")
    frames = {
        name: read_path(scratch, str(source.path), source.name) for name, source in sources.files.items()
    }
    return Given(frames, sources)


def _by_name(scratch: Scratch, schema: Schema, data: Mapping[str, Any]) -> dict[str, Frame]:
    names = {fold(one.name): one for one in schema.records}
    names |= {fold(source_name(one)): one for one in schema.records}
    found: dict[str, Frame] = {}
    for name, frame in data.items():
        record = names.get(fold(name))
        if record is None:
            known = [source_name(one) for one in schema.records]
            near = did_you_mean(name, known, limit=1)
            meant = f"Did you mean `{near[0]}`?" if near else None
            raise cannot_read(
                "unknown-file", f"No record is read from `{name}`", meant, f"There are {listed(known)}."
            )
        if not hasattr(frame, "createOrReplaceTempView"):
            raise cannot_read(
                "not-rows", f"`{name}` is no DataFrame of Spark", "Give a DataFrame, or a path."
            )
        found[record.name] = frame_of(scratch, name, frame)
    if schema.case.name not in found:
        name = source_name(schema.case)
        raise cannot_read("absent-file", f"There is no table for the cases: give one named `{name}`")
    return found


def _remote(scratch: Scratch, schema: Schema, paths: Sequence[str]) -> dict[str, Frame]:
    """Read addresses of a store that only Spark knows: `name=ADDRESS`, or an address named after a record."""
    found: dict[str, Frame] = {}
    for path in paths:
        name, equals, rest = path.partition("=")
        named = bool(equals) and "/" not in name
        address = rest if named else path
        record = _record(schema, name if named else _stem(address))
        if record is None and len(paths) == 1 and not named:
            record = schema.case
        if record is None:
            names = " or ".join(f"`{source_name(one)}={address}`" for one in schema.records)
            raise cannot_read(
                "unknown-file", f"It cannot be told which record {address} holds", f"Say so: {names}."
            )
        found[record.name] = read_path(scratch, address, address.rstrip("/").rpartition("/")[2])
    if schema.case.name not in found:
        name = source_name(schema.case)
        raise cannot_read("absent-file", f"There is no table for the cases: give one as `{name}=ADDRESS`")
    return found


def _record(schema: Schema, name: str) -> Record | None:
    wanted = fold(name)
    by_file = (one for one in schema.records if fold(source_name(one)) == wanted)
    return next(by_file, None) or next((one for one in schema.records if fold(one.name) == wanted), None)


def _stem(address: str) -> str:
    return Path(address.rstrip("/").rpartition("/")[2]).stem


# --- reading -------------------------------------------------------------------------------------------------


def read_path(scratch: Scratch, path: str, name: str) -> Frame:
    """Return the table in a file or folder: CSV by its ending, anything else that Spark reads as Parquet."""
    kind = format_of(Path(path))
    if kind in CSV_FORMATS:
        return _csv(scratch, path, name)
    if kind is not None and kind not in PARQUET_FORMATS:
        raise Unsupported(f"{name}, which is neither Parquet nor CSV")
    # A number that a folder is named after may be a key: it is read as text.
    with configured(scratch.session, {INFERENCE: "false"}):
        frame = scratch.session.read.parquet(path)
    return frame_of(scratch, name, frame)


def frame_of(scratch: Scratch, name: str, frame: Any) -> Frame:
    """Return a DataFrame as a table."""
    fields = frame.schema.fields
    view = scratch.view("table", frame.toDF(*(f"x{place}" for place in range(len(fields)))))
    return Frame(Table(name, shape_of(frame.schema), iter(())), view, tuple(one.dataType for one in fields))


def shape_of(struct: Any) -> Shape:
    """Return the headings of rows, and of the rows nested in them."""
    nested = {
        one.name: shape_of(one.dataType.elementType)
        for one in struct.fields
        if one.dataType.typeName() == "array" and one.dataType.elementType.typeName() == "struct"
    }
    return Shape(tuple(one.name for one in struct.fields), nested)


def _csv(scratch: Scratch, path: str, name: str) -> Frame:
    from pyspark.sql.types import StringType

    first = scratch.session.read.text(path).first()
    line = first[0].removeprefix("\ufeff") if first is not None else ""
    delimiter = max(DELIMITERS, key=QUOTED.sub("", line).count)
    headings = next(csv.reader([line], delimiter=delimiter), [])
    if not headings:
        raise cannot_read("file-damaged", f"{name} is empty: it has no heading row")
    columns = [f"x{place}" for place in range(len(headings))]
    different = len({one.strip().lower() for one in headings}) == len(headings)
    # Where the names are the file's own, Spark does not warn of them.
    named = headings if different and all(map(str.strip, headings)) else columns
    schema = ", ".join(f"{SPARK.quoted(one)} STRING" for one in [*named, DAMAGED])
    options = {"sep": delimiter, "escape": '"', "multiLine": True, "header": True, "enforceSchema": True}
    options |= {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": DAMAGED, "columnPruning": False}
    read = scratch.session.read.schema(schema).options(**options).csv(path)
    whole = scratch.view("file", read.toDF(*columns, DAMAGED))
    # Spark refuses to look at the damaged rows alone: some other column has to be read as well.
    lost = f"({DAMAGED} IS NOT NULL AND length(coalesce({columns[0]}, '')) >= 0)"
    view = scratch.view("table", f"SELECT {', '.join(columns)}, {lost} AS lost FROM {whole}")
    damaged = scratch.view("damaged", f"SELECT {DAMAGED} AS line FROM {whole} WHERE {lost}")
    shape = Shape(tuple(one.strip() for one in headings))
    table = Table(name, shape, iter(()), as_text=True)
    return Frame(table, view, (StringType(),) * len(columns), damaged)


def _kind(one: Any) -> str:
    text = str(one.simpleString())
    return "string" if text == "void" or text.startswith(("varchar(", "char(")) else text
