"""The generated code follows the truth tables of M1, written out in `rulelang.truth`, for every pair of answers."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from rulelang import NA, load_text
from rulelang.engines.python.evaluator import AsAt
from rulelang.truth import Truth, both, either, negation

PACK = load_text("""
pack truths
record case
  a judgement optional
  b judgement optional
define both_of as a and b
define either_of as a or b
define opposite as not a
""")
ANSWERS: tuple[Truth, ...] = (True, False, None, NA)
AS_AT = AsAt.of(dt.date(2005, 3, 1), None)


def value(name: str, a: Truth, b: Truth) -> Truth:
    found: Truth = PACK.evaluator.work_out(PACK.expression(name), {"a": a, "b": b}, AS_AT)[0]
    return found


@pytest.mark.parametrize(("a", "b"), list(product(ANSWERS, ANSWERS)))
def test_and_or_and_not_follow_the_tables(a: Truth, b: Truth) -> None:
    assert value("both_of", a, b) is both(a, b)
    assert value("either_of", a, b) is either(a, b)
    assert value("opposite", a, b) is negation(a)
