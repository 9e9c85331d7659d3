"""How exact numbers are shown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.scoring.rounding import cut_text, decimal_text, exact_text, whole

values = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**7)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("62.5", 63),
        ("20.75", 21),
        ("64.25", 64),
        ("62.4999999", 62),
        ("0.5", 1),
        ("-0.5", -1),
        ("-0.4", 0),
        ("-62.5", -63),
        ("99.5", 100),
        ("0", 0),
        ("100", 100),
    ],
)
def test_whole_per_cents_round_half_up_by_magnitude(value: str, shown: int) -> None:
    assert whole(Fraction(value)) == shown


@given(values)
def test_a_shown_per_cent_is_never_further_than_a_half(value: Fraction) -> None:
    distance = whole(value) - value
    assert abs(distance) <= Fraction(1, 2)
    if abs(distance) == Fraction(1, 2):
        assert abs(whole(value)) > abs(value)


@given(values)
def test_rounding_treats_both_signs_alike(value: Fraction) -> None:
    assert whole(-value) == -whole(value)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("62.5", 0, "63"),
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("2/3", 3, "0.667"),
        ("20", 2, "20.00"),
        ("-0.001", 2, "0.00"),
    ],
)
def test_decimals_round_half_up_and_keep_their_noughts(value: str, places: int, text: str) -> None:
    assert decimal_text(Fraction(value), places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("20", "20"),
        ("0", "0"),
        ("100", "100"),
        ("62.5", "62.5"),
        ("20.75", "20.75"),
        ("950/54", "17.59259…"),
        ("200/3", "66.66666…"),
        ("1.00001", "1.00001"),
        ("1.000001", "1.00000…"),
        ("1/1000000", "0.00000…"),
        ("-200/3", "-66.66666…"),
    ],
)
def test_the_exact_text_cuts_after_five_decimals_and_says_so(value: str, text: str) -> None:
    assert exact_text(Fraction(value)) == text
    assert cut_text(Fraction(value)) == text.rstrip("…")


@given(values)
def test_the_exact_text_is_the_value_or_its_beginning(value: Fraction) -> None:
    text = exact_text(value)
    if text.endswith("…"):
        left_out = abs(value) - abs(Fraction(text[:-1]))
        assert 0 < left_out < Fraction(1, 10**5)
    else:
        assert Fraction(text) == value
