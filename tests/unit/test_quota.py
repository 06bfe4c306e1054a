"""How many are drawn: scenarios 17-19, 28 and the register's bounds, and what holds whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from inspector.domain.quota import Count, Quota, Size, quota
from inspector.domain.sampling import FULL, MUST, Bounds, CeilingRow, FloorRow, SamplingRow, SizeRow, StaffRow, Window

ORDER = ("D", "C", "U", "B", "A")
DANDONG = {"A": (31_107, "1/100"), "B": (12_044, "3/100"), "C": (3_682, "10/100"), "D": (721, "30/100")}
FLOOR = FloorRow(row="floor", ratio=Fraction(3, 100), order=ORDER, basis="S35:4")
CEILING = CeilingRow(row="ceiling", ratio=Fraction(1, 10), basis="S62:1")
STAFF = StaffRow(row="staff", each=Fraction(5), per=Window.QUARTER, basis="P:2.3")
SMALL = SizeRow(row="small", over=0, up_to=10, least=2, ratio=Fraction(0), basis="P:2.3")


def row(stratum: str = "A", ratio: str = "1/100", minimum: int = 0, **changes: object) -> SamplingRow:
    level = None if stratum in {FULL, MUST} else stratum[-1]
    made = SamplingRow(
        row=f"sample-{stratum}", stratum=stratum, level=level, ratio=Fraction(ratio), minimum=minimum, basis="P:2.3"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def one(n: int, held: SamplingRow, *, able: int | None = None, bounds: Bounds | None = None, **counted: int) -> Size:
    """What one stratum gives."""
    count = Count(rows=n, able=n if able is None else able, **counted)
    return quota([held], bounds or Bounds(order=ORDER), {held.stratum: count}, officers=10).sizes[held.stratum]


def mixed(bounds: Bounds, *, officers: int = 10**6, **changes: Count) -> Quota:
    """A real district's classes (handbook 1.3.5)."""
    counts = {level: Count(rows=n, able=n) for level, (n, _) in DANDONG.items()} | changes
    return quota([row(level, ratio) for level, (_, ratio) in DANDONG.items()], bounds, counts, officers=officers)


def step(told: Quota, rule: str) -> dict[str, object]:
    (found,) = [held.value() for held in told.steps if held.rule == rule]
    return found


def drawn(told: Quota) -> dict[str, int]:
    return {code: size.k for code, size in told.sizes.items()}


@pytest.mark.parametrize(("n", "ratio", "k"), [(100, "7/100", 7), (25, "28/100", 7), (340, "3/100", 11), (2, "1/3", 1)])
def test_scenario_17_rounding_is_exact(n: int, ratio: str, k: int) -> None:
    assert one(n, row(ratio=ratio)).k == k


def test_a_stratum_of_at_most_a_share_rounds_down_and_is_not_topped_up_beyond_it() -> None:
    few = row("B", "3/100", per=Window.YEAR, most=Fraction(3, 100))
    assert (one(340, row("B", "3/100")).k, one(340, few).k, one(10, few).k) == (11, 10, 0)
    assert one(340, few, drawn=4, year_drawn=4).k == 6
    assert one(10, replace(few, minimum=2)).k == 2, "what must be drawn stands above what may"
    floor = Bounds(order=ORDER, floor=FLOOR)
    counts = {"B": Count(rows=340, able=340), "C": Count(rows=340, able=340)}
    told = quota([few, row("C", "1/100", most=Fraction(1, 50))], floor, counts, officers=10)
    assert drawn(told) == {"B": 10, "C": 6}
    assert (step(told, "quota.floor")["added"], step(told, "quota.floor")["lacking"]) == ({"C": 2}, 5)
    assert told.steps[0].facts["share"] == "3/100"
    assert told.steps[0].facts["most"] == 10


def test_an_intake_of_at_most_a_share_stays_within_it_from_the_first_draw_on() -> None:
    intake = row("B", "1/10", per=Window.QUARTER, rolling=True, most=Fraction(1, 10))
    count = Count(rows=40, able=40, year_drawn=3, year_rows=60)
    told = quota([intake], Bounds(order=ORDER), {"B": count}, officers=10, unfinished=[Window.QUARTER])
    assert drawn(told) == {"B": 3}


