"""Texts of DuckDB in the words of other dialects, by sqlglot: translated, never run. Knows no rules."""

from __future__ import annotations

import re
from typing import Any

# Whose functions of lists sqlglot knows; in others a lambda comes out as it stands, which none of them takes.
HAVE_LAMBDAS = frozenset(
    ("duckdb", "spark", "spark2", "databricks", "snowflake", "trino", "presto", "athena", "clickhouse")
)
# What sqlglot remarks that makes no difference here: no date that is put in order is NULL.
HARMLESS = re.compile(r"NULLS (FIRST|LAST)")


UNITS = {"days_later": "DAY", "months_later": "MONTH"}
# What sqlglot writes where a dialect has no such function, and the dialects that have it all the same.
LEFT_OVER = {"EXPLODE": ("spark", "spark2", "databricks", "hive"), "DAYOFWEEK_ISO": ()}


class Untranslatable(Exception):
    """What a dialect has no words for; the message says why."""


class NoTranslator(Exception):
    """sqlglot is not installed."""


def known_dialects() -> list[str]:
    """Return the names of the dialects that sqlglot knows. Raises NoTranslator without it."""
    return sorted(one.value for one in _sqlglot().Dialects if one.value)


def translator() -> str:
    """Return what translates, and its version."""
    return f"sqlglot {_sqlglot().__version__}"


def translate(text: str, dialect: str) -> str:
    """Return a text of DuckDB in another dialect. Raises Untranslatable, saying what for.

    It is parsed from the text: trees put together by hand would come out without the brackets they need.
    """
    sqlglot = _sqlglot()
    out = []
    for tree in sqlglot.parse(text, read="duckdb"):
        if tree is not None:
            _add_to_dates(tree)
            _refuse_lambdas(tree, dialect)
            _refuse_unknown(tree)
            out.append(_written(tree, dialect))
    return ";\n\n".join(out) + "\n"


def _add_to_dates(tree: Any) -> None:
    """Put what sqlglot knows as additions to dates in the place of our own names for them."""
    exp = _sqlglot().exp
    # From the inside out: what is found first holds the others.
    for one in reversed(list(tree.find_all(exp.Anonymous))):
        unit = UNITS.get(str(one.this).lower())
        if unit is not None:
            day, amount = one.expressions
            if not isinstance(amount, exp.Literal | exp.Paren):
                amount = exp.Paren(this=amount)
            added = exp.DateAdd(this=day, expression=amount, unit=exp.Var(this=unit))
            one.replace(exp.Cast(this=added, to=exp.DataType.build("date")))


def _written(tree: Any, dialect: str) -> str:
    sqlglot = _sqlglot()
    generator = sqlglot.Dialect.get_or_raise(dialect).generator(
        pretty=True, identify=True, unsupported_level=sqlglot.ErrorLevel.IGNORE
    )
    text: str = generator.generate(tree)
    found = [one for one in dict.fromkeys(generator.unsupported_messages) if not HARMLESS.search(one)]
    if found:
        raise Untranslatable("; ".join(one.strip().rstrip(".") for one in found[:3]))
    for name, known_to in LEFT_OVER.items():
        if f"{name}(" in text and dialect not in known_to:
            raise Untranslatable(f"sqlglot would leave {name} in the text, which {dialect} does not know")
    return text


def _refuse_lambdas(tree: Any, dialect: str) -> None:
    if dialect not in HAVE_LAMBDAS and tree.find(_sqlglot().exp.Lambda) is not None:
        raise Untranslatable(
            f"the rules go through lists of child rows, for which {dialect} has no functions"
        )


def _refuse_unknown(tree: Any) -> None:
    """Refuse functions that sqlglot does not know: it would hand them on as DuckDB calls them."""
    unknown = {str(one.this).lower() for one in tree.find_all(_sqlglot().exp.Anonymous)}
    if unknown:
        raise Untranslatable(f"sqlglot does not know DuckDB's {', '.join(sorted(unknown))}")


def _sqlglot() -> Any:
    try:
        import sqlglot
    except ImportError:
        raise NoTranslator from None
    return sqlglot
