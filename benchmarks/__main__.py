"""`python -m benchmarks`: every benchmark, as one text; `python -m benchmarks bulk --rows 1e7` one table alone."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from benchmarks.timing import machine

SIZES = (100_000, 1_000_000)
KINDS = ("parquet", "csv", "nested")


def main() -> None:
    """Print the tables that are asked for."""
    given = _arguments()
    print(machine(), flush=True)
    for name in given.tables or TABLES:
        for table in TABLES[name](given):
            print("\n" + "\n".join(table), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = ", ".join(TABLES)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], metavar="TABLE", help=f"one of {names}")
    parser.add_argument("--rows", nargs="+", type=_number, default=SIZES, help="how many cases (1e5 1e6)")
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=KINDS, help="which files are judged in bulk"
    )
    parser.add_argument("--faulty", action="store_true", help="judge files with faulty rows in bulk")
    parser.add_argument("--only", nargs="+", help="the peers to measure, by a part of their names")
    return parser.parse_args()


def _number(text: str) -> int:
    return int(float(text))


def _per_case(_given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.per_case import flat_table, gwent_table

    yield flat_table()
    yield gwent_table()


def _cold(_given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.cold_start import cold_table

    yield cold_table()


def _agree(_given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.bulk import agreement_table

    yield agreement_table()


def _bulk(given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.bulk import bulk_tables

    return bulk_tables(given.rows, given.kinds, faulty=given.faulty)


def _sources(_given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.sources import sources_table

    yield sources_table()


def _rows(given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.bulk import rows_table

    yield rows_table(given.rows)


def _items(_given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.bulk import items_table

    yield items_table()


def _cores(given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.bulk import cores_table

    yield cores_table(max(given.rows))


def _peers(given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.peers import peers_tables

    return peers_tables(given.only)


def _validations(_given: argparse.Namespace) -> Iterable[list[str]]:
    from benchmarks.validations import validations_tables

    return validations_tables()


TABLES: dict[str, Callable[[argparse.Namespace], Iterable[list[str]]]] = {
    "per-case": _per_case,
    "cold": _cold,
    "agree": _agree,
    "bulk": _bulk,
    "sources": _sources,
    "rows": _rows,
    "items": _items,
    "cores": _cores,
    "validations": _validations,
    "peers": _peers,
}


if __name__ == "__main__":
    main()
