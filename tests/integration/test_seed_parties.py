"""Whose parts make a seed is what the pack and the void draw before say, and nothing that somebody writes in an order's row."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Order, OrderKind
from inspector.domain.plan import Draw
from inspector.flows import lapse, parties, reconcile
from inspector.flows.footing import said
from inspector.flows.office import Office
from inspector.ports import Origin, Refused
from inspector.store.store import Store
from inspector.store.tables import work
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, announced, drawing
from tests.integration.test_seed_asked import Failing, having
from tests.integration.test_seed_unasked import figures, worked

pytestmark = [pytest.mark.alike, pytest.mark.slow]

ALONE: dict[str, object] = {"without": ["audit", "justice"], "further": []}


def planted(office: Office, hand: Hand, slot: str) -> Draw | None:
    """An order to announce a slot, in whose row somebody has left the honest parties out; the draw that came of it."""
    payload = {"plan": "weekly", "slot": slot, **ALONE}
    key = f"draw.announce:weekly:{slot}"
    with office.store.begin() as tx:
        row = sa.select(work.c.id).where(work.c.kind == "draw.announce", work.c.state != "done")
        for one in tx.connection.execute(row).scalars().all():
            tx.connection.execute(sa.update(work).where(work.c.id == one).values(payload=json.dumps(payload)))
        tx.work.order([Order(kind=OrderKind.DRAW_ANNOUNCE, key=key, due_at=hand(), urgent_by=hand(), payload=payload)], hand())
    worked(office)
    with office.store.read() as tx:
        return tx.draws.by_slot("weekly", slot)


def test_an_ordinary_slot_is_drawn_with_all_parties_whatever_its_order_says(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    made = planted(office, hand, hand().isoformat())
    assert made is not None
    assert (made.parties, made.without) == (("dice", "justice", "audit"), ())


def test_the_number_behind_a_void_draw_goes_without_whom_the_rule_says_whatever_its_order_says(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    assert planted(office, hand, f"{held.slot}+") is None, "nothing follows a draw that is not void"
    figures(having(office, justice=Failing(Refused("withdrawn", origin=Origin.THEM))), hand, held)
    with store.begin() as tx:  # it is void, and the order to announce the next number waits
        tx.connection.execute(sa.delete(work).where(work.c.kind == "draw.announce"))
        ends = tx.draws.get(held.number).reveal_by
        lapse._void(office, tx, tx.draws.get(held.number, lock=True), ("justice",), ends or hand())
    made = planted(office, hand, f"{held.slot}+")
    assert made is not None
    assert (made.parties, made.without, made.further) == (("dice", "audit", "lottery"), ("justice",), ("lottery",))
    with store.read() as tx:
        assert reconcile.differing(office, tx, made) == ()
        fewer = replace(made, parties=("dice",), without=("audit", "justice"), further=())
        assert [one.code for one in parties.differing(office, tx, fewer)] == ["draw.records_parties"]
        entries, _ = tx.ledger.checked(made.number)
        told = [said(row, sound=sound) for row, sound in entries]
        assert parties.kept(tx, made, told) == ()
        assert [one.code for one in parties.kept(tx, fewer, told)] == ["draw.records_parties"], "and whenever it is verified, too"
