"""Handbook 1.4.15: findings are told by groups, and no group is so small that it tells what one person did."""

from __future__ import annotations

from itertools import pairwise

from inspector.domain.training import OTHERS, Made, crews


def made(*who: str, found: bool = False, differs: bool | None = None, level: str = "B") -> Made:
    """A visit by persons named by pool and number, as `n1`."""
    return Made(level=level, went={one: frozenset({one[0]}) for one in who}, found=found, differs=differs)


def test_a_group_of_enough_is_told_by_level_and_those_too_small_are_told_together() -> None:
    north = [made(*two, found=True) for two in pairwise(f"n{number}" for number in range(6))]
    small = [made("s1", "s2", found=True, differs=True), made("s3", "s1"), made("e1", "e2", level="D"), made("e3", "e1")]
    told = {(one.pool, one.level): (one.visits, one.found, one.looked, one.differs) for one in crews([*north, *small], 6)}
    assert told == {("n", "B"): (5, 5, 0, 0), (OTHERS, "B"): (3, 1, 1, 1), (OTHERS, "D"): (1, 0, 0, 0)}


def test_others_that_are_too_few_are_joined_by_the_smallest_group_for_the_rest_would_tell_them() -> None:
    north = [made(*two) for two in pairwise(f"n{number}" for number in range(7))]
    west = [made(*two) for two in pairwise(f"w{number}" for number in range(6))]
    told = {one.pool: one.visits for one in crews([*north, *west, made("s1", "s2", found=True)], 6)}
    assert told == {"n": 6, OTHERS: 6}


def test_of_fewer_persons_than_a_group_needs_nothing_is_told() -> None:
    assert crews([made("n1", "n2", found=True), made("s1", "s2")], 6) == ()


def test_a_visit_of_two_pools_counts_once_in_each_and_groups_stand_in_the_order_of_their_names() -> None:
    pairs = [made(f"n{number}", f"a{number}", found=number > 0) for number in range(3)]
    assert [(one.pool, one.visits, one.found) for one in crews(pairs, 3)] == [("a", 3, 2), ("n", 3, 2)]
