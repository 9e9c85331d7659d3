"""Where the grammar and the rule packs that come with rulelang lie. Knows folders; reads nothing in them."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def grammar_folder() -> Path:
    """Return the folder of grammar files: the checkout's own, else the one in the installed package."""
    return _folder("grammar")


def rules_folder() -> Path:
    """Return the folder of shipped rule packs: the checkout's own, else the one in the installed package."""
    return _folder("rules")


def _folder(name: str) -> Path:
    checkout = _PACKAGE.parent
    # Both signs are needed: an installed package may have a stranger's `rules` folder beside it.
    if (checkout / name).is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / name
    return _PACKAGE / f"_{name}"
