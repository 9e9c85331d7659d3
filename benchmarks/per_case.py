"""One case at a time, in memory: the generated function against the same rules written by hand."""

from __future__ import annotations

from benchmarks import by_hand
from benchmarks.timing import interleaved
from benchmarks.workload import AS_AT, JUDGEMENTS, LIMITS, flat_cases, flat_rules, gwent_export
from rulelang import load, load_text
from rulelang.engines.python.evaluator import AsAt
from rulelang.explaining.judgement import Judgement

CASES = 2_000


def flat_table() -> list[str]:
    """Return the lines for the flat pack of 24 items."""
    evaluator = load_text(flat_rules()).evaluator
    cases = flat_cases(CASES)
    as_at = AsAt.of(AS_AT, None)
    hand = by_hand.flat(JUDGEMENTS, LIMITS)
    for case in cases:
        assert hand(case, AS_AT) == evaluator.outcomes(case, as_at)[0], case
    judge, outcomes = evaluator.judge, evaluator.at(as_at)

    def reasons() -> None:
        for case in cases:
            Judgement(evaluator, case, as_at, judge(case, as_at, dirty=False))

    def words() -> None:
        for case in cases[: CASES // 20]:
            for item in Judgement(evaluator, case, as_at, judge(case, as_at, dirty=False)).items:
                item.reason  # noqa: B018 (the words are made when asked for)

    taken = interleaved(
        {
            "written by hand": lambda: [hand(case, AS_AT) for case in cases],
            "outcomes alone": lambda: [outcomes(case) for case in cases],
            "with reasons": reasons,
            "with every reason put into words": words,
        }
    )
    taken["with every reason put into words"] *= 20
    items = JUDGEMENTS + len(LIMITS)
    base = taken["written by hand"]
    head = f"{items} items: {JUDGEMENTS} judgements, {len(LIMITS)} limits in working days; {CASES:,} cases"
    return [head, *(_line(name, seconds, CASES, items, base) for name, seconds in taken.items())]


def gwent_table() -> list[str]:
    """Return the lines for the Gwent pack on its bundled export: child tables included."""
    pack = load("gwent")
    from rulelang.reading import Problems

    rows = [one.row for one in pack.read_data(str(gwent_export()), problems=Problems()).cases]
    as_at, evaluator = AsAt.of(AS_AT, None), pack.evaluator
    items = len(evaluator.plan.items)
    outcomes = evaluator.at(as_at)
    taken = interleaved(
        {
            "outcomes alone": lambda: [outcomes(row) for row in rows for _ in range(20)],
            "with reasons": lambda: [
                evaluator.judge(row, as_at, dirty=False) for row in rows for _ in range(20)
            ],
        }
    )
    base = taken["outcomes alone"]
    head = f"Gwent: {items} items, {len(rows)} cases with appointments, reviews, incidents and breaches"
    return [head, *(_line(name, seconds, 20 * len(rows), items, base) for name, seconds in taken.items())]


def _line(name: str, seconds: float, cases: int, items: int, base: float) -> str:
    each = seconds / cases
    return (
        f"  {name:<36}{each * 1e6:10.2f} µs a case{each / items * 1e9:10.1f} ns an item"
        f"{seconds / base:8.2f}  of the first"
    )
