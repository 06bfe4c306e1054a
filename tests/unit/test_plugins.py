"""Connectors are found by name, from a checkout as well as from installed metadata."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from inspector import plugins
from inspector.domain.errors import Invalid

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose project file declares three sources, one of them broken."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "inspector"\n[project.entry-points."inspector.sources"]\n'
        'registry = "fractions:Fraction"\nmarriage = "operator:eq"\ngone = "no_such_module_at_all:Source"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(plugins, "_CHECKOUT", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("checkout")
def test_names_are_sorted_and_the_short_group_is_enough() -> None:
    assert plugins.names("sources") == ["gone", "marriage", "registry"] == plugins.names("inspector.sources")


@pytest.mark.usefixtures("checkout")
def test_load_answers_what_the_entry_point_names() -> None:
    from fractions import Fraction

    assert plugins.load("sources", "registry") is Fraction


@pytest.mark.usefixtures("checkout")
def test_a_misspelt_name_is_answered_with_the_nearest_valid_one() -> None:
    with pytest.raises(Invalid, match=r"plugin_unknown.*nearest='registry'"):
        plugins.load("sources", "regisrty")


@pytest.mark.usefixtures("checkout")
def test_a_connector_that_cannot_be_imported_says_what_it_points_to_and_why() -> None:
    with pytest.raises(
        Invalid, match=r"plugin_broken.*target='no_such_module_at_all:Source', reason=.ModuleNotFoundError: No module"
    ):
        plugins.load("sources", "gone")


@pytest.mark.usefixtures("checkout")
def test_a_connector_that_fails_in_the_making_or_has_no_card_is_named_with_its_package_and_not_its_settings() -> None:
    for kind, reason in (("registry", "TypeError"), ("marriage", "no card")):
        with pytest.raises(Invalid, match="plugin_failed") as failed:
            plugins.make("sources", kind, "of-the-county", {"token": "a-secret"})
        assert (failed.value.facts["package"], failed.value.facts["reason"]) == ("inspector", reason)
        assert "a-secret" not in str(failed.value)


def test_another_projects_file_beside_the_package_is_not_read(checkout: Path) -> None:
    text = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    (checkout / "pyproject.toml").write_text(text.replace('"inspector"\n', '"other"\n', 1), encoding="utf-8")
    assert plugins.names("sources") == []


def test_a_connector_of_another_distribution_is_found_by_its_metadata(tmp_path: Path) -> None:
    info = tmp_path / "county_office-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: county-office\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[inspector.seeds]\ncounty-lottery = fractions:Fraction\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(tmp_path), *sys.path])
        plugins._known.cache_clear()
        assert "county-lottery" in plugins.names("seeds")
    plugins._known.cache_clear()


def test_every_entry_point_of_this_checkout_loads() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for group, declared in project["entry-points"].items():
        for name in declared:
            assert plugins.load(group, name) is not None
