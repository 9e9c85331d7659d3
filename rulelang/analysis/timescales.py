"""Checking timescales: which of the three kinds one is, and that its clauses go together (M4 to M7)."""

from __future__ import annotations

import attrs
from attrs import define

from rulelang.analysis import lists
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, there_are
from rulelang.analysis.kinds import fits, told
from rulelang.analysis.limits import (
    check_clauses,
    counting_from,
    counts_moments,
    extension,
    gaps,
    lengths_of,
    moving,
    must_be_planned,
    without_early,
)
from rulelang.analysis.names import Declared
from rulelang.analysis.partial_dates import refused_as_value
from rulelang.analysis.scope import Listing, Scope
from rulelang.diagnostics import and_list
from rulelang.model.expressions import Const, Expression, ParameterValue, Rows
from rulelang.model.pack import (
    DateSource,
    FrequencyPhase,
    GuardedLimit,
    PauseSource,
    Timescale,
    TimescaleKind,
)
from rulelang.operators import Kind
from rulelang.source import Place, Span
from rulelang.syntax import ast
from rulelang.types import DATE, DateType, Duration, Unit

DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7}
MONTHS_IN = {Unit.MONTHS: 1, Unit.YEARS: 12}


@define
class Timescales:
    """Checks the timescales of one pack."""

    checker: Expressions
    findings: Findings

    def check(self, declared: Declared, scope: Scope) -> Timescale | None:
        """Return the timescale, or None where too much is wrong to judge by it."""
        node: ast.TimescaleDecl = declared.node
        before = len(self.findings.diagnostics)
        kind = self._kind(node, declared.place)
        clock, inner = self._clock(node, scope)
        inner = attrs.evolve(inner, clocked=True)
        event = self._event(node, inner, declared.place)
        start = self._date(node.start.value, inner) if node.start else None
        if node.start is None and node.target is None and not node.gaps and kind is not None:
            self.findings.error(
                "missing-clause",
                f"the timescale `{node.name.text}` does not say from when it runs",
                declared.place,
                hint="Add a line such as `from commenced`.",
            )
        limits = tuple(self._limit(limit, inner, node) for limit in node.limits)
        self._check_limits(node, scope)
        check_clauses(self.checker, node, scope)
        ends = gaps(
            self.checker,
            node,
            inner,
            lambda one: self._date(one, inner),
            lambda one: self._length(one, inner),
        )
        target = self._target(node, inner) or ends.latest
        agreed = self._dates(node.extended, inner, "extended to") if node.extended is not None else None
        lengths = lengths_of(limits)
        event = event or DateSource(None, Const(None, DATE))
        built = Timescale(
            node.name.text,
            node.title.value if node.title else node.name.text,
            kind or TimescaleKind.SINGLE,
            event if node.early is None or node.early.count else without_early(event, start),
            inner.calendar or "",
            start,
            bool(node.start and node.start.counted),
            self.checker.condition(node.applies, inner) if node.applies else None,
            clock,
            limits,
            target,
            self._every(node.every, inner) if node.every else None,
            self._phases(node, scope),
            tuple(self._restart(one, inner) for one in node.restarts),
            tuple(self._pause(one, inner) for one in node.pauses),
            self._date(node.until, inner) if node.until else None,
            node.source.value if node.source else None,
            counting_from(self.checker, node, start, inner),
            ends.earliest,
            extension(self.checker, node, agreed, lengths, inner),
            moving(self.checker, node, lengths, (start, target), inner),
            bool(node.early and node.early.count),
            place=declared.place,
        )
        self._check_units(node, built, scope)
        fresh = self.findings.diagnostics[before:]
        return None if any(one.is_error for one in fresh) else built

    def _kind(self, node: ast.TimescaleDecl, place: Place) -> TimescaleKind | None:
        said = [
            (kind, words)
            for kind, words, there in (
                (TimescaleKind.SINGLE, "`within`", bool(node.limits)),
                (TimescaleKind.SINGLE, "`by`", node.target is not None),
                (TimescaleKind.SINGLE, "`at least … before`", any(gap.before for gap in node.gaps)),
                (TimescaleKind.RECURRING, "`every`", node.every is not None),
                (TimescaleKind.FREQUENCY, "`at least … in each`", bool(node.phases)),
            )
            if there
        ]
        if not said and node.gaps:
            return TimescaleKind.SINGLE
        if not said:
            self.findings.error(
                "missing-clause",
                f"the timescale `{node.name.text}` sets no limit",
                place,
                hint="Add `within 5 working days`, `every 16 weeks`, `at least 1 in each week for 16 weeks`, "
                "or `by` a recorded date.",
            )
            return None
        if len(said) > 1:
            self.findings.error(
                "clauses-clash",
                f"the timescale `{node.name.text}` has {' and '.join(words for _, words in said)}: "
                "it can have one of them",
                place,
                hint="Make two timescales of it; an item may ask for both: `met when a is on time and b "
                "is on time`.",
            )
            return None
        kind = said[0][0]
        if kind is not TimescaleKind.SINGLE and node.restarts:
            self.findings.error(
                "clauses-clash",
                "`restarts at` goes with `within` only",
                Place(place.file, node.restarts[0].span),
                hint="In a recurring time limit every event starts the clock again by itself.",
            )
        return kind

    def _clock(self, node: ast.TimescaleDecl, scope: Scope) -> tuple[Rows | None, Scope]:
        if node.clock_for is None:
            return None, scope
        rows = lists.rows_only(self.checker, node.clock_for, scope, "one clock for each of")
        return (rows, scope.inside(rows)) if rows is not None else (None, scope.in_doubt())

    def _event(self, node: ast.TimescaleDecl, scope: Scope, place: Place) -> DateSource | None:
        if node.event is None:
            self.findings.error(
                "missing-clause",
                f"the timescale `{node.name.text}` does not say what stops the clock",
                place,
                hint="Add a line such as `to isp_completed`, or `to reviews.completed`.",
            )
            return None
        return self._dates(node.event, scope, "to")

    def _dates(self, node: ast.Expr | ast.Selection, scope: Scope, words: str) -> DateSource | None:
        """Check a date of the case or the dates of a list."""
        path = node.path if isinstance(node, ast.Selection) else node
        found = self.checker.paths.find(path, scope) if isinstance(path, ast.Ref) else None
        if isinstance(found, Listing):
            chosen = node if isinstance(node, ast.Selection) else ast.Selection(path, span=node.span)  # type: ignore[arg-type]
            listing = lists.selection(self.checker, chosen, scope)
            if listing is None:
                return None
            if listing.value is None:
                lists.needs_field(self.checker, words, listing, scope.place(node.span))
                return None
            self._must_be_date(listing.value, node.span, scope)
            return DateSource(listing.rows, listing.value)
        if isinstance(node, ast.Selection):
            if node.where is not None:
                lists.selection(self.checker, node, scope)
                return None
            value = self.checker.check(node.path, scope)
        else:
            value = self.checker.check(node, scope)
        self._must_be_date(value, node.span, scope)
        return DateSource(None, value)

    def _dates_there_are(self, scope: Scope) -> str | None:
        record = self.checker.paths.schema.by_name[scope.row.record]
        dates = [one.name for one in record.plain_fields if one.is_dated]
        return there_are(f"dates of `{self.checker.paths.spoken(record.name)}`", dates)

    def _date(self, node: ast.Expr, scope: Scope) -> Expression:
        value = self.checker.check(node, scope)
        self._must_be_date(value, node.span, scope)
        return value

    def _must_be_date(self, value: Expression, span: Span, scope: Scope) -> None:
        if refused_as_value(self.checker, value, "a time limit"):
            return
        if not fits(value.type, Kind.DAY):
            self.findings.error(
                "wrong-type",
                f"a date is needed here, and `{scope.text(span)}` is {told(value.type)}",
                scope.place(span),
                hint=self._dates_there_are(scope),
            )

    def _length(self, node: ast.Expr, scope: Scope) -> Expression:
        value = self.checker.check(node, scope)
        if not fits(value.type, Kind.DURATION):
            self.findings.error(
                "wrong-type",
                f"a length of time is needed here, and `{scope.text(node.span)}` is {told(value.type)}",
                scope.place(node.span),
                hint="Write an amount and a unit: `5 working days`, `16 weeks`, `3 months`.",
            )
        return value

    def _every(self, node: ast.Expr, scope: Scope) -> Expression:
        value = self._length(node, scope)
        self._leaves_time(value, node, scope, "a round")
        return value

    def _leaves_time(self, value: Expression, node: ast.Expr, scope: Scope, what: str) -> None:
        lengths = [value.value] if isinstance(value, Const) else []
        if isinstance(value, ParameterValue):
            lengths = [length for _, length in self.checker.parameters[value.name].editions]
        for length in lengths:
            if isinstance(length, Duration) and length.amount < 1:
                self._no_time(length, scope.place(node.span), what)

    def _no_time(self, length: Duration, place: Place, what: str) -> None:
        self.findings.error(
            "empty-limit", f"{what} of {length} leaves no time", place, hint="The amount must be 1 or more."
        )

    def _limit(self, limit: ast.Limit, scope: Scope, node: ast.TimescaleDecl) -> GuardedLimit:
        condition = self.checker.condition(limit.condition, scope) if limit.condition else None
        length = self._length(limit.length, scope)
        if node.start is not None and node.start.counted:  # with `from`, 0 is the day itself
            self._leaves_time(length, limit.length, scope, "with `beginning with` a limit")
        return GuardedLimit(length, condition, place=scope.place(limit.span))

    def _check_limits(self, node: ast.TimescaleDecl, scope: Scope) -> None:
        for position, limit in enumerate(node.limits[:-1]):
            if limit.condition is None:
                after = node.limits[position + 1]
                self.findings.error(
                    "unreachable-limit",
                    "this limit is never reached: the one before it holds for every case",
                    scope.place(after.span),
                    others=[(scope.place(limit.span), "this one has no `when`")],
                    hint="Limits are read in order. Give the first a `when`, or take one out.",
                )
                return

    def _target(self, node: ast.TimescaleDecl, scope: Scope) -> Expression | None:
        if node.target is None:
            return None
        value = self._date(node.target, scope)
        must_be_planned(self.checker, value, node.target.span, scope, "a due date")
        return value

    def _phases(self, node: ast.TimescaleDecl, scope: Scope) -> tuple[FrequencyPhase, ...]:
        phases = []
        for position, phase in enumerate(node.phases):
            period = Duration(phase.period.amount, phase.period.unit)
            last = position == len(node.phases) - 1
            if period.amount < 1:
                self._no_time(period, scope.place(phase.period.span), "a period")
                continue
            if period.unit.counts_moments or period.unit is Unit.WORKING_DAYS:
                self.findings.error(
                    "wrong-unit",
                    f"a period is counted in days, weeks, months or years, not in {period.unit.value}",
                    scope.place(phase.period.span),
                )
                continue
            if phase.length is None and not last:
                self.findings.error(
                    "missing-clause",
                    "only the last phase may run without an end",
                    scope.place(phase.span),
                    hint="Say how long this one lasts: `at least 1 in each week for 16 weeks`.",
                )
                continue
            periods = self._whole_periods(phase, scope) if phase.length else None
            phases.append(FrequencyPhase(phase.events, period, periods))
        return tuple(phases)

    def _whole_periods(self, phase: ast.Phase, scope: Scope) -> int | None:
        length, period = phase.length, phase.period
        assert length is not None
        for family in (DAYS_IN, MONTHS_IN):
            if length.unit in family and period.unit in family:
                whole, over = divmod(length.amount * family[length.unit], period.amount * family[period.unit])
                if whole and not over:
                    return whole
        self.findings.error(
            "broken-period",
            f"a phase of {length.unit.spelled(length.amount)} does not hold whole periods of "
            f"{period.unit.spelled(period.amount)}",
            scope.place(length.span),
            others=[(scope.place(period.span), "the period")],
            hint=_whole_phase(length, period),
        )
        return None

    def _restart(self, node: ast.Selection, scope: Scope) -> DateSource:
        return self._dates(node, scope, "restarts at") or DateSource(None, Const(None, DATE))

    def _pause(self, node: ast.Pause, scope: Scope) -> PauseSource:
        nothing = PauseSource(None, Const(None, DATE), Const(None, DATE))
        first = self._dates(node.first, scope, "paused from")
        last = self._dates(node.last, scope, "to")
        if first is None or last is None:
            return nothing
        if first.rows != last.rows:
            self.findings.error(
                "clauses-clash",
                "a pause begins and ends in the same row: these are from different lists",
                scope.place(node.last.span),
                "ends here",
                others=[(scope.place(node.first.span), "begins here")],
            )
            return nothing
        return PauseSource(first.rows, first.value, last.value)

    def _check_units(self, node: ast.TimescaleDecl, built: Timescale, scope: Scope) -> None:
        """Hours need moments at both ends, and have no first day to count."""
        lengths = [limit.length for limit in built.limits] + ([built.every] if built.every else [])
        moments = [length for length in lengths if counts_moments(self.checker, length)]
        if not moments or built.start is None:
            return
        place = moments[0].place
        if built.counted and node.start is not None:
            self.findings.error(
                "hours-have-no-first-day",
                "`beginning with` counts the first day, and hours and minutes have none",
                scope.place(node.start.span),
                others=[(place, "the limit")],
                hint="Write `from` instead.",
            )
        dates = [
            value
            for value in (built.start, built.event.value)
            if isinstance(value.type, DateType) and value.place is not None
        ]
        if dates:
            shown = and_list(value.place.text for value in dates if value.place)
            self.findings.error(
                "hours-need-a-time",
                f"hours and minutes are counted between moments, and {shown} "
                + ("is a date without a time" if len(dates) == 1 else "are dates without a time"),
                dates[0].place,
                others=[*((value.place, "") for value in dates[1:]), (place, "the limit")],
                hint="Declare the fields as `datetime`, or count in days.",
            )


def _whole_phase(length: ast.DurationLiteral, period: ast.DurationLiteral) -> str:
    for family in (DAYS_IN, MONTHS_IN):
        if length.unit in family and period.unit in family and length.unit is period.unit:
            below = length.amount // period.amount * period.amount
            near = [n for n in (below, below + period.amount) if n]
            return f"Whole periods are {' or '.join(length.unit.spelled(n) for n in near)}."
    return (
        "Say both in the same kind of unit: days with weeks, months with years. A month is no number "
        "of weeks."
    )
