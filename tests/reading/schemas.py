"""Small schemas for the tests of reading, and exports written to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rulelang.model.records import Choice, Field, Reading, Record, Schema
from rulelang.reading import Export, Problems, find_sources, read_export
from rulelang.types import (
    DATE,
    DATETIME,
    DURATION,
    JUDGEMENT,
    NUMBER,
    PARTIAL_DATE,
    TEXT,
    WHOLE,
    YES_NO,
    ChoiceType,
    ListType,
    Type,
)

RISK = Choice(
    ChoiceType("risk_level", ("low", "medium", "high", "very_high"), True),
    spellings=(
        ("low", "low"),
        ("h", "high"),
        ("high", "high"),
        ("vh", "very_high"),
        ("very high", "very_high"),
    ),
)


def key(name: str = "crn", kind: Type = TEXT, **more: Any) -> Field:
    return Field(name, kind, key=True, **more)


def needed(name: str, kind: Type = TEXT, **more: Any) -> Field:
    return Field(name, kind, **more)


def may(name: str, kind: Type = TEXT, **more: Any) -> Field:
    return Field(name, kind, optional=True, **more)


def schema(*fields: Field, children: tuple[Record, ...] = (), reading: Reading | None = None) -> Schema:
    case = Record("case", fields, read_from="cases")
    return Schema(case, (case, *children), reading or Reading(day_first=True))


REVIEW = Record(
    "review",
    (needed("completed", DATE), may("sufficient", JUDGEMENT), may("score", NUMBER)),
    read_from="reviews",
)
REVIEWS = Field("reviews", ListType("review"), by="crn")
WITH_REVIEWS = schema(key(), needed("commenced", DATE), may("officer"), REVIEWS, children=(REVIEW,))

EVERY_TYPE = schema(
    key(),
    may("note"),
    may("agreed", YES_NO),
    may("good", JUDGEMENT),
    may("visits", WHOLE),
    may("cost", NUMBER),
    may("commenced", DATE),
    may("seen_at", DATETIME),
    may("born", PARTIAL_DATE),
    may("length", DURATION),
    may("risk", RISK.type, choice=RISK),
)


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files named `cases_csv` as `cases.csv` and return the folder."""
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def read(of: Schema, *arguments: Path | str, problems: Problems | None = None) -> Export:
    export = read_export(of, find_sources(of, arguments), problems=problems)
    for account in export.files:
        assert account.read == account.used + account.set_aside
    assert export.cases_read == len(export.cases) + export.set_aside
    return export


def rows(export: Export) -> list[dict[str, Any]]:
    return [case.row for case in export.cases]


def said(export: Export) -> list[str]:
    return [str(problem) for problem in export.problems.listed]
