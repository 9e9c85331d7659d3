"""What several commands begin with: the rules, the values given at the run, the as-at date."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rulelang.api import Pack, load, shipped_packs
from rulelang.cli.output import colour_on, warn
from rulelang.cli.refusals import WrongCommand, unknown_word
from rulelang.model.records import Field, Schema
from rulelang.reporting.words import date_in_words


def loaded(options: argparse.Namespace) -> Pack:
    """Load the pack, say what deserves a second look, and set what is given at the run."""
    with _little_collecting():
        pack = load(options.rules)
    if Path(options.rules).exists() and options.rules in shipped_packs():
        kind = "folder" if Path(options.rules).is_dir() else "file"
        warn(f"The rules are those of the {kind} {options.rules} here, not the shipped pack of that name.")
    if pack.warnings and not getattr(options, "quiet", False):
        from rulelang.diagnostics.rendering import render_all

        warn(render_all(pack.warnings, colour=colour_on(sys.stderr, getattr(options, "colour", None))) + "\n")
    return pack.with_values(**_given(pack, options.set)) if options.set else pack


@contextmanager
def _little_collecting() -> Iterator[None]:
    """Load rules without looking for garbage, of which there is next to none, and from then on look rarely.

    A run is short or makes millions of rows that live to its end: looking through them costs a fifth of it.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
    finally:
        gc.enable()


def _given(pack: Pack, settings: list[tuple[str, str]]) -> dict[str, Any]:
    types = {one.name: one.type for one in pack.checked.pack.parameters if one.given}
    given: dict[str, Any] = {}
    for name, text in settings:
        if name in given:
            raise WrongCommand(f"--set gives `{name}` twice")
        # What is no such parameter is told by the pack itself.
        given[name] = _read(Field(name, types[name]), text, pack.schema) if name in types else text
    return given


def _read(field: Field, text: str, schema: Schema) -> Any:
    """Read a value as a cell of an export would be read: the same spellings, the same date order."""
    from rulelang.reading.cells import CellReader

    flaws: list[Any] = []
    value = CellReader(field, schema.reading, flaws)[text]
    if flaws:
        _, _, flaw = flaws[0]
        raise WrongCommand(f"--set {field.name}={text}: {flaw.problem}", f"`{field.name}` is {field.type}.")
    return value


def today() -> dt.date:
    """Return the date of today, where cases are judged without an as-at date."""
    return dt.date.today()


def no_as_at(day: dt.date) -> str:
    """Say that a run is as at today."""
    return f"No --as-at was given, so this is as at today, {date_in_words(day)}."


def known_item(pack: Pack, item: str) -> str:
    """Return an item's id. Raises WrongCommand where the pack has none such."""
    ids = [one.id for one in pack.checked.pack.items]
    if item not in ids:
        raise WrongCommand(unknown_word(item, ids, "item"))
    return item
