"""Writing a query in a dialect: operands in brackets, names in quotes and values spelled, each in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from attrs import define, field

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
from rulelang.query.statements import LookUp, Query, Repeated, Step

# How a function is written: a text with {0}, {1} for operands, `{*}` for all of them with commas; or code. A text that
# is no name with brackets around all is put in brackets where it is an operand itself.
Form = str | Callable[["Writer", tuple[Node, ...]], str]
WIDTH = 118


@define
class Dialect:
    """The words of a database. `forms` say how each function of the closed set is written."""

    name: str
    quote: str
    types: Mapping[Sort, str]
    forms: Mapping[str, Form]
    # How lists are taken apart to rows and put together, and how values that may be missing are the same.
    each_of: str = "unnest"
    gathered: str = "list"
    empty_list: str = "[]"
    same: str = "{} IS NOT DISTINCT FROM {}"

    def quoted(self, name: str) -> str:
        """Return a name that can be anything."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def text(self, value: str) -> str:
        """Return a text as a value."""
        return "'" + value.replace("'", "''") + "'"

    def literal(self, node: Literal) -> str:
        """Return a value as it is spelled."""
        match node.value:
            case None:
                return f"CAST(NULL AS {self.types[node.sort]})"
            case bool():
                return "TRUE" if node.value else "FALSE"
            case int():
                return self.number(node.value, node.sort)
            case str():
                return self.text(node.value)
            case dt.datetime():
                return f"TIMESTAMP '{node.value.isoformat(' ')}'"
            case dt.date():
                return f"DATE '{node.value.isoformat()}'"
            case dt.time():
                return self.time(node.value)
        raise TypeError(f"no literal: {node.value!r}")

    def number(self, value: int, sort: Sort) -> str:
        return str(value) if sort is Sort.WHOLE else f"CAST({value} AS {self.types[Sort.WIDE]})"

    def time(self, value: dt.time) -> str:
        return f"TIME '{value.isoformat()}'"

    def struct(self, fields: list[tuple[str, str]]) -> str:
        return "{" + ", ".join(f"{self.text(name)}: {value}" for name, value in fields) + "}"

    def function(self, parameters: tuple[str, ...], body: str) -> str:
        return f"lambda {', '.join(map(self.quoted, parameters))}: {body}"

    def member(self, of: str, name: str) -> str:
        return f"{of}.{self.quoted(name)}"


