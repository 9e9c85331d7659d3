"""What could stand next, in the words of a reader: from the terminals that the grammar would take."""

from __future__ import annotations

from rulelang.diagnostics import or_list
from rulelang.syntax.tables import END

# Values, marks and names: what a reader calls them, when they alone could stand.
_KINDS = {
    "NAME": "a name",
    "STRING": "a text in double quotes",
    "NUMBER": "a number",
    "DATE": "a date such as `2004-04-08`",
    "DATETIME": "a date and time such as `2004-04-08 14:30`",
    "TIME": "a time such as `17:00`",
    "DURATION": "a length of time such as `5 working days`",
    "UNIT": "a unit such as `week`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "a comma",
    "PERCENT": "`%`",
    "DOT": "a dot",
    "ROW": "a row of a table such as `| completed | sufficient |`",
}
_VALUE = {"NAME", "STRING", "NUMBER", "DATE", "LPAR"}
_TYPES = {"TEXT", "YES_NO", "JUDGEMENT", "DATE_TYPE"}
_COMPARING = {"IS", "IS_AT_LEAST"}
# Too many to name, and never what is missing.
_BACKGROUND = {
    "PLUS",
    "MINUS",
    "TIMES",
    "OVER",
    "DOT",
    "ON",
    "GE",
    "LE",
    "GT",
    "LT",
    "SOURCE",
    "STRING",
    "COLUMN",
}


def described(expected: frozenset[str], phrases: dict[str, str], starting: frozenset[str]) -> str:
    """Return what could stand next: "a comma or the end of this line"."""
    if expected >= _VALUE:
        return "a value, such as a field, a date or a number"
    if expected >= _TYPES:
        return "a type, such as `text`, `date`, `yes/no` or the name of a choice"
    if expected >= {"IS", "ROW"}:
        return "`is` and a value, or the rows of a table"
    # Where the line may end, the next one may begin.
    inner = expected - {END} - (starting if END in expected else frozenset())
    if expected >= _COMPARING:
        closing = () if END in expected else ("THEN", "OTHERWISE", "BY", "HAVE")
        ending = [phrases[name] for name in (*closing, "AND") if name in expected][:1]
        more = f", {or_list(ending)}" if ending else ""
        close = " or `)`" if "RPAR" in expected else ""
        return f"a comparison such as `is` or `is at least`{more}{close}"
    if inner - _BACKGROUND:
        inner -= _BACKGROUND
    if {"PLUS", "MINUS"} <= inner:
        return "the end of this line" if END in expected else "the end of the value"
    words = sorted(phrases[name] for name in inner if name in phrases)
    kinds = [text for name, text in _KINDS.items() if name in inner]
    if {"DATE", "DATETIME"} <= inner:
        kinds.remove(_KINDS["DATETIME"])
    parts = kinds + [f"`{word}`" for word in words[:4]]
    if not parts or (END in expected and not inner):
        return "the end of this line"
    if END in expected:
        parts.append("the end of this line")
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]
