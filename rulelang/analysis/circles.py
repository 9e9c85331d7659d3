"""Finding rules that depend on themselves: defines and timescales that ask about one another in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from rulelang.analysis.findings import Findings
from rulelang.source import Place

# The kind of a declaration, the record it is of, its name.
Owner = tuple[str, str, str]


@define
class Circles:
    """Remembers which declaration asks about which."""

    asks: dict[Owner, dict[Owner, None]] = field(factory=dict)
    places: dict[Owner, Place] = field(factory=dict)
    _inside: list[Owner] = field(factory=list)

    @contextmanager
    def within(self, owner: Owner, place: Place) -> Iterator[None]:
        """Say that what is asked for now is asked by this declaration."""
        self.places[owner] = place
        self._inside.append(owner)
        try:
            yield
        finally:
            self._inside.pop()

    def asked(self, owner: Owner) -> None:
        """Note that the declaration being checked needs another."""
        if self._inside:
            self.asks.setdefault(self._inside[-1], {})[owner] = None

    def report(self, findings: Findings) -> None:
        """Report each circle once, with the places of all that are in it."""
        done: set[Owner] = set()
        for owner in self.asks:
            circle = self._circle_from(owner, [], done)
            if circle:
                done.update(circle)
                self._report(circle, findings)

    def _circle_from(self, owner: Owner, trail: list[Owner], done: set[Owner]) -> list[Owner]:
        if owner in trail:
            return trail[trail.index(owner) :]
        if owner in done:
            return []
        for asked in self.asks.get(owner, ()):
            circle = self._circle_from(asked, [*trail, owner], done)
            if circle:
                return circle
        if not trail:
            done.add(owner)
        return []

    def _report(self, circle: list[Owner], findings: Findings) -> None:
        first, *rest = circle
        path = " needs ".join(f"`{name}`" for _, _, name in [*circle, first])
        message = f"these need one another in a circle: {path}" if rest else f"`{first[2]}` asks about itself"
        findings.error(
            "circle",
            message,
            self.places.get(first),
            "begins here" if rest else "",
            others=[(self.places.get(one), f"`{one[2]}`") for one in rest],
            hint="Every rule must come to an end: write one of them without the others."
            if rest
            else "Say what it is by way of fields and other names.",
        )
