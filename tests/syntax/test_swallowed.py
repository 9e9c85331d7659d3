"""A misspelt word after a field makes one message, though it could be read as a field typed by the next one's name."""

from __future__ import annotations

import pytest

from rulelang.pipeline import check_text

REST = """
criterion C
  item done
    met when done is known
"""


def told(fields: str) -> list[tuple[str, str]]:
    found = check_text("standards.rules", f"pack p\nrecord case\n{fields}{REST}")
    return [(one.code, one.label.place.text if one.label else "") for one in found]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ("  crn text kye\n  started date\n  done date optional\n", "kye"),
        ("  crn text key\n  started date optionl\n  done date optional\n", "optionl"),
        (
            "  crn text key\n  started date plannd\n  risk one of low or high\n  done date optional\n",
            "plannd",
        ),
        ('  crn text key\n  started date optionl column "Began"\n  done date optional\n', "optionl"),
        ("  crn text key\n  done date optionl\n", "optionl"),
    ],
)
def test_a_misspelt_modifier_is_told_once_and_hides_nothing(fields: str, word: str) -> None:
    assert told(fields) == [("misspelt-words", word)]


def test_two_of_them_are_both_told() -> None:
    fields = "  crn text kye\n  started date optionl\n  done date optional\n"
    assert told(fields) == [("misspelt-words", "kye"), ("misspelt-words", "optionl")]


def test_lines_still_carry_no_meaning() -> None:
    choice = "choice risk in order low, high\n"
    fields = "  crn text key level\n    risk optional\n  done date\n    optional\n"
    found = check_text("standards.rules", f"pack p\n{choice}record case\n{fields}{REST}")
    assert found == ()


@pytest.mark.parametrize("word", ["planned", "optional", "key"])
def test_a_field_named_like_a_mark_is_told_as_that(word: str) -> None:
    fields = f"  crn text\n  started date\n  {word} date optional\n  done date optional\n"
    assert ("reserved-word", word) in told(fields)
    assert ("unknown-type", "optional") not in told(fields)
