"""A standard that measures nothing is refused, and so is a risk factor without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packs import SHIPPED, edited, loaded, refused

BY_FEEL = [
    "符合条件即可，由经办人判断",
    "大体一致，及相应的别的情形",
    "由工作人员自行掌握",
    "。",
    "符合要求",
    "真实有效",
    "合格",
    "材料真实、合法、有效",
]
"""Standards by which everybody measures as he likes, or nobody at all."""


@pytest.mark.parametrize(
    "vague",
    [
        "符合其他条件",
        "营业执照等材料齐全",
        "符合有关要求",
        "登记状态等与承诺一致",
        "原则上一致",
        "as appropriate",
        "基本一致",
        *BY_FEEL,
    ],
)
def test_a_vague_standard_is_refused(vague: str, tmp_path: Path) -> None:
    error = refused(tmp_path, edited(("登记状态与承诺一致", vague)))
    assert [(flaw.code, flaw.row, flaw.field) for flaw in error.flaws] == [
        ("standard_vague", "item business-licence", "standard")
    ]


@pytest.mark.parametrize(
    "clear",
    [
        "面积等于承诺面积",
        "信用等级为甲级",
        "毕业于高等学校",
        "双方登记地址相等",
        "学历证书真实有效",
        "年龄符合规定",
        "不少于二人",
    ],
)
def test_a_measurable_standard_with_the_same_character_is_accepted(clear: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, edited(("登记状态与承诺一致", clear))).item("business-licence").standard == clear


@pytest.mark.parametrize("nothing", ["-", "—", "。"])
def test_a_risk_factor_that_says_nothing_is_refused(nothing: str, tmp_path: Path) -> None:
    said = re.search(r'volume = "([^"]+)"', SHIPPED)
    assert said is not None
    error = refused(tmp_path, edited((said[0], f'volume = "{nothing}"')))
    assert [(flaw.code, flaw.field) for flaw in error.flaws] == [("standard_vague", "factors.volume")]
