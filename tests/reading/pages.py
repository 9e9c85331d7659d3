"""The pages of docs/diagnostics on exports that cannot be read: the files, the message, the remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from attrs import frozen

from rulelang.diagnostics.rendering import render_all
from rulelang.model.records import Field, Record, Schema
from rulelang.reading import ReadingError, find_sources, read_export
from rulelang.source import Place, SourceFile, Span
from rulelang.types import DATE, TEXT, YES_NO, ListType, Type

PAGES = Path(__file__).parents[2] / "docs" / "diagnostics"
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIELD = re.compile(
    r"^  (?P<name>\w+) +(?P<type>text|date|yes/no|list of (?P<record>\w+)(?: by (?P<by>\w+))?)(?P<rest>.*)$",
    re.MULTILINE,
)
RECORD = re.compile(r'^record (?P<name>\w+) read from "(?P<file>[^"]+)"$', re.MULTILINE)
TYPES: dict[str, Type] = {"text": TEXT, "date": DATE, "yes/no": YES_NO}


@frozen
class Page:
    """A page: its records, its files by name, the arguments of the command, the message it promises."""

    path: Path
    rules: str
    files: dict[str, str]
    arguments: list[str]
    message: str


def page_of(path: Path) -> Page | None:
    """Return the page of an export that cannot be read; None for a page of another kind."""
    text = path.read_text(encoding="utf-8")
    if "## What the files hold" not in text:
        return None
    first, _, rest = text.partition("## What rulelang says")
    blocks = [(found[1], found[2], found[3]) for found in BLOCK.finditer(first)]
    rules = next(content for kind, _, content in blocks if kind == "rules")
    command = next(content for kind, _, content in blocks if kind == "console").split()
    files = {name: content for _, name, content in blocks if name}
    message = next((found[3] for found in BLOCK.finditer(rest) if found[1] == "text"), "")
    return Page(path, rules, files, command[command.index("standards.rules") + 1 :], message)


def message_of(page: Page, folder: Path) -> str:
    """Return what is said of the page's export, written to a folder."""
    for name, content in page.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    of = schema_of(page.rules)
    try:
        read_export(of, find_sources(of, page.arguments))
    except ReadingError as error:
        return render_all(error.diagnostics) + "\n"
    return ""


def schema_of(text: str) -> Schema:
    """Return the records declared in simple lines; enough for these pages, which need no parser."""
    file = SourceFile("standards.rules", text)
    starts = list(RECORD.finditer(text))
    records = []
    for found, end in zip(starts, [*(one.start() for one in starts[1:]), len(text)], strict=True):
        fields = tuple(_field(file, one) for one in FIELD.finditer(text, found.end(), end))
        place = Place(file, Span(found.start("name"), found.end("name")))
        records.append(Record(found["name"], fields, read_from=found["file"], place=place))
    return Schema(records[0], tuple(records))


def _field(file: SourceFile, found: re.Match[str]) -> Field:
    kind = ListType(found["record"]) if found["record"] else TYPES[found["type"]]
    rest = found["rest"]
    column = re.search(r'column "([^"]+)"', rest)
    more: dict[str, Any] = {"key": " key" in rest, "optional": " optional" in rest, "by": found["by"]}
    place = Place(file, Span(found.start("name"), found.end("name")))
    return Field(found["name"], kind, column=column[1] if column else None, place=place, **more)
