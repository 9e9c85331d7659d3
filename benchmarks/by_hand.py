"""The same rules written by hand in Python, as well as we can: what the generated function is measured against.

It decides the same outcomes: the as-at view, not yet due, unknown, N/A, no evidence counted as not met.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from rulelang import NA, ItemOutcome
from rulelang.calendars import named

MET, NOT_MET = ItemOutcome.MET, ItemOutcome.NOT_MET
NOT_RELEVANT, NOT_YET_DUE, UNKNOWN = ItemOutcome.NOT_RELEVANT, ItemOutcome.NOT_YET_DUE, ItemOutcome.UNKNOWN

Judge = Callable[[dict[str, Any], dt.date], tuple[ItemOutcome, ...]]


def flat_source(judgements: int, limits: tuple[int, ...]) -> str:
    """Return the source: one function, every field read once, a table of due dates for each limit."""
    lines = ["def judge(case, as_at):"]
    for n in range(1, judgements + 1):
        lines += [f"    q{n} = MET if (q := case['q{n}']) is True else NOT_RELEVANT if q is NA else NOT_MET"]
    lines += ["    start = case['started']"]
    for n in range(1, len(limits) + 1):
        lines += [
            f"    if (done := case['done{n}']) is not None and done > as_at:",
            "        done = None",
            "    if start is None:",
            f"        t{n} = NOT_MET",
            "    elif start > as_at:",
            f"        t{n} = NOT_RELEVANT",
            "    else:",
            f"        due = due{n}[start]",
            "        if done is not None:",
            f"            t{n} = MET if done <= due else NOT_MET",
            "        else:",
            f"            t{n} = NOT_MET if as_at > due else NOT_YET_DUE",
        ]
    names = [f"q{n}" for n in range(1, judgements + 1)] + [f"t{n}" for n in range(1, len(limits) + 1)]
    return "\n".join([*lines, f"    return ({', '.join(names)})"])


def flat(judgements: int, limits: tuple[int, ...]) -> Judge:
    """Return the hand-written function for the flat pack."""
    calendar = named("england_and_wales")
    space: dict[str, Any] = {
        "MET": MET, "NOT_MET": NOT_MET, "NOT_RELEVANT": NOT_RELEVANT, "NOT_YET_DUE": NOT_YET_DUE, "NA": NA,
        **{f"due{n}": calendar.due_table(days) for n, days in enumerate(limits, 1)},
    }  # fmt: skip
    exec(flat_source(judgements, limits), space)
    return space["judge"]  # type: ignore[no-any-return]
