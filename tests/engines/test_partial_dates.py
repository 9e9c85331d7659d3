"""A comparison with a partial date is decided where every day that it could be agrees, and missing otherwise."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import rulelang

AS_AT = dt.date(2006, 12, 31)
RULES = """pack partial
record case
  id text key
  p {kind} optional planned
  q {kind} optional planned
  d date optional planned
  e date optional planned
section A
criterion A1
  item it
    met when {condition}
"""
ORDERS = ("before", "after", "on or before", "on or after", "is", "is not")


@cache
def pack(condition: str, kind: str) -> rulelang.Pack:
    return rulelang.load_text(RULES.format(kind=kind, condition=condition))


def answer(condition: str, kind: str, case: dict[str, Any]) -> bool | None:
    row = {"id": "1", "p": None, "q": None, "d": None, "e": None, **case}
    outcome = pack(condition, kind).outcomes(row, as_at=AS_AT)["A1.it"].value  # type: ignore[union-attr]
    return {"met": True, "not met": False, "unknown": None}[outcome]


def days(partial: str) -> Iterator[dt.date]:
    """Yield every day that a partial date could be."""
    for month in range(1, 13) if len(partial) == 4 else (int(partial[5:7]),):
        year = int(partial[:4])
        last = calendar.monthrange(year, month)[1]
        for day in range(1, last + 1) if len(partial) < 10 else (int(partial[8:]),):
            yield dt.date(year, month, day)


def by_every_day(condition: str, case: dict[str, Any]) -> bool | None:
    """Return the answer on which every combination of days agrees, or None."""
    used = [name for name in ("p", "q") if name in condition.replace(".", " ").split()]
    found = {
        answer(condition, "date", case | dict(zip(used, chosen, strict=True)))
        for chosen in product(*(tuple(days(case[name])) for name in used))
    }
    return found.pop() if len(found) == 1 else None


months = st.sampled_from(["2004-02", "2004-03", "2005-02", "2004-03-31", "2004-02-29", "2004-03-01"])
near = st.dates(dt.date(2004, 2, 25), dt.date(2004, 4, 3))
alone = st.builds("( p ) {} {}".format, st.sampled_from(ORDERS), st.sampled_from(["d", "e"]))
shifted = st.builds(
    "( p + {} ) {} {}".format,
    st.sampled_from(["5 days", "1 week", "2 weeks"]),
    st.sampled_from(ORDERS),
    st.sampled_from(["d", "e"]),
)
within = st.sampled_from(
    [
        "p is between d and e",
        "p is within 10 days after d",
        "d is within 3 weeks before p",
        "d is within 1 month after p",
        "p is no later than 2 months after d",
        "years from p to (d) is at least 0",
        "days from p to (d) is between 3 and 20",
        "year of p is 2004",
        "p is one of d or e",
    ]
)
both = st.builds("( p ) {} q".format, st.sampled_from(ORDERS))
one_unknown = st.one_of(alone, shifted)


@given(st.one_of(alone, shifted, within), months, near, near)
def test_one_comparison(condition: str, p: str, d: dt.date, e: dt.date) -> None:
    case = {"p": p, "d": d, "e": e}
    assert answer(condition, "partial date", case) is by_every_day(condition, case)


@settings(max_examples=max(settings.default.max_examples // 4, 10) if settings.default else 10)
@given(both, months, months)
def test_two_partial_dates(condition: str, p: str, q: str) -> None:
    case = {"p": p, "q": q}
    assert answer(condition, "partial date", case) is by_every_day(condition, case)


@given(
    st.lists(one_unknown, min_size=2, max_size=3),
    st.sampled_from([" and ", " or "]),
    st.booleans(),
    months,
    near,
    near,
)
def test_the_same_unknown_several_times_is_one_unknown(
    conditions: list[str], joined: str, turned: bool, p: str, d: dt.date, e: dt.date
) -> None:
    condition = joined.join(conditions)
    condition = f"not ({condition})" if turned else condition
    case = {"p": p, "d": d, "e": e}
    assert answer(condition, "partial date", case) is by_every_day(condition, case)


@given(st.lists(st.one_of(one_unknown, within, both), min_size=2, max_size=2), months, near, near)
def test_an_answer_is_never_wrong(conditions: list[str], p: str, d: dt.date, e: dt.date) -> None:
    condition, case = " or ".join(conditions), {"p": p, "q": "2004-03", "d": d, "e": e}
    said = answer(condition, "partial date", case)
    assert said is None or said is by_every_day(condition, case)


def test_a_year_is_every_day_of_it() -> None:
    for condition in (
        "p before 2004-12-31",
        "p after 2003-12-31",
        "p on or before 2004-12-31",
        "p is 2004-06-01",
    ):
        assert answer(condition, "partial date", {"p": "2004"}) is by_every_day(condition, {"p": "2004"})


def test_a_stretch_inside_the_month_is_not_overlooked() -> None:
    inside = {"p": "2004-03", "d": dt.date(2004, 3, 10), "e": dt.date(2004, 3, 20)}
    assert answer("p after d and p before e", "partial date", inside) is None
    assert answer("p on or before d or p on or after e", "partial date", inside) is None
    assert answer("p before d or p on or after d", "partial date", inside) is True
    assert answer("p before d and p on or after d", "partial date", inside) is False


def test_what_is_missing_stays_missing() -> None:
    assert answer("p before d or p on or after d", "partial date", {"d": AS_AT}) is None
    assert answer("p is known", "partial date", {}) is False
    assert answer("p is known", "partial date", {"p": "2004"}) is True


def test_a_partial_date_has_happened_by_the_as_at_date() -> None:
    text = RULES.format(kind="partial date", condition="p on or before 2004-03-10").replace("planned", "")
    one = rulelang.load_text(text)

    def outcome(as_at: dt.date, p: str = "2004-03") -> str:
        return str(one.outcomes({"id": "1", "p": p}, as_at=as_at)["A1.it"].value)  # type: ignore[union-attr]

    assert outcome(dt.date(2004, 3, 31)) == "unknown"
    # As at the tenth it can only have been by the tenth.
    assert outcome(dt.date(2004, 3, 10)) == "met"
    # And in February March has not come.
    assert outcome(dt.date(2004, 2, 29)) == "unknown"


def test_every_spelling_of_a_month_and_a_year_is_read() -> None:
    def read(condition: str, written: Any) -> str:
        judgement = pack(condition, "partial date").evaluate({"id": "1", "p": written}, as_at=AS_AT)
        return str(judgement["A1.it"].outcome.value)

    months_: list[Any] = ["2004-03", "03/2004", "3/2004", "March 2004", "mar 2004", "Mar-2004", "2004/03"]
    assert {read("p is between 2004-03-01 and 2004-03-31", one) for one in months_} == {"met"}
    years: list[Any] = ["2004", 2004]
    assert {read("year of p is 2004", one) for one in years} == {"met"}
    whole: list[Any] = ["2004-03-05", dt.date(2004, 3, 5), "5 March 2004"]
    assert {read("p is 2004-03-05", one) for one in whole} == {"met"}
    none: list[Any] = ["2004-13", "0000", "soon", 20.5]
    assert {read("p is known", one) for one in none} == {"unknown"}


def test_the_reason_says_which_days_are_open() -> None:
    condition = "p before d or p on or after e"
    row = {"id": "1", "p": "2004-03", "d": dt.date(2004, 3, 10), "e": dt.date(2004, 3, 20)}
    judgement = pack(condition, "partial date").evaluate(row, as_at=AS_AT)
    assert judgement["A1.it"].explain().partition("\n")[2].strip() == (
        "unknown: `p before d or p on or after e` could be yes or no: `p` is `2004-03`, `d` is Wed 10 March 2004, "
        "`e` is Sat 20 March 2004"
    )
