"""Timing several ways of one job in turn, round after round, so that a busy moment strikes them all alike."""

from __future__ import annotations

import contextlib
import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata


def machine() -> str:
    """Return the machine's size and the versions that matter, for the head of a table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}{''.join(_versions())}, {time.strftime('%Y-%m-%d')}"
    )


def _versions() -> Iterator[str]:
    for library in ("duckdb", "polars", "numpy"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield f", {library} {metadata.version(library)}"


def interleaved(ways: Mapping[str, Callable[[], object]], rounds: int = 9) -> dict[str, float]:
    """Return the median seconds of each way; garbage collection waits while one is timed."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for run in ways.values():
        run()
    for _ in range(rounds):
        for name, run in ways.items():
            gc.collect()
            gc.disable()
            began = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - began)
            gc.enable()
    return {name: statistics.median(times) for name, times in taken.items()}
