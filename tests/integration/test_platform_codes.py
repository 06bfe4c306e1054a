"""What a supervision platform's codes mean is held against the packs in force by `check`: two lists are kept alike by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from inspector.cli import platforms
from inspector.domain.checkcode import CodeList
from inspector.flows.office import AgencyNode
from inspector.policybook import Policybook
from tests.house import ROOT
from tests.operator import Operator

CITY = {"city": AgencyNode(id="city", name="市", pack="demo")}
DAY = date(2026, 3, 4)
LISTS = {"outcomes": "OUTCOME", "modes": "MODE", "follow_ups": "FOLLOW_UP"}


def test_a_code_of_no_pack_in_force_is_told_by_key_code_and_pack_and_one_of_a_pack_is_not() -> None:
    book = Policybook.read(ROOT / "policies")
    (pack,) = [one for one in book.packs if one.id == "demo" and one.in_force(DAY)]
    own = {key: next(row.code for row in pack.sheet if row.list.value == among) for key, among in LISTS.items()}
    own["items"] = next(iter(pack.items))
    right = {key: {"1": code} for key, code in own.items()}
    assert list(platforms.strange({"platform": {"kind": "supervision", **right}}, book, CITY, DAY)) == []
    for key in right:
        wrong = {**right, key: {"1": own[key], "2": "none-fund"}}
        (found,) = platforms.strange({"platform": {"kind": "supervision", **wrong}}, book, CITY, DAY)
        assert found.name == f"channels.platform.{key}"
        for what, mend in zip(found.what, found.mend, strict=True):
            assert all(one in what for one in ("none-fund", pack.label))
            assert "2" in mend
        assert not re.search(r"\b(is|no|of|pack|each|the|or)\b", found.what[1] + found.mend[1].replace("policy render", ""))
        assert list(platforms.strange({"platform": {"kind": "webhook", **wrong}}, book, CITY, DAY)) == [], (
            "no codes are told there"
        )
    crossed = {**right, "modes": {"1": own["outcomes"]}}
    assert [one.name for one in platforms.strange({"p": {"kind": "supervision", **crossed}}, book, CITY, DAY)] == [
        "channels.p.modes"
    ]
    assert list(platforms.strange({"p": {"kind": "supervision", **crossed}}, book, {}, DAY)) == [], "whose agencies have no pack"


@pytest.mark.slow
def test_check_warns_of_it(tmp_path: Path) -> None:
    more = """
[channels.platform]
kind = "supervision"
url = "http://127.0.0.1:9"
asks = {"link" = "link"}
outcomes = {"1" = "none-fund"}
"""
    operator = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in(more)
    found = [one for one in operator.say("check", "--json").json if one["name"] == "channels.platform.outcomes"]
    assert [(one["state"], "none-fund" in one["message"]) for one in found] == [("WARN", True)]


@pytest.mark.parametrize(("ended", "begins", "warned"), [(1, 0, False), (0, 31, False), (366, 0, True)])
def test_a_code_that_visits_of_a_former_pack_need_or_the_next_one_brings_is_not_called_wrong(
    ended: int, begins: int, warned: bool
) -> None:
    book = Policybook.read(ROOT / "policies")
    (pack,) = [one for one in book.packs if one.id == "demo" and one.in_force(DAY)]
    needed = pack.sheet[0]
    key = {CodeList.OUTCOME: "outcomes", CodeList.MODE: "modes", CodeList.FOLLOW_UP: "follow_ups"}[needed.list]
    with_it, without = replace(pack, effective_to=DAY - timedelta(days=ended)), replace(pack, sheet=pack.sheet[1:])
    if begins:  # what is in force lacks it, and the next version brings it
        with_it = replace(pack, effective_from=DAY + timedelta(days=begins), effective_to=None)
    told = {"platform": {"kind": "supervision", key: {"1": needed.code}}}
    found = list(platforms.strange(told, replace(book, packs=(with_it, without)), CITY, DAY))
    assert [one.name for one in found] == [f"channels.platform.{key}"] * warned
    assert all(f"{pack.label} {pack.effective_from}" in words for one in found for words in one.what)
