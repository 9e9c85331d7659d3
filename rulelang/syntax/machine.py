"""The LALR driver: runs a parse table over a text and builds as it reduces. Knows no rule by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from rulelang.syntax.tables import END, Table
from rulelang.syntax.tokens import Lexer, Misread, Reading, Token

# Deeper nesting than anyone reads; it also bounds the recursion of every pass that walks the tree.
DEPTH = 200

Action = Callable[[list[Any]], Any]


class Stop(Exception):
    """The text cannot be read; `Machine.walk` says how far it can."""


@attrs.frozen
class Walk:
    """How far a text could be read: the states and tokens up to `stopped`, which is nothing at its end."""

    stack: list[int]
    tokens: list[Token]
    stopped: Token | None
    too_deep: bool = False


class Spliced(list[Any]):
    """The children of an inlined rule, on their way into its parent's."""


@attrs.define
class Machine:
    """A parser for every start of the grammar."""

    table: Table
    lexer: Lexer

    def parse(
        self,
        text: str,
        start: int,
        end: int,
        *,
        goal: str,
        actions: Sequence[Action],
        reading: Reading | None = None,
        before: Sequence[Token] = (),
    ) -> Any:
        """Return what the actions make of text[start:end], read as if the tokens `before` stood first.

        `actions` has a function for each rule of the table, of the rule's children. With a `reading` the text
        is read carefully: slips are put right and noted. Raises Stop.
        """
        run = _Run(self, goal, actions)
        position = start
        for token in before:
            run.take(token)
        while True:
            token = run.next(text, position, end, reading)
            position = token.end
            if token.type == END:
                return run.finish()
            run.take(token)

    def walk(
        self, text: str, start: int, end: int, *, goal: str, reading: Reading, before: Sequence[Token] = ()
    ) -> Walk:
        """Read text[start:end] carefully, building nothing, as far as it can be read."""
        states = [self.table.starts[goal]]
        tokens: list[Token] = []
        for token in before:
            self.step(states, token.type)
        position = start

        def viable(terminal: str) -> bool:
            return self.viable(states, terminal)

        while True:
            row = self.table.actions[states[-1]]
            try:
                token = self.lexer.next_with_slips(text, position, end, row, viable, reading)
            except Misread as misread:
                at = misread.position
                return Walk(states, tokens, Token("", text[at : at + 1], at, at + 1))
            if token.type == END:
                return Walk(states, tokens, None)
            if not self.viable(states, token.type):
                return Walk(states, tokens, token)
            self.step(states, token.type)
            tokens.append(token)
            position = token.end
            if len(states) > DEPTH:
                return Walk(states, tokens, token, too_deep=True)

    def walk_one(self, text: str, start: int, end: int, stack: list[int]) -> str | None:
        """Return the terminal that stands at a place, as it is read after the states of `stack`."""
        row = self.table.actions[stack[-1]]
        try:
            return self.lexer.next(text, start, end, row, lambda terminal: self.viable(stack, terminal)).type
        except Misread:
            return None

    def step(self, states: list[int], terminal: str) -> None:
        """Move a stack of states over a terminal that is viable."""
        table = self.table
        while (action := table.actions[states[-1]][terminal]) < 0:
            rule = table.rules[-1 - action]
            if rule.size:
                del states[-rule.size :]
            states.append(table.gotos[states[-1]][rule.origin])
        states.append(action)

    def viable(self, stack: Sequence[int], terminal: str) -> bool:
        """Tell whether a terminal can truly follow: a row of the table alone promises too much."""
        table = self.table
        states = list(stack)
        while True:
            action = table.actions[states[-1]].get(terminal)
            if action is None:
                return False
            if action >= 0:
                return True
            rule = table.rules[-1 - action]
            if rule.size:
                del states[-rule.size :]
            states.append(table.gotos[states[-1]][rule.origin])

    def expected(self, stack: Sequence[int]) -> frozenset[str]:
        """Return every terminal that can follow."""
        return frozenset(name for name in self.table.actions[stack[-1]] if self.viable(stack, name))


class _Run:
    """One parse: the stack of states and the stack of values."""

    def __init__(self, machine: Machine, goal: str, actions: Sequence[Action]) -> None:
        self.machine = machine
        self.actions = actions
        self.states = [machine.table.starts[goal]]
        self.values: list[Any] = []

    def viable(self, terminal: str) -> bool:
        return self.machine.viable(self.states, terminal)

    def next(self, text: str, position: int, end: int, reading: Reading | None) -> Token:
        lexer, row = self.machine.lexer, self.machine.table.actions[self.states[-1]]
        try:
            if reading is None:
                return lexer.next(text, position, end, row, self.viable)
            return lexer.next_with_slips(text, position, end, row, self.viable, reading)
        except Misread:
            raise Stop from None

    def take(self, token: Token) -> None:
        states, values = self.states, self.values
        actions = self.machine.table.actions
        action = actions[states[-1]].get(token.type)
        while action is not None and action < 0:
            self._reduce(-1 - action)
            action = actions[states[-1]].get(token.type)
        if action is None:
            raise Stop
        states.append(action)
        values.append(token)
        if len(states) > DEPTH:
            raise Stop

    def finish(self) -> Any:
        actions = self.machine.table.actions
        action = actions[self.states[-1]].get(END)
        while action is not None and action < 0:
            self._reduce(-1 - action)
            action = actions[self.states[-1]].get(END)
        if action is None:
            raise Stop
        return self.values[-1]

    def _reduce(self, number: int) -> None:
        table = self.machine.table
        rule = table.rules[number]
        states, values = self.states, self.values
        children: list[Any] = []
        if rule.size:
            children = values[-rule.size :]
            del states[-rule.size :], values[-rule.size :]
        if rule.spliced:
            value: Any = _splice(children)
        else:
            if rule.takes_spliced:
                children = _flat(children)
            value = children[0] if rule.passes and len(children) == 1 else self.actions[number](children)
        values.append(value)
        states.append(table.gotos[states[-1]][rule.origin])


def _splice(children: list[Any]) -> Spliced:
    # A repetition grows by one at its end: what is there is kept, not copied.
    if children and isinstance(children[0], Spliced):
        whole = children[0]
        rest = children[1:]
    else:
        whole, rest = Spliced(), children
    for child in rest:
        if isinstance(child, Spliced):
            whole.extend(child)
        else:
            whole.append(child)
    return whole


def _flat(children: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for child in children:
        if isinstance(child, Spliced):
            flat.extend(child)
        else:
            flat.append(child)
    return flat
