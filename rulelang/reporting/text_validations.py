"""What validations found, as text: those that failed first in sight, what was not checked never left out."""

from __future__ import annotations

from rulelang.model.structure import Severity
from rulelang.reporting.page import Line, Page, Style, row, wrapped
from rulelang.reporting.words import counted, number
from rulelang.scoring.result import Result
from rulelang.scoring.rounding import decimal_text
from rulelang.scoring.validations import ValidationResult, validated


def validation_block(page: Page, result: Result) -> list[Line]:
    """Set each validation with how many rows failed it, of how many that could be checked."""
    found = validated(result.structure, result.tally)
    if not found:
        return []
    failed = sum(one.failed > 0 for one in found)
    summary = f"Validations: {number(failed)} of {number(len(found))} failed"
    lines = wrapped([page.ink(summary, Style.HEADING)], page.width)
    for one in found:
        style = Style.PLAIN if one.failed or one.not_checked else Style.FAINT
        title = [page.tied(one.structure.id), page.ink(one.structure.title, style)]
        lines += row(page, title, indent=2, hang=2)
        said = _of_file(one) if one.structure.share is not None else _of_rows(one)
        words = [page.ink(said, Style.ALERT if one.is_error else style)]
        lines += row(page, words, indent=4, hang=2)
    return lines


def _of_rows(one: ValidationResult) -> str:
    """Return `error: 2 of 15 plans failed; 3 not checked, 1 not applicable`."""
    what = one.structure.record.replace("_", " ")
    rest = [
        f"{number(count)} {words}"
        for count, words in ((one.not_checked, "not checked"), (one.not_applicable, "not applicable"))
        if count
    ]
    if one.failed:
        said = f"{one.structure.severity.value}: {number(one.failed)} of {_rows(one.checked, what)} failed"
    elif one.checked:
        said = f"{_rows(one.checked, what)} passed"
    else:
        said = "nothing to check"
    return said + (f"; {', '.join(rest)}" if rest else "")


def _rows(count: int, record: str) -> str:
    return counted(count, f"{record} row")


def _of_file(one: ValidationResult) -> str:
    """Return `query: 2.6% of 38 rows, and at most 2% was required`."""
    share = one.structure.share
    assert share is not None
    bound = f"at {'least' if share.at_least else 'most'} {decimal_text(share.fraction * 100, 0)}%"
    if (share.fraction * 100).denominator != 1:
        bound = f"at {'least' if share.at_least else 'most'} {decimal_text(share.fraction * 100, 2)}%"
    if one.share is None:
        return f"nothing to check ({bound} is required)"
    seen = f"{decimal_text(one.share * 100, 1)}% of {counted(one.rows, 'row')}"
    if one.failed:
        word = Severity.ERROR if one.structure.severity is Severity.ERROR else Severity.QUERY
        return f"{word.value}: {seen}, and {bound} is required"
    if one.not_checked:
        return f"not checked: {seen}, and rows for which it is missing could make it either way ({bound})"
    return f"passed: {seen} ({bound} is required)"
