"""The records that random programs speak of: a field of every type, lists two deep, a key, planned dates."""

from __future__ import annotations

import datetime as dt

from attrs import frozen

from rulelang.syntax import ast

TRUTH, JUDGED, NUMBER, TEXT, DAY, MOMENT = "truth", "judged", "number", "text", "day", "moment"
LENGTH, RISK, COLOUR, TIME, WEEKDAY = "length", "risk", "colour", "time", "weekday"
PARTIAL = "partial"
RISKS = ("low", "medium", "high")
COLOURS = ("red", "green", "blue")
KINDS = ("home", "office")


@frozen
class FieldShape:
    """A field: its kind as programs choose by it, its type as declared, and whether it may lie ahead."""

    name: str
    kind: str
    type: ast.FieldType
    optional: bool = True
    planned: bool = False
    key: bool = False
    whole: bool = False


@frozen
class RecordShape:
    name: str
    fields: tuple[FieldShape, ...]
    # The lists of its rows: a name, and the record listed.
    lists: tuple[tuple[str, str], ...] = ()
    dated: str | None = None


def name(text: str) -> ast.Name:
    return ast.Name(text)


def _field(text: str, kind: str, basic: ast.FieldType, **more: bool) -> FieldShape:
    return FieldShape(text, kind, basic, **more)


_B = ast.BasicType
_RISK = ast.ChoiceRef(name("risk_level"))
_COLOUR = ast.InlineChoice(tuple(name(value) for value in COLOURS))

CASE = RecordShape(
    "case",
    (
        _field("crn", TEXT, _B.TEXT, key=True, optional=False),
        _field("started", DAY, _B.DATE, optional=False),
        _field("ended", DAY, _B.DATE),
        _field("due_on", DAY, _B.DATE, planned=True),
        _field("seen_at", MOMENT, _B.DATETIME),
        _field("booked_at", MOMENT, _B.DATETIME, planned=True),
        _field("flag", TRUTH, _B.YES_NO),
        _field("grade", JUDGED, _B.JUDGEMENT),
        _field("size", NUMBER, _B.WHOLE_NUMBER, whole=True),
        _field("cost", NUMBER, _B.NUMBER),
        _field("note", TEXT, _B.TEXT),
        _field("span", LENGTH, _B.DURATION),
        _field("risk", RISK, _RISK),
        _field("colour", COLOUR, _COLOUR),
        _field("born", PARTIAL, _B.PARTIAL_DATE),
    ),
    (("visits", "visit"), ("plans", "plan")),
)
VISIT = RecordShape(
    "visit",
    (
        _field("held", DAY, _B.DATE, optional=False),
        _field("ended", DAY, _B.DATE),
        _field("left_at", MOMENT, _B.DATETIME),
        _field("kept", TRUTH, _B.YES_NO),
        _field("rated", JUDGED, _B.JUDGEMENT),
        _field("count", NUMBER, _B.WHOLE_NUMBER, whole=True),
        _field("worker", TEXT, _B.TEXT),
        _field("colour", COLOUR, _COLOUR),
    ),
)
PLAN = RecordShape(
    "plan",
    (
        _field("ref", TEXT, _B.TEXT, key=True, optional=False),
        _field("made", DAY, _B.DATE),
        _field("target", DAY, _B.DATE, planned=True),
        _field("agreed_at", MOMENT, _B.DATETIME, optional=False),
        _field("good", JUDGED, _B.JUDGEMENT, optional=False),
        _field("level", RISK, _RISK),
        _field("about", PARTIAL, _B.PARTIAL_DATE, planned=True),
    ),
    (("steps", "step"),),
)
STEP = RecordShape(
    "step",
    (
        _field("done", DAY, _B.DATE),
        _field("expected", DAY, _B.DATE, planned=True),
        _field("points", NUMBER, _B.NUMBER),
        _field("passed", TRUTH, _B.YES_NO),
        _field("note", TEXT, _B.TEXT),
    ),
)
RECORDS = {record.name: record for record in (CASE, VISIT, PLAN, STEP)}
KEYS = {"visits": "crn", "plans": "crn", "steps": "ref"}


def record_declarations(*, dated_steps: bool, inspected: ast.Expr | None) -> tuple[ast.Declaration, ...]:
    """Return the records and the choice; with `dated_steps` a step is there from the day it is expected."""
    risk = ast.ChoiceDecl(
        name("risk_level"), tuple(ast.ChoiceValue(name(one)) for one in RISKS), ordered=True
    )
    return (risk, *(_record(one, dated_steps, inspected) for one in RECORDS.values()))


def _record(shape: RecordShape, dated_steps: bool, inspected: ast.Expr | None) -> ast.RecordDecl:
    fields = [
        ast.FieldDecl(name(one.name), one.type, key=one.key, optional=one.optional, planned=one.planned)
        for one in shape.fields
    ]
    for text, record in shape.lists:
        fields.append(ast.FieldDecl(name(text), ast.ListOf(name(record), name(KEYS[text]))))
    dated = name("expected") if dated_steps and shape is STEP else None
    return ast.RecordDecl(
        name(shape.name),
        tuple(fields),
        read_from=ast.Text(f"{shape.name}s"),
        dated=dated,
        inspected=inspected if shape is CASE else None,
    )


FIRST_DAY = dt.date(2004, 2, 20)
# Leap day, a month's end, Easter, a bank holiday, and days close together: ties and boundaries are common.
DAYS = (
    *(dt.date(2004, 2, day) for day in (27, 28, 29)),
    *(dt.date(2004, 3, day) for day in (1, 5, 26, 29, 30, 31)),
    *(dt.date(2004, 4, day) for day in (1, 2, 7, 8, 9, 13, 14, 19, 30)),
    *(dt.date(2004, 5, day) for day in (3, 4, 31)),
)
