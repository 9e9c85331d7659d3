"""Other rule engines on the same work, as their users would write it: 24 items, cases one at a time.

Cases are dicts in memory. The others have no calendar of working days, so they are given how many working days each
thing took, worked out beforehand and not counted. Days are numbers and judgements texts: most refuse dates or null.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.timing import interleaved
from benchmarks.workload import AS_AT, JUDGEMENTS, LIMITS, flat_cases, flat_rules

CASES = 20_000
# Each peer judges as many of the cases as take it about so long.
SECONDS = 0.5
OURS = "rulelang"
# The day on which what was not done was done.
NEVER = 10_000_000
Row = dict[str, Any]
Judge = Callable[[Row], Sequence[Any]]


def peers_tables(only: Sequence[str] | None = None) -> Iterator[list[str]]:
    """Return the table of cases one at a time, and that of many at once."""
    from benchmarks.peers_in_bulk import bulk_table

    yield case_table(only)
    yield bulk_table(only)


def case_table(only: Sequence[str] | None) -> list[str]:
    """Return how many cases each engine judges in a second, and how many times more we do."""
    cases = flat_cases(CASES)
    rows = rows_of(cases)
    right = [[outcome.value for outcome in outcomes] for outcomes, _ in map(_ours(), cases)]
    ours = _ours()
    runs: dict[str, tuple[Callable[[], object], int]] = {
        OURS: (lambda: [ours(case) for case in cases], CASES)
    }
    for name, make in PEERS.items():
        if wanted(name, only) and (judge := made(name, make)) is not None:
            few = [list(map(str, judge(row))) for row in rows[:100]]
            if few != right[:100]:
                raise SystemExit(f"{name} does not judge as rulelang does")
            number = _how_many(judge, rows)
            runs[name] = (lambda judge=judge, number=number: [judge(row) for row in rows[:number]], number)  # type: ignore[misc]
    taken = interleaved({name: run for name, (run, _) in runs.items()}, 3)
    speeds = {name: runs[name][1] / seconds for name, seconds in taken.items()}
    lines = [
        f"Other engines, cases one at a time: {JUDGEMENTS + len(LIMITS)} items; only rulelang counts the working days",
        f"  {'':<40}{'cases/s':>12}{'rulelang is faster':>21}",
    ]
    return lines + [
        f"  {name:<40}{speed:12,.0f}{speeds[OURS] / speed:20.1f}x" for name, speed in speeds.items()
    ]


def wanted(name: str, only: Sequence[str] | None) -> bool:
    """Say whether a peer was asked for."""
    return not only or any(part.lower() in name.lower() for part in only)


def made(name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` makes; where a library is not installed nothing, and say so."""
    try:
        return make()
    except ImportError as missing:
        print(f"{name}: left out, {missing.name or missing} is not installed", file=sys.stderr)
        return None


def _how_many(judge: Judge, rows: Sequence[Row]) -> int:
    began = time.perf_counter()
    for row in rows[:50]:
        judge(row)
    return max(50, min(len(rows), int(SECONDS / (time.perf_counter() - began) * 50)))


def _ours() -> Callable[[Row], Any]:
    from rulelang import load_text
    from rulelang.engines.python.evaluator import AsAt

    return load_text(flat_rules()).evaluator.at(AsAt.of(AS_AT, None))


def rows_of(cases: Sequence[Row]) -> list[Row]:
    """Return cases as the others get them: days as numbers, -1 for no start.

    `taken1` is the smallest number of working days that would have been long enough for what `done1` dates, and
    `elapsed` the same from the start to the as-at date.
    """
    from rulelang import NA

    texts = {True: "yes", False: "no", NA: "na", None: ""}
    long_enough = _long_enough()
    rows = []
    for case in cases:
        start = case["started"]
        row: Row = {f"q{n}": texts[case[f"q{n}"]] for n in range(1, JUDGEMENTS + 1)}
        row |= {"as_at": AS_AT.toordinal(), "started": _day(start, -1), "elapsed": long_enough(start, AS_AT)}
        for n in range(1, len(LIMITS) + 1):
            done = case[f"done{n}"]
            row |= {f"done{n}": _day(done, NEVER), f"taken{n}": long_enough(start, done)}
        rows.append(row)
    return rows


def _day(date: Any, nothing: int) -> int:
    return nothing if date is None else date.toordinal()  # type: ignore[no-any-return]


