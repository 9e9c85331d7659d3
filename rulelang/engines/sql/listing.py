"""Lists as nodes of a query: counts and other aggregates, positions, windows, quantifiers, shares (M1, M2)."""

from __future__ import annotations

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.conditions import ranked, unranked
from rulelang.engines.sql.gathering import NO_LIST, Gathering
from rulelang.engines.sql.literals import is_scaled, sort_of
from rulelang.engines.sql.values import Val
from rulelang.model.expressions import (
    Expression,
    FieldValue,
    Fold,
    Most,
    Pick,
    Quantify,
    Share,
)
from rulelang.planning.nature import is_truth
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Lambda,
    Literal,
    Member,
    Node,
    Sort,
    Struct,
    Variable,
    absent,
    all_of,
    any_of,
    call,
    case,
    negation,
    null,
    surely,
    surely_not,
    there,
    whole,
    wide,
)
from rulelang.syntax.ast import ListFunction, Quantifier
from rulelang.types import DATE, ChoiceType, DateTimeType, Duration, Type, Unit

# What a doubtful row adds to a sum whose lower half counts the rows that surely count.
DOUBTFUL = 1 << 32


class Listing(Gathering):
    """Makes lists."""

    # --- rows --------------------------------------------------------------------------------------------------

    # --- lists of values ---------------------------------------------------------------------------------------

    # --- forms -------------------------------------------------------------------------------------------------

    def over_rows(self, node: Fold | Pick | Most | Quantify | Share) -> Val:
        self.note_parents(node.rows)
        match node:
            case Fold():
                return self._fold(node)
            case Pick():
                return self._pick(node)
            case Most():
                return self._most(node)
            case Quantify():
                return self._quantify(node)
            case Share():
                return self._share(node)

    def _fold(self, node: Fold) -> Val:
        if node.function in (ListFunction.COUNT, ListFunction.COUNT_DIFFERENT):
            low, high = self.bounds(node)
            if low.sql == high.sql:
                return low
            return Val(case((call("eq", low.sql, high.sql), low.sql)), FALSE, low.bad)
        assert node.value is not None
        bad = self.unreadable_rows(node.rows, node.value)
        value, type_ = node.value, node.value.type
        if node.function is ListFunction.SUM:
            found = self.gather(node.rows, lambda: self._summand(value))
            top = self.either_way(found, _total)
            return Val(top, FALSE, bad, _den_of(type_, self._row_den(value)))
        ordered = isinstance(type_, ChoiceType)

        def make() -> Node | None:
            one = self.value_of(value)
            return ranked(one, type_) if isinstance(type_, ChoiceType) and one is not None else one

        if isinstance(type_, DateTimeType):
            self.moment(null(Sort.MOMENT))
        name = "list_max" if node.function in (ListFunction.LATEST, ListFunction.HIGHEST) else "list_min"
        gathered = self.gather(node.rows, make)
        if gathered.sure == NO_LIST:
            return Val(null(sort_of(type_)), FALSE, bad, self._row_den(value))
        best = self.either_way(gathered, lambda one: call(name, one))
        if ordered:
            assert isinstance(type_, ChoiceType)
            best = unranked(self.keep(best, "rank"), type_)
        return Val(best, FALSE, bad, self._row_den(value))

    def _summand(self, node: Expression) -> Node | None:
        """Return a value to add up, in a struct: one that is missing makes the sum missing."""
        value = self.val(node)
        if value.na != FALSE:
            raise Unsupported("a sum of what may be not applicable")
        return Struct((("n", value.sql),))

    def bounds(self, node: Fold) -> tuple[Val, Val]:
        """Return the least and the most that a count may be (M1)."""
        key = ("bounds", node, self.raw)
        home = self.home(node)
        if key not in home.known:
            with self.inside(home):
                home.known[key] = self._bounds(node)
        return home.known[key]  # type: ignore[no-any-return]

    def _bounds(self, node: Fold) -> tuple[Val, Val]:
        value = node.value
        bad = self.unreadable_rows(node.rows, *((value,) if value is not None else ()))
        if value is None and node.rows.where is not None and len(node.rows.steps) == 1:
            return self._bounds_of_plain(node, bad)
        found = self.gather(node.rows, lambda: whole(1) if value is None else self._counted_value(value))
        different = node.function is ListFunction.COUNT_DIFFERENT
        low = self._size(found.sure, different)
        high = low if found.all is None else self._size(found.all, different)
        return Val(low, FALSE, bad), Val(high, FALSE, bad)

    def _bounds_of_plain(self, node: Fold, bad: Node) -> tuple[Val, Val]:
        """Count the rows of one list that surely and that may count, without making anything of them."""
        self.note_parents(node.rows)
        if self.packed:

            def unit(yes: Node, may: Node) -> Node:
                return case((yes, whole(1)), (negation(may), whole(0)), otherwise=whole(DOUBTFUL))

            both = self.keep(call("sum_of_list", self.numbers(node.rows, unit)), "counts")
            low = self.keep(call("low_half", both), "count")
            return Val(low, FALSE, bad), Val(
                self.keep(call("add", low, call("high_half", both)), "count"), FALSE, bad
            )
        low, high = (
            self.keep(call("list_length", self.chosen(node.rows, sure=sure)), "count")
            for sure in (True, False)
        )
        return Val(low, FALSE, bad), Val(high, FALSE, bad)

    def _counted_value(self, node: Expression) -> Node:
        value = self.val(node)
        if is_truth(node) and value.na != FALSE:
            # N/A is known: it counts, and differs from yes and no.
            return case(
                (value.na, whole(2)), (surely(value.sql), whole(1)), (surely_not(value.sql), whole(0))
            )
        if value.den is not None:
            self._row_den(node)
        return value.sql

    def _size(self, node: Node, different: bool) -> Node:
        return self.keep(call("list_length", call("list_distinct", node) if different else node), "count")

    # --- quantifiers -------------------------------------------------------------------------------------------

    def _quantify(self, node: Quantify) -> Val:
        """Return `some`, `all` or `no`: one row may decide it, doubtful rows leave it missing, N/A rows are out."""
        deciding_is_no = node.quantifier is Quantifier.ALL
        decided = TRUE if node.quantifier is Quantifier.SOME else FALSE
        begin = FALSE if decided == TRUE else TRUE

        def code(yes: Node, _may: Node) -> Node:
            one = self.val(node.condition)
            sql = self.keep_large(one.sql, "has")
            deciding = surely_not(sql) if deciding_is_no else surely(sql)
            harmless = surely(sql) if deciding_is_no else surely_not(sql)
            return case((all_of(yes, deciding), whole(2)), (negation(any_of(harmless, one.na)), whole(1)))

        codes = self.keep(call("list_max", self.rows(node.rows, code)), "has")
        sql = case(
            (call("eq", codes, whole(2)), decided),
            (call("eq", codes, whole(1)), Literal(None, Sort.BOOLEAN)),
            otherwise=begin,
        )
        return Val(sql, FALSE, self.unreadable_rows(node.rows, node.condition))

    def _share(self, node: Share) -> Val:
        def code(yes: Node, _may: Node) -> Node:
            one = self.val(node.condition)
            sql = self.keep_large(one.sql, "has")
            c_yes, c_no = surely(sql), surely_not(sql)
            kinds = (
                (one.na, Literal(None, Sort.WHOLE)),
                (all_of(yes, c_yes), whole(1)),
                (all_of(yes, c_no), whole(2)),
                (yes, whole(3)),
                (c_yes, whole(4)),
                (c_no, whole(5)),
            )
            return case(*kinds, otherwise=whole(6))

        codes = self.keep(self.rows(node.rows, code), "has")

        def many(*kinds: int) -> Node:
            test = call("in", Variable("__k"), *map(whole, kinds))
            return self.keep(call("list_length", call("list_filter", codes, Lambda(("__k",), test))), "many")

        lowest = self._reaches(node, many(1), many(1, 2, 3, 5, 6))
        highest = self._reaches(node, many(1, 3, 4, 6), many(1, 2, 3, 4, 6))
        sure = call("gt", many(1, 2, 3), whole(0))
        yes, no = (lowest, highest) if node.at_least else (highest, lowest)
        sql = case((all_of(sure, yes), TRUE), (all_of(sure, negation(no)), FALSE))
        return Val(sql, FALSE, self.unreadable_rows(node.rows, node.condition))

    def _reaches(self, node: Share, part: Node, of: Node) -> Node:
        """Return the test that a share is at least (or at most) the one asked for."""
        left = call("multiply", part, whole(node.fraction.denominator))
        right = call("multiply", of, whole(node.fraction.numerator))
        return call("ge" if node.at_least else "le", left, right)

    # --- positions and windows ---------------------------------------------------------------------------------

    def _pick(self, node: Pick) -> Val:
        """Return the value at a position of rows put in order; ties go by the child's key (M1)."""
        order_type = node.order.type
        hold_na: list[bool] = []
        den = self._row_den(node.value)
        if is_scaled(order_type):
            self._row_den(node.order)
        key = self._key(node)

        def make() -> Node | None:
            value = self.val(node.value)
            na = value.na if is_truth(node.value) else FALSE
            order = self.val(node.order).sql
            if isinstance(order_type, ChoiceType):
                order = ranked(order, order_type)
            if isinstance(order_type, DateTimeType):
                order = self.moment(order)
            hold_na.append(na != FALSE)
            known = any_of(there(value.sql), na)
            fields: list[tuple[str, Node]] = [("o", order)]
            fields += [("k", self.val(key).sql)] if key is not None else []
            fields += [("v", value.sql)] + ([("na", na)] if na != FALSE else [])
            return case((all_of(known, there(order)), Struct(tuple(fields))))

        found = self.gather(node.rows, make)
        bad = self.unreadable_rows(node.rows, node.value, node.order)
        has_na = any(hold_na)
        if found.sure == NO_LIST:
            return Val(null(sort_of(node.type)), FALSE, bad, den)
        picked = self.either_way(
            found, lambda rows: self._picked(rows, node.position, key is not None, has_na)
        )
        picked = self.keep(picked, "picked")
        na = call("is_true", Member(picked, "na")) if has_na else FALSE
        return Val(Member(picked, "v"), na, bad, den)

    def _key(self, node: Pick) -> Expression | None:
        if node.key is None:
            return None
        one = self.plan.schema.by_name[node.rows.var.record].by_name[node.key]
        return FieldValue(node.rows.var, node.key, one.type, viewed=one.is_viewed)

    def _picked(self, rows: Node, position: int, keyed: bool, has_na: bool) -> Node:
        """Return the struct at a position; without keys a tie is settled only where the tied rows agree."""
        rows = self.keep(rows, "rows")
        place = whole(position if position > 0 else -position)
        ordered = call("list_sort", rows) if position > 0 else call("list_sort_down", rows)
        by_key = self.keep(call("list_at", ordered, place), "at")
        row = Variable("__t")
        tied = call("list_filter", rows, Lambda(("__t",), call("eq", Member(row, "o"), Member(by_key, "o"))))
        fields = ["v", "na"] if has_na else ["v"]
        values = Struct(tuple((name, Member(row, name)) for name in fields))
        apart = call("list_length", call("list_distinct", call("list_map", tied, Lambda(("__t",), values))))
        agreed = case((call("eq", apart, whole(1)), by_key))
        if keyed:
            unkeyed = call("list_filter", rows, Lambda(("__t",), absent(Member(row, "k"))))
            agreed = case((call("eq", call("list_length", unkeyed), whole(0)), by_key), otherwise=agreed)
        return agreed

    def _most(self, node: Most) -> Val:
        window = node.window
        type_ = node.value.type

        def make() -> Node | None:
            value = self.val(node.value).sql
            return call("date_of", value) if isinstance(type_, DateTimeType) else value

        found = self.gather(node.rows, make)
        bad = self.unreadable_rows(node.rows, node.value)
        if found.sure == NO_LIST:
            return Val(whole(0), FALSE, bad)

        def most(days: Node) -> Node:
            days = self.keep(days, "days")
            first, other = Variable("__d"), Variable("__e")
            end = self.last_day_beginning_with(first, DATE, window, "")
            within = all_of(call("ge", other, first), call("le", other, end))
            counts = call(
                "list_map", days,
                Lambda(("__d",), call("list_length", call("list_filter", days, Lambda(("__e",), within)))),
            )  # fmt: skip
            return call("coalesce", call("list_max", counts), whole(0))

        return Val(self.either_way(found, most), FALSE, bad)

    def last_day_beginning_with(self, start: Node, type_: Type, length: Duration, calendar: str) -> Node:
        """Return the last day of a fixed period that counts its first day (M3)."""
        day = call("date_of", start) if isinstance(type_, DateTimeType) else start
        return self.last_day(day, whole(length.amount), length.unit, calendar)

    def last_day(self, day: Node, amount: Node, unit: Unit, calendar: str) -> Node:
        """Return the last day of a period that counts its first day, of so many units."""
        match unit:
            case Unit.WORKING_DAYS:
                working = call("is_true", self.looked_up(calendar, "working", day))
                less = call("subtract", amount, call("as_number", working))
                return self.counted_working_days(calendar, day, less)
            case Unit.DAYS | Unit.WEEKS:
                days = call("multiply", amount, whole(7)) if unit is Unit.WEEKS else amount
                return call("add_days", day, call("subtract", days, whole(1)))
            case Unit.MONTHS | Unit.YEARS:
                months = call("multiply", amount, whole(12)) if unit is Unit.YEARS else amount
                end = call("add_months", day, months)
                same = call("eq", call("day_of", end), call("day_of", day))
                return case((same, call("add_days", end, whole(-1))), otherwise=end)
        raise Unsupported("hours or minutes that begin with a moment")

    # --- what cannot be read (M1) ------------------------------------------------------------------------------


def _total(rows: Node) -> Node:
    """Return the sum of a list of structs; NULL where one of them holds nothing, 0 of none."""
    if rows == NO_LIST:
        return wide(0)
    one = Member(Variable("__s"), "n")
    missing = call("list_filter", rows, Lambda(("__s",), absent(one)))
    total = call("list_sum", call("list_map", rows, Lambda(("__s",), one)))
    return case((call("eq", call("list_length", missing), whole(0)), call("coalesce", total, whole(0))))


def _den_of(type_: Type, den: Node | None) -> Node | None:
    return den if is_scaled(type_) else None
