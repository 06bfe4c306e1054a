"""Secrets of links are veiled however a mail breaks them, and nothing else is."""

from __future__ import annotations

import pytest

from inspector.domain.veil import VEIL, over, veiled

SECRET = "aB3-dE6_gH9jK2mN5pQ8rS1tU4vW7xY0"
DIGEST = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "text",
    [
        f"http://office.example/assist/R-1/{SECRET}",
        f"答复码：{SECRET}\n> 核查意见：",
        f"> http://office.example/oversee/R-1/{SECRET[:11]}\n> {SECRET[11:]}。",
        f"https://safe.example/?url=http%3A%2F%2Foffice%2Fassist%2FR-1%2F{SECRET}",
        f"> 答复码：{SECRET[:20]}\n> > {SECRET[20:]}",
    ],
)
def test_a_known_secret_is_found_however_it_is_broken(text: str) -> None:
    said = veiled(text, [SECRET])
    assert VEIL in said
    assert SECRET[:11] not in said
    assert SECRET[20:] not in said


@pytest.mark.parametrize(
    "text", [f"http://x/assist/R-1/{SECRET}，", f"答复码：{SECRET}", f"code={SECRET}&", f"/assist/R-1/{SECRET[:9]}"]
)
def test_one_that_is_not_known_is_found_by_where_it_stands_and_how_it_looks(text: str) -> None:
    assert SECRET[:9] not in veiled(text)


@pytest.mark.parametrize(
    "text", ["经查，与承诺一致。", DIGEST, DIGEST * 2, SECRET + "x", "协助编号 R-01JX7ZQ4M8 的来函", "a" * 32]
)
def test_other_words_stand(text: str) -> None:
    assert veiled(text) == text


def test_a_matter_is_veiled_whatever_its_form() -> None:
    told = {"text": SECRET, "attached": [{"name": f"{SECRET}.pdf", "size": 3}], "theirs": True}
    assert over(told) == {"text": VEIL, "attached": [{"name": f"{VEIL}.pdf", "size": 3}], "theirs": True}
