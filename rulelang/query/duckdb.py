"""The words of DuckDB."""

from __future__ import annotations

from rulelang.query.nodes import Node, Sort
from rulelang.query.writing import Dialect, Form, Writer


def _in(writer: Writer, args: tuple[Node, ...]) -> str:
    value, *wanted = args
    return f"{writer.operand(value)} IN ({', '.join(writer.write(one) for one in wanted)})"


def _add_months(writer: Writer, args: tuple[Node, ...]) -> str:
    day, months = (writer.operand(one) for one in args)
    return f"CAST({day} + to_months(CAST({months} AS INTEGER)) AS DATE)"


# What the dialects that are near to the standard have in common.
COMMON: dict[str, Form] = {
    "and": "{&} AND {&}",
    "or": "{&} OR {&}",
    "not": "NOT {0}",
    "is_null": "{0} IS NULL",
    "is_not_null": "{0} IS NOT NULL",
    "is_true": "{0} IS TRUE",
    "is_false": "{0} IS FALSE",
    "same": "{0} IS NOT DISTINCT FROM {1}",
    "eq": "{0} = {1}",
    "ne": "{0} <> {1}",
    "lt": "{0} < {1}",
    "le": "{0} <= {1}",
    "gt": "{0} > {1}",
    "ge": "{0} >= {1}",
    "in": _in,
    "coalesce": "coalesce({*})",
    "nullif": "nullif({*})",
    "greatest": "greatest({*})",
    "least": "least({*})",
    "add": "{0} + {1}",
    # `2005`, `2005-03` and `2005-03-07` alike.
    "first_day": "CAST(substr({0} || '-01-01', 1, 10) AS DATE)",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "negate": "- {0}",
    "abs": "abs({*})",
    "length": "length({*})",
    "count": "count(*)",
    "sum": "sum({*})",
}

FORMS: dict[str, Form] = {
    **COMMON,
    "wide": "CAST({*} AS HUGEINT)",
    "big": "CAST({*} AS BIGINT)",
    "count_known": "count({*})",
    "as_number": "CAST({*} AS INTEGER)",
    "sign": "sign({*})",
    "sum_of_list": "CAST(coalesce(list_sum({*}), 0) AS BIGINT)",
    "low_half": "{0} & 4294967295",
    "high_half": "{0} >> 32",
    # Of numbers that are not below 0.
    "divide_whole": "{0} // {1}",
    # Sets of small numbers as the bits of one number.
    "bit": "CAST(1 AS UBIGINT) << {0}",
    "any_bits": "coalesce(list_bit_or({*}), 0)",
    "count_bits": "bit_count(({0} >> {1}) & ((CAST(1 AS UBIGINT) << least({2}, 62)) - 1))",
    "floor_divide": "CAST(floor({0} / {1}) AS BIGINT)",
    # Dates.
    "add_days": "{0} + CAST({1} AS INTEGER)",
    "days_between": "{1} - {0}",
    "add_months": _add_months,
    "add_minutes": "{0} + to_minutes({1})",
    "add_seconds": "{0} + to_seconds({1})",
    "second_of_day": "hour({0}) * 3600 + minute({0}) * 60 + second({0})",
    "last_moment": "CAST({0} AS TIMESTAMP) + INTERVAL '23:59:59.999999'",
    "first_moment": "CAST({0} AS TIMESTAMP)",
    "add_days_to_moment": "{0} + to_days(CAST({1} AS INTEGER))",
    "micros_between": "date_diff('microsecond', {0}, {1})",
    "date_of": "CAST({*} AS DATE)",
    "time_of": "CAST({*} AS TIME)",
    "year_of": "year({*})",
    "month_of": "month({*})",
    "day_of": "day({*})",
    "weekday_of": "isodow({0}) - 1",
    # Texts.
    "length_of": "length({*})",
    "starts_with": "starts_with({*})",
    "ends_with": "ends_with({*})",
    "contains": "contains({*})",
    "characters": "substr({*})",
    "place_in": "strpos({*})",
    "remainder": "mod({0}, {1})",
    "matches": "regexp_full_match({0}, {1}, 's')",
    "is_made_of": "translate({0}, {1}, '') = ''",
    "is_digits": "regexp_full_match({0}, '[0-9]+')",
    # Lists.
    "list_map": "list_transform({*})",
    "list_filter": "list_filter({*})",
    "list_known": "list_filter({0}, lambda x: x IS NOT NULL)",
    "list_flatten": "flatten({*})",
    "list_join": "list_concat({*})",
    "list_of": "list_value({*})",
    "no_list": "[]",
    "no_numbers": "CAST([] AS BIGINT[])",
    "no_dates": "CAST([] AS DATE[])",
    "no_moments": "CAST([] AS TIMESTAMP[])",
    "no_pauses": "CAST([] AS STRUCT(f DATE, l DATE)[])",
    "list_length": "len({*})",
    "list_distinct": "list_distinct({*})",
    "list_sort": "list_sort({*})",
    "list_sort_down": "list_reverse_sort({*})",
    "list_min": "list_min({*})",
    "list_max": "list_max({*})",
    "list_sum": "list_sum({*})",
    "list_at": "list_extract({*})",
    "list_has": "list_contains({*})",
    "list_range": "generate_series({*})",
    "list_fold": lambda writer, args: (
        f"list_reduce({writer.write(args[0])}, {writer.write(args[2])}, {writer.write(args[1])})"
    ),
    "count_if": "count_if({*})",
}

DUCKDB = Dialect(
    "duckdb",
    '"',
    {
        Sort.BOOLEAN: "BOOLEAN",
        Sort.WHOLE: "BIGINT",
        Sort.WIDE: "HUGEINT",
        Sort.TEXT: "VARCHAR",
        Sort.DATE: "DATE",
        Sort.MOMENT: "TIMESTAMP",
        Sort.TIME: "TIME",
    },
    FORMS,
)
