"""Handbook 1.4.15: findings are told by groups, and no group is so small that it tells what one person did."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.training import OTHERS, Crew, Looked, Made, added, crews


def made(*who: str, found: bool = False, level: str = "B") -> Made:
    """A visit by persons named by pool and number, as `n1`."""
    return Made(level=level, went={one: frozenset({one[0]}) for one in who}, found=found)


def looked(*who: str, differs: bool = False) -> Looked:
    return Looked(level="B", went={one: frozenset({one[0]}) for one in who}, differs=differs)


def told(found: tuple[Crew, ...]) -> dict[tuple[str, str], tuple[int, int, int | None, int | None]]:
    return {(one.pool, one.level): (one.visits, one.found, one.looked, one.differs) for one in found}


NORTH = [made(*two, found=True) for two in pairwise(f"n{number}" for number in range(7))]


def test_a_group_of_enough_is_told_by_level_and_those_too_small_are_told_together() -> None:
    small = [made("s1", "s2", found=True), made("s3", "s1"), made("e1", "e2"), made("e3", "e1")]
    assert told(crews([*NORTH, *small], (), 6)) == {("n", "B"): (6, 6, None, None), (OTHERS, "B"): (4, 1, None, None)}


def test_the_floor_holds_at_each_level_and_a_person_who_alone_went_at_one_is_not_told_of_there() -> None:
    """Seven persons are enough in the pool, and one of them alone was sent at level D."""
    assert told(crews([*NORTH, made("n1", "n2", level="D", found=True)], (), 6)) == {("n", "B"): (6, 6, None, None)}


def test_others_that_are_too_few_are_joined_by_the_smallest_group_for_the_rest_would_tell_them() -> None:
    west = [made(*two) for two in pairwise(f"w{number}" for number in range(6))]
    found = {one.pool: one.visits for one in crews([*NORTH, *west, made("s1", "s2", found=True)], (), 6)}
    assert found == {"n": 6, OTHERS: 6}


def test_of_fewer_persons_than_a_group_needs_nothing_is_told() -> None:
    assert crews([made("n1", "n2", found=True), made("s1", "s2")], (), 6) == ()


def test_a_visit_of_two_pools_counts_once_in_each_and_groups_stand_in_the_order_of_their_names() -> None:
    pairs = [made(f"n{number}", f"a{number}", found=number > 0) for number in range(3)]
    assert [(one.pool, one.visits, one.found) for one in crews(pairs, (), 3)] == [("a", 3, 2), ("n", 3, 2)]


def test_of_two_pools_one_of_which_holds_the_other_the_few_besides_are_not_told_by_the_difference() -> None:
    district, all_of_it = frozenset({"d", "w"}), frozenset({"w"})
    six = [Made(level="B", went={f"d{number}": district}, found=False) for number in range(6)]
    one = Made(level="B", went={"w1": all_of_it}, found=True)
    assert told(crews([*six, one], (), 6)) == {(OTHERS, "B"): (7, 1, None, None)}
    assert told(crews(six, (), 6)) == {("d", "B"): (6, 0, None, None), ("w", "B"): (6, 0, None, None)}


def test_second_looks_are_told_where_they_looked_at_enough_persons() -> None:
    all_of_them = [looked(*two, differs=True) for two in pairwise(f"n{number}" for number in range(7))]
    assert told(crews(NORTH, all_of_them[:4], 6)) == {("n", "B"): (6, 6, None, None)}
    assert told(crews(NORTH, all_of_them, 6)) == {("n", "B"): (6, 6, 6, 6)}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sets(st.sampled_from([f"{pool}{n}" for pool in "nse" for n in range(5)]), min_size=1), st.booleans()),
            max_size=8,
        ),
        min_size=2,
        max_size=4,
    )
)
def test_what_two_reports_differ_in_is_what_a_quarter_tells_and_every_figure_is_of_enough(
    quarters: list[list[tuple[set[str], bool]]],
) -> None:
    visits = [[made(*who, found=found) for who, found in quarter] for quarter in quarters]
    alone = [crews(some, (), 4) for some in visits]
    shorter, longer = (told(added(alone[:until])) for until in (-1, len(alone)))
    last = told(alone[-1])
    for place, figures in longer.items():
        before = shorter.get(place, (0, 0, None, None))
        assert (figures[0] - before[0], figures[1] - before[1]) == last.get(place, (0, 0))[:2]
    for some, found in zip(visits, alone, strict=True):
        for one in found:
            named = {one.pool} if one.pool else {"n", "s", "e"} - {other.pool for other in found}
            went = {who for visit in some for who, pools in visit.went.items() if pools & named}
            assert len(went) >= 4


CODES = [f"{pool}{number}" for pool in "nse" for number in range(5)]
TEAMS = st.sets(st.sampled_from(CODES), min_size=1, max_size=4)
RARELY = st.lists(st.tuples(TEAMS, st.sampled_from("BCD")), max_size=6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEAMS, st.sampled_from("BCD")), min_size=4, max_size=24), RARELY)
@pytest.mark.slow
def test_each_cell_of_an_area_at_a_level_is_of_enough_persons_and_so_is_what_second_looks_said_of_it(
    visits: list[tuple[set[str], str]], again: list[tuple[set[str], str]]
) -> None:
    looks = [Looked(level=level, went={one: frozenset({one[0]}) for one in who}, differs=True) for who, level in again]
    cells = crews([made(*who, level=level) for who, level in visits], looks, 4)
    for cell in cells:
        told_apart = {one.pool for one in cells if one.level == cell.level}
        pools = {cell.pool} if cell.pool else {*"nse"} - told_apart

        def there(some: list[tuple[set[str], str]], level: str, of: set[str]) -> set[str]:
            return {one for who, at in some if at == level for one in who if one[0] in of}

        assert len(there(visits, cell.level, pools)) >= 4, cell
        if cell.looked is not None:
            assert len(there(again, cell.level, pools)) >= 4, cell
