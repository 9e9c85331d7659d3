"""Records, fields and choices as the reader of an export and the engines need them: resolved and typed."""

from __future__ import annotations

from functools import cached_property

import attrs
from attrs import field, frozen

from rulelang.source import Place
from rulelang.types import ChoiceType, DateTimeType, DateType, ListType, PartialDateType, Type


@frozen
class Choice:
    """A closed set of values; `spellings` gives what exports write for each, folded, with `_` as blank."""

    type: ChoiceType
    title: str | None = None
    spellings: tuple[tuple[str, str], ...] = ()
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen
class Field:
    """A field of a record.

    `column` is the heading the author gave, if any; otherwise the column whose folded name is the field's.
    `choice` is set where the type is a choice. `record` and `by` are set for a list of child rows: `by` is the
    field of the child that holds the parent's key.
    """

    name: str
    type: Type
    key: bool = False
    optional: bool = False
    planned: bool = False
    column: str | None = None
    title: str | None = None
    choice: Choice | None = None
    by: str | None = None
    # Of a yes or no: what is blank is no.
    blank_is_no: bool = False
    place: Place | None = field(default=None, eq=False, repr=False)

    @property
    def is_list(self) -> bool:
        return isinstance(self.type, ListType)

    @property
    def is_dated(self) -> bool:
        """Whether its values are dates or moments."""
        return isinstance(self.type, DateType | DateTimeType)

    @property
    def is_viewed(self) -> bool:
        """Whether the as-at rule hides what lies ahead (M2)."""
        return (self.is_dated or isinstance(self.type, PartialDateType)) and not self.planned


@attrs.frozen(slots=False)
class Record:
    """A row of the export. `dated` is the field from which a row is there (M2), or None where it always is."""

    name: str
    fields: tuple[Field, ...]
    title: str | None = None
    read_from: str | None = None
    dated: str | None = None
    place: Place | None = field(default=None, eq=False, repr=False)

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    @cached_property
    def key(self) -> Field | None:
        """The field marked `key`, if any."""
        return next((one for one in self.fields if one.key), None)

    @cached_property
    def plain_fields(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if not one.is_list)

    @cached_property
    def lists(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.is_list)


@frozen
class Reading:
    """What the pack says of reading exports: the date order, the spellings of nothing, the time zone."""

    day_first: bool | None = None
    missing: tuple[str, ...] = ()
    time_zone: str | None = None


@attrs.frozen(slots=False)
class Schema:
    """All records of a pack; `case` is the one no other lists."""

    case: Record
    records: tuple[Record, ...]
    reading: Reading = Reading()

    @cached_property
    def by_name(self) -> dict[str, Record]:
        return {record.name: record for record in self.records}

    def child(self, one: Field) -> Record:
        """Return the record that a list field holds rows of."""
        assert isinstance(one.type, ListType)
        return self.by_name[one.type.record]


def fold_choice(text: str) -> str:
    """Return a spelling as it compares: any letter case, `_` as blank."""
    return " ".join(text.replace("_", " ").split()).casefold()
