"""Which rows are set aside: no key, a key that stands twice, no parent. The rest go to their parents."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.reading.branches import Branch
from rulelang.reading.problems import ProblemKind, shown
from rulelang.reading.rows import Held
from rulelang.truth import UNREADABLE

# A message names no more rows than an analyst would look up.
ROWS_NAMED = 10


def settle(branches: Sequence[Branch]) -> None:
    """Set aside what cannot be used and put the rest together; branches come parents first."""
    for branch in branches:
        _without_key(branch)
        _duplicates(branch)
        _orphans(branch)
    for branch in reversed(branches):
        _attach(branch)


def _without_key(branch: Branch) -> None:
    key = branch.record.key
    if key is None:
        return
    for held in branch.held:
        if held.key is None and not held.aside:
            column = branch.reader.column_of(key.name)
            why = "Blank: the row has no key, so it was set aside."
            branch.reader.add_problem(held, column, None, why, ProblemKind.NO_KEY)
            held.aside = True


def _duplicates(branch: Branch) -> None:
    key = branch.record.key
    if key is None:
        return
    rows: dict[object, list[Held]] = {}
    for held in branch.held:
        if held.key is not None and held.key is not UNREADABLE:
            rows.setdefault(held.key, []).append(held)
    if len(rows) == len(branch.held):
        return
    column = branch.reader.column_of(key.name)
    for twins in rows.values():
        if len(twins) > 1:
            for held in twins:
                others = _others(held, twins)
                why = f"The same key stands in {others}. Which is right cannot be told: all were set aside."
                branch.reader.add_problem(held, column, shown(held.key), why, ProblemKind.DUPLICATE_KEY)
                held.aside = True


def _others(held: Held, twins: Sequence[Held]) -> str:
    others = [twin for twin in twins if twin is not held]
    named = [f"{one.number} ({one.where.rstrip('.')})" if one.where else str(one.number) for one in others]
    if len(named) > ROWS_NAMED:
        return f"rows {', '.join(named[:ROWS_NAMED])} and {len(named) - ROWS_NAMED} more"
    if len(named) == 1:
        return f"row {named[0]}"
    return f"rows {', '.join(named[:-1])} and {named[-1]}"


def _orphans(branch: Branch) -> None:
    if branch.parent is None:
        return
    if branch.table is not None:
        _join(branch, branch.parent)
        return
    for held in branch.held:
        if held.parent is not None and held.parent.aside and not held.aside:
            _with_parent(branch, held, None, None)


def _join(branch: Branch, parent: Branch) -> None:
    assert branch.list_field is not None
    parents = {held.key: held for held in parent.held}
    by = branch.list_field.by or ""
    column = branch.reader.join_column or by
    for held in branch.held:
        if held.aside:
            continue
        key, cell = held.join
        found = None if key is UNREADABLE or key is None else parents.get(key)
        if found is None:
            held.aside = True
            why = (
                "Blank: whose row it is cannot be told, so it was set aside."
                if key is None
                else f"No row of {parent.file} has this key, so the row was set aside."
            )
            branch.reader.add_problem(held, column, shown(cell), why, ProblemKind.ORPHAN)
        elif found.aside:
            _with_parent(branch, held, column, shown(cell))
        else:
            held.parent = found


def _with_parent(branch: Branch, held: Held, column: str | None, value: str | None) -> None:
    assert branch.parent is not None
    held.aside = True
    file = "the row that holds it" if branch.table is None else f"its row in {branch.parent.file}"
    why = f"Set aside, because {file} was."
    branch.reader.add_problem(held, column, value, why, ProblemKind.PARENT_SET_ASIDE)


def _attach(branch: Branch) -> None:
    if branch.list_field is None:
        return
    name = branch.list_field.name
    for held in branch.held:
        parent = held.parent
        if held.aside or parent is None:
            continue
        parent.row[name].append(held.row)
        parent.dirty = parent.dirty or held.dirty
