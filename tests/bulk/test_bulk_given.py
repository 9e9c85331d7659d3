"""Tables given in Python, and Parquet files, of every type that a column can have."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.model.records import Reading
from rulelang.types import DATE, JUDGEMENT, NUMBER, WHOLE
from tests.bulk.alike import alike_or_refused, assert_alike, few
from tests.reading.schemas import EVERY_TYPE, REVIEW, REVIEWS, WITH_REVIEWS, key, may, needed, schema
from tests.reading.test_assembly import DEEP, DEEP_ROWS

pytestmark = pytest.mark.needs("duckdb", "numpy", "pyarrow")
MOMENT = st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2200, 1, 1)) | st.dates(
    dt.date(1800, 1, 1), dt.date(2200, 1, 1)
).map(lambda day: dt.datetime(day.year, day.month, day.day))
FLOATS = st.sampled_from([0.0, 1.0, 0.1, 2.5, -3.0, 1e-7, 1e17, 123456.654321, float("nan")])
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "bool_": st.booleans(),
    "int8": st.integers(0, 3),
    "int64": st.sampled_from([0, 1, 2, -5, 2**53 + 1, 2**62]),
    "uint32": st.integers(0, 3),
    "float32": FLOATS,
    "float64": FLOATS,
    "string": st.sampled_from(["1", " 1", "yes", "N/A", "", "08/04/2004", "high", "P3D"]),
    "date32": st.dates(dt.date(1800, 1, 1), dt.date(2200, 1, 1)),
    "timestamp": MOMENT,
    "zoned": MOMENT.map(lambda one: one.replace(tzinfo=dt.UTC)),
    "decimal": st.sampled_from([Decimal("1.00"), Decimal("0.25"), Decimal("-7.00")]),
    "null": st.none(),
}


def arrow_type(name: str) -> Any:
    import pyarrow as pa

    odd = {
        "timestamp": pa.timestamp("us"),
        "zoned": pa.timestamp("us", tz="UTC"),
        "decimal": pa.decimal128(8, 2),
    }
    return odd[name] if name in odd else getattr(pa, name)()


@st.composite
def tables(draw: Any) -> Any:
    import pyarrow as pa

    size = draw(st.integers(0, 6))
    columns = {}
    for one in EVERY_TYPE.case.fields:
        kind = draw(st.sampled_from(sorted(CELLS)))
        cells = draw(st.lists(st.none() | CELLS[kind], min_size=size, max_size=size))
        columns[one.name] = pa.array(cells, type=arrow_type(kind))
    return pa.table(columns)


READINGS = st.sampled_from([Reading(day_first=True), Reading(missing=("yes",), time_zone="Europe/London")])


@few
@given(table=tables(), reading=READINGS, required=st.booleans())
def test_any_types(table: Any, reading: Reading, required: bool):
    fields = EVERY_TYPE.case.fields
    if required:
        fields = tuple(needed(one.name, one.type, key=one.key, choice=one.choice) for one in fields)
    alike_or_refused(schema(*fields, reading=reading), table)


ROWS: list[dict[str, Any]] = [
    {"crn": "1", "seen": True, "visits": 3, "cost": 1.5, "commenced": dt.datetime(2004, 4, 8)},
    {"crn": "2", "seen": None, "visits": None, "cost": float("nan"), "commenced": None},
    {"crn": "1", "seen": False, "visits": 4, "cost": 2.0, "commenced": dt.datetime(2004, 4, 8, 10)},
    {"crn": " ", "seen": False, "visits": 4, "cost": 2.0, "commenced": dt.datetime(2004, 4, 8, 10)},
]
NATIVE = schema(
    key(), may("seen", JUDGEMENT), may("visits", WHOLE), may("cost", NUMBER), needed("commenced", DATE)
)


@pytest.mark.parametrize("rows", [ROWS, ROWS[:2], []], ids=["all", "sound", "none"])
@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_frames(library: str, rows: list[dict[str, Any]]):
    module = pytest.importorskip(library)
    if library == "pyarrow":
        assert_alike(NATIVE, module.Table.from_pylist(rows or ROWS))
    elif rows or library == "polars":
        assert_alike(NATIVE, module.DataFrame(ROWS)[: len(rows)])


def test_a_frame_of_children():
    pandas = pytest.importorskip("pandas")
    cases = pandas.DataFrame([{"crn": "1", "commenced": dt.date(2004, 4, 8)}])
    reviews = pandas.DataFrame([{"crn": one, "completed": dt.date(2004, 4, 8)} for one in ("1", "2", "1")])
    assert_alike(WITH_REVIEWS, {"cases": cases, "reviews": reviews})


def test_children_in_parquet_of_parents_in_csv(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    of = schema(key("crn", WHOLE), needed("commenced", DATE), REVIEWS, children=(REVIEW,))
    (tmp_path / "cases.csv").write_text("crn,commenced\n1,08/04/2004\n2,\n2,\n")
    reviews = pa.table({"crn": [1, 2, 3, None], "completed": [dt.date(2004, 4, day) for day in (1, 2, 3, 4)]})
    parquet.write_table(reviews, tmp_path / "reviews.parquet")
    assert_alike(of, [tmp_path])


def test_nested_arrow_rows_of_text():
    import pyarrow as pa

    of = schema(key(), REVIEWS, children=(REVIEW,))
    rows = [
        {"crn": "1", "reviews": [{"completed": "08/04/2004", "sufficient": "yes", "score": "1.5"}]},
        {"crn": "2", "reviews": [{"completed": "soon", "sufficient": "n/a", "score": "x"}, None]},
        {"crn": "2", "reviews": [{"completed": None, "sufficient": "", "score": "1e-7"}]},
        {"crn": None, "reviews": [{"completed": "2004-04-08", "sufficient": "no", "score": ""}]},
    ]
    rows[2]["reviews"][0]["score"] = "2"  # type: ignore[index]
    assert_alike(of, pa.Table.from_pylist(rows))
    assert_alike(DEEP, pa.Table.from_pylist(DEEP_ROWS))


@pytest.mark.parametrize(
    "gap", [[None], [{"completed": None}], [None, {"completed": dt.date(2004, 4, 9)}, {}]]
)
@pytest.mark.parametrize("crn", ["1", "2", None])
def test_a_blank_nested_row_of_any_case(gap: list[Any], crn: str | None):
    """Those of a case that is set aside, for its key or for a twin, are counted like all others."""
    import pyarrow as pa

    review = pa.struct([("completed", pa.date32()), ("sufficient", pa.bool_()), ("score", pa.int64())])
    columns = pa.schema([("crn", pa.string()), ("reviews", pa.list_(review))])
    sound = [{"completed": dt.date(2004, 4, 8), "sufficient": True, "score": 1}]
    rows = [{"crn": "1", "reviews": sound}, {"crn": "2", "reviews": []}, {"crn": "2", "reviews": None}]
    of = schema(key(), REVIEWS, children=(REVIEW,))
    assert_alike(of, pa.Table.from_pylist([*rows, {"crn": "4", "reviews": sound}], schema=columns))
    assert_alike(of, pa.Table.from_pylist([*rows, {"crn": crn, "reviews": gap}], schema=columns))


@pytest.mark.parametrize("inside", ["part-{}.parquet", "year={}/a.parquet", "year={}/area=x y/a.parquet"])
def test_folders_of_parquet_files(tmp_path, inside: str):
    import pyarrow as pa
    from pyarrow import parquet

    of = schema(key(), needed("commenced", DATE), may("year", WHOLE), may("area"))
    for year in (2004, 2005, "__HIVE_DEFAULT_PARTITION__"):
        path = tmp_path / "cases" / inside.format(year)
        path.parent.mkdir(parents=True, exist_ok=True)
        days = [None, dt.date(2004, 4, 8)]
        parquet.write_table(pa.table({"crn": [f"{year}", "1"], "commenced": days}), path)
    assert_alike(of, [f"cases={tmp_path / 'cases'}"])


@pytest.mark.parametrize("by", [None, "seen"])
def test_a_table_without_rows_is_judged(by: str | None):
    import pyarrow as pa

    import rulelang

    rules = 'pack p version "1"\nrecord case\n  crn text key\n  seen yes/no\ncriterion A\n  item a\n    met when seen\n'
    table = pa.table({"crn": pa.array([], pa.string()), "seen": pa.array([], pa.bool_())})
    result = rulelang.load_text(rules).check(table, as_at=dt.date(2024, 1, 1), by=by, engine="duckdb")
    assert (result.population.read, result.files[0].read) == (0, 0)
