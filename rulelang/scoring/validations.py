"""What validations found, from counts alone: how many rows failed, passed, or could not be checked (M10)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import frozen

from rulelang.model.structure import PackStructure, Severity, Share, ValidationStructure
from rulelang.scoring.tally import ItemCounts, Tally


@frozen
class ValidationResult:
    """A validation over a whole run. Of a share of the file, `checked` and `failed` are 0 or 1, and `share` is exact.

    `rows` are those of which the condition was yes or no; `not_checked` those for which something was missing.
    """

    structure: ValidationStructure
    checked: int
    failed: int
    not_checked: int
    not_applicable: int
    rows: int
    share: Fraction | None = None

    @property
    def is_error(self) -> bool:
        """Whether it failed, and is an error and no query."""
        return self.failed > 0 and self.structure.severity is Severity.ERROR


def validated(structure: PackStructure, tally: Tally) -> tuple[ValidationResult, ...]:
    """Return what each validation of a pack found, in the order of the rules."""
    return tuple(_result(one, tally.items.get(one.id, ItemCounts())) for one in structure.validations)


def errors(results: Iterable[ValidationResult]) -> int:
    """Return how many validations failed that are errors."""
    return sum(one.is_error for one in results)


def _result(structure: ValidationStructure, counts: ItemCounts) -> ValidationResult:
    if structure.share is None:
        return ValidationResult(
            structure, counts.relevant, counts.not_met, counts.unknown, counts.not_relevant, counts.relevant
        )
    holds = share_holds(structure.share, counts)
    return ValidationResult(
        structure,
        int(holds is not None),
        int(holds is False),
        int(holds is None),
        0,
        counts.relevant,
        Fraction(counts.met, counts.relevant) if counts.relevant else None,
    )


def share_holds(required: Share, counts: ItemCounts) -> bool | None:
    """Say whether a share is kept; None where what is missing could make it either, or there is nothing (M1)."""
    rows = counts.relevant + counts.unknown
    if rows == 0:
        return None
    found = set()
    for yes in (counts.met, counts.met + counts.unknown):
        share = Fraction(yes, rows)
        found.add(share >= required.fraction if required.at_least else share <= required.fraction)
    return found.pop() if len(found) == 1 else None
