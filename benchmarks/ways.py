"""The ways of judging in bulk that are measured; `python -m benchmarks.ways …` runs one as a process of its own.

Whatever a way needs is imported when it runs, so that a process pays for nothing else.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

from benchmarks.workload import AS_AT, BULK, NESTED_RULES, Shape, flat_rules, shape_of

OURS = "rulelang"
PER_CASE = "rulelang, case by case"
DUCKDB, DUCKDB_SCAN = "by hand, DuckDB", "bare scan, DuckDB"
POLARS, POLARS_SCAN = "by hand, Polars", "bare scan, Polars"
IN_BULK = (OURS, DUCKDB, POLARS)
SCANS = (DUCKDB_SCAN, POLARS_SCAN)


@frozen
class Work:
    """What is to be judged: a file of flat cases of some shape, or of nested ones."""

    path: Path
    shape: Shape = BULK
    nested: bool = False

    @property
    def rules(self) -> str:
        """The rules as text."""
        return NESTED_RULES if self.nested else flat_rules(self.shape)


def judges_in_bulk() -> bool:
    """Say whether there is an engine to be named to `Pack.check`."""
    from rulelang import Pack

    return "engine" in inspect.signature(Pack.check).parameters


def present() -> list[str]:
    """Return the ways that can be measured here, scans last."""
    found = list(IN_BULK) + list(SCANS)
    if not judges_in_bulk():
        print("rulelang does not judge in bulk yet: left out", file=sys.stderr)
        found.remove(OURS)
    return found


def run_of(way: str, work: Work, threads: int | None = None, pack: Any = None) -> Callable[[], Any]:
    """Return the function that judges, or scans, once. Rules are loaded before, where no pack is given."""
    if way in (OURS, PER_CASE):
        return _ours(way, work, threads, pack)
    name = "nested" if work.nested else work.path.suffix[1:]
    return {DUCKDB: _duckdb, DUCKDB_SCAN: _duckdb_scan, POLARS: _polars, POLARS_SCAN: _polars_scan}[way](
        name, work, threads
    )


def _ours(way: str, work: Work, threads: int | None, pack: Any) -> Callable[[], Any]:
    from rulelang import load_text

    pack = pack or load_text(work.rules)
    more: dict[str, Any] = {}
    if judges_in_bulk():
        more = {"engine": "duckdb", "threads": threads} if way == OURS else {"engine": "python"}
    return lambda: pack.check(str(work.path), as_at=AS_AT, by="area", **more)


def _duckdb(name: str, work: Work, threads: int | None) -> Callable[[], Any]:
    if name == "nested":
        from benchmarks import by_hand_nested

        return lambda: by_hand_nested.judge(work.path, threads)
    from benchmarks import by_hand_duckdb

    judge = by_hand_duckdb.judge_csv if name == "csv" else by_hand_duckdb.judge_parquet
    return lambda: judge(work.path, work.shape, threads)


def _duckdb_scan(name: str, work: Work, threads: int | None) -> Callable[[], Any]:
    from benchmarks import by_hand_duckdb, by_hand_nested

    if name == "nested":
        return lambda: by_hand_nested.scan(work.path, threads)
    return lambda: by_hand_duckdb.scan(work.path, work.shape, threads)


def _polars(name: str, work: Work, _threads: int | None) -> Callable[[], Any]:
    if name == "nested":
        from benchmarks import by_hand_nested_polars

        return lambda: by_hand_nested_polars.judge(work.path)
    from benchmarks import by_hand_polars

    return lambda: by_hand_polars.judge(work.path, work.shape)


def _polars_scan(name: str, work: Work, _threads: int | None) -> Callable[[], Any]:
    from benchmarks import by_hand_nested_polars, by_hand_polars

    if name == "nested":
        return lambda: by_hand_nested_polars.scan(work.path)
    return lambda: by_hand_polars.scan(work.path, work.shape)


# --- a process of its own ------------------------------------------------------------------------------------------


@frozen
class Process:
    """What a process took: from its start to its end, within it for one run (the median), and its peak memory."""

    whole: float
    seconds: float
    peak: float


def in_process(way: str, work: Work, *, threads: int | None = None, runs: int = 1) -> Process:
    """Run a way in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.ways", way, str(work.path), "--runs", str(runs)]
    line += ["--nested"] if work.nested else ["--items", str(work.shape.items)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if threads:
        line += ["--threads", str(threads)]
        env["POLARS_MAX_THREADS"] = str(threads)
    began = time.perf_counter()
    done = subprocess.run(line, env=env, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    whole = time.perf_counter() - began
    told = json.loads(done.stdout)
    return Process(whole, told["seconds"], told["peak"])


def peak() -> float:
    """Return the most memory that this process had, in MiB."""
    try:
        # `ru_maxrss` of a child begins with what its parent had when it was made.
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 / (1024 if sys.platform == "darwin" else 1)


def main() -> None:
    """Run one way and print what it took as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("path", type=Path)
    parser.add_argument("--items", type=int, default=BULK.items)
    parser.add_argument("--nested", action="store_true")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    shape = BULK if given.items == BULK.items else shape_of(given.items)
    run = run_of(given.way, Work(given.path, shape, given.nested), given.threads)
    taken = []
    for _ in range(given.runs):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    print(json.dumps({"seconds": statistics.median(taken), "peak": peak()}))


if __name__ == "__main__":
    main()
