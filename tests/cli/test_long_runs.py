"""Runs of some seconds: stopped in the middle, they leave nothing behind; on a terminal, they say how far they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from rulelang.cli import output
from rulelang.cli.stopping import stoppable
from tests.architecture.sources import ROOT
from tests.cli.exports import LARGE, Places, cases, line, rules, started, wait_until

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")
MANY, SOME = 3_000_000, 300_000
PROMPTLY = 2.0
STOPPED = b"rulelang: stopped; nothing was written\n"


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    rules(folder)
    cases(folder / "many.csv", MANY)
    cases(folder / "some.csv", SOME)
    if LARGE:
        cases(folder / "many.parquet", 10 * MANY)
    return folder


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path)


@pytest.mark.parametrize(
    ("engine", "export", "threads", "number"),
    [
        ("duckdb", "many.csv", 1, signal.SIGINT),
        ("duckdb", "many.csv", 2, signal.SIGINT),
        ("duckdb", "many.csv", 2, signal.SIGTERM),
        ("python", "some.csv", 1, signal.SIGINT),
        *([("duckdb", "many.parquet", threads, signal.SIGINT) for threads in (1, 2)] if LARGE else []),
    ],
)
def test_a_run_that_is_stopped_ends_and_leaves_nothing(
    exports: Path, places: Places, engine: str, export: str, threads: int, number: int
) -> None:
    to = [f"--{name}={places.out / name}.csv" for name in ("details", "problems", "out")]
    running = started(
        places,
        exports / "plans.rules",
        f"cases={exports / export}",
        f"--engine={engine}",
        f"--threads={threads}",
        *to,
    )
    begun = places.temporary if engine == "duckdb" else places.out
    wait_until(lambda: any(begun.iterdir()) or running.poll() is not None)
    # Into the reading, or into the query.
    time.sleep(0.3)
    assert running.poll() is None, "it was over before it could be stopped"
    at = time.monotonic()
    running.send_signal(number)
    printed, told = running.communicate(timeout=60)
    assert not LARGE or time.monotonic() - at < PROMPTLY
    assert (printed, told, running.returncode) == (b"", STOPPED, 128 + number)
    assert places.left == []


def test_details_that_are_being_written_are_taken_back(exports: Path, places: Places) -> None:
    running = started(
        places, exports / "plans.rules", f"cases={exports / 'some.csv'}", "--engine=duckdb",
        f"--details={places.out / 'details.csv'}",
    )  # fmt: skip
    wait_until(
        lambda: any(one.stat().st_size > 50_000 for one in places.out.iterdir()) or running.poll() is not None
    )
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert (told, running.returncode) == (STOPPED, 130)
    assert places.left == []


def test_a_second_wish_to_stop_does_not_keep_it_from_tidying_up() -> None:
    tidied = False
    with stoppable() as stop:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except KeyboardInterrupt:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
            tidied = True
    assert (tidied, stop.code) == (True, 128 + signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_a_process_that_was_stopped_is_not_stopped_again_on_its_way_out() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        with suppress(KeyboardInterrupt), stoppable(leaving=True):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


# --- how far it is -------------------------------------------------------------------------------------------------


# A bar is shown of what lasts longer than this machine may take.
AT_ONCE = "import sys; from rulelang.cli import main, output; output.STILL_QUICK = 0.05; sys.exit(main())"


def on_terminal(places: Places, *arguments: object) -> str:
    """Run a check whose errors go to a terminal, and return what that was sent."""
    ours, theirs = os.openpty()
    try:
        running = subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, *line(*arguments)[3:]],
            cwd=ROOT,
            env=places.environment,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
        )
    finally:
        os.close(theirs)
    shown = bytearray()
    while True:
        try:
            block = os.read(ours, 65_536)
        except OSError:
            # Linux says so of a terminal that nobody has open any more.
            break
        if not block:
            break
        shown += block
    os.close(ours)
    assert running.wait() == 0
    return shown.decode("utf-8")


def test_a_query_shows_a_bar_on_a_terminal_and_takes_it_away(exports: Path, places: Places) -> None:
    many = (exports / "plans.rules", f"cases={exports / 'many.csv'}", "--engine=duckdb", "--threads=1")
    steps = on_terminal(places, *many).split("\r\x1b[K")
    bars = [one for one in steps if "░" in one]
    assert bars, steps
    assert all("%" in one and one.endswith(" left") for one in bars), bars
    assert steps[-1] == ""


def test_details_show_how_many_cases_are_told_of(exports: Path, tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    export = cases(tmp_path / "cases.parquet", 5_000)
    shown = on_terminal(
        places, exports / "plans.rules", export, "--engine=duckdb", f"--details={places.out / 'details.csv'}"
    )
    assert " of 5,000 rows, " in shown
    assert shown.endswith("\r\x1b[K")


def test_no_bar_is_shown_where_it_is_not_wanted(exports: Path, places: Places) -> None:
    some = (exports / "plans.rules", cases(places.out / "cases.csv", 5_000), "--engine=duckdb")
    assert on_terminal(places, *some, "--quiet") == ""
    asked = [sys.executable, "-c", AT_ONCE, *line(*some)[3:]]
    came = subprocess.run(asked, cwd=ROOT, env=places.environment, capture_output=True, check=True)
    assert came.stderr == b""


def test_a_second_piece_of_work_has_its_own_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.cli.test_behaviour import Terminal

    terminal, clock = Terminal(), [0.0]
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(output, "STILL_QUICK", 0)
    monkeypatch.setattr(output, "BETWEEN_STEPS", 0)
    progress = output.Progress()
    for clock[0], done in ((10.0, 0.5), (100.0, 0.0), (110.0, 0.5)):
        progress.share(done)
    assert terminal.getvalue().count("50%, 10 s left") == 2
