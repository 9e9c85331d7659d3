"""Random ratings over random exports: by either engine, in the whole and in each group, what the reference says."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import rulelang
from rulelang.reporting.json_view import result_document
from rulelang.scoring.ratings import GivenRating
from rulelang.syntax.ast import RatingPolicy
from tests.parity.spelling import written
from tests.parity.test_exports import EXPORTS, rows_of
from tests.reference.ratings import ratings
from tests.strategies.cases import as_at_dates
from tests.strategies.programs import Program
from tests.strategies.ratings import LEVELS, rated_programs

few = settings(
    max_examples=max(settings().max_examples // 2, 8),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def given_to(draw: Any, pack: rulelang.Pack) -> dict[str, str]:
    """Draw levels of what the rules leave to the run."""
    rated = pack.structure.ratings
    free = [one.id for one in rated if one.policy is RatingPolicy.GIVEN or one.overridden]
    free += [member.name for one in rated if one.earlier for member in one.members]
    drawn = {one: draw(st.sampled_from([None, *LEVELS])) for one in dict.fromkeys(free)}
    return {one: level for one, level in drawn.items() if level is not None}


@few
@given(rated_programs(), EXPORTS, as_at_dates, st.data())
@pytest.mark.needs("duckdb", "numpy", "pyarrow")
def test_ratings_are_what_the_reference_says(
    program: Program, cases: list[Any], as_at: dt.date, data: Any
) -> None:
    note(program.text)
    pack = rulelang.load_text(program.text)
    levels = given_to(data.draw, pack)
    said = {one: GivenRating(level, "Seen by the panel") for one, level in levels.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = written(rows_of(cases), Path(folder))
        one, other = (
            pack.check(path, as_at=as_at, by="risk", ratings=said, engine=engine)
            for engine in ("python", "duckdb")
        )
    assert result_document(other) == result_document(one)
    came = {each.structure.id: each.level for each in one.scorecard.ratings}
    assert came == ratings(pack.structure, one.tally.items, levels)
    for group in one.groups:
        came = {each.structure.id: each.level for each in group.scorecard.ratings}
        assert came == ratings(pack.structure, group.tally.items, {}), group.value
