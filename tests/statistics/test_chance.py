"""The oracle itself: known values, closed forms, and honest samples that pass while crooked ones do not."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from tests.statistics.chance import FAMILY, LEVEL, chi_square, kolmogorov, normal, refused
from tests.statistics.measures import Draws, company, exchangeable, fits, groups, included, inclusion, overlap, pairs, seats


@pytest.mark.parametrize(
    ("statistic", "df", "p"),
    [(3.841459, 1, 0.05), (10.827566, 1, 0.001), (24.321886, 7, 0.001), (43.820196, 19, 0.001), (124.342113, 100, 0.05)],
)
def test_chi_square_is_that_of_the_printed_tables(statistic: float, df: int, p: float) -> None:
    assert chi_square(statistic, df) == pytest.approx(p, rel=1e-5)


@pytest.mark.parametrize("df", [1, 2, 3, 8, 59, 60, 319, 1710])
@pytest.mark.parametrize("ratio", [0.01, 0.5, 0.9, 1, 1.1, 1.5, 2])
def test_chi_square_is_its_closed_form_for_even_and_odd_degrees(df: int, ratio: float) -> None:
    half = df * ratio / 2
    first = math.erfc(math.sqrt(half)) if df % 2 else math.exp(-half)
    steps = [j + (0.5 if df % 2 else 1) for j in range((df - 1) // 2)]
    rest = math.fsum(math.exp(a * math.log(half) - half - math.lgamma(a + 1)) for a in steps)
    assert chi_square(df * ratio, df) == pytest.approx(first + rest, rel=1e-8, abs=1e-300)


def test_there_is_nothing_more_extreme_than_the_ends() -> None:
    assert (chi_square(0, 5), normal(0), chi_square(1e5, 5)) == (1, 1, 0)
    assert normal(1.959964) == pytest.approx(0.05, rel=1e-6)


def test_kolmogorov_knows_even_values_from_crowded_ones() -> None:
    assert kolmogorov([(i + 0.5) / 1000 for i in range(1000)]) == 1
    assert kolmogorov([(i / 1000) ** 2 for i in range(1000)]) < 1e-9
    apart = 1.358 / math.sqrt(10_000)  # the table's value for 0.05
    assert kolmogorov([min(1, i / 10_000 + apart) for i in range(10_000)]) == pytest.approx(0.05, rel=0.03)


def test_the_level_holds_for_the_whole_suite() -> None:
    assert LEVEL / FAMILY * FAMILY <= 0.001
    assert refused({"fine": 0.01, "rare": LEVEL / FAMILY, "no number": math.nan}) == ["rare", "no number"]


def sampled(number: int, draws: int = 400, n: int = 20, k: int = 5) -> Draws:
    """True simple random samples, of another generator."""
    chance = random.Random(number)
    return [chance.sample(range(n), k) for _ in range(draws)]


@pytest.mark.slow
def test_honest_samples_pass_each_measure_as_often_as_its_p_value_says() -> None:
    told: dict[str, list[float]] = {name: [] for name in ("inclusion", "pairs", "overlap", "groups", "seats", "company", "alike")}
    for number in range(60):
        draws, chance = sampled(number), random.Random(number)
        told["inclusion"].append(inclusion(draws, 20))
        told["pairs"].append(pairs(draws, 20))
        told["overlap"].append(overlap(draws, 20))
        told["groups"].append(groups(draws, [str(row % 3) for row in range(20)]))
        shuffled = [chance.sample(range(8), 8) for _ in range(400)]  # four visits, every one of eight people once
        deals = [[order[i : i + 2] for i in range(0, 8, 2)] for order in shuffled]
        told["seats"].append(seats(deals, 8))
        told["company"].append(company(deals, 8))
        told["alike"].append(exchangeable(shuffled))
    # Sixty uniform values: a mean that strays by five of its standard deviations would be a wrong scale, not chance.
    means = {name: sum(values) / len(values) for name, values in told.items()}
    assert {name: mean for name, mean in means.items() if abs(mean - 0.5) > 5 * math.sqrt(1 / 12 / 60)} == {}
    small = {name: sum(p < 0.1 for p in values) for name, values in told.items()}
    assert {name: count for name, count in small.items() if count > 20} == {}


def test_neighbours_with_little_expected_are_taken_together() -> None:
    assert fits({0: 10, 1: 10}, {0: 10, 1: 8, 2: 1, 3: 1}) == 1
    assert fits(Counter({0: 30}), {0: 10, 1: 20}) < 1e-9
    assert included({0: 100, 1: 100}, 200, 2, 1) == 1
