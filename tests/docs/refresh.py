"""Write the outputs shown in the documentation anew: `python -m tests.docs.refresh`, then read the difference."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.docs.pages import ROOT, pages, run_here
from tests.docs.running import Session


def session_of(page: Path, folder: Path) -> Session:
    """Run a page in a folder, which is the current one, with the examples beside it."""
    (folder / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    session = Session(str(page.relative_to(ROOT)), folder)
    session.run(page.read_text(encoding="utf-8"))
    return session


def refreshed(page: Path) -> str:
    """Return a page with the outputs that its commands and programs give now."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for block, came in reversed(session_of(page, Path(folder)).outputs):
            text = text[: block.start] + came + text[block.end :]
        os.chdir(ROOT)
    return text


def main(names: list[str]) -> int:
    """Write the pages with these names, or all."""
    os.environ["COLUMNS"] = "80"
    for page in pages():
        if not run_here(page) or (names and page.name not in names):
            continue
        text = refreshed(page)
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
