"""Check characters as a published standard has one work them out by hand: a column of values, weights and products."""

from __future__ import annotations

import string
from itertools import count

from rulelang.model.checks import CheckCharacters

LOOKS = {"A": string.ascii_letters, "9": string.digits, "X": string.ascii_letters + string.digits}


def passes(check: CheckCharacters, text: str) -> bool:
    """Say whether a text has the look, and the remainder, that a check asks for."""
    if len(text) != len(check.picture):
        return False
    looks = zip(text, check.picture, strict=True)
    if not all(sign == "?" or one in LOOKS.get(sign, sign) for one, sign in looks):
        return False
    counts = {**dict(zip(check.letters, count(), strict=False)), **{str(digit): digit for digit in range(10)}}
    column = text[check.start : check.start + len(check.weights)]
    asked = check.left if check.place is None else counts.get(text[check.place])
    if asked is None or any(one not in counts for one in column):
        return False
    products = [counts[one] * weight for one, weight in zip(column, check.weights, strict=True)]
    return divmod(sum(products), check.modulus)[1] == asked
