"""Random expressions that the checker accepts, written as trees, for the records in `records`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from rulelang.outcomes import TimescaleOutcome
from rulelang.syntax import ast
from rulelang.types import WEEKDAYS, Unit
from tests.strategies.naming import Namer, Scope
from tests.strategies.records import (
    COLOUR,
    COLOURS,
    DAY,
    DAYS,
    JUDGED,
    LENGTH,
    MOMENT,
    NUMBER,
    PARTIAL,
    RECORDS,
    RISK,
    RISKS,
    TEXT,
    TIME,
    TRUTH,
    WEEKDAY,
    name,
)

DAY_UNITS = (Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS, Unit.WORKING_DAYS)
HOUR_UNITS = (Unit.HOURS, Unit.MINUTES)
EQUAL = ("is", "is_not")
ORDERED = ("is_at_least", "is_at_most", "is_more_than", "is_less_than")
DATED = ("before", "after", "on_or_before", "on_or_after")
WITHIN = ("within_after", "within_before", "within_either",
          "no_later_after", "no_later_before", "no_earlier_after", "no_earlier_before")  # fmt: skip


class Author(Namer):
    """Writes expressions."""

    # --- values --------------------------------------------------------------------------------------------

    def value(self, kind: str, scope: Scope, depth: int) -> ast.Expr:
        """Write an expression of a kind."""
        writers: dict[str, Callable[[Scope, int], ast.Expr]] = {
            TRUTH: self.truth,
            JUDGED: self.truth,
            NUMBER: self.numeric,
            TEXT: self.text,
            DAY: self.day,
            MOMENT: self.moment,
            LENGTH: self.length,
            RISK: self.risk,
            COLOUR: self.colour,
            WEEKDAY: self.weekday,
        }
        return writers[kind](scope, depth)

    def _one_of(
        self, scope: Scope, depth: int, *writers: Callable[[Scope, int], ast.Expr | None]
    ) -> ast.Expr | None:
        return self.pick(*writers)(scope, depth - 1)  # type: ignore[no-any-return]

    def _chosen(self, kind: str, scope: Scope, depth: int) -> ast.Expr:
        """Write what any kind can be: a conditional, or the first known of several."""
        if self.chance(2):
            return ast.Conditional(
                self.truth(scope, depth - 1),
                self.value(kind, scope, depth - 1),
                self.value(kind, scope, depth - 1),
            )
        several = tuple(self.value(kind, scope, depth - 1) for _ in range(self.number(2, 3)))
        return ast.Apply("first_known_of", several)

    def _picked(self, kind: str, scope: Scope, depth: int) -> ast.Expr | None:
        chosen = self.fields(kind, scope, depth)
        if chosen is None:
            return None
        record = self._record_of(chosen)
        orders = [one.name for one in RECORDS[record].fields if one.kind in (DAY, MOMENT, NUMBER, RISK)]
        return ast.Positioned(self.pick(1, 1, 2, -1), chosen, ast.Ref((name(self.pick(*orders)),)))

    def _record_of(self, chosen: ast.Selection) -> str:
        lists = {text: child for shape in RECORDS.values() for text, child in shape.lists}
        return next(lists[one.text] for one in reversed(chosen.path.names) if one.text in lists)

    def _folded(self, kind: str, scope: Scope, depth: int, *functions: ast.ListFunction) -> ast.Expr | None:
        chosen = self.fields(kind, scope, depth)
        return None if chosen is None else ast.Aggregate(self.pick(*functions), chosen)

    def day(self, scope: Scope, depth: int) -> ast.Expr:
        if depth > 0:
            written = self._one_of(scope, depth, self._day_moved, self._day_folded, self._day_of_moment,
                                   self._day_chosen, self._day_picked)  # fmt: skip
            if written is not None:
                return written
        if self.chance(12):
            return ast.AsAt()
        ref = self.known(DAY, scope)
        return ast.Literal(self.pick(*DAYS)) if ref is None or self.chance(8) else ref

    def _day_moved(self, scope: Scope, depth: int) -> ast.Expr:
        return ast.Apply(self.pick("add", "subtract"), (self.day(scope, depth), self.length(scope, 0)))

    def _day_folded(self, scope: Scope, depth: int) -> ast.Expr | None:
        function = ast.ListFunction
        return self._folded(
            DAY, scope, depth, function.LATEST, function.EARLIEST, function.LOWEST, function.HIGHEST
        )

    def _day_of_moment(self, scope: Scope, depth: int) -> ast.Expr:
        return ast.Apply("date_of", (self.moment(scope, depth),))

    def _day_chosen(self, scope: Scope, depth: int) -> ast.Expr:
        if self.chance(2):
            several = tuple(self.day(scope, depth - 1) for _ in range(self.number(2, 3)))
            return ast.Apply(self.pick("latest_of", "earliest_of"), several)
        return self._chosen(DAY, scope, depth)

    def _day_picked(self, scope: Scope, depth: int) -> ast.Expr | None:
        return self._picked(DAY, scope, depth)

    def moment(self, scope: Scope, depth: int) -> ast.Expr:
        if depth > 0:
            match self.number(1, 4):
                case 1:
                    length = ast.DurationLiteral(self.number(1, 30), self.pick(*HOUR_UNITS))
                    return ast.Apply(self.pick("add", "subtract"), (self.moment(scope, depth - 1), length))
                case 2:
                    functions = (ast.ListFunction.LATEST, ast.ListFunction.EARLIEST)
                    folded = self._folded(MOMENT, scope, depth, *functions)
                    if folded is not None:
                        return folded
                case 3:
                    return self._chosen(MOMENT, scope, depth)
        ref = self.known(MOMENT, scope)
        if ref is None or self.chance(8):
            return ast.Literal(dt.datetime.combine(self.pick(*DAYS), dt.time(self.pick(0, 1, 12), 30)))
        return ref

    def length(self, scope: Scope, depth: int) -> ast.Expr:
        if depth > 0 and self.chance(3):
            return self._chosen(LENGTH, scope, depth)
        match self.number(1, 8):
            case 1:
                ref = self.known(LENGTH, scope)
                return ref if ref is not None else self.fixed_length()
            case 2:
                return ast.ParameterOn(name("pace"), self.day(scope, 0))
            case 3 if scope.clocked:
                return ast.Ref((name("pace"),))
        return self.fixed_length()

    def fixed_length(self, *units: Unit) -> ast.DurationLiteral:
        unit = self.pick(*(units or DAY_UNITS))
        return ast.DurationLiteral(self.number(1, 3 if unit is Unit.MONTHS else 12), unit)

    def numeric(self, scope: Scope, depth: int, *, comparing: bool = False) -> ast.Expr:
        """Write a number; whole months and the like may not be compared directly."""
        if depth > 0:
            writers = [self._counted, self._counted, self._folded_number, self._sum, self._number_chosen,
                       self._most, self._measured, self._number_picked]  # fmt: skip
            if not comparing:
                writers.append(self._whole_measure)
            written = self._one_of(scope, depth, *writers)
            if written is not None:
                return written
        ref = self.known(NUMBER, scope)
        if ref is not None and not self.chance(3):
            return ref
        if self.chance(5):
            return ast.ParameterOn(name("quota"), self.day(scope, 0))
        return ast.Literal(self.pick(Fraction(0), Fraction(1), Fraction(2), Fraction(5, 2)))

    def _counted(self, scope: Scope, depth: int) -> ast.Expr | None:
        match self.number(1, 4):
            case 1:
                return self._folded(
                    self.pick(TEXT, DAY, MOMENT, JUDGED, COLOUR),
                    scope,
                    depth,
                    ast.ListFunction.COUNT_DIFFERENT,
                )
            case 2:
                return self._folded(
                    self.pick(DAY, JUDGED, TEXT, NUMBER), scope, depth, ast.ListFunction.COUNT
                )
        return ast.Aggregate(ast.ListFunction.COUNT, self.rows(scope, depth)[0])

    def _folded_number(self, scope: Scope, depth: int) -> ast.Expr | None:
        function = ast.ListFunction
        return self._folded(NUMBER, scope, depth, function.SUM, function.LOWEST, function.HIGHEST)

    def _sum(self, scope: Scope, depth: int) -> ast.Expr:
        if self.chance(5):
            return ast.Apply("negate", (self.numeric(scope, depth),))
        op = self.pick("add", "subtract", "multiply", "divide")
        return ast.Apply(op, (self.numeric(scope, depth), self.numeric(scope, depth)))

    def _number_chosen(self, scope: Scope, depth: int) -> ast.Expr:
        return self._chosen(NUMBER, scope, depth)

    def _number_picked(self, scope: Scope, depth: int) -> ast.Expr | None:
        return self._picked(NUMBER, scope, depth)

    def _most(self, scope: Scope, depth: int) -> ast.Expr | None:
        chosen = self.fields(self.pick(DAY, DAY, MOMENT), scope, depth)
        if chosen is None:
            return None
        return ast.MostWithin(chosen, self.fixed_length(Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS))

    def _measured(self, scope: Scope, depth: int) -> ast.Expr:
        match self.number(1, 4):
            case 1:
                op = self.pick("hours_from", "minutes_from")
                return ast.Apply(op, (self.moment(scope, depth), self.moment(scope, depth)))
            case 2:
                return ast.Apply(self.pick("year_of", "month_of"), (self.day(scope, depth),))
            case 3:
                return ast.Apply("length_of", (self.text(scope, depth),))
        op = self.pick("working_days_from", "days_from")
        return ast.Apply(op, (self._either_day(scope, depth), self.day(scope, depth)))

    def _whole_measure(self, scope: Scope, depth: int) -> ast.Expr:
        op = self.pick("weeks_from", "months_from", "years_from")
        return ast.Apply(op, (self._either_day(scope, depth), self._either_day(scope, depth)))

    def _either_day(self, scope: Scope, depth: int) -> ast.Expr:
        return self.moment(scope, depth) if self.chance(4) else self.day(scope, depth)

    def text(self, scope: Scope, depth: int) -> ast.Expr:
        if depth > 0:
            match self.number(1, 4):
                case 1:
                    first = self.number(1, 2)
                    last = ast.Literal(Fraction(self.number(first, 4)))
                    return ast.Apply(
                        "characters_of", (ast.Literal(Fraction(first)), last, self.text(scope, depth - 1))
                    )
                case 2:
                    return self._chosen(TEXT, scope, depth)
                case 3:
                    picked = self._picked(TEXT, scope, depth)
                    if picked is not None:
                        return picked
        ref = self.known(TEXT, scope)
        return ast.Literal(self.pick("a", "b", "ab", "07")) if ref is None or self.chance(4) else ref

    def risk(self, scope: Scope, depth: int) -> ast.Expr:
        """Write a level of risk; never a bare value, which has no type of its own."""
        if depth > 0 and self.chance(2):
            folded = self._folded(RISK, scope, depth, ast.ListFunction.HIGHEST, ast.ListFunction.LOWEST)
            if folded is not None:
                return folded
        ref = self.known(RISK, scope)
        return ref if ref is not None else ast.Ref((name("case"), name("risk")))

    def colour(self, scope: Scope, depth: int) -> ast.Expr:
        if depth > 0 and self.chance(3):
            picked = self._picked(COLOUR, scope, depth)
            if picked is not None:
                return picked
        ref = self.known(COLOUR, scope)
        return ref if ref is not None else ast.Ref((name("case"), name("colour")))

    def weekday(self, scope: Scope, depth: int) -> ast.Expr:
        return ast.Apply("weekday_of", (self.day(scope, depth),))

    # --- conditions ----------------------------------------------------------------------------------------

    def truth(self, scope: Scope, depth: int) -> ast.Expr:
        if depth > 0:
            writers = [self._logic, self._logic, self._compared, self._compared, self._dated, self._near,
                       self._quantified, self._quantified, self._shared, self._stated, self._in_words,
                       self._asked, self._truth_chosen, self._partial]  # fmt: skip
            written = self._one_of(scope, depth, *writers)
            if written is not None:
                return written
        if self.chance(10):
            return ast.Literal(self.pick(True, False))
        if self.chance(4):
            return self._stated(scope, 0)
        ref = self.known(self.pick(TRUTH, JUDGED), scope) or self.known(JUDGED, scope)
        return ref if ref is not None else ast.Literal(self.pick(True, False))

    def _logic(self, scope: Scope, depth: int) -> ast.Expr:
        match self.number(1, 6):
            case 1:
                return ast.Apply("not", (self.truth(scope, depth),))
            case 2:
                conditions = tuple(self.truth(scope, depth) for _ in range(3))
                return ast.Apply("at_least_of", (ast.Literal(Fraction(self.number(1, 3))), *conditions))
        conditions = tuple(self.truth(scope, depth) for _ in range(self.number(2, 3)))
        return ast.Apply(self.pick("and", "or"), conditions)

    def _partial(self, scope: Scope, depth: int) -> ast.Expr | None:
        """Compare a partial date, or a day so long from it, with a whole one."""
        ref = self.known(PARTIAL, scope)
        if ref is None:
            return None
        if self.chance(6):
            return ast.Apply(self.pick("is_known", "is_missing", "is_readable"), (ref,))
        if self.chance(4):
            possible = ast.Apply(self.pick("first_day_of", "last_day_of"), (ref,))
            return ast.Apply(self.pick(*DATED), (possible, self.day(scope, depth)))
        if self.chance(4):
            return ast.Apply("is_between", (ref, self.day(scope, depth), self.day(scope, depth)))
        moved = ast.Apply(self.pick("add", "subtract"), (ref, self.fixed_length(Unit.DAYS, Unit.WEEKS)))
        operands = [self.pick(ref, moved), self.day(scope, 0)]
        if self.chance(3):
            operands.reverse()
        return ast.Apply(self.pick(*EQUAL, *DATED, *ORDERED), tuple(operands))

    def _truth_chosen(self, scope: Scope, depth: int) -> ast.Expr:
        return self._chosen(TRUTH, scope, depth)

    def _compared(self, scope: Scope, depth: int) -> ast.Expr:
        kind = self.pick(NUMBER, NUMBER, NUMBER, TEXT, DAY, MOMENT, RISK, COLOUR, WEEKDAY, TRUTH, TIME)
        operands = [self._operand(kind, scope, depth) for _ in range(3)]
        if kind in (RISK, COLOUR, WEEKDAY):
            operands[1:] = [self._operand_or_value(kind, one) for one in operands[1:]]
        ops: tuple[str, ...] = EQUAL
        if kind in (NUMBER, DAY, MOMENT, RISK, TIME, WEEKDAY):
            ops += ORDERED
        op = self.pick(*ops, "several", "several")
        if op != "several":
            return ast.Apply(op, tuple(operands[:2]))
        constant = any(isinstance(one, ast.Literal) or _is_value(one) for one in operands[1:])
        if kind in (NUMBER, DAY, MOMENT, RISK) and not constant and self.chance(2):
            return ast.Apply("is_between", tuple(operands))
        return ast.Apply(self.pick("is_one_of", "is_not_one_of"), tuple(operands))

    def _operand(self, kind: str, scope: Scope, depth: int) -> ast.Expr:
        if kind == NUMBER:
            return self.numeric(scope, max(depth, self.number(0, 1)), comparing=True)
        if kind == DAY:
            return self._either_day(scope, depth)
        if kind == TIME:
            return ast.Apply("time_of", (self.moment(scope, depth),))
        return self.value(kind, scope, depth)

    def _operand_or_value(self, kind: str, operand: ast.Expr) -> ast.Expr:
        values = {RISK: RISKS, COLOUR: COLOURS, WEEKDAY: WEEKDAYS}[kind]
        return operand if self.chance(3) else ast.Ref((name(self.pick(*values)),))

    def _dated(self, scope: Scope, depth: int) -> ast.Expr:
        if self.chance(5):
            return ast.IsIn(self._either_day(scope, depth), name("spring"), self.chance(2))
        return ast.Apply(self.pick(*DATED), (self._either_day(scope, depth), self._either_day(scope, depth)))

    def _near(self, scope: Scope, depth: int) -> ast.Expr:
        op = self.pick(*WITHIN)
        if self.chance(4):
            length = ast.DurationLiteral(self.number(1, 60), self.pick(*HOUR_UNITS))
            return ast.Apply(op, (self.moment(scope, depth), length, self.moment(scope, depth)))
        return ast.Apply(
            op, (self._either_day(scope, depth), self.length(scope, 0), self._either_day(scope, depth))
        )

    def _quantified(self, scope: Scope, depth: int) -> ast.Expr:
        quantifier = self.pick(*ast.Quantifier)
        row = scope.rows[0]
        if row in ("visit", "plan") and self.chance(3):
            path = ast.Ref((name("case"), name(f"{row}s")))
            condition = self._beside(row, scope, depth)
            return ast.Quantified(quantifier, ast.Selection(path), condition, other=True)
        chosen, records = self.rows(scope, depth)
        return ast.Quantified(quantifier, chosen, self.truth(scope.inside(*records), depth))

    def _beside(self, record: str, scope: Scope, depth: int) -> ast.Expr:
        """Compare the row in sight with another of the same list."""
        del depth
        days = [one.name for one in RECORDS[record].fields if one.kind in (DAY, MOMENT)]
        mine, its = name(self.pick(*days)), name(self.pick(*days))
        other = ast.Ref((name("other"), its))
        return ast.Apply(self.pick(*DATED), (other, self.reference(record, mine.text, scope)))

    def _shared(self, scope: Scope, depth: int) -> ast.Expr:
        chosen, records = self.rows(scope, depth)
        percent = Fraction(self.pick(0, 1, 33, 50, 67, 95, 100))
        return ast.ShareOf(self.chance(2), percent, chosen, self.truth(scope.inside(*records), depth))

    def _stated(self, scope: Scope, depth: int) -> ast.Expr:
        if self.chance(4):
            ref = self.known(JUDGED, scope, planned=False)
            if ref is not None:
                return ast.Apply("is_not_applicable", (ref,))
        if self.chance(5):
            ref = self.known(self.pick(DAY, MOMENT, TEXT, JUDGED), scope, planned=False)
            if ref is not None:
                return ast.Apply("is_readable", (ref,))
        kind = self.pick(TRUTH, NUMBER, TEXT, DAY, MOMENT, RISK)
        return ast.Apply(self.pick("is_missing", "is_known"), (self.value(kind, scope, depth),))

    def _in_words(self, scope: Scope, depth: int) -> ast.Expr:
        match self.number(1, 3):
            case 1:
                return ast.Apply("is_working_day", (self._either_day(scope, depth),))
            case 2:
                return ast.IsIn(self.text(scope, depth), name("numbers"), self.chance(2))
        if self.chance(4):
            return ast.Passes(self.text(scope, depth), name(self.pick("numbers", "ending")))
        if self.chance(3):
            picture = self.pick("A9", "999", "?", "X", "??", "aA", "é", "A")
            return ast.Apply(
                self.pick("matches", "does_not_match"), (self.text(scope, depth), ast.Literal(picture))
            )
        if self.chance(3):
            return ast.Apply(
                self.pick("is_made_of", "is_not_made_of"),
                (self.text(scope, depth), ast.Literal(self.pick("ab", "07", "A1é"))),
            )
        op = self.pick("starts_with", "ends_with", "contains")
        return ast.Apply(op, (self.text(scope, depth), self.text(scope, depth)))

    def _asked(self, _scope: Scope, _depth: int) -> ast.Expr | None:
        if not self.timescales:
            return None
        ref = ast.Ref((name(self.pick(*self.timescales)),))
        if self.chance(6):
            return ast.Apply("is_not_applicable", (ref,))
        outcomes = [_outcome(one) for one in TimescaleOutcome if one is not TimescaleOutcome.NOT_APPLICABLE]
        if self.chance(3):
            return ast.Apply(
                self.pick("is_one_of", "is_not_one_of"), (ref, self.pick(*outcomes), self.pick(*outcomes))
            )
        return ast.Apply(self.pick("is", "is_not"), (ref, self.pick(*outcomes)))


def _outcome(outcome: TimescaleOutcome) -> ast.Expr:
    if outcome in (TimescaleOutcome.ON_TIME, TimescaleOutcome.NOT_YET_DUE):
        return ast.OutcomeWords(outcome.value)
    return ast.Ref((name(outcome.value),))


def _is_value(node: ast.Expr) -> bool:
    return isinstance(node, ast.Ref) and node.text in (*RISKS, *COLOURS, *WEEKDAYS)
