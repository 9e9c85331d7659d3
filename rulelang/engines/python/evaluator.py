"""Judging cases by a plan: the generated functions made once, then called. Thread-safe, picklable, deterministic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import attrs
from attrs import field, frozen

from rulelang.calendars.counting import moment, zone_named
from rulelang.engines.python.judging import write, write_value
from rulelang.engines.python.repeats import Repeats, repeats
from rulelang.engines.python.runtime import BEYOND
from rulelang.model.expressions import Expression, Unique, Var
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.planning.plan import Plan
from rulelang.truth import UNREADABLE

ItemOutcomes = tuple[ItemOutcome | list[ItemOutcome], ...]
TimescaleOutcomes = tuple[TimescaleOutcome, ...]


@frozen
class AsAt:
    """The as-at date of a run: its day, and the last moment of it, or the moment named (M2)."""

    day: dt.date
    moment: dt.datetime

    @classmethod
    def of(cls, as_at: dt.date | dt.datetime, zone: str | None) -> AsAt:
        """Return an as-at date from a date, which stands for that whole day, or from a moment."""
        if not isinstance(as_at, dt.date):
            raise TypeError(f"as_at is a date or a datetime, not {as_at!r}")
        if isinstance(as_at, dt.datetime):
            local = as_at
            if as_at.tzinfo is not None:
                local = as_at.astimezone(zone_named(zone) if zone else None).replace(tzinfo=None)
            day = local.date()
        else:
            day, local = as_at, dt.datetime.combine(as_at, dt.time.max)
        return cls(day, moment(local, zone_named(zone)) if zone else local)


@frozen
class Judged:
    """What judging a case gave: outcomes, in the order of the plan, and what decided each.

    An item counted for rows has a list of outcomes. `whys` holds the number of the line that decided an item, or
    (number, row) pairs; `clocks` the same of timescales with (number, start, due, event, until, counts).
    `beyond` are counts that left their calendar, `odd` pauses that end before they start.
    """

    items: ItemOutcomes
    timescales: TimescaleOutcomes
    whys: tuple[Any, ...]
    clocks: tuple[Any, ...]
    beyond: tuple[Exception, ...]
    odd: tuple[Any, ...]


@attrs.define(slots=False, eq=False)
class Evaluator:
    """A plan ready to judge cases.

    A case is a row as reading makes it: a dict (or an object with attributes) with every field of its record,
    lists of such rows for child lists, values typed, None for missing.
    """

    plan: Plan
    given: Mapping[str, Any] = field(factory=dict)
    # What the cases of a file repeat; None where a case is judged by itself, and is the whole file.
    repeated: Mapping[tuple[str, ...], Repeats] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return (Evaluator, (self.plan, dict(self.given), self.repeated))

    def among(self, cases: Iterable[Any]) -> Evaluator:
        """Return an evaluator of cases of one file, all of which are given: it knows which values they repeat."""
        if not self.plan.compared:
            return self
        return Evaluator(self.plan, self.given, repeats(self.plan.compared, cases))

    def clash(self, node: Unique, value: Any, own: Any, case: Any) -> tuple[int, Any]:
        """Return how many other rows have a value, and what one of them is called, if anything."""
        many, *named = self._handed(case)[node.compared][value]
        return many - 1, next((one for one in named if one != own), None)

    def _handed(self, case: Any) -> Mapping[Any, Any]:
        """Return what a generated function is handed besides the case: values given, and those that rows repeat."""
        if not self.plan.compared:
            return self.given
        known = self.repeated if self.repeated is not None else repeats(self.plan.compared, [case])
        return {**self.given, **known}

    def _knowing(self, judge: Callable[..., Any]) -> Callable[..., Any]:
        """Return a generated function that is handed what rows repeat as well, where the rules ask."""
        if not self.plan.compared:
            return judge

        def knowing(case: Any, day: Any, last: Any, _: Any, *more: Any) -> Any:
            return judge(case, day, last, self._handed(case), *more)

        return knowing

    def outcomes(self, case: Any, as_at: AsAt) -> tuple[ItemOutcomes, TimescaleOutcomes]:
        """Judge a case in which every cell could be read; outcomes alone, the fast way."""
        judge = self._of_mapping if isinstance(case, dict) else self._of_object
        try:
            return judge(case, as_at.day, as_at.moment, self.given)  # type: ignore[no-any-return]
        except BEYOND:
            judged = self.judge(case, as_at, dirty=False)
            return judged.items, judged.timescales

    def at(self, as_at: AsAt) -> Callable[[Any], tuple[ItemOutcomes, TimescaleOutcomes]]:
        """Return `outcomes` for one as-at date and cases that are dicts: for judging many."""
        judge, day, last, given = self._of_mapping, as_at.day, as_at.moment, self.given

        def outcomes(case: dict[str, Any]) -> tuple[ItemOutcomes, TimescaleOutcomes]:
            try:
                return judge(case, day, last, given)  # type: ignore[no-any-return]
            except BEYOND:
                return self.outcomes(case, as_at)

        return outcomes

    def judge(self, case: Any, as_at: AsAt, *, dirty: bool = True) -> Judged:
        """Judge a case and keep what decided; `dirty` says that a cell of it may be unreadable."""
        judge = self._full_of_mapping if isinstance(case, dict) else self._full_of_object
        items, clocks, whys, kept, beyond, odd = judge(case, as_at.day, as_at.moment, self.given, dirty)
        return Judged(items, clocks, whys, kept, tuple(beyond), tuple(odd))

    def begun(self, case: Any, as_at: AsAt) -> bool:
        """Say whether a case is there on the as-at date (M2)."""
        name = self.plan.begun
        if name is None:
            return True
        since = case[name] if isinstance(case, dict) else getattr(case, name)
        if since is None or since is UNREADABLE:
            return True
        if isinstance(since, dt.datetime):
            zone = self.plan.schema.reading.time_zone
            return moment(since, zone_named(zone) if zone else None) <= as_at.moment
        return bool(since <= as_at.day)

    def in_scope(self, case: Any, as_at: AsAt) -> bool:
        """Say whether a case is inspected: a condition that is missing leaves it out."""
        if self.plan.inspected is None:
            return True
        value, _ = self._inspected(case, as_at.day, as_at.moment, self.given, True)
        return value is True

    def work_out(
        self, node: Expression, case: Any, as_at: AsAt, rows: Mapping[Var, Any] | None = None
    ) -> Any:
        """Return the value of an expression on a case (and rows of it) and the counts that left their calendar."""
        bound = dict(rows or {})
        function = self._function_for(node, tuple(bound))
        return function(case, as_at.day, as_at.moment, self._handed(case), True, *bound.values())

    def source(self, *, full: bool = False) -> str:
        """Return the text of the generated function, to read."""
        return write(self.plan, full=full)[0]

    @cached_property
    def _of_mapping(self) -> Callable[..., Any]:
        return self._knowing(compiled(*write(self.plan, full=False)))

    @cached_property
    def _of_object(self) -> Callable[..., Any]:
        return self._knowing(compiled(*write(self.plan, full=False, attributes=True)))

    @cached_property
    def _full_of_mapping(self) -> Callable[..., Any]:
        return self._knowing(compiled(*write(self.plan, full=True)))

    @cached_property
    def _full_of_object(self) -> Callable[..., Any]:
        return self._knowing(compiled(*write(self.plan, full=True, attributes=True)))

    @cached_property
    def _inspected(self) -> Callable[..., Any]:
        assert self.plan.inspected is not None
        return compiled(*write_value(self.plan, self.plan.inspected))

    @cached_property
    def _functions(self) -> dict[Any, Callable[..., Any]]:
        return {}

    def _function_for(self, node: Expression, rows: tuple[Var, ...]) -> Callable[..., Any]:
        key = (node, rows)
        function = self._functions.get(key)
        if function is None:
            if not rows:
                node = self.plan.inlined(node)
            function = self._functions[key] = compiled(*write_value(self.plan, node, rows=rows))
        return function


def compiled(text: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return the function that a generated text defines. The text comes from plans only, never from data."""
    space = dict(names)
    exec(compile(text, "<rules>", "exec"), space)
    function: Callable[..., Any] = space["judge"] if "judge" in space else space["work_out"]
    return function
