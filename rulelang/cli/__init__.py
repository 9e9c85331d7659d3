"""The command line: arguments, files, exit codes, progress. The only floor that prints and reads the clock."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from rulelang.cli.stopping import Stop
    from rulelang.diagnostics import Diagnostic

EXIT_JUDGED, EXIT_SHORT, EXIT_RULES, EXIT_DATA, EXIT_FAULT, EXIT_STOPPED = 0, 1, 2, 3, 70, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 judged, 1 a threshold or example failed, 2 rules, 3 data."""
    try:
        from rulelang.cli.stopping import stoppable

        with stoppable(leaving=arguments is None) as stop:
            return _ended(arguments, stop)
    except KeyboardInterrupt:
        # Before its signals were taken in hand, or while they were given back.
        return _stopped(EXIT_STOPPED)


def _ended(arguments: Sequence[str] | None, stop: Stop) -> int:
    """Run a command to its end, whatever that is, and return its exit code."""
    try:
        from rulelang.cli.arguments import options_of

        code = _run(options_of(arguments))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _stopped(stop.code)
    except BrokenPipeError:
        # Whoever reads our output has read enough.
        _discard_output()
        return EXIT_JUDGED
    except OSError as wrong:
        from rulelang.cli.files import is_full

        if not is_full(wrong):
            return _fault(wrong)
        _discard_output()
        print("rulelang: the output cannot be written: there is no room left", file=sys.stderr)
        return EXIT_RULES
    except MemoryError:
        print(f"rulelang: this machine has too little memory for this export; {_written()}", file=sys.stderr)
        return EXIT_RULES
    except Exception as fault:
        # Some libraries make an error of their own of a wish to stop.
        return _fault(fault) if stop.signal is None else _stopped(stop.code)


def _stopped(code: int) -> int:
    # A terminal that was closed takes no more words.
    with suppress(OSError):
        print(f"rulelang: stopped; {_written()}", file=sys.stderr)
    return code


def _run(options: argparse.Namespace) -> int:
    from importlib import import_module

    from rulelang.cli.output import warn
    from rulelang.cli.refusals import WrongCommand
    from rulelang.diagnostics import RulesError

    try:
        return int(import_module(f"rulelang.cli.{options.module}").run(options))
    except WrongCommand as wrong:
        warn(f"rulelang {options.named}: {wrong.message}" + (f"\n{wrong.hint}" if wrong.hint else ""))
        return EXIT_RULES
    except RulesError as wrong:
        _tell(wrong, options)
        return EXIT_RULES
    except Exception as wrong:
        # Looked up late: importing the reader costs more than a whole `packs`.
        from rulelang.reading.failures import ReadingError

        if not isinstance(wrong, ReadingError):
            raise
        _tell(wrong, options)
        return EXIT_DATA


def _tell(wrong: Exception, options: argparse.Namespace) -> None:
    from rulelang.cli.output import colour_on, warn
    from rulelang.diagnostics.rendering import render_all

    colour = colour_on(sys.stderr, getattr(options, "colour", None))
    diagnostics: tuple[Diagnostic, ...] = getattr(wrong, "diagnostics", ())
    warn(render_all(sorted(diagnostics, key=_reading_order), colour=colour))


def _reading_order(one: Diagnostic) -> tuple[str, int]:
    """Tell mistakes from the top of a file to its end; what has no place comes last."""
    if one.label is None:
        return "\N{REPLACEMENT CHARACTER}", 0
    return one.label.place.file.name, one.label.place.span.start


def _fault(fault: Exception) -> int:
    """Own up to a fault of the program; its message is left out, because it may hold what a case holds."""
    if os.environ.get("RULELANG_DEBUG"):
        import traceback

        traceback.print_exception(fault, file=sys.stderr)
        return EXIT_FAULT
    from rulelang import __version__

    print(
        f"rulelang failed; this is a fault of the program, not of your rules or data.\n"
        f"Please report it with this line: rulelang {__version__}, {type(fault).__name__} at {where_of(fault)}.\n"
        "With RULELANG_DEBUG=1 before the command it shows more, which may hold values of a case: look before\n"
        "you send that on.",
        file=sys.stderr,
    )
    return EXIT_FAULT


def where_of(fault: Exception) -> str:
    """Return the last place in our own code that a fault passed through."""
    place, step = "an unknown place", fault.__traceback__
    while step is not None:
        path = step.tb_frame.f_code.co_filename.replace("\\", "/")
        if "/rulelang/" in path:
            place = f"{path.rpartition('/rulelang/')[2]}:{step.tb_lineno}"
        step = step.tb_next
    return place


def _written() -> str:
    files = sys.modules.get("rulelang.cli.files")
    names = [path.name for path in files.WRITTEN] if files is not None else []
    return f"already written: {', '.join(names)}" if names else "nothing was written"


def _discard_output() -> None:
    """Send what is still to be written nowhere, so that Python does not complain of it on its way out."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
