"""What the reference says of a case and what the engine says, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import frozen

from rulelang import pipeline
from rulelang.engines.python.evaluator import AsAt, Evaluator
from rulelang.model.expressions import DefineValue, Var
from rulelang.model.pack import Pack
from rulelang.source import SourceFile
from rulelang.truth import UNREADABLE
from tests.reference.judging import judge


class Refused(Exception):
    """A random program that the checker does not accept."""


@frozen(eq=False)
class Compiled:
    """A pack as the reference reads it, and its evaluator."""

    pack: Pack
    evaluator: Evaluator


@lru_cache(maxsize=64)
def compiled(text: str) -> Compiled:
    """Check and compile the text of a pack. Raises Refused with what is wrong."""
    pack, found = pipeline.check([SourceFile("random.rules", text)])
    if pack is None:
        raise Refused("\n".join(f"{one.code}: {one.message}" for one in found if one.is_error) + "\n" + text)
    return Compiled(pack, pipeline.compile_pack(pack))


Outcomes = dict[str, Any]


def by_reference(pack: Pack, case: Mapping[str, Any], as_at: dt.date | dt.datetime) -> Outcomes:
    """Return every outcome in words, timescales and items by name."""
    reader = judge(pack, case, as_at)
    outcomes: Outcomes = {one.name: reader.timescale(one.name).outcome.value for one in pack.timescales}
    for item in (*pack.items, *pack.asked):
        outcomes[item.id] = _words(reader.item(item.id))
    for one in pack.validations:
        outcomes[one.item.id] = _words(reader.validation(one.item.id))
    return outcomes


def fast(one: Compiled, case: Mapping[str, Any], as_at: dt.date | dt.datetime) -> Outcomes:
    """Return the same as the engine's fast variant says it."""
    items, clocks = one.evaluator.outcomes(case, _moment(one.pack, as_at))
    return _named(one, items, clocks)


def full(one: Compiled, case: Mapping[str, Any], as_at: dt.date | dt.datetime, *, dirty: bool) -> Outcomes:
    """Return the same as the variant that keeps reasons says it."""
    judged = one.evaluator.judge(case, _moment(one.pack, as_at), dirty=dirty)
    return _named(one, judged.items, judged.timescales)


def value_by_reference(pack: Pack, name: str, case: Mapping[str, Any], as_at: dt.date | dt.datetime) -> Any:
    return _plain(judge(pack, case, as_at).value(define_of(pack, name)))


def value_by_engine(one: Compiled, name: str, case: Mapping[str, Any], as_at: dt.date | dt.datetime) -> Any:
    value, _ = one.evaluator.work_out(define_of(one.pack, name), case, _moment(one.pack, as_at))
    return _plain(value)


def define_of(pack: Pack, name: str) -> DefineValue:
    record = pack.schema.case.name
    found = next(one for one in pack.defines if (one.record, one.name) == (record, name))
    return DefineValue(Var(0, record), record, name, found.value.type)


def _plain(value: Any) -> Any:
    """An unreadable value is a missing one; 2 and 2.0 are one number, yes and 1 are not."""
    return None if value is None or value is UNREADABLE else (isinstance(value, bool), value)


def _moment(pack: Pack, as_at: dt.date | dt.datetime) -> AsAt:
    return AsAt.of(as_at, pack.schema.reading.time_zone)


def _named(one: Compiled, items: Any, clocks: Any) -> Outcomes:
    plan = one.evaluator.plan
    named: Outcomes = {
        timescale.timescale.name: clock.value
        for timescale, clock in zip(plan.timescales, clocks, strict=True)
    }
    named |= {item.item.id: _words(outcome) for item, outcome in zip(plan.items, items, strict=True)}
    return named


def _words(outcome: Any) -> Any:
    return [one.value for one in outcome] if isinstance(outcome, list) else outcome.value
