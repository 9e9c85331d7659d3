"""Scripts: a plan as one text of SQL with comments, over the tables of whoever runs it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from attrs import evolve, frozen

from rulelang.engines.sql.building import list_name
from rulelang.engines.sql.clocks import ClockResult
from rulelang.engines.sql.judging import ITEM_OUTCOMES, OF_ITEM, ItemResult
from rulelang.engines.sql.lowering import (
    JUDGED,
    NOT_YET_BEGUN,
    OUT_OF_SCOPE,
    STATUS,
    Lowered,
    Wanted,
    lower,
    table_of,
)
from rulelang.engines.sql.scripts.comments import line, remarks
from rulelang.engines.sql.scripts.days import LOOK_UPS, Days, Tables, listed_as
from rulelang.engines.sql.scripts.layouts import shapes_of
from rulelang.engines.sql.scripts.sources import (
    CASES,
    Sources,
    layout_of,
    read_from,
    read_names,
    without_unread,
)
from rulelang.engines.sql.scripts.words import Words
from rulelang.engines.sql.values import Val
from rulelang.model.pack import Pack
from rulelang.outcomes import WORST_FIRST
from rulelang.planning.plan import Plan
from rulelang.query.nodes import (
    Case,
    Column,
    Lambda,
    Literal,
    Node,
    Variable,
    call,
    case,
    negation,
    text,
    whole,
)
from rulelang.query.shapes import Shapes
from rulelang.query.writing import Writer
from rulelang.types import JudgementType, YesNoType

STATUSES = {JUDGED: "judged", NOT_YET_BEGUN: "not yet begun", OUT_OF_SCOPE: "out of scope"}
OUTCOMES, BY = "outcomes", "by"


class Ending(Enum):
    """What a script gives: how many cases came to what, or what each came to."""

    COUNTS = "counts"
    CASES = "cases"


GIVES = {
    Ending.COUNTS: (
        "It gives how many cases came to what: for each timescale and item a row for each outcome. Cases that had",
        "not begun, or are out of scope, are in the rows of the kind `cases` alone.",
    ),
    Ending.CASES: (
        "It gives a row for each case: its status, and the outcome of each timescale and item in words.",
    ),
}


@frozen
class Script:
    """What a script is to say, besides the rules: the question, and how it ends."""

    wanted: Wanted
    ending: Ending = Ending.COUNTS
    # Whether the calendar is in tables of its own, made by a text of its own.
    tables_apart: bool = False


@frozen
class Written:
    """A script: the query, and the texts that make the tables of its calendar where these are apart."""

    query: str
    tables: tuple[str, ...] = ()


def write_script(pack: Pack, plan: Plan, script: Script, words: Words) -> Written:
    """Return a plan as a script.

    Raises Unsupported for what one query cannot do, NotWritten for what a dialect has no words for.
    """
    return _Maker.of(pack, plan, script, words).written()


@frozen
class _Maker:
    pack: Pack
    plan: Plan
    script: Script
    words: Words
    lowered: Lowered
    layout: Any
    key: tuple[str, ...]

    @classmethod
    def of(cls, pack: Pack, plan: Plan, script: Script, words: Words) -> _Maker:
        """Lower a plan twice: the second time over the columns alone that the first has read."""
        schema = pack.schema
        layout = layout_of(schema)
        lowered, _ = lower(plan, layout, script.wanted)
        key = schema.case.key
        names = read_names(_nodes(lowered))
        layout = without_unread(layout, names, key.name if key else None)
        lowered, _ = lower(plan, layout, script.wanted)
        return cls(pack, plan, script, words, lowered, layout, (key.name,) if key else ())

    def written(self) -> Written:
        days = Days(self.lowered, self.words).tables()
        apart = self.script.tables_apart
        tables = [*([] if apart else days), *Sources(self.pack.schema, self.words).tables(self.layout)]
        quoted = self.words.quoted
        query = evolve(self.lowered.outcomes(quoted(CASES), self.key), tables=tuple(tables))
        writer = self._writer()
        parts, before = writer.parts(query)
        parts = [self._once(part) for part in parts]
        parts.append(self._outcomes(writer, before))
        text = self._about() + "WITH\n" + ",\n\n".join(parts) + "\n\n" + self._ending() + "\n"
        return Written(text, self._apart(days) if apart else ())

    def _once(self, part: str) -> str:
        """Have the last tables of a calendar made once: what is looked up in them is then known to be small."""
        for name in (LOOK_UPS, *map(table_of, self.plan.calendars)):
            begin = f"{self.words.quoted(name)} AS ("
            if part.startswith(begin):
                return f"{self.words.quoted(name)} {self.words.materialized} (" + part.removeprefix(begin)
        return part

    def _about(self) -> str:
        """Return what the query reads and what it gives, as comments."""
        lines = [
            *read_from(self.pack.schema, self.layout),
            "",
            *GIVES[self.script.ending],
            *self.words.advice,
        ]
        return "".join(f"-- {one}\n" if one else "--\n" for one in lines) + "\n"

    def _writer(self) -> Writer:
        looked = {list_name(owner, column): listed_as(column) for owner, column in self.lowered.lists}
        columns = shapes_of(self.pack.schema, self.pack.schema.case, self.layout)
        writer = self.words.writer(Shapes({**columns, **looked}), frozenset(looked))
        writer.remarks = remarks(self.pack, self.lowered.clocks)
        return writer

    def _apart(self, days: Tables) -> tuple[str, ...]:
        quoted = self.words.quoted
        return tuple(f"CREATE TABLE {quoted(name)} AS\n{one};\n" for name, one in days)

    # --- outcomes ----------------------------------------------------------------------------------------------

    def _outcomes(self, writer: Writer, before: str) -> str:
        """Return the last step: a row for each case, its outcomes in words."""
        words = tuple((call("eq", Column(STATUS), whole(code)), text(one)) for code, one in STATUSES.items())
        columns: list[tuple[str, Node]] = [(name, Column(name)) for name in self.key]
        columns.append(("status", Case(words)))
        group = self.lowered.group
        columns += [(BY, _grouped(self.script.wanted, group))] if group is not None else []
        for plan, clock in zip(self.plan.timescales, self.lowered.clocks, strict=True):
            columns.append((f"timescale {plan.timescale.name}", _clock_in_words(clock)))
        for item, result in zip(self.plan.items, self.lowered.items, strict=True):
            columns.append((f"item {item.item.id}", _item_in_words(result)))
        query = evolve(self.lowered.outcomes(before, self.key), select=tuple(columns))
        select = writer.last(query, before).replace("\n", "\n  ")
        return (
            f"{self.words.quoted(OUTCOMES)} {self.words.materialized} (\n"
            f"  -- What each case comes to, in words.\n  {select}\n)"
        )

    # --- the end -----------------------------------------------------------------------------------------------

    def _ending(self) -> str:
        quoted = self.words.quoted
        if self.script.ending is Ending.CASES:
            order = f"\nORDER BY {quoted(self.key[0])}" if self.key else ""
            return f"-- A row for each case.\nSELECT * FROM {quoted(OUTCOMES)}{order}"
        by = f"{quoted(BY)}, " if self.lowered.group is not None else ""
        columns = (
            f"'cases' AS {quoted('kind')}, 'all' AS {quoted('id')}, {quoted('status')} AS {quoted('outcome')}"
        )
        first = (
            f"SELECT {by}{columns}, count(*) AS {quoted('cases')}\n"
            f"FROM {quoted(OUTCOMES)} GROUP BY {self._grouping(by)}"
        )
        selects = [first]
        for plan in self.plan.timescales:
            selects.append(self._counted(by, "timescale", plan.timescale.name, plan.timescale.title))
        for item, result in zip(self.plan.items, self.lowered.items, strict=True):
            selects.append(
                self._counted(by, "item", item.item.id, item.item.title, each=result.each is not None)
            )
        head = "-- How many cases came to what. Of cases that are not judged only the number is given.\n"
        return head + "\nUNION ALL\n".join(selects)

    def _grouping(self, by: str) -> str:
        return "1, 4" if by else "3"

    def _counted(self, by: str, kind: str, name: str, title: str, *, each: bool = False) -> str:
        quoted, said = self.words.quoted, self.words.dialect.text
        source = f"{quoted(OUTCOMES)} WHERE \"status\" = 'judged'"
        column = quoted(f"{kind} {name}")
        if each:
            source = f'(SELECT {by}unnest({column}) AS "one" FROM {source}) AS "each"'
            column = '"one"'
        return (
            f"SELECT {by}{said(kind)}, {said(name)}, {column}, count(*)  -- {line(title)}\n"
            f"FROM {source} GROUP BY {self._grouping(by)}"
        )


def _nodes(lowered: Lowered) -> list[Node]:
    """Return every node of a lowered plan."""
    found = [node for step in lowered.steps for _, node in step.columns]
    found += [one.by for step in lowered.steps for one in step.look_ups]
    found += [node for _, node in lowered.outcomes("", ()).select]
    found += [one.value for one in lowered.repeated]
    if lowered.group is not None:
        found += [one for one in (lowered.group.sql, lowered.group.na, lowered.group.den) if one is not None]
    return found


def _clock_in_words(clock: ClockResult) -> Node:
    codes = {whole(number): one.value for number, one in enumerate(WORST_FIRST)}
    if isinstance(clock.outcome, Literal):
        return text(codes[clock.outcome])
    possible = {one.outcome for _, one in clock.lines} if clock.line is not None else set(WORST_FIRST)
    return case(
        *(
            (call("eq", clock.outcome, whole(at)), text(one.value))
            for at, one in enumerate(WORST_FIRST)
            if one in possible
        )
    )


def _item_in_words(item: ItemResult) -> Node:
    if item.each is None:
        return case(*((test, text(one.value)) for one, test in item.tests), otherwise=text(item.rest.value))
    code = Variable("__o")
    words = case(*((call("eq", code, OF_ITEM[one]), text(one.value)) for one in ITEM_OUTCOMES))
    return call("list_map", item.each, Lambda(("__o",), words))


def _grouped(wanted: Wanted, group: Val) -> Node:
    """Return what cases are split by, as people read it."""
    assert wanted.by is not None
    value = group.sql if group.den is None else call("divide", group.sql, group.den)
    if isinstance(wanted.by.type, YesNoType | JudgementType):
        value = case((group.sql, text("yes")), (negation(group.sql), text("no")))
        value = case((group.na, text("not applicable")), otherwise=value)
    return value
