"""What DuckDB fails by: the run goes on case by case where it can, and no message holds what a case holds."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from rulelang import load_text
from rulelang.cli import main
from rulelang.cli.stopping import stoppable
from rulelang.diagnostics import RulesError
from rulelang.reading import Problems
from tests.cli.exports import AS_AT, HEADING, RULES, cases, rules

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")
DAY = dt.date(2005, 3, 1)
# What a case holds, and what DuckDB might say of it.
SECRET = "Mary Jones, born 1970"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rows = "".join(f"F{number},01/02/2004,10/02/2004,several\n" for number in range(20))
    (tmp_path / "cases.csv").write_text(HEADING + rows, encoding="utf-8")
    return tmp_path / "cases.csv"


def _fail(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def _unforeseen() -> Exception:
    import duckdb

    return duckdb.InternalException(f"INTERNAL Error: {SECRET}")


PLACES = (
    "rulelang.bulk.opening.survey_case",
    "rulelang.bulk.judging._count",
    "rulelang.bulk.judging.make_tables",
    "rulelang.bulk.opening.Opened.finish",
    "rulelang.bulk.judging.BulkInspection._result",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("engine", ["duckdb", "auto"])
def test_an_unforeseen_failure_is_noted_and_the_cases_are_judged(
    export: Path, monkeypatch: pytest.MonkeyPatch, place: str, engine: str
) -> None:
    monkeypatch.setattr("rulelang.choosing.LARGE_FILES", 1)
    pack = load_text(RULES)
    expected = pack.check(export, as_at=DAY, engine="python")
    monkeypatch.setattr(place, _fail(_unforeseen()))
    came = pack.check(export, as_at=DAY, engine=engine)
    *notes, said = came.notes
    assert said.startswith(
        "Judged case by case, not in one query: DuckDB failed, which is a fault of the program"
    )
    assert "InternalException at bulk/" in said
    assert SECRET not in said
    assert tuple(notes) == expected.notes
    assert (came.tally, came.population, came.problems) == (
        expected.tally,
        expected.population,
        expected.problems,
    )


@pytest.mark.parametrize("option", ["details", "problems"])
def test_what_was_handed_on_already_is_not_handed_on_twice(
    export: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    option: str,
) -> None:
    path = tmp_path / f"{option}.csv"
    arguments = [str(rules(tmp_path)), f"cases={export}", *AS_AT, "--engine=duckdb", f"--{option}={path}"]
    monkeypatch.setattr("rulelang.bulk.judging.BulkInspection._result", _fail(_unforeseen()))
    assert main(["check", *arguments]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error[engine-failed]: this export cannot be judged in one query: DuckDB failed")
    assert "--engine python" in told
    assert SECRET not in told
    assert not path.exists()


def test_a_failure_before_anything_was_handed_on_costs_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(engine: str) -> list[bytes]:
        paths = [tmp_path / f"{engine}-{one}.csv" for one in ("details", "problems")]
        options = [f"--details={paths[0]}", f"--problems={paths[1]}", f"--out={os.devnull}"]
        assert (
            main(["check", str(rules(tmp_path)), f"cases={export}", *AS_AT, f"--engine={engine}", *options])
            == 0
        )
        return [one.read_bytes() for one in paths]

    monkeypatch.setattr("rulelang.bulk.judging._count", _fail(_unforeseen()))
    assert written("duckdb") == written("python")


def test_a_stopped_query_is_stopped_for_python_programs_too(
    export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rulelang.bulk.judging._count", _fail(RuntimeError("Query interrupted")))
    with pytest.raises(KeyboardInterrupt):
        load_text(RULES).check(export, as_at=DAY, engine="duckdb")


# It would take years.
ENDLESS = "SELECT sum(length(md5(i::VARCHAR))) FROM range(1_000_000_000_000) t(i)"


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_query_is_stopped_however_many_threads_it_has(threads: int, number: int) -> None:
    import duckdb

    from rulelang.bulk.judging import Settings, _connection

    late: list[bool] = []

    def give_up(connection: Any) -> None:
        with suppress(duckdb.Error):
            connection.interrupt()
            late.append(True)

    def run(timers: ExitStack) -> None:
        with _connection(Settings(threads)) as connection:
            for one in (
                threading.Timer(15, give_up, (connection,)),
                threading.Timer(0.3, os.kill, (os.getpid(), number)),
            ):
                timers.callback(one.cancel)
                one.start()
            connection.execute(ENDLESS).fetchall()

    with stoppable() as stop, ExitStack() as timers, pytest.raises(KeyboardInterrupt):
        run(timers)
    assert (late, stop.signal) == ([], number)
    assert signal.set_wakeup_fd(-1) == -1


def test_a_signal_that_is_handled_otherwise_leaves_a_query_alone() -> None:
    from rulelang.bulk.judging import Settings, _connection

    met: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: met.append(number))
    try:
        with _connection(Settings(2)) as connection:
            os.kill(os.getpid(), signal.SIGTERM)
            query = "SELECT count(md5(i::VARCHAR)) FROM range(2_000_000) t(i)"
            assert connection.execute(query).fetchall() == [(2_000_000,)]
    finally:
        signal.signal(signal.SIGTERM, before)
    assert met == [signal.SIGTERM]


def test_in_a_thread_beside_the_main_one_signals_are_let_be(export: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        came = pool.submit(load_text(RULES).check, export, as_at=DAY, engine="duckdb").result()
    assert came.population.judged == 20


def test_faults_of_our_own_stay_faults(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (
        RuntimeError("of another kind"),
        KeyError(SECRET),
        OSError(errno.EIO, "Input/output error"),
    ):
        monkeypatch.setattr("rulelang.bulk.judging._count", _fail(error))
        with pytest.raises(type(error)):
            load_text(RULES).check(export, as_at=DAY, engine="duckdb")


@pytest.mark.parametrize("memory", [None, "300MB", "2GB", "1.5 TiB"])
def test_memory_that_is_too_little_is_asked_for_once_more_with_fewer_threads(
    export: Path, monkeypatch: pytest.MonkeyPatch, memory: str | None
) -> None:
    import duckdb

    from rulelang.engines.duckdb.running import connected

    tried: list[int | None] = []

    def connect(threads: int | None, *rest: Any) -> Any:
        tried.append(threads)
        return connected(threads, *rest)

    monkeypatch.setattr("rulelang.bulk.judging.connected", connect)
    monkeypatch.setattr("rulelang.bulk.judging._count", _fail(duckdb.OutOfMemoryException(SECRET)))
    with pytest.raises(RulesError) as stopped:
        load_text(RULES).check(export, as_at=DAY, engine="duckdb", threads=16, memory=memory)
    assert tried == [16, 4, 1]
    (told,) = stopped.value.diagnostics
    hints = {
        None: "Split the export into parts.",
        "300MB": "Give it more, such as --memory 600MB.",
        "2GB": "Give it more, such as --memory 4GB.",
        "1.5 TiB": "Give it more, such as --memory 3000GB.",
    }
    assert (told.code, told.hint) == ("too-little-memory", hints[memory])


def test_a_query_tells_how_many_rows_it_has_where_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rulelang.bulk import judging

    known: list[int] = []
    watched = judging._watched

    def watch(connection: Any, advance: Any, rows: int) -> Any:
        known.append(rows)
        return watched(connection, advance, rows)

    monkeypatch.setattr(judging, "_watched", watch)
    pack = load_text(RULES)
    for ending, rows in (("csv", 0), ("parquet", 700)):
        known.clear()
        path = cases(tmp_path / f"cases.{ending}", 700)
        pack.check(path, as_at=DAY, engine="duckdb", problems=Problems(), advance=lambda _: None)
        assert known[0] == rows
