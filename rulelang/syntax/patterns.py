"""Sentence patterns: how each declaration and each of its lines is written, as examples. No logic."""

from __future__ import annotations

# The declarations, each with an example of its first line.
DECLARATIONS: dict[str, str] = {
    "pack": 'pack gwent version "2005.1" "Effective supervision in Gwent"',
    "choice": 'choice risk_level in order low, medium, high "High" or "H"',
    "record": 'record case "A case under supervision" read from "cases"',
    "calendar": 'calendar boston "Working days in Boston"',
    "parameter": 'parameter review_interval "How often plans are reviewed"',
    "codes": 'codes ethnicity_codes "WBRI", "WIRI", "001" to "005"',
    "period": "period census_year from 2022-04-01 to 2023-03-31",
    "define": "define overdue of review as completed after due",
    "timescale": 'timescale isp "Initial plan within 15 working days"',
    "section": 'section B "Quality of assessment"',
    "criterion": 'criterion B1 "Assessment of risk of harm"',
    "bands": "bands judgement_bands on exact scores",
    "decision": 'decision allocation "Who holds the case"',
    "validation": 'validation v8925 "The plan ends before it starts"',
    "example": 'example "the fifth working day is on time"',
}
# Where a line can stand: what a reader calls it, and the tokens that lead there.
CONTEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    "pack": (("PACK", "pack"), ("NAME", "x"), ("STRING", '""')),
    "record": (("RECORD", "record"), ("NAME", "x")),
    "record after `inspected when`": (
        ("RECORD", "record"),
        ("NAME", "x"),
        ("INSPECTED_WHEN", "inspected when"),
        ("NAME", "x"),
    ),
    "calendar": (("CALENDAR", "calendar"), ("NAME", "x")),
    "parameter": (("PARAMETER", "parameter"), ("NAME", "x")),
    "timescale": (("TIMESCALE", "timescale"), ("NAME", "x")),
    "section": (("SECTION", "section"), ("NAME", "x")),
    "criterion": (("CRITERION", "criterion"), ("NAME", "x")),
    "item": (("CRITERION", "criterion"), ("NAME", "x"), ("ITEM", "item"), ("NAME", "x")),
    "bands": (("BANDS", "bands"), ("NAME", "x")),
    "validation": (("VALIDATION", "validation"), ("NAME", "x")),
    "decision": (("DECISION", "decision"), ("NAME", "x")),
    "example": (("EXAMPLE", "example"), ("STRING", '""')),
    "case": (("EXAMPLE", "example"), ("STRING", '""'), ("CASE", "case")),
}
# What begins a line, with an example of the whole line.
LINES: dict[str, str] = {
    "source": 'source "National Standards 2002"',
    "describes": 'describes "Risk of harm is satisfactorily assessed"',
    "no evidence counts as": "no evidence counts as not met",
    # pack
    "calendar": "calendar england_and_wales",
    "time zone": 'time zone "Europe/London"',
    "dates are day first": "dates are day first",
    "dates are month first": "dates are month first",
    "missing is written": 'missing is written "-", "NK"',
    "uses": 'uses national_standards version "2002"',
    # record
    "read from": 'read from "cases"',
    "dated": "dated received",
    "inspected when": "inspected when status is closed",
    # calendar
    "weekend": "weekend saturday, sunday",
    "holidays of": "holidays of england_and_wales",
    "holidays read from": 'holidays read from "holidays.csv"',
    "closed": 'closed 2015-01-27 "Snow"',
    "open": "open 2015-01-31",
    "covers": "covers 2014-01-01 to 2016-12-31",
    # parameter
    "date given": "date given",
    "datetime given": "datetime given",
    "duration given": "duration given",
    "judgement given": "judgement given",
    "number given": "number given",
    "text given": "text given",
    "whole number given": "whole number given",
    "yes/no given": "yes/no given",
    # timescale
    "applies when": "applies when rmp_required",
    "one clock for each of": "one clock for each of breaches",
    "from": "from commenced",
    "beginning with": "beginning with commenced",
    "to": "to isp_completed",
    "within": "within 5 working days",
    "by": "by programme_due",
    "every": "every 16 weeks",
    "at least": "at least 1 in each week for 16 weeks",
    "then": "then at least 1 in each 2 weeks",
    "a start from": "a start from 17:00 counts as the next working day",
    "starts on a working day": "starts on a working day",
    "early events count": "early events count",
    "early events do not count": "early events do not count",
    "extended to": "extended to agreed_on",
    "moves to the next working day": "moves to the next working day",
    "moves to the previous working day": "moves to the previous working day",
    "restarts at": "restarts at clarifications.received",
    "paused from": "paused from suspensions.started to suspensions.ended",
    "until": "until terminated",
    # criterion and item
    "score mean of items": "score mean of items",
    "score lowest of items": "score lowest of items",
    "score pooled": "score pooled",
    "rated by": "rated by judgement_bands",
    "not scored": 'not scored "The follow-up had a narrower focus"',
    "requires at least": "requires at least 65",
    "item": 'item isp "The plan met its requirements"',
    "timescale": "timescale isp",
    "relevant when": "relevant when count of incidents is more than 0",
    "met when": "met when isp_content is sufficient",
    "no evidence when": "no evidence when file_lost",
    "excused when": "excused when capacity_lacking",
    "finding": 'finding "{score} of cases had a satisfactory assessment"',
    "reported only": "reported only",
    "weight": "weight 2",
    "counted once for each of": "counted once for each of breaches",
    # bands
    "on exact scores": "on exact scores",
    "on rounded scores": "on rounded scores",
    # decision
    "the first row that holds": "the first row that holds",
    "exactly one row holds": "exactly one row holds",
    # validation
    "of": "of plan",
    "of the whole file": "of the whole file",
    "requires": "requires ended on or after started",
    "severity": "severity query",
    # example
    "case": "case",
    "as at": "as at 2005-03-01",
    "expect": "expect rmp is on time",
}
# What `at least` begins besides a frequency.
GAP = "at least 3 clear days before hearing_on"
# A line that begins with a name, where one can.
NAMED_LINES: dict[str, str] = {
    "record": "rmp_completed date optional",
    "bands": "good at 65 or more",
    "parameter": "16 weeks from 2002-04-01",
    "case": "commenced is 2004-04-08",
}
# Forms of expressions, by the words that begin or mark them.
FORMS: dict[str, str] = {
    "some": "some reviews have (completed is known)",
    "all": "all reviews have (sufficient)",
    "no": "no reviews have (completed is missing)",
    "if": "if high_risk then 4 weeks otherwise 16 weeks",
    "first of": "first of events.officer by occurred",
    "last of": "last of events.officer by occurred",
    "most of": "most of absences.occurred in any 12 months",
    "count of": "count of reviews where sufficient is yes",
    "count of different": "count of different reviews.officer",
    "is one of": "status is one of open, closed or lapsed",
    "is not one of": "status is not one of open, closed or lapsed",
    "is between": "score is between 1 and 5",
    "is within": "replied is within 5 working days after received",
    "is no later than": "replied is no later than 5 working days after received",
    "is no earlier than": "replied is no earlier than 5 working days after received",
    "where": "count of reviews where (completed after due)",
    "at least": "at least 2 of (a, b, c)",
    "characters": "characters 5 to 12 of reference",
    "days from": "days from received to replied",
    "working days from": "working days from received to replied",
    "weeks from": "weeks from received to replied",
    "months from": "months from received to replied",
    "years from": "years from received to replied",
    "hours from": "hours from received to replied",
    "minutes from": "minutes from received to replied",
    "latest of": "latest of received, clarified",
    "earliest of": "earliest of received, clarified",
    "first known of": "first known of replied, withdrawn",
    "one of": "one of sufficient or insufficient",
    "list of": "list of review by crn",
}
# Parts of the language that this version does not judge: the words they begin with, as regular expressions.
LATER_DECLARATIONS = ("limit", "rating", "amend")
LATER_LINES: tuple[tuple[str, str], ...] = (("in force", r"in\s+force\b"),)
LATER_WORDS: tuple[tuple[str, str], ...] = (
    ("matches", r"matches\b"),
    ("is made of", r"is\s+made\s+of\b"),
    ("passes", r"passes\b"),
    ("overlaps", r"to\s+\S+\s+overlaps\b|overlaps\b"),
    ("is unique", r"is\s+unique\b"),
    ("bands … of", r"of\s+\S+\s+on\s+(?:exact|rounded)\b"),
    ("parameter … read from", r"read\s+from\b"),
)
