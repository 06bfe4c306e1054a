"""The least number of an item: its own strata, and what the quota makes of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.domain.backtest import alike
from inspector.domain.combination import Aspect, combinations
from inspector.domain.policy import Policy
from inspector.domain.quota import Count, Quota, quota
from inspector.domain.sampling import Bounds, Window
from inspector.policyrender import render
from tests.minimums import PLAIN, owed
from tests.packs import SHIPPED, loaded

APART = "normal-D/dispatch-premises"


@pytest.fixture
def pack(tmp_path: Path) -> Policy:
    return loaded(tmp_path, PLAIN)


def drawn(pack: Policy, unfinished: tuple[Window, ...] = (), bounds: Bounds | None = None, **counts: Count) -> Quota:
    held = {code.replace("__", "/").replace("_", "-"): count for code, count in counts.items()}
    rows = [row for row in pack.samplings if row.stratum in held]
    return quota(rows, bounds or Bounds(order=("D", "C", "U", "B", "A")), held, officers=9, unfinished=unfinished)


def cases(rows: int, drawn: int = 0, year_drawn: int = 0) -> Count:
    return Count(rows=rows, able=rows, drawn=drawn, year_drawn=max(drawn, year_drawn), year_rows=rows + drawn)


def step(told: Quota, rule: str) -> dict[str, object]:
    (found,) = [one.value() for one in told.steps if one.rule == rule]
    return found


def test_the_cases_of_an_item_that_a_number_is_owed_of_have_a_stratum_of_their_own_at_these_levels(pack: Policy) -> None:
    premises, other = pack.item("dispatch-premises"), pack.item("business-licence")
    assert pack.strategy(premises, "D").stratum == APART
    assert pack.strategy(premises, "C").stratum == "normal-C"
    assert pack.strategy(other, "D").stratum == "normal-D"
    assert pack.strategy(premises, "D").row == "normal-D", "it is the same row of the pack"
    own = pack.sampling(APART)
    assert (own.row, own.ratio, own.level, own.per, own.part_of) == (
        "sample-normal-D",
        Fraction(3, 10),
        "D",
        Window.QUARTER,
        "normal-D",
    )
    assert [row.row for row in own.owed] == ["least"]
    assert pack.sampling("normal-D").shared


def test_who_was_drawn_before_has_left_the_cases_so_that_what_still_lacks_is_owed_of_all_who_stand_there(pack: Policy) -> None:
    """Five are owed; two were drawn before in the quarter, three stand there: all three, as of an intake or of each draw's own cases."""
    for rolling in (True, False):
        row = replace(pack.sampling(APART), rolling=rolling)
        told = quota([row], Bounds(order=("D", "C", "U", "B", "A")), {APART: cases(3, drawn=2)}, officers=9)
        assert (step(told, "quota.item_minimum")["asked"], told.sizes[APART].k) == (3, 3)


def test_of_a_few_cases_among_many_as_many_are_drawn_as_are_owed(pack: Policy) -> None:
    """30 % of 8 are 3; five are owed."""
    told = drawn(pack, normal_D=cases(200), normal_D__dispatch_premises=cases(8))
    assert {code: size.k for code, size in told.sizes.items()} == {"normal-D": 60, APART: 5}
    assert step(told, "quota.item_minimum") == {
        "rule": "quota.item_minimum",
        "row": "least",
        "basis": "S8:22;P:2.3",
        "item": "dispatch-premises",
        "window": "quarter",
        "minimum": 5,
        "drawn": 0,
        "asked": 5,
        "given": 3,
        "added": {APART: 2},
        "lacking": 0,
    }


def test_all_there_are_where_they_are_fewer_and_no_more_once_it_has_been_met(pack: Policy) -> None:
    assert drawn(pack, normal_D__dispatch_premises=cases(4)).total == 4
    assert drawn(pack, normal_D__dispatch_premises=cases(6, drawn=4)).total == 1
    assert drawn(pack, normal_D__dispatch_premises=cases(1, drawn=5)).total == 0
    assert step(drawn(pack, normal_D__dispatch_premises=Count(rows=6, able=2)), "quota.item_minimum")["lacking"] == 3


def test_an_intake_whose_window_is_not_over_is_not_judged_yet(pack: Policy) -> None:
    told = drawn(pack, (Window.QUARTER,), normal_D__dispatch_premises=cases(9))
    assert (told.total, [one.rule for one in told.steps]) == (2, ["quota.rolling"])


def test_the_least_number_of_the_stratum_is_one_for_all_its_parts(tmp_path: Path) -> None:
    """Five are owed of normal-D a quarter, and one of the item: of two and two cases four are drawn, of three and nine five in all."""
    pack = loaded(tmp_path, owed(1))
    few = drawn(pack, normal_D=cases(2), normal_D__dispatch_premises=cases(2))
    assert few.total == 4
    more = drawn(pack, normal_D=cases(3), normal_D__dispatch_premises=cases(9))
    assert {code: size.k for code, size in more.sizes.items()} == {"normal-D": 2, APART: 3}
    assert (step(more, "quota.minimum")["row"], step(more, "quota.minimum")["asked"]) == ("sample-normal-D", 5)


def test_levels_that_are_counted_together_are_topped_up_from_the_riskiest_on(tmp_path: Path) -> None:
    pack = loaded(tmp_path, owed(1, levels=""))
    both = {"normal_A__dispatch_premises": cases(50), "normal_D__dispatch_premises": cases(9, drawn=1)}
    assert step(drawn(pack, (), None, **both), "quota.item_minimum")["added"] == {}, "what the ratios give may be enough"
    low = loaded(tmp_path, owed(4, levels='["C", "D"]'))
    told = drawn(low, normal_C__dispatch_premises=cases(9, drawn=1), normal_D__dispatch_premises=cases(1, drawn=5))
    assert step(told, "quota.item_minimum")["asked"] == 0, "six of the quarter"


def test_the_officers_at_hand_cut_the_share_and_not_what_is_owed(pack: Policy) -> None:
    bounds = Bounds(order=("D", "C", "U", "B", "A"), staff=pack.bounds.staff)
    told = quota(
        [pack.sampling("normal-D"), pack.sampling(APART)],
        bounds,
        {"normal-D": cases(200), APART: cases(40)},
        officers=1,
    )
    assert {code: size.k for code, size in told.sizes.items()} == {"normal-D": 0, APART: 5}


def test_a_difference_of_packs_and_the_approval_sheet_show_what_is_owed(pack: Policy, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    before = loaded(tmp_path / "b", SHIPPED)
    assert not alike(before, pack), "a replay judges cases again: the stratum is another one"
    (one,) = combinations(before, pack)
    assert (one.item, one.level, one.aspects) == ("dispatch-premises", "D", (Aspect.STRATUM, Aspect.DRAW))
    sheet = render(pack)
    line = next(line for line in sheet.splitlines() if line.startswith("| least |"))
    assert "至少抽取" in sheet
    assert "5 个，不足的全抽 | 每季度" in line
    assert sheet.count("| sample-normal-D |") == 1, "a part is no row of the pack"
