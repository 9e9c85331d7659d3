"""What is inspected and how it is scored, without any condition: sections, criteria, items, bands, ratings.

This is all that scoring and reporting know of a pack.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from attrs import frozen

from rulelang.model.ratings import RatingStructure
from rulelang.syntax.ast import Scheme


@frozen
class BandLevel:
    """A level of a band, from `at_least` percent on; None is `otherwise`."""

    name: str
    at_least: Fraction | None


@frozen
class Bands:
    """Scores into judgements; `rounded` tests the shown percentage, otherwise the exact score."""

    name: str
    levels: tuple[BandLevel, ...]
    rounded: bool = False
    title: str | None = None


@frozen
class ItemStructure:
    """An item as scoring sees it. `id` is `B1.rmp`; `counted_for` names the list whose rows are counted, if any."""

    id: str
    title: str
    weight: Fraction = Fraction(1)
    reported_only: bool = False
    finding: str | None = None
    source: str | None = None
    counted_for: str | None = None


@frozen
class CriterionStructure:
    """`not_scored` is the reason given for no score; `requires` a threshold in percent."""

    id: str
    title: str
    items: tuple[ItemStructure, ...]
    scheme: Scheme = Scheme.MEAN
    describes: str | None = None
    source: str | None = None
    bands: Bands | None = None
    not_scored: str | None = None
    requires: Fraction | None = None


@frozen
class SectionStructure:
    id: str
    title: str
    criteria: tuple[CriterionStructure, ...]
    describes: str | None = None
    source: str | None = None


class Severity(Enum):
    """How much a validation that fails matters: an error, or a query that somebody should look into."""

    ERROR = "error"
    QUERY = "query"


@frozen
class Share:
    """A share of all rows that is required: at least, or at most, so much of 1."""

    at_least: bool
    fraction: Fraction


@frozen
class ValidationStructure:
    """A validation as reports see it: of which record, and a share where it is of the whole file."""

    id: str
    title: str
    severity: Severity
    record: str
    source: str | None = None
    share: Share | None = None
    # Whether rows are compared with all others of the file: parts alone do not show what they share.
    compared: bool = False


@frozen
class LimitStructure:
    """A limit on a population: at most so many cases for each value of `each`, as it is written."""

    id: str
    title: str
    each: str
    most: int
    source: str | None = None


@frozen
class TimescaleStructure:
    id: str
    title: str
    source: str | None = None


@frozen
class PackStructure:
    """The skeleton of a pack, for scoring and reports."""

    name: str
    version: str
    title: str
    source: str | None
    sections: tuple[SectionStructure, ...]
    timescales: tuple[TimescaleStructure, ...]
    validations: tuple[ValidationStructure, ...] = ()
    # Those that others are members of come first.
    ratings: tuple[RatingStructure, ...] = ()
    limits: tuple[LimitStructure, ...] = ()


# What `{…}` may stand for in an item's finding.
FINDING_FIELDS = ("score", "met", "not_met", "relevant")
