"""What was read under a visit's lock, or is yet to be written, is told as if each had asked and written by itself (decision 76)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from inspector.domain.challenge import Applicant
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Stale
from inspector.domain.visit import SeatState
from inspector.flows import challenges, stopped
from inspector.flows.seats import UNDELIVERED, put_seat
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.house import Hand
from tests.phones import Line, sent, team


@pytest.mark.slow
def test_what_is_written_of_a_held_visit_is_read_back_and_what_is_rolled_back_is_not(store: Store, hand: Hand) -> None:
    office, visit = sent(store, hand, Line("sms"))
    seat = team(office, visit)[0]
    with store.begin() as tx:
        tx.visits.hold([visit.id])
        with suppress(ZeroDivisionError), tx.savepoint():
            tx.visits.hold([visit.id])
            put_seat(tx, seat, replace(seat, state=SeatState.READ), hand())
            assert tx.visits.seat(visit.id, seat.place, seat.turn).state is SeatState.READ
            raise ZeroDivisionError
        assert tx.visits.seat(visit.id, seat.place, seat.turn) == seat
        tx.visits.hold([visit.id])
        assert tx.challenges.of_visit(visit.id) == []
        challenges.enter(
            office, tx, visit, seat, applicant=Applicant.FIRM, by="企业", reason="kin", evidence="户口簿", now=hand()
        )
        assert challenges.challenged(tx, visit) == {seat.inspector}
        changed = tx.visits.put(replace(tx.visits.get(visit.id), unpublished=("X",)))
        assert tx.visits.get(visit.id, lock=True) == changed


@pytest.mark.slow
def test_a_seat_that_somebody_else_has_moved_is_not_written_over(store: Store, hand: Hand) -> None:
    office, visit = sent(store, hand, Line("sms"))
    seat = team(office, visit)[0]
    with pytest.raises(Stale), store.begin() as tx:
        tx.visits.put_seat(replace(seat, state=SeatState.READ), SeatState.DECLINED)
    assert team(office, visit)[0] == seat


def test_a_matter_that_opens_again_behind_its_end_is_open(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.attention.open(UNDELIVERED, "bureau", "s", {}, hand())
        tx.attention.over(f"{UNDELIVERED}:s", hand())
        tx.attention.open(UNDELIVERED, "bureau", "s", {"error": "again"}, hand())
        assert tx.attention.standing(UNDELIVERED) == [{"error": "again"}]
        tx.attention.over(f"{UNDELIVERED}:s", hand())
        assert tx.attention.standing(UNDELIVERED) == []


def test_matters_that_open_and_are_over_in_one_transaction_stand_as_was_said_last(store: Store, hand: Hand) -> None:
    def told(tx: Tx, about: str, *, opens: bool) -> None:
        if opens:
            tx.attention.open(UNDELIVERED, "bureau", about, {"about": about}, hand())
        else:
            tx.attention.over(f"{UNDELIVERED}:{about}", hand())

    with store.begin() as tx:
        for about in ("a", "b"):
            told(tx, about, opens=True)
    with store.begin() as tx:
        for about, opens in (("c", True), ("a", False), ("a", True), ("d", True), ("d", False), ("b", False)):
            told(tx, about, opens=opens)
    with store.read() as tx:
        assert sorted(one["about"] for one in tx.attention.standing(UNDELIVERED)) == ["a", "c"]


def test_work_that_is_ordered_and_has_lost_its_purpose_in_one_transaction_is_ended(store: Store, hand: Hand) -> None:
    order = Order(kind=OrderKind.PUSH_DUE, key="push_due:s", due_at=hand(), urgent_by=hand())
    with store.begin() as tx:
        tx.work.order([order], hand())
        assert [row.key for row in stopped.end(tx, [order.key], hand())] == [order.key]
