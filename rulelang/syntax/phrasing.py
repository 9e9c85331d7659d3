"""Expressions as text, with the fewest parentheses that keep their meaning, and backquotes where needed.

How an operator is spelt, and how tightly it binds, is read from the grammar: nothing is said twice.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import cache

from rulelang.syntax import ast
from rulelang.syntax.building.expressions import ordinal
from rulelang.syntax.grammar import parser
from rulelang.syntax.tables import Rule
from rulelang.syntax.units import phrases

# How tightly each rule of the grammar binds; a conditional binds loosest.
LOOSEST, SUM, PREFIX, ATOM = 0, 5, 7, 8
_TIERS = {
    "or_tier": 1,
    "and_tier": 2,
    "not_tier": 3,
    "comparison_tier": 4,
    "regular_comparison": 4,
    "sum_tier": SUM,
    "product_tier": 6,
    "prefix_tier": PREFIX,
    "regular_prefix": PREFIX,
    "atom": ATOM,
}
_MARKS = {
    "PLUS": "+",
    "MINUS": "-",
    "TIMES": "*",
    "OVER": "/",
}
# Names that would be read as something else where an expression can begin, or after `is`.
_TAKEN = frozenset(
    {"yes", "no", "as_at", "some", "all", "if", "not", "is"}
    | {"missing", "known", "in", "before", "after", "within", "readable", "between", "on", "applicable"}
)
TAKEN_IN_LIST = frozenset({"different"})


def expression_text(node: ast.Expr | ast.Selection, tier: int = LOOSEST) -> str:
    """Return an expression as it is written where something at least as tight as `tier` must stand."""
    if isinstance(node, ast.Selection):
        return selection_text(node)
    text = _text(node)
    return f"({text})" if tier_of(node) < tier else text


def operand_text(node: ast.Expr | ast.Selection) -> str:
    """Return the operand of a clause: what is looser than a sum, but a conditional, in parentheses."""
    return expression_text(node, LOOSEST if isinstance(node, ast.Conditional) else SUM)


def tier_of(node: ast.Expr) -> int:
    """Return how tightly an expression binds."""
    match node:
        case ast.Apply(op="characters_of"):
            return PREFIX
        case ast.Apply():
            return _TIERS[_operator_rule(node.op).origin]
        case ast.Conditional():
            return LOOSEST
        case ast.IsIn() | ast.Passes():
            return 4
        case ast.Aggregate() | ast.Positioned() | ast.MostWithin() | ast.ParameterOn():
            return PREFIX
        case _:
            return ATOM


def _text(node: ast.Expr) -> str:
    match node:
        case ast.Ref():
            return ref_text(node)
        case ast.Literal():
            return literal_text(node)
        case ast.DurationLiteral():
            return node.unit.spelled(node.amount)
        case ast.AsAt():
            return "as_at"
        case ast.OutcomeWords():
            return "N/A" if node.text == "not applicable" else node.text
        case ast.Apply():
            return _apply_text(node)
        case ast.Conditional():
            condition, then, otherwise = map(expression_text, (node.condition, node.then, node.otherwise))
            return f"if {condition} then {then} otherwise {otherwise}"
        case ast.IsIn():
            words = "is not in" if node.negated else "is in"
            return f"{expression_text(node.operand, SUM)} {words} {name_text(node.collection)}"
        case ast.Passes():
            return f"{expression_text(node.operand, SUM)} passes {name_text(node.check)}"
        case ast.Unique():
            return f"{name_text(node.field, _TAKEN)} is unique"
        case ast.UniqueIn():
            return f"{name_text(node.field, _TAKEN)} is unique in {name_text(node.parent)}"
        case ast.Apart():
            interval = f"{name_text(node.start, _TAKEN)} to {name_text(node.end)}"
            return f"{interval} overlaps no other of {ref_text(node.others)}"
        case ast.ParameterOn():
            name = name_text(node.parameter, _TAKEN | {"due"})
            return f"{name} on {expression_text(node.day, ATOM)}"
        case _:
            return _list_form_text(node)


def _list_form_text(
    node: ast.Aggregate | ast.Positioned | ast.MostWithin | ast.Quantified | ast.ShareOf,
) -> str:
    # After `no`, which is a value too, any word of the language reads as what follows the value.
    is_no = isinstance(node, ast.Quantified) and node.quantifier is ast.Quantifier.NO and not node.other
    chosen = selection_text(node.selection, frozenset(phrases().values()) if is_no else frozenset())
    match node:
        case ast.Aggregate():
            return f"{node.function.value} {chosen}"
        case ast.Positioned():
            which = {1: "first", -1: "last"}.get(node.position) or ordinal(node.position)
            return f"{which} of {chosen} by {ref_text(node.by, frozenset())}"
        case ast.MostWithin():
            return f"most of {chosen} in any {node.window.unit.spelled(node.window.amount)}"
        case ast.Quantified():
            words = f"{node.quantifier.value} other of" if node.other else node.quantifier.value
            return f"{words} {chosen} {'has' if node.other else 'have'} ({expression_text(node.condition)})"
        case ast.ShareOf():
            bound = "at least" if node.at_least else "at most"
            share = f"{bound} {number_text(node.percent)}% of"
            return f"{share} {chosen} have ({expression_text(node.condition)})"


def _apply_text(node: ast.Apply) -> str:
    match node.op:
        case "at_least_of":
            number, *conditions = node.operands
            inner = ", ".join(expression_text(condition, ATOM) for condition in conditions)
            return f"at least {expression_text(number)} of ({inner})"
        case "characters_of":
            first, last, operand = (expression_text(part, PREFIX) for part in node.operands)
            return f"characters {first} to {last} of {operand}"
        case "negate":
            return f"-{expression_text(node.operands[0], PREFIX)}"
    rule = _operator_rule(node.op)
    parts: list[str] = []
    rest = list(node.operands)
    for symbol in rule.symbols:
        if symbol == "_several_atoms":
            parts.append(", ".join(expression_text(part, ATOM) for part in rest))
        elif symbol == "_one_of_atoms":
            *most, last = (_value_text(part) for part in rest)
            parts.append(f"{', '.join(most)} or {last}")
        elif symbol.startswith("__"):  # the rest of `a and b and c`
            words, operand = _repeated(symbol)
            parts += [f"{words} {expression_text(part, _TIERS[operand])}" for part in rest]
        elif symbol in _TIERS:
            text = expression_text(rest.pop(0), _TIERS[symbol])
            # `is at least` would swallow the beginning of `at least 2 of (…)`.
            parts.append(f"({text})" if parts[-1:] == ["is"] and text.startswith("at ") else text)
        else:
            parts.append(_MARKS.get(symbol) or phrases()[symbol])
    return " ".join(parts)


def _value_text(node: ast.Expr) -> str:
    """Return a value of `is one of`: an atom, or one with a minus before it."""
    if isinstance(node, ast.Apply) and node.op == "negate":
        return f"-{expression_text(node.operands[0], ATOM)}"
    return expression_text(node, ATOM)


@cache
def _operator_rule(op: str) -> Rule:
    """Return the rule of an operator's first spelling."""
    return next(rule for rule in parser().table.rules if rule.name == op)


