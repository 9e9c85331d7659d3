"""Checking calendars: shipped ones, other countries' and an author's own, made into working days."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from attrs import define, field

from rulelang.analysis.findings import Findings, did_you_mean_one_of, meant, offered
from rulelang.analysis.names import Declared, Names
from rulelang.calendars import (
    CalendarContradiction,
    CalendarUnavailable,
    UnknownCalendar,
    WorkingCalendar,
    custom,
    named,
    shipped,
)
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import WEEKDAYS


@define
class Calendars:
    """Finds and builds the calendars a pack names. `folder` is where files beside the rules lie."""

    names: Names
    findings: Findings
    built: dict[str, WorkingCalendar] = field(factory=dict)
    building: list[str] = field(factory=list)

    def build_declared(self) -> None:
        for name in self.names.kind("calendar"):
            self.find(name, None)

    def find(self, name: str, place: Place | None) -> WorkingCalendar | None:
        """Return a calendar by name, declared here or shipped; report and return None where there is none."""
        if name in self.built:
            return self.built[name]
        declared = self.names.kind("calendar").get(name)
        try:
            made = self._custom(declared) if declared is not None else named(name)
        except UnknownCalendar as wrong:
            known = [*self.names.kind("calendar"), *(one.name for one in shipped())]
            near = did_you_mean_one_of(wrong.near) or meant(name, known)
            self.findings.error(
                "unknown-calendar",
                f"there is no calendar `{name}`",
                place,
                near,
                hint=None
                if near
                else f"The calendars are {offered(known)}.\n"
                'Another country\'s goes by its code, in a `calendar` of your own: `holidays of "FR"`.',
            )
            return None
        except CalendarContradiction as wrong:
            where = declared.place if declared is not None else place
            self.findings.error("unusable-calendar", f"the calendar `{name}` {wrong.reason}", where)
            return None
        except CalendarUnavailable as wrong:
            self.findings.error(
                "unusable-calendar", f"the calendar `{name}` cannot be had: {wrong.reason}", place
            )
            return None
        if made is not None:
            self.built[name] = made
        return made

    def _custom(self, declared: Declared) -> WorkingCalendar | None:
        node: ast.CalendarDecl = declared.node
        name = node.name.text
        if name in self.building:
            self.findings.error(
                "circle",
                f"the calendar `{name}` is made of itself",
                declared.place,
                hint="After `holidays of` stands another calendar.",
            )
            return None
        self.building.append(name)
        before = len(self.findings.diagnostics)
        try:
            bases = [self._base(base, declared) for base in node.bases]
        finally:
            self.building.pop()
        closed = [(one.day, one.title.value if one.title else None) for one in node.closed]
        if node.read_from is not None:
            closed += self._from_file(node.read_from, declared)
        weekend = self._weekend(node, declared)
        if any(base is None for base in bases) or len(self.findings.diagnostics) > before:
            return None
        first, last = node.covers if node.covers else (None, None)
        return custom(
            name,
            node.title.value if node.title else name,
            weekend=weekend,
            base=tuple(base for base in bases if base is not None),
            closed=closed,
            open=[(one.day, one.title.value if one.title else None) for one in node.open],
            first=first,
            last=last,
        )

    def _base(self, base: ast.Name | ast.Text, declared: Declared) -> WorkingCalendar | None:
        text = base.text if isinstance(base, ast.Name) else base.value
        return self.find(text, Place(declared.file, base.span))

    def _weekend(self, node: ast.CalendarDecl, declared: Declared) -> Sequence[int] | None:
        if node.weekend is None:
            return None
        days = []
        for name in node.weekend:
            if name.text not in WEEKDAYS:
                self.findings.error(
                    "unknown-value",
                    f"`{name.text}` is not a day of the week",
                    Place(declared.file, name.span),
                    meant(name.text.removesuffix("s"), WEEKDAYS),
                    hint="The days are written out in small letters: `weekend saturday, sunday`.",
                )
                continue
            days.append(WEEKDAYS.index(name.text))
        return days

    def _from_file(self, text: ast.Text, declared: Declared) -> list[tuple[dt.date, str | None]]:
        """Read dates from the column `date` of a CSV beside the rules; a column `name` gives their names."""
        place = Place(declared.file, text.span)
        rows = read_beside(text.value, place, self.findings)
        if rows is None:
            return []
        if rows and "date" not in rows[0]:
            self.findings.error(
                "file-beside",
                f'"{text.value}" has no column `date`',
                place,
                hint=f"Its columns are {offered(list(rows[0]))}.",
            )
            return []
        days = []
        for number, row in enumerate(rows, 2):
            try:
                days.append((dt.date.fromisoformat(row["date"].strip()), row.get("name") or None))
            except ValueError:
                self.findings.error(
                    "file-beside",
                    f'row {number} of "{text.value}": "{row["date"]}" is not a date',
                    place,
                    hint="Dates in it are written 2015-01-27.",
                )
        return days


def read_beside(name: str, place: Place, findings: Findings) -> list[dict[str, str]] | None:
    """Read a CSV that lies beside a rule file; report and return None where that cannot be done."""
    path = Path(place.file.name).parent / name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        findings.error(
            "file-beside",
            f'the file "{name}" is not beside this rule file',
            place,
            hint="Put it into the folder of this rule file; its name is looked for as it is written here.",
        )
        return None
    except UnicodeDecodeError:
        findings.error(
            "file-beside", f'the file "{name}" is not UTF-8 text', place, hint="Save it as CSV UTF-8."
        )
        return None
    return list(csv.DictReader(StringIO(text)))
