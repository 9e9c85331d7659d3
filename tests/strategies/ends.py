"""Random clauses that move the ends of a time limit: late starts, extensions, closed days, limits before and after."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rulelang.syntax import ast
from tests.strategies.expressions import HOUR_UNITS, Author
from tests.strategies.naming import Scope
from tests.strategies.records import DAY, MOMENT, name


def moved_ends(author: Author, scope: Scope, clauses: dict[str, Any]) -> dict[str, Any]:
    """Return the clauses of a single limit in days, with some of its ends moved."""
    made = dict(clauses)
    counted = bool(made.get("start") and made["start"].counted)
    match author.number(1, 6):
        case 1:
            made["start"] = ast.Start(_known(author, scope, MOMENT), counted)
            made["cut_off"] = ast.CutOff(dt.time(author.pick(1, 9, 12), author.pick(0, 30)))
            if author.chance(2):
                made["working_start"] = ast.WorkingStart()
        case 2:
            made["start"] = ast.Start(_known(author, scope, DAY), counted)
            made["working_start"] = ast.WorkingStart()
    if author.chance(3):
        made["extended"] = _agreed(author, scope)
    if author.chance(3):
        if "cut_off" not in made:
            made["start"] = ast.Start(_known(author, scope, DAY), counted)
        else:
            made["working_start"] = ast.WorkingStart()
        # A start that is a moment would leave it open whether the due date is one.
        if "cut_off" not in made:
            made["moves"] = ast.Moves(author.chance(2))
    if author.chance(4):
        made["gaps"] = (gap(author, scope, before=False),)
    return made | early(author)


def moved_start(author: Author, scope: Scope, clauses: dict[str, Any]) -> dict[str, Any]:
    """Return the clauses of a limit that comes round again, from a working day."""
    start = ast.Start(_known(author, scope, DAY), clauses["start"].counted)
    return {**clauses, "start": start, "working_start": ast.WorkingStart()}


def by_gaps(author: Author, scope: Scope) -> dict[str, Any]:
    """Return a last day before a date, a first one after a date, or both."""
    sides = author.pick((True,), (False,), (True, False))
    made: dict[str, Any] = {"gaps": tuple(gap(author, scope, before=before) for before in sides)}
    by_moment = any(_in_hours(one) and one.before for one in made["gaps"])
    if True in sides and not by_moment and author.chance(3):
        made["moves"] = ast.Moves(author.chance(2))
    if True in sides and not by_moment and author.chance(4):
        made["extended"] = _agreed(author, scope)
    return made


def gap(author: Author, scope: Scope, *, before: bool) -> ast.Gap:
    """Write `at least … before` or `at least … after` a date."""
    planned = True if before else None
    if author.chance(5):
        moment = author.known(MOMENT, scope, planned=planned)
        if moment is not None:
            return ast.Gap(
                ast.DurationLiteral(author.number(1, 72), author.pick(*HOUR_UNITS)), False, before, moment
            )
    anchor = author.known(DAY, scope, planned=planned)
    assert anchor is not None
    return ast.Gap(author.fixed_length(), author.chance(2), before, anchor)


def early(author: Author) -> dict[str, Any]:
    """Write what is said of early events, if anything."""
    return {"early": ast.EarlyEvents(author.chance(2))} if author.chance(4) else {}


def _in_hours(one: ast.Gap) -> bool:
    return isinstance(one.length, ast.DurationLiteral) and one.length.unit.counts_moments


def _agreed(author: Author, scope: Scope) -> ast.Expr | ast.Selection:
    if author.chance(2):
        path = ast.Ref(tuple(name(text) for text in ("case", "plans", "target")))
        return path if author.chance(2) else ast.Selection(path, author.truth(scope.inside("plan"), 0))
    agreed = author.known(author.pick(DAY, DAY, MOMENT), scope, planned=True)
    assert agreed is not None
    return agreed


def _known(author: Author, scope: Scope, kind: str) -> ast.Expr:
    found = author.known(kind, scope, planned=False)
    assert found is not None
    return found
