"""Which column is which field: headings and names compared folded, and the headings that nearly fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from rulelang.diagnostics import did_you_mean

_OTHER = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return a heading or a name as it compares: lower case, every run of other characters one `_`."""
    return _OTHER.sub("_", text.lower()).strip("_")


@frozen
class Shape:
    """The headings of a table or of nested rows; `nested` holds the shape of those with nested rows."""

    headings: tuple[str, ...]
    nested: Mapping[str, Shape] = field(factory=dict)


class TwoColumns(Exception):
    """More than one heading fits a field; `args` are the headings."""


class Headings:
    """Finds columns by name."""

    def __init__(self, headings: Sequence[str]) -> None:
        self.headings = tuple(headings)
        self._places: dict[str, list[int]] = {}
        for place, heading in enumerate(self.headings):
            if fold(heading):
                self._places.setdefault(fold(heading), []).append(place)

    def place(self, wanted: str) -> int | None:
        """Return the place of the column, or None. Raises TwoColumns where two fit and neither exactly."""
        places = self._places.get(fold(wanted), [])
        if len(places) < 2:
            return places[0] if places else None
        exact = [place for place in places if self.headings[place].strip() == wanted]
        if len(exact) == 1:
            return exact[0]
        raise TwoColumns(*(self.headings[place] for place in places))

    def resembling(self, wanted: Iterable[str], taken: Iterable[str] = ()) -> str | None:
        """Return the heading most like one of the names, those taken left out; None if none is near."""
        used = set(taken)
        free = {one: self.headings[places[0]] for one, places in self._places.items()}
        free = {one: heading for one, heading in free.items() if heading not in used}
        for name in wanted:
            near = did_you_mean(fold(name), free, limit=1) or _containing(fold(name), free)
            if near:
                return free[near[0]]
        return None

    @property
    def offered(self) -> tuple[str, ...]:
        """The headings that name something."""
        return tuple(heading for heading in self.headings if fold(heading))


def _containing(name: str, free: Iterable[str]) -> tuple[str, ...]:
    """Return a heading that holds every word of the name, or whose every word the name holds."""
    words = set(name.split("_"))
    near = [one for one in free if words <= set(one.split("_")) or set(one.split("_")) <= words]
    return (min(near, key=len),) if near else ()
