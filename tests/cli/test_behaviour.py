"""How the command line behaves besides what it prints: files, colours, interruptions, faults of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rulelang.cli import main, output
from rulelang.cli.arguments import parser
from rulelang.cli.files import Outputs
from rulelang.cli.refusals import WrongCommand
from rulelang.evaluation import Answer, Calculator
from tests.architecture.sources import ROOT
from tests.cli.transcripts import REFERENCE

FOLLOWUP = str(ROOT / "examples" / "gwent" / "followup")
CHECK = ["check", "gwent", FOLLOWUP, "--as-at", "2005-03-01"]
SCORES = {"B1": 18, "B2": 70, "B3": 21, "B4": 30, "C1": 64, "C2": 32, "C3": 49, "C4": 64, "C5": 37}


def command(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    environment = {**os.environ, **settings.pop("env", {})}
    line = [sys.executable, "-m", "rulelang", *arguments]
    return subprocess.run(line, cwd=ROOT, capture_output=True, env=environment, check=False, **settings)


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


# --- results for programs ------------------------------------------------------------------------------------------


def test_the_json_of_the_follow_up_has_the_published_scores(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    assert main([*CHECK, "--format", "json"]) == 0
    result = json.loads(capsysbinary.readouterr().out)
    scores = {one["id"]: one["score"] for section in result["sections"] for one in section["criteria"]}
    assert {name: score["percent"] for name, score in scores.items() if score} == SCORES
    assert scores["B1"]["exact"] == "17.59259…"
    assert result["cases"] == {
        "read": 15,
        "judged": 15,
        "set_aside": 0,
        "out_of_scope": 0,
        "not_yet_begun": 0,
    }


def test_details_hold_a_row_for_every_case_and_item(tmp_path: Path) -> None:
    path = tmp_path / "details.csv"
    assert main([*CHECK, "--details", str(path), "--out", os.devnull]) == 0
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 15 * 47
    assert len({(row["key"], row["item"]) for row in rows}) == 15 * 47
    assert sum(row["item"] == "B1.rmp" and row["outcome"] == "met" for row in rows) == 1
    late = next(row for row in rows if row["key"] == "F1036" and row["item"] == "B1.rmp")
    assert (late["due"], late["event"], late["days_over"]) == ("2004-04-26", "", "309")


@pytest.mark.needs("pyarrow")
def test_details_in_parquet_are_those_in_csv(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    for ending in ("csv", "parquet"):
        assert main([*CHECK, "--details", str(tmp_path / f"details.{ending}"), "--out", os.devnull]) == 0
    with (tmp_path / "details.csv").open(newline="", encoding="utf-8") as stream:
        expected = [{name: text or None for name, text in row.items()} for row in csv.DictReader(stream)]
    came = pq.read_table(tmp_path / "details.parquet").to_pylist()
    assert [
        {name: None if one is None else str(one) for name, one in row.items()} for row in came
    ] == expected


def test_results_for_programs_are_utf_8_whatever_the_terminal_shows() -> None:
    ran = command(*CHECK, "--format", "json", env={"PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 0
    assert "17.59259…" in ran.stdout.decode("utf-8")


def test_a_terminal_of_ascii_alone_gets_a_report_it_can_show() -> None:
    ran = command(*CHECK, env={"PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 0
    assert b"#" in ran.stdout
    assert b"?" not in ran.stdout
    assert ran.stdout.isascii()


# --- files ---------------------------------------------------------------------------------------------------------


def test_files_are_put_in_place_together_and_only_when_all_is_well(tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("old")
    with Outputs() as outputs:
        outputs.text(str(first)).write("new")
        outputs.text(str(second)).write("new")
        assert first.read_text() == "old"
        assert not second.exists()
    assert (first.read_text(), second.read_text()) == ("new", "new")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "scores.txt"
    path.write_text("old")
    with pytest.raises(error), Outputs() as outputs:  # noqa: PT012
        outputs.text(str(path)).write("half")
        raise error
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("scores.txt", "old")]


def test_a_link_stays_a_link_and_rights_stay_as_they_were(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    with Outputs() as outputs:
        outputs.text(str(link)).write("new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_said_in_words() -> None:
    with pytest.raises(WrongCommand, match="no room left"), Outputs() as outputs:
        outputs.text("/dev/full").write("anything")


def test_a_result_may_go_to_standard_output_by_name() -> None:
    ran = command(*CHECK, "--details", "/dev/stdout", "--out", os.devnull)
    assert ran.stdout.startswith(b"key,item,outcome,due,event,days_over,reason\nF1001,B1.sufficient,not met,")


# --- terminals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "asked", "variables", "coloured"),
    [
        (Terminal(), None, {}, True),
        (io.StringIO(), None, {}, False),
        (Terminal(), None, {"NO_COLOR": "1"}, False),
        (Terminal(), None, {"TERM": "dumb"}, False),
        (Terminal(), False, {}, False),
        (io.StringIO(), True, {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    stream: io.StringIO,
    asked: bool | None,
    variables: dict[str, str],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert output.colour_on(stream, asked) is coloured


@pytest.mark.parametrize("option", ["--colour", "--color"])
def test_colour_may_be_asked_for(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "gwent", option])
    assert "\x1b[1m" in capsys.readouterr().out
    main(["explain", "gwent", option.replace("--", "--no-")])
    assert "\x1b" not in capsys.readouterr().out


def test_progress_shows_on_a_terminal_while_work_is_long_and_is_gone_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(output, "STILL_QUICK", 0)
    monkeypatch.setattr(output, "BETWEEN_STEPS", 0)
    with output.Progress() as progress:
        progress.rows("cases.csv", 5000)
        assert terminal.getvalue() == "\r\x1b[Kcases.csv: 5,000 rows read"
        progress.cases(1000)
    assert terminal.getvalue().endswith("\r\x1b[K1,000 cases judged\r\x1b[K")


@pytest.mark.parametrize(("stream", "quiet"), [(Terminal(), True), (io.StringIO(), False)])
def test_progress_is_for_terminals_that_want_it(
    stream: io.StringIO, quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(output, "STILL_QUICK", 0)
    with output.Progress(quiet=quiet) as progress:
        progress.cases(1000)
    assert stream.getvalue() == ""


def test_short_work_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    with output.Progress() as progress:
        progress.cases(1000)
    assert terminal.getvalue() == ""


def test_words_from_an_export_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("crn,comm\x1b]0;gotcha\x07enced\n1,2\n")
    ran = command("check", "gwent", str(tmp_path))
    assert ran.returncode == 3
    assert b"\x1b" not in ran.stderr + ran.stdout
    assert b"\x07" not in ran.stderr + ran.stdout


# --- stopping and failing ------------------------------------------------------------------------------------------


def test_a_reader_that_has_read_enough_is_no_error() -> None:
    line = [sys.executable, "-m", "rulelang", *CHECK, "--format", "json"]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0


def test_whoever_stops_it_is_told_that_nothing_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rulelang.api.Pack.inspect", stopped)
    monkeypatch.setattr("rulelang.cli.files.WRITTEN", [])
    paths = [str(tmp_path / name) for name in ("out.txt", "details.csv", "problems.csv")]
    assert main([*CHECK, "--out", paths[0], "--details", paths[1], "--problems", paths[2]]) == 130
    assert capsys.readouterr().err == "rulelang: stopped; nothing was written\n"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("Mary Jones, born 1970")

    monkeypatch.setattr("rulelang.api.Pack.inspect", fail)


@pytest.mark.usefixtures("broken")
def test_a_fault_of_the_program_is_owned_up_to_without_case_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RULELANG_DEBUG", raising=False)
    assert main(CHECK) == 70
    told = capsys.readouterr().err
    assert "a fault of the program" in told
    assert "KeyError at api.py:" in told
    assert "Traceback" not in told
    assert "Mary" not in told


@pytest.mark.usefixtures("broken")
def test_whoever_looks_for_a_fault_sees_where_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RULELANG_DEBUG", "1")
    assert main(CHECK) == 70
    assert "Traceback" in capsys.readouterr().err


def test_input_that_is_no_text_stops_the_calculator_where_it_stands() -> None:
    ran = command("eval", "-", input=b"1 + 1\r\n\xff\xfe\n2 + 2\n")
    assert (ran.stdout, ran.returncode) == (b"2\n", 3)
    assert b"line 2" in ran.stderr


def test_a_fault_in_one_line_leaves_the_others_their_answers(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    right = Calculator.answer

    def answer(calculator: Calculator, text: str) -> Answer:
        if text == "Mary":
            raise ValueError("Mary")
        return right(calculator, text)

    monkeypatch.delenv("RULELANG_DEBUG", raising=False)
    monkeypatch.setattr(Calculator, "answer", answer)
    monkeypatch.setattr(sys, "stdin", io.StringIO("Mary\n1 + 1\n"))
    assert main(["eval", "-", "--format", "json"]) == 0
    first, second = capsysbinary.readouterr().out.decode().splitlines()
    assert json.loads(first)["error"] == "program-fault"
    assert "Mary" not in first
    assert json.loads(second)["value"] == 2


def test_the_calculator_answers_each_line_before_it_reads_the_next() -> None:
    line = [sys.executable, "-m", "rulelang", "eval", "-"]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for asked, answer in ((b"1 + 1\n", b"2\n"), (b"\n", b"\n"), (b"2 + 2\n", b"4\n")):
            running.stdin.write(asked)
            running.stdin.flush()
            assert running.stdout.readline() == answer
        running.stdin.close()
        assert running.wait() == 0


# --- help ----------------------------------------------------------------------------------------------------------


def test_the_version_is_told() -> None:
    assert command("--version").stdout.startswith(b"rulelang 0.")


@pytest.mark.parametrize("name", parser().commands)
def test_the_help_of_every_command_has_an_example_that_it_understands(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import shlex

    with pytest.raises(SystemExit):
        main([name, "--help"])
    _, _, examples = capsys.readouterr().out.partition("For example:\n")
    lines = [line.strip() for line in examples.splitlines()]
    assert lines
    for line in lines:
        assert parser().parse_args(shlex.split(line)[1:]).named == name


@pytest.mark.parametrize("name", parser().commands)
def test_the_reference_names_every_option_of_every_command(name: str) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    _, _, section = page.partition(f"\n## `rulelang {name}")
    section = section.partition("\n## ")[0]
    actions = parser().commands[name]._actions
    options = [action.option_strings[0] for action in actions if action.option_strings]
    assert [one for one in options if one != "-h" and f"`{one}" not in section] == []


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom rulelang.cli import main\n"
        "try:\n    main(['check', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(set(sys.modules) & {'attr', 'lark', 'rulelang.api', 'datetime', 'csv'} - {'datetime'}))"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "engine", ["python", pytest.param("duckdb", marks=pytest.mark.needs("duckdb", "numpy", "pyarrow"))]
)
def test_details_name_what_fails_in_cases_that_are_judged_in_nothing(tmp_path: Path, engine: str) -> None:
    rules = (
        'pack p version "1"\nrecord case read from "cases"\n  crn text key\n  began date\n  ended date optional\n'
        "  open yes/no\n  inspected when open\ncriterion A\n  item a\n    met when ended is known\n"
        "validation v\n  requires ended on or after began\n"
    )
    (tmp_path / "p.rules").write_text(rules, encoding="utf-8")
    lines = ["crn,began,ended,open", "1,2004-01-01,2004-02-01,yes", "2,2004-02-01,2004-01-01,no"]
    cases = "\n".join([*lines, "3,2006-02-01,2006-01-01,yes"])
    (tmp_path / "cases.csv").write_text(cases, encoding="utf-8")
    out = tmp_path / "details.csv"
    given = [
        "check",
        str(tmp_path / "p.rules"),
        str(tmp_path / "cases.csv"),
        "--as-at",
        "2005-01-01",
        "--quiet",
    ]
    main([*given, "--engine", engine, "--details", str(out)])
    with out.open(encoding="utf-8", newline="") as stream:
        rows = [(row["key"], row["item"], row["outcome"]) for row in csv.DictReader(stream)]
    assert rows == [("1", "A.a", "met"), ("1", "v", "passes"), ("2", "v", "fails"), ("3", "v", "fails")]
