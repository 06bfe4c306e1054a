"""Ids sort by time, and by the order in which one process asked for them."""

from __future__ import annotations

from itertools import pairwise

from inspector.store.tx import Ids, new_id


def test_ids_of_one_millisecond_ascend_in_the_order_of_asking() -> None:
    ids = Ids(lambda: 1_700_000_000_000)
    made = [ids.next() for _ in range(1_000)]
    assert made == sorted(made)
    assert len({*made}) == 1_000
    assert {len(one) for one in made} == {32}
    assert min(int(after, 16) - int(before, 16) for before, after in pairwise(made)) > 1, "the next one can be guessed"


def test_ids_ascend_while_the_clock_is_set_back() -> None:
    moments = iter([2_000, 1_000, 1_500, 3_000])
    made = [ids.next() for ids in [Ids(lambda: next(moments))] for _ in range(4)]
    assert made == sorted(made)
    assert int(made[-1][:12], 16) == 3_000


def test_an_id_begins_with_its_millisecond() -> None:
    before = Ids().next()
    assert before[:12] <= new_id()[:12]
