"""A frame beside the published plan: what cases and platforms move from one stratum to another calls nobody, what hands move does."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

from inspector.domain.margin import Beside, Entered, beside

PLANNED = {"pool-A": 20, "pool-U": 80, "intake": 10}


def frame(moved: int = 0, came: int = 0, restated: int = 0, waiting: int = 0, **counts: int) -> Beside:
    """A frame of which so many rows of the register stand in the stratum of their case."""
    held = {code.replace("_", "-"): count for code, count in counts.items()}
    rows = Counter({code: count for code, count in held.items() if code != "intake"}) + Counter(intake=waiting)
    entered = Entered(day=date(2026, 1, 5), moved=moved, came=came, restated=restated, rows=rows)
    return beside(held, PLANNED, ("pool-A", "pool-U"), Fraction(1, 10), 1, entered)


def test_levels_that_no_hand_has_brought_move_firms_between_strata_and_call_nobody() -> None:
    assert not frame(pool_A=50, pool_U=50, intake=10).off
    assert not frame(pool_A=50, pool_U=50, intake=10, moved=1, restated=1).off, "so few hands have moved, and no more is told"
    assert frame(pool_A=50, pool_U=50, intake=10, restated=30).strata == {"pool-A": (50, 20), "pool-U": (50, 80)}
    assert frame(pool_A=50, pool_U=50, intake=10, moved=30).off, "exchanged for others, or edited"


def test_a_row_that_stands_by_its_case_is_not_gone_and_one_that_did_is_not_new() -> None:
    assert not frame(pool_A=15, pool_U=60, intake=35, waiting=25).off
    assert frame(pool_A=15, pool_U=60, intake=35, waiting=10).off, "fifteen are gone, whoever took them"
    assert not frame(pool_A=22, pool_U=88, intake=0).off, "ten of the plan's intake are over and back in the register"
    assert frame(pool_A=22, pool_U=89, intake=0, moved=11, came=11).off, "rows that were added are told, whatever was waiting"
    assert frame(pool_A=25, pool_U=96, intake=0).off
