"""Each `example` judged, and each of its expectations compared with what came."""

from __future__ import annotations

from attrs import frozen

from rulelang.api import Pack
from rulelang.engines.python.evaluator import AsAt
from rulelang.explaining.judgement import Judgement
from rulelang.explaining.words import day, said
from rulelang.model.pack import Example, Expected
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.source import Place


@frozen
class ExpectationResult:
    """One `expect` line: its text, whether it held, what came instead and why."""

    text: str
    held: bool
    came: str
    reason: str
    place: Place | None


@frozen
class ExampleResult:
    """An example and what became of its expectations."""

    title: str
    place: Place | None
    expectations: tuple[ExpectationResult, ...]

    @property
    def passed(self) -> bool:
        return all(one.held for one in self.expectations)


def run_examples(pack: Pack, only: str | None = None) -> tuple[ExampleResult, ...]:
    """Judge the examples of a pack, those whose title holds `only` where it is given."""
    examples = pack.checked.pack.examples
    chosen = [one for one in examples if only is None or only.casefold() in one.title.casefold()]
    return tuple(_run(pack, one) for one in chosen)


def _run(pack: Pack, example: Example) -> ExampleResult:
    as_at = AsAt.of(example.as_at, pack.schema.reading.time_zone)
    judged = pack.evaluator.judge(example.case, as_at, dirty=False)
    judgement = Judgement(pack.evaluator, example.case, as_at, judged)
    results = tuple(_compare(expected, judgement) for expected in example.expects)
    return ExampleResult(example.title, example.place, results)


def _compare(expected: Expected, judgement: Judgement) -> ExpectationResult:
    held, came, reason = _came(expected, judgement)
    return ExpectationResult(" ".join(expected.text.split()), held, came, reason, expected.place)


def _came(expected: Expected, judgement: Judgement) -> tuple[bool, str, str]:
    if expected.condition is not None:
        value, _ = judgement.evaluator.work_out(expected.condition, judgement.case, judgement.as_at)
        return value is True, f"it is {said(value)}", ""
    assert expected.subject is not None
    if isinstance(expected.outcome, ItemOutcome):
        rows = judgement.rows_of(expected.subject)
        if not rows:
            return False, "there is no row to count", ""
        wrong = next((one for one in rows if one.outcome is not expected.outcome), rows[0])
        return wrong.outcome is expected.outcome, f"it is {wrong.outcome.value}", wrong.reason
    clock = judgement.timescale(expected.subject)
    if isinstance(expected.outcome, TimescaleOutcome):
        return clock.outcome is expected.outcome, f"it is {clock.outcome.value}", clock.reason
    due = clock.due
    came = f"it is due on {day(due)}" if due is not None else "it has no due date"
    return due == expected.due, came, clock.reason
