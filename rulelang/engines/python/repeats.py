"""Which values the rows of a file repeat: one pass over the cases, before any of them is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rulelang.model.expressions import CASE_DEPTH, Unique
from rulelang.truth import UNREADABLE

# Of each value that more than one row has: how many rows, and what the first two of them are called.
Repeats = Mapping[Any, tuple[int, Any, Any]]


def repeats(compared: Iterable[Unique], cases: Iterable[Any]) -> dict[tuple[str, ...], Repeats]:
    """Return which values stand in more than one row, by what is compared. What is not recorded repeats nothing."""
    met: dict[tuple[str, ...], dict[Any, tuple[int, Any, Any]]] = {one.compared: {} for one in compared}
    asked = tuple((one, met[one.compared]) for one in compared)
    for case in cases:
        for one, found in asked:
            for value, named in _rows(one, case):
                if value is None or value is UNREADABLE:
                    continue
                before = found.get(value)
                if before is None:
                    found[value] = (1, named, None)
                else:
                    many, first, second = before
                    found[value] = (many + 1, first, named if many == 1 else second)
    return {name: {value: one for value, one in found.items() if one[0] > 1} for name, found in met.items()}


def _rows(one: Unique, case: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the value of each row that is compared, and what the row is called."""
    rows = [case]
    for name in one.path:
        rows = [below for row in rows for below in _cell(row, name)]
    key = one.named_by
    of_case = None if key is None or key.var.depth != CASE_DEPTH else _cell(case, key.name)
    for row in rows:
        named = of_case if key is None or key.var.depth == CASE_DEPTH else _cell(row, key.name)
        yield _cell(row, one.name), None if named is UNREADABLE else named


def _cell(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)
