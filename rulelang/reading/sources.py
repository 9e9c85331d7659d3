"""Which table is which record: folders, `name=path`, workbooks by sheet, databases by table, a file by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from attrs import define, evolve, field, frozen

from rulelang.diagnostics import Diagnostic, did_you_mean, or_list
from rulelang.model.records import Record, Schema
from rulelang.reading.addresses import Served, is_address, served_at
from rulelang.reading.failures import ReadingError, cannot_read, failure, listed
from rulelang.reading.headings import fold
from rulelang.reading.parquet_folders import parquet_files
from rulelang.reading.tables import (
    DATABASE_FORMATS,
    MANY_TABLES,
    PARQUET_FORMATS,
    Source,
    format_of,
    names_in,
    stem_of,
    unknown_format,
)


@frozen
class Sources:
    """The file of each record by the record's name; `passed_over` are files that no record names.

    A record whose table a database server holds stands in `served`, and not in `files`.
    """

    files: Mapping[str, Source]
    looked_in: tuple[str, ...] = ()
    passed_over: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    served: Mapping[str, Served] = field(factory=dict)


def source_name(record: Record) -> str:
    """Return the name that a record's file goes by."""
    return record.read_from or record.name


def find_sources(schema: Schema, arguments: Sequence[str | os.PathLike[str]]) -> Sources:
    """Find the table of each record among DATA arguments: folders, `name=path`, `book.xlsx#Sheet`, addresses.

    Raises ReadingError with everything that stands in the way. That a child record has no file is not: its
    rows may be nested in its parent's.
    """
    search = _Search(schema, alone=len(arguments) == 1)
    for argument in arguments:
        search.take(os.fspath(argument))
    if search.failures:
        raise ReadingError(search.failures)
    found = Sources(
        {name: one for name, (one, _) in search.found.items() if isinstance(one, Source)},
        tuple(search.looked_in),
        (*search.passed_over, *search.folders_passed_over),
        tuple(search.notes()),
        {name: one for name, (one, _) in search.found.items() if isinstance(one, Served)},
    )
    if schema.case.name not in search.found:
        raise ReadingError([absent_file(schema.case, found)])
    return found


def absent_file(record: Record, sources: Sources, nested_as: str | None = None) -> Diagnostic:
    """Return what to say of a record that has no file; `nested_as` is the list it could be nested in."""
    name = source_name(record)
    where = f" in {or_list(sources.looked_in)}" if sources.looked_in else ""
    by_stem = {fold(stem_of(one)): one for one in sources.passed_over}
    near = did_you_mean(fold(name), by_stem, limit=1)
    offered = listed(one.name for one in sources.passed_over)
    offer = f"Found, and of no record's name: {offered}." if sources.passed_over else None
    if near:
        like = by_stem[near[0]]
        remedy = f"`{like.name}` looks like it. If it is, give it that name, or give it as `{name}={like}`."
    else:
        remedy = f"If the file has another name, give it as `{name}=PATH`."
    none = (
        f"If there are none, add a file `{name}.csv` that holds the heading row alone."
        if nested_as is not None
        else None
    )
    return failure(
        "absent-file",
        f"There is no file for the record `{record.name}`",
        f"A file named `{name}` was looked for{where}, such as {name}.csv or {name}.xlsx.",
        remedy,
        none,
        offer,
        place=record.place,
        label="this record",
    )


