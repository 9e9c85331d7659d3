"""Addresses of tables: taken apart, shown without user and password, refused without showing them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.diagnostics.rendering import render_all
from rulelang.reading import ReadingError, find_sources
from rulelang.reading.addresses import is_address, served_at
from tests.reading.schemas import WITH_REVIEWS, key, schema

ALONE = schema(key())


def failing(of, *arguments: str) -> str:
    with pytest.raises(ReadingError) as error:
        find_sources(of, arguments)
    return render_all(error.value.diagnostics)


@pytest.mark.parametrize(
    ("text", "name", "conninfo"),
    [
        ("postgresql://h/db/t", "postgresql://h/db/t", "postgresql://h/db"),
        ("postgres://u:p@h:5433/db/s.t", "postgresql://h:5433/db/s.t", "postgresql://u:p@h:5433/db"),
        ("PostgreSQL://u@[::1]:5432/db/t", "postgresql://[::1]:5432/db/t", "postgresql://u@[::1]:5432/db"),
        ("postgresql:///db/t", "postgresql:///db/t", "postgresql:///db"),
        ("postgresql://u:p/w?1@x@h/db", "postgresql://h/db", "postgresql://u:p%2Fw%3F1%40x@h/db"),
        ("postgresql://u:p%40w@h/d%2Fb/t%20t", "postgresql://h/d/b/t t", "postgresql://u:p%40w@h/d%2Fb"),
        ("postgresql://h/db/t?sslmode=require", "postgresql://h/db/t", "postgresql://h/db?sslmode=require"),
        ("postgresql://a,b:1/db/t", "postgresql://a,b:1/db/t", "postgresql://a,b:1/db"),
    ],
)
def test_an_address_taken_apart(text: str, name: str, conninfo: str):
    served = served_at(text)
    assert (served.name, served.conninfo) == (name, conninfo)


@given(st.text(min_size=4, max_size=12), st.sampled_from(["postgresql", "postgres", "mysql", "x"]))
def test_no_password_is_shown(word: str, scheme: str):
    password = f"\N{SNOWMAN}{word}\N{SNOWMAN}"
    for text in (f"{scheme}://u:{password}@host/db/t", f"{scheme}://host/db/t?password={quote(password)}"):
        try:
            served = served_at(text)
        except ReadingError as error:
            shown = render_all(error.diagnostics)
        else:
            shown = served.name + repr(served) + served.without_secrets(f"wrong: {password}!")
        assert "\N{SNOWMAN}" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:s3cret@host",
        "postgresql://u:s3cret@host/",
        "postgresql://u:s3cret@host/db/t/more",
        "postgresql:/u:s3cret@host/db/t",
        "postgresql://host/db/t?password=s3cret@host/db/s3cret",
        "postgresql://u:s3cret@host/d%00b/t",
        "postgresql://s3cret/x@host/db/t",
    ],
)
def test_what_is_no_address_is_refused_without_showing_it(text: str):
    for argument in (text, f"cases={text}"):
        shown = failing(ALONE, argument)
        assert shown.startswith(
            "error[unknown-format]: The address that begins with `postgresql:` cannot be taken apart\n"
            "  = It is written postgresql://USER@HOST:PORT/DATABASE/TABLE"
        )
        assert "s3cret" not in shown


@pytest.mark.parametrize("scheme", ["mysql", "mssql+pyodbc", "https", "s3"])
def test_other_addresses(scheme: str):
    shown = failing(ALONE, f"cases={scheme}://u:s3cret@host/db/t")
    assert f"What is at an address that begins with `{scheme}:` cannot be read here" in shown
    assert "s3cret" not in shown


def test_what_is_a_path_and_no_address():
    assert [is_address(text) for text in ("C:/cases.csv", "cases.csv", "a=b://c", "/x:/y", "x/y:/z")] == [
        False
    ] * 5


def test_which_record_an_address_holds():
    found = find_sources(WITH_REVIEWS, ["postgresql://h/db/cases", "postgresql://h/db/audit.reviews"])
    assert {name: one.name for name, one in found.served.items()} == {
        "case": "postgresql://h/db/cases",
        "review": "postgresql://h/db/audit.reviews",
    }
    assert found.files == {}
    assert find_sources(ALONE, ["postgresql://h/db/whatever"]).served["case"].table == "whatever"
    shown = failing(WITH_REVIEWS, "postgresql://u:s3cret@h/db/x", "postgresql://u:s3cret@h/db/y")
    assert "It cannot be told which record postgresql://h/db/x holds\n  = Say so: `cases=ADDRESS`" in shown
    twice = failing(ALONE, "cases=postgresql://u:s3cret@h/db/x", "cases=postgresql://u:s3cret@h/db/y")
    assert "record `case`: postgresql://h/db/y and postgresql://h/db/x" in twice
    assert "s3cret" not in shown + twice
