"""Bulk judging: against queries written by hand and bare scans, and how it grows with rows, items and cores."""

from __future__ import annotations

import functools
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks import generating
from benchmarks.counts import Found, differing, of_result
from benchmarks.generating import CSV, PARQUET
from benchmarks.timing import interleaved
from benchmarks.ways import (
    DUCKDB,
    DUCKDB_SCAN,
    OURS,
    PER_CASE,
    SCANS,
    Process,
    Work,
    in_process,
    judges_in_bulk,
    present,
    run_of,
)
from benchmarks.workload import AREAS, AS_AT, BULK, shape_of

NESTED = "nested"
# So many cases are judged one by one, and the speed is given.
FEW = 10_000
AGREEING = 2_000
# Nested files of more cases would not fit on many disks.
MOST_NESTED = 1_000_000


def bulk_tables(sizes: Sequence[int], kinds: Sequence[str], *, faulty: bool = False) -> Iterator[list[str]]:
    """Return a table for each kind of file and number of cases; in `faulty` ones a row in thirty is not right."""
    ways = present()
    for kind in kinds:
        for rows in sizes:
            if kind != NESTED or rows <= MOST_NESTED:
                yield _bulk_table(work_of(kind, rows, faulty=faulty), kind, rows, ways)


def work_of(kind: str, rows: int, *, faulty: bool = False) -> Work:
    """Return the file of so many cases, made where it is not there yet."""
    say(f"{rows:,} {kind} cases: making the file, where it is not there yet")
    if kind == NESTED:
        return Work(generating.nested(rows), nested=True)
    return Work(generating.flat(rows, kind, faulty=faulty))


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"# {text}", file=sys.stderr, flush=True)


def _rounds(rows: int) -> int:
    return 7 if rows <= 100_000 else 5 if rows <= 1_000_000 else 3


def _bulk_table(work: Work, kind: str, rows: int, ways: Sequence[str]) -> list[str]:
    runs = {way: run_of(way, work) for way in ways}
    say("counts compared")
    agreed(runs)
    say("judged in turn")
    taken = interleaved(runs, _rounds(rows))
    say("each as a process of its own")
    processes = _processes(work, ways, 3 if rows <= 1_000_000 else 1)
    speed = FEW / _one_by_one(kind)
    faulty = ", some rows faulty" if "faulty" in work.path.stem else ""
    what = "3 items on lists" if work.nested else f"{BULK.items} items"
    lines = [
        f"{rows:,} cases, {work.path.suffix[1:]}{', ' + kind if work.nested else faulty}: {what} by {AREAS} areas",
        _HEAD,
    ]
    lines += [_line(way, rows, taken, processes) for way in ways]
    lines.append(
        f"  {PER_CASE:<26}{rows / speed:10.3f}{speed / 1e6:11.3f}{rows / speed / taken[DUCKDB]:9.1f}"
        f"{rows / speed / taken[DUCKDB_SCAN]:9.1f}   from the speed of {FEW:,} cases"
    )
    return lines


_RATIOS = f"{'to hand':>9}{'to scan':>9}{'process':>10}{'to hand':>9}{'peak':>12}"
_HEAD = f"  {'':<26}{'seconds':>10}{'M cases/s':>11}{_RATIOS}"


def _line(way: str, rows: int, taken: Mapping[str, float], processes: Mapping[str, Process]) -> str:
    seconds, process = taken[way], processes[way]
    return (
        f"  {way:<26}{seconds:10.3f}{rows / seconds / 1e6:11.2f}{seconds / taken[DUCKDB]:9.2f}"
        f"{seconds / taken[DUCKDB_SCAN]:9.2f}{process.whole:10.3f}"
        f"{process.whole / processes[DUCKDB].whole:9.2f}{process.peak:8.0f} MiB"
    )


def agreed(runs: Mapping[str, Any]) -> None:
    """Stop where two ways do not come to the same."""
    first: Found | None = None
    for way, run in runs.items():
        if way in SCANS:
            continue
        found = run()
        found = found if isinstance(found, Found) else of_result(found)
        first = first or found
        wrong = list(differing(first, found))
        if wrong:
            raise SystemExit(
                "\n".join([f"{way} does not come to the same as the way before it:", *wrong[:10]])
            )


