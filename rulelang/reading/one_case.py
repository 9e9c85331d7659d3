"""One case given by itself, as a mapping or an object with nested lists: what a developer judges."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from rulelang.diagnostics import did_you_mean
from rulelang.model.records import Field, Record, Schema
from rulelang.reading.assembly import CaseRow, as_mapping
from rulelang.reading.cells import CellReader, Flaw
from rulelang.reading.failures import cannot_read
from rulelang.reading.headings import fold
from rulelang.reading.problems import DataProblem, ProblemKind, Problems, shown
from rulelang.truth import UNREADABLE


@frozen
class _RecordFields:
    """What a record's fields are called, and how their cells are read."""

    record: Record
    by_folded: Mapping[str, Field]
    readers: Mapping[str, Callable[[Any], Any]]


@frozen
class _Reading:
    """The readers of one thread: they hand over flaws through a list, which threads must not share."""

    flaws: list[tuple[Field, Any, Flaw]]
    records: Mapping[str, _RecordFields] = field(factory=dict)


class CaseReader:
    """Reads one case after another; safe to share between threads, and picklable.

    A field that a case does not name is missing, and no key is needed. A name that is no field is a data
    problem, `unknown-field`, and left out.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._local = threading.local()

    def __reduce__(self) -> tuple[type[CaseReader], tuple[Schema]]:
        return CaseReader, (self._schema,)

    def read(self, case: Any, problems: Problems | None = None) -> CaseRow:
        """Return the typed case. Raises TypeError for what has no fields, ReadingError for a broken list."""
        given = as_mapping(case)
        if not isinstance(given, Mapping):
            raise TypeError(f"a case is a mapping or an object with fields, not {type(case).__name__}")
        record = self._schema.case
        row, dirty = self._row(record, given, "", problems if problems is not None else Problems())
        key = row[record.key.name] if record.key else None
        return CaseRow(row, None if key is UNREADABLE else shown(key), dirty, None)

    def _reading(self) -> _Reading:
        found = getattr(self._local, "reading", None)
        if isinstance(found, _Reading):
            return found
        flaws: list[tuple[Field, Any, Flaw]] = []
        records = {one.name: self._fields(one, flaws) for one in self._schema.records}
        self._local.reading = _Reading(flaws, records)
        return self._local.reading  # type: ignore[no-any-return]

    def _fields(self, record: Record, flaws: list[tuple[Field, Any, Flaw]]) -> _RecordFields:
        folded = {fold(one.column): one for one in record.fields if one.column}
        folded.update((fold(one.name), one) for one in record.fields)
        # A blank is as good as leaving the field out, so none is reported.
        readers = {
            one.name: CellReader(evolve(one, optional=True), self._schema.reading, flaws).native
            for one in record.plain_fields
        }
        return _RecordFields(record, folded, readers)

    def _row(
        self, record: Record, given: Mapping[Any, Any], where: str, problems: Problems
    ) -> tuple[dict[str, Any], bool]:
        reading = self._reading()
        fields = reading.records[record.name]
        row: dict[str, Any] = {one.name: [] if one.is_list else None for one in record.fields}
        lists = []
        for name, cell in given.items():
            reader = fields.readers.get(name)
            if reader is not None:
                row[name] = reader(cell)
                continue
            one = record.by_name.get(name) or fields.by_folded.get(fold(str(name)))
            if one is None:
                problems.add(self._unknown(record, f"{where}{name}", str(name), cell))
            elif one.is_list:
                lists.append((one, cell))
            else:
                row[one.name] = fields.readers[one.name](cell)
        dirty = bool(reading.flaws) and self._report(reading.flaws, where, problems)
        for one, cell in lists:
            row[one.name], below = self._list(one, cell, f"{where}{one.name}", problems)
            self._name_parent(one, row, record)
            dirty = dirty or below
        return row, dirty

    def _name_parent(self, one: Field, row: dict[str, Any], record: Record) -> None:
        """Give child rows that name no parent the key of theirs, where a field of theirs holds it."""
        if record.key is None or one.by not in self._schema.child(one).by_name:
            return
        for child in row[one.name]:
            if child[one.by] is None:
                child[one.by] = row[record.key.name]

    def _list(
        self, one: Field, cell: Any, where: str, problems: Problems
    ) -> tuple[list[dict[str, Any]], bool]:
        if hasattr(cell, "tolist"):
            cell = cell.tolist()
        if cell is None:
            return [], False
        if not isinstance(cell, list | tuple):
            what = f"Give `{one.name}` as a list of mappings or objects; an empty list where there are none."
            raise cannot_read("not-rows", f"`{where}` is no list of rows", what)
        child = self._schema.child(one)
        rows, dirty = [], False
        for place, each in enumerate(cell, 1):
            given = as_mapping(each)
            if not isinstance(given, Mapping):
                what = f"Give each row of `{one.name}` as a mapping or an object with fields."
                raise cannot_read("not-rows", f"`{where}[{place}]` is no row", what)
            row, below = self._row(child, given, f"{where}[{place}].", problems)
            rows.append(row)
            dirty = dirty or below
        return rows, dirty

    def _report(self, flaws: list[tuple[Field, Any, Flaw]], where: str, problems: Problems) -> bool:
        dirty = False
        for one, cell, flaw in flaws:
            dirty = dirty or flaw.value is UNREADABLE
            problem = DataProblem(
                self._schema.case.name, None, where + one.name, shown(cell), flaw.problem, flaw.kind
            )
            problems.add(problem)
        flaws.clear()
        return dirty

    def _unknown(self, record: Record, column: str, name: str, cell: Any) -> DataProblem:
        near = did_you_mean(fold(name), [one.name for one in record.fields], limit=1)
        meant = f" Did you mean `{near[0]}`?" if near else ""
        why = f"`{record.name}` has no field of this name, so it was left out.{meant}"
        return DataProblem(self._schema.case.name, None, column, shown(cell), why, ProblemKind.UNKNOWN_FIELD)


def read_case(schema: Schema, case: Any, *, problems: Problems | None = None) -> CaseRow:
    """Return one case given as a mapping or an object; a CaseReader reads many, faster."""
    return CaseReader(schema).read(case, problems)
