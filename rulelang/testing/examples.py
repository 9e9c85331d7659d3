"""Each `example` judged, and each of its expectations compared with what came."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from rulelang.api import Pack
from rulelang.engines.python.evaluator import AsAt
from rulelang.explaining.conditions import Deciders
from rulelang.explaining.judgement import Judgement
from rulelang.explaining.words import day, said
from rulelang.model.expressions import Expression, Unique
from rulelang.model.pack import Example, Expected
from rulelang.outcomes import VERDICT_OF, ItemOutcome, TimescaleOutcome, Verdict
from rulelang.scoring.ratings import GivenRating, RatingResult, rate
from rulelang.scoring.tally import ItemCounts, Tally


@frozen
class ExpectationResult:
    """One `expect` line in the author's words, whether it held, what came in words, and why.

    `place` is file, line and column.
    """

    text: str
    passed: bool
    came: str
    reason: str
    place: str | None


@frozen
class ExampleResult:
    """An example and what became of its expectations. `place` is file, line and column."""

    title: str
    place: str | None
    expectations: tuple[ExpectationResult, ...]

    @property
    def passed(self) -> bool:
        return all(one.passed for one in self.expectations)


def run_examples(pack: Pack, only: str | None = None) -> tuple[ExampleResult, ...]:
    """Judge the examples of a pack, those whose title holds `only` where it is given.

    Raises RulesError where a parameter given at the run has no value yet.
    """
    examples = pack.checked.pack.examples
    chosen = [one for one in examples if only is None or only.casefold() in one.title.casefold()]
    return tuple(_run(pack, one) for one in chosen)


def _run(pack: Pack, example: Example) -> ExampleResult:
    as_at = AsAt.of(example.as_at, pack.schema.reading.time_zone)
    judged = pack.evaluator.judge(example.case, as_at, dirty=False)
    judgement = Judgement(pack.evaluator, example.case, as_at, judged)
    rated = {one.structure.id: one for one in _rated(pack, example, judgement)}
    results = tuple(_compare(expected, judgement, rated) for expected in example.expects)
    return ExampleResult(example.title, _said(example.place), results)


def _rated(pack: Pack, example: Example, judgement: Judgement) -> tuple[RatingResult, ...]:
    """Rate the levels of an example; what ratings ask of cases is asked of its one case."""
    plan = pack.evaluator.plan
    counts = {
        one.item.id: ItemCounts(**{outcome.key: 1})
        for one, outcome in zip(plan.items, judgement.judged.items, strict=True)
        if example.has_case and one.item.id in plan.asked and isinstance(outcome, ItemOutcome)
    }
    criteria: dict[str, str | None] = dict(example.ratings)
    given = {name: GivenRating(level) for name, level in example.ratings.items()}
    return rate(pack.structure.ratings, criteria, given, Tally(1, counts))


def _compare(
    expected: Expected, judgement: Judgement, rated: Mapping[str, RatingResult]
) -> ExpectationResult:
    if expected.rated is not None:
        assert expected.subject is not None
        one = rated[expected.subject]
        passed, came, reason = (one.level or "") == expected.rated, one.level or "missing", one.reason
    else:
        passed, came, reason = _came(expected, judgement)
    text = " ".join(expected.text.split()).removeprefix("expect ")
    return ExpectationResult(text, passed, came, reason, _said(expected.place))


def _came(expected: Expected, judgement: Judgement) -> tuple[bool, str, str]:
    if expected.condition is not None:
        return _condition(expected.condition, judgement)
    assert expected.subject is not None
    if isinstance(expected.outcome, ItemOutcome):
        return _item(expected.subject, expected.outcome, judgement)
    if expected.validated is not None:
        return _validated(expected.subject, expected.validated, judgement)
    timescale = judgement.timescale(expected.subject)
    if isinstance(expected.outcome, TimescaleOutcome):
        return timescale.outcome is expected.outcome, timescale.outcome.value, timescale.reason
    due = timescale.due
    came = f"due {day(due)}" if due is not None else "no due date"
    return due == expected.due, came, timescale.reason


def _condition(condition: Expression, judgement: Judgement) -> tuple[bool, str, str]:
    def work_out(part: Expression) -> object:
        return judgement.evaluator.work_out(part, judgement.case, judgement.as_at)[0]

    value = work_out(condition)

    def clash(node: Unique, value: object, own: object) -> tuple[int, object]:
        return judgement.evaluator.clash(node, value, own, judgement.case)

    reason = Deciders(work_out, dict(judgement.evaluator.plan.defines), clash).reason(condition)
    return value is True, said(value), reason


def _item(item: str, wanted: ItemOutcome, judgement: Judgement) -> tuple[bool, str, str]:
    """Every row of an item that is counted for rows must come to what is expected; the first that does not is told."""
    rows = judgement.rows_of(item)
    if not rows:
        return False, "nothing", "it is counted once for each row, and this case has none"
    told = next((one for one in rows if one.outcome is not wanted), rows[0])
    return told.outcome is wanted, told.outcome.value, told.reason


def _validated(name: str, wanted: Verdict, judgement: Judgement) -> tuple[bool, str, str]:
    """Of the rows of a case, one that fails decides, else one that is not checked."""
    rows = {one.verdict: one for one in reversed(judgement.validation(name))}
    told = next((rows[verdict] for verdict in VERDICT_OF.values() if verdict in rows), None)
    if told is None:
        return False, Verdict.NOT_APPLICABLE.value, "the case has no row that it is about"
    return told.verdict is wanted, told.verdict.value, told.reason


def _said(place: object | None) -> str | None:
    return str(place) if place is not None else None
