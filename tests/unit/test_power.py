"""What a draw can show, against the handbook's table and against counting every sample there is."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest

from inspector.domain.power import Sample, false_cases, interval, meets, needed, rounded_down, rounded_up, together

SURE = Fraction(95, 100)


@pytest.mark.parametrize(
    ("n", "rate", "k"), [(1000, "5/100", 57), (1000, "2/100", 138), (1000, "1/100", 258), (200, "5/100", 51), (40, "5/100", 31)]
)
def test_so_many_must_be_drawn_to_meet_a_false_case_as_the_handbook_says(n: int, rate: str, k: int) -> None:
    false = false_cases(n, Fraction(rate))
    assert needed(n, false, SURE) == k
    assert Fraction(*meets(n, false, k)) >= SURE > Fraction(*meets(n, false, k - 1))


def test_the_chance_to_meet_a_false_case_is_the_share_of_samples_that_hold_one() -> None:
    for n in range(1, 9):
        for k in range(n + 1):
            samples = [set(one) for one in combinations(range(n), k)]
            for false in range(n + 1):
                met = sum(bool(one & set(range(false))) for one in samples)
                assert Fraction(*meets(n, false, k)) == Fraction(met, len(samples))


def test_a_small_register_has_a_false_case_where_the_rate_gives_less_than_one() -> None:
    assert [false_cases(n, Fraction(1, 100)) for n in (0, 1, 40, 199, 200)] == [0, 1, 1, 1, 2]
    assert needed(40, 1, SURE) == 38
    with pytest.raises(ValueError, match="0 of 9"):
        needed(9, 0, SURE)
    with pytest.raises(ValueError, match="9 and 1 of 3"):
        meets(3, 9, 1)


def test_the_interval_keeps_just_the_numbers_that_the_sample_does_not_contradict() -> None:
    confidence = Fraction(9, 10)
    for n in range(1, 10):
        for k in range(n + 1):
            whole = comb(n, k)
            samples = list(combinations(range(n), k))
            for found in range(k + 1):
                kept = []
                for false in range(found, n - (k - found) + 1):
                    seen = [sum(one < false for one in sample) for sample in samples]
                    few, many = sum(one <= found for one in seen), sum(one >= found for one in seen)
                    if min(Fraction(few, whole), Fraction(many, whole)) > Fraction(1, 20):
                        kept.append(false)
                assert interval(Sample(n=n, k=k, found=found), confidence) == (kept[0], kept[-1])
                assert kept == list(range(kept[0], kept[-1] + 1))


@pytest.mark.parametrize(("n", "k"), [(12, 5), (20, 4), (9, 9)])
def test_the_interval_covers_every_truth_at_least_as_often_as_it_says(n: int, k: int) -> None:
    held = [interval(Sample(n=n, k=k, found=found), SURE) for found in range(k + 1)]
    for false in range(n + 1):
        ways = sum(
            comb(false, found) * comb(n - false, k - found) for found, (low, high) in enumerate(held) if low <= false <= high
        )
        assert Fraction(ways, comb(n, k)) >= SURE


def test_several_strata_are_weighed_by_their_size_and_one_without_cases_says_nothing() -> None:
    told = together((Sample(n=100, k=10, found=1), Sample(n=300, k=10, found=0)), SURE)
    assert told is not None
    estimate, least, most = told
    assert estimate == Fraction(1, 40)
    each = [interval(Sample(n=n, k=10, found=found), Fraction(975, 1000)) for n, found in ((100, 1), (300, 0))]
    assert (least, most) == (Fraction(each[0][0] + each[1][0], 400), Fraction(each[0][1] + each[1][1], 400))
    assert together((Sample(n=100, k=10, found=1), Sample(n=300, k=0, found=0)), SURE) is None
    assert together((Sample(n=0, k=0, found=0),), SURE) is None
    assert together((Sample(n=5, k=5, found=2), Sample(n=0, k=0, found=0)), SURE) == (Fraction(2, 5),) * 3


def test_what_is_told_is_never_above_the_chance_nor_below_the_bound() -> None:
    assert (rounded_down(2, 3, 2), rounded_up(2, 3, 2)) == ("66.66", "66.67")
    assert (rounded_down(1, 1, 2), rounded_up(1, 1, 2), rounded_up(0, 7, 2), rounded_down(1, 8, 0)) == (
        "100.00",
        "100.00",
        "0.00",
        "12",
    )
    assert (rounded_down(99999, 100000, 2), rounded_up(1, 100000, 1)) == ("99.99", "0.1")


def test_a_sample_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="2 of 1 of 5"):
        Sample(n=5, k=1, found=2)
