"""Ctrl-C while DuckDB works: with several threads it does not look for signals, so it is told of them from outside."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# A query that was just about to begin may have missed the first word.
BETWEEN_WORDS = 0.1


@contextmanager
def interruptible(connection: Any) -> Iterator[None]:
    """Have a signal that stops the program end the query that the connection runs, in the main thread alone.

    Whoever has plans of his own for signals keeps them: then DuckDB is let be.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        if before != -1:
            signal.set_wakeup_fd(before)
            yield
            return
        over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(ours, connection, over), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            over.set()
            theirs.shutdown(socket.SHUT_RDWR)
            watcher.join()


def _watch(signals: socket.socket, connection: Any, over: threading.Event) -> None:
    """Wait for signals, each of which Python writes down as a byte."""
    while numbers := signals.recv(64):
        if any(map(_stops, numbers)):
            while not over.is_set():
                connection.interrupt()
                over.wait(BETWEEN_WORDS)
            return


def _stops(number: int) -> bool:
    """Say whether a signal ends the program by a KeyboardInterrupt."""
    handler = signal.getsignal(number)
    return handler is signal.default_int_handler or _module(handler).startswith("rulelang.")


def _module(handler: Any) -> str:
    return getattr(handler, "__module__", None) or ""
