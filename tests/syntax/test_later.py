"""What is part of the language but not judged yet is said to be so, and never passed over."""

from __future__ import annotations

import pytest

from rulelang.source import SourceFile
from rulelang.syntax.parsing import parse_module

WHOLE = [
    'parameter p "A parameter"\n  read from "Header"\n',
]


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in parse_module(SourceFile("-", text))[1]]


@pytest.mark.parametrize("text", WHOLE)
def test_declarations(text):
    assert codes(text) == ["not-yet-supported"]
