"""Records that add to those of a pack that is used: which declarations make one record, the first one first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.analysis.findings import Findings, meant, there_are
from rulelang.analysis.kinds import told
from rulelang.analysis.names import Declared, Names
from rulelang.model.records import Field
from rulelang.source import Place
from rulelang.syntax import ast


@frozen
class Adding:
    """Puts the records that add to others below them, as parts. `owners` has the pack of each file that is used."""

    names: Names
    findings: Findings
    owners: Mapping[str, str]
    main: str

    def settle(self) -> None:
        """Go from the first declaration of each record to those that add to it, pack by pack."""
        waiting = list(self.names.additions)
        while waiting:
            ready = [one for one in waiting if _added_to(one) in self._declaring(one.node.name.text)]
            if not ready:
                break
            for declared in ready:
                waiting.remove(declared)
                self._place(declared)
        for declared in waiting:
            self._nowhere(declared)

    def _place(self, declared: Declared) -> None:
        parts = self.names.parts.setdefault(declared.node.name.text, [])
        first = next((one for one in parts if self._owner(one) == self._owner(declared)), None)
        if first is None:
            parts.append(declared)
            return
        self.findings.error(
            "declared-twice",
            f"`{declared.node.name.text}` is added to twice",
            declared.place,
            "again here",
            others=[(first.place, "first here")],
            hint="Put the fields of both together.",
        )

    def _declaring(self, record: str) -> list[str]:
        """Return the packs whose declarations of a record are placed already."""
        first = self.names.kind("record").get(record)
        if first is None:
            return []
        return [self._owner(one) for one in (first, *self.names.parts.get(record, ()))]

    def _owner(self, declared: Declared) -> str:
        return self.owners.get(declared.file.name, self.main)

    def _nowhere(self, declared: Declared) -> None:
        """Report an addition to nothing, and put it with a record of its name, so that the rest can be checked."""
        record, pack = declared.node.name, declared.node.adds_to
        if self.names.by_kind["record"].setdefault(record.text, declared) is declared:
            self.names.homeless.add(record.text)
        else:
            self.names.parts.setdefault(record.text, []).append(declared)
        place = Place(declared.file, pack.span)
        mine = self._owner(declared)
        used = sorted({one.node.name.text for one in self.names.packs} - {mine})
        if pack.text == mine:
            message = "these rules cannot add to a record of their own"
            self.findings.error(
                "nothing-to-add-to", message, place, hint="Write the fields below the record itself."
            )
        elif pack.text not in used:
            near = meant(pack.text, used)
            none = f"Write `uses {pack.text}` below `pack {mine}`."
            hint = there_are("packs", used) if used else none
            self.findings.error(
                "nothing-to-add-to",
                f"`{pack.text}` is no pack that these rules use",
                place,
                near,
                hint=None if near else hint,
            )
        else:
            theirs = [
                name
                for name, one in self.names.kind("record").items()
                if one is not declared and self._owner(one) == pack.text
            ]
            near = meant(record.text, theirs)
            self.findings.error(
                "nothing-to-add-to",
                f"the pack `{pack.text}` has no record `{record.text}` to add to",
                declared.place,
                near,
                hint=None if near else there_are("records of it", theirs),
            )


def _added_to(declared: Declared) -> str:
    node: ast.RecordDecl = declared.node
    assert node.adds_to is not None
    return node.adds_to.text


def restated(before: Field, now: Field, record: str, findings: Findings) -> Field:
    """Return a field that is declared again; where it means something else than it did, report it, and keep it."""
    if before.type != now.type:
        what = f"{told(now.type)}, and was {told(before.type)}"
    elif before.key != now.key:
        what = "the key, and was not" if now.key else "not the key, and was"
    elif before.planned != now.planned:
        what = "`planned`, and was not" if now.planned else "not `planned`, and was"
    else:
        return now
    findings.error(
        "field-differs",
        f"the field `{now.name}` of `{record}` is {what}",
        now.place,
        "declared again here",
        others=[(before.place, "the rules that are used count on this")],
        hint="Below `adds to`, a field that is there already may have another column, another title, and be optional\n"
        "or not. Give a field that is something else another name.",
    )
    return before


def last_of(parts: Sequence[Declared], clause: str) -> Declared | None:
    """Return the last of the declarations of a record that has a clause."""
    return next((one for one in reversed(parts) if getattr(one.node, clause) is not None), None)
