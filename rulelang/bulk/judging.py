"""A run over an export in one query: read, judged and counted by DuckDB, every row accounted for as row by row.

What must be said of single cases is said by the per-case engine, of those cases alone.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
from attrs import define, evolve, field, frozen

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.interrupting import interruptible
from rulelang.bulk.mishaps import EngineFailed, TooLittleMemory, failed_while_telling, in_words, too_little
from rulelang.bulk.opening import Accounts, Opened, open_bulk
from rulelang.bulk.rows import case_rows
from rulelang.bulk.survey import READ
from rulelang.engines.duckdb.running import connected, make_tables, written
from rulelang.engines.python.evaluator import AsAt, Evaluator
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import LINE
from rulelang.engines.sql.lowering import Lowered, Wanted, lower
from rulelang.engines.sql.tallies import Counted, count_rows
from rulelang.explaining.judgement import Judgement
from rulelang.inspection import Inspection, Question, plain
from rulelang.model.expressions import Expression
from rulelang.model.structure import PackStructure
from rulelang.planning.plan import Plan
from rulelang.query.writing import NotWritten
from rulelang.reading import Export, Problems
from rulelang.scoring.limits import of_counts
from rulelang.scoring.result import DataProblems, Result, groups_of
from rulelang.scoring.tally import ItemCounts, Population, Tally

HASHES = "__hashes"
BETWEEN_LOOKS = 0.2
# So many cases are told of between two words on how far it is.
A_STEP = 500
# What a run says of how far it is: a `Share`.
Advance = Callable[[float], None]


class Share(float):
    """How much of the work is done, from 0 to 1; `rows` is how many rows the whole has, 0 where not known."""

    rows: int = 0

    @classmethod
    def of(cls, done: float, rows: int = 0) -> Share:
        """Return how much of the work on so many rows is done."""
        made = cls(min(max(done, 0.0), 1.0))
        made.rows = rows
        return made


@frozen
class Settings:
    """How DuckDB runs: threads (None: all), memory such as "2GB", and the folder for what does not fit in it."""

    threads: int | None = None
    memory: str | None = None
    spill: str | None = None


@define
class BulkInspection:
    """Judges an export in one pass."""

    evaluator: Evaluator
    structure: PackStructure
    question: Question
    problems: Problems
    settings: Settings = field(factory=Settings)
    # Whether something was handed on that cannot be taken back: a line of details, or a data problem to its sink.
    _told: bool = field(default=False, init=False)

    def run(
        self,
        data: Any,
        progress: Callable[[str, int], None] | None = None,
        advance: Advance | None = None,
    ) -> Result:
        """Judge every case and return the counts.

        Raises ReadingError where the data cannot be read, NotInBulk where the run is to be done case by case, and
        RulesError where there is too little memory or no room for temporary files.
        """
        threads = self.settings.threads or os.cpu_count() or 1
        while True:
            try:
                return self._run(evolve(self.settings, threads=threads), data, progress, advance)
            except TooLittleMemory as error:
                # Each thread holds a part of the file: fewer need less.
                if threads == 1 or self._told:
                    raise too_little(self.settings.memory, error.spill) from None
                threads = max(threads // 4, 1)
                self.problems.clear()
            except EngineFailed as error:
                if self._told:
                    raise failed_while_telling(error) from error
                raise

    def _run(
        self,
        settings: Settings,
        data: Any,
        progress: Callable[[str, int], None] | None,
        advance: Advance | None,
    ) -> Result:
        with _connection(settings) as connection:
            opened = open_bulk(connection, self.evaluator.plan.schema, data, self.problems, progress)
            lowered, counted = self._counted(connection, opened, advance)
            self._told = self.problems.handed_on
            accounts = opened.finish(counted.more)
            if counted.noteworthy:
                self._remark(connection, opened, lowered, accounts)
            if self.question.each is not None:
                self._told = True
                self._tell_each(connection, opened, lowered, Steps(advance, counted.judged))
            return self._result(counted, accounts, self._populations(connection, opened))

    def _counted(self, connection: Any, opened: Opened, advance: Advance | None) -> tuple[Lowered, Counted]:
        """Count, and count again as long as something new is learnt of how the export is written."""
        rows = _rows_known(connection, opened) if advance is not None else 0
        while True:
            lowered = self._lowered(opened)
            make_tables(connection, lowered)
            try:
                counted, hashes = _count(connection, opened, lowered, advance, rows)
            except (
                duckdb.InvalidInputException,
                duckdb.ConversionException,
                duckdb.OutOfRangeException,
            ) as error:
                if opened.recover(error):
                    continue
                if isinstance(error, duckdb.InvalidInputException):
                    raise
                raise NotInBulk("a number so large that it has to be counted with case by case") from error
            rows = counted.more.get(READ) or rows
            if not opened.learn(counted.more, hashes):
                return lowered, counted

    def _lowered(self, opened: Opened, plan: Plan | None = None, by: Expression | None = None) -> Lowered:
        moment = AsAt.of(self.question.as_at, self.evaluator.plan.schema.reading.time_zone)
        by = by if plan is not None else self.question.by
        plan = plan or self.evaluator.plan
        where, by = (plan.inlined(one) if one is not None else None for one in (self.question.where, by))
        wanted = Wanted(moment.day, moment.moment, where, by, self.evaluator.given)
        try:
            lowered, _ = lower(plan, opened.layout, wanted, aside=True, packed=True)
        except (Unsupported, NotWritten) as error:
            raise NotInBulk(str(error)) from error
        return lowered

    def _remark(self, connection: Any, opened: Opened, lowered: Lowered, accounts: Accounts) -> None:
        """Judge the cases of whose data something must be said, one at a time, and say it."""
        query = lowered.remarkable(f"({opened.sql(numbered=True)})", (LINE,))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE remarkable AS {written(query)}")
        single = Inspection(self.evaluator, self.structure, self.question, self.problems)
        export = Export([], accounts.files, accounts.cases_read, accounts.set_aside, self.problems)
        as_at = AsAt.of(self.question.as_at, self.evaluator.plan.schema.reading.time_zone)
        for one in case_rows(opened, connection, f"{LINE} IN (SELECT {LINE} FROM remarkable)"):
            single.note(one, self.evaluator.judge(one.row, as_at, dirty=one.dirty), export)

    def _tell_each(self, connection: Any, opened: Opened, lowered: Lowered, steps: Steps) -> None:
        """Tell of every judgement, one case after the other."""
        each = self.question.each
        assert each is not None
        query = lowered.judged(f"({opened.sql(numbered=True)})", (LINE,))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {written(query)}")
        as_at = AsAt.of(self.question.as_at, self.evaluator.plan.schema.reading.time_zone)
        unjudged = self.question.unjudged if self.evaluator.plan.validations else None
        evaluator = self._knowing(connection, opened, lowered)
        single = Inspection(evaluator, self.structure, self.question, self.problems)
        wanted = f"{LINE} IN (SELECT {LINE} FROM judged)" if unjudged is None else None
        for one in case_rows(opened, connection, wanted):
            tell = each if unjudged is None or single.is_judged(one) else unjudged
            judged = evaluator.judge(one.row, as_at, dirty=one.dirty)
            tell(one, Judgement(evaluator, one.row, as_at, judged))
            steps.count()

    def _knowing(self, connection: Any, opened: Opened, lowered: Lowered) -> Evaluator:
        """Return the evaluator with what rows repeat: it goes through those cases alone that repeat something."""
        if not lowered.repeated:
            return self.evaluator
        query = lowered.repeating(f"({opened.sql(numbered=True)})", (LINE,))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE repeating AS {written(query)}")
        cases = case_rows(opened, connection, f"{LINE} IN (SELECT {LINE} FROM repeating)")
        return self.evaluator.among(one.row for one in cases)

    def _populations(self, connection: Any, opened: Opened) -> dict[str, dict[str | None, ItemCounts]]:
        """Count the cases of each limit's groups, a pass each."""
        found: dict[str, dict[str | None, ItemCounts]] = {}
        for item, each in self.evaluator.plan.limits:
            lowered = self._lowered(opened, self.evaluator.plan.counting(item), each)
            make_tables(connection, lowered)
            text = written(lowered.tally(f"({opened.sql(placed=lowered.placed)})", ()))
            groups = count_rows(lowered, _fetched(connection.execute(text))).groups
            found[item.item.id] = of_counts(
                (None if value is None else plain(value), tally.items[item.item.id])
                for value, tally in groups.items()
            )
        return found

    def _result(
        self, counted: Counted, accounts: Accounts, populations: dict[str, dict[str | None, ItemCounts]]
    ) -> Result:
        tallies: dict[str | None, Tally] = {}
        if self.question.by is not None:
            for value, tally in counted.groups.items():
                name = None if value is None else plain(value)
                tallies[name] = tallies[name] + tally if name in tallies else tally
        return Result(
            structure=self.structure,
            as_at=self.question.as_at,
            population=Population(
                accounts.cases_read,
                counted.judged,
                accounts.set_aside,
                counted.out_of_scope,
                counted.not_yet_begun,
            ),
            tally=counted.tally,
            files=accounts.files,
            grouped_by=self.question.by_name,
            groups=groups_of(self.structure, tallies) if tallies else (),
            problems=DataProblems(self.problems.listed, self.problems.totals),
            notes=accounts.notes,
            parameters=tuple((name, plain(value)) for name, value in self.evaluator.given.items()),
            ratings=self.question.ratings,
            populations=populations,
        )


