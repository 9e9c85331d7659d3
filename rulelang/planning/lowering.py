"""From a checked pack to a plan: each timescale and item with the lines that decide it, in an order of judging."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from rulelang.model.expressions import DefineValue, Expression, OutcomeIs, walk
from rulelang.model.pack import Define, Item, Pack, Timescale, TimescaleKind
from rulelang.planning.decisions import FREQUENCY, NOT_BEFORE, RECURRING, SINGLE, Line, item_lines
from rulelang.planning.inlining import Inliner
from rulelang.planning.pauses import as_seen
from rulelang.planning.plan import ItemPlan, Plan, TimescalePlan
from rulelang.planning.validations import as_exported


def lines_of(one: Timescale) -> tuple[Line, ...]:
    """Return the lines that decide a timescale."""
    match one.kind:
        case TimescaleKind.RECURRING:
            return RECURRING
        case TimescaleKind.FREQUENCY:
            return FREQUENCY
        case _:
            return SINGLE if one.limits or one.target is not None else NOT_BEFORE


def lower(pack: Pack) -> Plan:
    """Return the plan of a pack."""
    case = pack.schema.case.name
    opened = {(one.record, one.name): one for one in pack.defines}
    inliner = Inliner(opened, case)
    defines = {
        (one.record, one.name): attrs.evolve(one, value=inliner.of_case(one.value))
        for one in pack.defines
        if one.record == case
    }
    timescales = in_order(tuple(as_seen(inliner.timescale(one)) for one in pack.timescales), defines)
    items = [inliner.item(one) for one in (*pack.items, *pack.asked)]
    items += [as_exported(one.item, opened) for one in pack.validations]
    return Plan(
        pack.schema,
        tuple(TimescalePlan(one, lines_of(one)) for one in timescales),
        tuple(ItemPlan(one, item_lines(one.no_evidence)) for one in items),
        defines,
        pack.calendars,
        {one.name: one for one in pack.parameters},
        {one.name: one for one in pack.codes},
        inliner.of_case(pack.inspected) if pack.inspected is not None else None,
        {(one.record, one.name): one for one in pack.defines if one.record != case},
        frozenset(one.item.id for one in pack.validations),
        frozenset(one.item.id for one in pack.validations if one.structure.share is not None),
        frozenset(one.id for one in pack.asked),
        tuple(
            (ItemPlan(inliner.item(one.item), item_lines(one.item.no_evidence)), inliner.of_case(one.each))
            for one in pack.limits
        ),
    )


def in_order(
    timescales: tuple[Timescale, ...], defines: dict[tuple[str, str], Define]
) -> tuple[Timescale, ...]:
    """Return timescales as declared, but each after those whose outcome it asks about."""
    by_name = {one.name: one for one in timescales}
    placed: dict[str, Timescale] = {}

    def place(one: Timescale) -> None:
        if one.name in placed:
            return
        for asked in _asked(timescale_expressions(one), defines):
            if asked != one.name:
                place(by_name[asked])
        placed[one.name] = one

    for one in timescales:
        place(one)
    return tuple(placed.values())


def _asked(expressions: Iterator[Expression], defines: dict[tuple[str, str], Define]) -> Iterator[str]:
    for node in through_defines(expressions, defines):
        if isinstance(node, OutcomeIs):
            yield node.timescale


def through_defines(
    expressions: Iterator[Expression], defines: dict[tuple[str, str], Define]
) -> Iterator[Expression]:
    """Yield every node of some expressions, and of the defines they read, each define once."""
    seen: set[tuple[str, str]] = set()
    waiting = list(expressions)
    while waiting:
        for node in walk(waiting.pop()):
            yield node
            if isinstance(node, DefineValue) and (node.record, node.name) not in seen:
                seen.add((node.record, node.name))
                waiting.append(defines[node.record, node.name].value)


def timescale_expressions(one: Timescale) -> Iterator[Expression]:
    """Yield the expressions of a timescale, conditions of its lists included."""
    rows = [one.clock_for, one.event.rows]
    ends = (one.start, one.counting_from, one.target, one.extension, one.earliest, one.until)
    yield from (each for each in (one.applies, one.every, *ends) if each is not None)
    yield one.event.value
    for limit in one.limits:
        yield limit.length
        if limit.condition is not None:
            yield limit.condition
    for pause in one.pauses:
        yield from (pause.first, pause.last)
        rows.append(pause.rows)
    for restart in one.restarts:
        yield restart.value
        rows.append(restart.rows)
    yield from (each.where for each in rows if each is not None and each.where is not None)


def item_expressions(one: Item) -> Iterator[Expression]:
    """Yield the expressions of an item."""
    for each in (one.relevant, one.met, one.no_evidence_when, one.excused):
        if each is not None:
            yield each
    if one.counted_for is not None and one.counted_for.where is not None:
        yield one.counted_for.where
