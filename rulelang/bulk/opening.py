"""An export opened in bulk: a query for its cases, and afterwards its data problems and its accounts.

The caller runs its own query over `sql()` and adds `counters` to it; `learn` says whether to run it again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import duckdb
from attrs import define, frozen

from rulelang.bulk.attaching import scan_attached
from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.given import scan_given
from rulelang.bulk.keys import settle_twins
from rulelang.bulk.relations import rows
from rulelang.bulk.replaying import Replay
from rulelang.bulk.scans import Scan, is_scanned, rough_scan, scan_file
from rulelang.bulk.staging import staged
from rulelang.bulk.steps import unknown_in
from rulelang.bulk.survey import (
    DOUBTFUL,
    KEYLESS,
    Doubtful,
    counters,
    learn_unknown,
    nested_counters,
    survey_case,
    survey_nested,
    survey_table,
    take_nested,
    used_counters,
)
from rulelang.bulk.tree import Grower, Node
from rulelang.bulk.wording import named
from rulelang.diagnostics import Diagnostic
from rulelang.engines.sql.layout import LINE, Layout
from rulelang.model.records import Schema
from rulelang.reading import FileAccount, Problems, ReadingError, find_sources
from rulelang.reading.assembly import open_served
from rulelang.reading.branches import Planner
from rulelang.reading.sources import Sources
from rulelang.reading.tables import Table, open_table

Progress = Callable[[str, int], None]
# What DuckDB says of a cell that it cannot read as the type of its column.
UNTYPED = re.compile(r'Error when converting column "x(\d+)"')


@frozen
class Accounts:
    """What became of every row, as an `Export` of `reading` tells it."""

    files: tuple[FileAccount, ...]
    cases_read: int
    set_aside: int
    notes: tuple[str, ...]


def open_bulk(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    data: Any,
    problems: Problems,
    progress: Progress | None = None,
) -> Opened:
    """Open an export: paths, a table, or tables by name.

    DuckDB may read columns of text as dates and booleans: the caller hands to `recover` the ConversionException of a
    late cell that is none, besides any InvalidInputException. Raises ReadingError where
    `reading` does, and NotInBulk for what is to be read row by row.
    """
    connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    # As Parquet files are read without DuckDB, whatever the machine's own zone.
    connection.execute("SET TimeZone = 'UTC'")
    sources, scans = _scans(connection, schema, data, progress)
    for scan in scans.values():
        scan.refused = set()
    opened = _plan(connection, schema, sources, scans, problems, progress)
    opened.survey()
    return opened


def _scans(
    connection: duckdb.DuckDBPyConnection, schema: Schema, data: Any, progress: Progress | None
) -> tuple[Sources, dict[str, Scan]]:
    if isinstance(data, str | os.PathLike):
        data = [data]
    if not isinstance(data, list | tuple) or not all(isinstance(one, str | os.PathLike) for one in data):
        return Sources({}), scan_given(connection, schema, data)
    if not data:
        raise NotInBulk("nothing is given")
    sources = find_sources(schema, data)
    with ExitStack() as closing:
        return sources, _scans_of(connection, sources, closing, progress)


def _scans_of(
    connection: duckdb.DuckDBPyConnection, sources: Sources, closing: ExitStack, progress: Progress | None
) -> dict[str, Scan]:
    """Open everything before anything is read in Python, so that all that cannot be opened is told at once."""
    scans: dict[str, Scan] = {}
    tables: dict[str, Table] = {}
    failures: list[Diagnostic] = []
    for name, source in sources.files.items():
        try:
            if is_scanned(source):
                scans[name] = scan_file(connection, source)
            elif (attached := scan_attached(connection, source)) is not None:
                scans[name] = attached
            else:
                tables[name] = open_table(source)
                closing.callback(tables[name].close)
        except ReadingError as error:
            failures += error.diagnostics
    try:
        tables |= open_served(sources, closing)
    except ReadingError as error:
        failures += error.diagnostics
    if failures:
        raise ReadingError(failures)
    scans |= {name: staged(connection, table, progress) for name, table in tables.items()}
    return scans


def _plan(
    connection: duckdb.DuckDBPyConnection,
    schema: Schema,
    sources: Sources,
    scans: dict[str, Scan],
    problems: Problems,
    progress: Progress | None,
) -> Opened:
    tables = {name: scan.table for name, scan in scans.items()}
    planner = Planner(schema, tables, problems, sources)
    planner.table_branch(schema.case)
    if planner.lacking.failures:
        raise ReadingError(planner.lacking.failures)
    grower = Grower(schema, scans)
    nodes = [grower.node(branch) for branch in planner.branches]
    return Opened(connection, schema, sources, scans, planner, nodes, progress)


@define(eq=False)
class Opened:
    """An export opened in bulk. What it makes are temporary tables of its connection."""

    connection: duckdb.DuckDBPyConnection
    schema: Schema
    _sources: Sources
    _scans: dict[str, Scan]
    _planner: Planner
    nodes: list[Node]
    _progress: Progress | None = None

    @property
    def case(self) -> Node:
        """The node of the cases themselves."""
        return self.nodes[0]

    def survey(self) -> None:
        """Learn all that the caller's pass over the cases will not tell."""
        while True:
            try:
                return self._survey()
            except Doubtful as found:
                found.scan.refuse()
                self._plan_anew()
            except duckdb.Error as error:
                if not self._mend(error):
                    raise

    def _survey(self) -> None:
        for node in self.nodes[1:]:
            if node.scan is not None:
                survey_table(node, self.connection)
            else:
                survey_nested(node, self.connection)
        survey_case(self.case, self.connection)

    def sql(self, numbered: bool = False, placed: bool = True) -> str:
        """Return the query for the cases, those set aside included: a row each, in order where numbered.

        With `placed` every row of a list has its place in it.
        """
        text = rows(self.case, lined=numbered, helpers=True, placed=placed)
        joined = bool(self.case.tables) or self.case.twins is not None
        return f"{text} ORDER BY t.{LINE}" if numbered and joined else text

    @property
    def layout(self) -> Layout:
        """How the rows of `sql` stand."""
        return self.case.layout()

    @property
    def counters(self) -> dict[str, str]:
        """Aggregates over the rows of `sql`, by name; counts of parts of the rows are to be added up."""
        return {**counters(self.case), **nested_counters(self.case), **used_counters(self.case)}

    @property
    def hashes(self) -> str | None:
        """An aggregate that gathers the hashes of the keys, where a pass of its own would be dear."""
        case = self.case
        if case.key is None or case.scan is None or case.scan.quick or case.twins is not None:
            return None
        return f"list(hash({named(case.key.field.name)}))"

    def learn(self, counts: Mapping[str, int], hashes: Sequence[Any] | None) -> bool:
        """Take in what was counted. True: something was learnt, and the query is to be run again."""
        case = self.case
        assert case.scan is not None
        if self._look_at_files() or counts.get(DOUBTFUL):
            if counts.get(DOUBTFUL):
                case.scan.refuse()
            self._plan_anew()
            self.survey()
            return True
        learnt = take_nested(case, counts, self.connection)
        if case.key is not None and hashes is not None and case.twins is None:
            learnt = settle_twins(case, hashes, self.connection) or learnt
        if counts.get(KEYLESS) or case.key is None or (learnt and case.may_lack):
            learnt = case.scan.count_blank(self.connection) or learnt
        return learnt

    def recover(self, error: duckdb.Error) -> bool:
        """Take in why DuckDB could not read the export. True: the query is to be run again.

        Raises ReadingError where a file cannot be read row by row either.
        """
        before = self.nodes
        mended = self._mend(error)
        if self.nodes is not before:
            self.survey()
        return mended

    def _mend(self, error: duckdb.Error) -> bool:
        """Learn what is unknown, or plan to read a file of text in another way; return whether that was amiss."""
        number = unknown_in(error)
        if number is not None:
            return learn_unknown(self.nodes[number], self.connection)
        cell = UNTYPED.search(str(error)) if isinstance(error, duckdb.ConversionException) else None
        if cell is None and not isinstance(error, duckdb.InvalidInputException):
            return False
        scans = {name: one for name, one in self._scans.items() if one.regular is not None}
        named_in = {
            name: one for name, one in scans.items() if one.rough and one.rough.path.name in str(error)
        }
        for name, one in (named_in or scans).items():
            if cell is not None:
                one.refuse(int(cell[1]))
            elif one.rough is not None:
                self._scans[name] = rough_scan(self.connection, one.rough)
        if scans:
            self._plan_anew()
        return bool(scans)

    def _look_at_files(self) -> bool:
        """Take in what was met in the bytes of all files of text; return whether it is not what the samples told."""
        changed = False
        for name, one in self._scans.items():
            if one.regular is None or one.rough is None:
                continue
            met = one.regular.as_met()
            if met is None:
                self._scans[name] = rough_scan(self.connection, one.rough)
            changed = changed or met is None or (met.bare, met.lone) != (one.regular.bare, one.regular.lone)
            one.regular = met
        return changed

    def _plan_anew(self) -> None:
        fresh = _plan(
            self.connection, self.schema, self._sources, self._scans, self._planner.problems, self._progress
        )
        self._planner, self.nodes = fresh._planner, fresh.nodes

    def finish(self, counts: Mapping[str, int]) -> Accounts:
        """Say what became of every row, and put all data problems into the export's `problems`."""
        replay = Replay(self.connection, self._planner, self.nodes, dict(counts))
        files, notes = replay.run()
        if self._progress is not None:
            for account in files:
                self._progress(account.file, account.read)
        every = [*self._planner.lacking.notes]
        every += [note for scan in self._scans.values() for note in _notes(scan)] + notes
        return Accounts(
            files,
            files[0].read,
            files[0].set_aside,
            (*self._sources.notes, *dict.fromkeys(every)),
        )


def _notes(scan: Scan) -> list[str]:
    if not scan.blank:
        return scan.table.notes
    rows_were = "row was" if scan.blank == 1 else "rows were"
    return [*scan.table.notes, f"{scan.table.name}: {scan.blank} blank {rows_were} passed over."]
