"""What a browser says of its languages, read as RFC 9110 means it."""

from __future__ import annotations

import pytest

from inspector.web.language import preferred


@pytest.mark.parametrize(
    ("told", "lang"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-Hant-TW", "zh-Hans"),
        ("EN", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.5,zh;q=0.4", "en"),
        ("en;q=0.2, zh ; q=0.7", "zh-Hans"),
        ("en;Q=0.300,zh;q=0.3", "en"),
        ("en;q=0", None),
        ("en;q=0,zh;q=0.001", "zh-Hans"),
        ("fr,de;q=0.9,*;q=0.1", None),
        ("*", None),
        ("", None),
        ("english,zhongwen", None),
        ("en;q=7,en;q=-1,en;q=0.1234,en_US,;,=,\x00é", None),
        ("en;q=two,zh", "zh-Hans"),
        (f"{'en-' * 10_000},zh", "zh-Hans"),
    ],
)
def test_the_language_of_ours_that_weighs_most_is_taken_and_what_is_no_language_passed_over(told: str, lang: str | None) -> None:
    assert preferred(told) == lang
