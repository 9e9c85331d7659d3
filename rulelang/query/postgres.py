"""The words of PostgreSQL, which has no functions of lists: what they do is written as subqueries.

A list is an array, of rows an array of records; each subquery says again what their columns are. `OFFSET 0` keeps
the planner from working a value out again wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from attrs import define, evolve, field

from rulelang.query.duckdb import COMMON
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
from rulelang.query.postgres_lists import ACROSS, BYTEWISE, OF_LISTS
from rulelang.query.shapes import Listed, Rows, Shape, Shapes
from rulelang.query.statements import Query, Step
from rulelang.query.writing import Dialect, Form, NotWritten, Writer, indented


def _add_days(writer: Writer, args: tuple[Node, ...]) -> str:
    day, days = args
    if isinstance(days, Literal) and isinstance(days.value, int):
        return f"{writer.operand(day)} {'-' if days.value < 0 else '+'} {abs(days.value)}"
    return f"{writer.operand(day)} + CAST({writer.write(days)} AS integer)"


FORMS: dict[str, Form] = {
    **COMMON,
    "wide": "CAST({*} AS numeric)",
    "as_number": "CAST({*} AS integer)",
    "sign": "sign(CAST({*} AS numeric))",
    "floor_divide": "CAST(floor(CAST({0} AS numeric) / {1}) AS bigint)",
    "sum": "sum({*})",
    "count_if": "count(*) FILTER (WHERE {*})",
    "divide": "(CAST({0} AS numeric) / {1})",
    # Dates.
    "add_days": _add_days,
    "days_between": "{1} - {0}",
    "add_months": "CAST({0} + make_interval(months => CAST({1} AS integer)) AS date)",
    "add_minutes": "{0} + make_interval(mins => CAST({1} AS integer))",
    "add_seconds": "{0} + make_interval(secs => {1})",
    "second_of_day": "CAST(extract(epoch FROM CAST({*} AS time)) AS bigint)",
    "last_moment": "CAST({0} AS timestamp) + INTERVAL '23:59:59.999999'",
    "first_moment": "CAST({*} AS timestamp)",
    "add_days_to_moment": "{0} + make_interval(days => CAST({1} AS integer))",
    "micros_between": "CAST(extract(epoch FROM {1} - {0}) * 1000000 AS bigint)",
    "date_of": "CAST({*} AS date)",
    "time_of": "CAST({*} AS time)",
    "year_of": "CAST(extract(year FROM {0}) AS bigint)",
    "month_of": "CAST(extract(month FROM {0}) AS bigint)",
    "day_of": "CAST(extract(day FROM {0}) AS bigint)",
    "weekday_of": "CAST(extract(isodow FROM {0}) - 1 AS bigint)",
    # Texts.
    "length_of": "length({*})",
    "starts_with": "starts_with({*})",
    "ends_with": "right({0}, length({1})) = {1}",
    "contains": "strpos({*}) > 0",
    "characters": "substr({0}, CAST({1} AS integer), CAST({2} AS integer))",
    "place_in": "CAST(strpos({*}) AS bigint)",
    "remainder": "mod({0}, {1})",
    "matches": "{0} ~ ('^(?:' || {1} || ')$')",
    "is_made_of": "translate({0}, {1}, '') = ''",
    "is_digits": "{0} ~ '^[0-9]+$'",
    # Lists.
    "list_join": "{&} || {&}",
    "list_range": "ARRAY(SELECT generate_series({*}))",
    "list_has": "{1} = ANY ({0})",
    "no_list": "CAST('{{}}' AS bigint[])",
    "no_numbers": "CAST('{{}}' AS bigint[])",
    "no_dates": "CAST('{{}}' AS date[])",
    "no_moments": "CAST('{{}}' AS timestamp[])",
    "no_pauses": "CAST('{{}}' AS record[])",
}

POSTGRES = Dialect(
    "postgres",
    '"',
    {
        Sort.BOOLEAN: "boolean",
        Sort.WHOLE: "bigint",
        Sort.WIDE: "numeric",
        Sort.TEXT: "text",
        Sort.DATE: "date",
        Sort.MOMENT: "timestamp",
        Sort.TIME: "time",
    },
    FORMS,
    gathered="array_agg",
    empty_list="'{}'",
)
ORDERED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def block_of(node: Node) -> tuple[str, list[Struct], Node] | None:
    """Return the name of a block of a row, its steps and what it comes to, where a node is one."""
    match node:
        case Apply("list_at", (Apply("list_map", (listed, Lambda((name,), body))), Literal(1))):
            steps: list[Struct] = []
            while True:
                match listed:
                    case Apply("list_map", (inner, Lambda(parameters, Struct() as step))) if parameters == (
                        name,
                    ):
                        steps.insert(0, step)
                        listed = inner
                    case Apply("list_of", (Struct() as step,)):
                        return name, [step, *steps], body
                    case _:
                        return None
    return None


@define
class PostgresWriter(Writer):
    """Writes one query; `shapes` says what the columns of its relation are.

    `looked_up` are the columns of `look_ups`, a table of one row, read by a subquery of their own.
    """

    dialect: Dialect = POSTGRES
    shapes: Shapes = field(factory=Shapes, kw_only=True)
    looked_up: frozenset[str] = field(default=frozenset(), kw_only=True)
    # In which subquery a value of a block stands, by the block and its name.
    _kept_in: dict[tuple[str, str], str] = field(factory=dict)
    _serial: int = 0

    # --- nodes -------------------------------------------------------------------------------------------------

    def write(self, node: Node) -> str:
        """Return the text of a node."""
        quoted = self.dialect.quoted
        match node:
            case Column(name=name) if name in self.looked_up:
                return f'(SELECT {quoted(name)} FROM "look_ups")'
            case Column(name=name) | Kept(block=0, name=name):
                inside = self.qualified or self.shapes.variables
                return f'"before".{quoted(name)}' if inside else quoted(name)
            case Member(of=of, name=name):
                return self._member(of, name)
            case Struct():
                return self._struct(node)
            case Kept(name=name):
                return f"{quoted(self._kept_in[f'__b{node.block}', name])}.{quoted(name)}"
            case Apply() if block_of(node) is not None:
                with self.bound({}):
                    (first, *joins), body = self.unwrapped(node)
                    return self.bracketed(self.select(self.write(body), first.removeprefix(ACROSS), joins))
            case Case():
                return self._case(node)
            case Apply(name=name, args=args) if name in OF_LISTS:
                return OF_LISTS[name](self, args)
            case Apply(name=name, args=(left, right)) if name in ORDERED:
                collate = BYTEWISE if self.shapes.of(left) is Sort.TEXT else ""
                return f"{self.operand(left)} {ORDERED[name]} {self.operand(right)}{collate}"
            case _:
                return super().write(node)

    def _case(self, node: Case) -> str:
        empty = isinstance(self.shapes.of(node), Listed)
        whens = tuple((test, self._branch(value, empty)) for test, value in node.whens)
        otherwise = None if node.otherwise is None else self._branch(node.otherwise, empty)
        return super()._case(Case(whens, otherwise))

    def _branch(self, value: Node, is_list: bool) -> Node:
        """An empty list is of whatever the other branches are."""
        return Literal("{}", Sort.TEXT) if is_list and value == Apply("no_list", ()) else value

    def _member(self, of: Node, name: str) -> str:
        quoted = self.dialect.quoted
        if isinstance(of, Variable):
            return f"{quoted(of.name)}.{quoted(name)}"
        row = self.shapes.of(of)
        assert isinstance(row, Rows)
        return (
            f'(SELECT "v".{quoted(name)} FROM unnest(ARRAY[{self.write(of)}]) AS "v"{self.columns_of(row)})'
        )

    def _struct(self, node: Struct) -> str:
        row = self.shapes.row(node)
        pairs = zip(node.fields, row.fields, strict=True)
        return self.bracketed(
            self.listed([self.cast(value, shape) for (_, value), (_, shape) in pairs]), "ROW"
        )

    def cast(self, node: Node, shape: Shape) -> str:
        """Return a value as exactly what its shape says."""
        if isinstance(shape, Listed) and node == Apply("no_list", ()):
            return f"CAST('{{}}' AS {self.type_of(shape)})"
        if isinstance(node, Literal) and node.value is None:
            return f"CAST(NULL AS {self.type_of(shape)})"
        text = self.write(node)
        if isinstance(shape, Rows) or (isinstance(shape, Listed) and isinstance(shape.of, Rows)):
            return text
        collate = BYTEWISE if shape is Sort.TEXT else ""
        return f"CAST({text} AS {self.type_of(shape)}){collate}"

    def type_of(self, shape: Shape) -> str:
        """Return the type of a shape."""
        match shape:
            case None:
                return "bigint"
            case Listed(of=Listed()):
                raise NotWritten("a list of lists", self.dialect.name)
            case Listed(of=of):
                return f"{self.type_of(of)}[]"
            case Rows():
                return "record"
            case _:
                return self.dialect.types[shape]

    def columns_of(self, row: Rows) -> str:
        """Return what the columns of a row are, as each `unnest` says."""
        named = (
            f"{self.dialect.quoted(name)} {self.type_of(shape)}{BYTEWISE if shape is Sort.TEXT else ''}"
            for name, shape in row.fields
        )
        return f"({', '.join(named)})"

    # --- lists -------------------------------------------------------------------------------------------------

    @contextmanager
    def each(self, list_: Node, *parameters: str) -> Iterator[str]:
        """Bind the elements of a list; give what stands after FROM."""
        shape = self.shapes.element(list_)
        alias, *place = (self.dialect.quoted(one) for one in parameters)
        source = f"unnest({self.write(list_)})"
        if place and isinstance(shape, Rows):
            raise NotWritten("the place of a row in its list", self.dialect.name)
        if place:
            text = f"{source} WITH ORDINALITY AS {alias}({alias}, {place[0]})"
        elif isinstance(shape, Rows):
            text = f"{source} AS {alias}{self.columns_of(shape)}"
        else:
            text = f"{source} AS {alias}({alias})"
        with self.bound(dict(zip(parameters, (shape, Sort.WHOLE), strict=False))):
            yield text

    def whole(self, name: str) -> str:
        """Return an element as it goes into another list: rows must all be made alike to be read together."""
        shape, alias = self.shapes.variables[name], self.dialect.quoted(name)
        if not isinstance(shape, Rows):
            return alias
        return f"ROW({', '.join(f'{alias}.{self.dialect.quoted(one)}' for one, _ in shape.fields)})"

    @contextmanager
    def bound(self, variables: dict[str, Shape]) -> Iterator[None]:
        """Have variables in sight for a while."""
        before = self.shapes.variables
        self.shapes.variables = {**before, **variables}
        try:
            yield
        finally:
            self.shapes.variables = before

    def unwrapped(self, body: Node) -> tuple[list[str], Node]:
        """Return what a function keeps before it comes to its value, as further joins, and that value."""
        joins: list[str] = []
        while (block := block_of(body)) is not None:
            name, steps, body = block
            joins += [f"{ACROSS}{self._kept(name, number, step)}" for number, step in enumerate(steps)]
        return joins, body

    def _kept(self, name: str, number: int, step: Struct) -> str:
        """Return the values of a step of a block, as a subquery; those handed on are read where they were made."""
        quoted = self.dialect.quoted
        alias = f"{name}_{number}"
        new = [(of, value) for of, value in step.fields if value != Member(Variable(name), of)]
        columns = self.listed([f"{self.write(value)} AS {quoted(of)}" for of, value in new])
        row = self.shapes.row(step)
        self._kept_in.update({(name, of): alias for of, _ in new})
        self.shapes.variables[name] = row
        text = self.lines([f"SELECT {indented(columns)}", "OFFSET 0"])
        return f"{self.bracketed(text)} AS {quoted(alias)}"

    def select(
        self, chosen: str, source: str, joins: Sequence[str] = (), where: str = "", last: str = ""
    ) -> str:
        """Return a select, on one line or a clause a line."""
        clauses = [f"SELECT {chosen}", f"FROM {source}", *joins]
        clauses += [f"WHERE {where}"] if where else []
        return self.lines([*clauses, *([last] if last else [])])

    def listed(self, parts: list[str]) -> str:
        """Return parts with commas, on one line or a part a line."""
        return self.lines([*(f"{part}," for part in parts[:-1]), *parts[-1:]])

    def lines(self, parts: list[str]) -> str:
        """Return parts on one line, or a line each."""
        text = " ".join(parts)
        return (
            text if self.width is None or ("\n" not in text and len(text) <= self.width) else "\n".join(parts)
        )

    def bracketed(self, text: str, before: str = "") -> str:
        """Return a text in brackets, moved in where it has several lines."""
        return f"{before}(\n  {indented(text)}\n)" if "\n" in text else f"{before}({text})"

    def fresh(self, stem: str) -> str:
        """Return a name that no other subquery has."""
        self._serial += 1
        return f"{stem}__{self._serial}"

    # --- queries -----------------------------------------------------------------------------------------------

    def parts(self, query: Query) -> tuple[list[str], str]:
        """Return what stands between WITH and the last select, and what that selects from."""
        # What stands beside is read by subqueries: arrays so long must not travel with every row.
        return super().parts(evolve(query, beside=()))

    def needs_alias(self, step: Step, before: str) -> bool:  # noqa: ARG002 (they always have one)
        """Say whether what a step selects from has to have a name: subqueries read its columns by it."""
        return True

    def _step(self, step: Step, before: str) -> str:
        self.qualified = bool(step.look_ups)
        text = super()._step(step, before)
        self.qualified = False
        self.shapes.columns.update({name: self.shapes.sure(node) for name, node in step.columns})
        for one in step.look_ups:
            self.shapes.columns.update({name: Sort.DATE for name, _ in one.taken})
        return f"{text}\n  OFFSET 0"

    def last(self, query: Query, before: str) -> str:
        """Return the last select of a query."""
        return super().last(query, f'{before} AS "before"')
