"""The order of an agency's commitments, as each names the one before."""

from __future__ import annotations

from inspector.domain.chain import places


def test_each_stands_behind_the_one_that_it_names_whatever_its_number() -> None:
    made = {"3": ("c", "b"), "1": ("a", None), "4": ("b", "a"), "2": ("d", "c")}
    assert places(made) == {"1": ("1", 0), "4": ("1", 1), "3": ("1", 2), "2": ("1", 3)}


def test_what_names_nothing_that_is_here_begins_a_chain_of_its_own_and_two_may_follow_the_same_one() -> None:
    made = {"1": ("a", None), "3": ("c", "lost"), "4": ("d", "c"), "5": ("e", "c")}
    assert places(made) == {"1": ("1", 0), "3": ("3", 0), "4": ("3", 1), "5": ("3", 1)}


def test_records_that_somebody_has_altered_into_a_ring_hold_nobody_up() -> None:
    assert places({"1": ("a", "b"), "2": ("b", "a")}).keys() == {"1", "2"}
    assert places({}) == {}
