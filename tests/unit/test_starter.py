"""`connector new`: a package of one's own, whole and beside the house, for each port; nothing that is there is written over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest

from inspector import plugins
from inspector.bootstrap import GROUPS
from inspector.cli.starter import Port, drawn_up, write
from inspector.domain.errors import Invalid, Refusal
from inspector.testing import contracts
from tests.house import ROOT
from tests.operator import Operator

PORTS: tuple[Port, ...] = get_args(Port)
LONGEST = "a" * 19 + "-" + "b" * 20


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.chdir(tmp_path)
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'none.sqlite3'}").settle_in()


def test_there_is_a_beginning_for_every_port_that_has_a_contract() -> None:
    held = [one for one in vars(contracts).values() if isinstance(one, type) and issubclass(one, contracts.PortContract)]
    suites = {one.port for one in held if hasattr(one, "port")}
    assert suites == set(PORTS)
    groups = {tomllib.loads(drawn_up(port, "county")["pyproject.toml"])["project"]["entry-points"].popitem()[0] for port in PORTS}
    assert groups == {f"inspector.{group}" for group in (*GROUPS.values(), "pulses")}


def test_the_settings_that_both_readmes_show_name_its_kind_and_nothing_is_left_to_fill_in() -> None:
    for port in PORTS:
        files = drawn_up(port, "county-office")
        for page in ("README.md", "README.zh-Hans.md"):
            told = tomllib.loads(files[page].partition("```toml\n")[2].partition("```")[0])
            assert json.dumps(told).count('"kind": "county-office"') == 1, (port, page)
        assert [name for name, text in files.items() if "$" in text or "{package}" in name] == []


def test_it_writes_a_new_folder_says_how_to_go_on_and_a_second_time_refuses(operator: Operator) -> None:
    shown = operator.well("connector", "new", "county-office", "--dry-run")
    assert "src/county_office/connector.py" in shown.out
    assert list(operator.folder.glob("county*")) == []
    assert "README.zh-Hans.md" in operator.well("connector", "new", "county-office", lang="zh-Hans").out
    folder = operator.folder / "county-office"
    written = {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()}
    assert written == drawn_up("source", "county-office")
    (folder / "README.md").write_text("ours by now", encoding="utf-8")
    for more in ((), ("--dry-run",)):
        again = operator.say("connector", "new", "county-office", *more)
        assert (again.code, "county-office is there already" in again.err) == (4, True)
    assert (folder / "README.md").read_text("utf-8") == "ours by now"
    told = operator.well("connector", "new", "county-office", "--port", "witness", "--out", "elsewhere", "--json").json
    assert (told["folder"], "pyproject.toml" in told["files"], told["dry_run"]) == ("elsewhere", True, False)


@pytest.mark.parametrize("name", ["", "County", "2nd", "a_b", "a--b", "a-", "if", "match", "../x", "区", "a" * 41])
def test_a_name_that_settings_and_python_cannot_both_bear_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="connector_name_unusable"):
        drawn_up("source", name)


@pytest.mark.parametrize(("port", "name"), [("source", "http"), ("seed", "drand"), ("source", "inspector"), ("pulse", "json")])
def test_a_name_that_is_somebodys_already_is_refused(port: Port, name: str) -> None:
    with pytest.raises(Refusal, match="connector_name_taken"):
        drawn_up(port, name)


def test_what_cannot_be_written_whole_is_not_left_half_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        write(tmp_path / "made", {"a": "well", "b" * 300: "a name that no file system takes"})
    assert list(tmp_path.iterdir()) == []


def ran(folder: Path, *words: str) -> str:
    """What a module of Python said in a folder, which must have found nothing wrong."""
    told = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MYPY_CACHE_DIR": str(folder.parent / "types")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, f"{folder.name}, {words[0]}: {told.stdout}{told.stderr}"
    return told.stdout


@pytest.mark.parametrize("name", ["xq", LONGEST])
def test_what_it_writes_is_linted_and_formatted_however_long_its_name(tmp_path: Path, name: str) -> None:
    for port in PORTS:
        write(tmp_path / port, drawn_up(port, name))
    ran(tmp_path, "ruff", "check", "--no-cache", ".")
    ran(tmp_path, "ruff", "format", "--no-cache", "--check", ".")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_it_writes_is_typed_passes_its_contract_and_is_built_as_it_is(tmp_path: Path) -> None:
    for port in PORTS:
        write(tmp_path / port, drawn_up(port, "county-office"))
        ran(tmp_path / port, "mypy")
        assert " passed" in ran(tmp_path / port, "pytest", "-q", "-p", "no:cacheprovider")
    build = "pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir dist ."
    ran(tmp_path / "source", *build.split())
    (wheel,) = (tmp_path / "source/dist").glob("*.whl")
    with ZipFile(wheel) as packed:
        held = {name.rpartition("/")[2]: name for name in packed.namelist()}
        assert {"connector.py", "py.typed", "entry_points.txt"} <= held.keys()
        assert "county-office = county_office.connector:connect" in packed.read(held["entry_points.txt"]).decode()


def test_two_packages_that_claim_one_name_are_both_named_and_neither_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("county-a", "county-b"):
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(
            "[inspector.sources]\ncounty = fractions:Fraction\nhttp = fractions:Fraction\n", encoding="utf-8"
        )
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins._known.cache_clear()
    try:
        with pytest.raises(Invalid, match="plugin_twice") as twice:
            plugins.load("sources", "county")
        assert twice.value.facts["packages"] == "county-a 1.0, county-b 1.0"
        with pytest.raises(Invalid, match="plugin_twice") as ours:
            plugins.load("sources", "http")
        assert ours.value.facts["packages"] == "county-a 1.0, county-b 1.0, inspector"
        assert plugins.package_of("sources", "county") == "county-a 1.0, county-b 1.0"
        assert plugins.package_of("sources", "soap") == ""
    finally:
        plugins._known.cache_clear()
