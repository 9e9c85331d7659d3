"""Print, as pip constraints, the oldest release of each library that pyproject.toml allows the package."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The tests' own tools are not what a user installs: they stay current.
NOT_OF_THE_PACKAGE = {"test", "test-all", "all"}


def lowest(pyproject: Path) -> list[str]:
    """Return one `name==version` for each requirement of the package and of its extras."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    requirements = list(project["dependencies"])
    for extra, wanted in project["optional-dependencies"].items():
        if extra not in NOT_OF_THE_PACKAGE:
            requirements += wanted
    return [requirement.replace(">=", "==") for requirement in requirements]


if __name__ == "__main__":
    print("\n".join(lowest(ROOT / "pyproject.toml")))
