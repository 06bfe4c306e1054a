"""A year of looks at growing figures: a fair office is called in no oftener than stated in all of it, and a planted bias is found.

Each look tests what the year has brought so far, as the daemon does: at 5 % each, one fair year in six would call (decision 115).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate

import pytest

from inspector.domain.contingency import Split, Trial, holm
from inspector.domain.equality import Measure
from inspector.domain.spending import LOOKS, Spending, level

ALPHA, ODDS = Fraction(1, 20), Fraction(2)
FEW = 60
MANY = pytest.param(1_000, marks=pytest.mark.slow)


def months(chance: random.Random, odds: Fraction) -> Iterator[Split]:
    """What each month brings of one measure, in one stratum: who committed has `odds` times the odds of the others."""
    other = 0.3 / 0.7
    mine = other * float(odds) / (1 + other * float(odds))
    for _ in range(LOOKS):
        first, second = chance.randint(14, 26), chance.randint(14, 26)
        hit = sum(chance.random() < mine for _ in range(first)), sum(chance.random() < 0.3 for _ in range(second))
        yield Split(first=first, second=second, first_hit=hit[0], second_hit=hit[1])


def together(one: Split, two: Split) -> Split:
    return Split(
        first=one.first + two.first,
        second=one.second + two.second,
        first_hit=one.first_hit + two.first_hit,
        second_hit=one.second_hit + two.second_hit,
    )


def year(chance: random.Random, biased: int, quarterly: bool) -> list[list[Trial]]:
    """The trials of all measures at each look; `biased` of them are. By quarters: as many strata, each growing; else one."""
    told = []
    for place in range(len(Measure)):
        came = list(months(chance, ODDS if place < biased else Fraction(1)))
        if quarterly:
            told.append([Trial(tuple(came[: look + 1 - (look + 1) % 3] or ())) for look in range(LOOKS)])
        else:
            told.append([Trial((one,)) for one in accumulate(came, together)])
    return [list(look) for look in zip(*told, strict=True)]


def called(look: list[Trial], alpha: Fraction) -> bool:
    counted = holm({str(place): trial.chance for place, trial in enumerate(look)}, len(Measure))
    return min(counted.values()) <= alpha


@pytest.mark.parametrize("plan", Spending)
@pytest.mark.parametrize("alpha", [Fraction(1, 20), Fraction(1, 100), Fraction(1, 3)])
def test_the_looks_of_a_year_use_up_what_is_stated_and_no_more(plan: Spending, alpha: Fraction) -> None:
    levels = [level(plan, alpha, look) for look in range(1, LOOKS + 1)]
    assert sum(levels) == alpha
    assert min(levels) >= 0
    if alpha == ALPHA:
        assert levels == sorted(levels, reverse=plan is Spending.POCOCK), "at the level of the packs"
    for look in (0, LOOKS + 1):
        with pytest.raises(ValueError, match="look"):
            level(plan, alpha, look)


def test_the_spending_functions_are_those_that_were_published() -> None:
    """Lan and DeMets 1983: at a half of the time, 5 % two-sided, O'Brien and Fleming's function gives 0.0056 and Pocock's 0.0310."""
    half = [sum(float(level(plan, ALPHA, look)) for look in range(1, 7)) for plan in (Spending.OBRIEN_FLEMING, Spending.POCOCK)]
    assert half == pytest.approx([0.0056, 0.0310], abs=5e-5)


@pytest.mark.parametrize("rounds", [FEW, MANY])
@pytest.mark.parametrize("quarterly", [False, True])
@pytest.mark.slow
def test_a_fair_office_calls_no_oftener_in_a_year_than_stated_and_would_at_the_whole_level_of_each_look(
    rounds: int, *, quarterly: bool
) -> None:
    chance, seen = random.Random(20260415), Counter[str]()
    for _ in range(rounds):
        looks = year(chance, 0, quarterly)
        for plan in Spending:
            seen[plan] += any(called(one, level(plan, ALPHA, look)) for look, one in enumerate(looks, 1))
        seen["each"] += any(called(one, ALPHA) for one in looks)
    most = 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5
    assert [plan for plan in Spending if seen[plan] / rounds > most] == []
    if rounds > FEW and not quarterly:
        assert seen["each"] / rounds > 0.1, "what is spent is what keeps it"


@pytest.mark.parametrize("rounds", [FEW, MANY])
@pytest.mark.parametrize("plan", Spending)
def test_a_planted_bias_is_found_in_the_year_as_surely_as_the_last_look_states(rounds: int, plan: Spending) -> None:
    chance, found, stated = random.Random(7), 0, 0.0
    last = level(plan, ALPHA, LOOKS) / len(Measure)
    for _ in range(rounds):
        looks = year(chance, 1, quarterly=False)
        found += any(called(one, level(plan, ALPHA, look)) for look, one in enumerate(looks, 1))
        stated += looks[-1][0].power(ODDS, last) / rounds
    assert 0.5 < stated < 0.95, "an office neither so small nor so large that nothing is tested"
    assert found / rounds >= stated - 4 * (stated * (1 - stated) / rounds) ** 0.5
