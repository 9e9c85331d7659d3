"""Limits on a population: which groups hold too many cases, from counts alone (M10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from rulelang.model.structure import LimitStructure, PackStructure
from rulelang.scoring.tally import ItemCounts

# How many cases each group has, by the limit's name and the value; None of those that name no group.
Populations = Mapping[str, Mapping[str | None, ItemCounts]]


@frozen
class Population:
    """The cases of one group: so many are counted, and of so many more it is not known whether they are."""

    value: str
    counted: int
    unknown: int


@frozen
class LimitResult:
    """A limit over a run: the groups that are over it, those that may be, and the cases that name no group."""

    structure: LimitStructure
    groups: int
    over: tuple[Population, ...]
    maybe: tuple[Population, ...]
    without: int


def limited(structure: PackStructure, populations: Populations) -> tuple[LimitResult, ...]:
    """Return what became of each limit of a pack, the largest groups first."""
    return tuple(_result(one, populations.get(one.id, {})) for one in structure.limits)


def _result(structure: LimitStructure, groups: Mapping[str | None, ItemCounts]) -> LimitResult:
    named = [
        Population(value, counts.met, counts.unknown)
        for value, counts in groups.items()
        if value is not None and counts.met + counts.unknown
    ]
    ordered = sorted(named, key=lambda one: (-one.counted, -one.unknown, one.value))
    nobody = groups.get(None, ItemCounts())
    return LimitResult(
        structure,
        len(named),
        tuple(one for one in ordered if one.counted > structure.most),
        tuple(one for one in ordered if one.counted <= structure.most < one.counted + one.unknown),
        nobody.met + nobody.unknown,
    )


def of_counts(groups: Iterable[tuple[str | None, ItemCounts]]) -> dict[str | None, ItemCounts]:
    """Return how many cases each group has: those that count, and those that may."""
    found: dict[str | None, ItemCounts] = {}
    for value, counts in groups:
        if counts.met + counts.unknown:
            kept = ItemCounts(met=counts.met, unknown=counts.unknown)
            found[value] = found.get(value, ItemCounts()) + kept
    return found


def added(parts: Iterable[Populations]) -> Populations:
    """Return the populations of parts put together."""
    whole: dict[str, dict[str | None, ItemCounts]] = {}
    for part in parts:
        for name, groups in part.items():
            known = whole.setdefault(name, {})
            for value, counts in groups.items():
                known[value] = known.get(value, ItemCounts()) + counts
    return whole
