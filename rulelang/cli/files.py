"""Files that a command writes: each beside its place, all put there together at the end, or none at all."""

from __future__ import annotations

import errno
import io
import os
import stat
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TextIO

from rulelang.cli.refusals import WrongCommand

# What has been put in place: whoever stops the program is told.
WRITTEN: list[Path] = []
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(wrong: OSError) -> bool:
    """Say whether an error means that there is no room left where something was to be written."""
    return wrong.errno in _NO_ROOM


class _Named(io.FileIO):
    """A file that says which one it is where it cannot be written."""

    def __init__(self, place: Path, mode: str, shown: str) -> None:
        self._shown = shown
        super().__init__(place, mode)

    def write(self, content: Any, /) -> int:
        """Write bytes."""
        try:
            return super().write(content)
        except BrokenPipeError:
            raise
        except OSError as wrong:
            raise _unwritable(self._shown, wrong) from None


class Outputs:
    """The files of one run, as a context: leaving it well puts them in place, leaving it by an error removes them."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._beside: list[tuple[Path, Path]] = []

    def __enter__(self) -> Outputs:
        return self

    def text(self, path: str) -> TextIO:
        """Open a file for text; a device or a pipe is written to straight away."""
        stream = io.TextIOWrapper(self._opened(path), encoding="utf-8", errors="replace", newline="")
        return self._open.enter_context(stream)

    def binary(self, path: str) -> IO[bytes]:
        """Open a file for bytes."""
        return self._open.enter_context(self._opened(path))

    def _opened(self, path: str) -> io.BufferedWriter:
        target = Path(path)
        try:
            place = _place_beside(target)
            if place is None:
                return io.BufferedWriter(_Named(target, "w", path))
            self._beside.append((place, target.resolve()))
            return io.BufferedWriter(_Named(place, "x", path))
        except OSError as wrong:
            raise _unwritable(path, wrong) from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close(error)
            if error is None:
                for place, target in self._beside:
                    _put(place, target)
                    WRITTEN.append(target)
        finally:
            for place, _ in self._beside:
                with suppress(OSError):
                    place.unlink(missing_ok=True)
        if isinstance(error, OSError) and is_full(error):
            raise _unwritable("the files asked for", error) from None

    def _close(self, error: BaseException | None) -> None:
        try:
            self._open.close()
        except (OSError, WrongCommand):
            # What was held back could not be written; an earlier error says more.
            if error is None:
                raise


def _place_beside(target: Path) -> Path | None:
    """Return where to write until all is well; None for a device or a pipe, which nothing can replace."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    # `/dev/stdout` may stand for a plain file, which has been opened by another and must stay the same one.
    if target.is_relative_to("/dev") or (target.exists() and not stat.S_ISREG(target.stat().st_mode)):
        return None
    real = target.resolve()
    if real.exists() and not os.access(real, os.W_OK):
        raise PermissionError(errno.EACCES, "you may not write to it")
    return real.with_name(f".{real.name}.{os.getpid()}.part")


def _put(place: Path, target: Path) -> None:
    try:
        if target.exists():
            place.chmod(stat.S_IMODE(target.stat().st_mode))
        place.replace(target)
    except OSError as wrong:
        raise _unwritable(str(target), wrong) from None


def _unwritable(path: str, wrong: OSError) -> WrongCommand:
    reason = "there is no room left" if is_full(wrong) else _plain_reason(wrong)
    return WrongCommand(f"cannot write {path}: {reason}")


def _plain_reason(wrong: OSError) -> str:
    match wrong.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return "there is no such folder"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "you may not write there"
        case errno.EISDIR:
            return "it is a folder"
        case _:
            return (wrong.strerror or "it cannot be opened").lower()


def refuse_clashes(outputs: dict[str, str | None], inputs: list[Path]) -> None:
    """Refuse to write two results to one file, or over what is read. `outputs` is option and path."""
    taken = {path.resolve(): f"{path} is read by this run" for path in inputs}
    for option, path in outputs.items():
        if path is None:
            continue
        real = Path(path).resolve()
        if real in taken and _is_plain(real):
            raise WrongCommand(f"{option} {path} cannot be written: {taken[real]}", "Give it another name.")
        taken[real] = f"{option} goes there too"


def _is_plain(path: Path) -> bool:
    return not path.exists() or path.is_file()
