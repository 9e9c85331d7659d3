"""What dates in numbers that were not read tell of the order they are written in."""

from __future__ import annotations

from attrs import define

from rulelang.model.records import Reading


@define
class DateOrders:
    """The dates of one column that were not read, counted by the orders they would fit."""

    both: int = 0
    only_day_first: int = 0
    only_month_first: int = 0
    example: str = ""
    telling: str = ""

    def add(self, text: str, fits: tuple[bool, bool]) -> None:
        """Count one date by whether it fits day first and month first."""
        self.example = self.example or text
        if fits == (True, True):
            self.both += 1
            return
        self.telling = self.telling or text
        if fits[0]:
            self.only_day_first += 1
        else:
            self.only_month_first += 1


def order_note(where: str, orders: DateOrders, rows: int, reading: Reading) -> str | None:
    """Return what to tell of a column shown as `where`, read in so many rows; None where nothing follows."""
    if reading.day_first is None:
        return _order_not_given(where, orders, rows)
    now, other = ("day", "month") if reading.day_first else ("month", "day")
    fit = orders.only_month_first if reading.day_first else orders.only_day_first
    if not fit:
        return None
    return (
        f"{where}: in {fit} of {rows} rows the date cannot be read {now} first and could be read {other} "
        f'first, such as "{orders.telling}". If the export puts the {other} first, write '
        f"`dates are {other} first` in the pack."
    )


def _order_not_given(where: str, orders: DateOrders, rows: int) -> str:
    unread = orders.both + orders.only_day_first + orders.only_month_first
    like = orders.telling or orders.example
    start = (
        f'{where}: in {unread} of {rows} rows a date is written like "{like}", and '
        "the pack does not say whether the day or the month comes first."
    )
    day, month = orders.only_day_first, orders.only_month_first
    if day and not month:
        return f"{start} {day} of them can only be day first: write `dates are day first` in the pack."
    if month and not day:
        return f"{start} {month} of them can only be month first: write `dates are month first` in the pack."
    if day:
        return (
            f"{start} {day} can only be day first and {month} only month first, so the export mixes the two: "
            "have it exported with dates such as 2005-04-03."
        )
    return f"{start} Write `dates are day first` or `dates are month first` in the pack, whichever is true."
