"""The outcomes of a timescale and of an item (M4 to M8), and their words. How they come about is planning's."""

from __future__ import annotations

from enum import Enum


class _Spelled(Enum):
    """An outcome that prints as it is spelled."""

    def __str__(self) -> str:
        return str(self.value)


class TimescaleOutcome(_Spelled):
    """What became of a time limit in one case (M4 to M7). The value is its spelling in rules and results."""

    ON_TIME = "on time"
    LATE = "late"
    OVERDUE = "overdue"
    NOT_YET_DUE = "not yet due"
    NOT_APPLICABLE = "not applicable"
    UNKNOWN = "unknown"

    @property
    def key(self) -> str:
        """Its key in JSON and CSV: `not_yet_due`."""
        return self.value.replace(" ", "_")


class ItemOutcome(_Spelled):
    """What an item came to in one case (M8). The value is its spelling in rules and results."""

    MET = "met"
    NOT_MET = "not met"
    EXCUSED = "excused"
    NOT_RELEVANT = "not relevant"
    NOT_YET_DUE = "not yet due"
    UNKNOWN = "unknown"

    @property
    def key(self) -> str:
        """Its key in JSON and CSV: `not_met`."""
        return self.value.replace(" ", "_")


class Verdict(_Spelled):
    """What a validation says of a row, or of the file. The value is what a rule expects of it."""

    PASSES = "passes"
    FAILS = "fails"
    NOT_CHECKED = "is not checked"
    NOT_APPLICABLE = "does not apply"


# Of the rows of a case, the worst decides.
VERDICT_OF = {
    ItemOutcome.NOT_MET: Verdict.FAILS,
    ItemOutcome.UNKNOWN: Verdict.NOT_CHECKED,
    ItemOutcome.MET: Verdict.PASSES,
    ItemOutcome.NOT_RELEVANT: Verdict.NOT_APPLICABLE,
}


class NoEvidence(Enum):
    """What an item that stays missing counts as (`no evidence counts as …`)."""

    MET = "met"
    NOT_MET = "not met"
    NOT_RELEVANT = "not relevant"
    UNKNOWN = "unknown"

    @property
    def outcome(self) -> ItemOutcome:
        return ItemOutcome(self.value)


# M7: of the clocks of a case, the worst decides, in this order.
WORST_FIRST = (
    TimescaleOutcome.OVERDUE,
    TimescaleOutcome.LATE,
    TimescaleOutcome.UNKNOWN,
    TimescaleOutcome.ON_TIME,
    TimescaleOutcome.NOT_YET_DUE,
    TimescaleOutcome.NOT_APPLICABLE,
)
