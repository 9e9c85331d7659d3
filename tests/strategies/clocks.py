"""Plain time limits and crowds of cases close to them: events fall on, before and after every due date.

A crowd comes from one number: it does not shrink, and hundreds of cases cost no more than one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.ast import BasicType
from rulelang.syntax.printing import print_module
from rulelang.truth import NA
from rulelang.types import Duration, Unit
from tests.strategies import records
from tests.strategies.ends import by_gaps, moved_ends
from tests.strategies.expressions import Author
from tests.strategies.naming import Scope
from tests.strategies.programs import Program, declared, one_define
from tests.strategies.records import COLOURS, DAY, MOMENT, RECORDS, RISKS, FieldShape, name

# Months' ends in a leap year, Easter, a clock going forward, a clock going back.
WINDOWS = tuple(dt.date(2004, *day) for day in ((1, 28), (2, 24), (4, 5), (3, 26), (10, 27)))
HOURS = (0, 1, 2, 9, 23)
# A day of the window, or about a month after one.
DAYS_LATER = (0, 0, 28, 29, 30, 31)
SHORT = (Unit.DAYS, Unit.DAYS, Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS)
RESTARTS = (("case", "plans", "made"), ("case", "plans", "agreed_at"), ("case", "visits", "ended"))


@frozen
class Crowd:
    """Cases and the date or moment as at which each is judged."""

    judgings: tuple[tuple[dict[str, Any], dt.date | dt.datetime], ...]


def _crowd(seed: int, size: int) -> Crowd:
    random = Random(seed)
    window = Window(random, random.choice(WINDOWS), random.choice(DAYS_LATER))
    return Crowd(tuple((window.row("case"), window.as_at()) for _ in range(size)))


def crowds(size: int) -> st.SearchStrategy[Crowd]:
    """So many cases whose dates lie within ten days, or ten days and ten days a month later."""
    return st.builds(_crowd, st.integers(0, 2**32 - 1), st.just(size))


@frozen
class Window:
    """Draws what lies within ten days of a first day, or so many days after one of them."""

    random: Random
    first: dt.date
    later: int

    def day(self, days: int = 10) -> dt.date:
        return self.first + dt.timedelta(
            days=self.random.randrange(days) + self.random.choice((0, self.later))
        )

    def moment(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(self.random.choice(HOURS), self.random.choice((0, 30))))

    def as_at(self) -> dt.date | dt.datetime:
        day = self.day(18)
        return self.moment(day) if self.random.random() < 0.2 else day

    def row(self, record: str) -> dict[str, Any]:
        shape = RECORDS[record]
        row = {one.name: self._cell(one) for one in shape.fields}
        if row.get("held") and row.get("ended") and self.random.random() < 0.7:
            # Most stretches of days end after they begin.
            row["ended"] = row["held"] + dt.timedelta(days=self.random.randrange(4))
        for text, child in shape.lists:
            row[text] = [self.row(child) for _ in range(self.random.choice((0, 1, 1, 2, 3)))]
        return row

    def _cell(self, one: FieldShape) -> Any:
        random = self.random
        if one.key:
            return str(random.randrange(3))
        if random.random() < (0.15 if one.optional else 0.03):
            return None
        whole = one.type is BasicType.WHOLE_NUMBER
        kinds: dict[str, Callable[[], Any]] = {
            records.TRUTH: lambda: random.random() < 0.5,
            records.JUDGED: lambda: random.choice((True, False, NA)),
            records.NUMBER: lambda: (
                random.randrange(-1, 4) if whole else Fraction(random.randrange(-2, 7), 2)
            ),
            records.TEXT: lambda: random.choice(("a", "b", "ab", "007")),
            # What a time limit starts from comes early.
            DAY: lambda: self.day(5 if one.name == "started" else 10),
            MOMENT: lambda: self.moment(self.day()),
            records.PARTIAL: lambda: self.day(10).isoformat()[: random.choice((7, 10))],
            records.LENGTH: lambda: Duration(random.randrange(1, 6), random.choice(SHORT)),
            records.RISK: lambda: random.choice(RISKS),
            records.COLOUR: lambda: random.choice(COLOURS),
        }
        return kinds[one.kind]()


# --- plain time limits ------------------------------------------------------------------------------------


@st.composite
def clock_programs(draw: Any) -> Program:
    """A pack with one plain time limit, an item for it, and values worked out from dates that lie close."""
    author = Author(draw)
    clock = _clock(author)
    item = ast.ItemDecl(name("i0"), timescale=name("clock"), counted_for=clock.clock_for)
    defines = [one_define(author, "case", f"near_{number}", records.TRUTH, 1) for number in range(2)]
    criterion = ast.CriterionDecl(name("C"), (item,))
    module = ast.Module(SourceFile("clock.rules", ""), (*declared(author), *defines, clock, criterion))
    return Program(print_module(module), tuple(one.name.text for one in defines))


def _ref(*names: str) -> ast.Ref:
    return ast.Ref(tuple(name(one) for one in names))


def _length(author: Author, *units: Unit) -> ast.DurationLiteral:
    unit = author.pick(*(units or SHORT))
    return ast.DurationLiteral(author.number(1, 1 if unit in (Unit.WEEKS, Unit.MONTHS) else 6), unit)


def _clock(author: Author) -> ast.TimescaleDecl:
    clauses: dict[str, Any] = {}
    scope = Scope()
    kind = author.pick("single", "single", "moved", "before", "recurring", "frequency", "hours", "target")
    date = MOMENT if kind == "hours" else DAY
    if author.chance(5):
        clauses["clock_for"] = ast.Selection(_ref("visits"))
        scope = scope.inside("visit")
    if kind != "before":
        clauses["start"] = _start(author, scope, date, kind)
    clauses["event"] = _event(author, scope, date)
    if author.chance(3):
        clauses["until"] = author.known(author.pick(DAY, DAY, MOMENT), scope)
    if author.chance(3) and kind not in ("target", "before"):
        clauses["pauses"] = (_pause(author, scope),)
    match kind:
        case "moved":
            clauses["limits"] = (ast.Limit(_length(author)),)
            clauses = moved_ends(author, scope, clauses)
        case "before":
            clauses |= by_gaps(author, scope)
        case "single":
            clauses["limits"] = (ast.Limit(_length(author)),)
            if author.chance(3):
                clauses["restarts"] = (ast.Selection(_ref(*author.pick(*RESTARTS))),)
        case "recurring":
            clauses["every"] = author.pick(_length(author), _ref("pace"))
        case "frequency":
            clauses["phases"] = _phases(author)
        case "hours":
            unit = author.pick(Unit.HOURS, Unit.HOURS, Unit.MINUTES)
            elapsed = ast.DurationLiteral(author.pick(1, 2, 24, 48, 90), unit)
            key = author.pick("limits", "every")
            clauses[key] = (ast.Limit(elapsed),) if key == "limits" else elapsed
        case "target":
            clauses["target"] = author.known(author.pick(DAY, MOMENT), scope, planned=True)
    return ast.TimescaleDecl(name("clock"), **clauses)


def _start(author: Author, scope: Scope, kind: str, of: str) -> ast.Start:
    start = author.known(kind, scope, planned=False)
    if kind == DAY and author.chance(2):
        start = _ref("case", "started")
    assert start is not None
    counted = of in ("single", "recurring", "frequency") and author.chance(3)
    return ast.Start(start, counted)


def _event(author: Author, scope: Scope, kind: str) -> ast.Expr | ast.Selection:
    if author.chance(3):
        event = author.known(kind, scope)
        assert event is not None
        return event
    path = _ref("case", "visits", "left_at" if kind == MOMENT else author.pick("held", "ended"))
    return ast.Selection(path, _ref("kept")) if author.chance(4) else path


def _pause(author: Author, scope: Scope) -> ast.Pause:
    if author.chance(4):
        first, last = author.known(DAY, scope), author.known(DAY, scope)
        assert first is not None
        assert last is not None
        return ast.Pause(first, last)
    return ast.Pause(_ref("case", "visits", "held"), _ref("case", "visits", author.pick("ended", "left_at")))


def _phases(author: Author) -> tuple[ast.Phase, ...]:
    first = _length(author, Unit.DAYS, Unit.DAYS, Unit.WEEKS)
    phase = ast.Phase(
        author.number(1, 2), first, ast.DurationLiteral(first.amount * author.number(1, 2), first.unit)
    )
    last = ast.Phase(author.number(1, 2), _length(author, Unit.DAYS, Unit.WEEKS, Unit.MONTHS))
    return (phase, last) if author.chance(2) else (last,)
