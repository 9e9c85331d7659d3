"""The command line: arguments, files, exit codes, progress. The only floor that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

EXIT_JUDGED, EXIT_SHORT, EXIT_RULES, EXIT_DATA, EXIT_FAULT, EXIT_STOPPED = 0, 1, 2, 3, 70, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 judged, 1 a threshold or example failed, 2 rules, 3 data."""
    from rulelang.cli.arguments import parser

    options = parser().parse_args(arguments)
    try:
        code = _run(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("rulelang: stopped; nothing was written", file=sys.stderr)
        return EXIT_STOPPED
    except BrokenPipeError:
        # Whoever reads our output has read enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_JUDGED
    except Exception as fault:
        if os.environ.get("RULELANG_DEBUG"):
            raise
        print(
            f"rulelang: this is a fault of the program, not of your rules or data ({type(fault).__name__}).\n"
            "Run it again with RULELANG_DEBUG=1 to see where, and report that; leave case data out.",
            file=sys.stderr,
        )
        return EXIT_FAULT


def _run(options: object) -> int:
    from importlib import import_module

    from rulelang.diagnostics import RulesError
    from rulelang.diagnostics.rendering import render_all

    command = import_module(f"rulelang.cli.{options.command}")  # type: ignore[attr-defined]
    try:
        return int(command.run(options))
    except RulesError as wrong:
        print(render_all(wrong.diagnostics, colour=_colour()), file=sys.stderr)
        return EXIT_RULES
    except Exception as wrong:
        # Looked up late: importing the reader costs more than a `--help`.
        from rulelang.reading.failures import ReadingError

        if not isinstance(wrong, ReadingError):
            raise
        print(render_all(wrong.diagnostics, colour=_colour()), file=sys.stderr)
        return EXIT_DATA


def _colour() -> bool:
    from rulelang.cli.output import colour_on

    return colour_on(sys.stderr)
