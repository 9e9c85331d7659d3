"""A define that is one text or number is compared like any other value, without a word from Python."""

from __future__ import annotations

import datetime as dt
import warnings

import rulelang
from rulelang.outcomes import ItemOutcome

RULES = """\
pack ours version "1"

record case read from "cases"
  crn   text key
  note  text optional
  size  whole number optional
  rows  list of row by crn

record row read from "rows"
  made  date optional

define usual as "a"
define least as 3
define mark of row as "b"

criterion T1 "T"
  item note "The note is not the usual one"
    met when note is not usual
  item first "The first row bears the note's mark"
    met when first of rows.mark by made is note
  item size "It is large enough"
    met when size is at least least
"""


def test_python_has_nothing_to_say_of_a_define_that_is_constant():
    pack = rulelang.load_text(RULES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judged = pack.evaluate(
            {"crn": "1", "note": "a", "size": 3, "rows": [{"made": None}]}, as_at=dt.date(2026, 1, 1)
        )
    assert judged["T1.note"].outcome is ItemOutcome.NOT_MET
    assert judged["T1.size"].outcome is ItemOutcome.MET
