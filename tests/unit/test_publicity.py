from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.domain.admission import remarks
from inspector.domain.calendar import Term
from inspector.domain.case import CaseRemark
from inspector.domain.publicity import Publicity
from inspector.policybook import Policybook
from inspector.policyrender import render
from tests.packs import ITEM, POLICIES, after, loaded
from tests.unit.test_suspension import opened

YEAR = Publicity(scope="本机关网站", term=Term.parse("1y"), basis="S0:5")
NONE = Publicity(scope="none", term=None, basis="S0:5")


@pytest.mark.parametrize(
    ("wanted", "scope", "until", "odd"),
    [
        (NONE, "none", None, False),
        (NONE, "本机关网站", date(2027, 3, 1), True),
        (YEAR, "本机关网站", date(2027, 3, 1), False),
        (YEAR, "本机关网站", date(2027, 3, 2), True),
        (YEAR, "本机关网站", None, True),
        (YEAR, "none", None, True),
        (None, "本机关网站", None, False),
    ],
)
def test_a_letter_that_says_otherwise_than_the_item_of_publicity_is_marked(
    wanted: Publicity | None, scope: str, until: date | None, odd: bool
) -> None:
    case = opened()
    assert case.letter is not None
    case = replace(case, letter=replace(case.letter, signed_by=case.subject.name, publicity_scope=scope, publicity_until=until))
    item = replace(Policybook.load(POLICIES).get("maoji@2026.1").item("business-licence"), publicity=wanted)
    assert remarks(case, item) == ((CaseRemark.PUBLICITY,) if odd else ())


def test_an_item_says_how_far_and_how_long_its_letters_are_public_and_the_sheet_shows_it(tmp_path: Path) -> None:
    said = 'publicity = { scope = "本机关网站", term = "1y", basis = "S0:5" }'
    held = loaded(tmp_path, after(ITEM, 'publicity = { scope = "none", basis = "S0:5;S0:8" }', said))
    assert held.item("business-licence").publicity == YEAR
    page = render(held)
    assert "公开范围：本机关网站；自签署之日起1年；依据：S0:5" in page
    assert "不公开；依据：S0:5" in page