@define
class Steps:
    """Counts cases that were told of, and says now and then how far that is."""

    advance: Advance | None
    whole: int
    done: int = 0

    def count(self) -> None:
        """Count one."""
        self.done += 1
        if self.advance is not None and self.done % A_STEP == 0 and self.whole:
            self.advance(Share.of(self.done / self.whole, self.whole))


@contextmanager
def _connection(settings: Settings) -> Iterator[Any]:
    """Open a connection whose temporary files lie in a folder of their own, and are gone at the end."""
    with _folder(settings.spill) as folder, in_words(folder):
        connection = connected(settings.threads, settings.memory, folder)
        try:
            with interruptible(connection):
                yield connection
        finally:
            connection.close()


@contextmanager
def _folder(inside: str | None) -> Iterator[str | None]:
    """Make a folder for temporary files; None where there is no place for one: all must then fit in memory."""
    try:
        made = tempfile.TemporaryDirectory(prefix="rulelang-", dir=inside, ignore_cleanup_errors=True)
    except OSError:
        yield None
        return
    with made as folder:
        yield folder


def _rows_known(connection: Any, opened: Opened) -> int:
    """Return how many rows the cases have where that is quickly told; else 0."""
    scan = opened.case.scan
    if scan is None or not scan.quick:
        return 0
    (found,) = connection.execute(f"SELECT count(*) FROM {scan.source}").fetchall()
    return int(found[0])


