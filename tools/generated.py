"""The files that are made from code: which they are, and writing them again (`make generate`).

To add one, add a row to GENERATED. A test compares each file with what its function makes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent


@frozen
class Generated:
    """A file of the repository and the function, as `module:function`, that makes its text."""

    path: str
    made_by: str

    def text(self) -> str:
        module, _, name = self.made_by.partition(":")
        make: Callable[[], str] = getattr(import_module(module), name)
        return make()


GENERATED: tuple[Generated, ...] = (
    Generated("docs/diagnostics/README.md", made_by="rulelang.diagnostics.catalogue:index_page"),
    Generated("docs/reference/operators.md", made_by="tools.operators_page:render"),
    Generated("grammar/operators.lark", made_by="rulelang.operators.grammar:render"),
)


def stale(registry: Sequence[Generated] = GENERATED, root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Yield each file that differs from what its function makes, with the text it should have."""
    for generated in registry:
        path = root / generated.path
        wanted = generated.text()
        if not path.is_file() or path.read_text(encoding="utf-8") != wanted:
            yield path, wanted


def main() -> int:
    """Write every stale file again and say which they were."""
    sys.path.insert(0, str(ROOT))
    count = 0
    for path, wanted in stale():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted, encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
        count += 1
    if not count:
        print(f"all {len(GENERATED)} generated files are fresh")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
