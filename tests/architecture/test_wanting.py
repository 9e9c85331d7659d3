"""A test that needs what is not installed is skipped and named at the end; where none may be, it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parent.parent / "conftest.py"
TESTS = """
import pytest

@pytest.mark.needs("no_such_library", programs=["no-such-program"])
def test_wanting():
    pass

def test_asking_itself():
    pytest.importorskip("another_absent_library")

@pytest.mark.needs("json")
def test_there():
    pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers =\n    needs: what a test needs\n")
    pytester.makepyfile(TESTS)
    return pytester


def test_it_is_skipped_and_named_at_the_end(project, monkeypatch):
    monkeypatch.delenv("RULELANG_REQUIRE_ALL", raising=False)
    result = project.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["skipped for want of no-such-program: 1", "skipped for want of no_such_library: 1"]
    )


def test_it_fails_where_nothing_may_be_skipped(project, monkeypatch):
    monkeypatch.setenv("RULELANG_REQUIRE_ALL", "1")
    result = project.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*not installed: no-such-program, no_such_library*", "*not installed: another_absent_library*"]
    )
