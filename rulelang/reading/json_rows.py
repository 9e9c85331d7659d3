"""JSON and JSON Lines: objects as rows, nested ones too. The headings are all names that any of them uses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rulelang.reading.failures import cannot_read, listed
from rulelang.reading.headings import Shape
from rulelang.reading.problems import ProblemKind, shown
from rulelang.reading.tables import Damaged, NumberedRow, Source, Table
from rulelang.reading.text_files import TextFile, open_text, reading, undecodable


def open_json(source: Source) -> Table:
    """Open a JSON file: an array of objects, or an object that holds one such array."""
    text = open_text(source)
    with text.stream, reading(source):
        try:
            content = _loads(text.stream.read())
        except json.JSONDecodeError as error:
            lines = "It looks like one object a line: give its name the ending .jsonl."
            hint = lines if error.msg == "Extra data" else "Export it again, or mend it there."
            message = (
                f"{source.name} is not JSON: line {error.lineno}, character {error.colno}: {_why(error)}"
            )
            raise cannot_read("file-damaged", message, hint) from None
        except UnicodeError:
            raise undecodable(source) from None
        except (RecursionError, ValueError):
            raise _too_deep(source) from None
    return rows_table(source.name, enumerate(_array(source, content), 1), notes_of(text))


def open_json_lines(source: Source) -> Table:
    """Open a file of one JSON object a line; blank lines are passed over."""
    text = open_text(source)
    with text.stream, reading(source):
        rows = list(_lines(source, text))
    return rows_table(source.name, rows, notes_of(text))


def notes_of(text: TextFile) -> list[str]:
    """Return the notes to begin with."""
    return [text.note] if text.note else []


def _lines(source: Source, text: TextFile) -> Iterator[tuple[int, Any]]:
    try:
        for number, line in enumerate(text.stream, 1):
            if not line.isspace():
                yield number, _loads(line)
    except json.JSONDecodeError as error:
        message = f"{source.name}, line {number}, character {error.colno}: not JSON: {_why(error)}"
        raise cannot_read("file-damaged", message, "Each line holds one object: `{…}`.") from None
    except UnicodeError:
        raise undecodable(source) from None
    except (RecursionError, ValueError):
        raise _too_deep(source) from None


def _loads(text: str) -> Any:
    # JSON has no NaN; what writes one means that there is nothing.
    return json.loads(text, parse_float=Decimal, parse_constant=lambda name: None if name == "NaN" else name)


def _why(error: json.JSONDecodeError) -> str:
    words = {
        "Extra data": "something follows the end of its content",
        "Expecting value": "a value is expected here",
        "Expecting ',' delimiter": "a comma or a closing bracket is expected here",
        "Expecting ':' delimiter": "a colon is expected here",
        "Expecting property name enclosed in double quotes": "a name in double quotes is expected here",
        "Unterminated string starting at": "a quotation mark opens here and none closes it",
        "Illegal trailing comma before end of object": "a comma stands before the closing bracket",
        "Illegal trailing comma before end of array": "a comma stands before the closing bracket",
    }
    return words.get(error.msg, "a character stands here that may not")


def _too_deep(source: Source) -> Exception:
    return cannot_read(
        "file-damaged", f"{source.name} holds lists too deep, or a number too long, to be read"
    )


def _array(source: Source, content: Any) -> list[Any]:
    if isinstance(content, list):
        return content
    lists = (
        {name: value for name, value in content.items() if isinstance(value, list)}
        if _is_object(content)
        else {}
    )
    if len(lists) == 1:
        return next(iter(lists.values()))
    why = f"It holds several: {listed(lists)}." if lists else None
    what = "Export each as a file of its own." if lists else 'Rows are written `[{"name": "value"}, …]`.'
    raise cannot_read("file-damaged", f"{source.name} holds no single list of rows", why, what)


def _is_object(content: Any) -> bool:
    return isinstance(content, Mapping)


def rows_table(name: str, rows: Iterable[tuple[int, Any]], notes: list[str] | None = None) -> Table:
    """Return a table of rows given as mappings; anything else is a damaged row."""
    numbered = list(rows)
    shape = shape_of([row for _, row in numbered if isinstance(row, Mapping)])
    return Table(name, shape, _cells(numbered, shape.headings), False, notes if notes is not None else [])


def shape_of(rows: Sequence[Mapping[str, Any]]) -> Shape:
    """Return every name that any row uses, in the order met, and the shape of nested rows."""
    headings: dict[str, None] = {}
    inner: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        headings.update(dict.fromkeys(row))
        for name, cell in row.items():
            if isinstance(cell, list | tuple):
                inner.setdefault(name, []).extend(one for one in cell if isinstance(one, Mapping))
    nested = {name: shape_of(children) for name, children in inner.items()}
    return Shape(tuple(map(str, headings)), nested)


def _cells(rows: Iterable[tuple[int, Any]], headings: Sequence[str]) -> Iterator[NumberedRow]:
    for number, row in rows:
        yield number, cells_of(row, headings)


def cells_of(row: Any, headings: Sequence[str]) -> Sequence[Any] | Damaged:
    """Return the cells of one row given as a mapping, in the order of the headings."""
    if not isinstance(row, Mapping):
        return Damaged(
            "A row of named values is expected here. It was set aside.", shown(row), ProblemKind.NESTED_SHAPE
        )
    return [row.get(heading) for heading in headings]
