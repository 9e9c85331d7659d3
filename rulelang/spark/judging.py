"""An export judged where it lies, on Spark: the counts come back, and the problems of the data that are listed.

What `inspection` does case by case; the results are the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from attrs import define, evolve

from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.engines.python.evaluator import AsAt, Evaluator
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import ASIDE
from rulelang.engines.sql.lowering import Lowered, Wanted, lower
from rulelang.engines.sql.rows import case_row, columns_of
from rulelang.engines.sql.tallies import Counted
from rulelang.inspection import Inspection, Question, plain
from rulelang.model.expressions import Expression
from rulelang.model.structure import PackStructure
from rulelang.planning.plan import Plan
from rulelang.query.spark import SPARK
from rulelang.query.writing import NotWritten
from rulelang.reading import Export, FileAccount, Problems
from rulelang.scoring.given import Given, given_ratings
from rulelang.scoring.limits import of_counts
from rulelang.scoring.result import DataProblems, Result, groups_of
from rulelang.scoring.tally import ItemCounts, Population, Tally, total
from rulelang.spark.opening import Opened, open_export
from rulelang.spark.problems import Telling
from rulelang.spark.running import collected, counted
from rulelang.spark.scratch import Scratch, configured
from rulelang.spark.tree import Node

# So many cases of which something must be said are fetched and judged once more, one by one.
JUDGED_AGAIN = 20_000
# A number that does not fit stops the run, and is never cut short.
ANSI = {"spark.sql.ansi.enabled": "true"}


class Pack(Protocol):
    """What is needed of a loaded pack."""

    @property
    def evaluator(self) -> Evaluator: ...
    @property
    def structure(self) -> PackStructure: ...
    def condition(self, text: str) -> Expression: ...
    def expression(self, text: str) -> Expression: ...


def check_on_spark(
    pack: Pack,
    data: Any,
    *,
    as_at: dt.date | dt.datetime,
    by: str | None = None,
    where: str | None = None,
    problems: Problems | None = None,
    ratings: Given | None = None,
    session: Any = None,
) -> Result:
    """Judge an export on Spark and score it.

    `data` is a DataFrame of cases, DataFrames by the names of their records, or paths of Parquet or CSV that the
    session can read. `ratings` gives levels by name, of what the rules leave to the run. Raises ReadingError where
    the data cannot be read, RulesError for a wrong `by`, `where` or `ratings` and for rules that Spark cannot judge by.
    """
    question = Question(
        as_at,
        pack.condition(where) if where is not None else None,
        pack.expression(by) if by is not None else None,
        by,
        ratings=given_ratings(pack.structure.ratings, ratings or {}),
    )
    found = problems if problems is not None else Problems()
    return judge_on_spark(pack.evaluator, pack.structure, question, data, found, session)


def judge_on_spark(
    evaluator: Evaluator,
    structure: PackStructure,
    question: Question,
    data: Any,
    problems: Problems,
    session: Any = None,
) -> Result:
    """Judge an export on Spark. `session` is the active one where none is given, or else a new one on this machine."""
    if question.each is not None:
        raise not_on_spark("to tell of every judgement: the cases stay on the cluster")
    scratch = Scratch(session if session is not None else active_session())
    try:
        with configured(scratch.session, ANSI):
            return _Run(evaluator, structure, question, scratch, problems).result(data)
    except (Unsupported, NotWritten) as reason:
        raise not_on_spark(str(reason)) from reason
    finally:
        scratch.close()


def not_on_spark(what: str) -> RulesError:
    """Return the error for what Spark cannot do."""
    hint = 'Judge it without Spark (--engine python, or engine="python"): the rules mean the same there.'
    return RulesError([Diagnostic("not-on-spark", f"Spark cannot judge this: {what}", hint=hint)])


def active_session() -> Any:
    """Return the session that is there, or a new one on this machine."""
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession() or SparkSession.builder.appName("rulelang").getOrCreate()


@define
class _Run:
    evaluator: Evaluator
    structure: PackStructure
    question: Question
    scratch: Scratch
    problems: Problems

    @property
    def _as_at(self) -> AsAt:
        return AsAt.of(self.question.as_at, self.evaluator.plan.schema.reading.time_zone)

    def result(self, data: Any) -> Result:
        """Judge every case and return the counts."""
        opened = open_export(self.scratch, self.evaluator.plan.schema, data, self.problems)
        lowered = self._lowered(opened)
        below = _paths(opened)
        more = [(f"used_{node.number}", _used(path)) for node, path in below]
        found = counted(self.scratch.session, lowered, opened.cases, more)
        used = {node.number: found.more.get(f"used_{node.number}", 0) for node, _ in below}
        used[0] = found.read - found.set_aside
        accounts, orders = Telling(self.scratch, opened, self.problems, used).run()
        notes = [*opened.notes, *orders, *self._remark(opened, lowered, found, accounts)]
        read = accounts[0].read
        population = Population(read, found.judged, read - used[0], found.out_of_scope, found.not_yet_begun)
        result = self._result(found, population, accounts, tuple(dict.fromkeys(notes)))
        return evolve(result, populations=self._populations(opened))

    def _populations(self, opened: Opened) -> dict[str, dict[str | None, ItemCounts]]:
        """Count the cases of each limit's groups."""
        found: dict[str, dict[str | None, ItemCounts]] = {}
        for item, each in self.evaluator.plan.limits:
            lowered = self._lowered(opened, self.evaluator.plan.counting(item), each)
            groups = self._groups(counted(self.scratch.session, lowered, opened.cases))
            found[item.item.id] = of_counts(
                (name, tally.items[item.item.id]) for name, tally in groups.items()
            )
        return found

    def _lowered(self, opened: Opened, plan: Plan | None = None, by: Expression | None = None) -> Lowered:
        question, as_at = self.question, self._as_at
        by = by if plan is not None else question.by
        plan = plan or self.evaluator.plan
        where, by = (plan.inlined(one) if one is not None else None for one in (question.where, by))
        wanted = Wanted(as_at.day, as_at.moment, where, by, dict(self.evaluator.given))
        return lower(plan, opened.layout, wanted, aside=True)[0]

    def _result(
        self,
        found: Counted,
        population: Population,
        accounts: tuple[FileAccount, ...],
        notes: tuple[str, ...],
    ) -> Result:
        tallies = self._groups(found) if self.question.by is not None else {}
        return Result(
            structure=self.structure,
            as_at=self.question.as_at,
            population=population,
            tally=found.tally,
            files=accounts,
            grouped_by=self.question.by_name,
            groups=groups_of(self.structure, tallies) if tallies else (),
            problems=DataProblems(self.problems.listed, self.problems.totals),
            notes=notes,
            parameters=tuple((name, plain(value)) for name, value in self.evaluator.given.items()),
            ratings=self.question.ratings,
        )

    def _groups(self, found: Counted) -> dict[str | None, Tally]:
        named: dict[str | None, list[Tally]] = {}
        for value, tally in found.groups.items():
            named.setdefault(None if value is None else plain(value), []).append(tally)
        return {value: total(tallies) for value, tallies in named.items()}

    # --- what judging says of the data -------------------------------------------------------------------------

    def _remark(
        self, opened: Opened, lowered: Lowered, found: Counted, accounts: tuple[FileAccount, ...]
    ) -> list[str]:
        """Judge the cases of whose data something must be said, one at a time, and say it."""
        if not found.noteworthy:
            return []
        columns = columns_of(opened.layout, opened.schema.case)
        query = lowered.remarkable(opened.cases, columns)
        single = Inspection(self.evaluator, self.structure, self.question, self.problems)
        export = Export([], accounts, accounts[0].read, accounts[0].set_aside, self.problems)
        for row in collected(self.scratch.session, lowered, query, JUDGED_AGAIN):
            one = case_row(opened.schema, opened.layout, row)
            single.note(one, self.evaluator.judge(one.row, self._as_at, dirty=one.dirty), export)
        if found.noteworthy <= JUDGED_AGAIN:
            return []
        note = (
            f"Of {found.noteworthy} cases with dates out of order or beyond a calendar, the data problems of "
            f"{JUDGED_AGAIN} are counted."
        )
        return [note]


def _paths(opened: Opened) -> list[tuple[Node, tuple[str, ...]]]:
    """Return the nodes below the case, each with the lists that lead to its rows."""

    def below(node: Node, path: tuple[str, ...]) -> list[tuple[Node, tuple[str, ...]]]:
        found = []
        for child in (*node.nested, *node.tables):
            here = (*path, child.list_name)
            found += [(child, here), *below(child, here)]
        return found

    return below(opened.case, ())


def _used(path: tuple[str, ...]) -> str:
    """Return the aggregate that counts the rows at the end of a path of lists, of cases that are not set aside."""
    first, *others = path
    listed = SPARK.quoted(first)
    for name in others:
        listed = f"flatten(transform({listed}, u -> u.{SPARK.quoted(name)}))"
    return f"sum(CASE WHEN NOT {ASIDE} THEN array_size({listed}) END)"


__all__ = ["active_session", "check_on_spark", "judge_on_spark"]
