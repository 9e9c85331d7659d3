"""One run reports every mistake; none hides another, and what can be read is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.source import SourceFile
from rulelang.syntax import ast
from rulelang.syntax.parsing import parse_module

DESIGNS = Path(__file__).parent.parent / "designs"
EXTRACT = (DESIGNS / "gwent_extract.rules").read_text(encoding="utf-8")
GOOD = EXTRACT.splitlines()


def read(text: str) -> tuple[ast.Module, list[tuple[str, int]]]:
    file = SourceFile("r.rules", text)
    module, diagnostics = parse_module(file)
    places = [d.label.place.span.start for d in diagnostics if d.label]
    codes = [d.code for d in diagnostics]
    return module, [(code, file.line_and_column(at)[0]) for code, at in zip(codes, places, strict=True)]


# A line, what becomes of it, and what is said: one thing, of this line.
SLIPS = [
    ("  within  5 working days", "  wihtin  5 working days", "misspelt-clause"),
    ("  within  5 working days", "  within  5 workign days", "unknown-unit"),
    ("  within  5 working days", "  within  5 business days", "unknown-unit"),
    ("  within  5 working days", "  within  working 5 days", "unknown-unit"),
    ("  within  5 working days", "  within  5", "missing-unit"),
    ("  within  5 working days", "  within  (5 working days", "unbalanced-parentheses"),
    ("  within  5 working days", "  within", "incomplete-clause"),
    ("  within  5 working days", "within  5 working days", "not-indented"),
    ("  within  5 working days", "  met when rmp_required", "misplaced-clause"),
    ("  within  5 working days", "  in force from 2004-01-01", "incomplete-clause"),
    ("  until   terminated", "  untl terminated", "misspelt-clause"),
    ("  crn              text key", "  crn              text kye", "misspelt-words"),
    ("  crn              text key", "  crn              “text” key", "unexpected-word"),
    ("    met when isp_content is sufficient", "    met when isp_content = sufficient", "symbol-for-word"),
    ("    met when isp_content is sufficient", "    met wehn isp_content is sufficient", "misspelt-clause"),
    (
        "    met when isp_content is sufficient",
        "    met when isp_content is (sufficient",
        "unbalanced-parentheses",
    ),
    ("    met when all roh_reviews have (sufficient)", "    met when all is yes", "reserved-word"),
    ('section B "Quality of assessment"', '  section B "Quality of assessment"', "indented-declaration"),
    ('section B "Quality of assessment"', 'sectoin B "Quality of assessment"', "misspelt-declaration"),
    ('section B "Quality of assessment"', 'section B "Quality of assessment', "unclosed-text"),
    ('section B "Quality of assessment"', "section B “Quality of assessment”", "wrong-quotes"),
    ("    rmp_completed is 2004-04-19", "    rmp_completed is 19/04/2004", "date-form"),
    ("    rmp_completed is 2004-04-19", "    rmp_completed is 2004-04-31", "no-such-date"),
    ("  expect B1.rmp is met", "  expct B1.rmp is met", "misspelt-clause"),
    ("  expect B1.rmp is met", "expect B1.rmp is met", "not-indented"),
]


@pytest.mark.parametrize(("good", "bad", "code"), SLIPS, ids=[bad.strip()[:40] for _, bad, _ in SLIPS])
def test_one_slip_makes_one_message_at_its_line(good, bad, code):
    assert GOOD.count(good) >= 1
    at = GOOD.index(good)
    whole, _ = read(EXTRACT)
    module, found = read("\n".join([*GOOD[:at], bad, *GOOD[at + 1 :]]))
    assert found == [(code, at + 1)]
    assert len(module.declarations) == len(whole.declarations)
    changed = [a for a, b in zip(whole.declarations, module.declarations, strict=True) if a != b]
    assert len(changed) <= 1


@given(st.lists(st.sampled_from(SLIPS), min_size=2, max_size=6, unique_by=lambda slip: GOOD.index(slip[0])))
def test_no_mistake_hides_another(slips):
    lines = list(GOOD)
    for good, bad, _ in slips:
        lines[GOOD.index(good)] = bad
    _, found = read("\n".join(lines))
    assert sorted(found) == sorted((code, GOOD.index(good) + 1) for good, _, code in slips)


def test_several_mistakes_of_one_declaration_are_all_found():
    _, found = read(
        "timescale isp\n"
        "  aplies when order\n"
        "  from\n"
        "  to done and\n"
        "  within 5 workign days wehn high\n"
        "  untl terminated\n"
    )
    assert found == [
        ("misspelt-clause", 2),
        ("incomplete-clause", 3),
        ("unexpected-word", 4),
        ("unknown-unit", 5),
        ("misspelt-words", 5),
        ("misspelt-clause", 6),
    ]


def test_what_was_not_read_is_told_to_the_checker():
    module, _ = read("timescale isp\n  from commenced\n  to done and\n  within 5 days\n")
    (timescale,) = module.declarations
    assert isinstance(timescale, ast.TimescaleDecl)
    assert timescale.start is not None
    assert timescale.limits
    assert timescale.event is None
    assert [(one.kind, one.name, one.words) for one in module.unread] == [
        ("timescale", "isp", frozenset({"to", "done", "and"}))
    ]


def test_a_line_may_go_on_below():
    module, found = read(
        "define x as a\n  and b\n  or (c\n      and d)\ntimescale t\n  paused from a\n    to b\n"
    )
    assert found == []
    assert len(module.declarations) == 2


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "  \n\t\n", "\ufeff# a mark first\n"])
def test_nothing_is_no_mistake(text):
    assert read(text) == (ast.Module(SourceFile("", ""), ()), [])


def test_a_byte_order_mark_carriage_returns_tabs_and_hard_blanks_are_read_over():
    text = '\ufeffsection A "T"\r\n\tsource\u00a0"S"\r\n# c\r\ncriterion A1\r\n\tscore  pooled\r\n'
    module, found = read(text)
    assert found == []
    assert len(module.declarations) == 2
    assert [comment.text for comment in module.comments] == ["c"]


def test_comments_are_kept_and_a_hash_in_a_text_is_none():
    module, _ = read('section A "No #1" # first\n  # second\n  source "#3"\n')
    assert [comment.text for comment in module.comments] == ["first", "second"]


def test_a_table_of_an_example_is_read_though_another_line_is_not():
    case = "  case\n    visits\n      | seen |\n      | 2004-01-01 |\n"
    text = f'example "e"\n{case}  as at 2005-01-01\n  expect contact iss some\n'
    found = parse_module(SourceFile("-", text))[1]
    assert [one.label.place.text for one in found if one.label] == ["iss"]
