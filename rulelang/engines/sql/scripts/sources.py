"""The first part of a script: the tables of whoever runs it as the relation that the steps read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from attrs import evolve, frozen

from rulelang.engines.sql.building import Unsupported
from rulelang.engines.sql.layout import AMOUNT, BAD, NA, PLACE, SCALE, UNIT, FieldLayout, Layout
from rulelang.engines.sql.scripts.comments import line
from rulelang.engines.sql.scripts.layouts import shapes_of
from rulelang.engines.sql.scripts.words import Words
from rulelang.model.records import Field, Record, Schema, fold_choice
from rulelang.query.nodes import Column, Member, Node, Sort, walk
from rulelang.query.shapes import Listed
from rulelang.types import (
    ChoiceType,
    DateTimeType,
    DateType,
    DurationType,
    JudgementType,
    NumberType,
    TextType,
    Unit,
    YesNoType,
)

NOT_APPLICABLE = ("n/a", "na", "not applicable", "n.a.", "n.a")
CASES = "cases as read"


def layout_of(schema: Schema, record: Record | None = None) -> Layout:
    """Return how tables that have types are read: only a choice may hold what cannot be read."""
    record = record or schema.case
    return Layout(
        record.name,
        {
            one.name: FieldLayout(isinstance(one.type, JudgementType), isinstance(one.type, ChoiceType))
            for one in record.plain_fields
        },
        {one.name: layout_of(schema, schema.child(one)) for one in record.lists},
    )


def read_names(nodes: Iterable[Node]) -> set[str]:
    """Return the names of all columns, and of all members of rows, that some nodes read."""
    return {one.name for node in nodes for one in walk(node) if isinstance(one, Column | Member)}


def without_unread(layout: Layout, names: set[str], keep: str | None = None) -> Layout:
    """Return a layout without the fields and lists that nothing reads."""
    return evolve(
        layout,
        fields={
            name: beside
            for name, beside in layout.fields.items()
            if name == keep or names & {name, name + NA, name + BAD, name + AMOUNT}
        },
        lists={name: without_unread(inner, names) for name, inner in layout.lists.items() if name in names},
    )


def read_from(schema: Schema, layout: Layout) -> list[str]:
    """Return which tables and columns a script reads, in words."""
    lines = ["It reads these tables and columns, with these types:"]
    for one, record, by in _tables(schema, layout, schema.case, None):
        lines.append(f"  {line(record.read_from or record.name)}")
        said: dict[str, list[str]] = {"text, the key of the row it belongs to": [line(by)] if by else []}
        for field in map(record.by_name.__getitem__, one.fields):
            if field.name != by:
                said.setdefault(_told(field), []).append(line(field.column or field.name))
        for told, columns in said.items():
            if columns:
                lines += wrap(f"    {told}: {', '.join(columns)}", 108, subsequent_indent="      ")
    return lines


def _tables(
    schema: Schema, layout: Layout, record: Record, by: str | None
) -> Iterator[tuple[Layout, Record, str | None]]:
    yield layout, record, by
    for name, inner in layout.lists.items():
        field = record.by_name[name]
        yield from _tables(schema, inner, schema.child(field), field.by)


def _told(field: Field) -> str:
    match field.type:
        case ChoiceType(values=values):
            return f"text ({', '.join(map(line, values))})"
        case JudgementType():
            return "text (yes, no, N/A)"
        case YesNoType():
            return "boolean"
        case DurationType():
            return "text such as `16 weeks`"
        case DateTimeType():
            return "timestamp, in local time"
    return f"{str(field.type).removeprefix('a ')}{', the key' if field.key else ''}"


@frozen
class Sources:
    """Writes the tables of a schema, those of child rows first, a row of them for each parent."""

    schema: Schema
    words: Words

    def tables(self, layout: Layout) -> list[tuple[str, str]]:
        """Return the names and texts of the tables, that of the cases last."""
        return [*self._children(self.schema.case, layout), (CASES, self._cases(layout))]

    def _children(self, parent: Record, layout: Layout) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for name, inner in layout.lists.items():
            field = parent.by_name[name]
            child = self.schema.child(field)
            found += self._children(child, inner)
            found.append((_rows_of(parent, field), self._rows(parent, field, child, inner)))
        return found

    def _cases(self, layout: Layout) -> str:
        record = self.schema.case
        columns = [f"{text} AS {self.words.quoted(name)}" for name, text in self._columns(record, layout)]
        note = _note(record, "the table of the cases")
        return f"{note}  SELECT\n    " + ",\n    ".join(columns) + f"\n  {self._from(record, layout)}"

    def _rows(self, parent: Record, field: Field, child: Record, layout: Layout) -> str:
        quoted = self.words.quoted
        if field.by is None or parent.key is None:
            raise Unsupported(
                f"the rows of `{child.name}`, which stand inside `{parent.name}`: a table needs a column that "
                f"says whose they are, as in `{field.name} list of {child.name} by ID`"
            )
        by = child.by_name.get(field.by) or Field(field.by, parent.key.type)
        of = self._text(self._column(by), key=True)
        place = f"row_number() OVER (PARTITION BY {of} ORDER BY {self._order(child, of)})"
        columns = [(PLACE, self.words.cast(place, Sort.WHOLE)), *self._columns(child, layout)]
        inner = ",\n      ".join(f"{text} AS {quoted(name)}" for name, text in columns)
        made = f'SELECT\n      {of} AS "__of",\n      {inner}\n    {self._from(child, layout)}'
        row = self.words.row([(name, quoted(name)) for name, _ in columns])
        listed = self.words.listed(row, quoted(PLACE))
        note = _note(
            child, f"the table of `{field.name}`, gathered once for each of the `{parent.name}` rows"
        )
        return f'{note}  SELECT "__of", {listed} AS "rows"\n  FROM (\n    {made}\n  ) AS "one"\n  GROUP BY "__of"'

    def _order(self, child: Record, of: str) -> str:
        dated = [one for one in child.plain_fields if one.key or one.is_dated]
        return ", ".join(self._column(one) for one in dated[:3]) or of

    def _from(self, record: Record, layout: Layout) -> str:
        quoted = self.words.quoted
        joins = ""
        for name in layout.lists:
            rows = quoted(_rows_of(record, record.by_name[name]))
            assert record.key is not None
            key = self._text(self._column(record.key), key=True)
            joins += f'\n  LEFT JOIN {rows} AS {quoted(name)} ON {quoted(name)}."__of" = {key}'
        return f"FROM {self.table(record)} AS {quoted('t')}{joins}"

    def table(self, record: Record) -> str:
        """Return the name of the table of a record; before a dot stands its schema."""
        name = record.read_from or record.name
        return ".".join(map(self.words.quoted, name.split(".")))

    # --- columns -----------------------------------------------------------------------------------------------

    def _columns(self, record: Record, layout: Layout) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        shapes = shapes_of(self.schema, record, layout)
        for name in layout.fields:
            found += self._field(record.by_name[name])
        for name in layout.lists:
            shape = shapes[name]
            assert isinstance(shape, Listed)
            found.append((name, self.words.or_empty(f'{self.words.quoted(name)}."rows"', shape)))
        return found

    def _column(self, field: Field) -> str:
        return f"{self.words.quoted('t')}.{self.words.quoted(field.column or field.name)}"

    def _field(self, field: Field) -> list[tuple[str, str]]:
        column = self._column(field)
        cast = self.words.cast
        match field.type:
            case DateType():
                return [(field.name, cast(column, Sort.DATE))]
            case DateTimeType():
                return [(field.name, cast(column, Sort.MOMENT))]
            case YesNoType():
                return [(field.name, cast(column, Sort.BOOLEAN))]
            case NumberType(whole=True):
                return [(field.name, cast(column, Sort.WHOLE))]
            case NumberType():
                scaled = f"CAST({column} AS {self.words.decimal}) * {SCALE}"
                return [(field.name, cast(scaled, Sort.WHOLE))]
            case JudgementType():
                return self._judgement(field.name, column)
            case ChoiceType() as type_:
                return self._choice(field, type_, column)
            case DurationType():
                return self._duration(field.name, column)
            case TextType():
                return [(field.name, self._text(column, key=field.key))]
        raise Unsupported(f"the field `{field.name}`, which is {field.type}")

    def _text(self, column: str, *, key: bool = False) -> str:
        """Return a text without blanks around it; NULL where nothing else is left, or what stands for nothing."""
        text = f"nullif(trim({self.words.cast(column, Sort.TEXT)}), '')"
        missing = self.schema.reading.missing
        if key or not missing:
            return text
        nothing = ", ".join(self.words.dialect.text(" ".join(one.split()).lower()) for one in missing)
        return f"CASE WHEN lower({text}) NOT IN ({nothing}) THEN {text} END"

    def _judgement(self, name: str, column: str) -> list[tuple[str, str]]:
        text = self._text(column)
        spelled = ", ".join(map(self.words.dialect.text, NOT_APPLICABLE))
        na = f"lower({text}) IN ({spelled})"
        value = f"CASE\n      WHEN {na} THEN NULL\n      ELSE {self.words.cast(text, Sort.BOOLEAN)}\n    END"
        return [(name, value), (name + NA, f"coalesce({na}, FALSE)")]

    def _choice(self, field: Field, type_: ChoiceType, column: str) -> list[tuple[str, str]]:
        spellings = {fold_choice(value): value for value in type_.values}
        spellings.update(field.choice.spellings if field.choice else ())
        quote = self.words.dialect.text
        folded = f"lower(replace({self._text(column)}, '_', ' '))"
        whens = "".join(f"\n      WHEN {quote(one)} THEN {quote(value)}" for one, value in spellings.items())
        known = ", ".join(map(quote, spellings))
        bad = f"coalesce({folded} NOT IN ({known}), FALSE)"
        return [(field.name, f"CASE {folded}{whens}\n    END"), (field.name + BAD, bad)]

    def _duration(self, name: str, column: str) -> list[tuple[str, str]]:
        text = self._text(column)
        amount = self.words.cast(f"split_part({text}, ' ', 1)", Sort.WHOLE)
        words = f"lower(trim(substr({text}, length(split_part({text}, ' ', 1)) + 1)))"
        whens = "".join(
            f"\n      WHEN {words} IN ('{one.value[:-1]}', '{one.value}') THEN '{one.value}'" for one in Unit
        )
        return [(name + AMOUNT, amount), (name + UNIT, f"CASE{whens}\n    END")]


def _rows_of(parent: Record, field: Field) -> str:
    return f"{field.name} of {parent.name}"


def _note(record: Record, what: str) -> str:
    return f"  -- {line(record.title or record.name)}: {line(what)}.\n"
