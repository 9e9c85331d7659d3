"""The values of an inline choice, however they are joined."""

from __future__ import annotations

import pytest

from rulelang.source import SourceFile
from rulelang.syntax.parsing import parse_module
from rulelang.syntax.printing import print_module


@pytest.mark.parametrize("written", ["a, b or c", "a or b or c", "a or b, c or d", "a or b"])
def test_values_may_be_joined_by_commas_and_by_or(written: str) -> None:
    module, found = parse_module(SourceFile("-", f"record case\n  kind one of {written} optional\n"))
    assert not found
    values = written.replace(" or ", ", ").split(", ")
    assert (
        print_module(module)
        == f"record case\n  kind one of {', '.join(values[:-1])} or {values[-1]} optional\n"
    )
