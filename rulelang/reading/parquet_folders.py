"""Folders of Parquet files that are one table: file after file by name, `year=2024` in a path as a column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from attrs import frozen

from rulelang.reading.failures import cannot_read
from rulelang.reading.headings import Shape
from rulelang.reading.parquet import open_parquet
from rulelang.reading.tables import PARQUET_FORMATS, NumberedRow, Source, Table, format_of

NOTHING = "__HIVE_DEFAULT_PARTITION__"
# Beside their files such tables keep a list of those that count, which a plain reading would pass over.
KEPT_BY_LOG = {"_delta_log": "Delta Lake", ".hoodie": "Hudi", "metadata": "Iceberg"}


@frozen
class Part:
    """A file of the table, its headings, and the columns that its path gives."""

    source: Source
    shape: Shape
    given: dict[str, str | None]


def parquet_files(folder: Path) -> tuple[Path, ...]:
    """Return the Parquet files in a folder and below, in the order of their paths; hidden ones are left out."""
    return tuple(sorted(one for one in _files(folder) if format_of(one) in PARQUET_FORMATS))


def open_parquet_folder(source: Source) -> Table:
    """Open a folder of Parquet files as one table. Its columns are those of all its files."""
    _refuse_logged(source)
    parts = [_part(source, path) for path in parquet_files(source.path)]
    shape = _joined([*(part.shape for part in parts), *(Shape(tuple(part.given)) for part in parts)])
    return Table(source.name, shape, _rows(parts, shape.headings), notes=_notes(source))


def _files(folder: Path) -> Iterator[Path]:
    for one in folder.iterdir():
        if one.name.startswith((".", "_")):
            continue
        if one.is_dir():
            yield from _files(one)
        else:
            yield one


def _part(source: Source, path: Path) -> Part:
    inside = path.relative_to(source.path)
    file = Source(path, f"{source.name}{inside.as_posix()}")
    table = open_parquet(file)
    table.close()
    given = {}
    for step in inside.parts[:-1]:
        name, equals, value = step.partition("=")
        # Where the file has the column itself, its own cells count.
        if equals and unquote(name) not in table.shape.headings:
            given[unquote(name)] = None if value == NOTHING else unquote(value)
    return Part(file, table.shape, given)


def _joined(shapes: list[Shape]) -> Shape:
    """Return every heading of any shape in the order met, and the same of what is nested."""
    nested: dict[str, list[Shape]] = {}
    for shape in shapes:
        for name, inner in shape.nested.items():
            nested.setdefault(name, []).append(inner)
    headings = tuple(dict.fromkeys(name for shape in shapes for name in shape.headings))
    return Shape(headings, {name: _joined(inner) for name, inner in nested.items()})


def _rows(parts: list[Part], headings: tuple[str, ...]) -> Iterator[NumberedRow]:
    number = 0
    for part in parts:
        places: dict[str, int] = {name: place for place, name in enumerate(part.shape.headings)}
        given = part.given
        wanted: list[tuple[int | None, Any]] = [(places.get(name), given.get(name)) for name in headings]
        table = open_parquet(part.source)
        try:
            for _, cells in table.rows:
                number += 1
                assert isinstance(cells, tuple)
                yield number, [rest if place is None else cells[place] for place, rest in wanted]
        finally:
            table.close()


def _notes(source: Source) -> list[str]:
    others = sum(1 for one in _files(source.path) if format_of(one) not in PARQUET_FORMATS)
    if not others:
        return []
    were = "file that is no Parquet was" if others == 1 else "files that are no Parquet were"
    return [f"{source.name}: {others} {were} passed over."]


def _refuse_logged(source: Source) -> None:
    for name, kind in KEPT_BY_LOG.items():
        log = source.path / name
        if log.is_dir() and (kind != "Iceberg" or any(log.glob("*.metadata.json"))):
            raise cannot_read(
                "unknown-format",
                f"{source.name} is a table of {kind}: which of its files count stands in `{name}`",
                "Have its rows as they are now written to a folder of Parquet files, and give that.",
            )
