"""Cases put together from their tables: rows read, children with their parents, every row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from attrs import evolve, frozen

from rulelang.diagnostics import Diagnostic
from rulelang.model.records import Schema
from rulelang.reading.branches import Branch, Planner
from rulelang.reading.date_orders import DateOrders, order_notes
from rulelang.reading.failures import ReadingError
from rulelang.reading.json_rows import cells_of
from rulelang.reading.problems import DataProblem, ProblemKind, Problems, shown
from rulelang.reading.rows import Held
from rulelang.reading.settling import settle
from rulelang.reading.sources import Sources
from rulelang.reading.tables import Damaged, Table, open_table

Progress = Callable[[str, int], None]
ROWS_A_STEP = 5_000


@frozen
class CaseRow:
    """A case with all its rows. `dirty` says that some cell could not be read; `line` is its row number."""

    row: dict[str, Any]
    key: str | None
    dirty: bool
    line: int | None


@frozen
class FileAccount:
    """What became of the rows of one file, or of one list of nested rows: read = used + set aside."""

    file: str
    read: int
    used: int
    set_aside: int


@frozen
class Export:
    """Everything read: the cases in the order of their file, and an account of every row."""

    cases: list[CaseRow]
    files: tuple[FileAccount, ...]
    cases_read: int
    set_aside: int
    problems: Problems
    notes: tuple[str, ...] = ()


def read_export(
    schema: Schema, sources: Sources, *, problems: Problems | None = None, progress: Progress | None = None
) -> Export:
    """Read the files of an export into typed cases.

    `progress` is told the file and how many of its rows were read, every few thousand. Raises ReadingError
    where a file cannot be read or lacks columns, with all that is wrong; nothing is then judged.
    """
    with ExitStack() as closing:
        tables = _open_all(sources, closing)
        export = assemble(schema, tables, problems, sources=sources, progress=progress)
    return evolve(export, notes=(*sources.notes, *export.notes))


def _open_all(sources: Sources, closing: ExitStack) -> dict[str, Table]:
    """Open every table; `closing` is told how each is closed."""
    files = {name: partial(open_table, source) for name, source in sources.files.items()}
    return _all_of({**files, **_servers(sources, closing)}, closing)


def open_served(sources: Sources, closing: ExitStack) -> dict[str, Table]:
    """Open the tables that servers hold, all as they stand at one moment; `closing` is told how each is closed."""
    return _all_of(_servers(sources, closing), closing)


def _servers(sources: Sources, closing: ExitStack) -> dict[str, Callable[[], Table]]:
    if not sources.served:
        return {}
    from rulelang.reading.postgres import Connections

    connections = closing.enter_context(Connections())
    return {name: partial(connections.table, served) for name, served in sources.served.items()}


def _all_of(openers: Mapping[str, Callable[[], Table]], closing: ExitStack) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    failures: list[Diagnostic] = []
    for name, opener in openers.items():
        try:
            tables[name] = opener()
        except ReadingError as error:
            failures += error.diagnostics
        else:
            closing.callback(tables[name].close)
    if failures:
        # A server that cannot be reached is said once, however many tables were wanted of it.
        raise ReadingError(tuple(dict.fromkeys(failures)))
    return tables


def assemble(
    schema: Schema,
    tables: Mapping[str, Table],
    problems: Problems | None = None,
    *,
    sources: Sources | None = None,
    progress: Progress | None = None,
) -> Export:
    """Read tables, given by the names of their records, into typed cases."""
    problems = problems if problems is not None else Problems()
    planner = Planner(schema, tables, problems, sources or Sources({}))
    case = planner.table_branch(schema.case)
    if planner.lacking.failures:
        raise ReadingError(planner.lacking.failures)
    for branch in planner.branches:
        if branch.table is not None:
            _read_table(branch, branch.table, progress)
    settle(planner.branches)
    notes = [*planner.lacking.notes, *(note for table in tables.values() for note in table.notes)]
    notes += order_notes(_date_orders(planner.branches), schema.reading)
    accounts = tuple(_account(branch) for branch in planner.branches)
    return Export(
        [case_row(held) for held in case.held if not held.aside],
        accounts,
        case.rows_read,
        accounts[0].set_aside,
        problems,
        tuple(dict.fromkeys(notes)),
    )


def case_row(held: Held) -> CaseRow:
    """Return a row that was read as a case."""
    return CaseRow(held.row, shown(held.key), held.dirty, held.number)


def _account(branch: Branch) -> FileAccount:
    used = sum(not held.aside for held in branch.held)
    return FileAccount(branch.file, branch.rows_read, used, branch.rows_read - used)


def _date_orders(branches: Sequence[Branch]) -> list[tuple[str, int, DateOrders]]:
    return [
        (f'{branch.file}, column "{branch.reader.column_of(name)}"', branch.rows_read, orders)
        for branch in branches
        for name, orders in branch.reader.orders.items()
    ]


def _read_table(branch: Branch, table: Table, progress: Progress | None) -> None:
    for number, cells in table.rows:
        take(branch, number, cells)
        if progress is not None and branch.rows_read % ROWS_A_STEP == 0:
            progress(branch.file, branch.rows_read)
    if progress is not None:
        progress(branch.file, branch.rows_read)


def take(
    branch: Branch,
    number: int | None,
    cells: Sequence[Any] | Damaged,
    parent: Held | None = None,
    where: str = "",
) -> Held | None:
    """Read one row, and the rows nested in it, into the branch; None where it is damaged."""
    if isinstance(cells, Damaged):
        branch.damaged += 1
        column = where.rstrip(".") or None
        problem = DataProblem(branch.file, number, column, cells.value, cells.problem, cells.kind)
        branch.reader.problems.add(problem)
        return None
    held = branch.reader.read(number, cells, where)
    held.parent = parent
    if branch.table is not None:
        held.join = branch.reader.join_of(cells)
    elif parent is not None and branch.list_field is not None:
        _fill_join(branch, branch.list_field.by, held, parent)
    branch.held.append(held)
    for child in branch.nested:
        assert child.place is not None
        _take_nested(branch, child, held, cells[child.place])
    return held


def _fill_join(branch: Branch, by: str | None, held: Held, parent: Held) -> None:
    if by in branch.record.by_name and by not in branch.reader.bound and held.row.get(by) is None:
        held.row[by] = parent.key


def _take_nested(branch: Branch, child: Branch, held: Held, cell: Any) -> None:
    assert child.list_field is not None
    name = child.list_field.name
    if hasattr(cell, "tolist"):
        cell = cell.tolist()
    if cell is None:
        return
    if not isinstance(cell, list | tuple):
        # Without its list a case would be judged as if it had none of these rows.
        why = f"A list of rows is expected in `{name}`, and this is none. The row was set aside."
        branch.reader.add_problem(held, name, shown(cell), why, ProblemKind.NESTED_SHAPE)
        held.aside = True
        return
    for place, one in enumerate(cell, 1):
        where = f"{held.where}{name}[{place}]."
        take(child, held.number, cells_of(as_mapping(one), child.headings), held, where)


def as_mapping(one: Any) -> Any:
    """Return an object's fields by name; a mapping, or what has no fields, as it is."""
    if isinstance(one, Mapping):
        return one
    if hasattr(one, "__attrs_attrs__"):
        return {each.name: getattr(one, each.name) for each in one.__attrs_attrs__}
    if hasattr(one, "__dataclass_fields__"):
        return {name: getattr(one, name) for name in one.__dataclass_fields__}
    return one._asdict() if hasattr(one, "_asdict") else one
