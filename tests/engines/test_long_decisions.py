"""A decision table of hundreds of rows is decided, in whatever engine, without one step in another for each row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import rulelang

ROWS = 400
TABLE = "\n".join(f"  | {number} | any | {'even' if number % 2 == 0 else 'odd'} |" for number in range(ROWS))
RULES = f"""\
pack long version "1"

choice parity even, odd, other

record case read from "cases"
  crn    text key
  count  whole number optional
  large  yes/no optional

decision parity_of "Of each number"
  POLICY
  | count | large | parity |
{TABLE}
  | less than 0 | any | other |
  | at least {ROWS} | any | other |

criterion A1
  item even
    met when parity_of is even
  item decided
    met when parity_of is known
"""
CASES = [{"crn": str(number), "count": count} for number, count in enumerate([0, 1, 398, 399, 400, -1, None])]
EXPECTED = [("met", "met"), ("not met", "met"), ("met", "met"), ("not met", "met")]
EXPECTED += [("not met", "met"), ("not met", "met"), ("unknown", "not met")]


def pack(policy: str) -> rulelang.Pack:
    return rulelang.load_text(RULES.replace("POLICY", policy))


@pytest.mark.parametrize("policy", ["the first row that holds", "exactly one row holds"])
def test_one_case_after_the_other(policy: str) -> None:
    judged: list[Any] = [pack(policy).evaluate(one, as_at=dt.date(2024, 1, 1)) for one in CASES]
    found = [tuple(one[item].outcome.value for item in ("A1.even", "A1.decided")) for one in judged]
    assert found == EXPECTED


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
@pytest.mark.parametrize("policy", ["the first row that holds", "exactly one row holds"])
def test_in_one_query(policy: str) -> None:
    import pyarrow as pa

    table = pa.table(
        {"crn": [one["crn"] for one in CASES], "count": [one["count"] for one in CASES], "large": [None] * 7}
    )
    results = [
        pack(policy).check(table, as_at=dt.date(2024, 1, 1), engine=one) for one in ("duckdb", "python")
    ]
    assert results[0].tally == results[1].tally
    assert not any("case by case" in note for note in results[0].notes)
