"""An object of several lists has one ticket: how likely it is visited, against every order of tickets there is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from itertools import permutations
from math import factorial, prod

import pytest

from inspector.domain.union import Chance, chance

Strata = Sequence[tuple[Collection[str], int]]
LISTS: list[Strata] = [
    [("abcde", 2), ("abc", 1)],
    [("abcd", 1), ("aefg", 1)],
    [("abcd", 2), ("aefg", 3)],
    [("abcde", 2), ("acdfg", 2)],
    [("abcdef", 2), ("abcdef", 3)],
    [("abc", 1), ("abde", 2), ("aefg", 1)],
    [("ab", 1), ("acd", 2), ("abcdefg", 3)],
    [("abcd", 0), ("aef", 1)],
    [("abcd", 4), ("aef", 1)],
    [("abcd", 0), ("aef", 0)],
    [],
]


def counted(strata: Strata) -> Fraction:
    """In how many of all orders of the tickets `a` is among the first k of any of its strata."""
    everybody = sorted({name for objects, _ in strata for name in objects})
    drawn = 0
    for order in permutations(everybody):
        place = {name: at for at, name in enumerate(order)}
        drawn += any(sum(place[name] < place["a"] for name in objects) < k for objects, k in strata)
    return Fraction(drawn, factorial(len(everybody)))


@pytest.mark.parametrize("strata", LISTS)
def test_the_chance_to_be_visited_is_that_of_all_orders_of_shared_tickets_counted_one_by_one(strata: Strata) -> None:
    exact = counted(strata)
    assert chance(strata) == Chance(least=exact, most=exact)


def test_it_is_not_that_of_independent_lists() -> None:
    strata: Strata = [("abcd", 1), ("aefg", 1)]
    alone = prod(1 - Fraction(k, len(objects)) for objects, k in strata)
    assert chance(strata).least == Fraction(5, 14) < 1 - alone == Fraction(7, 16)


@pytest.mark.parametrize("strata", LISTS)
def test_where_counting_would_take_too_long_the_bounds_hold(strata: Strata) -> None:
    told = chance(strata, steps=0)
    assert told.least <= counted(strata) <= told.most


def test_two_lists_of_a_real_size_are_counted_exactly() -> None:
    market = [f"M{n}" for n in range(3000)] + [f"B{n}" for n in range(500)]
    fire = [f"B{n}" for n in range(500)] + [f"F{n}" for n in range(1500)]
    told = chance([(market, 60), (fire, 60)])
    assert told.exact
    assert max(Fraction(60, 3500), Fraction(60, 2000)) < told.least < Fraction(60, 3500) + Fraction(60, 2000)
