"""What is legal in a pack but looks like a slip: warnings and notes, quiet where it is shown to be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rulelang.analysis.echo import echo_of
from rulelang.analysis.findings import Findings
from rulelang.analysis.names import Declared, Names
from rulelang.model.expressions import (
    AsAtDate,
    Call,
    Const,
    Expression,
    FieldValue,
    OutcomeIs,
    ParameterValue,
    children,
    walk,
)
from rulelang.model.pack import Item, Pack, Timescale, TimescaleKind
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import Duration, Unit

UP_TO_TWENTY = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
NUMBERS = dict(zip(UP_TO_TWENTY, range(1, 21), strict=True)) | {
    "thirty": 30,
    "forty": 40,
    "sixty": 60,
    "ninety": 90,
}
UNITS = {
    "working day": Unit.WORKING_DAYS,
    "calendar day": Unit.DAYS,
    "day": Unit.DAYS,
    "week": Unit.WEEKS,
    "month": Unit.MONTHS,
    "year": Unit.YEARS,
    "hour": Unit.HOURS,
    "minute": Unit.MINUTES,
}
_LENGTH = re.compile(rf"\b(\d+|{'|'.join(NUMBERS)})[ -]({'|'.join(UNITS)})s?\b", re.IGNORECASE)


def look_over(pack: Pack, names: Names, findings: Findings, owners: Mapping[str, str]) -> None:
    """Look over a pack for what is suspicious; what is wrong in it already is passed over.

    `owners` are the files of packs that are used: whoever uses one need not ask for all that it has.
    """
    for timescale in pack.timescales:
        _same_start_and_end(timescale, findings)
        _single_event(timescale, findings)
        _title_differs(pack, timescale, findings)
    _unit_slips(pack, findings)
    _hidden_parameters(pack, findings)
    _counts_for_nothing(names, findings)
    _bands_without_floor(names, findings)
    for place, condition in _conditions(pack):
        _constant(place, condition, findings)
    for value in [*(condition for _, condition in _conditions(pack)), *(one.value for one in pack.defines)]:
        _same_sides(value, findings)
    if pack.items and not findings.has_errors:
        _unused(pack, findings, owners)


# --- timescales ---------------------------------------------------------------------------------------------


def _same_start_and_end(one: Timescale, findings: Findings) -> None:
    if one.start is not None and one.event.rows is None and one.start == one.event.value and one.start.place:
        findings.warning(
            "same-start-and-end",
            f"the timescale `{one.name}` runs from `{one.start.place.text}` to the same date, so it is "
            "always on time",
            one.event.value.place,
            "stops here",
            others=[(one.start.place, "starts here")],
            hint="Name after `to` what has to be done in time.",
        )


def _single_event(one: Timescale, findings: Findings) -> None:
    """A list is wanted where events come again and again, unless the clock is one for each row."""
    if one.kind is TimescaleKind.SINGLE or one.event.rows is not None or one.event.value.place is None:
        return
    if isinstance(one.event.value, Const):
        return
    shown = one.event.value.place.text
    how = "`every`" if one.kind is TimescaleKind.RECURRING else "`at least … in each`"
    findings.warning(
        "single-event",
        f"{how} looks for events again and again, and `{shown}` is one date",
        one.event.value.place,
        hint="Name the dates of a list, as in `to reviews.completed`; for one event write a limit with "
        "`within`.",
    )


def lengths_of(one: Timescale) -> Iterator[tuple[Duration, Place | None]]:
    """Yield the lengths of time that a timescale says outright."""
    for length in [*(limit.length for limit in one.limits), *([one.every] if one.every is not None else [])]:
        if isinstance(length, Const) and isinstance(length.value, Duration):
            yield length.value, length.place
    for end in (one.target, one.earliest):
        for part in walk(end) if end is not None else ():
            # The day that `clear` leaves out has no place.
            if isinstance(part, Const) and isinstance(part.value, Duration) and part.place is not None:
                yield part.value, part.place


def _title_differs(pack: Pack, one: Timescale, findings: Findings) -> None:
    told = list(_told_lengths(one.title))
    meant = list(lengths_of(one))
    if not told or len(meant) != 1 or not isinstance(meant[0][0], Duration):
        return
    length, place = meant[0]
    if any(_same(length, each) for each in told):
        return
    findings.warning(
        "title-differs",
        f"the title of `{one.name}` speaks of {told[0]}, and the limit is {length}",
        place,
        others=[(one.place, f'"{one.title}"')],
        hint="Make them agree: people read the title, and cases are judged by the limit.",
        example=_first_line(echo_of(pack, one)),
    )


def _told_lengths(text: str) -> Iterator[Duration]:
    for amount, unit in _LENGTH.findall(text):
        number = int(amount) if amount.isdigit() else NUMBERS[amount.casefold()]
        yield Duration(number, UNITS[unit.casefold()])


def _same(one: Duration, other: Duration) -> bool:
    weeks = {Unit.DAYS: 1, Unit.WEEKS: 7}
    months = {Unit.MONTHS: 1, Unit.YEARS: 12}
    for family in (weeks, months):
        if one.unit in family and other.unit in family:
            return one.amount * family[one.unit] == other.amount * family[other.unit]
    return one == other


def _unit_slips(pack: Pack, findings: Findings) -> None:
    """The one limit in days of a pack, where another of as many working days stands beside it."""
    lengths = [(one, length, place) for one in pack.timescales for length, place in lengths_of(one)]
    in_days = [each for each in lengths if each[1].unit is Unit.DAYS]
    if len(in_days) != 1:
        return
    one, length, place = in_days[0]
    alike = [each for each in lengths if each[1] == Duration(length.amount, Unit.WORKING_DAYS)]
    if not alike or any(True for _ in _told_lengths(one.title)) or "calendar day" in one.title.casefold():
        return
    findings.warning(
        "unit-slip",
        f"this limit is {length}, weekends and holidays included, and `{alike[0][0].name}` has {alike[0][1]}",
        place,
        "did you mean working days?",
        others=[(alike[0][2], "working days here")],
        hint="If calendar days are meant, say so in the title of the timescale, and this warning goes.",
        example=_first_line(echo_of(pack, one)),
    )


def _first_line(text: str | None) -> str | None:
    return text.splitlines()[0] if text else None


def _unused(pack: Pack, findings: Findings, owners: Mapping[str, str]) -> None:
    used = {item.timescale for item in pack.items} | set(_asked_about(pack))
    for one in pack.timescales:
        if one.name not in used and not (one.place is not None and one.place.file.name in owners):
            findings.note(
                "unused-timescale",
                f"the timescale `{one.name}` is judged and shown, but no item depends on it",
                one.place,
                hint=f"To let it count, write `timescale {one.name}` in an item.",
            )


def _asked_about(pack: Pack) -> Iterator[str]:
    roots: list[Expression] = [condition for _, condition in _conditions(pack)]
    roots += [one.value for one in pack.defines]
    while roots:
        one = roots.pop()
        if isinstance(one, OutcomeIs):
            yield one.timescale
        roots += children(one)


# --- conditions ---------------------------------------------------------------------------------------------


def _conditions(pack: Pack) -> Iterator[tuple[Place | None, Expression]]:
    for item in pack.items:
        yield from _of_item(item)
    for one in pack.timescales:
        found = [one.applies, *(limit.condition for limit in one.limits)]
        yield from ((each.place, each) for each in found if each is not None)
    if pack.inspected is not None:
        yield pack.inspected.place, pack.inspected


def _of_item(item: Item) -> Iterator[tuple[Place | None, Expression]]:
    for each in (item.relevant, item.met, item.excused, item.no_evidence_when):
        if each is not None:
            yield each.place, each


def _constant(place: Place | None, condition: Expression, findings: Findings) -> None:
    """A condition that reads nothing of a case."""
    if place is None or not _reads_nothing(condition):
        return
    findings.warning(
        "constant-condition",
        f"`{place.text}` reads nothing of the case, so it is the same for every case",
        place,
        hint="Name a field in it, or take the line out.",
    )


def _same_sides(value: Expression, findings: Findings) -> None:
    """A comparison of a thing with itself."""
    for one in _same_on_both_sides(value):
        findings.warning(
            "same-on-both-sides",
            "both sides are the same, so this is decided before any case is seen",
            one.place,
            hint="Name on one side what it is to be compared with.",
        )


def _reads_nothing(node: Expression) -> bool:
    inner = children(node)
    if not inner:
        return isinstance(node, Const) and node.value is not None
    return isinstance(node, Call) and all(_reads_nothing(child) for child in inner)


_COMPARISONS = {
    "is", "is_not", "before", "after", "on_or_before", "on_or_after",
    "is_at_least", "is_at_most", "is_more_than", "is_less_than",
}  # fmt: skip


def _same_on_both_sides(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Call) and node.op in _COMPARISONS:
        left, right = node.args
        if left == right and isinstance(left, FieldValue | AsAtDate | ParameterValue):
            yield node
    for child in children(node):
        yield from _same_on_both_sides(child)


def _hidden_parameters(pack: Pack, findings: Findings) -> None:
    """A bare name is a field's before it is a parameter's, so a parameter of that name is never meant."""
    case = pack.schema.case
    defined = {one.name: one.place for one in pack.defines if one.record == case.name}
    for parameter in pack.parameters:
        one = case.by_name.get(parameter.name)
        place = one.place if one is not None else defined.get(parameter.name)
        if place is not None:
            findings.warning(
                "hidden-parameter",
                f"`{parameter.name}` alone in a rule means a field or define, never this parameter",
                parameter.place,
                others=[(place, "this one is meant")],
                hint="Give the parameter another name.",
            )


# --- what is scored -----------------------------------------------------------------------------------------


def _counts_for_nothing(names: Names, findings: Findings) -> None:
    for declared in names.kind("criterion").values():
        node: ast.CriterionDecl = declared.node
        if node.not_scored is not None and node.items:
            findings.warning(
                "counts-for-nothing",
                f"the criterion `{node.name.text}` is not scored, so its items count for nothing",
                Place(declared.file, node.items[0].name.span),
                "judged, and left out of every score",
                others=[(Place(declared.file, node.not_scored.span), "not scored")],
                hint="Take out `not scored …` or the items; an item that is only shown says `reported only`.",
            )
        for item in node.items:
            _weight_of_nothing(declared, item, findings)


def _weight_of_nothing(declared: Declared, item: ast.ItemDecl, findings: Findings) -> None:
    if item.reported_only and item.weight is not None:
        findings.warning(
            "counts-for-nothing",
            f"the item `{declared.node.name.text}.{item.name.text}` is `reported only`, so its weight "
            "counts for nothing",
            Place(declared.file, item.name.span),
            hint="Take out `weight …`, or `reported only`.",
        )


def _bands_without_floor(names: Names, findings: Findings) -> None:
    for declared in names.kind("bands").values():
        node: ast.BandsDecl = declared.node
        thresholds = [level.at_least for level in node.levels]
        if not thresholds or None in thresholds or 0 in thresholds:
            continue
        lowest = min(each for each in thresholds if each is not None)
        what = (
            "a score below {} gets no judgement from"
            if node.of is None
            else "a number below {} reaches no level of"
        )
        findings.note(
            "no-lowest-band",
            f"{what.format(f'{float(lowest):g}')} `{node.name.text}`",
            declared.place,
            hint="To name the rest, add a level such as `inadequate otherwise`.",
        )