def _count(
    connection: Any, opened: Opened, lowered: Lowered, advance: Advance | None, known: int
) -> tuple[Counted, list[Any] | None]:
    counters = opened.counters
    added = tuple(counters.items())
    if opened.hashes is not None:
        added = (*added, (HASHES, opened.hashes))
    text = written(lowered.tally(f"({opened.sql(placed=lowered.placed)})", added))
    with _watched(connection, advance, known):
        if opened.hashes is None:
            return count_rows(lowered, _fetched(connection.execute(text)), tuple(counters)), None
        table = connection.sql(text).to_arrow_table()
    import numpy

    hashes = [numpy.from_dlpack(chunk.flatten()).copy() for chunk in table.column(HASHES).chunks]
    return count_rows(lowered, table.drop_columns([HASHES]).to_pylist(), tuple(counters)), hashes


def _fetched(result: Any) -> list[Mapping[str, Any]]:
    names = [one[0] for one in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextmanager
def _watched(connection: Any, advance: Advance | None, rows: int) -> Iterator[None]:
    """Tell how far a query over so many rows is while it runs."""
    if advance is None:
        yield
        return
    # Without a bar of its own, which it need not show, DuckDB does not know how far it is.
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    done = threading.Event()

    def look() -> None:
        while not done.wait(BETWEEN_LOOKS):
            try:
                share = connection.query_progress()
            except duckdb.Error:
                # Whoever was stopped may have closed the connection.
                return
            if share >= 0:
                advance(Share.of(share / 100, rows))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
