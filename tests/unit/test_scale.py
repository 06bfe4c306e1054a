"""A credit level that two ratings make together: stated in one line, found in one row, and explained by it (handbook 1.3.13)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inspector import policyrender
from inspector.domain.case import LevelReason
from inspector.domain.credit import rated
from inspector.domain.policy import Policy
from inspector.domain.scale import Scale, read
from tests import scales
from tests.house import START
from tests.packs import SHIPPED, loaded, refused


@pytest.fixture
def pack(tmp_path: Path) -> Policy:
    return loaded(tmp_path, scales.WHOLE)


@pytest.mark.parametrize(
    ("stated", "level"),
    [
        ("grade=good;risk=low", "A"),
        ("risk=high; grade=good", "B"),
        ("grade=poor;risk=middle", "D"),
        ("C", "C"),
        ("grade=good", None),
        ("grade=good;risk=low;colour=red", None),
        ("grade=good;grade=poor", None),
        ("grade=fair;risk=low", None),
        ("grade=;risk=low", None),
        ("good;low", None),
        ("", None),
    ],
)
def test_what_is_stated_on_every_axis_is_one_level_and_anything_else_is_off_the_scale(
    pack: Policy, stated: str, level: str | None
) -> None:
    found = pack.level(stated)
    assert (found[0] if found else None) == level


def test_the_row_that_made_the_level_stands_in_the_decision(pack: Policy) -> None:
    told = rated(pack, "grade=good;risk=low", START, "platform", START)
    assert (told.level, told.reason) == ("A", LevelReason.COMBINED)
    assert told.facts == {"stated": "grade=good;risk=low", "combined_by": "x-A", "combined_basis": "P:2.1"}
    missing = rated(pack, "grade=good", START, "platform", START)
    assert (missing.level, missing.reason) == ("U", LevelReason.OFF_SCALE), "half of a rating is neither good nor bad"
    old = rated(pack, "grade=poor;risk=low", START - timedelta(days=400), "platform", START)
    assert (old.level, old.reason) == ("U", LevelReason.STALE)


def test_a_pack_of_one_rating_reads_as_before(tmp_path: Path) -> None:
    plain = loaded(tmp_path, SHIPPED)
    assert (plain.scale, plain.level("B"), plain.level("grade=good;risk=low")) == (Scale(), ("B", None), None)
    assert read("B") is None


def test_a_lawyer_reads_the_combinations_and_what_changed_among_them(pack: Policy, tmp_path: Path) -> None:
    assert "| x-B | 信用评价：good；风险类别：middle、high | B | P:2.1" in policyrender.render(pack)
    (tmp_path / "other").mkdir()
    other = loaded(tmp_path / "other", scales.WHOLE.replace('level = "D"\nof', 'level = "C"\nof'))
    assert [str(one) for one in policyrender.diff(pack, other)] == ["由各项评定合成的等级 · x-D · 等级：D → C"]


def many(rows: int) -> str:
    """100 × 100 combinations, a row for each but for the last so many."""
    values = [str(number) for number in range(100)]
    axes = "".join(f'\n[[axis]]\ncode = "{code}"\nname = "{code}"\nvalues = {values}\nbasis = "P:2.1"\n' for code in ("a", "b"))
    cells = [(a, b) for a in values for b in values][:rows]
    return SHIPPED + axes + "".join(scales.row(f"x-{a}-{b}", "A", a=[a], b=[b]) for a, b in cells)


@pytest.mark.slow
def test_a_gap_and_an_overlap_among_ten_thousand_combinations_are_found(tmp_path: Path) -> None:
    error = refused(tmp_path, many(9_999) + scales.row("x-again", "B", a=["7"], b=["7"]))
    assert [flaw.code for flaw in error.flaws] == ["combination_missing", "combination_twice"]
    assert "no row for 99/99;" in str(error)
    assert "7/7 (x-7-7, x-again)" in str(error)
