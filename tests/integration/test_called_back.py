"""A self-proof's link that is called back while a channel takes it was given to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.selfproof import ProofState
from inspector.flows import selfproof
from inspector.ports import Message, Receipt
from inspector.store.store import Store
from tests import showing
from tests.house import Hand, settle
from tests.integration.test_selfproof import App

pytestmark = [pytest.mark.alike, pytest.mark.slow]


class Hasty(App):
    """A channel that takes a link while an officer calls it back."""

    store: Store
    hand: Hand

    def push(self, message: Message, *, key: str) -> Receipt:
        with self.store.begin() as tx:
            selfproof.call_back(tx, str(message.data["self_proof"]), "李四", "发错了人", self.hand.now)
        taken: Receipt = super().push(message, key=key)
        return taken


def test_who_was_pushed_a_link_that_opens_nothing_any_more_was_not_asked(store: Store, hand: Hand, tmp_path: Path) -> None:
    app = Hasty()
    app.store, app.hand = store, hand
    house = showing.opened(store, hand, showing.book(tmp_path), channels={"app": app})
    assert len(app.messages) == 1
    assert house.get().state is ProofState.ASKED
    assert house.matters() == {"self_proof_to_hand"}
    hand.on(days=8)
    settle(house.office)
    assert [note for _, note in house.heard()] == ["subject_unasked"]
