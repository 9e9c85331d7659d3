"""Check characters: numbers that hold a character worked out from the others, so that a slip in copying shows."""

from __future__ import annotations

from attrs import field, frozen

from rulelang.operators.pictures import matches
from rulelang.source import Place

DIGITS = "0123456789"


@frozen
class CheckCharacters:
    """A text is as `picture` shows; the sum of some characters' values, each by its weight, leaves a remainder.

    A digit counts as itself, a letter as its place in `letters`, the first being 0. Places are counted from 0:
    `start` is that of the first character that is weighted. What is left, divided by `modulus`, is the value of the
    character at `place`, or `left` where there is none.
    """

    name: str
    picture: str
    weights: tuple[int, ...]
    start: int
    modulus: int
    left: int = 0
    place: int | None = None
    letters: str = ""
    title: str | None = None
    declared: Place | None = field(default=None, eq=False, repr=False)

    @property
    def counted(self) -> tuple[int, ...]:
        """The places of the characters whose value counts."""
        weighted = range(self.start, self.start + len(self.weights))
        return tuple(weighted) if self.place is None else (*weighted, self.place)

    def value_of(self, character: str) -> int | None:
        """Return what a character counts as; None of a letter that is not one of `letters`."""
        found = DIGITS.find(character)
        if found < 0:
            found = self.letters.find(character)
        return found if found >= 0 else None

    def passes(self, text: str) -> bool:
        """Say whether a text is as the picture shows, and its check character is the one worked out."""
        if not matches(text, self.picture):
            return False
        values = [self.value_of(text[place]) for place in self.counted]
        if None in values:
            return False
        known = [one for one in values if one is not None]
        total = sum(weight * value for weight, value in zip(self.weights, known, strict=False))
        return total % self.modulus == (self.left if self.place is None else known[-1])
