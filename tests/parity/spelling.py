"""Values as the cells of an export: all of them text, so that a column is of one kind and read by every engine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from rulelang.truth import NA, UNREADABLE


def spelt(value: Any) -> Any:
    """Return a case, a row or a cell as an export in JSON holds it."""
    match value:
        case None | str():
            return value
        case bool():
            return "Yes" if value else "No"
        case dict():
            return {name: spelt(one) for name, one in value.items()}
        case list():
            return [spelt(one) for one in value]
        case Fraction():
            return str(float(value))
        case dt.date() | dt.datetime():
            return value.isoformat()
    return "N/A" if value is NA else "?!" if value is UNREADABLE else str(value)


def written(rows: Iterable[Any], folder: Path) -> str:
    """Write cases as an export, and return its path."""
    path = folder / "cases.jsonl"
    path.write_text("".join(f"{json.dumps(spelt(one))}\n" for one in rows), encoding="utf-8")
    return str(path)
