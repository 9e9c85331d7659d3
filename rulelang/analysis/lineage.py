"""Checking how records hang together: which is the case, that each list ends, how rows join their parent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rulelang.analysis.findings import Findings, nearest
from rulelang.diagnostics import and_list
from rulelang.model.records import Field, Record
from rulelang.types import ListType


def find_case(records: Sequence[Record], findings: Findings, *, complete: bool) -> Record | None:
    """Return the record that no other lists; `complete` says that every list names a record there is.

    What is wrong is reported, and a record returned all the same where there is one, so that the rest can be
    checked.
    """
    if not records:
        return None
    listed = {child for record in records for _, child in _children(record) if child != record.name}
    tops = [record for record in records if record.name not in listed]
    named = next((one for one in tops or records if one.name == "case"), (tops or records)[0])
    _report_circles(records, findings)
    if complete:
        for record in tops:
            if record is not named:
                _report_orphan(record, named, findings)
    return named


def _report_orphan(record: Record, case: Record, findings: Findings) -> None:
    key = case.key.name if case.key else "…"
    spoken = "the case" if case.name == "case" else f"a `{case.name}`"
    findings.error(
        "two-case-records",
        f"no record lists `{record.name}`, so its rows belong to no case",
        record.place,
        others=[(case.place, f"the rows of `{case.name}` are the cases")],
        hint=f"The rows of {spoken} need a list of them: `{record.name}_rows list of {record.name} by "
        f"{key}`.",
    )


def _children(record: Record) -> Iterator[tuple[Field, str]]:
    for one in record.lists:
        assert isinstance(one.type, ListType)
        yield one, one.type.record


def _report_circles(records: Sequence[Record], findings: Findings) -> None:
    by_name = {record.name: record for record in records}
    done: set[str] = set()
    for record in records:
        trail = _circle(record.name, by_name, [])
        if trail is None or done & {record for record, _ in trail}:
            continue
        done |= {record for record, _ in trail}
        names = [name for name, _ in trail]
        first = trail[0][1]
        findings.error(
            "record-in-itself",
            f"the record `{names[0]}` lists itself"
            if len(names) == 1
            else "these records list one another in a circle: "
            + " lists ".join(f"`{n}`" for n in [*names, names[0]]),
            first.place,
            "this list",
            others=[(one.place, "and this one") for _, one in trail[1:]],
            hint="Lists go down from the case and must come to an end: take one of them out.",
        )


def _circle(
    name: str, by_name: dict[str, Record], trail: list[tuple[str, Field]]
) -> list[tuple[str, Field]] | None:
    if trail and name == trail[0][0]:
        return trail
    if name not in by_name or any(name == one for one, _ in trail):
        return None
    for one, child in _children(by_name[name]):
        found = _circle(child, by_name, [*trail, (name, one)])
        if found:
            return found
    return None


def check_joins(records: Sequence[Record], findings: Findings) -> None:
    """Check that rows can be joined to their parents, and that each record has one parent."""
    by_name = {record.name: record for record in records}
    parents: dict[str, tuple[Record, Field]] = {}
    for record in records:
        for one, child in _children(record):
            if child not in by_name or child == record.name:
                continue
            first = parents.setdefault(child, (record, one))
            if first[1] is not one:
                _two_lists(by_name[child], first, (record, one), findings)
            if one.by is not None:
                _check_join(record, one, by_name[child], findings)


def _two_lists(
    child: Record, first: tuple[Record, Field], second: tuple[Record, Field], findings: Findings
) -> None:
    if first[0] is not second[0]:
        findings.error(
            "two-parents",
            f"`{child.name}` is listed by {and_list([first[0].name, second[0].name])}: a row has one parent",
            second[1].place,
            "listed here again",
            others=[(first[1].place, "listed here first")],
            hint="Declare a second record for the other list; it may read the same file.",
        )
    elif first[1].by is not None and first[1].by == second[1].by:
        findings.error(
            "two-parents",
            f"{and_list([first[1].name, second[1].name])} hold the same rows: both list `{child.name}` by "
            f"`{first[1].by}`",
            second[1].place,
            others=[(first[1].place, "the first list")],
            hint="Keep one list, and choose among its rows with `where`.",
        )


def _check_join(parent: Record, one: Field, child: Record, findings: Findings) -> None:
    assert one.by is not None
    if parent.key is None:
        findings.error(
            "no-key-to-join",
            f"rows of `{child.name}` are joined by `{one.by}`, and `{parent.name}` has no key to join "
            "them to",
            one.place,
            others=[(parent.place, "this record has no `key`")],
            hint=f"Mark the field that names a row of `{parent.name}`: `{one.by} text key`.",
        )
        return
    own = child.by_name.get(one.by)
    if own is not None and own.is_list:
        findings.error(
            "wrong-type",
            f"rows are joined by a single value, and `{one.by}` is a list",
            one.place,
            others=[(own.place, "declared here")],
        )
    near = nearest(one.by, [parent.key.name])
    if own is None and near and one.by != parent.key.name:
        findings.warning(
            "doubtful-join",
            f"rows of `{child.name}` are joined by a column `{one.by}`, and the key of `{parent.name}` is "
            f"`{parent.key.name}`",
            one.place,
            f"did you mean `by {parent.key.name}`?",
            others=[(parent.key.place, "the key")],
            hint="If the column is called so in that file, all is well: declare it as a field of "
            f"`{child.name}`, and this warning goes.",
        )
