"""The day on which a draw's record opens at the latest is told once, and stands: nobody puts the record off by dealing its visits anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.errors import Refusal
from inspector.domain.visit import VisitState
from inspector.flows.office import Office
from inspector.flows.publish import public_bundle, receipt_of
from inspector.store.store import Store
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, announced, carried_out, drawing, visits
from tests.integration.test_published import made as are_made
from tests.integration.test_published import next_draw
from tests.integration.test_supplement import deal_anew, enlarge, short_visit

pytestmark = pytest.mark.alike


def until(office: Office, number: str, now: datetime) -> str:
    """What whoever asks for the public bundle is told."""
    with office.store.read() as tx, pytest.raises(Refusal, match="draw_embargoed") as caught:
        public_bundle(office, tx, number, now)
    return str(caught.value.facts["until"])


def test_the_day_stands_though_a_visit_is_dealt_anew_with_a_later_date(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    told = until(office, first.number, hand())
    hand.on(days=25)
    settle(office)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    (again,) = visits(office, made.number)
    assert again.state is VisitState.ASSIGNED
    assert until(office, first.number, hand()) == told
    assert until(office, made.number, hand()) > told, "its own record has a day of its own"
    assert f"{again.due_at:%Y-%m-%d}" < told, "by the time it opens all have had their time"
    day = datetime.fromisoformat(told).replace(tzinfo=hand().tzinfo)
    with store.begin() as tx:
        held = tx.visits.get(again.id, lock=True)
        later = tx.visits.put(replace(held, due_at=day + timedelta(days=3)))
    assert until(office, first.number, hand())[:10] == f"{later.due_at:%Y-%m-%d}", "nobody computes who is still to be visited"
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(again.id, lock=True), due_at=again.due_at))
    hand.now = day
    with store.read() as tx:
        files = public_bundle(office, tx, first.number, hand())
    assert again.code.encode() not in b"".join(files.values()), "who is still to be visited is not named"


def test_the_day_stands_though_the_calendar_or_the_pack_would_say_another_by_now(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=2)
    carried_out(office, hand, held.number)
    told = until(office, held.number, hand())
    longer = tuple(
        replace(one, publish=replace(one.publish, after=replace(one.publish.after, amount=one.publish.after.amount + 30)))
        for one in office.book.packs
    )
    assert until(replace(office, book=replace(office.book, packs=longer)), held.number, hand()) == told


def test_before_a_draw_is_carried_out_no_day_is_told_that_its_own_visits_would_move(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    weekly = office.plans["weekly"]
    office = replace(office, plans={name: replace(weekly, name=name) for name in ("weekly", "monthly")})
    _, first = announced(office, hand, cases=2)
    carried_out(office, hand, first.number)
    post(office, application(9, "dispatch-premises", FACTS))
    settle(office)
    second = next_draw(office, hand)
    with store.read() as tx, pytest.raises(Refusal, match="receipt_tells"):
        receipt_of(office, tx, second.number, "TEST00000000000009", hand())
    carried_out(office, hand, second.number)
    told = until(office, second.number, hand())
    hand.on(days=1)
    assert until(office, second.number, hand()) == told
    hand.now = datetime.fromisoformat(told).replace(tzinfo=hand().tzinfo) + timedelta(minutes=1)
    with store.read() as tx:
        assert public_bundle(office, tx, second.number, hand())


def test_a_record_that_names_the_draw_before_waits_until_that_one_is_drawn(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand, plans=2)
    enlarge(office)
    for number in range(20, 40):
        post(office, application(number, "dispatch-premises", FACTS))
    settle(office)
    before = next_draw(office, hand)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    after = carried_out(office, hand, made.number)
    are_made(office, hand, after.number)
    with store.read() as tx:
        seeding = tx.draws.get(before.number)
        assert (after.prev, seeding.drawn_at) == (seeding.c, None)
        with pytest.raises(Refusal, match="draw_embargoed") as caught:
            public_bundle(office, tx, after.number, hand())
    assert (caught.value.facts["of"], caught.value.facts["until"]) == (before.number, "—")
