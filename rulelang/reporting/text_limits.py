"""Limits on a population as text: the groups that are over them, by name."""

from __future__ import annotations

from collections.abc import Sequence

from rulelang.reporting.page import Line, Page, Style, row, wrapped
from rulelang.reporting.words import counted, number
from rulelang.scoring.limits import LimitResult, Population, limited
from rulelang.scoring.result import Result

SHOWN = 10


def limit_block(page: Page, result: Result) -> list[Line]:
    """Set each limit with the groups that are over it."""
    found = limited(result.structure, result.populations)
    if not found:
        return []
    lines = wrapped([page.ink("Limits", Style.HEADING)], page.width)
    for one in found:
        lines += row(page, [page.tied(one.structure.id), page.ink(one.structure.title)], indent=2, hang=2)
        style = Style.ALERT if one.over else Style.PLAIN
        lines += row(page, [page.ink(_said(one), style)], indent=4, hang=2)
        for text in _more(one):
            lines += row(page, [page.ink(text)], indent=4, hang=2)
    return lines


def _said(one: LimitResult) -> str:
    what = f"`{one.structure.each}`"
    most = counted(one.structure.most, "case")
    if not one.groups:
        return f"no case is counted for any {what}"
    if not one.over:
        return f"none of {number(one.groups)} values of {what} has more than {most}"
    has = "has" if len(one.over) == 1 else "have"
    of = f"{number(len(one.over))} of {number(one.groups)} values of {what}"
    return f"{of} {has} more than {most}: {_named(one.over)}"


def _more(one: LimitResult) -> list[str]:
    said = []
    if one.maybe:
        have = "may have" if one.over else "may have more"
        said.append(f"{number(len(one.maybe))} {have}, for want of what decides it: {_named(one.maybe)}")
    if one.without:
        name = "names" if one.without == 1 else "name"
        said.append(f"{counted(one.without, 'case')} {name} no `{one.structure.each}`")
    return said


def _named(groups: Sequence[Population]) -> str:
    shown = [
        f"{one.value} ({number(one.counted)}"
        + (f" to {number(one.counted + one.unknown)})" if one.unknown else ")")
        for one in groups[:SHOWN]
    ]
    rest = len(groups) - len(shown)
    return ", ".join(shown) + (f", and {number(rest)} more" if rest else "")
