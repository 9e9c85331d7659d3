"""Due dates that pauses and restarts move, as folds over lists in order (M4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import evolve, frozen

from rulelang.calendars.counting import NO_DUE_DATE_YET
from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.deciding import Deciding
from rulelang.engines.sql.gathering import NO_LIST
from rulelang.engines.sql.literals import sort_of
from rulelang.engines.sql.spans import end_type, usable
from rulelang.engines.sql.values import Length, Lengths
from rulelang.model.pack import DateSource, PauseSource, Timescale
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Lambda,
    Member,
    Node,
    Sort,
    Struct,
    Variable,
    absent,
    any_of,
    call,
    case,
    date,
    negation,
    null,
    there,
    whole,
)
from rulelang.types import DATE, DATETIME, DateTimeType, Type, Unit

OPEN_END = dt.date(9999, 12, 31)
# The rank of a due date that has not come about.
NEVER = -1


@frozen
class Counted:
    """How a limit is counted: from the day after its start, or beginning with it; by which calendar."""

    calendar: str
    beginning: bool


class Pausing(Deciding):
    """Makes due dates."""

    # --- without pauses ----------------------------------------------------------------------------------------

    def limit_due(self, start: Node, type_: Type, lengths: Lengths, how: Counted) -> Node:
        """Return the due date of a limit, NULL where there is none or the count leaves its calendar."""
        if not how.beginning:
            return self.later(start, type_, lengths, how.calendar)
        day = self.keep(call("date_of", start) if isinstance(type_, DateTimeType) else start, "day")
        moves = [(one.when, self._last_day(day, one, how)) for one in lengths.known]
        return self.keep(case(*moves), "later") if moves else null(Sort.DATE)

    def _last_day(self, day: Node, one: Length, how: Counted) -> Node:
        amount = whole(one.amount) if isinstance(one.amount, int) else one.amount
        if one.unit is Unit.WORKING_DAYS and isinstance(one.amount, int):
            return self._beginning_working(day, one.amount, how.calendar)
        if one.unit.counts_moments:
            return null(Sort.DATE)
        last = self.last_day(day, amount, one.unit, how.calendar)
        return last if one.unit is Unit.WORKING_DAYS else self.in_years(last)

    def _beginning_working(self, day: Node, amount: int, calendar: str) -> Node:
        """With working days the first one on or after the start is day 1."""
        working = self.looked_up(calendar, "working", day)
        return case(
            (working, self.due(calendar, day, amount - 1) if amount != 1 else day),
            (negation(working), self.due(calendar, day, amount)),
        )

    # --- pauses ------------------------------------------------------------------------------------------------

    def pauses(self, one: Timescale) -> tuple[Node | None, Node]:
        """Return the pauses that are there as a list of structs of days in order, and whether one is odd.

        `f` is the first day, `l` the last, far off where the pause is still open.
        """
        if not one.pauses:
            return None, FALSE
        parts = [part for source in one.pauses if (part := self._pause(source)) != NO_LIST]
        if not parts:
            return None, FALSE
        listed = self.keep(parts[0] if len(parts) == 1 else call("list_join", *parts), "paused")
        pause = Variable("__p")
        bad = call("lt", Member(pause, "l"), Member(pause, "f"))
        odd = call("gt", call("list_length", call("list_filter", listed, Lambda(("__p",), bad))), whole(0))
        good = call("list_filter", listed, Lambda(("__p",), negation(bad)))
        odd = self.keep_flag(call("is_true", odd))
        if self.block.of_case:
            self.noted.append(odd)
        return self.keep(call("list_sort", good), "pauses"), odd

    def _pause(self, source: PauseSource) -> Node:
        def make() -> Node:
            first = self.val(source.first).sql
            last = self.val(source.last).sql
            first = call("date_of", first) if isinstance(source.first.type, DateTimeType) else first
            last = call("date_of", last) if isinstance(source.last.type, DateTimeType) else last
            days = Struct((("f", first), ("l", call("coalesce", last, date(OPEN_END)))))
            return case((there(first), days))

        if source.rows is None:
            made = make()
            return self.keep(call("list_known", call("list_of", made)), "paused")
        return self.gather(source.rows, make).sure

    def paused_due(self, start: Node, type_: Type, lengths: Lengths, how: Counted, pauses: Node) -> Node:
        """Return the due date with the paused days left out, far off where a pause is open on it."""
        start = self.keep(start, "start")
        day = self.keep(call("date_of", start) if isinstance(type_, DateTimeType) else start, "day")
        first = day if how.beginning else self.keep(call("add_days", day, whole(1)), "first")
        clipped = self.keep(self._clipped(pauses, first), "clipped")
        moves = []
        mixed = end_type(lengths, type_) is DATETIME
        for one in usable(lengths, type_):
            if how.beginning and one.unit.counts_moments:
                # Hours have no first day to count: there is no due date.
                continue
            if one.unit is Unit.WORKING_DAYS:
                due = self._paused_working(day, one, how, clipped)
            else:
                alone = Lengths((evolve(one, when=TRUE),))
                due = self._paused_days(
                    self.limit_due(start, type_, alone, how), clipped, one.unit.counts_moments
                )
            if mixed and not one.unit.counts_moments:
                due = call("last_moment", due)
            moves.append((one.when, due))
        return self.keep(case(*moves), "paused_due") if moves else null(Sort.DATE)

    def _clipped(self, pauses: Node, first: Node) -> Node:
        """Return the pauses that are not over before a day, none of them beginning before it."""
        pause = Variable("__p")
        left = call("list_filter", pauses, Lambda(("__p",), call("ge", Member(pause, "l"), first)))
        begin = call("greatest", Member(pause, "f"), first)
        return call("list_map", left, Lambda(("__p",), Struct((("f", begin), ("l", Member(pause, "l"))))))

    def _paused_days(self, due: Node, pauses: Node, of_moments: bool) -> Node:
        """Move a due date on by the paused days up to it, again for the days so gained.

        The pauses come in order. `r` is the last day already passed over, so that what overlaps counts once.
        """
        far, end = (
            (call("first_moment", date(day)) if of_moments else date(day))
            for day in (NO_DUE_DATE_YET, OPEN_END)
        )
        add = "add_days_to_moment" if of_moments else "add_days"

        def step(state: Node, pause: Node) -> Node:
            now, reached = Member(state, "d"), Member(state, "r")
            first, last = self._of_pause(pause, reached)
            now_day = call("date_of", now) if of_moments else now
            untouched = any_of(call("gt", first, now_day), call("lt", last, first))
            held = call("add", call("days_between", first, last), whole(1))
            moved = case(
                (untouched, now),
                (call("ge", last, date(OPEN_END)), far),
                otherwise=call("least", call(add, now, held), end),
            )
            return Struct((("d", moved), ("r", case((untouched, reached), otherwise=last))))

        begin = Struct((("d", due), ("r", date(dt.date(1, 1, 1)))))
        ended = self.keep(call("list_fold", pauses, begin, self.function("moved pause", step)), "moved")
        return case((there(due), Member(ended, "d")))

    def _of_pause(self, pause: Node, reached: Node) -> tuple[Node, Node]:
        """Return the first day of a pause that was not passed over, and its last."""
        first = call("greatest", Member(pause, "f"), call("add_days", reached, whole(1)))
        return self.keep(first, "first"), Member(pause, "l")

    def _paused_working(self, day: Node, one: Length, how: Counted, pauses: Node) -> Node:
        """Count unpaused working days: each pause on or before the due date gives its working days back."""
        amount = whole(one.amount) if isinstance(one.amount, int) else one.amount
        calendar = how.calendar
        rank = self.keep(self.rank(calendar, day), "rank")
        before = day
        if how.beginning:
            before = self.keep(call("add_days", day, whole(-1)), "before")
            working = call("as_number", call("is_true", self.looked_up(calendar, "working", day)))
            rank = self.keep(call("subtract", rank, working), "rank")

        def step(state: Node, pause: Node) -> Node:
            at, reached = Member(state, "n"), Member(state, "r")
            first, last = self._of_pause(pause, reached)
            due = self.keep(self.nth_working_day(calendar, at), "due")
            untouched = self.keep(
                any_of(absent(due), call("gt", first, due), call("lt", last, first)), "untouched"
            )
            before_it = self.keep(call("add_days", first, whole(-1)), "before")
            used = call("subtract", self.rank(calendar, last), self.rank(calendar, before_it))
            moved = case(
                (untouched, at),
                (call("ge", last, date(OPEN_END)), whole(NEVER)),
                otherwise=call("add", at, used),
            )
            return Struct((("n", moved), ("r", case((untouched, reached), otherwise=last))))

        begin = Struct((("n", call("add", rank, amount)), ("r", date(dt.date(1, 1, 1)))))
        ended = self.keep(call("list_fold", pauses, begin, self.function("counted pause", step)), "counted")
        last = Member(ended, "n")
        return case(
            (call("eq", amount, whole(0)), case((there(rank), before))),
            (call("eq", last, whole(NEVER)), date(NO_DUE_DATE_YET)),
            otherwise=self.nth_working_day(calendar, last),
        )

    # --- restarts ----------------------------------------------------------------------------------------------

    def restarted(
        self,
        one: Timescale,
        start: tuple[Node, Type],
        event: tuple[Node, Type],
        due: tuple[Callable[[Node, Node], Node], Type],
        pauses: Node,
    ) -> Node:
        """Return the start that counts, after restarts in order.

        A restart counts only on or before the running due date, with the pauses begun by then, and before the
        event. `due` makes the due date of a start with some pauses.
        """
        moments = [isinstance(source.value.type, DateTimeType) for source in one.restarts]
        by_moment = isinstance(start[1], DateTimeType)
        if len({*moments, by_moment}) > 1 and isinstance(due[1], DateTimeType):
            raise Unsupported("restarts by dates beside a limit in hours or minutes")
        dates = [self._restarts_of(source) for source in one.restarts if self.dates_of(source) != NO_LIST]
        if not dates:
            return start[0]
        listed = self.keep(dates[0] if len(dates) == 1 else call("list_join", *dates), "restarts")
        listed = self.keep(call("list_sort", listed), "restarts")

        def step(running: Node, one_again: Node) -> Node:
            again, is_day = Member(one_again, "t"), Member(one_again, "d")
            day = self.keep(call("date_of", again), "day")
            since = call("date_of", running) if by_moment else running
            came = self.in_order("le", event[0], event[1], day, DATE)
            if isinstance(event[1], DateTimeType):
                exact = self.in_order("le", event[0], event[1], again, DATETIME)
                came = case((is_day, came), otherwise=exact)
            begun = self.function("p", lambda pause: call("le", Member(pause, "f"), day))
            until = self.keep(due[0](running, call("list_filter", pauses, begun)), "until")
            in_time = self.in_order("le", day, DATE, until, due[1])
            if isinstance(due[1], DateTimeType):
                in_time = self.in_order("le", again, DATETIME, until, due[1])
            out = any_of(call("lt", day, since), call("is_true", came))
            return case(
                (out, running), (call("is_true", in_time), again if by_moment else day), otherwise=running
            )

        return self.keep(
            call("list_fold", listed, start[0], self.function("running again", step)), "restarted"
        )

    def _restarts_of(self, source: DateSource) -> Node:
        """Return restarts as structs that sort: the time, of a date its first moment, and whether it is a date."""
        is_day = not isinstance(source.value.type, DateTimeType)

        def as_struct(one: Node) -> Node:
            time = call("first_moment", one) if is_day else one
            return Struct((("t", time), ("d", TRUE if is_day else FALSE)))

        return call("list_map", self.dates_of(source), self.function("r", as_struct))

    def first_of(self, source: DateSource) -> Node:
        """Return the earliest of some dates or moments."""
        listed = self.dates_of(source)
        if listed == NO_LIST:
            return null(sort_of(source.value.type))
        if not isinstance(source.value.type, DateTimeType) or not self.plan.schema.reading.time_zone:
            return self.keep(call("list_min", listed), "first")
        pairs = self.function("t", lambda one: Struct((("m", self.moment(one)), ("t", one))))
        first = self.keep(call("list_min", call("list_map", listed, pairs)), "first")
        return Member(first, "t")

    def dates_of(self, source: DateSource) -> Node:
        """Return the dates of a list, or the one of the case, as a list; what is missing is left out."""
        if source.rows is None:
            return self.keep(call("list_known", call("list_of", self.val(source.value).sql)), "dates")
        return self.gather(source.rows, lambda: self.val(source.value).sql).sure
