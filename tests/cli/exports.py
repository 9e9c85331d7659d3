"""Exports as large as a test needs, and a check of them in a process of its own, with folders of its own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from tests.architecture.sources import ROOT

RULES = """\
pack plans version "1" "Plans in time"
  calendar england_and_wales
  dates are day first

record case read from "cases"
  crn            text key
  commenced      date
  isp_completed  date optional
  visits         whole number optional

timescale plan "A supervision plan within 15 working days"
  from   commenced
  to     isp_completed
  within 15 working days

section P "Planning"

criterion P1 "Planning"
  no evidence counts as not met
  item plan "A supervision plan was made in time"
    timescale plan
  item visits "Visits"
    met when visits is at least 3
"""
WITH_REVIEWS = (
    RULES.replace(
        "  visits         whole number optional\n", "  reviews        list of review by crn\n"
    ).replace(
        'timescale plan "A',
        'record review read from "reviews"\n  crn        text\n  completed  date\n\ntimescale plan "A',
    )
).replace("met when visits is at least 3", "met when count of reviews is at least 3")
HEADING = "crn,commenced,isp_completed,visits\n"
AS_AT = ("--as-at", "2005-03-01")
# More than any test makes in the ordinary run: the sizes that the project promises.
LARGE = bool(os.environ.get("RULELANG_LARGE")) or os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"

_CASES = """
    SELECT 'C' || lpad(i::VARCHAR, 8, '0') AS crn,
        DATE '2003-01-01' + (i * 7 % 700)::INT AS commenced,
        DATE '2003-01-01' + (i * 7 % 700)::INT + (i * 13 % 60)::INT AS isp_completed,
        i % 7 AS visits
    FROM range({rows}) t(i)
"""
_REVIEWS = """
    SELECT 'C' || lpad((i * 7919 % {rows})::VARCHAR, 8, '0') AS crn, DATE '2003-01-01' + (i * 7 % 700)::INT AS completed
    FROM range({rows} * 2) t(i)
"""


def rules(folder: Path, text: str = RULES) -> Path:
    """Write rules into a folder and return their file."""
    path = folder / "plans.rules"
    path.write_text(text, encoding="utf-8")
    return path


def cases(path: Path, rows: int) -> Path:
    """Write so many sound cases, as CSV or Parquet by the ending of the path; return the path."""
    return _copied(path, _CASES.format(rows=rows))


def reviews(path: Path, rows: int) -> Path:
    """Write two reviews for each of so many cases."""
    return _copied(path, _REVIEWS.format(rows=rows))


def _copied(path: Path, query: str) -> Path:
    import duckdb

    how = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' ({how})")
    return path


@frozen
class Places:
    """Where a command is run: what it writes goes to `out`, its temporary files to `temporary`."""

    out: Path
    temporary: Path

    @classmethod
    def under(cls, folder: Path) -> Places:
        made = cls(folder / "out", folder / "temporary")
        made.out.mkdir()
        made.temporary.mkdir()
        return made

    @property
    def left(self) -> list[str]:
        """What lies in either folder."""
        return sorted(one.name for folder in (self.out, self.temporary) for one in folder.iterdir())

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if name != "RULELANG_DEBUG"}
        return {**kept, "TMPDIR": str(self.temporary), "PYTHONPATH": str(ROOT)}


def line(*arguments: object) -> list[str]:
    """Return the command line of a check."""
    return [sys.executable, "-m", "rulelang", "check", *map(str, arguments), *AS_AT]


def started(places: Places, *arguments: object) -> subprocess.Popen[bytes]:
    """Start a check."""
    return subprocess.Popen(
        line(*arguments), cwd=ROOT, env=places.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ran(places: Places, *arguments: object, room: int | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a check to its end; no file that it writes may be longer than `room`."""

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        line(*arguments),
        cwd=ROOT,
        env=places.environment,
        capture_output=True,
        check=False,
        preexec_fn=limited,
    )


def wait_until(test: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)
