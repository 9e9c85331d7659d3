"""How the rows of a record stand in a relation: which columns there are, and what stands beside them.

A field `f` is the column `f`, NULL where missing. Beside it may stand `f__na`, whether the inspector judged it not
applicable, and `f__bad`, whether its cell could not be read; neither is ever NULL. A length of time is two columns,
`f__amount` and `f__unit`; a number is a whole one, `SCALE` times as large. A list is a list of structs.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from rulelang.model.records import Record, Schema
from rulelang.types import JudgementType

# Numbers that need not be whole are held exactly to this many parts.
SCALE = 1_000_000
NA, BAD, AMOUNT, UNIT = "__na", "__bad", "__amount", "__unit"
# The place of a row in its list, and whether a case was set aside.
PLACE, ASIDE, LINE = "__n", "__aside", "__line"


def repeated_column(number: int) -> str:
    """Return the column that says which values of the case a file repeats, by the number of what is compared."""
    return f"__repeated_{number}"


@frozen
class FieldLayout:
    """What stands beside a field's column.

    `gathered`, of a field of the rows of a case's list, is a column of the case: the list of its values, row by row.
    """

    na: bool = False
    bad: bool = False
    gathered: str | None = None


@frozen
class Layout:
    """How the rows of a record stand in a relation. A field that is not named is missing in every row."""

    record: str
    fields: Mapping[str, FieldLayout] = field(factory=dict)
    lists: Mapping[str, Layout] = field(factory=dict)

    def holds(self, path: tuple[str, ...], name: str) -> bool:
        """Say whether the rows at the end of a path of lists have a column for a field."""
        if not path:
            return name in self.fields
        return path[0] in self.lists and self.lists[path[0]].holds(path[1:], name)


def plain_layout(schema: Schema, record: Record | None = None, *, bad: bool = False) -> Layout:
    """Return the layout with a column for every field, N/A beside judgements; `bad` beside all where asked."""
    record = record or schema.case
    return Layout(
        record.name,
        {one.name: FieldLayout(isinstance(one.type, JudgementType), bad) for one in record.plain_fields},
        {one.name: plain_layout(schema, schema.child(one), bad=bad) for one in record.lists},
    )
