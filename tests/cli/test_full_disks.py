"""Disks and memory that do not suffice: said in words, with the file or the folder; nothing is half written."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from rulelang.cli import main
from tests.architecture.sources import ROOT
from tests.cli.exports import AS_AT, HEADING, WITH_REVIEWS, Places, cases, line, ran, reviews, rules

ENGINES = ("python", pytest.param("duckdb", marks=pytest.mark.needs("duckdb", "numpy", "pyarrow")))
CASES = 300_000
# Enough for the query over `joined`, and not without temporary files.
LITTLE = "--memory=60MB"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Rules, and a file in which something is wrong with every row."""
    folder = tmp_path_factory.mktemp("export")
    rows = "".join(f"F{number},01/02/2004,10/02/2004,several\n" for number in range(2_000))
    (folder / "cases.csv").write_text(HEADING + rows, encoding="utf-8")
    return rules(folder), folder / "cases.csv"


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Rules, and two tables that are too large to be joined in little memory."""
    folder = tmp_path_factory.mktemp("joined")
    return (
        rules(folder, WITH_REVIEWS),
        cases(folder / "cases.parquet", CASES),
        reviews(folder / "reviews.parquet", CASES),
    )


@contextmanager
def little_room(room: int) -> Iterator[None]:
    """Let no file that this process writes be longer than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# --- what is asked for ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("option", "name", "room"),
    [
        ("details", "details.csv", 20_000),
        ("details", "details.jsonl", 20_000),
        pytest.param("details", "details.parquet", 2_000, marks=pytest.mark.needs("pyarrow")),
        ("problems", "problems.csv", 20_000),
        ("out", "result.txt", 100),
    ],
)
def test_a_file_that_outgrows_its_room_is_named_and_nothing_is_written(
    export: tuple[Path, Path],
    places: Places,
    capsys: pytest.CaptureFixture[str],
    engine: str,
    option: str,
    name: str,
    room: int,
) -> None:
    with little_room(room):
        code = main(
            ["check", *map(str, export), *AS_AT, f"--engine={engine}", f"--{option}={places.out / name}"]
        )
    assert code == 2
    assert capsys.readouterr() == (
        "",
        f"rulelang check: cannot write {places.out / name}: there is no room left\n",
    )
    assert places.left == []


def test_of_several_files_none_is_written_where_one_cannot_be(
    export: tuple[Path, Path], places: Places
) -> None:
    options = [f"--{one}={places.out / one}.csv" for one in ("details", "problems", "out")]
    came = ran(places, *export, *options, room=200_000)
    assert (came.returncode, came.stdout) == (2, b"")
    assert (
        came.stderr.decode()
        == f"rulelang check: cannot write {places.out / 'details.csv'}: there is no room left\n"
    )
    assert places.left == []


def test_a_full_disk_keeps_what_was_there_before(export: tuple[Path, Path], places: Places) -> None:
    (places.out / "details.csv").write_text("old", encoding="utf-8")
    with little_room(20_000):
        assert main(["check", *map(str, export), *AS_AT, f"--details={places.out / 'details.csv'}"]) == 2
    assert places.left == ["details.csv"]
    assert (places.out / "details.csv").read_text(encoding="utf-8") == "old"


# --- a disk of its own ---------------------------------------------------------------------------------------------


