"""Exact numbers as they are shown: whole per cents and decimals, half up, and the text of the exact value.

Nothing here is ever computed with again: scores stay fractions until they are shown (M9).
"""

from __future__ import annotations

from fractions import Fraction

EXACT_PLACES = 5


def whole(value: Fraction) -> int:
    """Round to a whole number, half up by magnitude: 62.5 is 63 and -0.5 is -1."""
    return _scaled(value, 0)


def decimal_text(value: Fraction, places: int) -> str:
    """Return the value rounded half up by magnitude to a number of decimals, trailing noughts kept."""
    return _placed(_scaled(value, places), places)


def exact_text(value: Fraction) -> str:
    """Return the value in full where five decimals hold it, otherwise its first five digits and `…`.

    Digits are cut, not rounded, so that each one shown is a digit of the value: 62.5 is `62.5`, 20 is `20`,
    52.777… is `52.77777…`.
    """
    digits = cut_text(value)
    return digits if Fraction(digits) == value else digits + "…"


def cut_text(value: Fraction) -> str:
    """Return the digits of `exact_text` alone, for columns of numbers: 52.777… is `52.77777`."""
    cut = abs(value.numerator) * 10**EXACT_PLACES // value.denominator
    text = _placed(cut, EXACT_PLACES)
    if Fraction(text) == abs(value):
        text = text.rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def _scaled(value: Fraction, places: int) -> int:
    """Return the value times a power of ten as the nearest whole number, halves away from nought."""
    power: int = 10**places
    scaled = abs(value) * power
    nearest = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -nearest if value < 0 else nearest


def _placed(scaled: int, places: int) -> str:
    sign = "-" if scaled < 0 else ""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    if not places:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
