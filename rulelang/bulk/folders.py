"""Folders of Parquet files that are one table, where all files have the same columns."""

from __future__ import annotations

from pathlib import Path

from rulelang.bulk.failures import NotInBulk
from rulelang.bulk.wording import named, quoted
from rulelang.reading.parquet_folders import parquet_files


def read_folder(folder: Path, headings: tuple[str, ...]) -> str:
    """Return what stands in FROM for a folder under such headings. Raises NotInBulk for files that differ."""
    from pyarrow import parquet

    files = parquet_files(folder)
    inside = [one.relative_to(folder) for one in files]
    given = {tuple(step.partition("=")[0] for step in one.parts[:-1] if "=" in step) for one in inside}
    schemas = [parquet.read_schema(one).remove_metadata() for one in files]
    if not files or len(given) > 1 or any(not one.equals(schemas[0]) for one in schemas):
        raise NotInBulk(f"the files in {folder.name} differ in their columns")
    (by_path,) = given
    if any("%" in str(one) for one in inside) or (*schemas[0].names, *by_path) != headings:
        raise NotInBulk(f"the paths in {folder.name}")
    paths = ", ".join(quoted(str(one)) for one in files)
    if not by_path:
        return f"read_parquet([{paths}], hive_partitioning = false)"
    # DuckDB puts the columns of paths in an order of its own.
    columns = ", ".join(map(named, headings))
    read = f"read_parquet([{paths}], hive_partitioning = true, hive_types_autocast = false)"
    return f"(SELECT {columns} FROM {read})"
