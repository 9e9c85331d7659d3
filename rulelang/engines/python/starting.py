"""Time limits that run from the same start: whether there is one, and whether it lies ahead, is asked once for all."""

from __future__ import annotations

from functools import partial

from rulelang.engines.python.clocks import Clocks
from rulelang.engines.python.deciding import Facts, Tested
from rulelang.engines.python.emitting import INDENT
from rulelang.model.expressions import Const, Expression, FieldValue
from rulelang.model.pack import Timescale, TimescaleKind
from rulelang.planning.decisions import Ahead, Known, Line, Slot
from rulelang.planning.plan import TimescalePlan

# Names and lines of the items that follow from a timescale alone.
Following = tuple[tuple[str, tuple[Line, ...]], ...]
OF_THE_START = (Ahead(Slot.START), Known(Slot.START, absent=True))


class Starting(Clocks):
    """Writes timescales that share a start."""

    def together(self, plans: list[tuple[TimescalePlan, Following]]) -> None:
        """Write plain time limits from one start (see `plain_start`): the tests of the start once, then each."""
        parts: list[tuple[TimescalePlan, Following, Facts, list[Tested]]] = []
        for plan, following in plans:
            facts = self._facts(plan.timescale)
            parts.append((plan, following, facts, self.may_hold(plan.lines, facts)))
        word = "if"
        heads = [tested for tested in parts[0][3] if tested[2].test in OF_THE_START]
        for test, number, line in heads:
            lines = [text for part in parts for text in self._branch_of(part, number, line)]
            self.written(f"{word} {test}:", lines, "")
            word = "elif"
        self.add("else:")
        for part in parts:
            rest = part[3][len(heads) :]
            self.chain(rest, part[2], partial(self._branch_of, part), INDENT)

    def _branch_of(
        self, part: tuple[TimescalePlan, Following, Facts, list[Tested]], number: int, line: Line
    ) -> list[str]:
        plan, following, _, _ = part
        return self.branch(number, line, f"o_{plan.timescale.name}", None, None, following)


def plain_start(one: Timescale) -> Expression | None:
    """Return the start of a time limit of which nothing else need be known: one fixed limit, no other clause."""
    others = (one.applies, one.until, one.clock_for, one.target)
    plain = (
        one.kind is TimescaleKind.SINGLE
        and one.is_plain
        and all(other is None for other in others)
        and not one.pauses
        and not one.restarts
        and len(one.limits) == 1
        and one.limits[0].condition is None
        and isinstance(one.limits[0].length, Const)
        and isinstance(one.start, FieldValue)
    )
    return one.start if plain else None
