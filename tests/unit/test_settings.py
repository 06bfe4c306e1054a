"""Settings: what is not said has a sensible place, what is wrong is told in the reader's language with the nearest right key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inspector.bootstrap import connector
from inspector.cli import words
from inspector.domain.errors import Invalid
from inspector.labels import told
from inspector.settings import SHIPPED, load


def file(folder: Path, text: str) -> Path:
    made = folder / "inspector.toml"
    made.write_text(text, encoding="utf-8")
    return made


def test_policies_lie_beside_the_file_or_are_those_shipped_unless_a_place_is_named(tmp_path: Path) -> None:
    assert load(file(tmp_path, "")).policies == SHIPPED
    assert load(file(tmp_path, 'policies = "ours"')).policies == tmp_path / "ours", "a place that is named is never replaced"
    (tmp_path / "policies").mkdir()
    assert load(file(tmp_path, "")).policies == tmp_path / "policies"


def test_what_is_wrong_is_told_in_each_language_with_the_nearest_key(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(file(tmp_path, '[web]\nprot = 80\nthreads = 0\nport = "many"'))
    assert "web.prot: is not known here; did you mean web.port?" in told(caught.value, "en")
    assert "web.threads: must be greater than 0" in told(caught.value, "en")
    chinese = told(caught.value, "zh-Hans")
    assert "web.prot：不是已知的项，是否应为 web.port？" in chinese
    assert "web.threads：应大于 0；" in chinese
    assert "web.port：应为整数" in chinese
    assert chinese == words.told(caught.value, "zh-Hans"), "the command line speaks one language at a time too"


def test_a_misspelt_section_is_told_the_nearest_section_and_no_key_of_another_one(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(file(tmp_path, "[webb]\nport = 80\n"))
    assert "webb: is not known here; did you mean web?" in told(caught.value, "en")


def test_what_a_variable_says_wrong_is_told_of_the_variable_and_the_file_is_not_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSPECTOR_WEB__PORT", "abc")
    for path in (file(tmp_path, "[web]\nport = 80\n"), None):
        with pytest.raises(Invalid) as caught:
            load(path)
        for lang in ("en", "zh-Hans"):
            assert "INSPECTOR_WEB__PORT" in told(caught.value, lang)
            assert "inspector.toml" not in told(caught.value, lang)
    with pytest.raises(Invalid) as caught:
        load(file(tmp_path, "[web]\nthreads = 0\n"))
    assert "inspector.toml" in told(caught.value, "en"), "where both are wrong, both are told"
    assert {"INSPECTOR_WEB__PORT", "web.threads"} <= set(re.findall(r"[\w.]+", told(caught.value, "en")))
    monkeypatch.setenv("INSPECTOR_WEB__PORT", "80")
    monkeypatch.setenv("INSPECTOR_AGENCIES", "nonsense")
    with pytest.raises(Invalid, match="settings_variable_unreadable"):
        load(file(tmp_path, ""))


@pytest.mark.parametrize(
    "address", ["ftp://x", "x", "https://", "http://a b", "https://x/?q=1", "https://me:secret@x", "http://x:99999"]
)
def test_an_address_for_links_that_no_browser_can_open_is_refused_and_not_told_again(tmp_path: Path, address: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(file(tmp_path, f'[web]\nbase_url = "{address}"\n'))
    assert "web.base_url: must be an address such as" in told(caught.value, "en")
    assert "web.base_url：应为网址" in told(caught.value, "zh-Hans")
    for fine in (
        "",
        "https://inspector.example.cn",
        "http://127.0.0.1:8321/",
        "http://[::1]:8321",
        "https://x.example/inspector",
    ):
        assert load(file(tmp_path, f'[web]\nbase_url = "{fine}"\n')).web.base_url == fine


def test_a_plan_that_would_mix_shared_lists_with_own_ones_is_told_to_be_two_plans(tmp_path: Path) -> None:
    plan = '[plans.joint]\nagency = "a"\ntrigger = "every 7d"\nwith = ["b", "c"]\nlists = {text}'
    for text in ('["shared", "own"]', '{ b = "shared", c = "own" }'):
        with pytest.raises(Invalid) as caught:
            load(file(tmp_path, plan.format(text=text)))
        assert "a plan cannot mix the two, make two plans" in told(caught.value, "en")
        assert "请分设两个计划" in told(caught.value, "zh-Hans")
    with pytest.raises(Invalid) as caught:
        load(file(tmp_path, plan.format(text='"mixed"')))
    assert "must be one of 'shared' or 'own'" in told(caught.value, "en")


def test_every_path_counts_from_the_folder_of_the_file_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    text = """
[database]
url = "postgresql://inspector@db.example/inspector"
password_file = "keys/password"
[sources.registers]
kind = "http"
url = "https://registers.example"
token_file = "keys/token"
ca_file = "/etc/ca.pem"
path = "ask"
[sources.deliveries]
kind = "files"
folder = "in"
keep = "ours"
[callbacks.hall]
kind = "webhook"
secret_file = "keys/hall"
[seeds.drand]
kind = "drand"
folder = "carried"
[pulse]
kind = "http"
token_file = "keys/pulse"
"""
    held = load(file(tmp_path, text))
    assert held.database.password_file == tmp_path / "keys/password"
    assert held.sources["registers"]["token_file"] == str(tmp_path / "keys/token")
    assert [held.sources["deliveries"][key] for key in ("folder", "keep")] == [str(tmp_path / "in"), str(tmp_path / "ours")]
    assert held.sources["registers"]["ca_file"] == "/etc/ca.pem"
    assert held.sources["registers"]["path"] == "ask", "a path of an address is none of the disk"
    assert held.callbacks["hall"]["secret_file"] == str(tmp_path / "keys/hall")
    assert held.seeds["drand"]["folder"] == str(tmp_path / "carried")
    assert held.pulse is not None
    assert held.pulse["token_file"] == str(tmp_path / "keys/pulse")


@pytest.mark.parametrize("key", ["token_file", "ca_file"])
def test_a_file_that_is_not_there_is_named_in_full(tmp_path: Path, key: str) -> None:
    held = load(file(tmp_path, f'[sources.registers]\nkind = "http"\nurl = "https://registers.example"\n{key} = "nowhere"'))
    with pytest.raises(Invalid) as caught:
        connector("sources", "registers", held.sources["registers"])
    assert str(tmp_path / "nowhere") in told(caught.value, "en")
