"""Fields bound to columns: what a table lacks, said all at once, and what it may lack, said as a note."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field, frozen

from rulelang.diagnostics import Diagnostic, and_list
from rulelang.model.records import Field, Record
from rulelang.reading.failures import failure, listed
from rulelang.reading.headings import Headings, Shape, TwoColumns


@frozen
class Binding:
    """Where the fields of a record stand in a table. What is in none of them is missing in every row.

    `lists` are the columns of nested rows; `join` is the column that holds the parent's key.
    """

    plain: tuple[tuple[Field, int], ...]
    lists: tuple[tuple[Field, int], ...]
    join: int | None = None


@define
class Lacking:
    """What stands in the way of reading, and what is only worth a note."""

    failures: list[Diagnostic] = field(factory=list)
    notes: list[str] = field(factory=list)


def bind(
    record: Record,
    shape: Shape,
    where: str,
    lacking: Lacking,
    *,
    join: str | None = None,
    filled: frozenset[str] = frozenset(),
    lists: Sequence[Field] = (),
) -> Binding:
    """Find the columns of a record in a table shown as `where`.

    `join` names the field that holds the parent's key; `filled` are fields that need no column; `lists` are
    those whose rows could be nested here.
    """
    headings = Headings(shape.headings)
    plain, absent = [], []
    for one in record.plain_fields:
        place = _place(headings, one, where, lacking)
        if place is not None:
            plain.append((one, place))
        elif one.name not in filled:
            absent.append(one)
    taken = [shape.headings[place] for _, place in plain]
    _say_absent(absent, headings, taken, where, lacking)
    nested = [(one, place) for one in lists if (place := _place(headings, one, where, lacking)) is not None]
    join_at = _join(record, join, headings, taken, where, lacking) if join else None
    return Binding(tuple(plain), tuple(nested), join_at)


def _place(headings: Headings, one: Field, where: str, lacking: Lacking) -> int | None:
    try:
        return headings.place(one.column or one.name)
    except TwoColumns as two:
        _say_two(one.name, one, two, where, lacking)
        # Bound all the same: that the column is absent as well would be a second message for one cause.
        return headings.headings.index(two.args[0])


def _say_two(wanted: str, one: Field | None, two: TwoColumns, where: str, lacking: Lacking) -> None:
    lacking.failures.append(
        failure(
            "two-columns",
            f"{where} has {len(two.args)} columns for `{wanted}`: {and_list(two.args, chr(34))}",
            "Letter case, blanks and signs do not tell columns apart, and which is meant is not guessed.",
            "Rename or leave out the others, or name one exactly after the field's type: "
            f'`column "{two.args[0]}"`.',
            place=one.place if one else None,
            label="this field",
        )
    )


def _say_absent(
    absent: Sequence[Field], headings: Headings, taken: list[str], where: str, lacking: Lacking
) -> None:
    needed = [one for one in absent if not one.optional]
    for one in needed:
        offer = f"{where} offers {listed(headings.offered)}." if one is needed[-1] else None
        lacking.failures.append(_absent_column(one, headings, taken, where, offer))
    optional = [one for one in absent if one.optional]
    if not optional:
        return
    near = [(one, headings.resembling(_names(one), taken)) for one in optional]
    hints = [f'`{one.name}` looks like "{heading}"' for one, heading in near if heading]
    hint = f' But {and_list(hints, "")}: add `column "…"` to the field if that is it.' if hints else ""
    column, each, they = (
        ("column", "field", "It is") if len(optional) == 1 else ("columns", "fields", "They are")
    )
    lacking.notes.append(
        f"{where} has no {column} for the optional {each} {and_list(one.name for one in optional)}. "
        f"{they} missing in every row.{hint}"
    )


def _names(one: Field) -> list[str]:
    return [name for name in (one.column, one.name, one.title) if name]


def _absent_column(
    one: Field, headings: Headings, taken: list[str], where: str, offer: str | None
) -> Diagnostic:
    wanted = one.column or one.name
    near = headings.resembling(_names(one), taken)
    looked = f'A column headed "{wanted}" was looked for; letter case, blanks and signs make no difference.'
    if near:
        remedy = f'"{near}" looks like it. If it is, write `column "{near}"` after the type of `{one.name}`.'
    else:
        remedy = f'If it has another heading, write `column "…"` after the type of `{one.name}`.'
    lacked = "If the record may lack it, write `optional` there too, and it is missing in every row."
    message = f"{where} has no column for `{one.name}`"
    return failure(
        "absent-column", message, looked, remedy, lacked, offer, place=one.place, label="this field"
    )


def _join(
    record: Record, join: str, headings: Headings, taken: list[str], where: str, lacking: Lacking
) -> int | None:
    declared = record.by_name.get(join)
    wanted = (declared.column if declared else None) or join
    try:
        place = headings.place(wanted)
    except TwoColumns as two:
        if declared is None:
            _say_two(join, None, two, where, lacking)
        return None
    if place is None and declared is None:
        near = headings.resembling([join], taken)
        lacking.failures.append(
            failure(
                "absent-column",
                f"{where} has no column `{join}` to say which row each belongs to",
                f'"{near}" looks like it: give `{record.name}` the field `{join} text column "{near}"`.'
                if near
                else f"Give it a column `{join}` that holds the key.",
                f"{where} offers {listed(headings.offered)}.",
            )
        )
    return place
