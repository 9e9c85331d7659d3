"""Check characters: what passes is what was worked out, and one slip does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang import RulesError, evaluate_expression, load_text
from rulelang.model.checks import CheckCharacters

NHS = CheckCharacters("nhs", "9999999999", (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 0, 11)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
PUPIL = CheckCharacters("upn", "A999999999999", tuple(range(2, 14)), 1, 23, place=0, letters=LETTERS)
CHECK = """
pack ours version "1"

check number "A number"
  picture "9999-A"
  letters "ABCDE"
  weights 2, 3 from character 1
  divided by 5 leaves character 6

record case read from "cases"
  crn   text key
  text  text optional
  size  number optional

define right as text passes number
"""
digits = st.lists(st.integers(0, 9), min_size=9, max_size=9)


def with_check(of: list[int]) -> str | None:
    """Return nine digits and their check digit, by the published rule; None where it is 10, and none is given out."""
    rest = 11 - sum(digit * weight for digit, weight in zip(of, range(10, 1, -1), strict=True)) % 11
    return None if rest == 10 else "".join(map(str, [*of, rest % 11]))


@given(digits)
def test_a_number_with_the_published_check_digit_passes(of: list[int]) -> None:
    number = with_check(of)
    passing = [last for last in range(10) if NHS.passes("".join(map(str, of)) + str(last))]
    assert passing == ([] if number is None else [int(number[-1])])


@given(digits, st.integers(0, 9), st.integers(1, 9))
def test_one_digit_mistaken_does_not_pass(of: list[int], place: int, by: int) -> None:
    number = with_check(of)
    if number is not None:
        slip = str((int(number[place]) + by) % 10)
        assert not NHS.passes(number[:place] + slip + number[place + 1 :])


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12))
def test_one_letter_of_all_is_right(of: list[int]) -> None:
    number = "".join(map(str, of))
    assert [one for one in LETTERS if PUPIL.passes(one + number)] == [
        LETTERS[sum(digit * weight for digit, weight in zip(of, range(2, 14), strict=True)) % 23]
    ]


@pytest.mark.parametrize(
    ("text", "passes"), [("1200-D", True), ("1200-A", False), ("1200-F", False), ("1200D", False)]
)
def test_it_is_asked_for_by_name(text: str, passes: bool) -> None:
    assert evaluate_expression("text passes number", rules=CHECK, case={"text": text}) is passes
    assert evaluate_expression("right", rules=CHECK, case={"text": text}) is passes


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("text passes number", "text passes numbr", "there is no check `numbr`"),
        ("text passes number", "size passes number", "`passes number` needs a text, and `size` is a number"),
        ('"ABCDE"', '"ABCDA"', "the letter `A` stands twice: what does it count as?"),
        ('"ABCDE"', '"AB1"', "`letters` holds letters from A to Z alone"),
        ('  letters "ABCDE"\n', "", "character 6 may be a letter, and it is not said what letters count as"),
        (
            "from character 1",
            "from character 4",
            "character 5 is `-` in the picture, which counts as no number",
        ),
        ("from character 1", "from character 0", "there is no character 0: the picture shows 6"),
        ("leaves character 6", "leaves character 7", "there is no character 7: the picture shows 6"),
        ("leaves character 6", "leaves 5", "divided by 5, never 5 is left: 0 to 4 can be"),
        ("divided by 5", "divided by 1", "the divisor lies between 2 and 10000"),
        ("weights 2, 3", "weights 2, 10001", "weights go up to 10000, and there are 200 at most"),
        ("weights 2, 3", "weights 2, 1.5", "this is a whole number in a check"),
        ('  picture "9999-A"\n', "", "the check `number` has no line that begins with `picture`"),
        (
            "define right as text passes number",
            'define right as number is "1"',
            "`number` is a check of characters: it stands after `passes`",
        ),
    ],
)
def test_a_check_that_cannot_be_is_refused(written: str, instead: str, message: str) -> None:
    assert written in CHECK
    with pytest.raises(RulesError) as wrong:
        load_text(CHECK.replace(written, instead) + "\ncriterion A1\n  item a\n    met when text is known\n")
    assert message in [one.message for one in wrong.value.diagnostics]