@define
class _Search:
    schema: Schema
    alone: bool
    found: dict[str, tuple[Source | Served, str]] = field(factory=dict)
    failures: list[Diagnostic] = field(factory=list)
    looked_in: list[str] = field(factory=list)
    passed_over: list[Path] = field(factory=list)
    folders_passed_over: list[Path] = field(factory=list)
    sheets_passed_over: list[str] = field(factory=list)
    tables_passed_over: list[str] = field(factory=list)

    def take(self, argument: str) -> None:
        if is_address(argument):
            self._address(argument, None)
            return
        path = Path(argument)
        if path.is_dir() and format_of(path) not in PARQUET_FORMATS:
            self._folder(path)
            return
        if path.exists():
            self._file(path, None)
            return
        name, equals, rest = argument.partition("=")
        if equals and "/" not in name and not _exists(argument):
            self._named(name.strip(), rest)
            return
        self._path(argument, None)

    def notes(self) -> Iterable[str]:
        for names, what in (
            ([one.name for one in self.passed_over], "file"),
            ([one.name for one in self.folders_passed_over], "folder"),
            (self.sheets_passed_over, "sheet"),
            (self.tables_passed_over, "table"),
        ):
            if names:
                was = f"{what} was" if len(names) == 1 else f"{what}s were"
                yield (
                    f"{len(names)} {was} passed over, because no record names "
                    f"{'it' if len(names) == 1 else 'them'}: {listed(names)}."
                )

    def _folder(self, folder: Path) -> None:
        self.looked_in.append(folder.name or str(folder))
        try:
            inside = sorted(one for one in folder.iterdir() if not _hidden(one.name))
        except PermissionError:
            self._fail("file-not-found", f"You may not open the folder `{folder}`")
            return
        files = [one for one in inside if one.is_file()]
        tables = [one for one in inside if one.is_dir() and _holds_parquet(one)]
        readable = [one for one in files if format_of(one)]
        if len(readable) == 1 and not tables and format_of(readable[0]) in MANY_TABLES:
            if not self._sheets(readable[0]):
                self._by_stem(readable[0])
        else:
            for one in [*readable, *tables]:
                self._by_stem(one)
        self.passed_over += [one for one in files if not format_of(one)]

    def _by_stem(self, path: Path) -> None:
        record = self._record(stem_of(path))
        if record is not None:
            self._file(path, None, record)
        elif path.is_dir():
            self.folders_passed_over.append(path)
        else:
            self.passed_over.append(path)

    def _named(self, name: str, rest: str) -> None:
        record = self._record(name)
        if record is None:
            names = [source_name(one) for one in self.schema.records]
            near = did_you_mean(name, names, limit=1)
            meant = f"Did you mean `{near[0]}`?" if near else None
            self._fail(
                "unknown-file",
                f"No record is read from `{name}`",
                meant,
                f"Records are read from {listed(names)}.",
            )
            return
        if is_address(rest.strip()):
            self._address(rest.strip(), record)
        else:
            self._path(rest, record)

    def _address(self, text: str, record: Record | None) -> None:
        """Take a table of a database server; of a whole database the tables named after records."""
        try:
            served = served_at(text)
            if served.table is None and record is None:
                self._served_tables(served)
                return
        except ReadingError as error:
            self.failures += error.diagnostics
            return
        table = served.table or source_name(record or self.schema.case)
        record = (
            record or self._record(table.rpartition(".")[2]) or (self.schema.case if self.alone else None)
        )
        if record is None:
            self._unclear(served.name, "ADDRESS")
            return
        self._add(record, evolve(served, table=table))

    def _served_tables(self, served: Served) -> None:
        from rulelang.reading.postgres import Connections

        with Connections() as connections:
            names = connections.names(served)
        if not self._named_after_records(
            names, lambda one: evolve(served, table=one), self.tables_passed_over
        ):
            message = f"{served.shown} has no table that is named after a record"
            what = f"Say which is which: `{source_name(self.schema.case)}=ADDRESS/TABLE`."
            self._fail("unknown-table", message, what, f"Its tables are {listed(names)}." if names else None)

    def _path(self, text: str, record: Record | None) -> None:
        whole, mark, sheet = text.rpartition("#")
        if _exists(text) or not mark:
            path, wanted = Path(text), None
        else:
            path, wanted = Path(whole), sheet
        if path.is_dir() and not _holds_parquet(path):
            self._fail(
                "unknown-file",
                f"`{text}` is a folder, and a file is needed after `=`",
                "A folder of Parquet files would do; it holds none.",
            )
        elif not path.exists():
            self._not_found(path)
        else:
            self._file(path, wanted, record)

    def _file(self, path: Path, sheet: str | None, record: Record | None = None) -> None:
        kind = format_of(path)
        if kind is None and not path.is_dir():
            error = unknown_format(path)
            assert isinstance(error, ReadingError)
            self.failures += error.diagnostics
            return
        if record is None and sheet is None and kind in MANY_TABLES and self._sheets(path):
            return
        record = record or self._record(sheet or stem_of(path)) or (self.schema.case if self.alone else None)
        if record is None:
            self._unclear(path.name, str(path))
            return
        if sheet is None and kind in DATABASE_FORMATS:
            sheet = self._table_of(path, record)
            if sheet is None:
                return
        name = path.resolve().name + "/" if path.is_dir() else path.name
        self._add(record, Source(path, f"{name}#{sheet}" if sheet else name, sheet))

    def _table_of(self, path: Path, record: Record) -> str | None:
        """Return the table of a database that holds a record: the one named after it, or the only one."""
        try:
            names = names_in(Source(path, path.name))
        except ReadingError as error:
            self.failures += error.diagnostics
            return None
        wanted = (fold(source_name(record)), fold(record.name))
        named = sorted((one for one in names if fold(one) in wanted), key=lambda one: wanted.index(fold(one)))
        if named or len(names) == 1:
            return (named or names)[0]
        message = f"{path.name} has no table that is named after the record `{record.name}`"
        what = f"Say which it is: `{source_name(record)}={path}#TABLE`." if names else None
        there = f"Its tables are {listed(names)}." if names else "It holds no table."
        self._fail("unknown-table", message, what, there)
        return None

    def _unclear(self, name: str, path: str) -> None:
        names = or_list(f"{source_name(one)}={path}" for one in self.schema.records)
        self._fail("unknown-file", f"It cannot be told which record {name} holds", f"Say so: {names}.")

    def _sheets(self, path: Path) -> bool:
        """Take the sheets or tables named after records; return whether there are any."""
        try:
            names = names_in(Source(path, path.name))
        except ReadingError as error:
            self.failures += error.diagnostics
            return True
        is_database = format_of(path) in DATABASE_FORMATS
        left = self.tables_passed_over if is_database else self.sheets_passed_over
        return self._named_after_records(names, lambda one: Source(path, f"{path.name}#{one}", one), left)

    def _named_after_records(
        self, names: Sequence[str], of: Callable[[str], Source | Served], left: list[str]
    ) -> bool:
        """Take what is named after records, and note the rest; return whether anything is."""
        records = [(name, self._record(name)) for name in names]
        if not any(record for _, record in records):
            return False
        for name, record in records:
            if record is None:
                left.append(of(name).name)
            else:
                self._add(record, of(name))
        return True

    def _add(self, record: Record, source: Source | Served) -> None:
        if isinstance(source, Served):
            shown = source.name
        else:
            shown = f"{source.path}#{source.sheet}" if source.sheet else str(source.path)
        if record.name in self.found:
            other = self.found[record.name][1]
            self._fail(
                "two-files",
                f"Two files are there for the record `{record.name}`: {shown} and {other}",
                "Take one away. In place of a folder, every file may be given by itself: "
                f"`{source_name(record)}=PATH`.",
            )
            return
        self.found[record.name] = (source, shown)

    def _record(self, name: str) -> Record | None:
        wanted = fold(name)
        by_file = (one for one in self.schema.records if fold(source_name(one)) == wanted)
        by_name = (one for one in self.schema.records if fold(one.name) == wanted)
        return next(by_file, None) or next(by_name, None)

    def _not_found(self, path: Path) -> None:
        folder = path.parent
        beside = (
            [one.name for one in folder.iterdir()] if folder.is_dir() and os.access(folder, os.R_OK) else []
        )
        near = did_you_mean(path.name, beside, limit=1)
        meant = f"Did you mean `{folder / near[0]}`?" if near else None
        self._fail("file-not-found", f"There is no file or folder `{path}`", meant)

    def _fail(self, code: str, message: str, *lines: str | None) -> None:
        self.failures += cannot_read(code, message, *lines).diagnostics


def _exists(text: str) -> bool:
    return Path(text).exists()


def _holds_parquet(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK) and bool(parquet_files(folder))


def _hidden(name: str) -> bool:
    # `~$cases.xlsx` is the lock of a workbook that someone has open, Thumbs.db is Windows's own.
    return name.startswith((".", "~$")) or name.lower() == "thumbs.db"
