"""What waits for a person: asked once while it is open, and again when it happens again."""

from __future__ import annotations

import json

from inspector.store.store import Store
from tests.house import Hand


def test_an_open_matter_takes_the_new_facts_and_keeps_its_date(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 0}, hand())
    first = hand()
    hand.on(days=1)
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 1}, hand())
    with store.read() as tx:
        (row,) = tx.attention.page(None)
    assert (json.loads(row["body"]), row["opened_at"]) == ({"place": 1}, first)


def test_a_closed_matter_opens_again_with_the_new_facts_and_can_be_closed_again(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 0}, hand())
        assert tx.attention.close("team_short:v1", hand())
    hand.on(days=1)
    with store.begin() as tx:
        tx.attention.open("team_short", "bureau", "v1", {"place": 1}, hand())
    with store.begin() as tx:
        (row,) = tx.attention.page(None)
        assert (json.loads(row["body"]), row["opened_at"]) == ({"place": 1}, hand())
        assert tx.attention.close("team_short:v1", hand())
        assert tx.attention.page(None) == []
