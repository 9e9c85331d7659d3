"""Which engine judges an export: case by case, or in one query where there is much. The counts are the same."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang.diagnostics import Diagnostic, RulesError
from rulelang.engines.python.evaluator import Evaluator
from rulelang.inspection import Question
from rulelang.model.structure import PackStructure
from rulelang.reading import Problems
from rulelang.reading.addresses import is_address
from rulelang.scoring.result import Result

# From here on one query is faster than reading and judging case by case, DuckDB's start counted.
LARGE_FILES = 4_000_000
MANY_ROWS = 20_000
PACKED = (".parquet", ".pq", ".gz", ".xlsx", ".xlsm", ".xlsb", ".ods", ".duckdb")


class Engine(Enum):
    """Who judges: the values are what `--engine` and `engine=` take."""

    AUTO = "auto"
    PYTHON = "python"
    DUCKDB = "duckdb"
    SPARK = "spark"


@frozen
class Run:
    """What a run needs of a pack, and how it is run."""

    evaluator: Evaluator
    structure: PackStructure
    question: Question
    problems: Problems
    threads: int | None = None
    memory: str | None = None
    advance: Callable[[float], None] | None = None


def engine_for(name: str, data: Any) -> Engine:
    """Return the engine to use. Raises RulesError for a name that is none, or one that is not installed."""
    try:
        asked = Engine(name)
    except ValueError:
        known = ", ".join(one.value for one in Engine)
        raise RulesError(
            [Diagnostic("unknown-engine", f"there is no engine `{name}`: there are {known}")]
        ) from None
    if asked is Engine.AUTO:
        tables = data.values() if isinstance(data, Mapping) else [data]
        if any(type(one).__module__.startswith("pyspark.") for one in tables):
            return Engine.SPARK
        return Engine.DUCKDB if is_large(data) and installed("duckdb", "numpy", "pyarrow") else Engine.PYTHON
    for library in {Engine.DUCKDB: ("duckdb", "numpy", "pyarrow"), Engine.SPARK: ("pyspark",)}.get(asked, ()):
        if not installed(library):
            hint = f"Install it: pip install 'rulelang[{asked.value}]'."
            message = f"judging with {asked.value} needs the library {library}, which is not installed"
            raise RulesError([Diagnostic("missing-engine", message, hint=hint)])
    return asked


def installed(*libraries: str) -> bool:
    """Say whether some libraries are there, without importing them."""
    return all(importlib.util.find_spec(one) is not None for one in libraries)


def is_large(data: Any) -> bool:
    """Say whether there is so much to judge that one query is faster."""
    if isinstance(data, str | os.PathLike):
        return _size([data]) >= LARGE_FILES
    if isinstance(data, Mapping):
        return any(_rows(one) >= MANY_ROWS for one in data.values())
    if isinstance(data, list | tuple) and data and all(isinstance(one, str | os.PathLike) for one in data):
        return _size(data) >= LARGE_FILES
    return _rows(data) >= MANY_ROWS


def _rows(table: Any) -> int:
    """Return how many rows a table of a library has; a list of cases has none to speak of: it is judged as it is."""
    for name in ("num_rows", "height"):
        rows = getattr(table, name, None)
        if isinstance(rows, int):
            return rows
    return len(table) if type(table).__module__.startswith("pandas.") else 0


def _size(paths: Iterable[str | os.PathLike[str]]) -> int:
    total = 0
    for one in paths:
        text = os.fspath(one)
        if is_address(text) or is_address(text.partition("=")[2]):
            # What a server holds is seldom little, and how much it is would have to be asked.
            return LARGE_FILES
        path = Path(text) if Path(text).exists() else Path(text.partition("=")[2].partition("#")[0] or text)
        files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
        total += sum(_weight(each) for each in files)
    return total


def _weight(path: Path) -> int:
    """Return the size of a file as text: what is packed is about eight times as dense."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    return size * 8 if path.suffix.lower() in PACKED else size


def judged_in_bulk(
    engine: Engine,
    run: Run,
    data: Any,
    progress: Callable[[str, int], None] | None,
    *,
    asked: bool,
) -> Result | str:
    """Judge an export in one query; where that cannot be, return what to say of it.

    That is nothing where the query was not asked for, unless it failed by a fault of the program.
    """
    if engine is Engine.SPARK:
        from rulelang.spark.judging import judge_on_spark

        return judge_on_spark(run.evaluator, run.structure, run.question, data, run.problems)
    from rulelang.bulk.failures import NotInBulk
    from rulelang.bulk.judging import BulkInspection, Settings
    from rulelang.bulk.mishaps import EngineFailed

    settings = Settings(run.threads, run.memory)
    inspection = BulkInspection(run.evaluator, run.structure, run.question, run.problems, settings)
    try:
        return inspection.run(data, progress, run.advance)
    except NotInBulk as reason:
        run.problems.clear()
        said = asked or isinstance(reason, EngineFailed)
        return f"Judged case by case, not in one query: {reason}." if said else ""