def _processes(work: Work, ways: Sequence[str], rounds: int) -> dict[str, Process]:
    """Return what each way took as a process: the median of the times, the highest of the peaks."""
    found: dict[str, list[Process]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            found[way].append(in_process(way, work))
    return {
        way: Process(
            statistics.median(one.whole for one in several),
            statistics.median(one.seconds for one in several),
            max(one.peak for one in several),
        )
        for way, several in found.items()
    }


@functools.cache
def _one_by_one(kind: str) -> float:
    say(f"{FEW:,} cases one by one")
    run = run_of(PER_CASE, work_of(kind, FEW))
    taken = []
    for _ in range(2):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return min(taken)


def agreement_table() -> list[str]:
    """Return that all ways come to the same on a few cases, right ones and faulty ones; it stops where one does not."""
    ways = [PER_CASE, *(way for way in present() if way not in SCANS)]
    lines = [
        f"{AGREEING:,} cases of each kind: counts by area, data problems and rows set aside are the same in"
    ]
    for kind, faulty in ((PARQUET, False), (CSV, False), (PARQUET, True), (CSV, True), (NESTED, False)):
        work = work_of(kind, AGREEING, faulty=faulty)
        agreed({way: run_of(way, work) for way in ways})
        lines.append(f"  {kind + (', faulty' if faulty else ''):<20}{'; '.join(ways)}")
    return lines


# --- growth --------------------------------------------------------------------------------------------------------


def rows_table(sizes: Sequence[int]) -> list[str]:
    """Return the time for a million cases and the peak memory by the number of cases."""
    ways = [way for way in present() if way not in SCANS]
    head = f"  {'':<26}" + "".join(f"{f'{rows:,}':>24}" for rows in sizes)
    lines = ["Growth with rows, flat Parquet: seconds for each million cases, and peak memory", head]
    cells: dict[str, list[str]] = {way: [] for way in ways}
    for rows in sizes:
        work = work_of(PARQUET, rows)
        for way in ways:
            one = in_process(way, work, runs=3)
            cells[way].append(f"{one.seconds / rows * 1e6:11.3f} s{one.peak:7.0f} MiB")
    return lines + [f"  {way:<26}" + "".join(f"{cell:>24}" for cell in cells[way]) for way in ways]


def cores_table(rows: int) -> list[str]:
    """Return the seconds with one and with two threads."""
    ways = present()
    counts = (1, 2)
    lines = [
        f"Growth with cores, {rows:,} flat Parquet cases",
        f"  {'':<26}{'1 thread':>12}{'2 threads':>12}{'faster':>9}",
    ]
    work = work_of(PARQUET, rows)
    for way in ways:
        one, two = (in_process(way, work, threads=threads, runs=5).seconds for threads in counts)
        lines.append(f"  {way:<26}{one:10.3f} s{two:10.3f} s{one / two:9.2f}")
    return lines


def items_table(counts: Sequence[int] = (10, 100, 1000), rows: int = 100_000) -> list[str]:
    """Return how long rules of so many items take: loading, making the query, a few cases, many cases."""
    from rulelang import load_text

    ours = judges_in_bulk()
    columns = (
        f"  {'items':<8}{'rules to pack':>15}{'pack to SQL':>13}{'100 cases':>12}{f'{rows:,} cases':>16}"
    )
    lines = [
        f"Growth with items: one in five a time limit, {rows:,} flat Parquet cases",
        f"{columns}{'by hand, DuckDB':>18}{'to hand':>9}",
    ]
    for count in counts:
        say(f"{count} items")
        shape = shape_of(count)
        began = time.perf_counter()
        pack = load_text(Work(generating.folder(), shape).rules)
        loading = time.perf_counter() - began
        tiny, many = (Work(generating.flat(n, PARQUET, shape), shape) for n in (100, rows))
        ways = {"many by hand": run_of(DUCKDB, many)}
        if ours:
            ways |= {"few": run_of(OURS, tiny, pack=pack), "many": run_of(OURS, many, pack=pack)}
            agreed({"many": ways["many"], "many by hand": ways["many by hand"]})
        taken = interleaved(ways, 3)
        to_sql = _milliseconds(_to_sql(pack))
        few, much, hand = (taken.get(name) for name in ("few", "many", "many by hand"))
        ratio = f"{much / hand:9.2f}" if much and hand else f"{'–':>9}"
        lines.append(
            f"  {count:<8}{_milliseconds(loading):>15}{to_sql:>13}{_milliseconds(few):>12}{_milliseconds(much):>16}"
            f"{_milliseconds(hand):>18}{ratio}"
        )
    return lines


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1e3:,.0f} ms"


def _to_sql(pack: Any) -> float | None:
    """Return the seconds from a pack that is loaded to the text of its query, the second time: imports aside."""
    try:
        from rulelang.engines.sql.layout import plain_layout
        from rulelang.engines.sql.lowering import Wanted, lower
        from rulelang.planning.lowering import lower as plan_of
        from rulelang.query import duckdb as dialects
        from rulelang.query.writing import Writer
    except ImportError:
        return None
    import datetime as dt

    wanted = Wanted(AS_AT, dt.datetime.combine(AS_AT, dt.time.max))
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        lowered, _value = lower(plan_of(pack.checked.pack), plain_layout(pack.schema), wanted)
        Writer(dialects.DUCKDB).query(lowered.tally('"cases"'))
        seconds = time.perf_counter() - began
    return seconds
