"""What two rows of one parent clash over, as a condition on both, and the way back from it to what they hold.

The condition is the meaning. An engine may decide it for all rows of a parent at once, by sorting what they hold.
"""

from __future__ import annotations

from attrs import frozen

from rulelang.model.expressions import Call, Expression, Quantify
from rulelang.source import Place
from rulelang.types import YES_NO


@frozen
class Clash:
    """What is compared of a row and of each other: one value that may not be the same, or a start and an end.

    Times clash where each starts on or before the end of the other. A missing end is still open.
    """

    own: tuple[Expression, ...]
    other: tuple[Expression, ...]

    @property
    def of_times(self) -> bool:
        """Say whether times are compared, not values."""
        return len(self.own) == 2

    @property
    def recorded(self) -> Call:
        """That the row holds what is compared: never no."""
        return _reaches(self.own[0], self.own[0]) if self.of_times else _same(self.own[0], self.own[0])

    def condition(self, place: Place | None = None) -> Call:
        """Return that the two clash. What the other does not record is no clash."""
        known = Call("is_known", (self.other[0],), YES_NO)
        if self.of_times:
            (start, end), (first, last) = self.own, self.other
            parts: tuple[Expression, ...] = (known, _until(last, start), _until(end, first))
        else:
            parts = (known, _same(self.other[0], self.own[0]))
        return Call("and", (self.recorded, *parts), YES_NO, place=place)


def clash_of(node: Quantify) -> Clash | None:
    """Return what `no other row clashes` compares; None of any other condition on rows."""
    if not node.clash or node.rows.where is not None or node.rows.but is None:
        return None
    match node.condition:
        case Call(op="and", args=(Call(args=(own, _)), Call(op="is_known", args=(other,)), Call(op="is"))):
            found = Clash((own,), (other,))
        case Call(
            op="and",
            args=(
                Call(args=(start, _)),
                Call(op="is_known", args=(first,)),
                Call(op="or", args=(Call(args=(last,)), _)),
                Call(op="or", args=(Call(args=(end,)), _)),
            ),
        ):
            found = Clash((start, end), (first, last))
        case _:
            return None
    # A condition that was rewritten on its way, such as one on partial dates, is decided row by row.
    return found if found.condition() == node.condition else None


def _until(end: Expression, day: Expression) -> Expression:
    """Return that what has this end lasts until a day."""
    return Call("or", (Call("is_missing", (end,), YES_NO), _reaches(end, day)), YES_NO)


def _reaches(end: Expression, day: Expression) -> Call:
    return Call("on_or_after", (end, day), YES_NO)


def _same(one: Expression, other: Expression) -> Call:
    return Call("is", (one, other), YES_NO)
