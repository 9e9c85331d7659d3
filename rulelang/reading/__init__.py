"""Reading exports: files, tables and objects to typed rows and data problems, every row accounted for."""

from __future__ import annotations

from rulelang.reading.assembly import CaseRow, Export, FileAccount, read_export
from rulelang.reading.failures import ReadingError
from rulelang.reading.given import read_rows, read_tables
from rulelang.reading.one_case import CaseReader, read_case
from rulelang.reading.problems import DataProblem, ProblemKind, Problems, ProblemTotal, csv_sink
from rulelang.reading.sources import Sources, find_sources

__all__ = [
    "CaseReader",
    "CaseRow",
    "DataProblem",
    "Export",
    "FileAccount",
    "ProblemKind",
    "ProblemTotal",
    "Problems",
    "ReadingError",
    "Sources",
    "csv_sink",
    "find_sources",
    "read_case",
    "read_export",
    "read_rows",
    "read_tables",
]
