"""Each page of a diagnostic shows the very message that its rules bring about, and rules without it."""

from __future__ import annotations

import pytest

from tests.diagnostics.checker.pages import Page, found_in, rule_pages, shown

PAGES = rule_pages()
by_code = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)


def test_there_are_pages():
    assert len(PAGES) > 60


@by_code
def test_the_message_is_the_one_shown(page: Page):
    assert shown(page.wrong) + "\n" == page.message


@by_code
def test_the_mistake_is_of_the_page_s_code_and_no_other(page: Page):
    assert {one.code for one in found_in(page.wrong)} == {page.code}


@by_code
def test_the_rules_put_right_are_quiet(page: Page):
    assert shown(page.right) == ""


@by_code
def test_no_message_speaks_of_the_program(page: Page):
    inside = (
        "None",
        "Type(",
        "Kind.",
        "Expression",
        "Token",
        "ast.",
        "object at",
        "Fraction",
        "datetime.date",
    )
    assert [word for word in inside if word in page.message] == []


@by_code
def test_every_line_of_a_message_fits_a_wide_terminal(page: Page):
    assert [line for line in page.message.splitlines() if len(line) > 140] == []
