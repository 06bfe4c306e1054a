"""The same message twice, without an id to know it by: what was said already is not entered again. On both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from inspector.flows.seeding import type_figures
from inspector.store.store import Store
from tests.drawn import announced, drawing
from tests.edge import a_case, serving
from tests.house import Hand, open_office
from tests.integration.test_draw_way import thrown


def test_a_matter_said_to_be_concluded_twice_is_concluded_once(store: Store, hand: Hand) -> None:
    with serving(open_office(store, hand)) as edge, edge.as_("system") as client:
        case = client.post("/v1/cases", json=a_case()).json()["id"]
        path = f"/v1/cases/{case}/conclude"
        first = client.post(path).json()["concluded_at"]
        hand.on(hours=1)
        again = [client.post(path, json={"at": at}).json()["concluded_at"] for at in (None, first)]
        other = client.post(path, json={"at": hand().isoformat()}).json()["concluded_at"]
    with store.read() as tx:
        entries = [row for row in tx.ledger.about(case) if row["rule"] == "matter.conclude"]
    assert [*again, other] == [first] * 3, "the first word stands"
    assert len(entries) == 2, "and another one is kept beside it"


@pytest.mark.slow
def test_figures_that_come_twice_are_one_typing_and_whoever_types_anew_is_heard(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with store.read() as tx:
        seed_at = tx.draws.get(held.number).seed_at
    assert seed_at is not None
    hand.now = seed_at + timedelta(minutes=1)
    right, wrong = thrown(held.number), thrown("another")
    for by, figures, minutes in (
        ("赵", wrong, ""),
        ("赵", wrong, ""),
        ("赵", right, ""),
        ("赵", right, "第3号记录"),
        ("赵", right, "第3号记录"),
        ("赵", wrong, ""),
        ("钱", wrong, ""),
    ):
        with store.begin() as tx:
            type_figures(office, tx, held.number, by, figures, hand(), minutes=minutes)
    with store.read() as tx:
        typed = tx.draws.get(held.number).typed
        bodies = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.typed"]
    told = [(one["by"], one["figures"] == right, one.get("minutes")) for one in bodies]
    minuted = ("赵", True, "第3号记录")
    assert told == [("赵", False, None), ("赵", True, None), minuted, ("赵", False, None), ("钱", False, None)]
    assert typed["dice"] == {"赵": wrong, "钱": wrong}
