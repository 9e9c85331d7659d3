"""A file made from code is what the code makes today."""

from __future__ import annotations

from pathlib import Path

from tools.generated import GENERATED, Generated, stale


def test_every_generated_file_is_fresh():
    assert [str(path) for path, _ in stale()] == [], "run `make generate`"


def test_no_file_is_made_twice():
    assert len({generated.path for generated in GENERATED}) == len(GENERATED)


def test_a_stale_and_an_absent_file_are_seen(tmp_path: Path):
    registry = [Generated(name, f"{__name__}:made") for name in ("fresh", "stale", "absent")]
    (tmp_path / "fresh").write_text("made", encoding="utf-8")
    (tmp_path / "stale").write_text("once", encoding="utf-8")
    assert [(path.name, text) for path, text in stale(registry, tmp_path)] == [
        ("stale", "made"),
        ("absent", "made"),
    ]


def made() -> str:
    return "made"
