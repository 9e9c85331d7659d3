"""`rulelang test`: run the examples of a pack, and show what an example that failed came to."""

from __future__ import annotations

import argparse

from rulelang.analysis.echo import echo
from rulelang.cli import EXIT_JUDGED, EXIT_SHORT
from rulelang.cli.checking import loaded
from rulelang.cli.output import say
from rulelang.testing.examples import ExampleResult, run_examples


def run(options: argparse.Namespace) -> int:
    """Run the command: 1 when an example fails."""
    pack = loaded(options.rules)
    if options.echo:
        for name, sentence in echo(pack.checked.pack):
            say(f"{name}: {sentence}")
        say()
    results = run_examples(pack, options.only)
    failed = [one for one in results if not one.passed]
    for one in failed:
        _show(one)
    if not results:
        what = f"no example whose title holds “{options.only}”" if options.only else "no example"
        say(f"{pack.name} has {what}.")
        return EXIT_JUDGED
    passed = len(results) - len(failed)
    say(f"{passed} of {len(results)} examples passed." if failed else f"All {len(results)} examples passed.")
    return EXIT_SHORT if failed else EXIT_JUDGED


def _show(one: ExampleResult) -> None:
    say(f"FAILED  {one.title}")
    say(f"        {one.place}")
    for expectation in one.expectations:
        if expectation.held:
            continue
        say(f"  {expectation.text}")
        why = f": {expectation.reason}" if expectation.reason else ""
        say(f"    but {expectation.came}{why}")
    say()
