"""Engines that judge columns at once, on the flat Parquet cases: OpenFisca, pointblank and pandera.

They get columns that are in memory already, with the working days worked out; our time holds the reading too. Each must
come to our numbers: OpenFisca to every outcome by area, the others, which only pass and fail, to what is met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import generating
from benchmarks.counts import Found, of_result
from benchmarks.peers import NEVER, made, wanted
from benchmarks.timing import interleaved
from benchmarks.ways import DUCKDB, OURS, Work, judges_in_bulk, run_of
from benchmarks.workload import AREAS, AS_AT, BULK, JUDGEMENTS, LIMITS

ROWS = 1_000_000
# pandera keeps a row for each failure.
FEW = 20_000
Columns = dict[str, Any]
ITEMS = [*(f"q{n}" for n in range(1, JUDGEMENTS + 1)), *(f"t{n}" for n in range(1, len(LIMITS) + 1))]


def bulk_table(only: Sequence[str] | None) -> list[str]:
    """Return how many cases each judges in a second, and how many times more we do."""
    files = {rows: Work(generating.flat(rows, "parquet")) for rows in (ROWS, FEW)}
    mine = OURS if judges_in_bulk() else DUCKDB
    runs: dict[str, tuple[Callable[[], object], int]] = {mine: (run_of(mine, files[ROWS]), ROWS)}
    for name, (make, rows) in PEERS.items():
        if not wanted(name, only):
            continue
        run = made(name, lambda make=make, rows=rows: make(_columns(files[rows])))  # type: ignore[misc]
        if run is not None:
            _compared(name, run(), run_of(mine, files[rows])())
            runs[name] = (run, rows)
    taken = interleaved({name: run for name, (run, _) in runs.items()}, 3)
    speeds = {name: runs[name][1] / seconds for name, seconds in taken.items()}
    lines = [
        f"Other engines, cases in bulk: {len(ITEMS)} items; rulelang reads Parquet, the others columns in memory",
        f"  {'':<40}{'cases':>12}{'cases/s':>14}{f'{mine} is faster':>28}",
    ]
    return lines + [
        f"  {name:<40}{runs[name][1]:12,}{speed:14,.0f}{speeds[mine] / speed:27.2f}x"
        for name, speed in speeds.items()
    ]


def _compared(name: str, theirs: dict[str, Any], result: Any) -> None:
    """Stop where a peer comes to other numbers than we do."""
    found = result if isinstance(result, Found) else of_result(result)
    for item in ITEMS:
        by_area = {area: counts.items[item] for area, counts in found.areas.items()}
        right: Any = {area: (six[0], six[1], six[4]) for area, six in by_area.items()}
        if isinstance(theirs[item], int):
            right = sum(six[0] for six in by_area.values())
        if theirs[item] != right:
            raise SystemExit(f"{name} does not judge {item} as rulelang does: {theirs[item]} and {right}")


def _columns(work: Work) -> Columns:
    """Return the columns of the cases that have begun: a judgement is 1 for yes, 0 for no and -1 for nothing."""
    import duckdb
    import numpy as np

    names = [f"coalesce(q{n}::TINYINT, -1)::TINYINT AS q{n}" for n in range(1, JUDGEMENTS + 1)]
    dates = ["started", *(f"done{n}" for n in range(1, len(LIMITS) + 1))]
    names += [f"coalesce({name} - DATE '0001-01-01', -2)::INTEGER + 1 AS {name}" for name in dates]
    asked = (
        f"SELECT area::INTEGER AS area, {', '.join(names)} FROM '{work.path}' WHERE started <= DATE '{AS_AT}'"
    )
    columns = {name: np.asarray(one) for name, one in duckdb.connect().execute(asked).fetchnumpy().items()}
    start, last = columns["started"], AS_AT.toordinal()
    columns["elapsed"] = _long_enough(start, np.full(len(start), last))
    for n in range(1, len(LIMITS) + 1):
        done = columns[f"done{n}"]
        columns[f"taken{n}"] = np.where(done > 0, _long_enough(start, done), -1).astype("int16")
        columns[f"done{n}"] = np.where(done > 0, done, NEVER).astype("int32")
    return columns


def _long_enough(start: Any, done: Any) -> Any:
    """Return the smallest number of working days that would have been long enough, as far as the limits go."""
    import datetime as dt

    import numpy as np

    from rulelang.calendars import named

    calendar = named("england_and_wales")
    taken = np.full(len(start), 99, "int16")
    first = int(start.min())
    for days in range(max(LIMITS), -1, -1):
        table = calendar.due_table(days)
        due = np.array(
            [table[dt.date.fromordinal(day)].toordinal() for day in range(first, int(start.max()) + 1)]
        )
        taken[done <= due[start - first]] = days
    return taken


# --- the peers -----------------------------------------------------------------------------------------------------


def openfisca(columns: Columns) -> Callable[[], dict[str, Any]]:
    """Variables with formulas, worked out for a month; the counts by area are numpy's."""
    import numpy as np
    from openfisca_core.entities import Entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = Entity("person", "people", "A case", "")
    system = TaxBenefitSystem([person])
    shared = {"value_type": int, "entity": person, "definition_period": DateUnit.MONTH}
    for name in columns:
        system.add_variable(type(name, (Variable,), {**shared, "label": name}))
    for name, formula in _formulas().items():
        system.add_variable(type(f"item_{name}", (Variable,), {**shared, "formula": formula}))

    def run() -> dict[str, Any]:
        simulation = SimulationBuilder().build_default_simulation(system, count=len(columns["area"]))
        for name, values in columns.items():
            simulation.set_input(name, "2005-03", values)
        found = {}
        for name in ITEMS:
            outcome = simulation.calculate(f"item_{name}", "2005-03")
            counts = np.bincount(columns["area"] * 3 + outcome, minlength=AREAS * 3).reshape(AREAS, 3)
            found[name] = {str(area): tuple(map(int, row)) for area, row in enumerate(counts)}
        return found

    return run


