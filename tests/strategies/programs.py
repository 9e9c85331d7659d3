"""Random packs that the checker accepts, printed from trees: defines, timescales and items of every clause.

Records are those of `records`; every random case of `cases` fits every pack.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import partial
from typing import Any

import attrs
from attrs import frozen
from hypothesis import strategies as st

from rulelang.outcomes import NoEvidence
from rulelang.source import SourceFile, Span
from rulelang.syntax import ast
from rulelang.syntax.printing import print_module
from rulelang.types import Unit
from tests.strategies.ends import by_gaps, moved_ends, moved_start
from tests.strategies.expressions import HOUR_UNITS, Author
from tests.strategies.naming import Scope
from tests.strategies.records import (
    COLOUR,
    DAY,
    JUDGED,
    LENGTH,
    MOMENT,
    NUMBER,
    RECORDS,
    RISK,
    RISKS,
    TEXT,
    TRUTH,
    name,
    record_declarations,
)

KINDS = (TRUTH, NUMBER, TEXT, DAY, MOMENT, LENGTH, RISK, COLOUR)
ZONES = (None, None, "Europe/London", "America/New_York")
CALENDARS = ("england_and_wales", "england_and_wales", "united_kingdom", "weekdays", "ours")


@frozen
class Program:
    """The text of a pack, and the names of the defines of its case to ask for."""

    text: str
    defines: tuple[str, ...]


@st.composite
def programs(draw: Any, *, depth: int = 2) -> Program:
    """A pack with some defines, timescales and items."""
    author = Author(draw)
    declarations: list[ast.Declaration] = [*declared(author)]
    declarations += _defines(author, depth)
    if author.chance(3):
        declarations.append(decision(author, "table"))
        author.defines.setdefault("case", []).append(("table", RISK))
    if author.chance(4):
        declarations.append(banded(author, "reached"))
        author.defines.setdefault("case", []).append(("reached", RISK))
    for number in range(author.number(1, 3)):
        declarations.append(timescale(author, f"clock_{number}", depth))
        author.timescales.append(f"clock_{number}")
    if author.chance(3):
        declarations.append(one_define(author, "case", "of_clocks", TRUTH, depth))
    criterion = _criterion(author, declarations, depth)
    if author.chance(3):
        criterion = attrs.evolve(criterion, rated_by=name("grades"))
        declarations += [GRADES, rating(author, depth)]
    if author.chance(3):
        declarations.append(cap(author, depth))
    declarations += [ast.SectionDecl(name("S")), criterion]
    author.timescales = []
    declarations += [validation(author, f"v{number}", depth) for number in range(author.number(0, 2))]
    mine = tuple(
        one.name.text for one in declarations if isinstance(one, ast.DefineDecl) and one.record is None
    )
    module = ast.Module(SourceFile("random.rules", ""), tuple(declarations))
    return Program(print_module(module), mine)


def declared(author: Author) -> tuple[ast.Declaration, ...]:
    """Return the pack and all that programs name: records, a calendar, parameters, codes, a period."""
    return (_pack(author), *_fixed(author))


def _pack(author: Author) -> ast.PackDecl:
    zone = author.pick(*ZONES)
    return ast.PackDecl(
        name("random"),
        calendar=name(author.pick(*CALENDARS)),
        time_zone=ast.Text(zone) if zone else None,
        no_evidence=author.pick(None, *NoEvidence),
    )


def _fixed(author: Author) -> tuple[ast.Declaration, ...]:
    """Return what programs name: records, a calendar with a short span, parameters, codes, a period."""
    edition = partial(ast.Edition, since=dt.date(2004, 1, 1))
    later = partial(ast.Edition, since=dt.date(2004, 3, 30))
    weeks = [ast.DurationLiteral(amount, Unit.WEEKS) for amount in (2, 4)]
    digits = ast.CodeRange(ast.Text("001"), ast.Text("010"))
    return (
        *record_declarations(
            dated_steps=author.chance(2), inspected=author.truth(Scope(), 1) if author.chance(3) else None
        ),
        ast.CalendarDecl(
            name("ours"),
            weekend=(name("friday"), name("sunday")),
            closed=(ast.DateTitle(dt.date(2004, 3, 29)), ast.DateTitle(dt.date(2004, 4, 8))),
            open=(ast.DateTitle(dt.date(2004, 4, 9)),),
            covers=(dt.date(2004, 2, 1), dt.date(2004, 5, 31)),
        ),
        ast.ParameterDecl(name("pace"), (edition(weeks[0]), later(weeks[1]))),
        ast.ParameterDecl(
            name("quota"), (edition(ast.Literal(Fraction(1))), later(ast.Literal(Fraction(2))))
        ),
        ast.CodesDecl(name("numbers"), (digits, ast.CodeRange(ast.Text("a")))),
        ast.CheckDecl(
            name("numbers"),
            ast.Text("X9"),
            ast.Text("aA"),
            ast.Weights((1, 2), 1),
            ast.Remainder(3, 1),
        ),
        ast.CheckDecl(
            name("ending"),
            ast.Text("??9"),
            weights=ast.Weights((7,), 3),
            remainder=ast.Remainder(9, 3, of_character=True),
        ),
        ast.PeriodDecl(name("spring"), dt.date(2004, 3, 1), dt.date(2004, 4, 30)),
    )


# --- defines ----------------------------------------------------------------------------------------------


def _defines(author: Author, depth: int) -> list[ast.DefineDecl]:
    written = []
    for number in range(author.number(0, 3)):
        record = author.pick("case", "case", "visit", "plan", "step")
        kind = author.pick(*KINDS)
        text = f"made_{number}"
        written.append(one_define(author, record, text, kind, depth))
        author.defines.setdefault(record, []).append((text, kind))
    return written


CELLS = {
    "risk": ("low", "medium", "high", "low or high", "not medium", "any"),
    "flag": ("yes", "no", "yes or no", "any"),
    "grade": ("yes", "no", "any"),
    "colour": ("red", "green or blue", "not red", "any"),
    "size": ("0", "at least 1", "at most 2", "1 to 3", "not 2", "less than 0", "any"),
    "started": ("before 2004-03-29", "2004-03-01 to 2004-04-08", "after 2004-04-01", "any"),
    "note": ('"a"', '"a" or "ab"', 'not "b"', "any"),
}


def decision(author: Author, text: str) -> ast.DecisionDecl:
    """Write a decision table of a level of risk, of which the first row that holds decides."""
    heads = [head for head in CELLS if author.chance(2)] or ["risk"]
    rows = [
        [*(author.pick(*CELLS[head]) for head in heads), author.pick(*RISKS)]
        for _ in range(author.number(1, 4))
    ]
    written = [tuple(ast.DecisionCell(cell) for cell in row) for row in ([*heads, "risk_level"], *rows)]
    return ast.DecisionDecl(name(text), written[0], tuple(written[1:]))


def banded(author: Author, text: str) -> ast.BandsDecl:
    """Write bands of a number of the case, which come to a level of risk."""
    lowest = None if author.chance(2) else Fraction(0)
    thresholds = [lowest, Fraction(1), Fraction(2)]
    levels = tuple(ast.Band(name(level), at_least) for level, at_least in zip(RISKS, thresholds, strict=True))
    return ast.BandsDecl(name(text), levels, of=ast.Ref((name(author.pick("size", "cost")),)))


def one_define(author: Author, record: str, text: str, kind: str, depth: int) -> ast.DefineDecl:
    """Write a define of a record."""
    chain = {
        "case": ("case",),
        "visit": ("visit", "case"),
        "plan": ("plan", "case"),
        "step": ("step", "plan", "case"),
    }
    value = author.value(kind, Scope(chain[record]), depth)
    return ast.DefineDecl(name(text), value, None if record == "case" else name(record))


# --- timescales -------------------------------------------------------------------------------------------


def timescale(author: Author, text: str, depth: int) -> ast.TimescaleDecl:
    """Write a timescale of any kind, with any of its clauses."""
    clauses: dict[str, Any] = {}
    scope = Scope()
    if author.chance(3):
        clauses["clock_for"], records = author.rows(scope, depth)
        scope = scope.inside(*records)
    kind = author.pick(_single, _single, _moved, _by_hours, _by_target, _before, _recurring, _frequency)
    clauses |= kind(author, scope, Scope(scope.rows, clocked=True), depth)
    if author.chance(2):
        clauses["applies"] = author.truth(scope, depth)
    if author.chance(2):
        clauses["until"] = _date(author, scope, depth)
    if author.chance(6):
        turn = dt.date(2004, author.number(2, 5), 15)
        first, last = (turn, None) if author.chance(2) else (None, turn)
        by = _date(author, scope, 0) if clauses.get("start") is None or author.chance(3) else None
        clauses["in_force"] = ast.InForce(first, last, by)
    if author.chance(5):
        clauses["calendar"] = name(author.pick("weekdays", "ours", "scotland"))
    return ast.TimescaleDecl(name(text), **clauses)


def _date(author: Author, scope: Scope, depth: int) -> ast.Expr:
    return (
        author.moment(scope, 0) if author.chance(5) else author.day(scope, depth if author.chance(3) else 0)
    )


def _start(author: Author, scope: Scope, depth: int, *, counted: bool = True) -> ast.Start:
    if author.chance(2):
        start: ast.Expr = author.known(DAY, scope) or author.day(scope, 0)
    else:
        start = _date(author, scope, depth)
    return ast.Start(start, counted and author.chance(3))


def _event(author: Author, scope: Scope, depth: int, *kinds: str) -> ast.Expr | ast.Selection:
    kind = author.pick(*(kinds or (DAY, DAY, DAY, MOMENT)))
    if author.chance(2):
        listed = author.fields(kind, scope, depth)
        if listed is not None:
            return listed if listed.where is not None else listed.path
    return author.value(kind, scope, depth if author.chance(4) else 0)


def _limits(author: Author, scope: Scope, depth: int) -> tuple[ast.Limit, ...]:
    guarded = [
        ast.Limit(author.length(scope, 1), author.truth(scope, depth)) for _ in range(author.number(0, 2))
    ]
    if not guarded:
        return (ast.Limit(author.length(scope, 1)),)
    if author.chance(2):
        guarded.append(ast.Limit(author.length(scope, 1), otherwise=True))
    return tuple(guarded)


def _single(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    clauses: dict[str, Any] = {
        "start": _start(author, scope, depth),
        "event": _event(author, scope, depth),
        "limits": _limits(author, clocked, depth),
    }
    if author.chance(3):
        clauses["restarts"] = tuple(_restart(author, scope, depth) for _ in range(author.number(1, 2)))
    return clauses | _pauses(author, scope, depth)


def _moved(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    return moved_ends(author, scope, _single(author, scope, clocked, depth))


def _before(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    del clocked
    return {"event": _event(author, scope, depth), **by_gaps(author, scope)}


def _by_hours(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    del clocked
    clauses: dict[str, Any] = {
        "start": ast.Start(author.moment(scope, depth if author.chance(3) else 0)),
        "event": _event(author, scope, depth, MOMENT),
    }
    length = ast.DurationLiteral(author.number(1, 72), author.pick(*HOUR_UNITS))
    if author.chance(3):
        clauses["every"] = length
    else:
        clauses["limits"] = (ast.Limit(length),)
        if author.chance(3):
            clauses["restarts"] = (ast.Selection(ast.Ref((name("case"), name("visits"), name("left_at")))),)
    return clauses | (_pauses(author, scope, depth) if author.chance(2) else {})


def _by_target(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    del clocked
    target = author.known(author.pick(DAY, DAY, MOMENT), scope, planned=True)
    return {
        "start": _start(author, scope, depth, counted=False) if author.chance(2) else None,
        "event": _event(author, scope, depth),
        "target": target,
    }


def _recurring(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    clauses: dict[str, Any] = {
        "start": _start(author, scope, depth),
        "event": _event(author, scope, depth),
        "every": author.length(clocked, 1),
    }
    if author.chance(4):
        clauses = moved_start(author, scope, clauses)
    return clauses | _pauses(author, scope, depth)


def _frequency(author: Author, scope: Scope, clocked: Scope, depth: int) -> dict[str, Any]:
    del clocked
    phases = []
    for _ in range(author.number(0, 1)):
        period = author.fixed_length(Unit.DAYS, Unit.WEEKS, Unit.MONTHS)
        length = ast.DurationLiteral(period.amount * author.number(1, 3), period.unit)
        phases.append(ast.Phase(author.number(1, 2), period, length))
    last = author.fixed_length(Unit.DAYS, Unit.WEEKS, Unit.MONTHS)
    whole = ast.DurationLiteral(last.amount * 2, last.unit) if author.chance(3) else None
    phases.append(ast.Phase(author.number(1, 2), last, whole))
    return {
        "start": _start(author, scope, depth),
        "event": _event(author, scope, depth),
        "phases": tuple(phases),
    } | _pauses(author, scope, depth)


def _restart(author: Author, scope: Scope, depth: int) -> ast.Selection:
    listed = author.fields(author.pick(DAY, DAY, MOMENT), scope, depth) if author.chance(2) else None
    ref = author.known(DAY, scope)
    if listed is not None or ref is None:
        return listed or ast.Selection(ast.Ref((name("visits"), name("ended"))))
    return ast.Selection(ref)


def _pauses(author: Author, scope: Scope, depth: int) -> dict[str, Any]:
    pauses = []
    for _ in range(author.pick(0, 0, 1, 2)):
        rows, records = author.rows(scope, 0)
        fields = [one.name for one in RECORDS[records[-1]].fields if one.kind in (DAY, MOMENT)]
        if author.chance(3):
            pauses.append(ast.Pause(author.day(scope, 0), author.day(scope, 0)))
        else:
            first, last = (ast.Ref((*rows.path.names, name(author.pick(*fields)))) for _ in range(2))
            pauses.append(ast.Pause(first, last))
    return {"pauses": tuple(pauses)}


# --- items ------------------------------------------------------------------------------------------------


def _criterion(author: Author, declared: list[Any], depth: int) -> ast.CriterionDecl:
    clocks = [one for one in declared if isinstance(one, ast.TimescaleDecl)]
    items = tuple(item(author, f"i{number}", clocks, depth) for number in range(author.number(1, 3)))
    return ast.CriterionDecl(name("C"), items, no_evidence=author.pick(None, *NoEvidence))


def item(author: Author, text: str, clocks: list[ast.TimescaleDecl], depth: int) -> ast.ItemDecl:
    """Write an item with any of its clauses."""
    clauses: dict[str, Any] = {}
    scope = Scope()
    used = author.pick(None, *clocks)
    # Rows chosen by working days would be others in the item's calendar than in the time limit's own.
    alike = used is not None and (used.calendar is None or getattr(used.clock_for, "where", None) is None)
    if used is not None and used.clock_for is not None and alike and author.chance(2):
        clauses["counted_for"] = used.clock_for
        scope = scope.inside(*_records_through(used.clock_for))
    elif used is None and author.chance(4):
        clauses["counted_for"], records = author.rows(scope, depth)
        scope = scope.inside(*records)
    if used is not None:
        clauses["timescale"] = used.name
    if used is None or author.chance(2):
        clauses["met"] = author.truth(scope, depth)
    if author.chance(3):
        clauses["relevant"] = author.truth(scope, depth)
    if author.chance(4):
        clauses["no_evidence_when"] = author.truth(scope, 1)
    if author.chance(3):
        clauses["excused"] = author.truth(scope, 1)
    return ast.ItemDecl(name(text), no_evidence=author.pick(None, None, *NoEvidence), **clauses)


GRADES = ast.BandsDecl(name("grades"), (ast.Band(name("fine"), Fraction(50)), ast.Band(name("poor"), None)))


def rating(author: Author, depth: int) -> ast.RatingDecl:
    """Write a rating of the criterion and of what cases have."""
    worst = ast.LevelTest(ast.Side.ITSELF, name("poor"))
    levels = [
        ast.RatingLevel(
            name("poor"), ast.RatingLogic("or", (of_cases(author, depth), ast.RatingCount(worst, 1)))
        )
    ]
    caps = [ast.RatingCap(name("poor"), of_cases(author, depth))] if author.chance(2) else []
    return ast.RatingDecl(
        name("overall"),
        (name("C"),),
        ast.RatingPolicy.FIRST,
        (*levels, ast.RatingLevel(name("fine"))),
        tuple(caps),
        left_out=author.chance(2),
    )


def of_cases(author: Author, depth: int) -> ast.RatingCases:
    """Write what some, no, or so many in a hundred cases have."""
    share = Fraction(author.number(1, 99)) if author.chance(2) else None
    return ast.RatingCases(author.truth(Scope(), depth), author.chance(2), share)


def cap(author: Author, depth: int) -> ast.LimitDecl:
    """Write a limit on the cases of each group."""
    counted = author.truth(Scope(), depth) if author.chance(2) else None
    each = ast.Ref((name(author.pick("risk", "colour", "note", "flag", "size", "started")),))
    return ast.LimitDecl(name("crowd"), each=each, most=Fraction(author.number(0, 2)), counted=counted)


CHAINS = {
    "case": ("case",),
    "visit": ("visit", "case"),
    "plan": ("plan", "case"),
    "step": ("step", "plan", "case"),
}


def validation(author: Author, text: str, depth: int) -> ast.ValidationDecl:
    """Write a validation of any record, or of a share of the file."""
    record = author.pick(*CHAINS)
    scope = Scope(CHAINS[record])
    clauses: dict[str, Any] = {}
    if author.chance(3):
        clauses["applies"] = author.truth(scope, depth)
    if author.chance(2):
        clauses["severity"] = name(author.pick("error", "query"))
    if record == "case" and author.chance(3):
        cases = ast.Selection(ast.Ref((name("cases"),)))
        percent = Fraction(author.number(0, 100))
        share = ast.ShareOf(author.chance(2), percent, cases, author.truth(scope, depth))
        return ast.ValidationDecl(name(text), whole=Span(0, 0), requires=share, **clauses)
    made = None if record == "case" else name(record)
    if made is not None and author.chance(3):
        dates = [one.name for one in RECORDS[record].fields if one.kind == DAY]
        if author.chance(2):
            above = CHAINS[record][1]
            listed = next(text for text, child in RECORDS[above].lists if child == record)
            apart = ast.Apart(
                name(author.pick(*dates)), name(author.pick(*dates)), ast.Ref((name(above), name(listed)))
            )
            return ast.ValidationDecl(name(text), record=made, requires=apart, **clauses)
        unique = ast.UniqueIn(name(author.pick(*dates)), name(author.pick(*CHAINS[record][1:])))
        return ast.ValidationDecl(name(text), record=made, requires=unique, **clauses)
    return ast.ValidationDecl(name(text), record=made, requires=author.truth(scope, depth), **clauses)


def _records_through(chosen: ast.Selection) -> tuple[str, ...]:
    lists = {text: child for shape in RECORDS.values() for text, child in shape.lists}
    return tuple(lists[one.text] for one in chosen.path.names if one.text in lists)


__all__ = ["JUDGED", "Program", "item", "one_define", "programs", "timescale"]
