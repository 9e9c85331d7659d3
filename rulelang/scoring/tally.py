"""Counts: the only thing an engine hands over. Adding two tallies is adding their counts (M10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen


@frozen
class ItemCounts:
    """How many cases (or rows counted) came to each outcome of one item."""

    met: int = 0
    not_met: int = 0
    excused: int = 0
    not_relevant: int = 0
    not_yet_due: int = 0
    unknown: int = 0

    @property
    def relevant(self) -> int:
        """How many the score is out of: met and not met, nothing else (M9)."""
        return self.met + self.not_met

    def __add__(self, other: ItemCounts) -> ItemCounts:
        return ItemCounts(
            self.met + other.met,
            self.not_met + other.not_met,
            self.excused + other.excused,
            self.not_relevant + other.not_relevant,
            self.not_yet_due + other.not_yet_due,
            self.unknown + other.unknown,
        )


@frozen
class TimescaleCounts:
    """How many cases came to each outcome of one timescale."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    not_yet_due: int = 0
    not_applicable: int = 0
    unknown: int = 0

    def __add__(self, other: TimescaleCounts) -> TimescaleCounts:
        return TimescaleCounts(
            self.on_time + other.on_time,
            self.late + other.late,
            self.overdue + other.overdue,
            self.not_yet_due + other.not_yet_due,
            self.not_applicable + other.not_applicable,
            self.unknown + other.unknown,
        )


@frozen
class Population:
    """What became of the cases read: read = judged + set_aside + out_of_scope + not_yet_begun."""

    read: int = 0
    judged: int = 0
    set_aside: int = 0
    out_of_scope: int = 0
    not_yet_begun: int = 0

    @property
    def accounted(self) -> bool:
        """Whether every case read went somewhere."""
        return self.read == self.judged + self.set_aside + self.out_of_scope + self.not_yet_begun

    def __add__(self, other: Population) -> Population:
        return Population(
            self.read + other.read,
            self.judged + other.judged,
            self.set_aside + other.set_aside,
            self.out_of_scope + other.out_of_scope,
            self.not_yet_begun + other.not_yet_begun,
        )


@frozen
class Tally:
    """Counts per item id (`B1.rmp`) and timescale name, for all cases or for one group of them."""

    judged: int = 0
    items: Mapping[str, ItemCounts] = field(factory=dict)
    timescales: Mapping[str, TimescaleCounts] = field(factory=dict)

    def __add__(self, other: Tally) -> Tally:
        items = {
            key: self.items.get(key, ItemCounts()) + other.items.get(key, ItemCounts())
            for key in {**self.items, **other.items}
        }
        timescales = {
            key: self.timescales.get(key, TimescaleCounts()) + other.timescales.get(key, TimescaleCounts())
            for key in {**self.timescales, **other.timescales}
        }
        return Tally(self.judged + other.judged, items, timescales)


def total(tallies: Iterable[Tally]) -> Tally:
    """Add tallies of parts: their scores are those of the whole, whatever the split (M10)."""
    return sum(tallies, Tally())
