"""Rows of lists as nodes of a query: those that are there, those that count, what is gathered of them (M1, M2)."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.expressions import Expressions
from rulelang.engines.sql.layout import PLACE, SCALE
from rulelang.engines.sql.literals import is_scaled
from rulelang.model.expressions import (
    CASE_DEPTH,
    Call,
    Expression,
    FieldValue,
    Quantify,
    Rows,
    Step,
    Var,
)
from rulelang.query.nodes import (
    FALSE,
    TRUE,
    Case,
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
from rulelang.syntax.ast import Quantifier
from rulelang.types import YES_NO

# Makes what a list holds of each of its rows, NULL where the row is left out. The tests say whether a row that is
# there surely counts, and whether it may; neither is ever NULL.
OfRow = Callable[[Node, Node], Node]


@frozen
class Gathered:
    """Two lists of values: of the rows that count, and of those and the doubtful ones together (or None)."""

    sure: Node
    all: Node | None

    @property
    def doubtful(self) -> bool:
        return self.all is not None


NO_LIST = call("no_list")


def _never(made: list[Node]) -> bool:
    """Say whether nothing was made of any row."""
    return not made or (isinstance(made[0], Literal) and made[0].value is None)


def _or_null(node: Node | None) -> Node:
    return node if node is not None else null(Sort.WHOLE)


class Gathering(Expressions):
    """Makes lists of what rows hold."""

    def rows(self, rows: Rows, of_row: OfRow) -> Node:
        """Return a list of what is made of each row that is there (M2), leaving out what is NULL."""
        return self._steps(rows, list(rows.steps), of_row)

    def numbers(self, rows: Rows, of_row: OfRow) -> Node:
        """Return a list of a number for each row of a single list, 0 for those that are not there."""
        step, source = self._single(rows)
        if source is None:
            return NO_LIST
        block = self.open_block((step.var,))
        missing = negation(self._there(step))
        number = of_row(*self._counting(rows))
        if isinstance(number, Case):
            number = case((missing, whole(0)), *number.whens, otherwise=number.otherwise)
        else:
            number = case((missing, whole(0)), otherwise=number)
        return call("list_map", source, Lambda((self._name(step.var),), self.closed(block, number)))

    def _steps(self, rows: Rows, steps: list[Step], of_row: OfRow) -> Node:
        step, *others = steps
        layout = self.layout_of(step.parent).lists.get(step.list)
        if layout is None:
            return NO_LIST
        self.layouts[step.var] = layout
        source = self.column(step.parent, step.list)
        block = self.open_block((step.var,))
        there_yet = self._there(step)
        if others:
            inner = self._steps(rows, others, of_row)
            if inner == NO_LIST:
                self.blocks.pop()
                return NO_LIST
            body = case((there_yet, inner), otherwise=NO_LIST) if there_yet != TRUE else inner
            made = self.closed(block, body)
            return call("list_flatten", call("list_map", source, Lambda((self._name(step.var),), made)))
        yes, may = self._counting(rows)
        body = of_row(yes, may)
        chosen = case((all_of(there_yet, may), body))
        if isinstance(chosen, Literal) and chosen.value is None:
            # Nothing of any row: a list of nothing has no type that more could be asked of.
            self.blocks.pop()
            return NO_LIST
        made = self.closed(block, chosen)
        return call("list_known", call("list_map", source, Lambda((self._name(step.var),), made)))

    def chosen(self, rows: Rows, *, sure: bool) -> Node:
        """Return the rows of one list that surely count, or those that may."""
        step, source = self._single(rows)
        if source is None:
            return NO_LIST
        block = self.open_block((step.var,))
        there_yet = self._there(step)
        yes, may = self._counting(rows)
        test = self.closed(block, all_of(there_yet, yes if sure else may))
        return call("list_filter", source, Lambda((self._name(step.var),), test))

    def _single(self, rows: Rows) -> tuple[Step, Node | None]:
        """Return the only step of rows, and their list; None where there is no such list."""
        (step,) = rows.steps
        layout = self.layout_of(step.parent).lists.get(step.list)
        if layout is None:
            return step, None
        self.layouts[step.var] = layout
        return step, self.column(step.parent, step.list)

    def _name(self, var: Var) -> str:
        row = self.row(var)
        assert isinstance(row, Variable)
        return row.name

    def _there(self, step: Step) -> Node:
        """Return the test that a row is there on the as-at date."""
        if step.dated is None or self.raw:
            return TRUE
        one = self.plan.schema.by_name[step.var.record].by_name[step.dated]
        with self.unviewed():
            value = self.val(FieldValue(step.var, step.dated, one.type, viewed=False)).sql
        # Of a row that is there, the date is the same in both views.
        viewed = FieldValue(step.var, step.dated, one.type, viewed=True)
        self.block.known[viewed, False, None] = self.val(
            FieldValue(step.var, step.dated, one.type, viewed=False)
        )
        if isinstance(value, Literal):
            return TRUE
        return negation(call("is_true", negation(self.reached(value, one.type))))

    def _counting(self, rows: Rows) -> tuple[Node, Node]:
        """Return the tests, never NULL, that a row surely counts and that it may."""
        other = TRUE if rows.but is None else negation(self._same_row(rows, rows.but))
        if rows.where is None:
            return other, other
        where = self.val(rows.where)
        sql = self.keep_large(where.sql, "where")
        yes, may = surely(sql), negation(any_of(surely_not(sql), where.na))
        return all_of(other, yes), all_of(other, may)

    def _same_row(self, rows: Rows, other: Var) -> Node:
        """Return the test that the row of a list is the row `other`: the same place in every list on the way."""
        parents = {step.var: step.parent for step in rows.steps} | self.parents
        self.placed = True
        tests = []
        one: Var | None = rows.var
        two: Var | None = other
        while one is not None and two is not None and CASE_DEPTH not in (one.depth, two.depth):
            if one != two:
                tests.append(call("eq", self.column(one, PLACE), self.column(two, PLACE)))
            one, two = parents.get(one), parents.get(two)
        return surely(all_of(*tests)) if len(tests) != 1 else call("is_true", tests[0])

    def note_parents(self, rows: Rows) -> None:
        """Remember whose row each row of a list is."""
        self.parents.update({step.var: step.parent for step in rows.steps})

    def gather(self, rows: Rows, make: Callable[[], Node | None]) -> Gathered:
        """Return the values that `make` gives of each row, NULL left out."""
        self.note_parents(rows)
        made: list[Node] = []

        def value_of_row() -> Node:
            made.append(_or_null(make()))
            return made[-1]

        if rows.where is None:
            listed = self.rows(rows, lambda _yes, _may: value_of_row())
            nothing = _never(made) or listed == NO_LIST
            return Gathered(NO_LIST if nothing else self.keep(listed, "listed"), None)

        possible: list[Node] = []

        def both(yes: Node, may: Node) -> Node:
            possible.append(may)
            value = value_of_row()
            return case((there(value), Struct((("sure", yes), ("value", value)))))

        listed = self.rows(rows, both)
        # Of a condition that is never yes there are no rows; a list of nothing at all would have no type.
        if _never(made) or listed == NO_LIST or all(one == FALSE for one in possible):
            return Gathered(NO_LIST, None)
        pairs = self.keep(listed, "listed")
        sure = call("list_filter", pairs, Lambda(("__p",), Member(Variable("__p"), "sure")))
        value = Lambda(("__p",), Member(Variable("__p"), "value"))
        return Gathered(
            self.keep(call("list_map", sure, value), "sure"), self.keep(call("list_map", pairs, value), "all")
        )

    def either_way(self, found: Gathered, of: Callable[[Node], Node]) -> Node:
        """Return what a list comes to where doubtful rows make no difference, else NULL (M1)."""
        without = of(found.sure)
        if found.all is None:
            return without
        without = self.keep(without, "without")
        return case((call("same", without, of(found.all)), without))

    def value_of(self, node: Expression) -> Node | None:
        """Return a value of a row as it goes into a list: a choice by its rank where it has to sort."""
        value = self.val(node)
        if value.den is not None and not isinstance(value.den, Literal):
            raise Unsupported("a quotient of each row of a list")
        return value.sql

    def _row_den(self, node: Expression) -> Node | None:
        """Return the lower part of the numbers of a list: the same in all rows."""
        if not is_scaled(node.type):
            return None
        if isinstance(node, FieldValue):
            return wide(SCALE)
        raise Unsupported("a number worked out of each row of a list")

    def unreadable_rows(self, rows: Rows | None, *values: Expression, listed: bool = False) -> Node:
        """Return the test that a cell read in a list could not be read: of rows that are there and may count.

        With `listed` the condition of a row itself is held against it only where it is left missing.
        """
        if rows is None:
            return any_of(*(self.bad(node) for node in values))
        self.note_parents(rows)
        home = self.home(Quantify(Quantifier.SOME, rows, Call("and", values, YES_NO)))
        key = ("unreadable", rows, values, listed, self.raw)
        if key not in home.known:
            with self.inside(home):
                home.known[key] = self._search(rows, values, listed)
        return home.known[key]  # type: ignore[no-any-return]

    def _search(self, rows: Rows, values: tuple[Expression, ...], listed: bool) -> Node:
        found: list[Node] = []

        def flag(_yes: Node, _may: Node) -> Node:
            test = any_of(*(self.bad(node) for node in values))
            if rows.where is not None:
                where = self.val(rows.where)
                doubt = where.bad
                if listed and doubt != FALSE:
                    doubt = all_of(doubt, absent(where.sql), negation(where.na))
                # Of a row that is out, only its condition was read.
                test = any_of(all_of(test, negation(surely_not(where.sql))), doubt)
            found.append(test)
            return case((test, whole(1)))

        plain = Rows(rows.steps, None, rows.but)
        listed_flags = self.rows(plain, flag)
        if not found or found[0] == FALSE:
            return FALSE
        length = self.keep(call("list_length", listed_flags), "flags")
        return call("is_true", call("gt", length, whole(0)))
