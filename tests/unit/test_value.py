"""What stands where a value should is no contradiction unless it can be a value: "no such person" says that nobody knows."""

from __future__ import annotations

import pytest

from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, agrees, reading, says, stated
from inspector.domain.policy import Compare

NOTHING = [
    *("查无此人", "-", "——", "N/A", "Ｎ／Ａ", "无法核实，材料已移交", "无", "无记录", "未查到相关信息", "没有记录", "不详"),
    *("暂无数据", "null", "系统维护中", "查询超时", "not found", "No record", "cannot verify", "Error 503", "???", "待核实"),
    "正在核查，申请延长五个工作日",
]


STATES = ("存续=在营=存续（在营、开业、在册）", "吊销=吊销，未注销", "注销")
"""A pack's closed list."""


@pytest.mark.parametrize("words", NOTHING)
@pytest.mark.parametrize(("rule", "claimed"), [(Compare.EXACT, "4"), (Compare.NORMALISED, "王某"), (Compare.SET, "乙级")])
def test_words_that_say_that_nobody_knows_never_contradict_whoever_says_them(words: str, rule: Compare, claimed: str) -> None:
    assert says(rule, claimed, words) is Verdict.CANNOT_SAY
    assert stated(None, words, claimed, rule) is Verdict.CANNOT_SAY
    assert stated(Verdict.MISMATCH, words, claimed, rule) is Verdict.CANNOT_SAY, "kept, and for a person"
    with pytest.raises(Invalid, match="mismatch_unfounded"):
        reading(Verdict.MISMATCH, words, claimed, rule)
    assert stated(Verdict.NOT_FOUND, words, claimed, rule) is Verdict.NOT_FOUND


OUTAGES = [
    *(
        "系统正在维护，请稍后再试",
        "Service Unavailable",
        "请求过于频繁",
        "权限不足，请联系管理员",
        "数据未归集",
        "存\ufffd",
        "张*",
        "查询失败",
    ),
    *(
        "暂时无法查询",
        "服务不可用",
        "接口异常",
        "参数错误",
        "无权限",
        "未授权",
        "网络超时",
        "对不起，未查到",
        "系统中无此人",
        "查询结果为空",
    ),
    *(
        "不存在",
        "记录不存在",
        "未知错误",
        "Internal Server Error",
        "Access denied",
        "failed",
        "invalid",
        "N/A",
        "ERR-500",
        "系统维护",
    ),
    *("尚未上线", "该服务已迁移至新平台", "2025年度数据", "<html>", "E503"),
]
"""Words of an outage as sources write them into a value's place, and some that no list of such words has."""


@pytest.mark.parametrize("words", OUTAGES)
@pytest.mark.parametrize("rule", [Compare.EXACT, Compare.NORMALISED, Compare.SET])
def test_no_words_of_an_outage_are_a_value_of_any_fact_whatever_was_promised(words: str, rule: Compare) -> None:
    for claimed in ("存续", "张三", "4", "2026-03-02", "有效", "JSE-2026", "本市甲路1号"):
        assert says(rule, claimed, words) is Verdict.CANNOT_SAY
        assert stated(None, words, claimed, rule) is Verdict.CANNOT_SAY
    assert says(rule, "存续", words, STATES) is Verdict.CANNOT_SAY
    assert stated(Verdict.MISMATCH, words, "存续", rule, STATES) is Verdict.CANNOT_SAY
    if words in ("系统维护", "查询失败", "Service Unavailable", "ERR-500"):
        assert says(rule, words, words) is Verdict.CANNOT_SAY, "nor does it prove what was promised in the same words"


