"""Checking decision tables: cells as conditions, rows as one expression; gaps, clashes and dead rows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

from attrs import define, frozen

from rulelang.analysis.boxes import Box, first_of, meeting, uncovered
from rulelang.analysis.columns import Column, Test, column_of
from rulelang.analysis.expressions import Expressions
from rulelang.analysis.findings import Findings, meant, offered
from rulelang.analysis.kinds import is_truth
from rulelang.analysis.names import Declared
from rulelang.analysis.scope import Scope
from rulelang.diagnostics import and_list
from rulelang.model.expressions import Call, Choose, Const, Expression
from rulelang.model.records import Choice
from rulelang.source import Place
from rulelang.syntax import ast
from rulelang.types import YES_NO, AnyType, ChoiceType, DateType, NumberType, TextType, Type

_ANY = ("any", "-", "")
_BOUNDS = (
    (re.compile(r"at least (?P<low>\S+)"), True, True),
    (re.compile(r"at most (?P<high>\S+)"), True, True),
    (re.compile(r"more than (?P<low>\S+)|after (?P<low2>\S+)"), False, True),
    (re.compile(r"less than (?P<high>\S+)|before (?P<high2>\S+)"), True, False),
    (re.compile(r"(?P<low>\S+) to (?P<high>\S+)"), True, True),
)
# A table that was begun only may have gaps without end: more than these are not counted.
COUNTED = 10


@frozen
class _Row:
    tests: tuple[Test | None, ...]
    value: str
    place: Place


@define
class Decisions:
    """Builds the decision tables of one pack, each as an expression on the case."""

    checker: Expressions
    findings: Findings
    choices: dict[str, Choice]

    def build(self, declared: Declared, scope: Scope) -> Expression | None:
        """Return what a table decides, or None where it is wrong."""
        node: ast.DecisionDecl = declared.node
        before = len(self.findings.diagnostics)
        result = self._result(node, scope)
        columns = [self._column(cell, scope) for cell in node.head[:-1]]
        self._check_heads(node, scope)
        rows = [self._row(cells, node, columns, result, scope) for cells in node.rows]
        if not rows:
            self.findings.error(
                "missing-clause",
                f"the decision `{node.name.text}` has no rows",
                declared.place,
                hint="Below its columns write a row for each case: | high | yes | senior |",
            )
        fresh = self.findings.diagnostics[before:]
        if result is None or any(one.is_error for one in fresh):
            return None
        kept = [row for row in rows if row is not None]
        self._reason(node, declared.place, columns, kept)
        if any(one.is_error for one in self.findings.diagnostics[before:]):
            return None
        lowered = _whichever if node.unique else _first
        return lowered(columns, kept, result, declared.place)

    # --- heads ----------------------------------------------------------------------------------------------

    def _result(self, node: ast.DecisionDecl, scope: Scope) -> ChoiceType | None:
        head = node.head[-1]
        choice = self.choices.get(head.text)
        if choice is not None:
            return choice.type
        near = meant(head.text, self.choices)
        self.findings.error(
            "unknown-name",
            f"the last column is headed by the choice that is decided, and there is no choice `{head.text}`",
            scope.place(head.span),
            near,
            hint=None if near else f"Declare it: `choice {head.text or 'grade'} senior, other`.",
        )
        return None

    def _column(self, cell: ast.DecisionCell, scope: Scope) -> Expression:
        if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", cell.text):
            self.findings.error(
                "table-head",
                f"`{cell.text}` is not the name of a field" if cell.text else "a column has no name",
                scope.place(cell.span),
                hint="A column is headed by a field or a define of the case.",
            )
            return self.checker.unknowable
        names = tuple(ast.Name(part, span=cell.span) for part in cell.text.split("."))
        value = self.checker.check(ast.Ref(names, span=cell.span), scope)
        if not isinstance(
            value.type, ChoiceType | NumberType | DateType | TextType | AnyType
        ) and not is_truth(value.type):
            self.findings.error(
                "wrong-type",
                f"a column asks for a choice, a yes or no, a number, a date or a text, and `{cell.text}` is none",
                scope.place(cell.span),
            )
        return value

    def _check_heads(self, node: ast.DecisionDecl, scope: Scope) -> None:
        seen: dict[str, ast.DecisionCell] = {}
        for cell in node.head[:-1]:
            first = seen.setdefault(cell.text, cell)
            if first is not cell:
                self.findings.error(
                    "declared-twice",
                    f"two columns ask for `{cell.text}`",
                    scope.place(cell.span),
                    "again here",
                    others=[(scope.place(first.span), "first here")],
                    hint="Put both into one column: `2 to 5`, `high or very_high`.",
                )

    # --- cells ----------------------------------------------------------------------------------------------

    def _row(
        self,
        cells: tuple[ast.DecisionCell, ...],
        node: ast.DecisionDecl,
        columns: Sequence[Expression],
        result: ChoiceType | None,
        scope: Scope,
    ) -> _Row | None:
        tests = [
            self._test(cell, head.text, column.type, scope)
            for cell, head, column in zip(cells, node.head, columns, strict=False)
        ]
        last = cells[-1]
        if result is not None and last.text not in result.values:
            near = meant(last.text, result.values)
            self.findings.error(
                "unknown-value",
                f"`{last.text}` is not a value of `{result.name}`",
                scope.place(last.span),
                near,
                hint=None if near else f"Its values are {offered(result.values)}.",
            )
            return None
        return _Row(tuple(tests), last.text, scope.place(last.span))

    def _test(self, cell: ast.DecisionCell, head: str, kind: Type, scope: Scope) -> Test | None:
        text = " ".join(cell.text.split())
        if text in _ANY or isinstance(kind, AnyType):
            return None
        turned = text.startswith("not ")
        found = _read(text.removeprefix("not "), kind)
        if found is not None:
            return Test(found.values, found.least, found.most, found.least_in, found.most_in, turned)
        values = kind.values if isinstance(kind, ChoiceType) else ()
        near = meant(text, values) if values else ""
        self.findings.error(
            "decision-cell",
            f"`{cell.text}` asks nothing of `{head}`",
            scope.place(cell.span),
            near,
            hint=None if near else _how(kind),
        )
        return None

    # --- gaps, clashes, dead rows ---------------------------------------------------------------------------

    def _reason(
        self, node: ast.DecisionDecl, place: Place, expressions: Sequence[Expression], rows: Sequence[_Row]
    ) -> None:
        names = [cell.text for cell in node.head[:-1]]
        columns: list[Column] = []
        for at, (name, one) in enumerate(zip(names, expressions, strict=True)):
            kind = YES_NO if is_truth(one.type) else one.type
            column = column_of(name, kind, [row.tests[at] for row in rows])
            if column is None:
                return
            columns.append(column)
        boxes = [
            tuple(column.passing(test) for column, test in zip(columns, row.tests, strict=True))
            for row in rows
        ]
        whole: Box = tuple(frozenset(range(len(column.samples))) for column in columns)
        self._gaps(node, place, columns, [*islice(uncovered(whole, boxes), COUNTED + 1)])
        if node.unique:
            self._clashes(columns, rows, boxes)
        else:
            self._dead(rows, boxes)

    def _gaps(self, node: ast.DecisionDecl, place: Place, columns: Sequence[Column], left: list[Box]) -> None:
        if not left:
            return
        more = (
            ", and many more"
            if len(left) > COUNTED
            else f", and {len(left) - 1} gaps more"
            if len(left) > 2
            else ", and one gap more"
            if len(left) > 1
            else ""
        )
        self.findings.warning(
            "decision-gap",
            f"no row of `{node.name.text}` holds where {_told(columns, left[0])}{more}",
            place,
            hint="There the decision is missing. Add a row, or a last one that asks `any` of every column.",
        )

    def _clashes(self, columns: Sequence[Column], rows: Sequence[_Row], boxes: Sequence[Box]) -> None:
        for later, (row, box) in enumerate(zip(rows, boxes, strict=True)):
            for first, earlier in zip(rows[:later], boxes[:later], strict=True):
                both = meeting(earlier, box)
                if both is None or first.value == row.value:
                    continue
                self.findings.error(
                    "rows-clash",
                    f"two rows hold where {_told(columns, both)}, and they decide otherwise",
                    row.place,
                    f"`{row.value}` by this row",
                    others=[(first.place, f"`{first.value}` by this one")],
                    hint="Narrow one of them, or write `the first row that holds`.",
                )
                break

    def _dead(self, rows: Sequence[_Row], boxes: Sequence[Box]) -> None:
        for at, (row, box) in enumerate(zip(rows, boxes, strict=True)):
            if not all(box) or next(uncovered(box, boxes[:at]), None) is None:
                self.findings.warning(
                    "dead-row",
                    "this row is never reached: rows above it hold wherever it does",
                    row.place,
                    hint="Take it out, or move it up." if all(box) else "No value passes one of its cells.",
                )


def _told(columns: Sequence[Column], box: Box) -> str:
    """Return a case in words, leaving out columns of which any value would do."""
    said = [
        column.words[at]
        for column, classes, at in zip(columns, box, first_of(box), strict=True)
        if len(classes) < len(column.samples)
    ]
    return and_list(said, quote="") if said else "anything is so"


def _first(
    columns: Sequence[Expression], rows: Sequence[_Row], result: ChoiceType, place: Place
) -> Expression:
    """Return the rows as one `if` inside another; where none holds, the decision is missing."""
    decided: Expression = Const(None, result, place=place)
    for row in reversed(rows):
        value = Const(row.value, result, place=row.place)
        holds = _holds(columns, row)
        decided = value if holds is None else Choose(holds, value, decided, result, place=place)
    return decided


def _whichever(
    columns: Sequence[Expression], rows: Sequence[_Row], result: ChoiceType, place: Place
) -> Expression:
    """Return the rows so that their order does not matter: one that surely holds decides, whatever else is missing.

    Rows of one value are joined by `or`. Those of two never hold together, so beside one that surely holds all
    rows of other values surely do not.
    """
    alike: dict[str, list[Expression]] = {}
    for row in rows:
        holds = _holds(columns, row)
        if holds is None:
            return Const(row.value, result, place=row.place)
        alike.setdefault(row.value, []).append(holds)
    *others, last = alike
    decided: Expression = Const(last, result, place=place)
    for value in reversed(others):
        some = _joined("or", alike[value], place)
        decided = Choose(some, Const(value, result, place=place), decided, result, place=place)
    every = [one for conditions in alike.values() for one in conditions]
    return Choose(_joined("or", every, place), decided, Const(None, result, place=place), result, place=place)


def _holds(columns: Sequence[Expression], row: _Row) -> Expression | None:
    """Return that all cells of a row hold, or None where it asks nothing."""
    tests = [
        _condition(column, test, row.place)
        for column, test in zip(columns, row.tests, strict=True)
        if test is not None
    ]
    return _joined("and", tests, row.place) if tests else None


def _joined(op: str, parts: Sequence[Expression], place: Place) -> Expression:
    return parts[0] if len(parts) == 1 else Call(op, tuple(parts), YES_NO, place=place)


def _condition(column: Expression, test: Test, place: Place) -> Expression:
    asked = _asked(column, test, place)
    return Call("not", (asked,), YES_NO, place=place) if test.but else asked


def _asked(column: Expression, test: Test, place: Place) -> Expression:
    def order(op: str, value: Any) -> Expression:
        return Call(op, (column, Const(value, column.type)), YES_NO, place=column.place)

    if is_truth(column.type):
        yes = [column if value else Call("not", (column,), YES_NO, place=place) for value in test.values]
        return yes[0] if len(yes) == 1 else Call("or", tuple(yes), YES_NO, place=place)
    if test.values:
        same = [order("is", value) for value in test.values]
        return same[0] if len(same) == 1 else Call("or", tuple(same), YES_NO, place=place)
    ends = []
    if test.least is not None:
        ends.append(order("is_at_least" if test.least_in else "is_more_than", test.least))
    if test.most is not None:
        ends.append(order("is_at_most" if test.most_in else "is_less_than", test.most))
    return ends[0] if len(ends) == 1 else Call("and", tuple(ends), YES_NO, place=place)


# --- what a cell says ------------------------------------------------------------------------------------------------


def _read(text: str, kind: Type) -> Test | None:
    if isinstance(kind, NumberType | DateType):
        for pattern, least_in, most_in in _BOUNDS:
            found = pattern.fullmatch(text)
            if found is None:
                continue
            parts = {
                name.rstrip("2"): value for name, value in found.groupdict().items() if value is not None
            }
            low, high = (_value(parts[end], kind) if end in parts else None for end in ("low", "high"))
            if (low is None) is ("low" in parts) or (high is None) is ("high" in parts):
                return None
            return Test((), low, high, least_in, most_in)
    values = [_value(part.strip(), kind) for part in re.split(r",| or ", text)]
    return Test(tuple(values)) if values and all(one is not None for one in values) else None


def _value(text: str, kind: Type) -> Any:
    match kind:
        case ChoiceType(values=values):
            return text if text in values else None
        case NumberType(whole=whole):
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
                return None
            number = Fraction(text)
            return (int(number) if number.denominator == 1 else None) if whole else number
        case DateType():
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                return None
        case TextType():
            return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else None
        case _:
            return {"yes": True, "no": False}.get(text)


def _how(kind: Type) -> str:
    match kind:
        case ChoiceType(values=values):
            return f"Its values are {offered(values)}; `any` asks nothing."
        case NumberType():
            return "Write `3`, `at least 3`, `less than 3`, `2 to 5` or `any`."
        case DateType():
            return "Write `before 2005-04-01`, `2004-01-01 to 2004-12-31` or `any`."
        case TextType():
            return 'Write a text in double quotes, or `any`: "A1" or "A2".'
        case _:
            return "Write `yes`, `no` or `any`."
