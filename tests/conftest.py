"""What all tests share: the amount of random testing, and skips for want of a library or a program."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
from collections import Counter
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

settings.register_profile(
    "ci",  # the same examples on every run: a failure is the change's own
    derandomize=True,
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fuzz",
    max_examples=3000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

WANT_OF = "for want of: "
# What pytest itself says when a test, or a whole module, asks for a library in its own text.
COULD_NOT_IMPORT = re.compile(r"could not import '([^']+)'")
NOTHING_MAY_BE_SKIPPED = "nothing may be skipped in this run, but not installed: "


def pytest_runtest_setup(item: pytest.Item) -> None:
    absent = sorted(set(_absent(item)))
    if absent:
        pytest.skip(WANT_OF + ", ".join(absent))


def _absent(item: pytest.Item) -> Iterator[str]:
    for marker in item.iter_markers("needs"):
        yield from (name for name in marker.args if importlib.util.find_spec(name) is None)
        yield from (name for name in marker.kwargs.get("programs", ()) if shutil.which(name) is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _failed_where_nothing_may_be_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _failed_where_nothing_may_be_skipped((yield))


def _failed_where_nothing_may_be_skipped(report: Report) -> Report:
    if os.environ.get("RULELANG_REQUIRE_ALL") and (names := _wanted(report)):
        report.outcome = "failed"
        report.longrepr = NOTHING_MAY_BE_SKIPPED + ", ".join(names)
    return report


def _wanted(report: pytest.TestReport | pytest.CollectReport) -> list[str]:
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return []
    reason = str(report.longrepr[2])
    _, marked, names = reason.partition(WANT_OF)
    return names.split(", ") if marked else COULD_NOT_IMPORT.findall(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    wanting = Counter(
        name for report in terminalreporter.stats.get("skipped", []) for name in _wanted(report)
    )
    if wanting:
        terminalreporter.section("not everything was tested here")
        for name, count in sorted(wanting.items()):
            terminalreporter.line(f"skipped for want of {name}: {count}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Leave signals as they were: a command that was stopped ignores them to its end, and here nothing ends."""
    del item, nextitem
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return (yield)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