@cache
def _repeated(helper: str) -> tuple[str, str]:
    """Return the words and the operand that a repetition repeats."""
    rule = next(rule for rule in parser().table.rules if rule.origin == helper and len(rule.symbols) == 2)
    words, operand = rule.symbols
    return phrases()[words], operand


def selection_text(node: ast.Selection, taken: frozenset[str] = frozenset()) -> str:
    """Return a list, with the rows that count."""
    path = ref_text(node.path, _TAKEN | TAKEN_IN_LIST | taken)
    if node.where is None:
        return path
    where = node.where
    if isinstance(where, ast.Apply) and where.op == "is" and _is_plain(where.operands):
        left, right = where.operands
        assert isinstance(left, ast.Ref)
        return f"{path} where {ref_text(left, frozenset())} is {_text(right)}"
    return f"{path} where ({expression_text(where)})"


def _is_plain(operands: tuple[ast.Expr, ...]) -> bool:
    left, right = operands
    if not isinstance(left, ast.Ref):
        return False
    if isinstance(right, ast.Ref):
        return len(right.names) == 1
    return isinstance(right, ast.Literal | ast.DurationLiteral | ast.OutcomeWords)


def ref_text(node: ast.Ref, taken: frozenset[str] = _TAKEN) -> str:
    """Return a path; only its first name can be taken for a word of the language."""
    first, *rest = node.names
    return ".".join([name_text(first, taken), *(name.text for name in rest)])


def name_text(name: ast.Name, taken: frozenset[str] = frozenset()) -> str:
    """Return a name, in backquotes where it is `taken` for something else."""
    return f"`{name.text}`" if name.text in taken else name.text


def literal_text(node: ast.Literal) -> str:
    """Return a value as it is written."""
    match node.value:
        case bool():
            return "yes" if node.value else "no"
        case str():
            return quoted(node.value)
        case Fraction():
            return number_text(node.value)
        case dt.datetime():
            return moment_text(node.value)
        case dt.date():
            return node.value.isoformat()
        case dt.time():
            return node.value.strftime("%H:%M")


def quoted(text: str) -> str:
    """Return a text in double quotes, those inside it doubled."""
    return '"' + text.replace('"', '""') + '"'


def moment_text(value: dt.date | dt.datetime) -> str:
    """Return a date, or a date and time to the minute, or to the second where it has seconds."""
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")


def number_text(value: Fraction) -> str:
    """Return a number with as many places as it has."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs((value * 10**places).numerator)).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{'-' if value < 0 else ''}{whole}{'.' + part if part else ''}"
