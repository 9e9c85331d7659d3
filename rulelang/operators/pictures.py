"""Pictures of texts: `AA9 9AA` is two letters, a digit, a blank, a digit and two letters.

There are no regular expressions in the language: a picture has a length, and is compared character by character.
"""

from __future__ import annotations

import re
from functools import lru_cache

# The signs of a picture, as regular expressions that every engine reads alike; any other character is itself.
SIGNS = {"A": "[A-Za-z]", "9": "[0-9]", "X": "[A-Za-z0-9]", "?": "."}


def pattern_of(picture: str) -> str:
    """Return a picture as a regular expression of the whole text, in which `.` is any character."""
    return "".join(SIGNS.get(one) or _itself(one) for one in picture)


def _itself(character: str) -> str:
    plain = character.isalnum() or character.isspace() or not character.isascii()
    return character if plain else f"\\{character}"


@lru_cache(maxsize=1024)
def _compiled(picture: str) -> re.Pattern[str]:
    return re.compile(pattern_of(picture), re.DOTALL)


def matches(text: str, picture: str) -> bool:
    """Say whether a text is what a picture shows, from its first character to its last."""
    return _compiled(picture).fullmatch(text) is not None


def is_made_of(text: str, characters: str) -> bool:
    """Say whether every character of a text is one of some."""
    return not text.strip(characters)
