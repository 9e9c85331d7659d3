"""The words of Spark SQL, as it is by default: ANSI, which tells of an overflow and converts nothing by itself.

Moments have no time zone (TIMESTAMP_NTZ); a time of day is its microseconds since midnight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from rulelang.query.duckdb import COMMON
from rulelang.query.nodes import Column, Lambda, Literal, Node, Sort, Variable
from rulelang.query.statements import LookUp, Step
from rulelang.query.writing import Dialect, Form, Writer

WIDE = "DECIMAL(38, 0)"
PAGE = 64
MICROS = "INTERVAL '0.000001' SECOND"


@define
class SparkDialect(Dialect):
    """Spaces, backslashes and commas as Spark has them."""

    def text(self, value: str) -> str:
        """Return a text as a value: a backslash begins an escape."""
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"

    def literal(self, node: Literal) -> str:
        """Return a value as it is spelled."""
        if node.value is None and node.sort is Sort.BOOLEAN:
            # It also stands for a choice of which no branch is left, whatever the type of those would be.
            return "NULL"
        if isinstance(node.value, dt.datetime):
            return f"TIMESTAMP_NTZ '{node.value.isoformat(' ')}'"
        return super().literal(node)

    def number(self, value: int, sort: Sort) -> str:
        """Return a whole number of 64 bits, or a wide one."""
        return f"{value}L" if sort is Sort.WHOLE else f"CAST({value} AS {WIDE})"

    def time(self, value: dt.time) -> str:
        """Return a time of day."""
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f"{seconds * 1_000_000 + value.microsecond}L"

    def struct(self, fields: list[tuple[str, str]]) -> str:
        """Return values by name."""
        return "named_struct(" + ", ".join(f"{self.text(name)}, {value}" for name, value in fields) + ")"

    def function(self, parameters: tuple[str, ...], body: str) -> str:
        """Return a function of elements."""
        names = ", ".join(map(self.quoted, parameters))
        return f"{names} -> {body}" if len(parameters) == 1 else f"({names}) -> {body}"


@define
class SparkWriter(Writer):
    """Writes one query. `look_ups` are the constant lists of calendars and zones: their columns, by names in SQL.

    Those of zones are long and hold little: `paged` are their pages, and which of these comes when.
    `days` are the columns of the tables of days, by table and column, each with the first day as a list in SQL.
    """

    look_ups: Mapping[str, str] = field(factory=dict)
    paged: Mapping[str, tuple[str, str]] = field(factory=dict)
    days: Mapping[tuple[str, str], tuple[dt.date, str]] = field(factory=dict)
    # Variables that are places in a list, which Spark counts from 0.
    _places: set[str] = field(factory=set)

    def write(self, node: Node) -> str:
        """Return the text of a node."""
        match node:
            case Column(name=name) if name in self.look_ups:
                return self.look_ups[name]
            case Variable(name=name) if name in self._places:
                return f"({self.dialect.quoted(name)} + 1L)"
            case _:
                return super().write(node)

    def over(self, function: str, listed: Node, of: Lambda) -> str:
        """Return a function of lists applied to a list and a function of its elements and their places."""
        places = set(of.parameters[1:])
        self._places |= places
        try:
            return f"{function}({self.write(listed)}, {self.write(of)})"
        finally:
            self._places -= places

    def step(self, step: Step, before: str) -> str:
        """Return the text of a step that selects from the one before."""
        return self._step(step, before)

    def _step(self, step: Step, before: str) -> str:
        looked_up = [pair for one in step.look_ups for pair in self._taken(one)]
        columns = [f"{text} AS {self.dialect.quoted(name)}" for name, text in looked_up]
        columns += [self._named(name, node) for name, node in step.columns]
        note = f"  -- {step.note}\n" if step.note else ""
        return note + "  SELECT " + ",\n    ".join(["*", *columns]) + f"\n  FROM {before}"

    def _taken(self, one: LookUp) -> list[tuple[str, str]]:
        """Return what is looked up of a day, by its place: a join of small tables would cost more."""
        found = []
        by = self.write(one.by)
        for name, column in one.taken:
            first, listed = self.days[one.table, column]
            found.append((name, f"get({listed}, datediff({by}, DATE '{first.isoformat()}'))"))
        return found


def _in(writer: Writer, args: tuple[Node, ...]) -> str:
    value, *wanted = args
    return f"{writer.operand(value)} IN ({', '.join(writer.write(one) for one in wanted)})"


def _mapped(writer: Writer, args: tuple[Node, ...]) -> str:
    listed, of = args
    assert isinstance(writer, SparkWriter)
    assert isinstance(of, Lambda)
    return writer.over("transform", listed, of)


def _filtered(writer: Writer, args: tuple[Node, ...]) -> str:
    listed, of = args
    assert isinstance(writer, SparkWriter)
    assert isinstance(of, Lambda)
    return writer.over("filter", listed, of)


def _at(writer: Writer, args: tuple[Node, ...]) -> str:
    listed, place = args
    at = writer.operand(place)
    if isinstance(listed, Column) and isinstance(writer, SparkWriter) and listed.name in writer.paged:
        pages, order = writer.paged[listed.name]
        page = f"get({pages}, get({order}, CAST(({at} - 1) DIV {PAGE} AS INT)))"
        return f"get({page}, CAST(({at} - 1) % {PAGE} AS INT))"
    return f"get({writer.operand(listed)}, CAST({at} - 1 AS INT))"


def _folded(writer: Writer, args: tuple[Node, ...]) -> str:
    """The accumulator keeps the type of the start: all whole numbers here have 64 bits."""
    return f"aggregate({', '.join(writer.write(one) for one in args)})"


def _extreme(name: str) -> Form:
    def form(writer: Writer, args: tuple[Node, ...]) -> str:
        if len(args) == 1:
            return f"coalesce({writer.write(args[0])})"
        return f"{name}({', '.join(writer.write(one) for one in args)})"

    return form


def _characters(writer: Writer, args: tuple[Node, ...]) -> str:
    value, *numbers = args
    places = ", ".join(str(one.value) for one in numbers if isinstance(one, Literal))
    return f"substr({writer.write(value)}, {places})"


FORMS: dict[str, Form] = {
    **COMMON,
    "in": _in,
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "length": "CAST(length({*}) AS BIGINT)",
    "wide": f"CAST({{*}} AS {WIDE})",
    "big": "CAST({*} AS BIGINT)",
    "as_number": "CAST({*} AS BIGINT)",
    "sign": f"CAST(sign({{*}}) AS {WIDE})",
    "floor_divide": "CAST(floor({0} / {1}) AS BIGINT)",
    # Dates.
    "add_days": "date_add({0}, CAST({1} AS INT))",
    "days_between": "CAST(datediff({1}, {0}) AS BIGINT)",
    "add_months": "add_months({0}, CAST({1} AS INT))",
    "add_minutes": "{0} + {1} * INTERVAL '1' MINUTE",
    "add_seconds": "{0} + {1} * INTERVAL '1' SECOND",
    "second_of_day": "CAST(hour({0}) * 3600 + minute({0}) * 60 + second({0}) AS BIGINT)",
    "last_moment": "CAST({0} AS TIMESTAMP_NTZ) + INTERVAL '23:59:59.999999' HOUR TO SECOND",
    "first_moment": "CAST({0} AS TIMESTAMP_NTZ)",
    "add_days_to_moment": "{0} + {1} * INTERVAL '1' DAY",
    "micros_between": f"({{1}} - {{0}}) DIV {MICROS}",
    "date_of": "CAST({*} AS DATE)",
    "time_of": f"({{0}} - CAST(CAST({{0}} AS DATE) AS TIMESTAMP_NTZ)) DIV {MICROS}",
    "year_of": "CAST(year({*}) AS BIGINT)",
    "month_of": "CAST(month({*}) AS BIGINT)",
    "day_of": "CAST(day({*}) AS BIGINT)",
    "weekday_of": "CAST(weekday({*}) AS BIGINT)",
    # Texts.
    "length_of": "CAST(length({*}) AS BIGINT)",
    "starts_with": "startswith({*})",
    "ends_with": "endswith({*})",
    "contains": "contains({*})",
    "characters": _characters,
    "place_in": "CAST(instr({*}) AS BIGINT)",
    "remainder": "mod({0}, {1})",
    "matches": "{0} RLIKE concat('(?s)^(?:', {1}, ')\\\\z')",
    "is_made_of": "translate({0}, {1}, '') = ''",
    "is_digits": "{0} RLIKE '^[0-9]+\\\\z'",
    # Lists.
    "list_map": _mapped,
    "list_filter": _filtered,
    "list_known": "array_compact({*})",
    "list_flatten": "flatten(array_compact({*}))",
    "list_join": "concat({*})",
    "list_of": "array({*})",
    "no_list": "array()",
    "no_numbers": "CAST(array() AS ARRAY<BIGINT>)",
    "no_dates": "CAST(array() AS ARRAY<DATE>)",
    "no_moments": "CAST(array() AS ARRAY<TIMESTAMP_NTZ>)",
    "no_pauses": "CAST(array() AS ARRAY<STRUCT<f: DATE, l: DATE>>)",
    "list_length": "CAST(array_size({*}) AS BIGINT)",
    "list_distinct": "array_distinct({*})",
    # Structs sort field by field; what is sorted holds no NULL that could decide.
    "list_sort": "array_sort({*})",
    "list_sort_down": "reverse(array_sort({*}))",
    "list_min": "array_min({*})",
    "list_max": "array_max({*})",
    "list_sum": f"aggregate({{*}}, CAST(0 AS {WIDE}), (`a`, `x`) -> `a` + `x`)",
    "list_at": _at,
    "list_has": "array_contains({*})",
    "list_range": "sequence({*})",
    "list_fold": _folded,
    "count_if": "count_if({*})",
    "count_known": "count({*})",
}

TYPES: Mapping[Sort, str] = {
    Sort.BOOLEAN: "BOOLEAN",
    Sort.WHOLE: "BIGINT",
    Sort.WIDE: WIDE,
    Sort.TEXT: "STRING",
    Sort.DATE: "DATE",
    Sort.MOMENT: "TIMESTAMP_NTZ",
    Sort.TIME: "BIGINT",
}

SPARK = SparkDialect("spark", "`", TYPES, FORMS, "explode", "collect_list", "array()", "{} <=> {}")


def constant_list(values: list[Any], kind: str) -> str:
    """Return a long list as SQL: whole numbers, yes or no, or days; a list of literals would take long to parse."""
    spelled = ",".join("" if one is None else str(_number(one)) for one in values)
    numbers = f"split('{spelled}', ',')"
    if kind == "DATE":
        return f"transform({numbers}, x -> date_from_unix_date(try_cast(x AS INT)))"
    if kind == "BOOLEAN":
        return f"transform({numbers}, x -> x = '1')"
    return f"transform({numbers}, x -> try_cast(x AS BIGINT))"


def constant_pages(values: list[int]) -> tuple[str, str]:
    """Return a long list of whole numbers as SQL: its different pages, and which of them stands where."""
    pages: dict[tuple[int, ...], int] = {}
    order = [
        pages.setdefault(tuple(values[start : start + PAGE]), len(pages))
        for start in range(0, len(values), PAGE)
    ]
    spelled = ";".join(",".join(map(str, page)) for page in pages)
    inner = "transform(split(page, ','), x -> CAST(x AS BIGINT))"
    return (
        f"transform(split('{spelled}', ';'), page -> {inner})",
        f"transform(split('{','.join(map(str, order))}', ','), x -> CAST(x AS INT))",
    )


EPOCH = dt.date(1970, 1, 1)


def _number(value: Any) -> int:
    return (value - EPOCH).days if isinstance(value, dt.date) else int(value)
