"""The types of the language, and the units of its durations."""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Unit(Enum):
    """A unit of time. The value is its plural spelling."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"
    MINUTES = "minutes"

    @property
    def counts_moments(self) -> bool:
        """Hours and minutes are elapsed time; everything else counts calendar dates (M3)."""
        return self in (Unit.HOURS, Unit.MINUTES)

    def spelled(self, amount: int) -> str:
        """Return `1 week`, `16 weeks`."""
        word = self.value if amount != 1 else self.value[:-1]
        return f"{amount} {word}"


@frozen
class Duration:
    """An amount of time in one unit. Units are never mixed: a month has no length in days."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return self.unit.spelled(self.amount)


@frozen
class TextType:
    def __str__(self) -> str:
        return "text"


@frozen
class YesNoType:
    def __str__(self) -> str:
        return "yes/no"


@frozen
class JudgementType:
    """An inspector's yes, no or not applicable."""

    def __str__(self) -> str:
        return "a judgement"


@frozen
class NumberType:
    """An exact number; a whole one where `whole`."""

    whole: bool = False

    def __str__(self) -> str:
        return "a whole number" if self.whole else "a number"


@frozen
class DateType:
    def __str__(self) -> str:
        return "a date"


@frozen
class DateTimeType:
    def __str__(self) -> str:
        return "a date and time"


@frozen
class PartialDateType:
    """A day, or a month or a year in which a day lies that is not recorded."""

    def __str__(self) -> str:
        return "a partial date"


@frozen
class OpenNumberType:
    """A whole number counted from a partial date, and so perhaps one of several."""

    def __str__(self) -> str:
        return "a number that hangs on a partial date"


@frozen
class TimeType:
    """A time of day."""

    def __str__(self) -> str:
        return "a time of day"


@frozen
class DurationType:
    def __str__(self) -> str:
        return "a length of time"


@frozen
class ChoiceType:
    """One of a closed set of values, lowest first where `ordered`. An inline `one of` has no name."""

    name: str | None
    values: tuple[str, ...]
    ordered: bool = False

    def __str__(self) -> str:
        if self.name:
            return f"`{self.name}`"
        return "one of " + " or ".join(f"`{value}`" for value in self.values)


@frozen
class ListType:
    """The child rows of a record."""

    record: str

    def __str__(self) -> str:
        return f"a list of `{self.record}`"


@frozen
class RowType:
    """One row of a record."""

    record: str

    def __str__(self) -> str:
        return f"a row of `{self.record}`"


@frozen
class AnyType:
    """The type of what could not be checked: it fits everywhere, so that one mistake makes one message."""

    def __str__(self) -> str:
        return "unknown"


Type = (
    TextType
    | YesNoType
    | JudgementType
    | NumberType
    | DateType
    | DateTimeType
    | PartialDateType
    | OpenNumberType
    | TimeType
    | DurationType
    | ChoiceType
    | ListType
    | RowType
    | AnyType
)

TEXT = TextType()
YES_NO = YesNoType()
JUDGEMENT = JudgementType()
WHOLE = NumberType(whole=True)
NUMBER = NumberType()
DATE = DateType()
DATETIME = DateTimeType()
PARTIAL_DATE = PartialDateType()
OPEN_NUMBER = OpenNumberType()
TIME = TimeType()
DURATION = DurationType()
ANY = AnyType()
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = ChoiceType("weekday", WEEKDAYS, ordered=True)