def test_a_closed_list_says_what_a_value_is_by_any_of_its_writings_and_what_is_outside_it_says_nothing() -> None:
    for rule in (Compare.EXACT, Compare.NORMALISED):
        assert says(rule, "存续", "在营", STATES) is Verdict.MATCH
        assert says(rule, "在营", "存续(在营、开业、在册)", STATES) is Verdict.MATCH
        assert says(rule, "存续", "吊销,未注销", STATES) is Verdict.MISMATCH
        assert says(rule, "存续", "已被吊销", STATES) is Verdict.CANNOT_SAY
        assert says(rule, "正常经营", "注销", STATES) is Verdict.CANNOT_SAY, (
            "what was promised outside it is contradicted by nothing"
        )
        assert says(rule, "正常经营", "正常经营", STATES) is Verdict.CANNOT_SAY
    levels = ("甲级", "乙级", "丙级")
    assert says(Compare.SET, "乙级、丙级", "丙级；甲级；乙 级", levels) is Verdict.MATCH
    assert says(Compare.SET, "乙级、丙级", "丙级；甲级", levels) is Verdict.MISMATCH
    assert says(Compare.SET, "乙级", "甲级；系统维护", levels) is Verdict.CANNOT_SAY
    assert says(Compare.SET, "乙级", "；", levels) is Verdict.CANNOT_SAY
    assert stated(Verdict.MISMATCH, "注销", "存续", Compare.EXACT, STATES) is Verdict.MISMATCH
    assert stated(Verdict.MISMATCH, "该户已注销，见附件", "存续", Compare.EXACT, STATES) is Verdict.CANNOT_SAY
    with pytest.raises(Invalid, match="match_contradicts"):
        stated(Verdict.MATCH, "注销", "存续", Compare.EXACT, STATES)
    with pytest.raises(Invalid, match="value_unlisted") as refused:
        reading(Verdict.MISMATCH, "已被吊销", "存续", Compare.EXACT, STATES)
    assert refused.value.facts["known"] == "存续、吊销、注销"


@pytest.mark.parametrize("rule", [Compare.EXACT, Compare.NORMALISED, Compare.SET])
@pytest.mark.parametrize(
    ("claimed", "same", "other"),
    [
        ("3", ("3.0", "３", "3.00", " 3 "), ("4", "3.5", "30")),
        ("1200", ("1200.00", "1200.0"), ("1200.01", "120")),
        ("2026-03-02", ("2026-03-02", "２０２６-03-02"), ("2026-03-03",)),
        ("是", ("true", "有", "属实"), ("否", "FALSE")),
    ],
)
def test_one_number_day_or_answer_in_two_writings_is_one_and_another_is_not(
    rule: Compare, claimed: str, same: tuple[str, ...], other: tuple[str, ...]
) -> None:
    for found in same:
        assert says(rule, claimed, found) is Verdict.MATCH
        assert stated(Verdict.MATCH, found, claimed, rule) is Verdict.MATCH
    for found in other:
        assert says(rule, claimed, found) is Verdict.MISMATCH
        with pytest.raises(Invalid, match="match_contradicts"):
            stated(Verdict.MATCH, found, claimed, rule)


def test_what_only_looks_like_the_promised_number_or_code_is_neither_for_nor_against_it() -> None:
    for claimed, found in (("3", "三"), ("3", "共3人"), ("1200", "1,200"), ("0012", "12"), ("JS-77", "js-77"), ("3", "5年以上")):
        assert says(Compare.EXACT, claimed, found) is Verdict.CANNOT_SAY, found
        assert stated(Verdict.MATCH, found, claimed, Compare.EXACT) is Verdict.CANNOT_SAY, "kept, and for a person"
    for day in ("1900-01-01", "9999-12-31", "0001-01-01"):
        assert says(Compare.EXACT, "2026-03-02", day) is Verdict.CANNOT_SAY, "a register writes it where it has no day"
        assert Verdict.MISMATCH not in (says(rule, "2026-03-02", day) for rule in (Compare.NOT_BEFORE, Compare.NOT_AFTER))


