"""`catalogue` at the command line: two users of one machine, from the application to the filing, and the guide."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from tests import house
from tests.operator import Operator, one_database, operated, settled

database_url = one_database
ITEM = "business-licence"
SEEN = ("--bureau", "区司法局", "--document", "区司审〔2026〕1号", "--by", "李主任")


def today() -> str:
    """The day at the office, as a command is told it; a run may pass midnight."""
    return datetime.now(SHANGHAI).date().isoformat()


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def public(operator: Operator, item: str, *more: str) -> None:
    """From the application to the publication."""
    operator.well("catalogue", "apply", item, *more)
    operator.another.well("catalogue", "review", item, *SEEN)
    operator.well("catalogue", "publish", item, "--reference", "政务公开平台")


@pytest.mark.slow
def test_an_item_goes_from_its_application_to_its_filing_by_two_users(operator: Operator) -> None:
    assert operator.well("catalogue", "list", "--json").json == []
    made = operator.well("catalogue", "apply", ITEM, "--json").json
    assert (made["agency"], made["edition"], made["state"], made["basis"]) == ("city", 1, "APPLIED", "S0:1;S0:5")
    assert operator.say("catalogue", "apply", ITEM).code == 4, "one edition at a time"
    assert operator.say("catalogue", "review", ITEM, *SEEN).code == 4, "the same user by another name"
    assert operator.another.say("catalogue", "review", ITEM, *SEEN, "--digest", "0" * 64).code == 4
    said = operator.say("catalogue", "publish", ITEM, "--reference", "公告栏", lang="zh-Hans")
    assert (said.code, "处于 已申请，此项操作要求：已审查" in said.err) == (4, True), "unreviewed"
    closed = operator.say(
        "catalogue", "apply", "fire-x", "--name", "消防", "--basis", "S0:1", "--excluded", "PUBSEC", lang="zh-Hans"
    )
    assert (closed.code, "范围：公共安全；" in closed.err, "--statute" in closed.err) == (2, True, True)
    operator.another.well("catalogue", "review", ITEM, *SEEN, "--digest", made["digest"][:16])
    assert operator.say("catalogue", "publish", ITEM, "--reference", "公告栏", "--on", "tomorrow").code == 2
    assert operator.say("catalogue", "file", ITEM, "--receipt", "回执").code == 4, "unpublished"
    told = operator.well("catalogue", "publish", ITEM, "--reference", "政务公开平台").out
    assert ("Published" in told, "李主任" in told, "7 working days" in told) == (True, True, True), told
    shown = operator.well("catalogue", "show", ITEM, "--json").json
    assert (shown["state"], shown["published_on"], shown["file_by_counted"]["event"]) == (
        "PUBLISHED",
        today(),
        "CATALOGUE_PUBLISHED",
    )
    assert [one["number"] for one in shown["file_by_days"] if one["number"]] == [1, 2, 3, 4, 5, 6, 7], "each day is shown"
    filed = operator.well("catalogue", "file", ITEM, "--receipt", "回执12号", "--json").json
    assert (filed["state"], filed["receipt"], filed["late"]) == ("FILED", "回执12号", False)
    gone = operator.well("catalogue", "withdraw", ITEM, "--reason", "证明取消", "--json").json
    assert (gone["state"], gone["withdrawn_for"]) == ("WITHDRAWN", "证明取消")
    assert [row["state"] for row in operator.well("catalogue", "list", "--agency", "city", "--json").json] == ["WITHDRAWN"]
    assert operator.well("catalogue", "list", "--agency", "other", "--json").json == []
    assert operator.say("catalogue", "show", "stable-jobs").code == 3
    with house.closing(operator.store()) as store:
        rules = [rule for rule, _ in operated(store) if rule.startswith("operator.catalogue")]
    assert rules == [f"operator.catalogue.{step}" for step in ("apply", "review", "publish", "file", "withdraw")]


@pytest.mark.slow
def test_a_technical_item_takes_the_record_of_its_experts_and_half_of_one_is_refused(operator: Operator) -> None:
    operator.well("catalogue", "apply", ITEM, "--technical")
    hand, step = operator.another, ["catalogue", "review", ITEM, *SEEN]
    assert hand.say(*step).code == 4
    assert hand.say(*step, "--experts", "3").code == 2
    assert hand.say(*step, "--experts", "3", "--meeting-on", today()).code == 2
    assert hand.say(*step, "--minutes", "纪要1号", "--meeting-on", today()).code == 2, "nobody was there"
    told = hand.well(*step, "--minutes", "纪要1号", "--meeting-on", today(), "--expert", "甲", "--expert", "乙", "--json")
    assert (told.json["experts"], told.json["expert_names"], told.json["minutes"]) == (2, ["甲", "乙"], "纪要1号")


@pytest.mark.slow
def test_a_repeal_lists_what_rests_on_it_and_each_is_ended_by_a_word(operator: Operator) -> None:
    assert operator.say("catalogue", "repeal", "《没有这份文件》", "--on", "2026-01-01").code == 2
    part = operator.say("catalogue", "repeal", "毛管办", "--on", "2026-01-01")
    assert (part.code, "is only a part of a title" in part.err) == (2, True), "nobody guesses a document"
    told = operator.well(
        "catalogue", "repeal", "毛管办〔2021〕4号", "--on", "2026-01-01", "--document", "废止决定", "--json"
    ).json
    items = [one["item"] for one in told["items"]]
    assert (told["title"].startswith("毛管办"), ITEM in items) == (True, True)
    assert operator.say("catalogue", "repeal", "S0", "--on", "2026-01-01").code == 4, "it has been entered"
    matter = next(row for row in operator.well("attention", "list", "--json").json if ITEM in row["about"])
    assert operator.say("attention", "close", matter["id"], "--note", "看过了").code == 4
    operator.well("catalogue", "apply", ITEM)
    assert "毛管办" in operator.well("catalogue", "show", ITEM).out.partition("rests on repealed")[2]
    done = operator.well("catalogue", "confirm", ITEM, "--document", "7号", "--reason", "上位依据仍在", "--json").json
    assert [(one["ended"], one["reason"]) for one in done] == [("CONFIRMED", "上位依据仍在")]
    assert operator.say("catalogue", "confirm", ITEM, "--document", "7号", "--reason", "又一次").code == 3
    lines = [one for one in operator.say("check", "--json").json if "repealed on" in str(one)]
    assert len(lines) == len(items) - 1, "check names the others"
    again = operator.well("catalogue", "repeal", "S0", "--on", "2026-01-02", "--json").json
    assert (again["items"], len(again["mended"])) == ([], len(items)), "another day mends the first"
    assert operator.say("catalogue", "unrepeal", "S1", "--reason", "登记有误").code == 3
    back = operator.well("catalogue", "unrepeal", "S0", "--reason", "登记有误", "--json").json
    assert {(one["ended"], one["reason"]) for one in back["items"]} == {("TAKEN_BACK", "登记有误")}
    assert [one for one in operator.say("check", "--json").json if "repealed on" in str(one)] == []


@pytest.mark.slow
def test_whoever_reviews_and_whoever_reads_the_guide_is_told_that_a_basis_is_repealed(operator: Operator) -> None:
    operator.well("catalogue", "repeal", "S0", "--on", "2026-01-01")
    operator.well("catalogue", "apply", ITEM)
    step = ("catalogue", "review", ITEM, *SEEN)
    refused = operator.another.say(*step)
    assert (refused.code, "2026-01-01" in refused.err, "catalogue confirm business-licence" in refused.err) == (4, True, True)
    operator.well("catalogue", "confirm", ITEM, "--document", "区司审〔2026〕7号", "--reason", "上位依据仍在")
    operator.another.well(*step)
    operator.well("catalogue", "publish", ITEM, "--reference", "政务公开平台")
    page = operator.well("catalogue", "guide").out
    assert "（已于 2026-01-01 废止）第1项" in page, "wherever the document is cited"
    assert "已于 2026-01-01 废止；经区司审〔2026〕7号确认，本事项继续实行" in page
    operator.well("catalogue", "unrepeal", "S0", "--reason", "登记有误")
    assert "废止" not in operator.well("catalogue", "guide").out


def test_nothing_is_guided_to_while_nothing_is_published(operator: Operator) -> None:
    operator.well("catalogue", "apply", ITEM)
    told = operator.say("catalogue", "guide")
    assert (told.code, "nothing to guide to" in told.err) == (3, True)


@pytest.mark.slow
def test_the_guide_tells_both_ways_verification_consequences_and_how_to_turn_back_of_what_is_published(
    operator: Operator,
) -> None:
    public(operator, ITEM)
    public(operator, "legal-aid", "--name", "法律援助<b>对象</b>证明")
    operator.well("catalogue", "apply", "stable-jobs")
    page = operator.well("catalogue", "guide").out
    assert re.findall(r"^## .*（(.*)）$", page, re.MULTILINE) == [ITEM, "legal-aid"], "what is only applied for is no guide's"
    licence = page.partition(f"（{ITEM}）")[2].partition("\n## ")[0]
    for said in (
        "市场主体登记状态",
        "自主选择",
        "签署告知承诺书",
        "提交法律、法规或者国务院决定要求的证明",
        "方式为在线核查",
        "**承诺书公开**：不公开。依据：",
        "个工作日内完成",
        "终止办理",
        "办结之前有合理理由的，可以撤回承诺",
        "不记入信用记录",
    ):
        assert said in licence, said
    law = "毛管办〔2021〕4号《毛集实验区全面推行证明事项告知承诺制实施方案》第9项"
    assert (law in licence, "S0:" in page, "免予核查" in licence) == (True, False, False)
    assert "**免予核查**：" in page.partition("（legal-aid）")[2]


def test_the_guide_as_html_stands_by_itself_and_shows_no_markup_of_others(operator: Operator) -> None:
    operator.well("catalogue", "apply", ITEM)
    operator.another.well("catalogue", "review", ITEM, *SEEN)
    operator.well("catalogue", "publish", ITEM, "--reference", "<script>alert(1)</script>平台")
    file = operator.folder / "guide.html"
    told = operator.well("catalogue", "guide", "--format", "html", "--out", str(file), "--json").json
    text = file.read_text("utf-8")
    assert (told["items"], told["html"]) == ([ITEM], text)
    assert re.findall(r"<(?:script|link|img|iframe|object)|(?:src|href)=", text) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;平台" in text
    assert text.startswith('<!doctype html>\n<html lang="zh-Hans">')
    assert text.count("<dt>") == text.count("</dd>") >= 10
    file.write_text("somebody's own", "utf-8")
    again = operator.say("catalogue", "guide", "--format", "html", "--out", str(file))
    assert (again.code, "guide.html is there already; name another one" in again.err) == (2, True)
    assert file.read_text("utf-8") == "somebody's own"
