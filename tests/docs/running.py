"""Run a page of the documentation from top to bottom: its rules, commands, programs and expressions."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, field

import rulelang
from rulelang.cli import main
from rulelang.diagnostics.rendering import render_all
from rulelang.evaluation import Calculator
from rulelang.pipeline import check_files
from rulelang.source import SourceFile
from rulelang.testing.examples import run_examples
from tests.docs.pages import DECLARES, Block, OutcomeTable, Part, Table, parts_of

PREAMBLE = Path(__file__).parent / "preamble.rules"
# Files that fragments read lie here.
BESIDE = Path(__file__).parent / "beside"
# Said of a fragment as it stands alone; in a whole pack something would depend on it.
ALONE = {"unused-timescale"}
# What a reader may type besides `rulelang`. It is not run here: CI runs the first two.
NOT_RUN = re.compile(r"make (demo|test)\b|pip install |rulelang \S+ .*\bFOLDER\b")
SHOWN = {"text", "json", "csv"}


class Wrong(AssertionError):
    """A block does not do what its page says; the message has the line."""


@define
class Session:
    """One page, run in a folder of its own. `outputs` are the shown texts with what really came."""

    page: str
    folder: Path
    names: dict[str, Any] = field(factory=dict)
    rules: rulelang.Pack | None = None
    case: dict[str, Any] = field(factory=dict)
    as_at: Any = None
    came: str | None = None
    outputs: list[tuple[Block, str]] = field(factory=list)

    def run(self, text: str) -> None:
        """Run every block in order. Raises Wrong at the first that fails."""
        for part in parts_of(text):
            try:
                self._part(part)
            except Exception as wrong:
                raise Wrong(f"{self.page}:{part.line}: {wrong}") from wrong

    def _part(self, part: Part) -> None:
        match part:
            case Table():
                self._table(part)
            case OutcomeTable():
                self._outcome_table(part)
            case Block():
                self._block(part)

    def _block(self, block: Block) -> None:
        came, self.came = self.came, None
        match block.kind:
            case "rules":
                self._rules(block)
            case "console":
                self.came = "".join(self._commands(block))
            case "python":
                self.came = self._python(block)
            case "text" if "shape" in block.words:
                pass
            case "json" if "case" in block.words:
                self._case(block)
            case kind if kind in SHOWN and block.words:
                self._file(block, block.words[0])
            case kind if kind in SHOWN:
                if came is None:
                    raise Wrong("nothing above this block gives such output")
                self.outputs.append((block, came))
            case _:
                raise Wrong(f"```{block.kind} is no kind of block that is run")

    # --- rules -----------------------------------------------------------------------------------------------------

    def _rules(self, block: Block) -> None:
        match block.words:
            case ():
                self.rules = accepted(block.text)
            case ("fragment",):
                check_fragment(block.text)
            case ("add", name):
                path = self.folder / name
                self._file(block, name, path.read_text(encoding="utf-8") + "\n")
                self.rules = accepted(path.read_text(encoding="utf-8"))
            case ("wrong", name):
                self._file(block, name)
            case ("wrong", "add", name):
                self._file(block, name, (self.folder / name).read_text(encoding="utf-8") + "\n")
            case (name,):
                self._file(block, name)
                self.rules = accepted(block.text)
            case _:
                raise Wrong(f"rules {' '.join(block.words)}?")

    def _file(self, block: Block, name: str, before: str = "") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(before + block.text, encoding="utf-8")

    # --- commands and programs -------------------------------------------------------------------------------------

    def _commands(self, block: Block) -> Iterator[str]:
        expected = next((int(word.removeprefix("exit=")) for word in block.words), 0)
        for line in block.text.replace("\\\n", " ").splitlines():
            command = line.removeprefix("$ ").partition("  #")[0].strip()
            if NOT_RUN.match(command):
                continue
            program, *arguments = shlex.split(command)
            if program != "rulelang":
                raise Wrong(f"{program} is no command that is run")
            with captured() as stream:
                code = _code(arguments)
            came = told(stream)
            if code != expected:
                raise Wrong(f"{command} came to exit code {code}, not {expected}:\n{came}")
            yield came

    def _python(self, block: Block) -> str:
        with captured() as stream:
            exec(compile(block.text, f"{self.page}:{block.line}", "exec"), self.names)
        return told(stream)

    # --- expressions -----------------------------------------------------------------------------------------------

    def _case(self, block: Block) -> None:
        self.case = json.loads(block.text)
        self.as_at = next(
            (dt.date.fromisoformat(word[6:]) for word in block.words if word.startswith("as_at=")), None
        )

    def _table(self, table: Table) -> None:
        calculator = Calculator.of(rules=self.rules, case=self.case, as_at=self.as_at)
        for expression, answer in table.rows:
            came = calculator.answer(expression).text
            if came != answer:
                raise Wrong(f"{expression} comes to {came}, not {answer}")

    def _outcome_table(self, table: OutcomeTable) -> None:
        assert self.rules is not None
        for said, as_at, outcome in table.rows:
            case = {**self.case, **{name: self._rows(name, value) for name, value in _more(said).items()}}
            judgement = self.rules.evaluate(case, as_at=dt.date.fromisoformat(as_at))
            came = judgement.timescale(table.timescale).outcome.value
            if came != outcome:
                raise Wrong(f"{said}, as at {as_at}: {came}, not {outcome}")

    def _rows(self, name: str, value: Any) -> Any:
        """Return the rows of a list that has these dates; anything else as it stands."""
        if not isinstance(value, list):
            return value
        assert self.rules is not None
        schema = self.rules.schema
        record = schema.child(schema.case.by_name[name])
        date = next(one.name for one in record.plain_fields if one.is_dated)
        return [{date: one} for one in value]


def _code(arguments: list[str]) -> int:
    """Run a command and return its exit code."""
    try:
        return main(arguments)
    except SystemExit as left:
        return int(left.code or 0)


def _more(said: str) -> dict[str, Any]:
    """Return the fields that a table's cell gives a case: `ended is 2004-06-28; reviews on 2004-09-27`."""
    given: dict[str, Any] = {}
    for one in said.split("; ") if said != "nothing more" else []:
        name, word, value = one.split(" ", 2)
        given[name] = None if value == "missing" else value.split(", ") if word == "on" else value
    return given


