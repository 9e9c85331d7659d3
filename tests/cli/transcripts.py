"""Transcripts as data: files to begin with, commands, what they print and the code they exit with.

A block headed `file NAME` is written first. In a block headed `console` a line `$ …` is run, and what follows is what
it prints: `! ` stands before a line of standard error, `[exit 1]` where the code is not 0.
`RULELANG_WRITE_TRANSCRIPTS=1` writes the pages again with what comes, to be read before they are kept.
"""

from __future__ import annotations

import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from rulelang.cli import main
from tests.architecture.sources import ROOT

REFERENCE = ROOT / "docs" / "reference" / "command-line.md"
PAGES = [*sorted((Path(__file__).parent / "transcripts").glob("*.md")), REFERENCE]
BLOCK = re.compile(r"^```(file|console)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ .*\n(?:(?<=<<END\n)(?:.*\n)*?END\n)?", re.MULTILINE)


@frozen
class Ran:
    """What a command printed, with `! ` before what was not its result, and its exit code."""

    lines: tuple[str, ...]
    code: int

    def __str__(self) -> str:
        exit_line = [f"[exit {self.code}]"] if self.code else []
        return "".join(f"{line}\n" for line in (*self.lines, *exit_line))


class Recorder(io.StringIO):
    """Takes what is written to two streams, in its order."""

    encoding = "utf-8"

    def __init__(self, taken: list[tuple[str, str]], before: str) -> None:
        super().__init__()
        self._taken = taken
        self._before = before

    def write(self, text: str) -> int:
        self._taken.append((self._before, text))
        return len(text)


def played(text: str) -> str:
    """Return a page with the output of its commands, run in the current folder."""
    for found in BLOCK.finditer(text):
        if found[1] == "file":
            path = Path(found[2])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found[3], encoding="utf-8", newline="")
    return BLOCK.sub(lambda found: _console(found) if found[1] == "console" else found[0], text)


def _console(found: re.Match[str]) -> str:
    commands = [one[0] for one in COMMAND.finditer(found[3])]
    blocks = [f"{command}{run(command)}" for command in commands]
    return "```console\n" + "".join(blocks) + "```"


def run(command: str) -> Ran:
    """Run one command of a transcript: rulelang, or a plain `cat`, `head -N FILE` or `ls`."""
    line, _, given = command.removeprefix("$ ").partition("\n")
    line, _, first = line.partition(" | head -")
    words = shlex.split(line.removesuffix(" <<END"))
    match words:
        case ["rulelang", *arguments]:
            ran = _rulelang(arguments, given.removesuffix("END\n"))
        case ["cat", path]:
            ran = Ran(tuple(Path(path).read_text(encoding="utf-8").splitlines()), 0)
        case ["ls"]:
            ran = Ran(tuple(sorted(one.name for one in Path().iterdir() if one.name != "examples")), 0)
        case _:
            raise AssertionError(f"no such command in transcripts: {line}")
    return Ran(ran.lines[: int(first)], ran.code) if first else ran


def _rulelang(arguments: list[str], given: str) -> Ran:
    taken: list[tuple[str, str]] = []
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(given), Recorder(taken, ""), Recorder(taken, "! ")
    try:
        code = main(arguments)
    except SystemExit as wanted:
        code = int(wanted.code or 0)
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    return Ran(tuple(_lines(taken)), code)


def _lines(taken: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the lines of what was written, each headed by its stream's sign."""
    joined: list[tuple[str, str]] = []
    for before, text in taken:
        if joined and joined[-1][0] == before:
            joined[-1] = before, joined[-1][1] + text
        else:
            joined.append((before, text))
    for before, text in joined:
        for line in text.removesuffix("\n").split("\n") if text else ():
            yield f"{before}{line}".rstrip().replace(f"{ROOT}", "ROOT")
