"""Where output goes: the terminal, or a file written beside and then renamed, so that none is half written."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rulelang.diagnostics import Diagnostic, RulesError


def colour_on(stream: TextIO) -> bool:
    """Say whether to colour: on a terminal that wants it, never elsewhere."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(asked: int | None) -> int:
    """Return the width for text: what was asked, or the terminal's."""
    return asked or shutil.get_terminal_size((80, 24)).columns


def only_ascii(stream: TextIO) -> bool:
    """Say whether a stream cannot show the lines and bars of the report."""
    try:
        "─█░·–".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


@contextmanager
def written(path: str) -> Iterator[TextIO]:
    """Open a file beside the path, and put it in its place when all is written; on a failure leave no trace."""
    target = Path(path)
    try:
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as wrong:
        raise _unwritable(path, wrong) from None
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123 (a handle, not a path)
            yield stream
        Path(beside).chmod(0o666 & ~_umask())
        Path(beside).replace(target)
    except OSError as wrong:
        Path(beside).unlink(missing_ok=True)
        raise _unwritable(path, wrong) from None
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: str, wrong: OSError) -> RulesError:
    reason = (wrong.strerror or "it cannot be opened").lower()
    return RulesError([Diagnostic("cannot-write", f"cannot write {path}: {reason}")])


def say(text: str = "") -> None:
    """Print a line, with what the terminal cannot show replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def warn(text: str) -> None:
    """Print a line where it does not mix with the result."""
    print(text, file=sys.stderr)
