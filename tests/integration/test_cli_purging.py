"""`ledger due` and `ledger purge`: what is over its days is listed first, and nothing goes but by a named hand."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from tests.house import ROOT, Hand, Table, application, closing, open_office, post, settle
from tests.operator import one_database, settled

database_url = one_database


@pytest.mark.slow
def test_what_is_over_its_days_is_listed_and_goes_by_a_named_hand_alone(database_url: str, tmp_path: Path, hand: Hand) -> None:
    operator = settled(database_url, tmp_path)
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    pack = tmp_path / "policies" / "demo" / "pack.toml"
    pack.write_text(
        pack.read_text("utf-8").replace('keep = "10y"', 'keep = "1mo"').replace('keep = "6mo"', 'keep = "1mo"'), "utf-8"
    )
    settings = operator.config.read_text("utf-8").replace(str(ROOT / "policies"), str(tmp_path / "policies"))
    operator.config.write_text(settings, "utf-8")
    with closing(operator.store()) as store:
        office = open_office(store, hand, sources={"registers": Table(default="=")})
        old = post(office, application(1, "business-licence", {"registration-status": "存续"}))
        settle(office)
        hand.now = datetime.now(SHANGHAI)
        young = post(office, application(2, "business-licence", {"registration-status": "存续"}))
        settle(office)
    due = operator.well("ledger", "due", "--json").json
    assert {(one["about"], one["record"], tuple(one["holds"])) for one in due} >= {(old, "ENFORCEMENT", ()), (old, "ANSWER", ())}
    assert young not in {one["about"] for one in due if one["record"] == "ENFORCEMENT"}
    told = operator.well("ledger", "due", lang="zh-Hans").out
    assert "案卷（含证据和各项决定）" in told
    assert "未作任何清除" in told
    assert operator.well("case", "show", old).out, "it is there"
    assert operator.say("ledger", "purge", old).code == 2, "by nobody"
    assert operator.say("ledger", "purge", young, "--by", "王五").code == 4, "within its days"
    (made,) = operator.well("ledger", "purge", old, "--by", "王五", "--json").json
    assert (made["about"], bool(made["entry"])) == (old, True)
    gone = operator.say("case", "replay", old)
    assert (gone.code, made["entry"] in gone.err, "at the end of the days" in gone.err) == (3, True, True)
    assert operator.well("ledger", "verify", "--json").json["holds"]
    assert [one["about"] for one in operator.well("ledger", "purges", "--json").json["purges"]] == [old]
    for wanted, there in ((("--about", old), [old]), (("--about", young), []), (("--since", "2100-01-01"), [])):
        assert [one["about"] for one in operator.well("ledger", "purges", *wanted, "--json").json["purges"]] == there
