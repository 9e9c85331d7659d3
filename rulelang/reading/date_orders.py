"""What dates in numbers that were not read tell of the order they are written in."""

from __future__ import annotations

from collections.abc import Sequence

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


def order_notes(columns: Sequence[tuple[str, int, DateOrders]], reading: Reading) -> list[str]:
    """Return what to tell of columns, each given as where it is, how many rows were read, and its dates."""
    if reading.day_first is None:
        return [_order_not_given(columns)] if columns else []
    notes = (_other_order(where, orders, rows, reading.day_first) for where, rows, orders in columns)
    return [note for note in notes if note]


def _other_order(where: str, orders: DateOrders, rows: int, day_first: bool) -> str | None:
    now, other = ("day", "month") if day_first else ("month", "day")
    fit = orders.only_month_first if day_first else orders.only_day_first
    if not fit:
        return None
    return (
        f"{where}: in {fit} of {rows} rows the date cannot be read {now} first and could be read {other} "
        f'first, such as "{orders.telling}". If the export puts the {other} first, write '
        f"`dates are {other} first` in the pack."
    )


def _order_not_given(columns: Sequence[tuple[str, int, DateOrders]]) -> str:
    """Tell of all columns in one note: they have one cause."""
    every = [orders for _, _, orders in columns]
    day = sum(one.only_day_first for one in every)
    month = sum(one.only_month_first for one in every)
    unread = day + month + sum(one.both for one in every)
    like = next((one.telling for one in every if one.telling), every[0].example)
    where, rows, _ = columns[0]
    place = (
        f"{where}: in {unread} of {rows} rows"
        if len(every) == 1
        else f"In {unread} cells of {len(every)} columns"
    )
    start = (
        f'{place} a date is written like "{like}", and the pack does not say whether the day or the month '
        "comes first."
    )
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