def test_scenario_18_nobody_of_none_all_of_few_and_a_hundred_percent_is_no_draw() -> None:
    assert one(0, row(minimum=5)).k == 0
    assert one(3, row(minimum=5)).k == 3
    whole = quota([row("D", "1/1")], Bounds(order=ORDER), {"D": Count(rows=40, able=40)}, officers=1)
    assert (whole.sizes["D"].k, whole.whole, whole.steps[0].rule) == (40, ("D",), "quota.full_coverage")


def test_scenario_19_the_floor_tops_up_from_the_riskiest_level_and_both_steps_are_told() -> None:
    told = mixed(Bounds(order=ORDER, floor=FLOOR))
    assert sum(held.facts["k"] for held in told.steps if held.rule == "quota.stratum") == 1_260  # type: ignore[misc]
    assert step(told, "quota.floor") == {
        "rule": "quota.floor",
        "row": "floor",
        "basis": "S35:4",
        "n": 47_554,
        "ratio": "3/100",
        "drawn": 0,
        "asked": 1_427,
        "given": 1_260,
        "added": {"D": 167},
        "lacking": 0,
    }
    assert drawn(told) == {"A": 312, "B": 362, "C": 369, "D": 217 + 167}
    assert told.total == 1_427


def test_the_floor_goes_on_to_the_next_level_where_the_riskiest_has_nobody_left() -> None:
    told = mixed(Bounds(order=ORDER, floor=FLOOR), D=Count(rows=721, able=300))
    assert step(told, "quota.floor")["added"] == {"D": 83, "C": 84}
    assert told.total == 1_427


def test_a_register_with_nobody_left_to_draw_says_what_is_lacking() -> None:
    told = quota([row("A")], Bounds(order=ORDER, floor=FLOOR), {"A": Count(rows=1_000, able=4)}, officers=10)
    assert (told.total, step(told, "quota.floor")["lacking"]) == (4, 26)
    assert told.sizes["A"].wanted == 10, "the result tells the shortage"


def test_what_was_drawn_this_year_counts_towards_the_floor_and_the_ceiling() -> None:
    held = row("A", "1/100")
    count = Count(rows=1_000, able=900, year_drawn=25)
    told = quota([held], Bounds(order=ORDER, floor=FLOOR), {"A": count}, officers=10)
    assert (told.total, step(told, "quota.floor")["added"]) == (10, {})
    near = replace(count, year_drawn=95)
    assert quota([held], Bounds(order=ORDER, ceiling=CEILING), {"A": near}, officers=10).total == 5


def test_the_ceiling_cuts_what_ratios_ask_beyond_the_duties_the_least_risky_first() -> None:
    rows = [row("A", "15/100"), row("D", "30/100")]
    counts = {"A": Count(rows=900, able=900), "D": Count(rows=100, able=100)}
    told = quota(rows, Bounds(order=ORDER, ceiling=CEILING), counts, officers=10)
    assert drawn(told) == {"A": 70, "D": 30}
    assert step(told, "quota.ceiling")["cut"] == {"A": 65}


def test_minimum_counts_stand_above_the_ceiling_and_the_step_says_so() -> None:
    told = quota([row("D", "30/100", 5)], Bounds(order=ORDER, ceiling=CEILING), {"D": Count(rows=8, able=8)}, officers=10)
    assert (told.total, step(told, "quota.ceiling")["above"]) == (5, 5)


def test_the_floor_stands_above_the_ceiling_to_the_last_object() -> None:
    tight = replace(CEILING, ratio=Fraction(3, 100))
    told = quota(
        [row("A", "20/100")], Bounds(order=ORDER, floor=FLOOR, ceiling=tight), {"A": Count(rows=50, able=50)}, officers=10
    )
    assert told.total == 2, "3 % of 50 is 1.5: the ceiling says at most 1, the floor at least 2"


