"""Random cases of the records in `records`: some fields missing, tied, at a boundary, or unreadable."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from rulelang.syntax.ast import BasicType
from rulelang.truth import NA, UNREADABLE
from rulelang.types import Duration, Unit
from tests.strategies import records
from tests.strategies.records import COLOURS, DAYS, RECORDS, RISKS, FieldShape

TEXTS = st.sampled_from(["", "a", "b", "ab", "007", "A1", "é"])
HOURS = (0, 1, 2, 9, 12, 23)
_FAR = [dt.date(1899, 12, 31), dt.date(2035, 12, 31), dt.date(2199, 12, 30), dt.date(9999, 12, 31)]

# A date is likely to be one of few, so that rows tie and events fall on due dates.
dates = st.one_of(
    st.sampled_from(DAYS),
    st.sampled_from(DAYS),
    st.dates(dt.date(2004, 2, 20), dt.date(2004, 6, 30)),
    st.dates(dt.date(2003, 10, 1), dt.date(2005, 6, 1)),
)
far_dates = st.one_of(dates, dates, dates, st.sampled_from(_FAR))
# The hours at which clocks go back and forth come up often.
moments = st.builds(
    lambda day, hour, minute: dt.datetime(day.year, day.month, day.day, hour, minute),
    st.one_of(dates, st.sampled_from([dt.date(2004, 3, 28), dt.date(2004, 10, 31)])),
    st.sampled_from(HOURS),
    st.sampled_from([0, 30]),
)
partial_dates = st.one_of(dates.map(dt.date.isoformat), st.sampled_from(["2004-02", "2004-03", "2004-04"]))
lengths = st.builds(
    Duration, st.integers(1, 20), st.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.WORKING_DAYS])
)
numbers = st.one_of(st.integers(-3, 5), st.sampled_from([Fraction(1, 2), Fraction(-7, 3), Fraction(5, 2)]))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    records.TRUTH: st.booleans(),
    records.JUDGED: st.sampled_from([True, False, NA]),
    records.NUMBER: numbers,
    records.TEXT: TEXTS,
    records.DAY: dates,
    records.MOMENT: moments,
    records.PARTIAL: partial_dates,
    records.LENGTH: lengths,
    records.RISK: st.sampled_from(RISKS),
    records.COLOUR: st.sampled_from(COLOURS),
}
as_at_dates = st.one_of(dates, dates, moments)


def _cell(one: FieldShape, *, dirty: bool, far: bool) -> st.SearchStrategy[Any]:
    if one.key:
        return st.sampled_from(["1", "2", "3"])
    known = st.integers(-3, 5) if one.type is BasicType.WHOLE_NUMBER else VALUES[one.kind]
    if far and one.kind == records.DAY:
        known = far_dates
    # A field that is not optional may still be blank: a data problem, and missing.
    cells = [known, known, known, known, st.none()] if one.optional else [known] * 9 + [st.none()]
    if dirty:
        cells.append(st.just(UNREADABLE))
    return st.one_of(*cells)


def _rows(record: str, *, dirty: bool, far: bool) -> st.SearchStrategy[dict[str, Any]]:
    shape = RECORDS[record]
    cells: dict[str, st.SearchStrategy[Any]] = {
        one.name: _cell(one, dirty=dirty, far=far) for one in shape.fields
    }
    for text, child in shape.lists:
        cells[text] = st.lists(_rows(child, dirty=dirty, far=far), max_size=3)
    return st.fixed_dictionaries(cells)


clean_cases = _rows("case", dirty=False, far=False)
far_cases = _rows("case", dirty=False, far=True)
dirty_cases = _rows("case", dirty=True, far=False)
