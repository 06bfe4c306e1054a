"""A correction reaches the inspectors who may have read what was promised before, and nobody else, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.decision import OrderKind
from inspector.flows import dispatch, intake
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tables import work
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, application, settle
from tests.integration.test_draw_way import FACTS, visits

pytestmark = pytest.mark.alike


def corrected_at(office: Office, case_id: str, number: int, by: str) -> None:
    given = application(1, "dispatch-premises", {**FACTS, "registered-address": f"某路{number}号"})
    with office.store.begin() as tx:
        intake.correct(office, tx, case_id, given, by, office.now())


@pytest.mark.slow
def test_whoever_may_have_read_a_promise_hears_once_that_it_was_corrected(store: Store, hand: Hand) -> None:
    """Also where only the place was, which the page shows and nobody is asked about."""
    office, phones, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        dispatch.accept(tx, team[0].name, hand())
    assert len(phones.messages) == 2
    corrected_at(office, case_id, 2, "hall")
    corrected_at(office, case_id, 2, "hall")
    settle(office)
    told = phones.messages[2:]
    assert sorted(
        ({name: one.data[name] for name in ("visit", "seat", "changed")} for one in told), key=lambda one: str(one["seat"])
    ) == [{"visit": visit.id, "seat": seat.name, "changed": True} for seat in team]
    assert all("某路" not in one.text + one.title for one in told), "a push names no object"
    assert phones.off == []
    corrected_at(office, case_id, 3, "hall")
    settle(office)
    assert len(phones.messages) == 6, "each correction is told"
    with store.read() as tx:
        rules = [row["rule"] for row in tx.ledger.about(visit.id)]
        assert tx.attention.page(None) == []
    assert rules.count("visit.correct") == 2


def test_before_its_release_nobody_has_read_a_promise_and_nobody_is_told_that_it_was_corrected(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id, lock=True), released=False))
    corrected_at(office, case_id, 2, "hall")
    settle(office)
    assert len(phones.messages) == 2
    with store.read() as tx:
        assert "visit.correct" in [row["rule"] for row in tx.ledger.about(visit.id)]


def test_a_correction_does_not_wait_for_the_lease_of_a_push_that_is_settled(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.begin() as tx:
        leased = sa.update(work).where(work.c.kind == OrderKind.PUSH.value)
        assert tx.connection.execute(leased.values(lease_until=tx.machine_now() + timedelta(minutes=1))).rowcount == 2
    corrected_at(office, case_id, 2, "hall")
    settle(office)
    assert len(phones.messages) == 4


def test_whose_push_is_under_way_hears_of_the_correction_behind_it_and_who_got_up_does_not(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    phones.refuses = True
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    phones.refuses = False
    corrected_at(office, case_id, 2, "hall")
    with store.begin() as tx:
        gone, stays = tx.visits.team(visit.id)
        dispatch.decline(office, tx, gone.name, "有利害关系", hand())
    settle(office)
    assert [one.data["seat"] for one in phones.messages if "changed" in one.data] == [stays.name]
