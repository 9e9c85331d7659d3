"""The work that is measured: judgements and working-day time limits, nested lists, and the Gwent inspection."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

AS_AT = dt.date(2005, 3, 1)
ROOT = Path(__file__).parent.parent
LIMITS = (5, 10, 15, 20)
JUDGEMENTS = 20
AREAS = 42


@frozen
class Shape:
    """How many judgements a flat pack has, how many working days its limits, and whether one item has a condition."""

    judgements: int = JUDGEMENTS
    limits: Sequence[int] = LIMITS
    conditional: bool = False

    @property
    def items(self) -> int:
        """How many items there are."""
        return self.judgements + len(self.limits) + self.conditional


# The work of bulk judging: 25 items.
BULK = Shape(conditional=True)


def shape_of(items: int) -> Shape:
    """Return a shape of so many items, of which every fifth is a time limit."""
    limits = items // 5
    return Shape(items - limits, tuple(LIMITS[n % len(LIMITS)] for n in range(limits)))


def flat_rules(shape: Shape = Shape()) -> str:
    """Return a pack of items that read one row: judgements, time limits, and one with a condition where asked."""
    fields = [f"  q{n} judgement optional" for n in range(1, shape.judgements + 1)]
    fields += [f"  done{n} date optional" for n in range(1, len(shape.limits) + 1)]
    timescales = [
        f"timescale t{n}\n  from started\n  to done{n}\n  within {days} working days\n"
        for n, days in enumerate(shape.limits, 1)
    ]
    items = [f"  item q{n}\n    met when q{n}" for n in range(1, shape.judgements + 1)]
    items += [f"  item t{n}\n    timescale t{n}" for n in range(1, len(shape.limits) + 1)]
    if shape.conditional:
        items.append("  item both\n    relevant when q1\n    met when q2 and q3")
    return "\n".join(
        [
            'pack flat version "1"',
            "  calendar england_and_wales",
            "  no evidence counts as not met",
            "",
            "record case",
            "  id text key",
            "  area whole number",
            "  started date",
            *fields,
            "",
            *timescales,
            "section W",
            "criterion W1",
            *items,
            "",
        ]
    )


def flat_cases(number: int, seed: int = 2005) -> list[dict[str, Any]]:
    """Return typed cases for the flat pack: most done in time, some late, some not at all, some N/A."""
    from rulelang import NA

    rng = random.Random(seed)
    cases = []
    for serial in range(number):
        started = dt.date(2003, 6, 1) + dt.timedelta(days=rng.randrange(640))
        case: dict[str, Any] = {"id": f"C{serial:07}", "area": rng.randrange(AREAS), "started": started}
        for n in range(1, JUDGEMENTS + 1):
            case[f"q{n}"] = rng.choices((True, False, NA, None), (55, 30, 10, 5))[0]
        for n, days in enumerate(LIMITS, 1):
            done = started + dt.timedelta(days=rng.randrange(days * 2))
            case[f"done{n}"] = None if rng.random() < 0.1 else done
        cases.append(case)
    return cases


NESTED_RULES = """\
pack nested version "1"
  calendar england_and_wales
  no evidence counts as not met

record case
  id text key
  area whole number
  started date
  reviews list of review by id
  appointments list of appointment by id

record review
  completed date

record appointment
  arranged_for date
  attended yes/no optional

timescale review
  from started
  to reviews.completed
  every 16 weeks

timescale contact
  from started
  to appointments.arranged_for
  at least 1 in each week for 16 weeks
  then at least 1 in each 2 weeks

section N
criterion N1
  item review
    timescale review
  item contact
    timescale contact
  item attended
    met when count of appointments where attended is yes is at least 12
    no evidence counts as unknown
"""


def gwent_export() -> Path:
    """Return the folder of the bundled follow-up export."""
    return ROOT / "examples" / "gwent" / "followup"
