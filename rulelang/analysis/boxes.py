"""Exact reasoning about the rows of a decision table: what none covers, what two cover, what is never reached.

A row covers a box: of each column some of its classes, numbered from 0, of which every value lies in one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Box = tuple[frozenset[int], ...]


def uncovered(whole: Box, rows: Sequence[Box]) -> Iterator[Box]:
    """Yield boxes, none of which overlap, that hold all of `whole` that no row covers.

    The first is found without the others, which may be very many: who asks for no more than one waits for one.
    """
    waiting = [(whole, rows)]
    while waiting:
        box, near = waiting.pop()
        near = [row for row in near if meeting(box, row) is not None]
        if not near:
            yield box
            continue
        # The row that leaves the fewest pieces: none, where one covers all.
        row = min(near, key=lambda row: _pieces(box, row))
        waiting.extend((piece, near) for piece in reversed([*_without(box, row)]))


def _pieces(box: Box, row: Box) -> int:
    """Return how many pieces of a box are left outside a row."""
    return sum(not have <= taken for have, taken in zip(box, row, strict=True))


def meeting(one: Box, other: Box) -> Box | None:
    """Return what two boxes have in common, or None."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def _without(box: Box, row: Box) -> Iterator[Box]:
    """Yield the parts of a box outside a row: for each column what is outside there and inside in those before."""
    inside: list[frozenset[int]] = []
    for at, (have, taken) in enumerate(zip(box, row, strict=True)):
        outside = have - taken
        if outside:
            yield (*inside, outside, *box[at + 1 :])
        inside.append(have & taken)


def first_of(box: Box) -> tuple[int, ...]:
    """Return one point of a box: the first class of each column."""
    return tuple(min(classes) for classes in box)
