"""What stands where a value should is no contradiction unless it can be a value: "no such person" says that nobody knows."""

from __future__ import annotations

import pytest

from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, says, stated
from inspector.domain.policy import Compare

NOTHING = [
    *("查无此人", "-", "——", "N/A", "Ｎ／Ａ", "无法核实，材料已移交", "无", "无记录", "未查到相关信息", "没有记录", "不详"),
    *("暂无数据", "null", "系统维护中", "查询超时", "not found", "No record", "cannot verify", "Error 503", "???", "待核实"),
    "正在核查，申请延长五个工作日",
]


@pytest.mark.parametrize("words", NOTHING)
@pytest.mark.parametrize(("rule", "claimed"), [(Compare.EXACT, "4"), (Compare.NORMALISED, "王某"), (Compare.SET, "乙级")])
def test_words_that_say_that_nobody_knows_never_contradict_whoever_says_them(words: str, rule: Compare, claimed: str) -> None:
    assert says(rule, claimed, words) is Verdict.CANNOT_SAY
    assert stated(None, words, claimed, rule) is Verdict.CANNOT_SAY
    with pytest.raises(Invalid, match="mismatch_unfounded"):
        stated(Verdict.MISMATCH, words, claimed, rule)
    assert stated(Verdict.NOT_FOUND, words, claimed, rule) is Verdict.NOT_FOUND


@pytest.mark.parametrize("rule", list(Compare))
@pytest.mark.parametrize("words", NOTHING)
def test_an_agencys_words_without_a_verdict_are_a_contradiction_by_no_rule(rule: Compare, words: str) -> None:
    for claimed in ("4", "王某", "2026-03-02", "有效"):
        assert stated(None, words, claimed, rule) is not Verdict.MISMATCH


def test_free_text_without_a_verdict_is_for_a_person_to_read_and_a_value_of_the_promises_form_is_compared() -> None:
    assert stated(None, "材料已转交住建部门", "王某", Compare.EXACT) is Verdict.CANNOT_SAY
    assert stated(None, "李某", "王某", Compare.NORMALISED) is Verdict.CANNOT_SAY
    assert stated(Verdict.MISMATCH, "李某", "王某", Compare.NORMALISED) is Verdict.MISMATCH, "what it means is said"
    assert stated(None, "王 某", "王某", Compare.NORMALISED) is Verdict.MATCH
    assert stated(None, "3", "4", Compare.EXACT) is Verdict.MISMATCH
    assert stated(None, "2026-03-01", "2026-03-02", Compare.EXACT) is Verdict.MISMATCH
    assert stated(None, "JS-2026-77", "JS-2026-78", Compare.EXACT) is Verdict.MISMATCH
    assert stated(None, "E-1001", "JS-2026-78", Compare.EXACT) is Verdict.CANNOT_SAY, "a number built otherwise may be an error's"
    assert stated(None, "否", "是", Compare.EXACT) is Verdict.MISMATCH


def test_what_is_promised_may_itself_be_that_there_is_none() -> None:
    assert stated(None, "无", "无", Compare.EXACT) is Verdict.MATCH
    assert says(Compare.EXACT, "无", "有") is Verdict.MISMATCH
    assert says(Compare.EXACT, "有", "无") is Verdict.MISMATCH, "a source's yes and no"
    assert says(Compare.PREDICATE, "有效", "无") is Verdict.MISMATCH
    assert stated(None, "无", "有", Compare.EXACT) is Verdict.CANNOT_SAY, "a clerk's may be that there is no record"
    assert stated(Verdict.MISMATCH, "无", "有", Compare.EXACT) is Verdict.MISMATCH
    assert says(Compare.EXACT, "存续", "吊销") is Verdict.MISMATCH, "a source's field holds a value"
