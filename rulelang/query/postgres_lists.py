"""PostgreSQL's functions of lists, each a subquery over the elements: what `list_filter`, `list_sort`… come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rulelang.query.nodes import ATOMS, Apply, Case, Lambda, Literal, Member, Node, Sort, Struct
from rulelang.query.shapes import Listed, Rows, Shape
from rulelang.query.writing import NotWritten

if TYPE_CHECKING:
    from rulelang.query.postgres import PostgresWriter

ListForm = Callable[["PostgresWriter", tuple[Node, ...]], str]
BYTEWISE = ' COLLATE "C"'
ACROSS = "CROSS JOIN LATERAL "


def _not_null(writer: PostgresWriter) -> str:
    return f"NOT ({writer.whole('x')} IS NULL)"


def _function(node: Node) -> Lambda:
    assert isinstance(node, Lambda)
    return node


def _array(writer: PostgresWriter, text: str) -> str:
    return writer.bracketed(text, "ARRAY")


def _map(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    function = _function(args[1])
    shape = writer.shapes.body(args[0], function)
    with writer.each(args[0], *function.parameters) as source:
        joins, body = writer.unwrapped(function.body)
        return _array(writer, writer.select(writer.cast(body, shape), source, joins))


def _filter(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    return _array(writer, _filtered(writer, args))


def _filtered(writer: PostgresWriter, args: tuple[Node, ...], select: str | None = None) -> str:
    function = _function(args[1])
    with writer.each(args[0], *function.parameters) as source:
        joins, test = writer.unwrapped(function.body)
        chosen = select or writer.whole(function.parameters[0])
        return writer.select(chosen, source, joins, writer.write(test))


def _known(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    match args[0]:
        case Apply(name="list_map", args=(list_, Lambda() as function)):
            shape = writer.shapes.body(list_, function)
            with writer.each(list_, *function.parameters) as source:
                joins, body = writer.unwrapped(function.body)
                return _array(writer, _made(writer, body, shape, source, joins))
    with writer.each(args[0], "x") as source:
        return _array(writer, writer.select(writer.whole("x"), source, where=_not_null(writer)))


def _made(writer: PostgresWriter, body: Node, shape: Shape, source: str, joins: Sequence[str]) -> str:
    """Return what is made of rows, without NULL."""
    if isinstance(body, Case) and len(body.whens) == 1 and body.otherwise is None:
        test, value = body.whens[0]
        where = writer.write(test)
        if isinstance(value, Struct) or (isinstance(value, Literal) and value.value is not None):
            return writer.select(writer.cast(value, shape), source, joins, where)
        if isinstance(value, ATOMS):
            both = writer.broken(
                [f"({where})", f"{writer.write(value)} IS DISTINCT FROM NULL"], " AND ", "AND "
            )
            return writer.select(writer.cast(value, shape), source, joins, both)
    name = writer.dialect.quoted(writer.fresh("made"))
    made = writer.bracketed(f"SELECT {writer.cast(body, shape)} AS {name} OFFSET 0")
    one = f"{name}.{name}"
    return writer.select(one, source, [*joins, f"{ACROSS}{made} AS {name}"], f"{one} IS DISTINCT FROM NULL")


def _flatten(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    match args[0]:
        case Apply(name="list_map", args=(list_, Lambda() as function)):
            inner = writer.shapes.body(list_, function)
            assert isinstance(inner, Listed)
            if inner.of is None:
                return "CAST('{}' AS bigint[])"
            with writer.each(list_, *function.parameters) as source:
                joins, body = writer.unwrapped(function.body)
                columns = writer.columns_of(inner.of) if isinstance(inner.of, Rows) else '("flat")'
                flat = f'{ACROSS}unnest({writer.write(body)}) AS "flat"{columns}'
                with writer.bound({"flat": inner.of}):
                    return _array(writer, writer.select(writer.whole("flat"), source, [*joins, flat]))
    raise NotWritten("list_flatten", writer.dialect.name)


def _length(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    match args[0]:
        case Apply(name="list_filter", args=inner):
            return writer.bracketed(_filtered(writer, inner, "count(*)"))
        case Apply(name="list_distinct", args=(list_,)):
            with writer.each(list_, "x") as source:
                return writer.bracketed(writer.select(f"count(DISTINCT {writer.whole('x')})", source))
        case Apply(name="no_list"):
            return "0"
    return f"cardinality({writer.write(args[0])})"


def _ordered(ending: str) -> ListForm:
    def sort(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
        with writer.each(args[0], "x") as source:
            by = f"ORDER BY {_by(writer, args[0])}{ending}"
            return _array(writer, writer.select(writer.whole("x"), source, last=by))

    return sort


def _by(writer: PostgresWriter, list_: Node) -> str:
    # A row is named by its fields: by its own name it could be a column of a list around it.
    return writer.whole("x") + (BYTEWISE if writer.shapes.element(list_) is Sort.TEXT else "")


def _best(function: str, ending: str) -> ListForm:
    def best(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
        shape = writer.shapes.element(args[0])
        with writer.each(args[0], "x") as source:
            if isinstance(shape, Rows) or shape is Sort.BOOLEAN:
                first = writer.select(
                    writer.whole("x"),
                    source,
                    where=_not_null(writer),
                    last=f"ORDER BY {writer.whole('x')}{ending} LIMIT 1",
                )
                return writer.bracketed(first)
            return writer.bracketed(writer.select(f"{function}({_by(writer, args[0])})", source))

    return best


def _distinct(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    with writer.each(args[0], "x") as source:
        return _array(writer, writer.select(f"DISTINCT {writer.whole('x')}", source, where=_not_null(writer)))


def _at(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    return f"({writer.write(args[0])})[{writer.write(args[1])}]"


def _of(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    shape = writer.shapes.common(args)
    return f"ARRAY[{', '.join(writer.cast(one, shape) for one in args)}]"


def _sum(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    with writer.each(args[0], "x") as source:
        return writer.bracketed(writer.select('sum("x")', source))


def _fold(writer: PostgresWriter, args: tuple[Node, ...]) -> str:
    """Go through a list in order: each round reads the next element and makes the state anew."""
    list_, begin, function = args[0], args[1], _function(args[2])
    quoted = writer.dialect.quoted
    state, element = function.parameters
    shape, inner = writer.shapes.sure(begin), writer.shapes.element(list_)
    names = [name for name, _ in shape.fields] if isinstance(shape, Rows) else [state]
    name, at, of = quoted(writer.fresh("round")), quoted("#"), quoted(state)
    columns = ", ".join(map(quoted, names))
    first = f"SELECT 0, {_state(writer, begin, shape)}"
    next_ = f"unnest(({writer.write(list_)})[{of}.{at} + 1:{of}.{at} + 1])"
    defined = writer.columns_of(inner) if isinstance(inner, Rows) else f"({quoted(element)})"
    with writer.bound({state: shape, element: inner}):
        joins, body = writer.unwrapped(function.body)
        chosen = f"{of}.{at} + 1, {_state(writer, body, shape)}"
        joins = [f"{ACROSS}{next_} AS {quoted(element)}{defined}", *joins]
        again = writer.select(chosen, f"{name} AS {of}", joins)
    rounds = writer.bracketed(writer.lines([first, "UNION ALL", again]))
    result = f"ROW({columns})" if isinstance(shape, Rows) else columns
    last = writer.select(result, name, last=f"ORDER BY {at} DESC LIMIT 1")
    return writer.bracketed(writer.lines([f"WITH RECURSIVE {name}({at}, {columns}) AS {rounds}", last]))


def _state(writer: PostgresWriter, node: Node, shape: Shape) -> str:
    """Return what a round begins or ends with: a value, or a column for each of those of a row."""
    if not isinstance(shape, Rows):
        return writer.cast(node, shape)
    values = (
        dict(node.fields)
        if isinstance(node, Struct)
        else {name: Member(node, name) for name, _ in shape.fields}
    )
    return ", ".join(writer.cast(values[name], one) for name, one in shape.fields)


OF_LISTS: dict[str, ListForm] = {
    "list_map": _map,
    "list_filter": _filter,
    "list_known": _known,
    "list_flatten": _flatten,
    "list_length": _length,
    "list_sort": _ordered(""),
    "list_sort_down": _ordered(" DESC"),
    "list_min": _best("min", ""),
    "list_max": _best("max", " DESC"),
    "list_distinct": _distinct,
    "list_at": _at,
    "list_of": _of,
    "list_sum": _sum,
    "list_fold": _fold,
}
