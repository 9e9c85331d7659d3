"""The parse table: made by Lark from the grammar files, kept as plain data that loads without Lark."""

from __future__ import annotations

import re
from typing import Any

from attrs import frozen

STARTS = ("declaration", "expression")
# Bump when the form of the prepared table changes.
FORM = 2
END = "$END"


@frozen
class Rule:
    """One rule of the grammar, as the driver uses it: how many symbols it takes and what it becomes."""

    origin: str
    size: int
    name: str
    spliced: bool  # its children go into its parent
    passes: bool  # of a single child, it is that child
    takes_spliced: bool  # some of its children may be spliced
    symbols: tuple[str, ...]  # what it is made of


@frozen
class Table:
    """The states of the automaton.

    In `actions` a number from 0 is the state to move to, and -1 - n reduces by rule n. `words` has the
    phrases that begin with each word, longest first, with the terminal of each; `patterns` the regular
    expression of every other terminal.
    """

    rules: tuple[Rule, ...]
    actions: tuple[dict[str, int], ...]
    gotos: tuple[dict[str, int], ...]
    starts: dict[str, int]
    words: dict[str, list[list[str]]]
    patterns: dict[str, str]


def build(grammar: str, *, strict: bool = False) -> Table:
    """Return the table of a grammar text. Takes Lark the better part of a second."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):  # the table is all that is wanted
        __future_interface__ = 1

        def __init__(self, lexer_conf: Any) -> None: ...

        def lex(self, lexer_state: Any, parser_state: Any) -> Any:  # noqa: ARG002
            return iter(())

    lark = Lark(
        grammar, parser="lalr", lexer=NoLexer, start=list(STARTS), maybe_placeholders=False, strict=strict
    )
    parse_table = lark.parser.parser._parse_table
    # As written, so that the first of several spellings is the one to print.
    in_order = sorted(lark.rules, key=lambda rule: rule.order)
    numbers = {rule: number for number, rule in enumerate(in_order)}
    count = len(parse_table.states)
    actions: list[dict[str, int]] = [{} for _ in range(count)]
    gotos: list[dict[str, int]] = [{} for _ in range(count)]
    terminals = {terminal.name for terminal in lark.terminals} | {END}
    for state, row in parse_table.states.items():
        for symbol, (action, argument) in row.items():
            if action is not Shift:
                actions[state][symbol] = -1 - numbers[argument]
            elif symbol in terminals:
                actions[state][symbol] = argument
            else:
                gotos[state][symbol] = argument
    for state in parse_table.end_states.values():
        actions[state][END] = 0  # the text may end here
    words, patterns = _lexicon({t.name: t.pattern.to_regexp() for t in lark.terminals})
    return Table(
        rules=tuple(_rule(rule) for rule in in_order),
        actions=tuple(actions),
        gotos=tuple(gotos),
        starts=dict(parse_table.start_states),
        words=words,
        patterns=patterns,
    )


def _rule(rule: Any) -> Rule:
    origin = str(rule.origin.name)
    name = rule.alias or origin
    return Rule(
        origin=origin,
        size=len(rule.expansion),
        name=str(name),
        spliced=origin.startswith("_"),
        passes=bool(rule.options.expand1) and not rule.alias,
        takes_spliced=any(not s.is_term and s.name.startswith("_") for s in rule.expansion),
        symbols=tuple(str(symbol.name) for symbol in rule.expansion),
    )


def _lexicon(terminals: dict[str, str]) -> tuple[dict[str, list[list[str]]], dict[str, str]]:
    words: dict[str, list[list[str]]] = {}
    patterns: dict[str, str] = {}
    for name, pattern in sorted(terminals.items()):
        first = re.match(r"[a-z_]+", pattern)
        if first:
            words.setdefault(first.group(), []).append([pattern, name])
        else:
            patterns[name] = pattern
    for phrases in words.values():
        phrases.sort(key=lambda phrase: (-phrase[0].count("]+") - phrase[0].count("s+"), -len(phrase[0])))
    return words, patterns


def to_plain(table: Table) -> dict[str, Any]:
    """Return the table as data for JSON: equal rows are kept once, and names are numbers."""
    names: dict[str, int] = {}
    rows: dict[tuple[int, ...], int] = {}

    def numbered(row: dict[str, int]) -> int:
        flat: list[int] = []
        for symbol, target in row.items():
            flat += [names.setdefault(symbol, len(names)), target]
        return rows.setdefault(tuple(flat), len(rows))

    actions = [numbered(row) for row in table.actions]
    gotos = [numbered(row) for row in table.gotos]
    return {
        "rules": [
            [r.origin, r.name, int(r.spliced), int(r.passes), int(r.takes_spliced), r.symbols]
            for r in table.rules
        ],
        "names": list(names),
        "rows": list(rows),
        "actions": actions,
        "gotos": gotos,
        "starts": table.starts,
        "words": table.words,
        "patterns": table.patterns,
    }


def from_plain(plain: dict[str, Any]) -> Table:
    """Return the table that `to_plain` wrote. Raises KeyError, ValueError, TypeError or IndexError."""
    names = plain["names"]
    rows = [{names[flat[i]]: flat[i + 1] for i in range(0, len(flat), 2)} for flat in plain["rows"]]
    return Table(
        rules=tuple(
            Rule(origin, len(symbols), name, bool(s), bool(p), bool(t), tuple(symbols))
            for origin, name, s, p, t, symbols in plain["rules"]
        ),
        actions=tuple(rows[number] for number in plain["actions"]),
        gotos=tuple(rows[number] for number in plain["gotos"]),
        starts=dict(plain["starts"]),
        words=dict(plain["words"]),
        patterns=dict(plain["patterns"]),
    )
