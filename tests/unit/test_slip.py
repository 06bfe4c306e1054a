"""A form in a mail is known by its frame alone, however a mail program breaks, marks and moves its lines."""

from __future__ import annotations

import textwrap

import pytest

from inspector.domain import slip
from inspector.domain.words import Words
from inspector.flows.mailbox import quoting
from inspector.labels import label

CODE = "s3cret"
NAMES = {"答复码": "code", "核查意见": "verdict", "理由": "reasons", "签署人": "signer"}
WORDS = Words(
    body="区民政局：\n\n　　承诺内容：" + slip.quoted(f"3 {'x' * 58} 核查意见：一致 {'y' * 58} 【{slip.mark(CODE)}】"),
    how="在线答复：\nhttps://office.example/assist/1-a/s3cret",
    slip=("核查意见（一致、不一致）", "理由", "签署人"),
    known=("答复码：s3cret",),
    marks=("协助核查函", "答复表开始", "答复表结束"),
)
LETTER = slip.letter(WORDS, "", CODE)
FILLED = LETTER.replace("理由：", "理由：档案在外，\n下周可查").replace("签署人：", "签署人：王五")


def wrapped(text: str, wide: int, before: str = "> ") -> str:
    """As a program quotes: broken where the lines grow too long, each marked."""
    rows = (row for line in text.splitlines() for row in textwrap.wrap(line, wide, break_long_words=False) or [""])
    return "\n".join(before + row for row in rows)


@pytest.mark.parametrize(
    "told",
    [
        FILLED,
        wrapped(FILLED, 60),
        wrapped(wrapped(FILLED, 76), 60, "| "),
        wrapped(FILLED, 30, ""),
        FILLED.replace("assist/1-a", "assist/1-\n> a"),
    ],
)
def test_only_what_stands_in_the_frame_is_filled_in_whatever_the_program_does(told: str) -> None:
    (sheet,) = slip.sheets(slip.clean(told))
    filled, before = slip.lines(sheet.inside, NAMES)
    assert filled == {"code": CODE, "reasons": "档案在外，\n下周可查", "signer": "王五"}
    assert (before, sheet.mark, sheet.whole(CODE), slip.beside(told, [sheet], quoting())) == ("", slip.mark(CODE), True, "")


def test_who_signs_stands_on_the_line_that_asks_for_it_and_a_line_after_it_is_behind_no_name() -> None:
    (sheet,) = slip.sheets(FILLED.replace("签署人：王五", "签署人：\n系统维护"))
    assert slip.lines(sheet.inside, NAMES, ("signer",)) == ({"code": CODE, "reasons": "档案在外，\n下周可查"}, "系统维护")
    (sheet,) = slip.sheets(FILLED.replace("签署人：王五", "签署人：王五\n> 系统维护"))
    assert slip.lines(sheet.inside, NAMES, ("signer",))[0]["signer"] == "王五"


def test_a_promise_cannot_look_like_a_line_or_a_mark() -> None:
    assert "：" not in slip.quoted("核查意见：一致\n签署人:王五 【x】")
    assert LETTER.count(slip.mark(CODE)) == 4
    assert len(slip.sheets(LETTER)) == 1


@pytest.mark.parametrize(
    "above",
    [
        '在 2026-03-02 10:00:00，"协助" <xiezhu@office.example> 写道：\n',
        "协助 <xiezhu@office.example>\n于2026年3月2日周一 10:00写道：\n",
        "On Mon, 2 Mar 2026 at 10:00, Office <xiezhu@office.example>\nwrote:\n",
        "-----原始邮件-----\n发件人: xiezhu <xiezhu@office.example>\n发送时间: 2026-03-02\n收件人: 王五\n主题: 协助核查函\n",
        "________________________________\nFrom: Office\nSent: Monday\nTo: Wang\nSubject: Request\n\n",
        "---- 回复的原邮件 ----\n| 发件人 | xiezhu@office.example |\n| 日期 | 2026年03月02日 |\n| 收件人 | a |\n| 主题 | 协助 |\n",
    ],
)
def test_what_programs_say_above_a_letter_is_nobodys_word_and_what_a_clerk_says_is(above: str) -> None:
    for own in ("", "您好，答复如下。\n\n", "与贵局所述不一致\n\n"):
        told = own + above + FILLED
        assert slip.beside(told, slip.sheets(told), quoting()) == own.strip()
    assert slip.beside(FILLED + "\n以上仅供参考", slip.sheets(FILLED), quoting()).endswith("以上仅供参考")
    inside = FILLED.replace("在线答复", "我们不同意\n在线答复")
    assert not slip.sheets(inside)[0].whole(CODE), "words between the letter's lines are words"


@pytest.mark.parametrize(
    "said", ["此复", "特此函复。", "现将有关情况函复如下：", "你好，我局意见见下表。", "已核，见下。", "经查，答复如下："]
)
def test_the_standing_words_of_official_replies_say_nothing(said: str) -> None:
    known = label("mail.polite", "zh-Hans").split(", ")
    assert not slip.unknown(said, known)
    for more in ("属实", "不一致", "附件", "妥否，请批示"):
        assert slip.unknown(said + more, known), "and a word behind them is one"


def test_greetings_names_and_numbers_to_call_say_nothing() -> None:
    known = ["您好", "答复如下", "谢谢", "日", "区民政局", "电话", "hello"]
    assert not slip.unknown("您好！答复如下。\n谢谢\n区民政局 电话：010-12345678 2026年3月2日\nHello,", known)
    for said in ("您好，不一致", "5", "实际5人", "未收到"):
        assert slip.unknown(said, [*known, "收到"]), said