def _formulas() -> dict[str, Any]:
    """Return a formula for each item: 0 is met, 1 not met, 2 not yet due."""
    import numpy as np

    last = AS_AT.toordinal()

    def judgement(n: int) -> Any:
        def formula(person: Any, period: Any) -> Any:
            return np.where(person(f"q{n}", period) == 1, 0, 1)

        return formula

    def limit(n: int, days: int) -> Any:
        def formula(person: Any, period: Any) -> Any:
            seen = person(f"done{n}", period) <= last
            done = np.where(person(f"taken{n}", period) <= days, 0, 1)
            waiting = np.where(person("elapsed", period) > days, 1, 2)
            return np.where(person("started", period) < 0, 1, np.where(seen, done, waiting))

        return formula

    found = {f"q{n}": judgement(n) for n in range(1, JUDGEMENTS + 1)}
    return found | {f"t{n}": limit(n, days) for n, days in enumerate(LIMITS, 1)}


def pointblank(columns: Columns) -> Callable[[], dict[str, Any]]:
    """A step for each item; it counts what passes, and knows no more than that."""
    import pointblank as library
    import polars as pl

    cases, last = pl.DataFrame(columns), AS_AT.toordinal()

    def run() -> dict[str, Any]:
        plan = library.Validate(data=cases)
        for n in range(1, JUDGEMENTS + 1):
            plan = plan.col_vals_eq(columns=f"q{n}", value=1)
        for n, days in enumerate(LIMITS, 1):
            plan = plan.col_vals_expr(expr=(pl.col(f"done{n}") <= last) & (pl.col(f"taken{n}") <= days))
        passed = plan.interrogate().n_passed()
        return {name: int(passed[n]) for n, name in enumerate(ITEMS, 1)}

    return run


def pandera(columns: Columns) -> Callable[[], dict[str, Any]]:
    """A check for each item, all of them made; a failure is a row of its report. A check sees one column."""
    import pandas as pd
    import pandera.pandas as library

    cases = pd.DataFrame(columns)
    for n, days in enumerate(LIMITS, 1):
        cases[f"in_time{n}"] = (cases[f"done{n}"] <= AS_AT.toordinal()) & (cases[f"taken{n}"] <= days)
    checks = {f"q{n}": library.Check.eq(1) for n in range(1, JUDGEMENTS + 1)}
    checks |= {f"in_time{n}": library.Check.eq(True) for n in range(1, len(LIMITS) + 1)}
    schema = library.DataFrameSchema({name: library.Column(checks=check) for name, check in checks.items()})

    def run() -> dict[str, Any]:
        failed: dict[str, int] = {}
        try:
            schema.validate(cases, lazy=True)
        except library.errors.SchemaErrors as report:
            failed = report.failure_cases["column"].value_counts().to_dict()
        return {item: len(cases) - failed.get(name, 0) for item, name in zip(ITEMS, checks, strict=True)}

    return run


PEERS: dict[str, tuple[Callable[[Columns], Callable[[], dict[str, Any]]], int]] = {
    "OpenFisca-core": (openfisca, ROWS),
    "pointblank, on Polars": (pointblank, ROWS),
    "pandera, on pandas": (pandera, FEW),
}
assert len(ITEMS) == BULK.items - BULK.conditional
