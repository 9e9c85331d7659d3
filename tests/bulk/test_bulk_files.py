"""Files in bulk: the same as row by row, in values, problems, notes and accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang import load
from rulelang.model.records import Reading
from tests.bulk.alike import alike_or_refused, assert_alike
from tests.reading.schemas import EVERY_TYPE, WITH_REVIEWS, schema, write

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")

CASES = "crn,commenced,officer\n"
GWENT = Path(__file__).parents[2] / "examples" / "gwent"


def test_children_go_to_their_parents(tmp_path: Path):
    write(
        tmp_path,
        cases_csv=CASES + "2,08/04/2004,\n1,09/04/2004,A\n",
        reviews_csv="crn,completed\n1,03/05/2004\n2,02/05/2004\n1,01/05/2004\n",
    )
    assert_alike(WITH_REVIEWS, [tmp_path])


def test_rows_set_aside(tmp_path: Path):
    write(
        tmp_path,
        cases_csv=CASES + "1,08/04/2004,\n2,08/04/2004,\n,08/04/2004,\n1,09/04/2004,\n1,10/04/2004,\n",
        reviews_csv="crn,completed\n1,03/05/2004\n2,02/05/2004\n9,01/05/2004\n,01/05/2004\n2,\n2,31/02/2004\n",
    )
    assert_alike(WITH_REVIEWS, [tmp_path])


ODD = """\
crn,note,agreed,good,visits,cost,commenced,seen_at,length,risk
1,,yes,n/a,3,1.5,08/04/2004,2004-04-08T10:30:00,16 weeks,vh
2, a ,Y,soon,"1,000",-2,2004-04-08,2004-04-08 10:30,P16W,Very_High
3,"x ""y"" z",maybe,TRUE,x,1e2,8 April 2004,08/04/2004,1 fortnight,what
 4 ,-,0,1,3.0,.5,31/02/2004,2004-04-08 24:00:00,,n/a
05,\u00a0,1, NO ,+3,5.,04/25/2004,2004-04-08T10:30:00Z,3 working  days,Low
6,z,,,,,2004-04-08 00:00:00,08/04/2004 10:30,10 Minutes,h
7,z,,,,,2004-04-08 10:00:00,2004-04-08 10:30:61,,h
8,z,,,9007199254740993,123456.654321,infinity,infinity,,h
"""


def test_odd_cells_of_every_type(tmp_path: Path):
    assert_alike(EVERY_TYPE, [write(tmp_path, cases_csv=ODD)])


@pytest.mark.parametrize("note", ["None", '""', "no ne", "\u00a0none", "none\t", "ne", "Zo\u00eb"])
def test_texts_that_are_all_bare_but_one(tmp_path: Path, note: str):
    of = schema(*EVERY_TYPE.case.fields, reading=Reading(missing=("none", "No Ne")))
    assert_alike(of, [write(tmp_path, cases_csv=f"crn,note\n1,a\n2,none\n3,{note}\n{note},b\n")])


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_other_delimiters(tmp_path: Path, delimiter: str):
    text = "crn,agreed,good,note\n1,true,t,x\n2,false,yes,t\n3,1,no,\n4,0,no,a b\n"
    for late in ("", "5,,,t\n", "t,yes,,\n", "5,t,,\n", "5,,,F"):
        content = (text + late).replace(",", delimiter)
        assert_alike(EVERY_TYPE, [write(tmp_path, cases_csv=content)])
        assert_alike(EVERY_TYPE, [write(tmp_path, cases_csv=content.replace("\n", "\r\n"))])


def test_what_lies_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rulelang.bulk.regular.BLOCK", 16)
    monkeypatch.setattr("rulelang.bulk.regular.OVERLAP", 8)
    rows = [f"{number},{'x' * number},yes" for number in range(12)]
    odd = [
        "30,\u20ac\u20ac\u20ac,",
        "30,,\n\n31,,",
        "30,,t",
        '30,"a" ,',
        "30,x,\r31,,",
        "30,\ud800,",
        "30,\0,",
    ]
    for place in range(len(rows)):
        for one in odd:
            text = "crn,note,agreed\n" + "\n".join([*rows[:place], one, *rows[place:]])
            content = text.encode("utf-8", "surrogatepass")
            alike_or_refused(EVERY_TYPE, [write(tmp_path, cases_csv=content)])


@pytest.mark.parametrize("name", ["followup", "original"])
def test_the_exports_of_gwent(name: str):
    assert_alike(load("gwent").schema, [GWENT / name])
