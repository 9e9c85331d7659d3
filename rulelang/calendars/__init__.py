"""Working days as data: calendars with a known span, shipped, of another country, or an author's own."""

from __future__ import annotations

from rulelang.calendars.composing import custom, union
from rulelang.calendars.elsewhere import CalendarUnavailable, country, is_country_code
from rulelang.calendars.holidays_uk import PublicHoliday
from rulelang.calendars.shipped import ShippedCalendar, UnknownCalendar, named, shipped, sources
from rulelang.calendars.working import CalendarContradiction, DueTable, OutsideSpan, WorkingCalendar

__all__ = [
    "CalendarContradiction",
    "CalendarUnavailable",
    "DueTable",
    "OutsideSpan",
    "PublicHoliday",
    "ShippedCalendar",
    "UnknownCalendar",
    "WorkingCalendar",
    "country",
    "custom",
    "is_country_code",
    "named",
    "shipped",
    "sources",
    "union",
]
