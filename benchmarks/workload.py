"""The work that is measured: twenty judgements and four working-day time limits, and the Gwent inspection."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

from rulelang import NA

AS_AT = dt.date(2005, 3, 1)
ROOT = Path(__file__).parent.parent
LIMITS = (5, 10, 15, 20)
JUDGEMENTS = 20


def flat_rules() -> str:
    """Return a pack of 24 items: 20 judgements, 4 time limits of 5 to 20 working days."""
    fields = [f"  q{n} judgement optional" for n in range(1, JUDGEMENTS + 1)]
    fields += [f"  done{n} date optional" for n in range(1, 5)]
    timescales = [
        f"timescale t{n}\n  from started\n  to done{n}\n  within {days} working days\n"
        for n, days in enumerate(LIMITS, 1)
    ]
    items = [f"  item q{n}\n    met when q{n}" for n in range(1, JUDGEMENTS + 1)]
    items += [f"  item t{n}\n    timescale t{n}" for n in range(1, 5)]
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
    rng = random.Random(seed)
    cases = []
    for serial in range(number):
        started = dt.date(2003, 6, 1) + dt.timedelta(days=rng.randrange(640))
        case: dict[str, Any] = {"id": f"C{serial:07}", "area": rng.randrange(42), "started": started}
        for n in range(1, JUDGEMENTS + 1):
            case[f"q{n}"] = rng.choices((True, False, NA, None), (55, 30, 10, 5))[0]
        for n, days in enumerate(LIMITS, 1):
            done = started + dt.timedelta(days=rng.randrange(days * 2))
            case[f"done{n}"] = None if rng.random() < 0.1 else done
        cases.append(case)
    return cases


def gwent_export() -> Path:
    """Return the folder of the bundled follow-up export."""
    return ROOT / "examples" / "gwent" / "followup"
