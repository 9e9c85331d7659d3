"""Plain time limits and crowds of cases close to them: events fall on, before and after every due date.

A crowd comes from one number: it does not shrink, and hundreds of cases cost no more than one.
"""

from __future__ import annotations

import datetime as dt
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
from tests.strategies.expressions import Author
from tests.strategies.naming import Scope
from tests.strategies.programs import Program, declared, one_define
from tests.strategies.records import COLOURS, DAY, MOMENT, RECORDS, RISKS, FieldShape, name

# A month's end in a leap year, Easter, a clock going forward, a clock going back.
WINDOWS = (dt.date(2004, 2, 24), dt.date(2004, 4, 5), dt.date(2004, 3, 24), dt.date(2004, 10, 27))
HOURS = (0, 1, 2, 9, 23)
AS_AT_DAYS = 18
SHORT = (Unit.DAYS, Unit.DAYS, Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.WEEKS)


@frozen
class Crowd:
    """Cases and the date or moment as at which each is judged."""

    judgings: tuple[tuple[dict[str, Any], dt.date | dt.datetime], ...]


def _crowd(seed: int, size: int) -> Crowd:
    random = Random(seed)
    first = random.choice(WINDOWS)
    return Crowd(tuple((_row(random, first, "case"), _as_at(random, first)) for _ in range(size)))


def crowds(size: int) -> st.SearchStrategy[Crowd]:
    """So many cases whose dates lie within ten days."""
    return st.builds(_crowd, st.integers(0, 2**32 - 1), st.just(size))


def _as_at(random: Random, first: dt.date) -> dt.date | dt.datetime:
    day = first + dt.timedelta(days=random.randrange(AS_AT_DAYS))
    return _moment(random, day) if random.random() < 0.2 else day


def _moment(random: Random, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(random.choice(HOURS), random.choice((0, 30))))


def _row(random: Random, first: dt.date, record: str) -> dict[str, Any]:
    shape = RECORDS[record]
    row = {one.name: _cell(random, first, one) for one in shape.fields}
    for text, child in shape.lists:
        row[text] = [_row(random, first, child) for _ in range(random.choice((0, 1, 1, 2, 3, 4)))]
    return row


def _cell(random: Random, first: dt.date, one: FieldShape) -> Any:
    if one.key:
        return str(random.randrange(3))
    if random.random() < (0.15 if one.optional else 0.03):
        return None
    day = first + dt.timedelta(days=random.randrange(10))
    kinds = {
        records.TRUTH: lambda: random.random() < 0.5,
        records.JUDGED: lambda: random.choice((True, False, NA)),
        records.NUMBER: lambda: (
            random.randrange(-1, 4)
            if one.type is BasicType.WHOLE_NUMBER
            else Fraction(random.randrange(-2, 7), 2)
        ),
        records.TEXT: lambda: random.choice(("a", "b", "ab", "007")),
        DAY: lambda: day,
        MOMENT: lambda: _moment(random, day),
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
    kind = author.pick("single", "single", "recurring", "frequency", "hours", "target")
    date = MOMENT if kind == "hours" else DAY
    if author.chance(5):
        clauses["clock_for"] = ast.Selection(_ref("visits"))
        scope = scope.inside("visit")
    clauses["start"] = _start(author, scope, date, kind)
    clauses["event"] = _event(author, scope, date)
    if author.chance(3):
        clauses["until"] = author.known(author.pick(DAY, DAY, MOMENT), scope)
    if author.chance(3) and kind != "target":
        clauses["pauses"] = (_pause(author, scope),)
    match kind:
        case "single":
            clauses["limits"] = (ast.Limit(_length(author)),)
            if author.chance(3):
                clauses["restarts"] = (
                    ast.Selection(_ref("case", "visits", author.pick("held", "ended", "left_at"))),
                )
        case "recurring":
            clauses["every"] = author.pick(_length(author), _ref("pace"))
        case "frequency":
            clauses["phases"] = _phases(author)
        case "hours":
            elapsed = ast.DurationLiteral(author.pick(2, 24, 48, 90), author.pick(Unit.HOURS, Unit.MINUTES))
            key = author.pick("limits", "every")
            clauses[key] = (ast.Limit(elapsed),) if key == "limits" else elapsed
        case "target":
            clauses["target"] = author.known(author.pick(DAY, MOMENT), scope, planned=True)
    return ast.TimescaleDecl(name("clock"), **clauses)


def _start(author: Author, scope: Scope, kind: str, of: str) -> ast.Start:
    start = author.known(kind, scope, planned=False)
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
