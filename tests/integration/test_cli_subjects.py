"""`notice`, `tip-off` and `finding` at the command line, in one office."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from tests import house
from tests.operator import Operator, one_database, settled

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database
CODE = "TEST00000000000001"


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def today() -> datetime:
    return datetime.now(SHANGHAI)


def test_an_operator_brings_a_notice_on_paper_and_leads_in_from_a_file_and_the_telephone(
    operator: Operator, tmp_path: Path
) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, today)
        case_id = house.post(office, house.application(1, "business-licence", {"registration-status": "存续"}))
        told = [
            "--kind",
            "GUIDANCE",
            "--title",
            "办理提示",
            "--fact",
            "登记为吊销",
            "--basis",
            "P:2.7",
        ]
        made = operator.well("notice", "give", case_id, *told, "--reasons", "与登记不符", "--by", "李四", "--json").json
        (row,) = operator.well("notice", "list", "--json").json
        assert (row["id"], row["service_way"]) == (made["id"], "PAPER")
        assert f"/subject/{made['id']}/" in operator.well("notice", "link", made["id"], "--by", "李四").out
        proof = ["--on", f"{today():%Y-%m-%d}", "--way", "PAPER", "--proof", "张三签收", "--by", "李四", "--json"]
        assert operator.well("notice", "served", made["id"], *proof).json["state"] == "SERVED"
        assert "办理提示" in operator.well("notice", "show", made["id"]).out
        confirmed = ["--confirmation", "送达地址确认书1号", "--by", "李四"]
        assert operator.say("notice", "contact", case_id, "--phone", "13800000000", "--by", "李四").code, "without its paper"
        operator.well("notice", "contact", case_id, "--phone", "13800000000", "--agreed", *confirmed)
        assert "13x" not in operator.say("notice", "contact", case_id, "--phone", "13x").err, "an error repeats no number"
        taken = [
            "--agency",
            "bureau",
            "--source",
            "HOTLINE",
            "--code",
            CODE,
            "--words",
            "未经营",
            "--told-by",
            "王举报",
            "--json",
        ]
        tip = operator.well("tip-off", "take", *taken).json["id"]
        assert "王举报" not in operator.well("tip-off", "show", tip).out
        assert "王举报" in operator.well("tip-off", "informant", tip).out
        check = operator.well("tip-off", "check", tip, "--scope", "是否经营", "--reasons", "具体", "--json").json["id"]
        refused = operator.say("tip-off", "decide", check, "--document", "1号")
        assert refused.code != 0
        assert "another person, the head, decides" in refused.err, "the same machine user has proposed it"
        assert operator.well("tip-off", "checks", "--json").json[0]["state"] == "PROPOSED"
        operator.well("tip-off", "close", tip, "--reasons", "查无问题")
        file = tmp_path / "findings.csv"
        file.write_text(f"number,code,verdict,value,on\nF-1,{CODE},mismatch,停业,{today():%Y-%m-%d}\n", encoding="utf-8")
        told = ["finding", "import", str(file), "--agency", "bureau", "--system", "supervision", "--by", "李四", "--json"]
        assert operator.well(*told, "--dry-run").json["new"] == 1
        assert operator.well(*told).json["new"] == 1
        assert operator.well(*told).json["unchanged"] == 1
