"""What the values of a query are: of a sort, a list, or a row of values by name.

Dialects that spell out the type of a list's elements work it out here. Knows no rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from rulelang.query.nodes import (
    Apply,
    Case,
    Column,
    Kept,
    Lambda,
    Literal,
    Member,
    Node,
    Sort,
    Struct,
    Variable,
)


@frozen
class Rows:
    """Values by name."""

    fields: tuple[tuple[str, Shape], ...]

    def of(self, name: str) -> Shape:
        return dict(self.fields)[name]


@frozen
class Listed:
    """A list; of what is None where nothing says so, as of an empty one."""

    of: Shape


Shape = Sort | Rows | Listed | None

_BY_SORT = {
    Sort.BOOLEAN: (
        "and or not is_null is_not_null is_true is_false same eq ne lt le gt ge in starts_with ends_with contains "
        "matches is_made_of is_digits list_has"
    ),
    Sort.WHOLE: (
        "length count count_if floor_divide days_between second_of_day micros_between year_of month_of day_of "
        "weekday_of length_of list_length as_number place_in remainder"
    ),
    Sort.WIDE: "wide sum list_sum sign",
    Sort.TEXT: "characters",
    Sort.DATE: "add_days add_months date_of first_day",
    Sort.MOMENT: "add_minutes add_seconds last_moment first_moment add_days_to_moment",
    Sort.TIME: "time_of",
}
SORTS = {name: sort for sort, names in _BY_SORT.items() for name in names.split()}
LIKE_THE_LIST = ("list_filter", "list_known", "list_distinct", "list_sort", "list_sort_down")
OF_ELEMENT = ("list_min", "list_max", "list_at")
DAYS = Rows((("f", Sort.DATE), ("l", Sort.DATE)))
FIXED: dict[str, Shape] = {
    "no_list": Listed(None),
    "no_numbers": Listed(Sort.WHOLE),
    "no_dates": Listed(Sort.DATE),
    "no_moments": Listed(Sort.MOMENT),
    "no_pauses": Listed(DAYS),
    "list_range": Listed(Sort.WHOLE),
}


@define
class Shapes:
    """The shapes of columns and of variables in sight, blocks of rows among these."""

    columns: dict[str, Shape] = field(factory=dict)
    variables: dict[str, Shape] = field(factory=dict)

    def of(self, node: Node) -> Shape:
        """Return what a node comes to."""
        match node:
            case Literal(value=value, sort=sort):
                return sort if value is not None else None
            case Column(name=name) | Kept(block=0, name=name):
                return self.columns[name]
            case Kept(block=block, name=name):
                return self.of(Member(Variable(f"__b{block}"), name))
            case Variable(name=name):
                return self.variables[name]
            case Member(of=of, name=name):
                row = self.of(of)
                assert isinstance(row, Rows), (of, row)
                return row.of(name)
            case Struct():
                return self.row(node)
            case Case(whens=whens, otherwise=otherwise):
                values = [value for _, value in whens] + ([otherwise] if otherwise is not None else [])
                return self.common(values)
            case Apply():
                return self._of_apply(node)
        raise TypeError(f"no shape: {node!r}")

    def sure(self, node: Node) -> Shape:
        """Return what a node comes to; NULL by its sort."""
        found = self.of(node)
        return found if found is not None else _sort_of_null(node)

    def row(self, node: Struct) -> Rows:
        """Return the shape of values by name."""
        return Rows(tuple((name, self.sure(value)) for name, value in node.fields))

    def element(self, node: Node) -> Shape:
        """Return what the elements of a list are."""
        found = self.of(node)
        assert isinstance(found, Listed), (node, found)
        return found.of

    def common(self, nodes: Iterable[Node]) -> Shape:
        """Return what one of several nodes comes to."""
        found = [one for one in map(self.of, nodes) if one is not None]
        return joined(found)

    def body(self, list_: Node, function: Node) -> Shape:
        """Return what a function makes of each element of a list."""
        assert isinstance(function, Lambda)
        with_ = dict(zip(function.parameters, (self.element(list_), Sort.WHOLE), strict=False))
        before = dict(self.variables)
        self.variables.update(with_)
        try:
            found = self.sure(function.body)
            # What is never there has the sort of a test, whatever it would be: a list of tests there is none.
            return Sort.WHOLE if found is Sort.BOOLEAN and self.of(function.body) is None else found
        finally:
            self.variables.clear()
            self.variables.update(before)

    def _of_apply(self, node: Apply) -> Shape:
        name, args = node.name, node.args
        if name in SORTS:
            return SORTS[name]
        if name in FIXED:
            return FIXED[name]
        if name in OF_ELEMENT:
            return self.element(args[0])
        if name in LIKE_THE_LIST:
            return self.of(args[0])
        match name:
            case "list_map":
                return Listed(self.body(args[0], args[1]))
            case "list_flatten":
                return self.element(args[0])
            case "list_of":
                return Listed(self.common(args))
            case "list_fold":
                return self.sure(args[1])
        return self.common(args)


def joined(found: Sequence[Shape]) -> Shape:
    """Return the shape that several have in common: the widest number, the list whose elements are known."""
    if not found:
        return None
    if Sort.WIDE in found:
        return Sort.WIDE
    if Sort.MOMENT in found:
        return Sort.MOMENT
    lists = [one.of for one in found if isinstance(one, Listed) and one.of is not None]
    if isinstance(found[0], Listed):
        return Listed(joined(lists))
    rows = [one for one in found if isinstance(one, Rows)]
    if rows:
        first = rows[0]
        return Rows(tuple((name, joined([one.of(name) for one in rows])) for name, _ in first.fields))
    return found[0]


def _sort_of_null(node: Node) -> Shape:
    match node:
        case Literal(sort=sort):
            return sort
        case Case(whens=((_, value), *_)):
            return _sort_of_null(value)
        case Apply(args=(first, *_)):
            return _sort_of_null(first)
        case _:
            return Sort.WHOLE