@pytest.mark.parametrize(
    "finding",
    [
        *("未取得资质证书", "未获批准", "未核准登记", "没有该项资质，2025年3月已吊销", "无该处房产", "未收费", "无照经营"),
        *("not matching: 5 persons on record", "cannot hold a licence (revoked 2025)", "李某", "已注销"),
    ],
)
def test_a_signed_contradiction_in_words_of_its_own_stands_and_a_sources_same_words_are_read_by_a_person(finding: str) -> None:
    assert stated(Verdict.MISMATCH, finding, "已取得", Compare.NORMALISED) is Verdict.MISMATCH
    reading(Verdict.MISMATCH, finding, "已取得", Compare.NORMALISED)
    assert says(Compare.NORMALISED, "已取得", finding) is Verdict.CANNOT_SAY


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
    assert says(Compare.PREDICATE, "有", "无") is Verdict.MISMATCH
    for rule in (Compare.PREDICATE, Compare.NORMALISED, Compare.EXACT):
        for claimed in ("是", "true", "有效", "属实"):
            assert says(rule, claimed, "无") is Verdict.CANNOT_SAY, "it may be that the register has nothing to say"
            assert says(rule, claimed, "否") is Verdict.MISMATCH
    assert stated(None, "无", "有", Compare.EXACT) is Verdict.CANNOT_SAY, "a clerk's may be that there is no record"
    assert stated(Verdict.MISMATCH, "无", "有", Compare.EXACT) is Verdict.MISMATCH


@pytest.mark.parametrize("claimed", ["否", "无", "false", "0", "不属实", "ＮＯ"])
@pytest.mark.parametrize("found", ["否", "无", "false", "0", "无效", "是", "true", "1"])
def test_a_promise_that_is_a_no_is_held_by_no_predicate_for_who_was_not_told_it_says_the_opposite(
    claimed: str, found: str
) -> None:
    assert says(Compare.PREDICATE, claimed, found) is Verdict.CANNOT_SAY
    assert stated(None, found, claimed, Compare.PREDICATE) is Verdict.CANNOT_SAY
    assert says(Compare.NORMALISED, "否", "false") is Verdict.MATCH, "the rule for it"
    assert says(Compare.NORMALISED, "否", "是") is Verdict.MISMATCH


EMPTY_DAYS = (
    *("0001-01-01", "1000-01-01", "1601-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01"),
    *("0001-01", "1900-01", "1970-01"),
)
"""What databases, spreadsheets and programs write for the day or month that they have not."""


@pytest.mark.parametrize("found", EMPTY_DAYS)
@pytest.mark.parametrize("rule", [Compare.EXACT, Compare.NORMALISED, Compare.NOT_BEFORE, Compare.NOT_AFTER, Compare.WITHIN])
def test_a_day_or_a_month_that_stands_for_none_neither_proves_nor_contradicts(rule: Compare, found: str) -> None:
    claimed = "2020-01-01"[: len(found)]
    told = f"{found}/{found}" if rule is Compare.WITHIN else found
    assert says(rule, claimed, told) is Verdict.CANNOT_SAY
    if rule in (Compare.EXACT, Compare.NORMALISED):
        assert says(rule, found, found) is Verdict.MATCH, "who promises that very month may mean it"


@pytest.mark.parametrize("found", ["0001-01-01", "1899-12-30", "1900-01-01", "1970-01-01"])
def test_a_day_that_stands_for_none_proves_nothing(found: str) -> None:
    assert agrees(Compare.NOT_AFTER, "2024-01-01", found) is None
    assert agrees(Compare.NOT_BEFORE, "1800-01-01", found) is None


@pytest.mark.parametrize("found", ["2038-01-19", "2099-12-31", "2999-12-31", "3000-01-01", "9999-12-31", "2099-12", "9999-12"])
def test_what_holds_until_a_day_that_means_for_ever_holds_on_each_day_and_is_nobodys_other_day(found: str) -> None:
    day = "2026-03-02"[: len(found)]
    assert says(Compare.NOT_BEFORE, day, found) is Verdict.MATCH, "it runs out on no day before the promised one"
    assert says(Compare.NOT_AFTER, day, found) is Verdict.CANNOT_SAY, "but nothing has happened on such a day"
    for rule in (Compare.EXACT, Compare.NORMALISED, Compare.SET):
        assert says(rule, day, found) is Verdict.CANNOT_SAY
    assert says(Compare.NOT_BEFORE, "9999-12-31"[: len(found)], found) is not Verdict.MISMATCH, (
        "one for ever is as long as another"
    )
    if len(found) == len("2026-03-02"):
        assert says(Compare.WITHIN, day, f"2024-01-01/{found}") is Verdict.MATCH
        assert says(Compare.WITHIN, "4000-01-01", f"2024-01-01/{found}") is not Verdict.MISMATCH