def test_no_ceiling_binds_key_items() -> None:
    told = quota(
        [row("D", "30/100", key=True)], Bounds(order=ORDER, ceiling=CEILING), {"D": Count(rows=100, able=100)}, officers=10
    )
    assert told.total == 30


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 1), (2, 2), (10, 2), (11, 1)])
def test_a_small_register_draws_two_or_all_it_has(n: int, k: int) -> None:
    assert one(n, row(ratio="1/100"), bounds=Bounds(order=ORDER, sizes=(SMALL,))).k == k


@pytest.mark.parametrize(("n", "k"), [(2, 2), (10, 2), (11, 6), (30, 15)])
def test_a_rule_may_go_by_the_size_of_the_register_piece_by_piece(n: int, k: int) -> None:
    large = SizeRow(row="large", over=10, up_to=None, least=0, ratio=Fraction(1, 2), basis="S62:1")
    assert one(n, row(ratio="1/100"), bounds=Bounds(order=ORDER, sizes=(SMALL, large))).k == k


def test_the_officers_at_hand_bound_a_quarter() -> None:
    told = mixed(Bounds(order=ORDER, staff=STAFF), officers=100)
    assert told.total == 500
    assert drawn(told) == {"A": 0, "B": 0, "C": 283, "D": 217}
    again = quota(
        [row("A", "1/2")], Bounds(order=ORDER, staff=STAFF), {"A": Count(rows=100, able=100)}, officers=4, staff_drawn=15
    )
    assert again.total == 5


def test_a_want_of_officers_does_not_go_below_the_floor() -> None:
    told = mixed(Bounds(order=ORDER, floor=FLOOR, staff=STAFF), officers=100)
    assert (told.total, step(told, "quota.staff")["above"]) == (1_427, 927)


def test_a_size_may_go_by_the_number_of_officers() -> None:
    held = row("A", "0/1", each=Fraction(5, 2))
    count = {"A": Count(rows=100, able=100)}
    assert quota([held], Bounds(order=ORDER), count, officers=3).total == 8
    assert quota([held], Bounds(order=ORDER), count, officers=90).total == 100


def test_scenario_28_weekly_draws_round_down_and_the_period_s_last_one_makes_up() -> None:
    held = row("A", "3/100", 1, rolling=True, per=Window.QUARTER)
    weekly = [
        quota([held], Bounds(order=ORDER), {"A": Count(rows=40, able=40, drawn=before)}, officers=9, unfinished={Window.QUARTER})
        for before in (0, 1, 2)
    ]
    assert [told.total for told in weekly] == [1, 1, 1]
    ending = Count(rows=117, able=117, drawn=3)
    last = quota([held], Bounds(order=ORDER), {"A": ending}, officers=9)
    assert last.total == 1, "ceil(3.6) = 4 in all, one more from those not drawn yet"
    assert step(last, "quota.made_up")["n"] == 120


def test_an_intake_is_held_against_the_floor_when_its_window_ends() -> None:
    held = row("A", "1/100", rolling=True, per=Window.QUARTER)
    count = {"A": Count(rows=40, able=40)}
    assert quota([held], Bounds(order=ORDER, floor=FLOOR), count, officers=9, unfinished={Window.QUARTER}).total == 0
    assert quota([held], Bounds(order=ORDER, floor=FLOOR), count, officers=9).total == 2


def test_a_window_s_share_is_drawn_once() -> None:
    held = row("pool-A", "25/100", per=Window.QUARTER)
    assert one(100, held, drawn=0).k == 25
    assert one(100, held, drawn=25).k == 0
    assert one(120, held, drawn=25).k == 5, "who came in since is counted"


def test_visits_that_cases_need_are_no_part_of_the_sums() -> None:
    rows = [row(FULL, "1/1"), row("A", "1/100")]
    counts = {FULL: Count(rows=50, able=50), "A": Count(rows=100, able=100)}
    told = quota(rows, Bounds(order=ORDER, floor=FLOOR, ceiling=CEILING, staff=STAFF), counts, officers=0)
    assert drawn(told) == {FULL: 50, "A": 3}


def test_what_parts_per_million_cannot_say_is_committed_as_its_number() -> None:
    third, plain = one(100, row(ratio="1/3")), one(100, row(ratio="7/100", minimum=2))
    assert (third.share.ppm, third.share.least) == (0, 34)
    assert (plain.share.ppm, plain.share.least) == (70_000, 2)
