"""How a command is stopped: by Ctrl-C, by the end of its terminal, or by whoever asks it to end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# So long after it was stopped, a second Ctrl-C does not keep it from tidying up; after that, it does.
TIDYING = 2.0
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Stop:
    """Whether the command was asked to stop, and by which signal."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._until = 0.0

    def take(self, number: int, _: FrameType | None) -> None:
        """Stop the command, once: what follows within a moment is the same wish."""
        if self.signal is not None and time.monotonic() < self._until:
            return
        self.signal = number
        self._until = time.monotonic() + TIDYING
        raise KeyboardInterrupt

    @property
    def code(self) -> int:
        """The exit code of a command that was stopped: 128 and the number of the signal, 130 for Ctrl-C."""
        return 128 + (self.signal or int(signal.SIGINT))


@contextmanager
def stoppable(*, leaving: bool = False) -> Iterator[Stop]:
    """Have every wish to stop end what runs within, so that it tidies up; afterwards all is as it was.

    `leaving` says that the process ends then: once it was stopped, no further Ctrl-C is to break off its end.
    """
    stop = Stop()
    before: dict[Any, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in _NAMES:
            number = getattr(signal, name, None)
            # Whoever ignores a signal, as `nohup` does, or has plans of his own for it, keeps them.
            if number is not None and signal.getsignal(number) in (
                signal.SIG_DFL,
                signal.default_int_handler,
            ):
                before[number] = signal.signal(number, stop.take)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if leaving and stop.signal is not None else handler)