def _long_enough() -> Callable[[Any, Any], int]:
    from rulelang.calendars import named

    calendar = named("england_and_wales")
    tables = [calendar.due_table(days) for days in range(41)]

    def number(start: Any, done: Any) -> int:
        if start is None or done is None:
            return -1
        return next((days for days, due in enumerate(tables) if done <= due[start]), 99)

    return number


# --- the rules in each language ------------------------------------------------------------------------------------


def _ternaries() -> list[str]:
    """Return the rules as most languages would have them."""
    judged = [
        f"q{n} == 'yes' ? 'met' : (q{n} == 'na' ? 'not relevant' : 'not met')"
        for n in range(1, JUDGEMENTS + 1)
    ]
    timed = [
        f"done{n} <= as_at ? (taken{n} <= {days} ? 'met' : 'not met') : (elapsed > {days} ? 'not met' : 'not yet due')"
        for n, days in enumerate(LIMITS, 1)
    ]
    return judged + [
        f"started < 0 ? 'not met' : (started > as_at ? 'not relevant' : ({one}))" for one in timed
    ]


def zen_list() -> Judge:
    """All rules as one list, compiled once: no one's way of writing rules, but the fastest."""
    import zen

    expression = zen.compile_expression(f"[{', '.join(_ternaries())}]")
    return expression.evaluate  # type: ignore[no-any-return]


def zen_each() -> Judge:
    import zen

    expressions = [zen.compile_expression(text) for text in _ternaries()]
    return lambda row: [one.evaluate(row) for one in expressions]


def _zen_graph() -> str:
    names = [f"item{n}" for n in range(len(_ternaries()))]
    rules = [{"id": name, "key": name, "value": text} for name, text in zip(names, _ternaries(), strict=True)]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": rules}},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def zen_graph() -> Judge:
    """A decision graph, as its editor writes it."""
    import zen

    decision = zen.ZenEngine().create_decision(_zen_graph())
    names = [f"item{n}" for n in range(len(_ternaries()))]

    def judge(row: Row) -> list[Any]:
        result = decision.evaluate(row)["result"]
        return [result[name] for name in names]

    return judge


def rule_engine() -> Judge:
    import rule_engine as library

    rules = [library.Rule(text) for text in _ternaries()]
    return lambda row: [rule.evaluate(row) for rule in rules]


def rust_cel_list() -> Judge:
    import cel

    program = cel.compile(f"[{', '.join(_ternaries())}]")
    return program.execute  # type: ignore[no-any-return]


def rust_cel_each() -> Judge:
    import cel

    programs = [cel.compile(text) for text in _ternaries()]
    return lambda row: [program.execute(row) for program in programs]


def cel_python(compiled: bool) -> Judge:
    import celpy

    environment = celpy.Environment(
        runner_class=celpy.CompiledRunner if compiled else celpy.InterpretedRunner
    )
    programs = [environment.program(environment.compile(text)) for text in _ternaries()]

    def judge(row: Row) -> list[Any]:
        known = celpy.json_to_cel(row)
        return [program.evaluate(known) for program in programs]

    return judge


def json_logic() -> Judge:
    from json_logic import jsonLogic

    def var(name: str) -> Any:
        return {"var": name}

    rules: list[Any] = [
        {
            "if": [
                {"==": [var(f"q{n}"), "yes"]},
                "met",
                {"==": [var(f"q{n}"), "na"]},
                "not relevant",
                "not met",
            ]
        }
        for n in range(1, JUDGEMENTS + 1)
    ]
    for n, days in enumerate(LIMITS, 1):
        done = {"if": [{"<=": [var(f"taken{n}"), days]}, "met", "not met"]}
        waiting = {"if": [{">": [var("elapsed"), days]}, "not met", "not yet due"]}
        by_now = {"<=": [var(f"done{n}"), var("as_at")]}
        ahead = {">": [var("started"), var("as_at")]}
        missing = {"<": [var("started"), 0]}
        rules.append({"if": [missing, "not met", ahead, "not relevant", by_now, done, waiting]})
    return lambda row: [jsonLogic(rule, row) for rule in rules]


PEERS: dict[str, Callable[[], Judge]] = {
    "zen-engine, one list of expressions": zen_list,
    "zen-engine, 24 expressions": zen_each,
    "zen-engine, decision graph": zen_graph,
    "common-expression-language, one list": rust_cel_list,
    "common-expression-language, 24": rust_cel_each,
    "rule-engine": rule_engine,
    "json-logic": json_logic,
    "cel-python, compiled": lambda: cel_python(True),
    "cel-python, interpreted": lambda: cel_python(False),
}
