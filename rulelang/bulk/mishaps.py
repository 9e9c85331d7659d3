"""What DuckDB fails by, put into words: a wish to stop, too little memory, no room on the disk, and all else.

No message of DuckDB's own is passed on: it may hold what a case holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from rulelang.bulk.failures import NotInBulk
from rulelang.diagnostics import Diagnostic, RulesError

# DuckDB's name for the limit that a full disk sets to its temporary files.
_DISK = "max_temp_directory_size"


class TooLittleMemory(Exception):
    """A query needs more memory than it may have; fewer threads may do with it. `spill` is as for `in_words`."""

    def __init__(self, spill: str | None) -> None:
        self.spill = spill
        super().__init__("too little memory")


class EngineFailed(NotInBulk):
    """DuckDB failed in a way that nobody foresaw; the run is to be done case by case."""


@contextmanager
def in_words(spill: str | None) -> Iterator[None]:
    """Turn the errors of DuckDB's into ours; `spill` is the folder of its temporary files.

    Raises KeyboardInterrupt, TooLittleMemory, RulesError where a disk is full, and EngineFailed.
    """
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        if _stopped(error):
            raise KeyboardInterrupt from None
        if not isinstance(error, duckdb.Error):
            raise
        if spill is not None and _disk_full(error, spill):
            raise no_room(spill) from None
        if isinstance(error, duckdb.OutOfMemoryException):
            raise TooLittleMemory(spill) from None
        raise EngineFailed(_owned_up(error)) from error
    except OSError as error:
        # Arrow hands on what DuckDB met while rows were fetched, with no number of the system's.
        if error.errno is not None:
            raise
        raise EngineFailed(_owned_up(error)) from error


def _stopped(error: Exception) -> bool:
    """Say whether a query ended because of Ctrl-C, of which DuckDB makes an error of its own."""
    if isinstance(error, duckdb.InterruptException):
        return True
    return type(error) is RuntimeError and str(error) == "Query interrupted"


def _disk_full(error: duckdb.Error, spill: str) -> bool:
    text = str(error)
    return _DISK in text or (isinstance(error, duckdb.IOException) and Path(spill).name in text)


def no_room(spill: str) -> RulesError:
    """Return the error for a disk that is full of temporary files."""
    folder = Path(spill).parent
    hint = (
        "Free some, name another folder in the environment as TMPDIR, or give it more memory, so that less has to\n"
        "be put there: --memory 2GB."
    )
    message = f"there is no room left for temporary files in {folder}"
    return RulesError([Diagnostic("no-room", message, hint=hint)])


def too_little(memory: str | None, spill: str | None) -> RulesError:
    """Return the error for a run that cannot do with the memory it may use, however few its threads."""
    amount = f"{memory} of memory is" if memory else "the memory of this machine is"
    message = f"{amount} too little to judge this export in one query"
    lines = [f"Give it more, such as --memory {_more(memory)}." if memory else "Split the export into parts."]
    if spill is None:
        lines.append("There is no folder for temporary files either: name one in the environment as TMPDIR.")
    return RulesError([Diagnostic("too-little-memory", message, hint="\n".join(lines))])


def _more(memory: str) -> str:
    """Return a size to try in place of one that was too little."""
    size = {"m": 1, "g": 1_000, "t": 1_000_000}[memory.rstrip("iIbB")[-1].lower()]
    wanted = max(float(memory.rstrip("GgMmTtiIbB ")) * size * 2, 500)
    return f"{wanted:.0f}MB" if wanted < 1_000 else f"{wanted / 1_000:.0f}GB"


def failed_while_telling(error: EngineFailed) -> RulesError:
    """Return the error for a run that failed when part of its results was handed on already."""
    hint = "Have it judged case by case: --engine python."
    return RulesError(
        [Diagnostic("engine-failed", f"this export cannot be judged in one query: {error}", hint=hint)]
    )


def _owned_up(error: Exception) -> str:
    """Say where DuckDB failed, for a report; its own message is left out."""
    place, step = "", error.__traceback__
    while step is not None:
        path = step.tb_frame.f_code.co_filename.replace("\\", "/")
        if "/rulelang/" in path:
            place = f" at {path.rpartition('/rulelang/')[2]}:{step.tb_lineno}"
        step = step.tb_next
    return f"DuckDB failed, which is a fault of the program ({type(error).__name__}{place}; please report it)"
