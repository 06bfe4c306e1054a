"""Reasons that say nothing are none, however they are written."""

from __future__ import annotations

import pytest

from inspector.domain.errors import Invalid
from inspector.flows.reasons import idle, telling, word
from inspector.labels import LANGS, told


@pytest.mark.parametrize("text", [".", "无", "-", "N/A", "ｎ／ａ", "——", "。。。", " 无 。", "没有", "none", "None.", "…"])
def test_signs_and_words_that_stand_for_nothing_are_no_reasons_and_no_name(text: str) -> None:
    assert idle(text)
    with pytest.raises(Invalid, match="reasons_idle") as caught:
        word(text, "王五")
    assert all(text.strip() in told(caught.value, lang) for lang in LANGS)
    with pytest.raises(Invalid, match="signer_idle"):
        telling("不属于本局职权", text)


@pytest.mark.parametrize("text", ["", " ", "无档案", "无权查询", "no records before 2001", "12 号文", "N/A 栏未填"])
def test_short_reasons_that_say_something_are_reasons_and_empty_ones_are_left_to_the_step(text: str) -> None:
    assert not idle(text)