@define
class Writer:
    """Writes one query."""

    dialect: Dialect
    # Whether columns are written with the name of what they are selected from.
    qualified: bool = field(default=False, kw_only=True)
    # For texts that people read: lines of comment above columns, and how long a choice or a test may be on one line.
    remarks: Mapping[str, tuple[str, ...]] = field(factory=dict, kw_only=True)
    width: int | None = field(default=None, kw_only=True)

    # --- nodes -------------------------------------------------------------------------------------------------

    def write(self, node: Node) -> str:
        """Return the text of a node."""
        d = self.dialect
        match node:
            case Literal(value=str() as value) if self.width is not None and "\n" in value:
                # Lines are moved in: one that is broken inside a text would not be the same text.
                return f"({' || chr(10) || '.join(map(d.text, value.split(chr(10))))})"
            case Literal():
                return d.literal(node)
            case Column(name=name) | Kept(block=0, name=name):
                return f"{d.quoted('before')}.{d.quoted(name)}" if self.qualified else d.quoted(name)
            case Variable(name=name):
                return d.quoted(name)
            case Kept(block=block, name=name):
                return d.member(d.quoted(f"__b{block}"), name)
            case Member(of=of, name=name):
                return d.member(self.operand(of), name)
            case Apply():
                return self._apply(node)
            case Case():
                return self._case(node)
            case Lambda(parameters=parameters, body=body):
                return d.function(parameters, self.write(body))
            case Struct(fields=fields):
                return d.struct([(name, self.write(value)) for name, value in fields])

    def operand(self, node: Node) -> str:
        """Return the text of a node as an operand: in brackets, unless it holds together by itself."""
        text = self.write(node)
        return text if self._holds_together(node, text) else f"({text})"

    def _holds_together(self, node: Node, text: str) -> bool:
        match node:
            case Literal(value=value):
                return not (isinstance(value, int) and value < 0)
            case Column() | Variable() | Kept() | Member():
                return True
            case Apply():
                return _is_call(text)
            case _:
                return False

    def _apply(self, node: Apply) -> str:
        form = self.dialect.forms.get(node.name)
        if form is None:
            raise NotWritten(node.name, self.dialect.name)
        if callable(form):
            return form(self, node.args)
        if "{*}" in form:
            return form.replace("{*}", ", ".join(self.write(arg) for arg in node.args))
        if "{&}" in form:
            between = form.split("{&}")[1]
            return self.broken([self.operand(arg) for arg in node.args], between, between.lstrip())
        inside = [self.operand(arg) for arg in node.args]
        return form.format(*inside)

    def _case(self, node: Case) -> str:
        whens = [f"WHEN {self.write(test)} THEN {self.write(value)}" for test, value in node.whens]
        ends = [f"ELSE {self.write(node.otherwise)}"] if node.otherwise is not None else []
        inside = self.broken([*whens, *ends], " ", "")
        if "\n" in inside or (self.width is not None and len(inside) > self.width):
            return f"CASE\n  {indented(inside)}\nEND"
        return f"CASE {inside} END"

    def broken(self, parts: list[str], between: str, begin: str) -> str:
        """Return parts on one line, or where that is long for people a line each, which begins with a word."""
        text = between.join(parts)
        if self.width is None or ("\n" not in text and len(text) <= self.width):
            return text
        return f"\n{begin}".join(map(indented, parts))

    # --- queries -----------------------------------------------------------------------------------------------

    def query(self, query: Query) -> str:
        """Return the text of a query, a step a `WITH`."""
        lines = [f"-- {note}" if note else "--" for note in query.notes]
        parts, before = self.parts(query)
        text = self.last(query, before)
        return "\n".join([*lines, *(["WITH " + ",\n".join(parts)] if parts else []), text])

    def parts(self, query: Query) -> tuple[list[str], str]:
        """Return what stands between WITH and the last select, and what that selects from."""
        quoted = self.dialect.quoted
        parts = [f"{quoted(name)} AS (\n{text}\n)" for name, text in query.tables]
        before = query.source
        if query.repeated:
            parts.append(f"{quoted('rows of the file')} AS (\n{self.source(query)}\n)")
            before = quoted("rows of the file")
        if query.beside:
            beside = "".join(f" CROSS JOIN {quoted(name)}" for name in query.beside)
            parts.append(f"{quoted('step_0')} AS (\n  SELECT * FROM {before}{beside}\n)")
            before = quoted("step_0")
        for number, step in enumerate(query.steps, 1):
            name = quoted(f"step_{number}")
            parts.append(f"{name} AS (\n{self._step(step, before)}\n)")
            before = name
        return parts, before

    def source(self, query: Query) -> str:
        """Return what a query reads, with the columns that say which values it repeats."""
        columns, joins = ["s.*"], []
        for number, one in enumerate(query.repeated):
            alias, name = f"r{number}", self.dialect.quoted(one.name)
            table = f"(\n{self._repeated(one, query.source)}\n  ) AS {alias}"
            if not one.listed:
                columns.append(f"{alias}.__v IS NOT NULL AS {name}")
                joins.append(f"LEFT JOIN {table} ON {alias}.__v = {self.write(one.value)}")
                continue
            columns.append(f"coalesce({alias}.__v, {self.dialect.empty_list}) AS {name}")
            if one.key is None:
                joins.append(f"CROSS JOIN {table}")
            else:
                same = self.dialect.same.format(f"{alias}.__k", self.write(one.key))
                joins.append(f"LEFT JOIN {table} ON {same}")
        note = "  -- Beside each row of the file, which of its values stand more than once.\n"
        return "\n  ".join([f"{note}  SELECT {', '.join(columns)}", f"FROM {query.source} AS s", *joins])

    def _repeated(self, one: Repeated, source: str) -> str:
        """Return the values that stand more than once; of lists a list of them, for each key where there is one."""
        value, used = self.write(one.value), self.write(one.used)
        many = (
            "SELECT __v FROM (\n      {}\n    ) AS o WHERE __v IS NOT NULL GROUP BY __v HAVING count(*) > 1"
        )
        if not one.listed:
            return "    " + many.format(f"SELECT {value} AS __v FROM {source} AS u WHERE {used}")
        key, grouped = ("", "") if one.key is None else (f"{self.write(one.key)} AS __k, ", " GROUP BY __k")
        each = f"SELECT {key}{self.dialect.each_of}({value}) AS __v FROM {source} AS u WHERE {used}"
        taken = "__k, " if one.key is not None else ""
        listed = f"{self.dialect.gathered}(__v) AS __v"
        wanted = f"__v IN (\n    {many.format(each)}\n    )"
        return f"    SELECT {taken}{listed} FROM (\n      {each}\n    ) AS o WHERE {wanted}{grouped}"

    def _step(self, step: Step, before: str) -> str:
        quoted = self.dialect.quoted
        # Beside the table of a calendar, whose columns have names of their own, it is said whose column is meant.
        self.qualified = bool(step.look_ups)
        columns = [self._named(name, node) for name, node in step.columns]
        joins = []
        alias = quoted("before") if self.needs_alias(step, before) else None
        for number, one in enumerate(step.look_ups, 1):
            table = quoted(f"look_up_{number}")
            columns += [f"{table}.{quoted(column)} AS {quoted(name)}" for name, column in one.taken]
            joins.append(self._join(one, table))
        self.qualified = False
        star = f"{alias}.*" if alias else "*"
        note = f"  -- {step.note}\n" if step.note else ""
        head = note + "  SELECT " + ",\n    ".join([star, *columns])
        return "\n".join([head, f"  FROM {before}" + (f" AS {alias}" if alias else ""), *joins])

    def needs_alias(self, step: Step, before: str) -> bool:
        """Say whether what a step selects from has to have a name."""
        return before.lstrip().startswith("(") or bool(step.look_ups)

    def _join(self, one: LookUp, table: str) -> str:
        quoted = self.dialect.quoted
        by = self.write(one.by)
        return f"  LEFT JOIN {quoted(one.table)} AS {table} ON {table}.{quoted(one.key)} = {by}"

    def _named(self, name: str, node: Node, margin: str = "    ") -> str:
        text = self.write(node)
        named = text if text == self.dialect.quoted(name) else f"{text} AS {self.dialect.quoted(name)}"
        if self.width is None:
            return named
        remarks = "".join(f"-- {line}\n" for line in self.remarks.get(name, ()))
        return (remarks + named).replace("\n", f"\n{margin}")

    def last(self, query: Query, before: str) -> str:
        """Return the last select of a query."""
        columns = [self._named(name, node, "  ") for name, node in query.select]
        columns += [f"{text} AS {self.dialect.quoted(name)}" for name, text in query.added]
        lines = ["SELECT\n  " + ",\n  ".join(columns), f"FROM {before}"]
        if query.where is not None:
            lines.append(f"WHERE {self.write(query.where)}")
        if query.grouped:
            lines.append("GROUP BY " + ", ".join(str(place) for place in range(1, query.grouped + 1)))
        return "\n".join(lines)


class NotWritten(Exception):
    """A dialect has no words for a function."""

    def __init__(self, function: str, dialect: str) -> None:
        super().__init__(function, dialect)
        self.function = function
        self.dialect = dialect


def indented(text: str) -> str:
    """Return lines with all but the first moved in."""
    return text.replace("\n", "\n  ")


def _is_call(text: str) -> bool:
    """Say whether a text is a name with one pair of brackets around all the rest."""
    name, bracket, _ = text.partition("(")
    if not bracket or not name.replace("_", "").isalnum() or not text.endswith(")"):
        return False
    depth = 0
    quote = ""
    for place, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return place == len(text) - 1
    return False
