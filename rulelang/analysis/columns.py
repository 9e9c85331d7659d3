"""The columns of a decision table: the classes into which its cells cut the values of one, and a value of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from attrs import frozen

from rulelang.syntax.phrasing import number_text
from rulelang.types import ChoiceType, DateType, NumberType, TextType, Type, YesNoType

ONE_DAY = dt.timedelta(days=1)


@frozen
class Test:
    """What a cell asks of its column: one of some values, or to lie within ends; turned by `but`."""

    values: tuple[Any, ...] = ()
    least: Any = None
    most: Any = None
    least_in: bool = True
    most_in: bool = True
    but: bool = False

    def holds(self, value: Any) -> bool:
        """Say whether a value passes."""
        return self._inside(value) is not self.but

    def _inside(self, value: Any) -> bool:
        if self.values:
            return value in self.values
        above = self.least is None or value > self.least or (self.least_in and value == self.least)
        below = self.most is None or value < self.most or (self.most_in and value == self.most)
        return above and below


@frozen
class Column:
    """One value of each class, and how the class is told: `risk is high`, `count is more than 3`."""

    samples: tuple[Any, ...]
    words: tuple[str, ...]

    def passing(self, test: Test | None) -> frozenset[int]:
        """Return the classes that pass a cell; `None` asks nothing."""
        return frozenset(at for at, one in enumerate(self.samples) if test is None or test.holds(one))


def column_of(name: str, kind: Type, tests: Sequence[Test | None]) -> Column | None:
    """Return the classes of a column, or None where its type is not one that cells can cut."""
    asked = [one for one in tests if one is not None]
    match kind:
        case YesNoType():
            return Column((True, False), (f"`{name}` is yes", f"`{name}` is no"))
        case ChoiceType(values=values):
            return Column(values, tuple(f"`{name}` is {value}" for value in values))
        case TextType():
            texts = tuple(dict.fromkeys(value for one in asked for value in one.values))
            return Column(
                (*texts, None), (*(f'`{name}` is "{one}"' for one in texts), f"`{name}` is another text")
            )
        case NumberType(whole=whole):
            apart = _whole_apart if whole else _apart
            return _cut(name, asked, ("less than", "more than"), apart, _number_between)
        case DateType():
            return _cut(name, asked, ("before", "after"), _days_apart, _day_between)
        case _:
            return None


def _cut(
    name: str,
    tests: Sequence[Test],
    beyond: tuple[str, str],
    apart: Callable[[Any, Any], bool],
    between: Callable[[Any, Any], Any],
) -> Column:
    """Cut numbers or days at the ends that cells name: each end, what lies between two, below and above."""
    ends = {one for test in tests for one in (*test.values, test.least, test.most) if one is not None}
    cuts = sorted(ends)
    if not cuts:
        return Column((None,), (f"`{name}` is anything",))
    samples: list[Any] = [between(None, cuts[0])]
    words = [f"`{name}` is {beyond[0]} {_shown(cuts[0])}"]
    for at, cut in enumerate(cuts):
        samples.append(cut)
        words.append(f"`{name}` is {_shown(cut)}")
        after = cuts[at + 1] if at + 1 < len(cuts) else None
        if after is None:
            samples.append(between(cut, None))
            words.append(f"`{name}` is {beyond[1]} {_shown(cut)}")
        elif apart(cut, after):
            samples.append(between(cut, after))
            words.append(f"`{name}` is {_shown(samples[-1])}")
    return Column(tuple(samples), tuple(words))


def _shown(value: Any) -> str:
    return number_text(Fraction(value)) if isinstance(value, int | Fraction) else str(value)


def _apart(low: Any, high: Any) -> bool:
    return bool(low < high)


def _whole_apart(low: int, high: int) -> bool:
    return high - low > 1


def _days_apart(low: dt.date, high: dt.date) -> bool:
    return (high - low).days > 1


def _number_between(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        assert high is not None
        return high - 1
    return low + 1 if high is None or high - low > 1 else (low + high) / 2


def _day_between(low: dt.date | None, high: dt.date | None) -> dt.date:
    if low is None:
        assert high is not None
        return high - ONE_DAY
    return low + ONE_DAY
