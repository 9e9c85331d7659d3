"""The calendars of a script: their closed days as they stand, and what every day comes to, worked out from them."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from attrs import frozen

from rulelang.calendars import WorkingCalendar
from rulelang.engines.sql.building import list_name
from rulelang.engines.sql.calendars import list_of
from rulelang.engines.sql.lowering import Lowered, table_of
from rulelang.engines.sql.scripts.comments import line
from rulelang.engines.sql.scripts.words import Words
from rulelang.engines.sql.zones import FIRST, LAST
from rulelang.query.nodes import Sort
from rulelang.query.shapes import Listed

Tables = list[tuple[str, str]]
LOOK_UPS = "look_ups"
OF_ZONE = ("offset", "change_at", "change_by", "utc_offset", "utc_change_at", "utc_change_by")


def listed_as(column: str) -> Listed:
    """Return what a look-up that is held as a list is a list of."""
    if column in OF_ZONE or column == "rank":
        return Listed(Sort.WHOLE)
    return Listed(Sort.BOOLEAN if column == "working" else Sort.DATE)


@frozen
class Days:
    """Writes the tables that a lowered plan looks up."""

    lowered: Lowered
    words: Words

    def tables(self) -> Tables:
        """Return the names and texts of the tables, each after those that it reads."""
        found: Tables = []
        calendars = self.lowered.plan.calendars
        listed: dict[str, list[str]] = {}
        for owner, column in self.lowered.lists:
            listed.setdefault(owner, []).append(column)
        for name, calendar in calendars.items():
            due = [*self.lowered.due_columns.get(name, ())]
            moved = [one for one in listed.get(name, ()) if one.startswith(("plus_", "minus_"))]
            if due or name in listed:
                found += self._calendar(name, calendar, list(dict.fromkeys([*due, *moved])))
        for zone in (one for one in listed if one not in calendars):
            found += self._zone(zone, listed[zone])
        if listed:
            found.append((LOOK_UPS, self._look_ups(listed)))
        return found

    # --- working days ------------------------------------------------------------------------------------------

    def _calendar(self, name: str, calendar: WorkingCalendar, moves: list[str]) -> Tables:
        quoted = self.words.quoted
        closed = [
            day
            for day in calendar.holidays
            if day.weekday() not in calendar.weekend and day not in calendar.openings and calendar.covers(day)
        ]
        span = f"{calendar.first.isoformat()} to {calendar.last.isoformat()}"
        title = line(calendar.title or name)
        found = [
            (
                f"closed days of {name}",
                self._dates(f"{title}: the days closed besides weekends, {span}.", closed),
            )
        ]
        opened = [day for day in calendar.openings if calendar.covers(day)]
        if opened:
            found.append(
                (f"opened days of {name}", self._dates(f"{title}: the days open whatever else.", opened))
            )
        found.append((f"calendar of {name}", self._ranked(name, calendar, bool(opened))))
        if moves:
            joins = "".join(
                f'\n  LEFT JOIN {quoted(f"calendar of {name}")} AS {quoted(one)} ON {quoted(one)}."working" '
                f'AND {quoted(one)}."rank" = {self._rank(one)}'
                for one in moves
                if one != "plus_0"
            )
            columns = "".join(
                f', {quoted("c" if one == "plus_0" else one)}."day" AS {quoted(one)}' for one in moves
            )
            note = f"  -- {title}: the working day so many after each day, or before it.\n"
            text = f'{note}  SELECT "c"."day"{columns}\n  FROM {quoted(f"calendar of {name}")} AS "c"{joins}'
            found.append((table_of(name), text))
        return found

    def _rank(self, move: str) -> str:
        sign, _, amount = move.partition("_")
        if sign == "plus":
            return f'"c"."rank" + {amount}'
        return f'"c"."rank" - CASE WHEN "c"."working" THEN 1 ELSE 0 END - {int(amount) - 1}'

    def _dates(self, note: str, days: list[dt.date]) -> str:
        """Return days as a table, a year a line."""
        lines = [
            ", ".join(f"({self.words.day(day)})" for day in year)
            for _, year in groupby(sorted(days), key=lambda day: day.year)
        ]
        if not lines:
            none = self.words.cast("NULL", Sort.DATE)
            return f'  -- {note}\n  SELECT {none} AS "day"'
        rows = ",\n    ".join(lines)
        return f'  -- {note}\n  SELECT "day" FROM (VALUES\n    {rows}\n  ) AS "d"("day")'

    def _ranked(self, name: str, calendar: WorkingCalendar, opened: bool) -> str:
        quoted = self.words.quoted
        weekend = ", ".join(str(day + 1) for day in sorted(calendar.weekend))
        weekday = self.words.weekday('"d"."day"')
        tests = [f"{weekday} NOT IN ({weekend})"] if weekend else []
        working = " AND ".join([*tests, '"shut"."day" IS NULL'])
        join = f'\n    LEFT JOIN {quoted(f"closed days of {name}")} AS "shut" ON "shut"."day" = "d"."day"'
        if opened:
            working = f'({working}) OR "open"."day" IS NOT NULL'
            join += (
                f'\n    LEFT JOIN {quoted(f"opened days of {name}")} AS "open" ON "open"."day" = "d"."day"'
            )
        rank = self.words.cast('sum(CASE WHEN "working" THEN 1 ELSE 0 END) OVER (ORDER BY "day")', Sort.WHOLE)
        series = self.words.series(calendar.first, calendar.last)
        return (
            "  -- Every day: whether it is a working day, and how many there have been up to it.\n"
            f'  SELECT "day", "working", {rank} AS "rank"\n'
            f'  FROM (\n    SELECT "d"."day", {working} AS "working"\n    FROM ({series}) AS "d"{join}\n  ) AS "e"'
        )

    # --- clocks ------------------------------------------------------------------------------------------------

    def _zone(self, zone: str, columns: list[str]) -> Tables:
        """Return the changes of a clock, and every day of it: seconds are what its columns are in."""
        quoted = self.words.quoted
        values = {one: list_of(self.lowered.plan, zone, one) for one in columns}
        steps = {
            one: [now - before for before, now in zip([0, *values[one]], values[one], strict=False)]
            if one.endswith("offset")
            else values[one]
            for one in columns
        }
        days = [at for at in range((LAST - FIRST).days + 1) if any(steps[one][at] for one in columns)]
        rows = [
            f"({self.words.day(FIRST + dt.timedelta(days=at))}, {', '.join(str(steps[one][at]) for one in columns)})"
            for at in days
        ] or [f"({self.words.day(FIRST)}, {', '.join('0' for _ in columns)})"]
        named = ", ".join(map(quoted, ("day", *columns)))
        listed = ",\n    ".join(", ".join(rows[at : at + 2]) for at in range(0, len(rows), 2))
        changes = (
            f"  -- {line(zone)}: the days on which the clocks change, in seconds from universal time.\n"
            f'  SELECT {named} FROM (VALUES\n    {listed}\n  ) AS "d"({named})'
        )
        made = ", ".join(f"{self._of_clock(one)} AS {quoted(one)}" for one in columns)
        every = (
            f"  -- {line(zone)}: every day, how far the clocks stand off and what changes.\n"
            f'  SELECT "d"."day", {made}\n'
            f'  FROM ({self.words.series(FIRST, LAST)}) AS "d"\n'
            f'  LEFT JOIN {quoted(f"changes of {zone}")} AS "c" ON "c"."day" = "d"."day"'
        )
        return [(f"changes of {zone}", changes), (f"clock of {zone}", every)]

    def _of_clock(self, column: str) -> str:
        value = f'coalesce("c".{self.words.quoted(column)}, 0)'
        if column.endswith("offset"):
            value = f'sum({value}) OVER (ORDER BY "d"."day")'
        return self.words.cast(value, Sort.WHOLE)

    # --- lists -------------------------------------------------------------------------------------------------

    def _look_ups(self, listed: dict[str, list[str]]) -> str:
        """Return the one row of lists that are read inside the lists of a case."""
        quoted = self.words.quoted
        columns = []
        for owner, names in listed.items():
            for name in names:
                of_days = name.startswith(("plus_", "minus_"))
                table = table_of(owner) if of_days else f"calendar of {owner}"
                if owner not in self.lowered.plan.calendars:
                    table = f"clock of {owner}"
                column = quoted("day" if name == "nth" else name)
                made = self.words.listed(column, '"day"', '"working"' if name == "nth" else "")
                columns.append(f"(SELECT {made} FROM {quoted(table)}) AS {quoted(list_name(owner, name))}")
        return (
            "  -- The same as lists: what is looked up inside the rows of a case.\n  SELECT\n    "
            + ",\n    ".join(columns)
        )
