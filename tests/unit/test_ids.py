"""Ids sort by time, and by the order in which one process asked for them."""

from __future__ import annotations

import threading
from itertools import pairwise
from random import Random

from inspector.store.chance import Ids, new_id, seeded, token_hex


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


def test_within_a_seed_ids_and_salts_repeat_and_neither_before_nor_behind_it_nor_beside_it() -> None:
    beside: list[str] = []

    def made() -> list[str]:
        with seeded(Random(7).getrandbits, lambda: 1_700_000_000_000):
            thread = threading.Thread(target=lambda: beside.extend((new_id(), token_hex(16))))
            thread.start()
            thread.join()
            return [new_id(), new_id(), token_hex(16)]

    assert made() == made()
    assert len({*beside, new_id(), token_hex(16), *made()}) == 4 + 2 + 3
    assert {len(one) for one in (*beside, *made())} == {32}
