"""Timing several ways of one job in turn, round after round, so that a busy moment strikes them all alike."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping


def machine() -> str:
    """Return the machine's size and the versions that matter, for the head of a table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    )


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
