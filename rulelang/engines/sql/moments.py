"""Time as nodes of a query: moments in a zone, dates so long after others, working days (M2, M3)."""

from __future__ import annotations

import datetime as dt

from rulelang.engines.sql.building import list_name
from rulelang.engines.sql.conditions import Conditions
from rulelang.engines.sql.spans import end_type, times_whole, usable
from rulelang.engines.sql.values import Length, Lengths
from rulelang.engines.sql.zones import FIRST, LAST, LOCAL, UNIVERSAL
from rulelang.query.nodes import (
    Column,
    Literal,
    Node,
    Sort,
    all_of,
    call,
    case,
    date,
    moment,
    null,
    there,
    whole,
)
from rulelang.types import (
    DATETIME,
    DateTimeType,
    Type,
    Unit,
)


class Moments(Conditions):
    """Makes dates and moments."""

    def moment(self, node: Node) -> Node:
        """Return a local time as a moment: in universal time where the pack names a zone.

        Of a time that occurs twice it is the first; of one that does not exist, the next that does.
        """
        zone = self.plan.schema.reading.time_zone
        if not zone or (isinstance(node, Literal) and node.value is None):
            return node
        key = ("moment", node)
        known = self.block.known
        if key not in known:
            known[key] = self.keep(self._universal(zone, node), "moment")
        return known[key]  # type: ignore[no-any-return]

    def _universal(self, zone: str, node: Node) -> Node:
        node = self.keep(node, "local")
        offset, at, by = (self._zone_value(zone, column, node) for column in LOCAL)
        second = self.keep(call("second_of_day", node), "second")
        # Where the clock goes forward, times that it leaves out come to the moment at which it does.
        skipped = call("least", call("subtract", second, at), by)
        ahead = case((all_of(call("gt", by, whole(0)), call("gt", second, at)), skipped))
        back = case((all_of(call("lt", by, whole(0)), call("ge", second, at)), by))
        changed = call("coalesce", ahead, back, whole(0))
        return call("add_seconds", node, call("negate", call("add", offset, changed)))

    def local(self, node: Node) -> Node:
        """Return a moment as local time."""
        zone = self.plan.schema.reading.time_zone
        if not zone:
            return node
        node = self.keep(node, "moment")
        offset, at, by = (self._zone_value(zone, column, node) for column in UNIVERSAL)
        passed = call("ge", call("second_of_day", node), at)
        changed = case((all_of(call("ne", by, whole(0)), passed), by), otherwise=whole(0))
        return self.keep(call("add_seconds", node, call("add", offset, changed)), "local")

    def _zone_value(self, zone: str, column: str, node: Node) -> Node:
        """Return what the table of a zone says of the day of a time; far off, what it says of its ends."""
        self.lists[zone, column] = None
        day = call("greatest", call("days_between", date(FIRST), call("date_of", node)), whole(0))
        place = call("add", call("least", day, whole((LAST - FIRST).days)), whole(1))
        return self.keep(call("list_at", Column(list_name(zone, column)), place), column)

    def reached(self, value: Node, type_: Type) -> Node:
        """Return the test that a date or moment does not lie after the as-at date (M2)."""
        if isinstance(type_, DateTimeType):
            return call("le", self.moment(value), self.as_at_node(type_))
        return call("le", value, date(self.as_at))

    def as_at_node(self, type_: Type) -> Node:
        return moment(self.as_at_moment) if isinstance(type_, DateTimeType) else date(self.as_at)

    def later(
        self,
        start: Node,
        type_: Type,
        lengths: Lengths,
        calendar: str | None,
        sign: int = 1,
        up_to: bool = True,
    ) -> Node:
        """Return a date or moment so long after another, NULL where the count leaves its calendar or the years.

        Where it may be either, a date is its last moment (`up_to`) or its first, which compares as the date does.
        """
        start = self.keep(start, "start")
        mixed = end_type(lengths, type_) is DATETIME
        moves = []
        for one in usable(lengths, type_):
            moved = self._one_later(start, type_, one, calendar, sign)
            if mixed and not one.unit.counts_moments:
                moved = call("last_moment" if up_to else "first_moment", moved)
            moves.append((one.when, moved))
        return self.keep(case(*moves), "later") if moves else null(Sort.DATE)

    def _one_later(self, start: Node, type_: Type, length: Length, calendar: str | None, sign: int) -> Node:
        day = self.keep(call("date_of", start), "day") if isinstance(type_, DateTimeType) else start
        amount = length.amount
        fixed_amount = sign * amount if isinstance(amount, int) else None
        signed = self._signed(amount, sign)
        match length.unit:
            case Unit.DAYS | Unit.WEEKS:
                days = times_whole(signed, 7 if length.unit is Unit.WEEKS else 1)
                return self.in_years(call("add_days", day, days))
            case Unit.WORKING_DAYS:
                if fixed_amount is not None:
                    return self.due(calendar or "", day, fixed_amount)
                return self.counted_working_days(calendar or "", day, signed)
            case Unit.MONTHS | Unit.YEARS:
                months = times_whole(signed, 12 if length.unit is Unit.YEARS else 1)
                return self.in_years(call("add_months", day, months))
            case _:
                minutes = times_whole(signed, 60 if length.unit is Unit.HOURS else 1)
                moved = self.keep(call("add_minutes", self.moment(start), minutes), "moved")
                return self.in_years(self.local(moved), moment_of=True)

    def _signed(self, amount: Node | int, sign: int) -> Node:
        if isinstance(amount, int):
            return whole(sign * amount)
        return amount if sign == 1 else call("negate", amount)

    def in_years(self, node: Node, *, moment_of: bool = False) -> Node:
        """Return a date where it lies within the years 1 to 9999, else NULL."""
        node = self.keep(node, "later")
        first, last = dt.date(1, 1, 1), dt.date(9999, 12, 31)
        if moment_of:
            ends = (
                moment(dt.datetime.combine(first, dt.time.min)),
                moment(dt.datetime.combine(last, dt.time.max)),
            )
        else:
            ends = (date(first), date(last))
        return case((all_of(call("ge", node, ends[0]), call("le", node, ends[1])), node))

    def counted_working_days(self, calendar: str, day: Node, amount: Node) -> Node:
        """Return the day a number of working days after a day that is known only case by case."""
        day, amount = self.keep(day, "day"), self.keep(amount, "amount")
        rank = self.keep(self.rank(calendar, day), "rank")
        working = self.looked_up(calendar, "working", day)
        ahead = call("add", rank, amount)
        back = call("add", ahead, case((call("is_true", working), whole(0)), otherwise=whole(1)))
        at = case((call("gt", amount, whole(0)), ahead), (call("lt", amount, whole(0)), back))
        return case(
            (call("eq", amount, whole(0)), case((there(rank), day))),
            otherwise=self.nth_working_day(calendar, at),
        )

    def rank(self, calendar: str | None, day: Node) -> Node:
        """Return how many working days of a calendar there are up to a day, it included; NULL beyond."""
        return self.looked_up(calendar or "", "rank", day)
