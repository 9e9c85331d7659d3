"""Slips that the grammar takes for something else, because the ends of lines carry no meaning."""

from __future__ import annotations

import re

from rulelang.syntax import ast


def swallows_a_slip(declaration: ast.Declaration, text: str) -> bool:
    """Say whether a misspelt word after a field was read as a field of its own, typed by the name of the next.

    `crn text kye` and `commenced date` below it read as a field `kye` of type `commenced`. Lines carry no meaning,
    so that is no mistake of form; but no choice of that name stands in the file, and read line by line it is plain.
    """
    if not isinstance(declaration, ast.RecordDecl):
        return False
    for field in declaration.fields:
        name, type_ = field.name.span, field.type_span
        begins_line = not text[text.rfind("\n", 0, name.start) + 1 : name.start].strip()
        if (
            begins_line
            or not isinstance(field.type, ast.ChoiceRef)
            or "\n" not in text[name.end : type_.start]
        ):
            continue
        if not re.search(rf"^choice\s+`?{re.escape(field.type.name.text)}\b", text, re.MULTILINE):
            return True
    return False
