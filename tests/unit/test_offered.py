"""What a notice's rights say of a hearing: a doubt is decided for the subject."""

from __future__ import annotations

import pytest

from inspector.domain.offered import names, offers

NONE = [
    "本案不适用听证",
    "本案不适用听证程序。",
    "听证：不适用",
    "听证程序不适用",
    "因罚款数额未达到较大数额标准，不适用听证程序",
    "本案不属于行政处罚法第六十三条规定的听证范围",
    "您无权要求听证",
    "本次记入没有要求听证的权利",
    "本案不举行听证；您可以陈述、申辩",
    "陈述、申辩（不适用听证）",
    "No hearing is held",
    "There is no right to a hearing in this matter.",
    "You may speak in defence; you are not entitled to a hearing",
    "A hearing is not available",
    "It is decided without a hearing",
]
OFFERED = [
    "陈述、申辩，可以要求听证",
    "有权在五个工作日内要求举行听证（不收取费用）",
    "You may ask for a Hearing",
    "本案不适用简易程序，您可以要求听证",
    "本案一般不适用听证，但您可以要求听证",
]
DOUBTFUL = [
    "逾期不提出的，不举行听证",
    "不需要听证的，请书面说明",
    "未在五日内提出申请的，不予听证",
    "不得拒绝听证",
    "不能没有听证",
    "不举行公开听证",
    "不公开听证",
    "听证不收取费用",
    "没有听证费用",
    "除当事人放弃外，不得不举行听证",
    "对不适用听证的决定不服的，可以申请复议",
    "If you do not ask in time, no hearing is held",
    "No hearing is held unless you ask for one",
    "There is no fee for the hearing",
    "No public hearing",
    "Nothing is decided without a hearing, and no hearing without you",
]


@pytest.mark.parametrize("line", NONE)
def test_what_plainly_says_that_there_is_none_offers_none(line: str) -> None:
    assert (offers((line,)), names((line,))) == (False, False)
    assert offers((line, "可以要求听证")), "another line offers one"


@pytest.mark.parametrize("line", OFFERED)
def test_what_says_that_there_is_one_offers_and_names_it(line: str) -> None:
    assert (offers((line,)), names((line,))) == (True, True)


@pytest.mark.parametrize("line", DOUBTFUL)
def test_what_may_be_read_either_way_is_owed_and_does_not_do_where_the_right_has_to_be_named(line: str) -> None:
    assert (offers((line,)), names((line,))) == (True, False)


def test_what_speaks_of_none_offers_none() -> None:
    assert (offers(("陈述、申辩", "")), names(("陈述、申辩",))) == (False, False)