@cache
def _may_mount() -> bool:
    """Say whether we may have a small disk of our own, which nobody else sees."""
    try:
        made = subprocess.run(
            ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return made.returncode == 0


def on_small_disk(places: Places, disk: Path, size: str, *arguments: object) -> tuple[int, str, list[str]]:
    """Run a check where a folder is a small disk; return its exit code, what it said, and what it left there."""
    command = " ".join(map(shlex.quote, line(*arguments)))
    there = shlex.quote(str(disk))
    text = f"mount -t tmpfs -o size={size} none {there} && {command} >&2; echo $?; ls -A {there}"
    made = subprocess.run(
        ["unshare", "-m", "sh", "-c", text], cwd=ROOT, env=places.environment, capture_output=True, check=True
    )
    code, *left = made.stdout.decode().splitlines()
    return int(code), made.stderr.decode(), left


@pytest.mark.parametrize("engine", ENGINES)
def test_a_disk_that_is_full_of_details_is_left_as_it_was(
    export: tuple[Path, Path], places: Places, engine: str
) -> None:
    if not _may_mount():
        pytest.skip("a disk of one's own cannot be had here")
    path = places.out / "details.csv"
    code, told, left = on_small_disk(
        places, places.out, "64k", *export, f"--engine={engine}", f"--details={path}"
    )
    assert (code, left) == (2, [])
    assert told == f"rulelang check: cannot write {path}: there is no room left\n"


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_a_disk_that_is_full_of_temporary_files_is_named(joined: tuple[Path, ...], places: Places) -> None:
    if not _may_mount():
        pytest.skip("a disk of one's own cannot be had here")
    code, told, left = on_small_disk(
        places, places.temporary, "1m", joined[0], *_named(joined), "--engine=duckdb", LITTLE, "--threads=2"
    )
    assert (code, left) == (2, [])
    assert f"error[no-room]: there is no room left for temporary files in {places.temporary}\n" in told


# --- memory --------------------------------------------------------------------------------------------------------


def _named(joined: tuple[Path, ...]) -> list[str]:
    return [f"cases={joined[1]}", f"reviews={joined[2]}"]


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_what_does_not_fit_in_memory_goes_to_a_folder_that_is_removed(
    joined: tuple[Path, ...], places: Places
) -> None:
    run = (joined[0], *_named(joined), "--engine=duckdb", LITTLE, "--threads=2", "--format=json")
    details = f"--problems={places.out / 'problems.csv'}"
    none = ran(places, *run, details, room=300_000)
    assert none.returncode == 2
    assert (
        f"error[no-room]: there is no room left for temporary files in {places.temporary}\n"
        in none.stderr.decode()
    )
    assert places.left == []
    enough = ran(places, *run)
    assert (enough.returncode, enough.stderr) == (0, b"")
    assert places.left == []
    assert f'"judged": {CASES}' in enough.stdout.decode()


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
@pytest.mark.parametrize("memory", ["1MB", "8MB"])
def test_too_little_memory_says_how_much_to_give(
    joined: tuple[Path, ...], memory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(joined[0]), *_named(joined), *AS_AT, "--engine=duckdb", f"--memory={memory}"]
    assert main(["check", *arguments, "--problems", str(tmp_path / "problems.csv")]) == 2
    assert capsys.readouterr().err == (
        f"error[too-little-memory]: {memory} of memory is too little to judge this export in one query\n"
        "  = Give it more, such as --memory 500MB.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", ["0MB", "0.0GB", "a lot", "-1GB", "2"])
def test_a_size_that_is_none_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", "gwent", os.devnull, f"--memory={size}"])
    assert stopped.value.code == 2
    assert f"`{size}` is not a size of memory" in capsys.readouterr().err


@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_without_a_folder_for_temporary_files_what_fits_in_memory_is_judged(
    export: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(*_: object, **__: object) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryDirectory", none)
    assert main(["check", *map(str, export), *AS_AT, "--engine=duckdb"]) == 0
    assert "2,000 judged" in capsys.readouterr().out
    assert main(["check", *map(str, export), *AS_AT, "--engine=duckdb", "--memory=1MB"]) == 2
    assert "name one in the environment as TMPDIR" in capsys.readouterr().err


def test_a_machine_without_memory_is_no_fault_of_the_program(
    export: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("rulelang.api.Pack.inspect", fail)
    assert main(["check", *map(str, export), *AS_AT, "--engine=python"]) == 2
    assert "this machine has too little memory for this export" in capsys.readouterr().err
