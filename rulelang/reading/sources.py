"""Which file is which record: folders, `name=path`, workbooks by sheet, a file by itself."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import define, field, frozen

from rulelang.diagnostics import Diagnostic, did_you_mean, or_list
from rulelang.model.records import Record, Schema
from rulelang.reading.failures import ReadingError, cannot_read, failure, listed
from rulelang.reading.headings import fold
from rulelang.reading.tables import EXCEL_FORMATS, Source, format_of, stem_of, unknown_format


@frozen
class Sources:
    """The file of each record by the record's name; `passed_over` are files that no record names."""

    files: Mapping[str, Source]
    looked_in: tuple[str, ...] = ()
    passed_over: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def source_name(record: Record) -> str:
    """Return the name that a record's file goes by."""
    return record.read_from or record.name


def find_sources(schema: Schema, arguments: Sequence[str | os.PathLike[str]]) -> Sources:
    """Find the file of each record among DATA arguments: folders, `name=path`, `book.xlsx#Sheet`, files.

    Raises ReadingError with everything that stands in the way. That a child record has no file is not: its
    rows may be nested in its parent's.
    """
    search = _Search(schema, alone=len(arguments) == 1)
    for argument in arguments:
        search.take(os.fspath(argument))
    if search.failures:
        raise ReadingError(search.failures)
    found = Sources(
        {name: source for name, (source, _) in search.found.items()},
        tuple(search.looked_in),
        tuple(search.passed_over),
        tuple(search.notes()),
    )
    if schema.case.name not in found.files:
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
    found: dict[str, tuple[Source, str]] = field(factory=dict)
    failures: list[Diagnostic] = field(factory=list)
    looked_in: list[str] = field(factory=list)
    passed_over: list[Path] = field(factory=list)
    sheets_passed_over: list[str] = field(factory=list)

    def take(self, argument: str) -> None:
        path = Path(argument)
        if path.is_dir():
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
            (self.sheets_passed_over, "sheet"),
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
            files = sorted(one for one in folder.iterdir() if one.is_file() and not _hidden(one.name))
        except PermissionError:
            self._fail("file-not-found", f"You may not open the folder `{folder}`")
            return
        readable = [one for one in files if format_of(one)]
        if len(readable) == 1 and format_of(readable[0]) in EXCEL_FORMATS:
            if not self._sheets(readable[0]):
                self._by_stem(readable[0])
            readable_left: list[Path] = []
        else:
            readable_left = readable
        for one in readable_left:
            self._by_stem(one)
        self.passed_over += [one for one in files if not format_of(one)]

    def _by_stem(self, path: Path) -> None:
        record = self._record(stem_of(path))
        if record is None:
            self.passed_over.append(path)
        else:
            self._add(record, Source(path, path.name))

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
        self._path(rest, record)

    def _path(self, text: str, record: Record | None) -> None:
        whole, mark, sheet = text.rpartition("#")
        if _exists(text) or not mark:
            path, wanted = Path(text), None
        else:
            path, wanted = Path(whole), sheet
        if path.is_dir():
            self._fail("unknown-file", f"`{text}` is a folder, and a file is needed after `=`")
        elif not path.exists():
            self._not_found(path)
        else:
            self._file(path, wanted, record)

    def _file(self, path: Path, sheet: str | None, record: Record | None = None) -> None:
        if format_of(path) is None:
            error = unknown_format(path)
            assert isinstance(error, ReadingError)
            self.failures += error.diagnostics
            return
        if record is None and sheet is None and format_of(path) in EXCEL_FORMATS and self._sheets(path):
            return
        record = record or self._record(sheet or stem_of(path)) or (self.schema.case if self.alone else None)
        if record is None:
            names = or_list(f"{source_name(one)}={path}" for one in self.schema.records)
            self._fail(
                "unknown-file", f"It cannot be told which record {path.name} holds", f"Say so: {names}."
            )
            return
        self._add(record, Source(path, f"{path.name}#{sheet}" if sheet else path.name, sheet))

    def _sheets(self, path: Path) -> bool:
        """Take the sheets named after records; return whether there are any."""
        from rulelang.reading.excel import sheet_names

        try:
            names = sheet_names(Source(path, path.name))
        except ReadingError as error:
            self.failures += error.diagnostics
            return True
        records = [(name, self._record(name)) for name in names]
        if not any(record for _, record in records):
            return False
        for name, record in records:
            if record is None:
                self.sheets_passed_over.append(f"{path.name}#{name}")
            else:
                self._add(record, Source(path, f"{path.name}#{name}", name))
        return True

    def _add(self, record: Record, source: Source) -> None:
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


def _hidden(name: str) -> bool:
    # `~$cases.xlsx` is the lock of a workbook that someone has open.
    return name.startswith((".", "~$"))
