"""Comments of a script: titles and sources of the rules as lines that cannot end a comment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rulelang.engines.sql.clocks import ClockResult
from rulelang.engines.sql.judging import ITEM_OUTCOMES
from rulelang.model.pack import Pack
from rulelang.outcomes import WORST_FIRST


def line(text: str) -> str:
    """Return a text as one line of a comment: whatever begins a line, or might end a comment, is taken out."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split()).replace("*/", "* /").replace("/*", "/ *")


def remarks(pack: Pack, clocks: Sequence[ClockResult]) -> dict[str, tuple[str, ...]]:
    """Return what stands above the columns of a script: the title and the source of each timescale and item."""
    found: dict[str, tuple[str, ...]] = {}
    for timescale, clock in zip(pack.timescales, clocks, strict=True):
        said = _said(timescale.name, timescale.title, timescale.source)
        decided = (f"  {number}  {one.outcome}: {line(str(one.why.value))}" for number, one in clock.lines)
        found[f"{timescale.name}_line"] = (*said, "The first of these that holds:", *decided)
        found[f"{timescale.name}_each"] = said
        found[f"{timescale.name}_outcome"] = (f"{line(timescale.name)}: {_numbered(WORST_FIRST)}",)
        found[f"timescale {timescale.name}"] = said
    sources = _sources(pack)
    for number, item in enumerate(pack.items):
        said = _said(item.id, item.title, sources.get(item.id))
        found[f"item_{number}"] = (*said, _numbered(ITEM_OUTCOMES))
        found[f"item {item.id}"] = said
    return found


def _numbered(outcomes: Iterable[object]) -> str:
    return ", ".join(f"{number} {one}" for number, one in enumerate(outcomes))


def _said(name: str, title: str, source: str | None) -> tuple[str, ...]:
    return (f"{line(name)}: {line(title)}", *([f"Source: {line(source)}"] if source else []))


def _sources(pack: Pack) -> dict[str, str | None]:
    """Return the source of each item: its own, or that of its criterion."""
    return {
        item.id: item.source or criterion.source
        for section in pack.structure.sections
        for criterion in section.criteria
        for item in criterion.items
    }
