"""A clerk's draw and a schedule's in one period: never two, and none is lost. On both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.daemon.schedules import plan_order
from inspector.domain.plan import Draw, DrawState
from inspector.flows.office import Office
from inspector.flows.planning import crowded
from inspector.flows.seeding import type_figures
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import carried_out, drawing, thrown

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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_slot_of_a_day_that_an_open_draw_keeps_waiting_is_taken_as_soon_as_that_has_ended(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms")
    first = announce(office, hand, "firms")
    settle(office)
    with store.read() as tx:
        opens = tx.draws.get(first.number).seed_at
    assert opens is not None
    hand.now = opens - timedelta(minutes=1)
    with store.begin() as tx:
        tx.schedules.declare("plan:firms", "every 1d", hand())
        assert tx.schedules.fired("plan:firms", hand(), hand() + timedelta(days=1), hand(), "replica")
        tx.work.order([plan_order(office.plans["firms"], hand(), hand())], hand())
    settle(office)
    assert [held.number for held in draws(office)] == [first.number]
    hand.now = opens + timedelta(hours=1)
    settle(office)
    assert len(draws(office)) == 1
    for by in ("赵", "钱"):
        with store.begin() as tx:
            type_figures(office, tx, first.number, by, thrown(first.number), hand())
    settle(office)
    assert len(draws(office)) == 2, "and it was not tried a day later, when its period would be over"


def test_slots_that_were_lost_are_matters_of_their_own_and_name_the_draw_that_was_open_when_they_came(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms")
    first = announce(office, hand, "firms")
    settle(office)
    slots = []
    for _ in range(2):
        slot = hand()
        slots.append(slot.isoformat())
        with store.begin() as tx:
            tx.schedules.declare("plan:firms", "every 4h", slot)
            assert tx.schedules.fired("plan:firms", slot, slot + timedelta(hours=4), slot, "replica")
            tx.work.order([plan_order(office.plans["firms"], slot, slot)], slot)
        settle(office)
        hand.on(hours=4)
    with store.begin() as tx:
        assert tx.schedules.fired("plan:firms", hand(), hand() + timedelta(hours=4), hand(), "replica")
    settle(office)
    with store.read() as tx:
        told = {
            row["about"]: json.loads(row["body"])["open"]
            for row in tx.attention.page(None)
            if row["kind"] == "draw_slot_overtaken"
        }
    assert told == {f"firms:{slot}": first.number for slot in slots}


@pytest.mark.parametrize(("trigger", "warned"), [("every 4h", True), ("every 1d", True), ("every 7d", False)])
def test_a_plan_that_comes_faster_than_its_draws_end_is_warned_of(store: Store, hand: Hand, trigger: str, warned: bool) -> None:
    office, _, _ = drawing(store, hand)
    office = replace(office, plans={"weekly": replace(office.plans["weekly"], trigger=trigger)})
    why = crowded(office, "weekly", hand())
    assert (why is not None) is warned
    if why is not None:
        assert (why.facts["count"], "term-seed" in str(why.facts["rows"])) == (10, True)
