"""A run: every case of an export judged and counted, by group where asked; what came to light of the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field, frozen

from rulelang.calendars import OutsideSpan
from rulelang.calendars.counting import day_of
from rulelang.engines.python.evaluator import AsAt, Evaluator, Judged
from rulelang.explaining.judgement import Judgement
from rulelang.explaining.words import day, said
from rulelang.model.expressions import Expression
from rulelang.model.pack import Timescale
from rulelang.model.structure import PackStructure
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.planning.decisions import Line, Why
from rulelang.planning.plan import TimescalePlan
from rulelang.reading import CaseRow, DataProblem, Export, ProblemKind, Problems
from rulelang.scoring.ratings import GivenRating
from rulelang.scoring.result import DataProblems, Result, groups_of
from rulelang.scoring.tally import ItemCounts, Population, Tally, TimescaleCounts
from rulelang.truth import NA, UNREADABLE


@frozen
class Question:
    """What a run is asked besides the rules: which cases, split by what, and who is told of each judgement."""

    as_at: dt.date | dt.datetime
    where: Expression | None = None
    by: Expression | None = None
    by_name: str | None = None
    # Told of every case judged: its row and its judgement.
    each: Callable[[CaseRow, Judgement], None] | None = None
    # Told of every case that is judged in nothing, where there are validations: what they say of it holds.
    unjudged: Callable[[CaseRow, Judgement], None] | None = None
    # Ratings that the run gives, by name.
    ratings: tuple[tuple[str, GivenRating], ...] = ()


@define
class Counter:
    """Counts outcomes while cases go by."""

    items: list[dict[ItemOutcome, int]]
    timescales: list[dict[TimescaleOutcome, int]]
    # Where the validations begin among the items.
    validations: int = 0
    judged: int = 0

    @classmethod
    def of(cls, evaluator: Evaluator) -> Counter:
        plan = evaluator.plan
        return cls(
            [dict.fromkeys(ItemOutcome, 0) for _ in plan.items],
            [dict.fromkeys(TimescaleOutcome, 0) for _ in plan.timescales],
            len(plan.items) - len(plan.validations),
        )

    def add(self, judged: Judged) -> None:
        """Count one case."""
        self.judged += 1
        self._add_items(judged, 0)
        for clocks, one in zip(self.timescales, judged.timescales, strict=True):
            clocks[one] += 1

    def add_validations(self, judged: Judged) -> None:
        """Count the validations of a case that is judged in nothing else."""
        self._add_items(judged, self.validations)

    def _add_items(self, judged: Judged, first: int) -> None:
        for counts, outcome in zip(self.items[first:], judged.items[first:], strict=True):
            if isinstance(outcome, list):
                for each in outcome:
                    counts[each] += 1
            else:
                counts[outcome] += 1

    def tally(self, evaluator: Evaluator) -> Tally:
        """Return the counts by id."""
        plan = evaluator.plan
        return Tally(
            self.judged,
            {
                one.item.id: ItemCounts(**{outcome.key: n for outcome, n in counts.items()})
                for one, counts in zip(plan.items, self.items, strict=True)
            },
            {
                one.timescale.name: TimescaleCounts(**{outcome.key: n for outcome, n in counts.items()})
                for one, counts in zip(plan.timescales, self.timescales, strict=True)
            },
        )


@define
class Inspection:
    """Judges the cases of an export and counts them."""

    evaluator: Evaluator
    structure: PackStructure
    question: Question
    problems: Problems = field(factory=Problems)
    _as_at: AsAt = field(init=False)
    _populations: dict[str, dict[str | None, ItemCounts]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        zone = self.evaluator.plan.schema.reading.time_zone
        self._as_at = AsAt.of(self.question.as_at, zone)

    def run(self, export: Export, progress: Callable[[int], None] | None = None) -> Result:
        """Judge every case, and return the counts with all that must be said of them."""
        self.evaluator = self.evaluator.among(one.row for one in export.cases)
        everything = Counter.of(self.evaluator)
        groups: dict[str | None, Counter] = {}
        out_of_scope = not_yet_begun = 0
        for number, one in enumerate(export.cases, 1):
            if not self.evaluator.begun(one.row, self._as_at):
                not_yet_begun += 1
                self._validate(one, everything)
            elif not self._in_scope(one):
                out_of_scope += 1
                self._validate(one, everything)
            else:
                judged = self.evaluator.judge(one.row, self._as_at, dirty=one.dirty)
                everything.add(judged)
                self._count_in_groups(one)
                if self.question.by is not None:
                    groups.setdefault(self._group(one), Counter.of(self.evaluator)).add(judged)
                self.note(one, judged, export)
                if self.question.each is not None:
                    self.question.each(one, Judgement(self.evaluator, one.row, self._as_at, judged))
            if progress is not None and number % 1000 == 0:
                progress(number)
        population = Population(
            export.cases_read, everything.judged, export.set_aside, out_of_scope, not_yet_begun
        )
        tallies = {value: counter.tally(self.evaluator) for value, counter in groups.items()}
        return Result(
            structure=self.structure,
            as_at=self.question.as_at,
            population=population,
            tally=everything.tally(self.evaluator),
            files=tuple(export.files),
            grouped_by=self.question.by_name,
            groups=groups_of(self.structure, tallies) if tallies else (),
            problems=DataProblems(self.problems.listed, self.problems.totals),
            notes=tuple(export.notes),
            parameters=tuple((name, plain(value)) for name, value in self.evaluator.given.items()),
            ratings=self.question.ratings,
            populations={
                plan.item.id: self._populations.get(plan.item.id, {})
                for plan, _ in self.evaluator.plan.limits
            },
        )

    def _count_in_groups(self, one: CaseRow) -> None:
        """Count a case in its group of each limit (M1: what is missing is counted as that)."""
        for plan, each in self.evaluator.plan.limits:
            assert plan.item.met is not None
            value = self.evaluator.work_out(each, one.row, self._as_at)[0]
            counts = self.evaluator.work_out(plan.item.met, one.row, self._as_at)[0]
            if counts is False or counts is NA:
                continue
            groups = self._populations.setdefault(plan.item.id, {})
            name = None if value is None or value is UNREADABLE else plain(value)
            more = ItemCounts(met=1) if counts is True else ItemCounts(unknown=1)
            groups[name] = groups.get(name, ItemCounts()) + more

    def _validate(self, one: CaseRow, everything: Counter) -> None:
        """Check a case that is judged in nothing: a validation reads what the export says (M2)."""
        if not self.evaluator.plan.validations:
            return
        judged = self.evaluator.judge(one.row, self._as_at, dirty=one.dirty)
        everything.add_validations(judged)
        if self.question.unjudged is not None:
            self.question.unjudged(one, Judgement(self.evaluator, one.row, self._as_at, judged))

    def is_judged(self, one: CaseRow) -> bool:
        """Say whether a case is there on the as-at date, and in scope."""
        return self.evaluator.begun(one.row, self._as_at) and self._in_scope(one)

    def _in_scope(self, one: CaseRow) -> bool:
        if not self.evaluator.in_scope(one.row, self._as_at):
            return False
        if self.question.where is None:
            return True
        return self.evaluator.work_out(self.question.where, one.row, self._as_at)[0] is True

    def _group(self, one: CaseRow) -> str | None:
        assert self.question.by is not None
        value = self.evaluator.work_out(self.question.by, one.row, self._as_at)[0]
        return None if value is None else plain(value)

    # --- what judging says of the data -------------------------------------------------------------------------

    def note(self, one: CaseRow, judged: Judged, export: Export) -> None:
        """Say what judging a case brought to light of its data."""
        for beyond in judged.beyond:
            self._add(one, export, None, _beyond(beyond), ProblemKind.BEYOND_CALENDAR)
        for first, last in judged.odd:
            self._add(
                one, export, None, f"a pause ends ({day(last)}) before it starts ({day(first)}), and was left out",
                ProblemKind.ENDS_BEFORE_START,
            )  # fmt: skip
        for plan, kept in zip(self.evaluator.plan.timescales, judged.clocks, strict=True):
            for clock in _each_clock(plan, kept):
                self._note_clock(one, export, plan, clock)

    def _note_clock(self, one: CaseRow, export: Export, plan: TimescalePlan, kept: tuple[Any, ...]) -> None:
        line: Line = plan.lines[kept[0]]
        _, start, _, event, until, _ = kept
        title = plan.timescale.title
        if line.problem:
            self._add(
                one, export, plan.timescale.name,
                f"“{title}”: the duty ended ({day(until)}) before it began ({day(start)})",
                ProblemKind.ENDS_BEFORE_START,
            )  # fmt: skip
        elif _is_early(plan.timescale, line, start, event):
            self._add(
                one, export, plan.timescale.name,
                f"“{title}”: {day(event)} lies before the clock started ({day(start)}); it counts as on time",
                ProblemKind.EARLY_EVENT,
            )  # fmt: skip

    def _add(self, one: CaseRow, export: Export, column: str | None, text: str, kind: ProblemKind) -> None:
        file = export.files[0].file if export.files else self.evaluator.plan.schema.case.name
        self.problems.add(DataProblem(file, one.line, column, None, text, kind, one.key))


def _is_early(one: Timescale, line: Line, start: Any, event: Any) -> bool:
    """Say whether an event that came in time came before its start, and the rules do not say that it may."""
    in_time = line.why is Why.IN_TIME and not one.early_events_count
    return in_time and start is not None and day_of(event) < day_of(start)


def _each_clock(plan: TimescalePlan, kept: Any) -> Iterator[tuple[Any, ...]]:
    if plan.timescale.clock_for is None:
        yield kept
    else:
        yield from (clock for clock, _ in kept)


def _beyond(wrong: Exception) -> str:
    if isinstance(wrong, OutsideSpan):
        return f"{wrong}, so what depends on it is unknown"
    return "a date lies too far from our time to count with, so what depends on it is unknown"


def plain(value: Any) -> str:
    """Return a value as the text of a group or a parameter."""
    if isinstance(value, str):
        return value
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    return said(value)
