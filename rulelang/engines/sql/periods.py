"""Frequencies as nodes of a query: periods, phase by phase, and those that hold enough events (M6)."""

from __future__ import annotations

from itertools import accumulate

from attrs import frozen

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.deciding import Facts
from rulelang.engines.sql.repeating import DAYS_IN, FAR_ENOUGH, Repeating
from rulelang.engines.sql.spans import months_between
from rulelang.model.pack import FrequencyPhase, Timescale
from rulelang.planning.decisions import Slot
from rulelang.query.nodes import (
    TRUE,
    Lambda,
    Member,
    Node,
    Sort,
    Variable,
    all_of,
    any_of,
    call,
    case,
    date,
    negation,
    null,
    surely,
    there,
    whole,
)
from rulelang.types import DateTimeType, Duration, Unit

# So many bits hold a set of periods.
BITS = 62


@frozen
class Bits:
    """The days of events; as the bits of a number the periods that hold one; the first bit of each phase."""

    days: Node
    set: Node
    begins: tuple[int, ...]


class Periods(Repeating):
    """Makes periods."""

    def frequency(self, one: Timescale, facts: Facts) -> None:
        """Count the complete periods of a frequency and those kept, phase by phase."""
        start, start_type = facts.counting or facts.dates[Slot.START]
        first = self.keep(call("date_of", start) if isinstance(start_type, DateTimeType) else start, "first")
        end = self._end(facts)
        pauses, _odd = self.pauses(one)
        if pauses is not None:
            since = first if one.counted else self.keep(call("add_days", first, whole(1)), "since")
            pauses = self.keep(self._clipped(pauses, since), "clipped")
        bits = self._bits(one, first, end) if pauses is None and self._fit_bits(one) else None
        days = bits.days if bits is not None else self._days(one, first, end)
        complete: list[Node] = []
        kept: list[Node] = []
        going: Node = TRUE
        for place, phase in enumerate(one.phases):
            number, whole_periods = self._complete(phase, first, end, going)
            out = self._paused_periods(pauses, phase, first, number)
            if bits is not None:
                held = self._held_by_bits(phase, first, number, bits, bits.begins[place])
            else:
                held = self._held(phase, first, days, number, out)
            complete.append(number if out is None else call("subtract", number, call("list_length", out)))
            kept.append(held)
            if phase.periods is None:
                break
            going = self.keep_flag(all_of(going, surely(call("ge", whole_periods, whole(phase.periods)))))
            first = self.keep(self._period_start(phase.period, first, whole(phase.periods)), "phase")
        total, held_in_all = self.keep(_sum(complete), "complete"), self.keep(_sum(kept), "kept")
        facts.flags[Slot.ANY_PERIOD] = call("gt", total, whole(0))
        facts.flags[Slot.ALL_KEPT] = call("eq", total, held_in_all)
        if self.as_at >= FAR_ENOUGH:
            raise Unsupported("periods as at a date so far ahead")

    def _complete(self, phase: FrequencyPhase, first: Node, end: Node, going: Node) -> tuple[Node, Node]:
        """Return the complete periods of a phase, as many as it has, and as many as there would be."""
        if phase.period.unit in DAYS_IN:
            length = phase.period.amount * DAYS_IN[phase.period.unit]
            span = call("add", call("days_between", first, end), whole(1))
            periods = call("divide_whole" if self.packed else "floor_divide", span, whole(length))
        else:
            months = phase.period.amount * (12 if phase.period.unit is Unit.YEARS else 1)
            span = self.keep(
                months_between(first, self.keep(call("add_days", end, whole(1)), "after")), "months"
            )
            periods = call("floor_divide", span, whole(months))
        ends = self.keep(call("greatest", periods, whole(0)), "periods")
        number = ends if phase.periods is None else call("least", ends, whole(phase.periods))
        # Of a phase that has not begun there is none; without a start the lines before decide.
        return self.keep(case((all_of(going, there(first)), number), otherwise=whole(0)), "complete"), ends

    def _period_start(self, period: Duration, first: Node, number: Node) -> Node:
        """Return the first day of a period, never chained from month ends."""
        if period.unit in DAYS_IN:
            days = period.amount * DAYS_IN[period.unit]
            return call("add_days", first, call("multiply", number, whole(days)))
        months = period.amount * (12 if period.unit is Unit.YEARS else 1)
        return call("add_months", first, call("multiply", number, whole(months)))

    def _index(self, period: Duration, first: Node, day: Node, *, ahead: bool = False) -> Node:
        """Return the number of the period that holds a day, the first being 0; `ahead`: it is not before the first."""
        divide = "divide_whole" if ahead and self.packed else "floor_divide"
        if period.unit in DAYS_IN:
            length = whole(period.amount * DAYS_IN[period.unit])
            return call(divide, call("days_between", first, day), length)
        months = period.amount * (12 if period.unit is Unit.YEARS else 1)
        return call(divide, months_between(first, day), whole(months))

    def _paused_periods(
        self, pauses: Node | None, phase: FrequencyPhase, first: Node, number: Node
    ) -> Node | None:
        """Return the numbers of the complete periods that have a paused day."""
        if pauses is None:
            return None
        listed: Node = pauses

        def numbers(pause: Node) -> Node:
            begin = self.keep(call("greatest", Member(pause, "f"), first), "begin")
            last = self.keep(Member(pause, "l"), "last")
            low = self._index(phase.period, first, begin)
            capped = call("least", last, date(self.as_at))
            high = call(
                "least", self._index(phase.period, first, self.keep(capped, "capped")), _before(number)
            )
            low, high = self.keep(low, "low"), self.keep(high, "high")
            return case((call("le", low, high), call("list_range", low, high)), otherwise=call("no_numbers"))

        after = self.function("p", lambda pause: call("ge", Member(pause, "l"), first))
        spans = call("list_map", call("list_filter", listed, after), self.function("pause", numbers))
        return self.keep(call("list_distinct", call("list_flatten", spans)), "paused")

    def _fit_bits(self, one: Timescale) -> bool:
        """Whether the periods of a frequency are a bit each of one number, a phase without end by its first ones."""
        finite = sum(phase.periods or 0 for phase in one.phases)
        each = all(phase.events == 1 and phase.period.unit in DAYS_IN for phase in one.phases)
        return self.packed and each and finite < BITS

    def _bits(self, one: Timescale, first: Node, end: Node) -> Bits:
        """Return which periods hold an event, going through the events once.

        An event after the last day that counts is in no complete period: the days need not be sifted before.
        """
        plain = self._plain_days(one)
        days = plain if plain is not None else self._days(one, first, end)
        begins = (0, *accumulate(phase.periods or BITS for phase in one.phases))
        after, since = Variable("__k"), 0
        whens = [(call("lt", after, whole(0)), null(Sort.WHOLE))]
        for phase, begin in zip(one.phases, begins, strict=False):
            length = phase.period.amount * DAYS_IN[phase.period.unit]
            bit = call("divide_whole", _less(after, since), whole(length))
            since += length * (phase.periods or BITS - begin)
            whens.append(
                (call("lt", after, whole(since)), bit if not begin else call("add", bit, whole(begin)))
            )
        numbers = call("list_map", days, Lambda(("__d",), call("days_between", first, Variable("__d"))))
        bits = call("list_map", numbers, Lambda(("__k",), call("bit", case(*whens))))
        return Bits(days, self.keep(call("any_bits", bits), "bits"), begins)

    def _held_by_bits(self, phase: FrequencyPhase, first: Node, number: Node, bits: Bits, begin: int) -> Node:
        """Return how many of the complete periods of a phase hold an event."""
        few = call("count_bits", bits.set, whole(begin), number)
        if phase.periods is not None:
            return self.keep(few, "held")
        after = self.keep(self._period_start(phase.period, first, number), "after")
        day = Variable("__d")
        within = all_of(call("ge", day, first), call("lt", day, after))
        index = self._index(phase.period, first, day, ahead=True)
        places = call("list_map", bits.days, Lambda(("__d",), case((within, index))))
        plainly = call("list_length", call("list_distinct", call("list_known", places)))
        return self.keep(case((call("le", number, whole(BITS - begin)), few), otherwise=plainly), "held")

    def _held(self, phase: FrequencyPhase, first: Node, days: Node, number: Node, out: Node | None) -> Node:
        """Return how many of the complete periods that count hold enough events."""

        def index(day: Node) -> Node:
            return self._index(phase.period, first, day, ahead=True)

        after = self.function("d", lambda day: call("ge", day, first))
        places = call("list_map", call("list_filter", days, after), self.function("day", index))
        place = Variable("__p")
        counts = call("lt", place, number)
        if out is not None:
            counts = all_of(counts, negation(call("list_has", out, place)))
        places = call("list_filter", places, Lambda(("__p",), counts))
        if phase.events == 1:
            return self.keep(call("list_length", call("list_distinct", places)), "held")
        ordered = self.keep(call("list_sort", places), "places")
        # In order, a period has enough where the event so many places on is in it still; it counts at its first.
        at = Variable("__i")
        ahead = call("list_at", ordered, call("add", at, whole(phase.events - 1)))
        before = call("list_at", ordered, call("subtract", at, whole(1)))
        is_first = any_of(call("eq", at, whole(1)), call("ne", before, place))
        enough = all_of(call("is_true", call("eq", ahead, place)), is_first)
        return self.keep(
            call("list_length", call("list_filter", ordered, Lambda(("__p", "__i"), enough))), "held"
        )


def _sum(nodes: list[Node]) -> Node:
    total = nodes[0]
    for one in nodes[1:]:
        total = call("add", total, one)
    return total


def _before(number: Node) -> Node:
    return call("subtract", number, whole(1))


def _less(node: Node, number: int) -> Node:
    return call("subtract", node, whole(number)) if number else node
