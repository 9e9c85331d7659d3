"""The Python interface: load a pack, judge one case, check an export, work out an expression."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from rulelang import pipeline, shipped
from rulelang.analysis.findings import meant, offered
from rulelang.analysis.fitting import condition_hint
from rulelang.analysis.kinds import fits, told
from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.engines.python.evaluator import AsAt, Evaluator
from rulelang.explaining.judgement import Judgement
from rulelang.inspection import Inspection, Question
from rulelang.model.expressions import Expression
from rulelang.model.records import Schema
from rulelang.model.structure import PackStructure
from rulelang.operators import Kind
from rulelang.outcomes import ItemOutcome, TimescaleOutcome
from rulelang.reading import (
    CaseReader,
    CaseRow,
    Export,
    Problems,
    find_sources,
    read_export,
    read_rows,
    read_tables,
)
from rulelang.scoring.given import Given, given_ratings
from rulelang.scoring.result import Result
from rulelang.source import SourceFile, read_source

Data = str | os.PathLike[str] | Iterable[Any] | Mapping[str, Any]


@attrs.define(slots=False, eq=False)
class Pack:
    """A pack of rules, ready to judge. Make one with `load` or `load_text`; share it between threads; pickle it."""

    checked: pipeline.Checked
    warnings: tuple[Diagnostic, ...] = ()
    given: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def name(self) -> str:
        return self.structure.name

    @property
    def version(self) -> str:
        return self.structure.version

    @property
    def title(self) -> str:
        return self.structure.title

    @property
    def structure(self) -> PackStructure:
        """The sections, criteria and items, without their conditions."""
        return self.checked.pack.structure

    @property
    def schema(self) -> Schema:
        """The records and fields that cases have."""
        return self.checked.pack.schema

    def with_values(self, **given: Any) -> Pack:
        """Return the pack with values for its parameters that are given at the run.

        Raises RulesError for a name that is no such parameter.
        """
        known = [one.name for one in self.checked.pack.parameters if one.given]
        for name in given:
            if name not in known:
                hint = f"The parameters given at the run are {offered(known)}." if known else None
                text = f"`{name}` is not a parameter given at the run"
                raise RulesError(
                    [Diagnostic("unknown-parameter", _sentence(text, meant(name, known)), hint=hint)]
                )
        return attrs.evolve(self, given={**self.given, **given})

    @cached_property
    def evaluator(self) -> Evaluator:
        """The plan and its generated functions. Raises RulesError where a parameter has no value yet."""
        evaluator = pipeline.compile_pack(self.checked.pack)
        missing = [
            one.name for one in self.checked.pack.parameters if one.given and one.name not in self.given
        ]
        if missing:
            message = f"the pack needs a value for {offered(missing)} at the run"
            hint = f"On the command line: --set {missing[0]}=…; in Python: pack.with_values({missing[0]}=…)."
            raise RulesError([Diagnostic("parameter-not-given", message, hint=hint)])
        evaluator.given = dict(self.given)
        return evaluator

    @cached_property
    def _cases(self) -> CaseReader:
        return CaseReader(self.schema)

    def evaluate(
        self, case: Any, *, as_at: dt.date | dt.datetime, problems: Problems | None = None
    ) -> Judgement:
        """Judge one case, a mapping or an object with nested lists, and keep the reasons.

        Values may be typed, or spelled as in an export: dates as ISO text, "Yes", "N/A". A field that is not
        named is missing. What cannot be read joins `problems`, if given, and is unknown.
        """
        row = self._cases.read(case, problems)
        moment = AsAt.of(as_at, self.schema.reading.time_zone)
        judged = self.evaluator.judge(row.row, moment, dirty=row.dirty)
        return Judgement(self.evaluator, row.row, moment, judged)

    def outcomes(
        self, case: Any, *, as_at: dt.date | dt.datetime
    ) -> dict[str, ItemOutcome | list[ItemOutcome]]:
        """Judge one case whose values are typed and complete, as fast as can be: outcomes by item, no reasons.

        A case is a dict, or an object with attributes, that has every field of its record (None where nothing
        is recorded) and a list of such rows for every child list. `read` makes one of anything else.
        """
        moment = AsAt.of(as_at, self.schema.reading.time_zone)
        items, _ = self.evaluator.outcomes(case, moment)
        plan = self.evaluator.plan
        return {
            one.item.id: outcome
            for one, outcome in zip(plan.items, items, strict=True)
            if one.item.id not in plan.unlisted
        }

    def read(self, case: Any, *, problems: Problems | None = None) -> CaseRow:
        """Return a case, typed and complete."""
        return self._cases.read(case, problems)

    def check(
        self,
        data: Data,
        *,
        as_at: dt.date | dt.datetime,
        by: str | None = None,
        where: str | None = None,
        each: Callable[[CaseRow, Judgement], None] | None = None,
        unjudged: Callable[[CaseRow, Judgement], None] | None = None,
        problems: Problems | None = None,
        progress: Callable[[str, int], None] | None = None,
        engine: str = "auto",
        threads: int | None = None,
        memory: str | None = None,
        judged: Callable[[int], None] | None = None,
        advance: Callable[[float], None] | None = None,
        ratings: Given | None = None,
    ) -> Result:
        """Judge an export and score it.

        `data` is a path (or several), an iterable of cases, or tables by the names of their records. `by` splits
        by a field or a define, `where` takes only cases of which a condition is yes. `each` is told of every
        judgement, `unjudged` of cases that are judged in nothing, of which validations speak all the same. `ratings`
        gives levels by name, of what the rules leave to the run. Raises ReadingError where the data cannot be read,
        RulesError for a wrong `by`, `where` or `ratings`.

        `engine` is "python" (case by case), "duckdb" (in one query, with at most so many `threads` and so much
        `memory`, such as "2GB"), "spark", or "auto": DuckDB for what is large, where it is installed. The counts are
        the same. `progress` is told files and rows read, `judged` cases judged, `advance` the share of a query done.
        """
        from rulelang import choosing

        problems = problems if problems is not None else Problems()
        chosen = choosing.engine_for(engine, data)
        if chosen is not choosing.Engine.PYTHON:
            question = self.question(as_at, by, where, each, ratings, unjudged)
            run = choosing.Run(self.evaluator, self.structure, question, problems, threads, memory, advance)
            found = choosing.judged_in_bulk(chosen, run, data, progress, asked=engine != "auto")
            if isinstance(found, Result):
                return found
            result = self.check(
                data, as_at=as_at, by=by, where=where, each=each, problems=problems, progress=progress,
                engine="python", judged=judged, ratings=ratings, unjudged=unjudged,
            )  # fmt: skip
            return attrs.evolve(result, notes=(*result.notes, found)) if found else result
        export = self.read_data(data, problems=problems, progress=progress)
        return self.inspect(
            export,
            as_at=as_at,
            by=by,
            where=where,
            each=each,
            unjudged=unjudged,
            problems=problems,
            progress=judged,
            ratings=ratings,
        )

    def read_data(
        self, data: Data, *, problems: Problems, progress: Callable[[str, int], None] | None = None
    ) -> Export:
        """Read an export without judging it."""
        if isinstance(data, str | os.PathLike):
            data = [data]
        if isinstance(data, Mapping):
            return read_tables(self.schema, data, problems=problems)
        if hasattr(data, "to_dicts") or hasattr(data, "to_pylist") or hasattr(data, "to_dict"):
            return read_tables(self.schema, {self.schema.case.name: data}, problems=problems)
        rows = list(data)
        if rows and all(isinstance(row, str | os.PathLike) for row in rows):
            sources = find_sources(self.schema, rows)
            return read_export(self.schema, sources, problems=problems, progress=progress)
        return read_rows(self.schema, rows, problems=problems)

    def inspect(
        self,
        export: Export,
        *,
        as_at: dt.date | dt.datetime,
        by: str | None = None,
        where: str | None = None,
        each: Callable[[CaseRow, Judgement], None] | None = None,
        problems: Problems | None = None,
        progress: Callable[[int], None] | None = None,
        ratings: Given | None = None,
        unjudged: Callable[[CaseRow, Judgement], None] | None = None,
    ) -> Result:
        """Judge an export that has been read."""
        question = self.question(as_at, by, where, each, ratings, unjudged)
        found = problems if problems is not None else export.problems
        return Inspection(self.evaluator, self.structure, question, found).run(export, progress)

    def question(
        self,
        as_at: dt.date | dt.datetime,
        by: str | None = None,
        where: str | None = None,
        each: Callable[[CaseRow, Judgement], None] | None = None,
        ratings: Given | None = None,
        unjudged: Callable[[CaseRow, Judgement], None] | None = None,
    ) -> Question:
        """Return what a run is asked. Raises RulesError for a wrong `by`, `where` or `ratings`."""
        return Question(
            as_at,
            self.condition(where) if where is not None else None,
            self.expression(by) if by is not None else None,
            by,
            each,
            unjudged,
            given_ratings(self.structure.ratings, ratings or {}),
        )

    def expression(self, text: str, calendar: str | None = None) -> Expression:
        """Return an expression on the case, checked. Raises RulesError where it is wrong."""
        expression, found = pipeline.check_expression(self.checked, text, calendar)
        if expression is None:
            raise RulesError(found)
        return expression

    def condition(self, text: str) -> Expression:
        """Return a condition on the case, checked. Raises RulesError where it is wrong, or no yes or no."""
        expression = self.expression(text)
        if not fits(expression.type, Kind.TRUTH):
            shown = text.strip()
            message = f"a condition must be a yes or no, and `{shown}` is {told(expression.type)}"
            hint = condition_hint(expression.type, shown)
            raise RulesError([Diagnostic("not-a-condition", message, hint=hint)])
        return expression

    def __reduce__(self) -> tuple[Any, ...]:
        checker = self.checked.checker
        own, used = [], dict[str, tuple[SourceFile, ...]]()
        for module in checker.modules:
            pack = checker.owners.get(module.file.name)
            if pack is None:
                own.append(module.file)
            else:
                used[pack] = (*used.get(pack, ()), module.file)
        return (_reloaded, (tuple(own), used, dict(self.given)))


def _reloaded(
    files: tuple[SourceFile, ...], used: dict[str, tuple[SourceFile, ...]], given: dict[str, Any]
) -> Pack:
    """Make a pack anew from the texts that it was made of, wherever that is."""
    return attrs.evolve(_pack_of(files, lambda name, _: used.get(name, ())), given=given)


def load(rules: str | os.PathLike[str]) -> Pack:
    """Load a pack from a rule file, a folder of them, or by the name of a shipped pack; an existing path wins.

    Raises RulesError with every mistake found.
    """
    files = find_rules(rules)
    return _pack_of(tuple(_read(file) for file in files))


def load_text(text: str, name: str = "rules") -> Pack:
    """Load a pack from a text of rules. Raises RulesError with every mistake found."""
    return _pack_of((SourceFile(name, text),))


def _pack_of(files: tuple[SourceFile, ...], find_pack: pipeline.FindPack | None = None) -> Pack:
    checked, found = pipeline.check_files(files, find_pack or used_pack)
    if checked is None:
        raise RulesError(found)
    return Pack(checked, tuple(found))


def used_pack(name: str, file: SourceFile) -> list[SourceFile]:
    """Return the files of a pack that a rule file uses: beside the file or its folder, else a shipped one.

    What holds the file itself is not the pack: rules in a folder of the pack's name may use the shipped one.
    """
    own = Path(file.name)
    folder = own.parent
    for path in (
        folder / f"{name}.rules",
        folder / name,
        folder.parent / f"{name}.rules",
        folder.parent / name,
    ):
        files = pipeline.files_of(path) if path.exists() else []
        if files and not any(_same_file(one, own) for one in files):
            return [_read(one) for one in files]
    packs = shipped_packs()
    return [_read(one) for one in pipeline.files_of(packs[name])] if name in packs else []


def _same_file(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def find_rules(rules: str | os.PathLike[str]) -> list[Path]:
    """Return the rule files that a path or the name of a shipped pack stands for. Raises RulesError where none."""
    path = Path(rules)
    if path.exists():
        files = pipeline.files_of(path)
        if files:
            return files
        raise RulesError([Diagnostic("no-rules", f"the folder {path} holds no file that ends in .rules")])
    packs = shipped_packs()
    name = str(rules)
    if name in packs:
        return pipeline.files_of(packs[name])
    hint = "`rulelang packs` lists the packs that are shipped. A rule file or a folder of them is given by its path."
    near = meant(name, [*packs, *_rules_beside(path)])
    text = _sentence(f"there is neither a file nor a shipped pack `{name}`", near)
    raise RulesError([Diagnostic("no-rules", text, hint=hint)])


def _rules_beside(path: Path) -> list[str]:
    """Return the rule files, and folders of them, in the folder where a path was looked for."""
    try:
        found = sorted(path.parent.iterdir())
    except OSError:
        return []
    return [
        one.as_posix()
        for one in found
        if one.suffix == ".rules" or (one.is_dir() and any(one.glob("*.rules")))
    ]


def shipped_packs() -> dict[str, Path]:
    """Return the packs that come with rulelang: their names and folders."""
    root = shipped.rules_folder()
    if not root.is_dir():
        return {}
    return {path.name: path for path in sorted(root.iterdir()) if any(path.glob("*.rules"))}


def _read(path: Path) -> SourceFile:
    try:
        return read_source(path)
    except UnicodeDecodeError as wrong:
        text = f"{path} is not UTF-8 text (byte {wrong.start + 1} does not fit)"
        raise RulesError(
            [Diagnostic("not-utf-8", text, hint="Save the file as plain text in UTF-8.")]
        ) from None
    except OSError as wrong:
        reason = (wrong.strerror or "it cannot be opened").lower()
        raise RulesError([Diagnostic("no-rules", f"cannot read {path}: {reason}")]) from None


def _sentence(text: str, near: str) -> str:
    return f"{text}; {near}" if near else text


__all__ = [
    "Judgement",
    "Pack",
    "Result",
    "TimescaleOutcome",
    "find_rules",
    "load",
    "load_text",
    "shipped_packs",
]
