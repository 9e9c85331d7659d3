"""In a checkout the checkout's own grammar and packs are read; installed, those inside the package."""

from __future__ import annotations

import pytest

from rulelang import shipped
from tests.architecture.sources import ROOT


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "rulelang")
    return tmp_path / "rulelang"


@pytest.mark.parametrize(
    ("name", "folder"), [("grammar", shipped.grammar_folder), ("rules", shipped.rules_folder)]
)
def test_a_checkout_reads_its_own(name, folder):
    assert folder() == ROOT / name


@pytest.mark.parametrize(
    ("name", "folder"), [("grammar", shipped.grammar_folder), ("rules", shipped.rules_folder)]
)
def test_an_installed_package_reads_what_it_carries(name, folder, package, tmp_path):
    (tmp_path / name).mkdir()  # a stranger's folder, beside the installed package
    assert folder() == package / f"_{name}"
