"""`--details`: a row for every case (or row counted) and item, written while cases are judged."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

from attrs import evolve, frozen

from rulelang.cli.files import Outputs
from rulelang.cli.refusals import WrongCommand
from rulelang.explaining.judgement import ItemJudgement, Judgement, ValidationJudgement
from rulelang.inspection import plain
from rulelang.reading import CaseRow
from rulelang.reading.spreadsheets import inert

COLUMNS = ("key", "item", "outcome", "due", "event", "days_over", "reason")
# Parquet is written in groups of so many rows: enough to pack well, few enough to hold.
ROWS_A_GROUP = 50_000

Row = tuple[str | None, str, str, str | None, str | None, int | None, str]
Each = Callable[[CaseRow, Judgement], None]
Write = Callable[[list[Row]], None]


def _nothing_more() -> None:
    """Text is written out by the closing of its file."""


@frozen
class Details:
    """`each` is told of every case judged, `unjudged` of those of which only validations speak; `finish` at the end."""

    each: Each
    unjudged: Each
    finish: Callable[[], None] = _nothing_more


def details_into(path: str, outputs: Outputs) -> Details:
    """Return what writes the rows of cases, in the format that the path ends in."""
    if path.lower().endswith(".parquet"):
        return _parquet(path, outputs)
    if path.lower().endswith(".jsonl"):
        return _both(_json_lines(path, outputs))
    return _both(_csv(path, outputs))


def _both(write: Write) -> Details:
    """Return what writes the rows of a case by what is to be told of it."""
    return Details(
        lambda case, judgement: write(_rows(case, judgement)),
        lambda case, judgement: write(_validations(case, judgement)),
    )


def _csv(path: str, outputs: Outputs) -> Write:
    writer = csv.writer(outputs.text(path), lineterminator="\n")
    writer.writerow(COLUMNS)

    def write(rows: list[Row]) -> None:
        for key, *rest, reason in rows:
            writer.writerow((inert(key), *rest, inert(reason)))

    return write


def _json_lines(path: str, outputs: Outputs) -> Write:
    stream = outputs.text(path)

    def write(rows: list[Row]) -> None:
        for row in rows:
            stream.write(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")

    return write


def _parquet(path: str, outputs: Outputs) -> Details:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        hint = "Install it with: pip install 'rulelang[parquet]'. Or end the name in .csv or .jsonl."
        raise WrongCommand(
            "--details to a .parquet file needs pyarrow, which is not installed", hint
        ) from None
    types = [pa.int64() if name == "days_over" else pa.string() for name in COLUMNS]
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
    writer = pq.ParquetWriter(outputs.binary(path), schema)
    held: list[Row] = []

    def flush() -> None:
        columns = zip(*held, strict=True) if held else ([] for _ in COLUMNS)
        writer.write_table(
            pa.table([pa.array(one, kind) for one, kind in zip(columns, types, strict=True)], schema=schema)
        )
        held.clear()

    def write(rows: list[Row]) -> None:
        held.extend(rows)
        if len(held) >= ROWS_A_GROUP:
            flush()

    def finish() -> None:
        flush()
        writer.close()

    return evolve(_both(write), finish=finish)


def _rows(case: CaseRow, judgement: Judgement) -> list[Row]:
    rows = [_row(case.key, one) for one in judgement.items]
    return rows + _validations(case, judgement)


def _validations(case: CaseRow, judgement: Judgement) -> list[Row]:
    return [_validated(case.key, one) for one in judgement.validations]


def _validated(key: str | None, one: ValidationJudgement) -> Row:
    where = f"{one.record} {one.key}: " if one.key is not None and one.key != key else ""
    return key, one.id, one.verdict.value, None, None, None, where + one.reason


def _row(key: str | None, item: ItemJudgement) -> Row:
    clock = item.clock
    due = plain(clock.due) if clock is not None and clock.due is not None else None
    event = plain(clock.event) if clock is not None and clock.event is not None else None
    over = clock.days_over if clock is not None else None
    return key, item.id, item.outcome.value, due, event, over, item.reason
