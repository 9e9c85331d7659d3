"""Whole commands from a cold start, over a bare interpreter, with bytecode kept as in any installation."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from benchmarks.timing import interleaved
from benchmarks.workload import AS_AT, gwent_export

ROUNDS = 15


def cold_table() -> list[str]:
    """Return the milliseconds that commands take over `python -c pass`."""
    # Some containers forbid bytecode files; every module would then be compiled anew on each run.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def command(*arguments: str) -> Callable[[], object]:
        line = [sys.executable, *arguments]
        return lambda: subprocess.run(line, env=env, check=True, capture_output=True)

    check = ("-m", "rulelang", "check", "gwent", str(gwent_export()), "--as-at", str(AS_AT))
    taken = interleaved(
        {
            "python -c pass": command("-c", "pass"),
            "rulelang --help": command("-m", "rulelang", "--help"),
            "rulelang check, 15 cases": command(*check),
        },
        ROUNDS,
    )
    bare = taken.pop("python -c pass")
    head = f"Cold start, over a bare interpreter ({bare * 1e3:.0f} ms)"
    return [head, *(f"  {name:<36}{(seconds - bare) * 1e3:10.0f} ms" for name, seconds in taken.items())]
