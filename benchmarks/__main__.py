"""`python -m benchmarks`: every benchmark, as one text."""

from __future__ import annotations

from benchmarks.cold_start import cold_table
from benchmarks.per_case import flat_table, gwent_table
from benchmarks.timing import machine


def main() -> None:
    """Print all tables."""
    print(machine())
    for table in (flat_table, gwent_table, cold_table):
        print()
        print("\n".join(table()))


if __name__ == "__main__":
    main()
