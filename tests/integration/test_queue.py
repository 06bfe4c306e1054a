"""Draws of one agency wait for each other, so that caps, quotas and officers' loads see what was chosen (decision 45)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from inspector.daemon.schedules import plan_order
from inspector.domain.approval import Approval
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.policy import Policy
from inspector.flows import extend
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.store import tables
from inspector.store.store import Store
from tests.drawn import carried_out, drawing, visits
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_joint import together, waiting
from tests.integration.test_void import sign

pytestmark = pytest.mark.slow


def come(office: Office, hand: Hand, *plans: str) -> None:
    """The slots of plans come at the same moment, as the schedule orders them."""
    with office.store.begin() as tx:
        tx.work.order([plan_order(office.plans[name], hand(), hand()) for name in plans], hand())


def draws(office: Office) -> list[Draw]:
    with office.store.read() as tx:
        return tx.draws.page(None)


def capped(office: Office) -> Office:
    """A pack by which nobody is visited twice a year."""

    def once(policy: Policy) -> Policy:
        rows = {level: replace(row, cap=1) for level, row in policy.limits.frequencies.items()}
        return replace(policy, limits=replace(policy.limits, frequencies=rows))

    return replace(office, book=replace(office.book, packs=tuple(map(once, office.book.packs))))


def test_two_plans_whose_slots_come_at_once_never_send_anybody_to_the_same_firm(store: Store, hand: Hand) -> None:
    """Frozen at once, each frame would hold every firm as eligible: a visit is there only days later, when the draw is carried out."""
    office, _, _ = drawing(store, hand)
    office = capped(pooled(office, "firms", "shops"))
    come(office, hand, "firms", "shops")
    settle(office)
    (first,) = draws(office)
    assert first.state is DrawState.SEEDING
    assert carried_out(office, hand, first.number).state is DrawState.DRAWN
    _, second = draws(office)
    assert {first.plan, second.plan} == {"firms", "shops"}, "the other is announced as soon as the first one is over"
    with store.read() as tx:
        rows = [line.split("\t") for line in tx.draws.files(second.number)["objects.tsv"].decode().splitlines()]
    gone = {one.object_id for one in visits(office, first.number)}
    assert gone
    assert {name for name, _, status, *_ in rows if status == "open"} == gone
    carried_out(office, hand, second.number)
    taken = Counter(one.object_id for held in draws(office) for one in visits(office, held.number))
    assert set(taken.values()) == {1}


def test_who_has_waited_longest_is_announced_first_and_none_keeps_another_from_its_turn(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops", "sites")
    come(office, hand, "firms")
    settle(office)
    for name in ("sites", "shops"):
        hand.on(minutes=10)
        come(office, hand, name)
        settle(office)
    order = []
    for number in range(3):
        assert len(draws(office)) == number + 1
        last = draws(office)[-1]
        order.append(last.plan)
        hand.on(days=1)  # the daily try takes nobody's place
        settle(office)
        carried_out(office, hand, last.number)
    assert order == ["firms", "sites", "shops"]
    with store.read() as tx:
        assert "draw_slot_overtaken" not in {row["kind"] for row in tx.attention.page(None)}


def test_an_order_that_nobody_can_read_keeps_no_draw_from_ending_nor_the_next_from_its_turn(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops", "sites")
    come(office, hand, "firms")
    settle(office)
    come(office, hand, "shops", "sites")
    settle(office)
    with store.begin() as tx:
        damaged = next(key for key, payload in tx.work.waiting("draw.announce") if json.loads(payload)["plan"] == "shops")
        tx.connection.execute(update(tables.work).where(tables.work.c.key == damaged).values(payload="{"))
    (first,) = draws(office)
    assert carried_out(office, hand, first.number).state is DrawState.DRAWN
    assert [one.plan for one in draws(office)] == ["firms", "sites"]


def test_a_void_draw_is_followed_by_its_own_number_before_anybody_who_waits_and_one_that_none_follows_lets_them_go(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    come(office, hand, "firms")
    settle(office)
    come(office, hand, "shops")
    settle(office)
    hand.on(days=30)  # nobody has typed the figures
    settle(office)
    first, second = draws(office)
    assert (first.state, second.plan) == (DrawState.VOID, "firms"), "ruling 12: the next number is announced at once"
    sign(office, second.number, "李科长")
    assert sign(office, second.number, "王主任").state is DrawState.VOID
    settle(office)
    assert [one.plan for one in draws(office)] == ["firms", "firms", "shops"]


def test_a_clerk_is_told_that_another_plans_draw_is_under_way_and_nothing_waits_for_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    first = announce(office, hand, "firms")
    with store.begin() as tx:
        assert announce_now(office, tx, "shops", "clerk", hand()) is None
    settle(office)
    carried_out(office, hand, first.number)
    assert [one.plan for one in draws(office)] == ["firms"], "whoever announces by hand does so again"
    assert announce(office, hand, "shops").plan == "shops"


def test_an_extension_is_refused_while_another_plans_draw_is_under_way(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    first = announce(office, hand, "firms")
    settle(office)
    carried_out(office, hand, first.number)
    busy = announce(office, hand, "shops")
    given = Approval(reason="扩大抽查", basis="市监〔2026〕3号", asked_by="李科长", asked_at=hand())
    with store.begin() as tx, pytest.raises(Refusal, match=rf"extension_busy.*{busy.number}"):
        extend.sign(office, tx, first.number, given, hand())


def test_a_joint_check_waits_for_the_draw_of_a_partner_and_that_for_the_joint_one(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    waiting(office, "bureau", "other")
    for name, other in (("alone", "joint"), ("joint", "alone")):
        with store.begin() as tx:
            made = announce_now(office, tx, name, "clerk", hand())
            assert made is not None
            assert announce_now(office, tx, other, "clerk", hand()) is None
        sign(office, made.number, "李科长")
        sign(office, made.number, "王主任")


def test_the_wait_ends_only_with_the_draw_and_the_slot_keeps_its_place_over_weeks(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    first = announce(office, hand, "firms")
    come(office, hand, "shops")
    for _ in range(3):
        settle(office)
        with store.read() as tx:
            ((_, told),) = tx.work.waiting("draw.announce")
        assert f'"behind": "{first.number}"' in told
        hand.on(hours=25)
    assert hand() - first.made_at > timedelta(days=3)
