"""Our house was shut over the date by which a subject was to show something: that is no silence of the subject's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.decision import OrderKind
from inspector.domain.selfproof import ProofState
from inspector.flows import doorways, selfproof
from inspector.ports import NotYet
from inspector.store.store import Store
from tests import showing
from tests.house import Hand, carry_out, claim, settle

pytestmark = pytest.mark.alike


@pytest.fixture
def house(store: Store, hand: Hand, tmp_path_factory: pytest.TempPathFactory) -> showing.House:
    """A subject who was handed its link, and a house that shows its signs of life."""
    made = showing.opened(store, hand, showing.book(tmp_path_factory.mktemp("packs")))
    with store.begin() as tx:
        selfproof.hand(made.office, tx, made.proof, "李四", hand.now)
    settle(made.office)
    doorways.open_again(made.office)
    return made


def test_a_subject_whose_date_came_while_our_house_was_shut_has_another_one_and_is_not_put_down_as_silent(
    house: showing.House, hand: Hand
) -> None:
    was = house.get()
    hand.now = was.due_at - timedelta(hours=1)
    doorways.open_again(house.office)
    hand.now = was.due_at + timedelta(days=2)
    doorways.open_again(house.office)
    settle(house.office)
    now = house.get()
    assert (now.state, house.heard(), now.history[-1].rule) == (ProofState.HANDED, [], "self_proof.shut")
    assert now.due_at > hand.now
    (stood,) = now.due_counted.stops
    assert stood.since == was.due_at - timedelta(hours=1), "the count tells the time in which we were shut"
    doorways.open_again(house.office)
    assert house.get() == now, "once is once"
    while hand.now < now.due_at:  # and now it is open to the end
        hand.on(hours=6)
        with house.office.store.begin() as tx:
            doorways.looked(house.office, tx, doorways.HOUSE, hand.now)
        settle(house.office)
    assert house.get().state is ProofState.UNANSWERED


def test_a_date_that_came_when_the_house_was_open_stays(house: showing.House, hand: Hand) -> None:
    was = house.get()
    hand.on(days=1)
    doorways.open_again(house.office)
    assert house.get() == was


def test_no_subject_is_put_down_as_silent_before_somebody_looks_at_the_door(house: showing.House, hand: Hand) -> None:
    hand.now = house.get().due_at + timedelta(days=2)
    rows = [row for row in claim(house.office) if row.kind == OrderKind.SELF_PROOF_DUE]
    (row,) = rows
    with pytest.raises(NotYet, match="door_unwatched"):
        carry_out(house.office, row)
    assert house.get().state is ProofState.HANDED
