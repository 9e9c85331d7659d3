"""Many odd texts, many flaws, and files that prove irregular late."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulelang.model.records import Reading
from rulelang.types import DATE, JUDGEMENT
from tests.bulk.alike import assert_alike, only_the_first_lines
from tests.reading.schemas import WITH_REVIEWS, key, may, needed, schema, write

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")

OF = schema(key(), needed("commenced", DATE), may("good", JUDGEMENT), may("officer"), reading=Reading())


def lines(count: int) -> str:
    days = ["2004-04-08", "", "03/04/2004", "25/04/2004", "04/25/2004", "x", "2004-04-08 10:00"]
    return "crn,commenced,good,officer\n" + "".join(
        f"{number},{days[number % len(days) if number > 40 else 0]},{'yes' if number % 9 else f'n{number}'},\n"
        for number in range(count)
    )


@pytest.mark.parametrize("day_first", [None, True])
def test_more_flaws_than_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day_first: bool | None
):
    monkeypatch.setattr("rulelang.bulk.flooding.READ_AGAIN", 20)
    only_the_first_lines(monkeypatch)
    of = schema(*OF.case.fields, reading=Reading(day_first=day_first))
    assert_alike(of, [write(tmp_path, cases_csv=lines(600))], sink=False)


def test_texts_met_late_are_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    only_the_first_lines(monkeypatch)
    assert_alike(OF, [write(tmp_path, cases_csv=lines(600))])


def test_a_file_that_proves_irregular_late(tmp_path: Path):
    sound = "".join(f"{number},08/04/2004,\n" for number in range(30_000))
    text = f'crn,commenced,officer\n{sound}x,08/04/2004,a,b\ny,"08/04/2004"z,\n'
    reviews = "crn,completed\n1,08/04/2004\n1\n"
    assert_alike(WITH_REVIEWS, [write(tmp_path, cases_csv=text, reviews_csv=reviews)])


def test_other_encodings_and_packed_files(tmp_path: Path):
    import gzip

    text = "crn,commenced,officer\n1,08/04/2004,Zoë\n\n2,09/04/2004,\n ,,\n"
    for content in (text.encode("cp1252"), text.encode("utf-16"), text.encode("utf-8-sig")):
        write(tmp_path, cases_csv=content, reviews_csv="crn;completed\r\n1;08/04/2004\r\n")
        assert_alike(WITH_REVIEWS, [tmp_path])
    (tmp_path / "cases.csv").unlink()
    (tmp_path / "cases.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert_alike(WITH_REVIEWS, [tmp_path])
