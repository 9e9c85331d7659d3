"""The reference's page of operators, made from the table of operators."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rulelang.operators import Kind, Missing, Operator, Tier
from rulelang.operators.table import OPERATORS

LETTERS = "abcd"
INTRODUCTION = """\
# Operators

<!-- Made from rulelang/operators/table.py by `make generate`: change the table, not this page. -->

Every word and sign that makes a value out of other values. [Expressions](expressions.md) says how they go together, and
describes those that look at the rows of a list.

`a`, `b` and `c` stand for what is between the words, `n` and `m` for whole numbers. *Over* says what these may be. A
date with a time may stand wherever a date may, unless the line says otherwise. What is missing makes the whole missing,
unless *beside something missing* says otherwise: see [M1](meaning.md#m1-missing-and-not-applicable).

The tables of examples are tests: each line is worked out and compared.
"""
BINDING = """\
## What binds tighter

From the tightest to the loosest:

{tiers}

Parentheses say otherwise: `(a or b) and c`.
"""
TIERS = {
    Tier.PREFIX: "`date of`, `working days from … to`, `first known of` and the like, and `-` before a number",
    Tier.PRODUCT: "`*`, `/`",
    Tier.SUM: "`+`, `-`",
    Tier.COMPARISON: "comparisons",
    Tier.NOT: "`not`",
    Tier.AND: "`and`",
    Tier.OR: "`or`",
}
BESIDE = {
    Missing.PROPAGATES: "",
    Missing.KLEENE: "decided as soon as what is known decides it",
    Missing.DECIDED: "always decided",
    Missing.LEFT_OUT: "leaves it out",
}


def render() -> str:
    """Return the text of the page."""
    groups: dict[str, list[Operator]] = {title: [] for title in TITLES}
    for operator in OPERATORS:
        groups[_title(operator)].append(operator)
    parts = [INTRODUCTION, *(_group(title, found) for title, found in groups.items() if found)]
    tiers = "\n".join(f"{place}. {TIERS[tier]}" for place, tier in enumerate(TIERS, 1))
    return "\n".join([*parts, BINDING.format(tiers=tiers)])


TITLES = (
    "Logic",
    "Comparing",
    "Dates",
    "What is known",
    "Text",
    "Arithmetic",
    "Parts",
    "Counting time",
    "Choosing",
)


def _title(operator: Operator) -> str:
    """Return the group of an operator, from what the table says of it."""
    first = {signature.operands[0] for signature in operator.signatures}
    match operator.tier:
        case Tier.OR | Tier.AND | Tier.NOT | Tier.PRIMARY:
            return "Logic"
        case Tier.SUM | Tier.PRODUCT:
            return "Arithmetic"
        case Tier.COMPARISON if operator.missing is Missing.DECIDED:
            return "What is known"
        case Tier.COMPARISON if first == {Kind.TEXT}:
            return "Text"
        case Tier.COMPARISON if first <= {Kind.DAY, Kind.TIME}:
            return "Dates"
        case Tier.COMPARISON:
            return "Comparing"
    if operator.missing is Missing.LEFT_OUT:
        return "Choosing"
    if " from " in operator.pattern:
        return "Counting time"
    return "Arithmetic" if first == {Kind.NUMBER} else "Parts"


def _group(title: str, operators: Sequence[Operator]) -> str:
    lines = [f"## {title}", "", "| written | says | over | beside something missing |", "|---|---|---|---|"]
    lines += [
        f"| {_spellings(one)} | {one.meaning} | {_over(one)} | {BESIDE[one.missing]} |" for one in operators
    ]
    examples = [example for one in operators for example in one.examples]
    if examples:
        lines += ["", "| expression | answer |", "|---|---|"]
        lines += [f"| `{one.expression}` | `{_shown(one.answer)}` |" for one in examples]
    return "\n".join(lines) + "\n"


def _spellings(operator: Operator) -> str:
    shown = [f"`{_written(operator)}`"]
    if operator.symbols:
        shown.append("also " + ", ".join(f"`{symbol}`" for symbol in operator.symbols))
    return ", ".join(shown)


def _written(operator: Operator) -> str:
    """Return the pattern of an operator with letters for its operands."""
    text = operator.pattern
    if operator.variadic and "{...}" in text:
        used = len(re.findall(r"\{\d\}", text))
        rest = LETTERS[used : used + 3]
        joined = " or ".join(", ".join(rest).rsplit(", ", 1)) if "one of" in text else ", ".join(rest)
        text = text.replace("{...}", joined)
    for place, letter in enumerate(LETTERS):
        text = text.replace(f"{{{place}}}", letter)
    return text.replace("{n}", "n").replace("{m}", "m")


def _over(operator: Operator) -> str:
    """Return the kinds that an operator takes, each way once."""
    ways: dict[str, None] = {}
    for signature in operator.signatures:
        kinds = [kind.value for kind in signature.operands if kind is not Kind.WHOLE] or [Kind.WHOLE.value]
        ways[kinds[0] if len(set(kinds)) == 1 else ", ".join(kinds)] = None
    return "; ".join(ways)


def _shown(answer: str) -> str:
    """Return an answer as `rulelang eval` prints it: text without its quotes."""
    return answer.strip('"')