def accepted(text: str) -> rulelang.Pack:
    """Return the pack of a whole rule file that has neither mistakes nor warnings, and whose examples hold."""
    pack = rulelang.load_text(text)
    if pack.warnings:
        raise Wrong(render_all(pack.warnings))
    failed = [one for one in run_examples(pack) if not one.passed]
    if failed:
        raise Wrong("\n".join(f"{one.title}: {[each.came for each in one.expectations]}" for one in failed))
    return pack


def check_fragment(text: str) -> None:
    """Check declarations together with what they leave out."""
    declared = {tuple(line.split()[:2]) for line in text.splitlines() if DECLARES.match(line)}
    # A case of its own goes without what the preamble says of its case.
    left_out: tuple[str, ...] = ("record ", "timescale ") if ("record", "case") in declared else ()
    left_out += ("pack ",) if any(kind == "pack" for kind, *_ in declared) else ()
    rest = [
        one
        for one in PREAMBLE.read_text(encoding="utf-8").split("\n\n")
        if tuple(one.split()[:2]) not in declared and not one.startswith(left_out or "-")
    ]
    fragment = SourceFile(str(BESIDE / "fragment"), text)
    _, found = check_files([SourceFile("preamble", "\n\n".join(rest)), fragment])
    told = [
        one
        for one in found
        if one.is_error
        or (one.label is not None and one.label.place.file is fragment and one.code not in ALONE)
    ]
    if told:
        raise Wrong(render_all(told))


@contextlib.contextmanager
def captured() -> Iterator[io.TextIOWrapper]:
    """Catch what is printed on either stream, as a terminal of 80 columns would show it."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        yield stream


def told(stream: io.TextIOWrapper) -> str:
    """Return what a stream has been given; trailing blanks are cut."""
    stream.flush()
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    lines = buffer.getvalue().decode("utf-8").splitlines()
    return "".join(line.rstrip() + "\n" for line in lines)