@pytest.mark.parametrize("found", ["2099-12-30", "2999-12-30", "3000-01-02", "2038-01-18", "2030-12-31"])
def test_the_days_beside_them_are_days_like_any_other(found: str) -> None:
    assert says(Compare.NOT_AFTER, "2026-03-02", found) is Verdict.MISMATCH
    assert says(Compare.EXACT, "2026-03-02", found) is Verdict.MISMATCH


MACHINE_NUMBERS = [
    *("2147483647", "4294967295", "9223372036854775807", "18446744073709551615"),
    *("9999", "9999.0", "99999", "9999.99", "999999", "9999999999", "９９９９", "0000", "0000000000", "19700101", "99991231"),
]
"""What machines write for the number that they have not: the greatest of a kind, a field full of nines or noughts, a day of none."""


@pytest.mark.parametrize("found", MACHINE_NUMBERS)
@pytest.mark.parametrize("rule", [Compare.EXACT, Compare.NORMALISED, Compare.AT_LEAST, Compare.SET])
def test_a_number_that_machines_write_for_none_neither_proves_nor_contradicts_a_quantity(rule: Compare, found: str) -> None:
    for claimed in ("12", "1200.50", "0", "50000000000"):
        assert says(rule, claimed, found) is Verdict.CANNOT_SAY, claimed
        assert stated(Verdict.MATCH, found, claimed, rule) is Verdict.CANNOT_SAY, "kept, and for a person"
    if rule is not Compare.AT_LEAST:
        assert says(rule, found, found) is Verdict.MATCH, "who promises that very number may mean it"


@pytest.mark.parametrize("found", ["999", "998", "9998", "9989", "99.99", "2147483646", "1000", "19701302", "18991229", "500"])
def test_other_numbers_are_quantities_however_large_or_round(found: str) -> None:
    assert says(Compare.EXACT, "12", found) is Verdict.MISMATCH
    assert says(Compare.AT_LEAST, "12", found) is Verdict.MATCH


PERSON = "110105194912310021"


@pytest.mark.parametrize("found", ["12", "500", "13800000000", "9999", "91500000", "123456789012345", "18446744073709551615"])
def test_fifteen_digits_and_more_are_a_code_and_a_quantity_never_contradicts_one(found: str) -> None:
    assert says(Compare.EXACT, PERSON, found) is Verdict.CANNOT_SAY
    assert says(Compare.SET, PERSON, found) is Verdict.CANNOT_SAY
    assert says(Compare.AT_LEAST, "12", PERSON) is Verdict.CANNOT_SAY, "nobody has so many of anything"
    assert says(Compare.EXACT, PERSON, "110105194912320021") is Verdict.MISMATCH, "another code of its length is another"
    assert says(Compare.EXACT, PERSON, "9" * 18) is says(Compare.EXACT, PERSON, "0" * 18) is Verdict.CANNOT_SAY
    assert says(Compare.EXACT, PERSON, PERSON) is Verdict.MATCH


@pytest.mark.parametrize("found", ["12,000", "12,15", "1,200,000", "12，000", "12,0000", "１２,０００"])
def test_a_comma_between_digits_parts_no_list(found: str) -> None:
    for claimed in ("12", "000", "15", "1"):
        assert says(Compare.SET, claimed, found) is Verdict.CANNOT_SAY
    assert says(Compare.SET, found, found) is Verdict.MATCH
    assert says(Compare.SET, "12、15", "12、15、18") is Verdict.MATCH
    assert says(Compare.SET, "12", "15, 18") is Verdict.MISMATCH
    assert says(Compare.SET, "A,B", "b,a,c") is Verdict.MATCH
