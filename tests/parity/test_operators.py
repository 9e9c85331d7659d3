"""Every example in the table of operators: the reference and the engine give the answer given there."""

from __future__ import annotations

import datetime as dt

import pytest

from rulelang.operators import Example
from rulelang.operators.table import OPERATORS
from tests.parity.comparing import compiled, value_by_engine, value_by_reference
from tests.reference.operators import COMPARISONS, PLAIN, SPECIAL
from tests.reference.partial_dates import PARTS

AS_AT = dt.date(2005, 3, 1)
CASE = {"crn": "1"}
RECORD = "pack one_operator\n  calendar england_and_wales\n\nrecord case\n  crn text key\n"
OF_SEVERAL = {"is_one_of", "is_not_one_of", "is_between", "is_readable"}

EXAMPLES = [
    pytest.param(example, id=f"{operator.name}: {example.expression}")
    for operator in OPERATORS
    for example in operator.examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_its_answer(example: Example) -> None:
    one = compiled(f"{RECORD}\ndefine asked as {example.expression}\n\ndefine answer as {example.answer}\n")
    answer = value_by_reference(one.pack, "answer", CASE, AS_AT)
    assert value_by_reference(one.pack, "asked", CASE, AS_AT) == answer
    assert value_by_engine(one, "asked", CASE, AS_AT) == answer


def test_the_reference_has_every_operator() -> None:
    assert {operator.name for operator in OPERATORS} == {*COMPARISONS, *SPECIAL, *PLAIN, *OF_SEVERAL, *PARTS}
