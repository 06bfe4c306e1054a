"""A clerk's draw and a schedule's in one period: never two, and none is lost. On both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.daemon.schedules import plan_order
from inspector.domain.plan import Draw, DrawState
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import carried_out, drawing

pytestmark = pytest.mark.alike

WEEK = timedelta(days=7)


def opened(store: Store, hand: Hand) -> tuple[Office, datetime]:
    """An office whose plan has its first slot in three days."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms")
    first = hand() + timedelta(days=3)
    with store.begin() as tx:
        tx.schedules.declare("plan:firms", "every 7d", first)
    return office, first


def tick(office: Office, slot: datetime) -> None:
    """The daemon takes a slot and does what is due."""
    with office.store.begin() as tx:
        assert tx.schedules.fired("plan:firms", slot, slot + WEEK, office.now(), "replica")
        tx.work.order([plan_order(office.plans["firms"], slot, office.now())], office.now())
    settle(office)


def draws(office: Office) -> list[Draw]:
    with office.store.read() as tx:
        return tx.draws.page(None)


def test_a_draw_by_hand_in_a_period_whose_slot_no_daemon_has_taken_yet_is_that_periods_draw(store: Store, hand: Hand) -> None:
    office, first = opened(store, hand)
    hand.on(days=4)
    made = announce(office, hand, "firms")
    settle(office)
    carried_out(office, hand, made.number)
    tick(office, first)
    assert [held.number for held in draws(office)] == [made.number], "the period is not drawn twice"


def test_a_draw_by_hand_before_the_first_slot_is_its_own_and_the_slot_has_another(store: Store, hand: Hand) -> None:
    office, first = opened(store, hand)
    made = announce(office, hand, "firms")
    settle(office)
    carried_out(office, hand, made.number)
    hand.now = max(hand(), first)
    tick(office, first)
    by_hand, scheduled = draws(office)
    assert (by_hand.slot, by_hand.number) == ("before", made.number)
    assert scheduled.slot == first.isoformat()


def test_a_draw_by_hand_that_is_still_open_when_the_first_slot_comes_does_not_cost_the_period_its_draw(
    store: Store, hand: Hand
) -> None:
    office, first = opened(store, hand)
    hand.on(days=2)
    made = announce(office, hand, "firms")
    settle(office)
    hand.now = first
    tick(office, first)
    (open_one,) = draws(office)
    assert open_one.state is not DrawState.DRAWN, "one draw of a list at a time"
    carried_out(office, hand, made.number)
    hand.on(days=1)
    settle(office)
    assert [held.slot for held in draws(office)] == ["before", first.isoformat()]
