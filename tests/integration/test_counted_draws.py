"""The public register counts each draw whose record is open, also one of which every visit was called off (一公开)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.visit import VisitState
from inspector.flows import gazette
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_draw_way import announced, carried_out, drawing, visits

pytestmark = pytest.mark.alike


def test_a_draw_of_which_every_visit_was_called_off_is_counted(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    number = announced(office, hand)[1].number
    carried_out(office, hand, number)
    some = visits(office, number)
    with store.begin() as tx:
        for one in some:
            tx.visits.put(replace(one, state=VisitState.CANCELLED))
    hand.on(days=400)
    (told,) = (one for one in gazette.gather(office, hand(), post=False).draws if one.draw == number)
    assert (told.drawn, told.made, told.called_off) == (len(some), 0, len(some))
    assert (told.results, told.waiting, told.removed) == ({}, 0, 0)
