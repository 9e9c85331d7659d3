"""The grammar of the regular operators, made from the table. Patterns with numbers are written by hand."""

from __future__ import annotations

import re

from rulelang.operators import Operator, Tier
from rulelang.operators.table import OPERATORS

HEADER = """\
// Made from rulelang/operators/table.py by `make generate`; do not edit.
// One rule a tier, loosest first; `rulelang.lark` adds what is not regular.
"""
SYMBOLS = {"+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "OVER", ">=": "GE", "<=": "LE", ">": "GT", "<": "LT"}
_PART = re.compile(r"\{[^}]*\}|[^{}\s]+(?:\s+[^{}\s]+)*")


def render() -> str:
    """Return the text of grammar/operators.lark."""
    terminals = _Terminals()
    alternatives: dict[Tier, list[str]] = {tier: [] for tier in Tier}
    for operator in OPERATORS:
        if is_regular(operator):
            alternatives[operator.tier] += _alternatives(operator, terminals)
    rules = [
        _rule("?or_tier", ["and_tier", *alternatives[Tier.OR]]),
        _rule("?and_tier", ["not_tier", *alternatives[Tier.AND]]),
        _rule("?not_tier", ["comparison_tier", *alternatives[Tier.NOT]]),
        _rule("?regular_comparison", alternatives[Tier.COMPARISON]),
        _rule("?sum_tier", ["product_tier", *alternatives[Tier.SUM]]),
        _rule("?product_tier", ["prefix_tier", *alternatives[Tier.PRODUCT]]),
        _rule("?regular_prefix", alternatives[Tier.PREFIX]),
    ]
    return "\n".join([HEADER, *rules, terminals.render()])


def is_regular(operator: Operator) -> bool:
    """Tell whether an operator's rule follows from its pattern."""
    return not re.search(r"\{[a-z]+\}", operator.pattern)


def _rule(name: str, alternatives: list[str]) -> str:
    return f"{name}: " + "\n    | ".join(alternatives) + "\n"


def _alternatives(operator: Operator, terminals: _Terminals) -> list[str]:
    parts = _PART.findall(operator.pattern)
    words = [part for part in parts if not part.startswith("{")]
    spellings = [operator.pattern]
    # A symbol stands for the first words of the pattern.
    spellings += [operator.pattern.replace(words[0], symbol, 1) for symbol in operator.symbols]
    return [f"{_expansion(operator, spelling, terminals)} -> {operator.name}" for spelling in spellings]


def _expansion(operator: Operator, spelling: str, terminals: _Terminals) -> str:
    parts = _PART.findall(spelling)
    if operator.variadic and operator.tier in (Tier.OR, Tier.AND):
        below = _below(operator.tier)
        return f"{below} ({terminals.name(parts[1])} {below})+"
    symbols = [
        _operand(operator, part, index, len(parts)) if part.startswith("{") else terminals.name(part)
        for index, part in enumerate(parts)
    ]
    return " ".join(symbols)


def _operand(operator: Operator, part: str, index: int, count: int) -> str:
    if part == "{...}":
        return "_several_atoms" if operator.tier is Tier.PREFIX else "_one_of_atoms"
    match operator.tier:
        case Tier.COMPARISON:
            return "sum_tier"
        case Tier.SUM | Tier.PRODUCT:  # these lean to the left
            return f"{operator.tier.name.lower()}_tier" if index == 0 else _below(operator.tier)
        case Tier.NOT:
            return "not_tier"
        case _:
            # Several ends beside words are names or parentheses, so that each word has one owner.
            return "prefix_tier" if count == 2 else "atom"


def _below(tier: Tier) -> str:
    return f"{Tier(tier + 1).name.lower()}_tier"


class _Terminals:
    """The word and symbol terminals met so far; each is defined once."""

    def __init__(self) -> None:
        self.patterns: dict[str, str] = {}

    def name(self, words: str) -> str:
        if words in SYMBOLS:
            name, pattern = SYMBOLS[words], re.escape(words).replace("/", r"\/")
        else:
            # `days` and a `from` on the next line are a name and a clause, not the operator.
            gap = r"[ \t]+" if words.endswith(" from") else r"\s+"
            name, pattern = "_".join(words.upper().split()), gap.join(words.split()) + r"\b"
        self.patterns[name] = pattern
        return name

    def render(self) -> str:
        width = max(map(len, self.patterns)) + 2
        lines = [f"{name + '.2':<{width}}: /{pattern}/" for name, pattern in sorted(self.patterns.items())]
        return "\n".join(lines) + "\n"
